#include "compiler/doors/meetings.hpp"

#include <algorithm>

namespace nodewall::compiler {

namespace {

using model::door_class;

/// An address that tenants cannot choose: a clusterIP, or one that a load balancer gave.
bool ranks_above_host_ports(const claimed_door& c) {
    const auto& given = c.service->load_balancer_ips;
    return c.door.what == door_class::clusterip ||
           (c.door.what == door_class::external &&
            std::ranges::find(given, c.door.address) != given.end());
}

} // namespace

std::vector<claimed_door> met_at(const model::front_door& place, const merged_doors& places,
                                 const claim_table& claims, const model::objects& objects) {
    std::vector<claimed_door> services;
    std::vector<claimed_door> pods;
    for (const auto& door : places.doors_at(place)) {
        const auto* claimed = claims.claims_of(door);
        if (claimed == nullptr)
            continue;
        if (door.what != door_class::hostport)
            services.push_back({door, &objects.services.at(claimed->front().holder.key), nullptr});
        else
            for (const auto& each : *claimed)
                pods.push_back({door, nullptr, &objects.pods.at(each.holder.key)});
    }
    if (std::ranges::none_of(services, ranks_above_host_ports))
        services.insert(services.end(), pods.begin(), pods.end());
    return services;
}

bool needs_decision(const model::front_door& place, const std::vector<claimed_door>& met,
                    const merged_doors& places, const claim_table& claims) {
    const auto stands_here = [&](const claimed_door& each) {
        return places.stands_at(each.door, place);
    };
    const auto has_address = [](const claimed_door& each) { return !each.door.anywhere(); };
    const auto is_shut = [&](const claimed_door& each) {
        return std::ranges::any_of(*claims.claims_of(each.door), [](const claim& c) {
            return !c.what->decision.admits_everyone();
        });
    };
    const bool meet_here =
        met.size() > 1 && (place.anywhere() || std::ranges::any_of(met, has_address));
    return (meet_here || std::ranges::any_of(met, stands_here)) &&
           std::ranges::any_of(met, is_shut);
}

} // namespace nodewall::compiler
