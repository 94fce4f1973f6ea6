#include "cli/console.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>
#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>

namespace nodewall::cli {

namespace {

constexpr auto clear_line = "\r\x1b[K";

} // namespace

int fail(const error& e) {
    fmt::print(stderr, "nodewall: {}\n", printable_lines(e.message()));
    const bool usage =
        e.is(agent::errc::bad_configuration) || e.is(agent::errc::not_in_this_version);
    return usage ? exit_code::usage : exit_code::failed;
}

bool print_text(std::string_view text) {
    const auto safe = printable_lines(text);
    return std::fwrite(safe.data(), 1, safe.size(), stdout) == safe.size();
}

bool print_line(std::string_view line) {
    return print_text(line) && std::fputc('\n', stdout) != EOF;
}

bool print_json(const boost::json::object& object) {
    return print_line(boost::json::serialize(object));
}

agent::progress_function progress(std::string what) {
    if (isatty(STDERR_FILENO) == 0)
        return {};
    // Ticks are counted, not timed: the work itself reports a chunk at a time.
    return [what = std::move(what), ticks = 0U](std::uint64_t done, std::uint64_t all) mutable {
        if (++ticks > 100 && ticks % 20 == 0)
            fmt::print(stderr, "{}{}: {} of {} events", clear_line, what, done, all);
    };
}

void end_progress() {
    if (isatty(STDERR_FILENO) != 0)
        fmt::print(stderr, "{}", clear_line);
}

result<view> load_view(const view_options& options, const agent::known_kinds& known,
                       agent::projected keeps) {
    auto log = eventlog::open_reader(options.db);
    if (!log)
        return log.error();
    auto history = agent::history_at(**log, known, options.at, progress("reading the log"), keeps);
    end_progress();
    if (!history)
        return history.error();
    auto settings = agent::settings_at(*history, options.node);
    if (!settings)
        return settings.error();
    return view{std::move(*history), std::move(settings->gate), settings->mark_mask,
                std::move(*log)};
}

} // namespace nodewall::cli
