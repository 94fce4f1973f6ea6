// A ruleset on the way to another: the same, but that some doors keep their decision for now,
// because the one that they shall come to has no slot before the next commit of the table. So a
// held xtables lock delays those doors alone.
#pragma once

#include "netfilter/iptables/plan/attempt.hpp"
#include "netfilter/iptables/plan/ordering.hpp"

#include <set>
#include <string>
#include <vector>

namespace nodewall::netfilter::iptables {

struct ruleset_on_the_way {
    shared_ruleset rules;
    std::set<turn> waiting; // what packets to the doors that wait are decided by, and shall be
};

/// `missing`: decisions without a slot. Doors that may be one to a packet with one that waits do
/// so, too.
ruleset_on_the_way on_the_way(const task& t, const std::vector<door_change>& turning,
                              const std::set<std::string>& missing);

} // namespace nodewall::netfilter::iptables
