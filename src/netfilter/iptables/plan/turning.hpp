// Doors turn one by one, while memberships change around it (planner.hpp).
#pragma once

#include "netfilter/iptables/plan/attempt.hpp"

namespace nodewall::netfilter::iptables {

result<family_plan> plan_turning(const task& t, const difference& d, const fixed_part& fixed);

} // namespace nodewall::netfilter::iptables
