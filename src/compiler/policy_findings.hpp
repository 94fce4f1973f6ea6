// What a person should know of policies, whichever doors they meet.
#pragma once

#include "compiler/finding.hpp"
#include "model/cluster_state.hpp"

#include <map>
#include <vector>

namespace nodewall::compiler {

/// What is not understood of each, and where the Admin and the Baseline tier leave the order of two
/// policies to us because their priorities are equal.
std::vector<finding> findings_of(const std::map<model::policy_id, model::policy>& policies);

} // namespace nodewall::compiler
