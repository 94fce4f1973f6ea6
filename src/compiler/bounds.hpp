// Keeps every set within its bound. What does not fit is refused rather than admitted.
#pragma once

#include "compiler/compiler.hpp"

#include <cstddef>
#include <vector>

namespace nodewall::compiler {

/// Takes members out of units, in the order of their names, until no set holds more than
/// `members_max`: a door whose admitted sources do not fit into the rest is refused to all, pods
/// whose addresses do not fit do not pass as pods. A door that even its refusal does not fit for
/// (over half a million of them) stays open.
std::vector<finding> keep_within(model::ruleset& rules, std::size_t members_max);

} // namespace nodewall::compiler
