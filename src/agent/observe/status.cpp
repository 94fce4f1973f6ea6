#include "agent/observe/status.hpp"

#include "base/limits.hpp"

#include <boost/json.hpp>
#include <unistd.h>

#include <algorithm>

namespace nodewall::agent {

namespace {

namespace json = boost::json;

json::value time_or_null(const std::optional<timestamp>& when) {
    return when ? json::value(to_rfc3339(*when)) : json::value();
}

json::array streams_of(const service_report& r) {
    json::array streams;
    for (const auto& s : r.streams) {
        json::object events;
        for (const auto& [type, count] : s.events)
            events[type] = count;
        streams.push_back({{"stream", s.stream},
                           {"state", s.state},
                           {"expected", s.expected},
                           {"caughtUp", s.caught_up},
                           {"listed", s.listed},
                           {"resourceVersion", s.resource_version},
                           {"lastEvent", time_or_null(s.last_event)},
                           {"events", std::move(events)},
                           {"relists", s.relists},
                           {"lastError", s.last_error}});
    }
    return streams;
}

json::object log_of(const log_stats& log) {
    std::uint64_t dropped = 0;
    for (const auto count : log.dropped)
        dropped += count;
    return {{"seq", log.last_seq},      {"queueBytes", log.waiting_bytes},
            {"commits", log.commits},   {"failures", log.failures},
            {"droppedEvents", dropped}, {"lastError", log.last_error}};
}

/// As many as findings are listed.
json::array first_of(const std::vector<std::string>& all) {
    const auto count = std::min(all.size(), limits::findings_listed_max);
    return json::array(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
}

json::object applied_of(const apply_stats& a) {
    return {{"seq", a.applied_seq},
            {"digest", a.digest},
            {"rules", a.rules},
            {"members", a.members},
            {"lastChange", time_or_null(a.last_change)},
            {"failures", a.failures},
            {"drifts", a.drifts},
            {"setApart", first_of(a.set_apart)},
            {"lastError", a.last_error}};
}

json::object findings_of(const service_report& r) {
    std::size_t all = 0;
    json::object by_kind;
    for (const auto& [kind, count] : r.findings_by_kind) {
        all += count;
        by_kind[kind] = count;
    }
    json::array listed;
    for (const auto& f : r.findings)
        listed.push_back({{"kind", to_string(f.what)}, {"subject", f.subject}, {"text", f.text}});
    return {{"count", all}, {"byKind", std::move(by_kind)}, {"listed", std::move(listed)}};
}

} // namespace

std::string status_json(const service_report& r) {
    const auto reasons = not_ready_because(r);
    return json::serialize(json::object{
        {"version", NODEWALL_VERSION},
        {"node", r.node},
        {"pid", getpid()},
        {"since", to_rfc3339(r.since)},
        {"dryRun", r.dry_run},
        {"ready", reasons.empty()},
        {"reasons", json::array(reasons.begin(), reasons.end())},
        {"streams", streams_of(r)},
        {"log", log_of(r.log)},
        {"ruleset", {{"seq", r.rulesets.folded_seq}, {"lastError", r.rulesets.last_error}}},
        {"applied", applied_of(r.applied)},
        {"findings", findings_of(r)},
    });
}

} // namespace nodewall::agent
