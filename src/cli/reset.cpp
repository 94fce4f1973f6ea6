#include "cli/console.hpp"
#include "cli/verbs.hpp"
#include "netfilter/iptables/dataplane.hpp"

#include <boost/json.hpp>

namespace nodewall::cli {

int reset_kernel(const reset_options& options) {
    const auto kernel = netfilter::iptables::open_dataplane({});
    if (const auto able = kernel->probe(); !able)
        return fail(able.error());
    if (const auto done = kernel->reset(); !done)
        return fail(done.error());
    if (options.out == output::json)
        print_json({{"reset", true}});
    else
        print_line("every chain, jump and set of nodewall is removed");
    return exit_code::done;
}

} // namespace nodewall::cli
