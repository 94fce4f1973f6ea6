#include "compiler/bounds.hpp"

#include "model/layout.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

namespace nodewall::compiler {

namespace {

bool refuses(const std::string& set) {
    const auto definition = model::layout::set_of_name(set);
    return definition && definition->role == model::set_role::refuses;
}

/// nullptr where nothing is left; admissions are nothing without the refusal.
std::shared_ptr<const model::unit> without(model::unit unit, const std::vector<std::string>& sets) {
    if (std::ranges::any_of(sets, refuses))
        return nullptr;
    for (const auto& set : sets)
        unit.members.erase(set);
    return unit.members.empty() ? nullptr : model::seal(std::move(unit));
}

} // namespace

std::vector<finding> keep_within(model::ruleset& rules, std::size_t members_max) {
    std::vector<finding> findings;
    std::map<std::string, std::shared_ptr<const model::unit>> cut_units;
    std::map<std::string, std::size_t> used; // by set
    for (const auto& unit : rules.units()) {
        if (unit->set) // brings all of its own members
            continue;
        std::vector<std::string> too_large;
        for (const auto& [set, members] : unit->members) {
            auto& total = used[set];
            if (total + members.size() > members_max) {
                too_large.push_back(set);
                findings.push_back({finding::kind::too_many, unit->name,
                                    fmt::format("{} members do not fit into {}, which takes {}",
                                                members.size(), set, members_max)});
                continue;
            }
            total += members.size();
        }
        if (!too_large.empty())
            cut_units.emplace(unit->name, without(*unit, too_large));
    }
    for (auto& [name, unit] : cut_units) {
        if (unit)
            rules.put(std::move(unit));
        else
            rules.erase(name);
    }
    return findings;
}

} // namespace nodewall::compiler
