// `log verify` and `log copy`.
#include "cli/console.hpp"
#include "cli/verbs.hpp"
#include "eventlog/log.hpp"

#include <boost/json.hpp>
#include <fmt/core.h>

namespace nodewall::cli {

int verify_log(const log_verify_options& options) {
    const auto report = eventlog::verify(options.db, progress("verifying"));
    end_progress();
    if (!report) {
        // A file that is there and is no whole log is an answer, not a failure to look.
        const auto& e = report.error();
        fail(e);
        return e.is(eventlog::errc::damaged) || e.is(eventlog::errc::not_a_log)
                   ? exit_code::negative
                   : exit_code::failed;
    }
    const bool whole = report->problems.empty();
    if (options.out == output::json) {
        print_json(
            {{"valid", whole},
             {"events", report->events},
             {"problems", boost::json::array(report->problems.begin(), report->problems.end())}});
    } else {
        for (const auto& problem : report->problems)
            print_line(problem);
        print_line(fmt::format("{}: {} events, {}", options.db, report->events,
                               whole ? "every digest and invariant holds"
                                     : fmt::format("{} problems", report->problems.size())));
    }
    return whole ? exit_code::done : exit_code::negative;
}

int copy_log(const log_copy_options& options) {
    if (const auto done = eventlog::copy(options.db, options.to); !done)
        return fail(done.error());
    return exit_code::done;
}

} // namespace nodewall::cli
