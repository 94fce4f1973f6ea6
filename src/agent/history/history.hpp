// The log at a point in time: what the cluster was, what was configured, and what compiles from it.
// Every offline verb stands on this; so does the service's start.
#pragma once

#include "agent/known_kinds.hpp"
#include "agent/process/configuration.hpp"
#include "eventlog/log.hpp"
#include "projection/projector.hpp"
#include "ruleset/ruleset.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::agent {

/// `--at`: a sequence number, or a time; neither: the end of the log.
struct point {
    std::optional<std::uint64_t> seq;
    std::optional<timestamp> time;
};
result<point> parse_point(std::string_view text);

/// Called now and then with (events done, events in all).
using progress_function = std::function<void(std::uint64_t, std::uint64_t)>;

struct history {
    projection::projector projected;
    std::uint64_t seq = 0;
    std::optional<timestamp> at;               // when event `seq` was recorded
    std::optional<std::string> configured;     // body of the CONFIGURED in force
    std::vector<std::string> listed_streams;   // history_now: whose LISTED is in force
    std::vector<std::string> followed_streams; // history_now: those that have a cursor
};

using projected = projection::projector::scope;

/// Folds every event up to the point; the end of the log, by its heads.
result<history> history_at(const eventlog::log_reader& log, const known_kinds& known,
                           const point& where, const progress_function& progress,
                           projected keeps = projected::everything);
/// The end of the log, from the heads alone: what folding every event gives.
result<history> history_now(const eventlog::log_reader& log, const known_kinds& known,
                            projected keeps = projected::everything);

/// What is in force at that point, the backend's mask included; `node` overrides the name that the
/// log knows. Without either the default is this host's.
result<recorded_settings> settings_at(const history& h, const std::optional<std::string>& node);

} // namespace nodewall::agent
