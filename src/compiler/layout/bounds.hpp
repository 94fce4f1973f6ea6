// Keeps what the kernel shall hold within its bounds. What does not fit is refused rather than
// admitted, as far as it can be said at all.
#pragma once

#include "base/limits.hpp"
#include "compiler/finding.hpp"
#include "ruleset/ruleset.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nodewall::compiler {

struct bounds {
    std::size_t members_max = 0;                    // of one set or map
    std::size_t decisions_max = 0;                  // over both families
    std::size_t namespace_decisions_max = SIZE_MAX; // of the doors of one namespace
};

inline constexpr bounds kernel_bounds{.members_max = limits::set_members_max,
                                      .decisions_max = limits::decisions_max,
                                      .namespace_decisions_max = limits::namespace_decisions_max};

/// A door whose decision does not fit, or reads a set that holds too much, refuses everyone; an
/// entry that does not fit into its map is left out and its door stays open. Namespaces share what
/// there is (base/fair_share.hpp): those that need little lose nothing, of the others the last by
/// name.
std::vector<finding> keep_within(ruleset::ruleset& rules, const bounds& b);

} // namespace nodewall::compiler
