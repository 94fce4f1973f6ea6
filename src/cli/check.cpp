#include "cli/console.hpp"
#include "cli/verbs.hpp"
#include "compiler/compiler.hpp"
#include "netfilter/iptables/dataplane.hpp"

#include <boost/json.hpp>
#include <fmt/core.h>

namespace nodewall::cli {

namespace {

namespace json = boost::json;

struct comparison {
    sha256_digest wanted{};
    sha256_digest found{};
    std::vector<std::string> differences; // one line for each unit that differs
    std::vector<std::string> remarks;
};

comparison compare(const ruleset::ruleset& wanted, const ruleset::kernel_view& seen) {
    comparison c{wanted.digest(), seen.rules.digest(), {}, seen.remarks};
    for (const auto& [in_log, in_kernel] :
         ruleset::unit_map::differences(wanted.units(), seen.rules.units())) {
        if (!in_kernel)
            c.differences.push_back(in_log->name + ": missing in the kernel");
        else if (!in_log)
            c.differences.push_back(in_kernel->name + ": in the kernel, not in the log");
        else if (!in_log->same_content(*in_kernel))
            c.differences.push_back(in_log->name + ": the kernel differs from the log");
    }
    return c;
}

void print(const comparison& c, const view& v, output out) {
    if (out == output::json) {
        print_json({{"equal", c.differences.empty()},
                    {"seq", v.history.seq},
                    {"log", to_hex(c.wanted)},
                    {"kernel", to_hex(c.found)},
                    {"differences", json::array(c.differences.begin(), c.differences.end())},
                    {"remarks", json::array(c.remarks.begin(), c.remarks.end())}});
        return;
    }
    for (const auto& line : c.differences)
        print_line(line);
    for (const auto& line : c.remarks)
        print_line("note: " + line);
    print_line(fmt::format("log    {}  (seq {}, node {})", to_hex(c.wanted), v.history.seq,
                           v.settings.node_name));
    print_line(
        fmt::format("kernel {}  {}", to_hex(c.found), c.differences.empty() ? "equal" : "differs"));
}

} // namespace

int check_kernel(const check_options& options, const agent::known_kinds& known) {
    const auto v = load_view(options.view, known);
    if (!v)
        return fail(v.error());
    compiler::compiler compiler(v->settings);
    const auto rules = compiler.compile(v->history.projected.state());
    const auto kernel = netfilter::iptables::open_dataplane({.mark_mask = v->mark_mask});
    if (const auto able = kernel->probe(); !able)
        return fail(able.error());
    const auto seen = kernel->read();
    if (!seen)
        return fail(seen.error());
    const auto c = compare(rules, *seen);
    print(c, *v, options.view.out);
    return c.differences.empty() ? exit_code::done : exit_code::negative;
}

} // namespace nodewall::cli
