#include "agent/process/run.hpp"
#include "cli/console.hpp"
#include "cli/verbs.hpp"

namespace nodewall::cli {

int run_service(const run_options& options, const agent::known_kinds& known) {
    const auto logger = make_stderr_logger(options.config.level);
    const auto ended = agent::run(options.config, options.reread, known, *logger);
    return ended ? exit_code::done : fail(ended.error());
}

} // namespace nodewall::cli
