#include "compiler/doors/claims.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <tuple>

namespace nodewall::compiler {

std::set<model::front_door> claim_table::replace(const door_holder& holder, timestamp created,
                                                 const std::vector<model::front_door>& before,
                                                 const std::vector<judged_door>& after) {
    std::set<model::front_door> touched(before.begin(), before.end());
    for (const auto& door : before)
        std::erase_if(claims_.at(door), [&](const claim& c) { return c.holder == holder; });
    for (const auto& [door, what] : after) {
        touched.insert(door);
        auto& list = claims_[door];
        const auto at = std::ranges::find_if(list, [&](const claim& c) {
            return std::tie(created, holder) < std::tie(c.created, c.holder);
        });
        list.insert(at, {created, holder, what});
    }
    for (const auto& door : touched) {
        const auto at = claims_.find(door);
        if (at->second.size() > 1 && door.what != model::door_class::hostport)
            contested_.insert(door);
        else
            contested_.erase(door);
        if (!door.anywhere()) {
            const auto of_port = addressed_.try_emplace({door.fam, door.proto, door.port}).first;
            if (at->second.empty())
                of_port->second.erase(door);
            else
                of_port->second.insert(door);
            if (of_port->second.empty())
                addressed_.erase(of_port);
        }
        if (at->second.empty())
            claims_.erase(at);
    }
    return touched;
}

const claim_table::claim_list* claim_table::claims_of(const model::front_door& door) const {
    const auto at = claims_.find(door);
    return at == claims_.end() ? nullptr : &at->second;
}

std::vector<model::front_door> claim_table::addressed(const model::front_door& port) const {
    const auto at = addressed_.find({port.fam, port.proto, port.port});
    return at == addressed_.end()
               ? std::vector<model::front_door>{}
               : std::vector<model::front_door>(at->second.begin(), at->second.end());
}

bool claim_table::claims_port(const model::front_door& door) const {
    using model::door_class;
    const auto zero = model::ip_address::zero(door.fam);
    const auto is_claimed = [&](door_class c) {
        return claims_.contains({c, door.fam, zero, door.proto, door.port});
    };
    return is_claimed(door_class::nodeport) || is_claimed(door_class::hostport);
}

std::vector<finding> claim_table::collisions() const {
    std::vector<finding> findings;
    for (const auto& door : contested_) {
        std::string names;
        for (const auto& claim : claims_.at(door))
            names += (names.empty() ? "" : ", ") + claim.holder.key.to_string();
        findings.push_back(
            {finding::kind::collision, door.describe(),
             fmt::format("Services {} claim it; where the cluster or a load balancer gave some of "
                         "them the address, those alone count. It is open to whomever a backend of "
                         "each namespace behind it admits",
                         names)});
    }
    return findings;
}

} // namespace nodewall::compiler
