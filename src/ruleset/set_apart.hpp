// A ruleset without units that a kernel does not take: whatever needs them refuses, all else
// stands.
#pragma once

#include "ruleset/ruleset.hpp"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace nodewall::ruleset {

struct reduced_ruleset {
    ruleset rules;
    std::vector<std::shared_ptr<const unit>> shut; // doors as they were, which refuse everyone now
};

/// `units`: names of sets' units and of decisions' units. A door whose decision is among them, or
/// reads such a set, refuses everyone. Of a set that a fixed chain reads nothing is taken away.
reduced_ruleset without(const ruleset& rules, const std::set<std::string>& units);

} // namespace nodewall::ruleset
