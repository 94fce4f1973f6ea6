// What the service says of itself: one value that readiness and metrics are made from.
#pragma once

#include "agent/apply_stage.hpp"
#include "agent/log_stage.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nodewall::agent {

struct stream_report {
    std::string stream;
    std::string state; // what the reflector is at, a word or two
    std::string resource_version;
    std::string last_error;
    std::optional<timestamp> last_event;
    std::uint64_t relists = 0;
    std::map<std::string, std::uint64_t> events; // by type
    bool listed = false;                         // at least once, in this life or an earlier one
    bool caught_up = false;                      // in this life
};

struct service_report {
    std::string node;
    bool node_known = false;
    bool dry_run = false;
    std::vector<stream_report> streams;
    log_figures log;
    apply_figures applied;
    std::size_t findings = 0;
};

/// What /readyz waits for, a line each; empty: ready.
std::vector<std::string> not_ready_because(const service_report& r);

/// Prometheus' text format, version 0.0.4.
std::string metrics_text(const service_report& r);

} // namespace nodewall::agent
