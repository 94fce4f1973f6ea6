#include "base/limits.hpp"
#include "cli/verbs.hpp"

#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <thread>

namespace nodewall::cli {
namespace {

struct dispatch {
    int operator()(const answer& a) const {
        std::fputs(a.text.c_str(), a.code == exit_code::done ? stdout : stderr);
        return a.code;
    }
    int operator()(const run_options& o) const { return run_service(o); }
    int operator()(const import_options& o) const { return import_files(o); }
    int operator()(const log_options& o) const { return show_log(o); }
    int operator()(const log_verify_options& o) const { return verify_log(o); }
    int operator()(const log_copy_options& o) const { return copy_log(o); }
    int operator()(const replay_options& o) const { return replay(o); }
    int operator()(const rules_options& o) const { return show_rules(o); }
    int operator()(const explain_options& o) const { return explain_connections(o); }
    int operator()(const check_options& o) const { return check_kernel(o); }
    int operator()(const state_options& o) const { return show_state(o); }
    int operator()(const status_options& o) const { return show_status(o); }
    int operator()(const reset_options& o) const { return reset_kernel(o); }
};

int run(int argc, char** argv) {
    try {
        return std::visit(dispatch{}, parse_command_line(argc, argv));
    } catch (const std::exception& e) {
        fmt::print(stderr, "nodewall: {}\n", e.what());
        return exit_code::failed;
    }
}

/// Our unit is restarted at once when it ends, for a crash must not leave the kernel alone. What
/// cannot even start (no kubeconfig yet) ends no sooner than this after its start.
void pace_restarts(std::chrono::steady_clock::time_point begun) {
    if (std::getenv("NOTIFY_SOCKET") != nullptr)
        std::this_thread::sleep_until(begun + limits::failed_start_least);
}

} // namespace
} // namespace nodewall::cli

int main(int argc, char** argv) {
    const auto begun = std::chrono::steady_clock::now();
    const int code = nodewall::cli::run(argc, argv);
    if (code != nodewall::cli::exit_code::done)
        nodewall::cli::pace_restarts(begun);
    return code;
}
