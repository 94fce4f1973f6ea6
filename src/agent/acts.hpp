// The agent's own acts as rows of the log: their bodies (schema/EVENT_LOG.md, "Own acts").
#pragma once

#include "applier/reconciler.hpp"
#include "model/event_sink.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace nodewall::agent {

model::agent_act started_act(std::string_view node);
model::agent_act stopped_act(std::string_view reason);
/// `digest`: the ruleset's, hexadecimal; `took`: from the first step to the last.
model::agent_act applied_act(const applier::applied& done, std::string_view digest,
                             std::string_view node, std::chrono::nanoseconds took);
model::agent_act drifted_act(const applier::applied& found);

} // namespace nodewall::agent
