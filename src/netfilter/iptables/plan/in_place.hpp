// Decisions that keep their slot: where all its doors go on to one decision that differs in the
// blocks alone that are written out, and that only admits, the blocks change in the slot.
#pragma once

#include "netfilter/iptables/plan/assignment.hpp"
#include "netfilter/iptables/plan/difference.hpp"
#include "netfilter/iptables/plan/step.hpp"

#include <functional>
#include <string>
#include <vector>

namespace nodewall::netfilter::iptables {

struct edit_in_place {
    std::string before, after;      // decisions
    std::vector<step> grow, shrink; // before and after doors turn
};

/// `may`: whether this decision may be edited.
std::vector<edit_in_place> edits_in_place(
    const image& i, const std::vector<door_change>& doors, decision_forms& forms,
    const std::function<bool(const std::string& before, const decision_form& form)>& may);

} // namespace nodewall::netfilter::iptables
