// What the service says of itself: one value that readiness, metrics and status are made from.
#pragma once

#include "agent/observe/stream_report.hpp"
#include "agent/stages/apply_stage.hpp"
#include "agent/stages/log_stage.hpp"
#include "agent/stages/ruleset_stage.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nodewall::agent {

struct service_report {
    std::string node;
    bool node_known = false;
    bool dry_run = false;
    timestamp since{}; // when it started
    std::vector<stream_report> streams;
    std::string gate; // what nothing new is applied before; empty: the gate is open
    log_stats log;
    ruleset_stats rulesets;
    apply_stats applied;
    latency_stats timing;
    std::vector<std::string> stuck;          // stages, a line each
    std::vector<compiler::finding> findings; // at most limits::findings_listed_max
    std::map<std::string, std::size_t> findings_by_kind;
};

/// What /readyz waits for, a line each; empty: ready.
std::vector<std::string> not_ready_because(const service_report& r);

} // namespace nodewall::agent
