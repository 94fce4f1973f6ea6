// The projector's state and changes as text for scenario scripts, in an order that does not depend
// on where objects lie in memory.
#pragma once

#include "model/cluster_state.hpp"

#include <set>
#include <string>

namespace nodewall::test {

/// Selectors are written as kubectl writes them, with `|` between values and `*` for everything.
std::string changes_text(const std::set<model::change>& changes);
std::string objects_text(const model::cluster_state& state);
std::string queries_text(const model::resolved& resolved);
std::string owners_text(const model::resolved& resolved);
std::string policies_text(const model::resolved& resolved);
std::string services_text(const model::resolved& resolved);
std::string undecodable_text(const model::cluster_state& state);
std::string misread_text(const model::cluster_state& state);

} // namespace nodewall::test
