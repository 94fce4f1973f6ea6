// The agent's own events as rows of the log: their bodies (schema/EVENT_LOG.md, "Agent events").
#pragma once

#include "applier/reconciler.hpp"
#include "model/event_sink.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace nodewall::agent {

model::agent_event started_event(std::string_view node);
model::agent_event stopped_event(std::string_view reason);
/// `digest`: the ruleset's, hexadecimal; `took`: from the first step to the last.
model::agent_event applied_event(const applier::applied& done, std::string_view digest,
                                 std::string_view node, std::chrono::nanoseconds took);
model::agent_event drifted_event(const applier::applied& found);

} // namespace nodewall::agent
