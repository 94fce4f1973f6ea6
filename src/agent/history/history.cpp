#include "agent/history/history.hpp"

#include "base/limits.hpp"

#include <fmt/core.h>

#include <charconv>

namespace nodewall::agent {

namespace {

/// Folds one event and notes what is no object of the cluster.
void fold(history& h, const model::event& e) {
    h.projected.apply(e);
    if (e.type == model::event_type::configured)
        h.configured = e.body;
    h.seq = e.seq;
    h.at = e.at;
}

result<std::uint64_t> seq_of(const eventlog::log_reader& log, const point& where) {
    if (where.time)
        return log.seq_at(*where.time);
    const auto beginning = log.beginning();
    if (!beginning)
        return beginning.error();
    const auto tail = log.tail();
    if (!tail)
        return tail.error();
    const auto seq = where.seq.value_or(tail->seq);
    if (seq < *beginning || seq > tail->seq)
        return error(
            eventlog::errc::no_such_point,
            fmt::format("--at {} (the log tells of {} to {})", seq, *beginning, tail->seq));
    return seq;
}

} // namespace

result<point> parse_point(std::string_view text) {
    std::uint64_t seq = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seq);
    if (failure == std::errc{} && end == text.data() + text.size())
        return point{seq, std::nullopt};
    const auto time = parse_rfc3339(text);
    if (!time)
        return time.error();
    return point{std::nullopt, *time};
}

result<history> history_at(const eventlog::log_reader& log, const known_kinds& known,
                           const point& where, const progress_function& progress, projected keeps) {
    if (!where.seq && !where.time)
        return history_now(log, known, keeps);
    const auto until = seq_of(log, where);
    if (!until)
        return until.error();
    history h;
    h.projected = known.projector(projected::objects);
    eventlog::event_filter which;
    which.until = *until;
    for (;;) {
        const auto events = log.read(which, limits::read_chunk_rows);
        if (!events)
            return events.error();
        if (events->empty())
            break;
        for (const auto& e : *events)
            fold(h, e);
        which.after = h.seq;
        if (progress)
            progress(h.seq, *until);
    }
    if (keeps == projected::everything)
        h.projected.index();
    return h;
}

result<history> history_now(const eventlog::log_reader& log, const known_kinds& known,
                            projected keeps) {
    history h;
    h.projected = known.projector(projected::objects);
    const auto heads = log.heads([&](const model::event& e) {
        fold(h, e);
        if (e.type == model::event_type::listed)
            h.listed_streams.push_back(e.stream);
    });
    if (!heads)
        return heads.error();
    for (const auto& [stream, resource_version] : heads->cursors)
        h.followed_streams.push_back(stream);
    h.seq = heads->at.seq;
    if (keeps == projected::everything)
        h.projected.index();
    return h;
}

result<recorded_settings> settings_at(const history& h, const std::optional<std::string>& node) {
    recorded_settings settings;
    if (h.configured) {
        auto read = settings_of_configured(*h.configured);
        if (!read)
            return read.error();
        settings = std::move(*read);
    }
    auto& name = settings.gate.node_name;
    if (node)
        name = *node;
    if (name.empty())
        name = default_node_name();
    return settings;
}

} // namespace nodewall::agent
