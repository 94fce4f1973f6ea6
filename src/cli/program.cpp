#include "cli/program.hpp"

#include "base/text.hpp"
#include "cli/verbs.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <exception>

namespace nodewall::cli {

namespace {

struct dispatch {
    const agent::known_kinds& known;

    int operator()(const answer& a) const {
        std::fputs(printable_lines(a.text).c_str(), a.code == exit_code::done ? stdout : stderr);
        return a.code;
    }
    int operator()(const run_options& o) const { return run_service(o, known); }
    int operator()(const import_options& o) const { return import_files(o, known); }
    int operator()(const log_options& o) const { return show_log(o); }
    int operator()(const log_verify_options& o) const { return verify_log(o); }
    int operator()(const log_copy_options& o) const { return copy_log(o); }
    int operator()(const replay_options& o) const { return replay(o, known); }
    int operator()(const rules_options& o) const { return show_rules(o, known); }
    int operator()(const explain_options& o) const { return explain_connections(o, known); }
    int operator()(const check_options& o) const { return check_kernel(o, known); }
    int operator()(const state_options& o) const { return show_state(o, known); }
    int operator()(const status_options& o) const { return show_status(o); }
    int operator()(const reset_options& o) const { return reset_kernel(o); }
};

} // namespace

int run_program(int argc, char** argv, const agent::known_kinds& known) {
    try {
        return std::visit(dispatch{known}, parse_command_line(argc, argv));
    } catch (const std::exception& e) {
        fmt::print(stderr, "nodewall: {}\n", printable_lines(e.what()));
        return exit_code::failed;
    }
}

} // namespace nodewall::cli
