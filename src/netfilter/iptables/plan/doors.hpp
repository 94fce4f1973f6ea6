// Doors that turn: what packets see of it, and the steps.
#pragma once

#include "netfilter/iptables/layout/image.hpp"
#include "netfilter/iptables/plan/difference.hpp"
#include "netfilter/iptables/plan/ordering.hpp"
#include "netfilter/iptables/plan/step.hpp"

#include <set>
#include <utility>
#include <vector>

namespace nodewall::netfilter::iptables {

/// The decisions that a packet to the door meets before and after. An address and port that is in
/// several maps meets the first; whether a NodePort is among them depends on whether the address is
/// the node's own, so there may be two answers.
std::vector<turn> turns_of(const door_change& door, model::family f, const ruleset::ruleset& from,
                           const ruleset::ruleset& to);

/// A door and the slot that it shall lead to; 0: it is open.
struct door_step {
    door_change door;
    slot_number slot = 0;
};
/// Appends to the plan's lists.
void turn_doors(const image& i, const std::vector<door_step>& doors, family_plan& plan);

/// Everything that the maps hold where these doors stand in them.
std::vector<step> fill_maps(const image& i, const table_layout& t,
                            const std::vector<std::pair<const ruleset::unit*, slot_number>>& doors);

} // namespace nodewall::netfilter::iptables
