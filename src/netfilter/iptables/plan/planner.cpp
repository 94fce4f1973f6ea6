#include "netfilter/iptables/plan/planner.hpp"

#include "netfilter/iptables/plan/attempt.hpp"
#include "netfilter/iptables/plan/turning.hpp"

namespace nodewall::netfilter::iptables {

result<family_plan> make_plan(const image& i, const ruleset::ruleset& from,
                              std::shared_ptr<const ruleset::ruleset> to) {
    const auto d = differences_of(i.fam, from, *to);
    family_plan plan;
    plan.reaches = to;
    if (d.empty() && !i.damaged)
        return plan;
    const auto fixed = d.fixed || i.table.fixed.empty()
                           ? fixed_part_of(*to, i.fam)
                           : fixed_part{.chains = i.table.fixed, .maps = i.table.maps};
    const task t{.now = i, .from = from, .to = to, .in_the_end = *to};
    if (fixed.chains.empty())
        return i.table.fixed.empty() && !i.damaged ? plan : plan_removal(t);
    const bool more_than_fixed = !d.doors.empty() || !d.changed_sets.empty();
    if (i.table.fixed.empty() || fixed.maps != i.table.maps || (d.fixed && more_than_fixed))
        return plan_whole(t, d, fixed, i.table.two_steps);
    return plan_turning(t, d, fixed);
}

} // namespace nodewall::netfilter::iptables
