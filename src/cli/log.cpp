#include "eventlog/log.hpp"
#include "base/text.hpp"
#include "cli/console.hpp"
#include "cli/verbs.hpp"

#include <boost/json.hpp>
#include <fmt/core.h>

#include <cstdio>
#include <ctime>
#include <thread>

namespace nodewall::cli {

namespace {

namespace json = boost::json;

/// The columns of table `event` by their names; the body as what it is, where it is JSON.
json::object to_json(const model::event& e) {
    boost::system::error_code failure;
    auto body = json::parse(e.body, failure);
    return {{"seq", e.seq},
            {"at", e.at.time_since_epoch().count()},
            {"claimed_at", e.claimed_at ? json::value(e.claimed_at->time_since_epoch().count())
                                        : json::value(nullptr)},
            {"stream", e.stream},
            {"type", e.type},
            {"origin", e.origin},
            {"namespace", e.namespace_},
            {"name", e.name},
            {"uid", e.uid},
            {"resource_version", e.resource_version},
            {"previous", e.previous ? json::value(*e.previous) : json::value(nullptr)},
            {"body", failure ? json::value(e.body) : std::move(body)},
            {"digest", to_hex(e.digest)}};
}

std::string time_text(timestamp when, bool local) {
    const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(when);
    if (!local)
        return to_rfc3339(milliseconds);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(when);
    const std::time_t since_epoch = seconds.time_since_epoch().count();
    std::tm parts{};
    localtime_r(&since_epoch, &parts);
    std::array<char, 64> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S%z", &parts);
    return text.data();
}

std::string to_text(const model::event& e, bool local) {
    auto line = fmt::format("{:>8}  {}  {:<10}  {}", e.seq, time_text(e.at, local),
                            printable(e.type), printable(e.stream));
    if (!e.name.empty())
        line += "  " + printable(e.namespace_.empty() ? e.name : e.namespace_ + "/" + e.name);
    else if (e.stream == model::agent_stream || e.type == model::event_type::gap)
        line += "  " + printable(e.body);
    if (!e.resource_version.empty())
        line += "  @" + printable(e.resource_version);
    if (e.origin != model::event_origin::watch && e.origin != model::event_origin::agent)
        line += "  (" + printable(e.origin) + ")";
    return line;
}

/// Prints what the log has behind `which.after`, and moves it on. False: nobody reads any more.
result<bool> print_events(const eventlog::log_reader& log, eventlog::event_filter& which,
                          const log_options& options) {
    for (;;) {
        const auto events = log.read(which, limits::read_chunk_rows);
        if (!events)
            return events.error();
        for (const auto& e : *events) {
            const bool printed = options.out == output::json
                                     ? print_json(to_json(e))
                                     : print_line(to_text(e, options.local_time));
            if (!printed)
                return false;
            which.after = e.seq;
        }
        if (events->empty())
            return std::fflush(stdout) == 0;
    }
}

/// The sequence number behind which the newest `count` matching events stand.
result<std::uint64_t> before_last(const eventlog::log_reader& log, eventlog::event_filter which,
                                  std::uint64_t count) {
    std::vector<std::uint64_t> newest; // a ring of the last `count`
    std::size_t next = 0;
    for (;;) {
        const auto events = log.read(which, limits::read_chunk_rows);
        if (!events)
            return events.error();
        if (events->empty())
            break;
        for (const auto& e : *events) {
            which.after = e.seq;
            if (newest.size() < count)
                newest.push_back(e.seq);
            else if (count > 0)
                newest[next++ % count] = e.seq;
        }
    }
    if (count == 0)
        return which.after;
    return newest.empty() ? 0 : newest[next % newest.size()] - 1;
}

} // namespace

int show_log(const log_options& options) {
    const auto log = eventlog::open_reader(options.db);
    if (!log)
        return fail(log.error());
    auto which = options.which;
    if (options.last) {
        const auto after = before_last(**log, which, *options.last);
        if (!after)
            return fail(after.error());
        which.after = *after;
    }
    for (;;) {
        const auto reading = print_events(**log, which, options);
        if (!reading)
            return fail(reading.error());
        if (!*reading || !options.follow)
            return exit_code::done;
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
}

} // namespace nodewall::cli
