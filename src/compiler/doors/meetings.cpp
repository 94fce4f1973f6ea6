#include "compiler/doors/meetings.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace nodewall::compiler {

namespace {

using model::door_class;

/// Who chose the address: tenants, a load balancer, or the cluster.
enum class hand : std::uint8_t { tenant, balancer, cluster };

hand hand_of(const claimed_door& c) {
    if (c.door.what == door_class::clusterip)
        return hand::cluster;
    if (c.door.what != door_class::external)
        return hand::tenant;
    const auto& given = c.service->load_balancer_ips;
    return std::ranges::find(given, c.door.address) != given.end() ? hand::balancer : hand::tenant;
}

} // namespace

std::vector<claimed_door> met_at(const model::front_door& place, const merged_doors& places,
                                 const claim_table& claims, const model::objects& objects) {
    std::vector<claimed_door> met;
    for (const auto& door : places.doors_at(place))
        if (const auto* claimed = claims.claims_of(door))
            for (const auto& each : *claimed)
                met.push_back(
                    each.holder.what == model::kind::service
                        ? claimed_door{door, &objects.services.at(each.holder.key), nullptr}
                        : claimed_door{door, nullptr, &objects.pods.at(each.holder.key)});
    auto highest = hand::tenant;
    for (const auto& each : met)
        highest = std::max(highest, hand_of(each));
    std::erase_if(met, [&](const claimed_door& each) { return hand_of(each) != highest; });
    return met;
}

bool is_given(const std::vector<claimed_door>& met) {
    return !met.empty() && hand_of(met.front()) != hand::tenant;
}

bool all_external(const std::vector<claimed_door>& met) {
    return std::ranges::all_of(
        met, [](const claimed_door& each) { return each.door.what == door_class::external; });
}

bool needs_decision(const model::front_door& place, const std::vector<claimed_door>& met,
                    const merged_doors& places, const claim_table& claims) {
    const auto stands_here = [&](const claimed_door& each) {
        return places.stands_at(each.door, place);
    };
    const auto has_address = [](const claimed_door& each) { return !each.door.anywhere(); };
    const auto is_shut = [&](const claimed_door& each) {
        return std::ranges::any_of(*claims.claims_of(each.door), [&](const claim& c) {
            return c.holder == each.holder() &&
                   (c.what->nobodys || !c.what->decision.admits_everyone());
        });
    };
    const auto with_address = std::ranges::count_if(met, has_address);
    if (place.what == door_class::local && (with_address == 0 || std::ssize(met) == with_address))
        return false;
    const bool meet_here = met.size() > 1 && (place.anywhere() || with_address > 0);
    return (meet_here || std::ranges::any_of(met, stands_here)) &&
           std::ranges::any_of(met, is_shut);
}

} // namespace nodewall::compiler
