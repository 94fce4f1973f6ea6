// Who meets at a place where doors of several classes may be one (merged_doors.hpp).
#pragma once

#include "compiler/doors/claims.hpp"
#include "compiler/doors/judgement.hpp"
#include "compiler/doors/merged_doors.hpp"
#include "model/cluster_state.hpp"

#include <vector>

namespace nodewall::compiler {

/// All who claim a door there. Where somebody has the address by the cluster's hand, those alone;
/// else where somebody has it by a load balancer's, those alone: tenants choose neither (SEMANTICS
/// section 6, "Doors that meet").
std::vector<claimed_door> met_at(const model::front_door& place, const merged_doors& places,
                                 const claim_table& claims, const model::objects& objects);

/// Whether somebody has the place whom its address was given.
bool is_given(const std::vector<claimed_door>& met);

/// Whether no doors but externalIPs and load balancer addresses meet.
bool all_external(const std::vector<claimed_door>& met);

/// Whether they need a decision of their own at the place. Where all doors are open they do not:
/// each of them says the same. Nor do a NodePort and a hostPort at an address where no third door
/// is: they meet at their port. At the place of a local door they do where doors of an address meet
/// doors of a port.
bool needs_decision(const model::front_door& place, const std::vector<claimed_door>& met,
                    const merged_doors& places, const claim_table& claims);

} // namespace nodewall::compiler
