// Keeps what the kernel shall hold within its bounds. What does not fit is refused rather than
// admitted, as far as it can be said at all.
#pragma once

#include "compiler/finding.hpp"
#include "ruleset/ruleset.hpp"

#include <cstddef>
#include <vector>

namespace nodewall::compiler {

struct bounds {
    std::size_t members_max = 0;   // of one set or map
    std::size_t decisions_max = 0; // over both families
};

/// In the order of their names: a door whose decision does not fit, or reads a set that holds too
/// much, refuses everyone; an entry that does not fit into its map is left out and its door stays
/// open.
std::vector<finding> keep_within(ruleset::ruleset& rules, const bounds& b);

} // namespace nodewall::compiler
