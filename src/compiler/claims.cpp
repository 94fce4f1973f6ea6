#include "compiler/claims.hpp"

#include "compiler/front_doors.hpp"

#include <algorithm>
#include <tuple>

namespace nodewall::compiler {

namespace {

bool same(const model::unit& a, const model::unit& b) {
    return a.causes == b.causes && a.same_content(b);
}

} // namespace

claim_table::outcomes claim_table::replace(const model::object_meta& service,
                                           const std::vector<model::layout::door>& before,
                                           const std::vector<compiled_door>& after) {
    outcomes units; // at first the Service's own ones from before
    for (const auto& door : before) {
        auto& list = claims_.at(door);
        const auto own = std::find_if(list.begin(), list.end(),
                                      [&](const claim& c) { return c.service == service.key; });
        units[door] = std::move(own->unit);
        list.erase(own);
    }
    for (const auto& [door, unit] : after) {
        auto& kept = units[door];
        if (!unit || !kept || !same(*unit, *kept))
            kept = unit;
        auto& list = claims_[door];
        const auto at = std::find_if(list.begin(), list.end(), [&](const claim& c) {
            return std::tie(service.created, service.key) < std::tie(c.created, c.service);
        });
        list.insert(at, {service.created, service.key, kept});
    }
    for (auto& [door, unit] : units) {
        const auto& list = claims_.at(door);
        if (list.size() > 1)
            contested_.insert(door);
        else
            contested_.erase(door);
        unit = list.empty() ? nullptr : list.front().unit;
        if (list.empty())
            claims_.erase(door);
    }
    return units;
}

std::optional<claim_table::holder> claim_table::holder_of(const model::layout::door& door) const {
    const auto at = claims_.find(door);
    if (at == claims_.end())
        return std::nullopt;
    const auto& first = at->second.front();
    return holder{first.service, first.unit};
}

std::vector<finding> claim_table::collisions() const {
    std::vector<finding> findings;
    for (const auto& door : contested_) {
        const auto& list = claims_.at(door);
        auto text = "Service " + list.front().service.to_string() + " has it; claimed too by";
        for (std::size_t i = 1; i < list.size(); ++i)
            text += (i == 1 ? " " : ", ") + list[i].service.to_string();
        findings.push_back({finding::kind::collision, describe(door), std::move(text)});
    }
    return findings;
}

} // namespace nodewall::compiler
