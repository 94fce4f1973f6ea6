// Desired against actual, to the steps that lead from one to the other (SEMANTICS section 5).
#pragma once

#include "model/dataplane.hpp"
#include "model/ruleset.hpp"

#include <string>
#include <vector>

namespace nodewall::applier {

/// Steps in this order: new sets; sets grow, those first that the chains ask first, and of one
/// class of doors what admits before what refuses; tables commit; sets shrink in the opposite
/// order; unused sets go. With it, at every instant, each connection gets the verdict of `from` or
/// of `to` (proof in applier/plan.cpp). Costs a walk over the names of the units, and work only for
/// those that are not the same object.
model::plan make_plan(const model::ruleset& from, const model::ruleset& to);

/// The plan without the steps of families that the kernel lacks (those that its snapshot lacks).
model::plan only_families(model::plan whole, const std::vector<model::family>& present);

/// The kernel's content cut into the same units as a compiled ruleset, so that equal content gives
/// an equal digest.
model::ruleset to_ruleset(const model::kernel_snapshot& snapshot);

/// What was read of the kernel, ready to be compared.
struct kernel_view {
    model::ruleset rules;
    std::vector<model::family> families; // that it has
    std::vector<std::string> remarks;    // of the tables, in order, and a family that it lacks
};
kernel_view view_of(const model::kernel_snapshot& snapshot);
result<kernel_view> look_at(model::dataplane& kernel);

} // namespace nodewall::applier
