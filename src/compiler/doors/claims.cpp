#include "compiler/doors/claims.hpp"

#include <algorithm>
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
        if (at->second.empty())
            claims_.erase(at);
    }
    return touched;
}

const claim_table::claim_list* claim_table::claims_of(const model::front_door& door) const {
    const auto at = claims_.find(door);
    return at == claims_.end() ? nullptr : &at->second;
}

std::vector<finding> claim_table::collisions() const {
    std::vector<finding> findings;
    for (const auto& door : contested_) {
        const auto& list = claims_.at(door);
        auto text = list.front().holder.to_string() + " has it; claimed too by";
        for (std::size_t i = 1; i < list.size(); ++i)
            text += (i == 1 ? " " : ", ") + list[i].holder.key.to_string();
        findings.push_back({finding::kind::collision, door.describe(), std::move(text)});
    }
    return findings;
}

} // namespace nodewall::compiler
