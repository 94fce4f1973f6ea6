#include "compiler/bounds.hpp"

#include <fmt/core.h>

#include <map>

namespace nodewall::compiler {

namespace {

std::shared_ptr<const model::unit> without(model::unit unit, const std::vector<std::string>& sets) {
    for (const auto& set : sets)
        unit.members.erase(set);
    return model::seal(std::move(unit));
}

} // namespace

std::vector<finding> keep_within(model::ruleset& rules, std::size_t members_max) {
    std::vector<finding> findings;
    std::vector<std::shared_ptr<const model::unit>> cut_units;
    std::map<std::string, std::size_t> used; // by set
    for (const auto& [name, unit] : rules.units()) {
        if (unit->set) // brings all of its own members
            continue;
        std::vector<std::string> too_large;
        for (const auto& [set, members] : unit->members) {
            auto& total = used[set];
            if (total + members.size() > members_max) {
                too_large.push_back(set);
                findings.push_back({finding::kind::too_many, name,
                                    fmt::format("{} members do not fit into {}, which takes {}",
                                                members.size(), set, members_max)});
                continue;
            }
            total += members.size();
        }
        if (!too_large.empty())
            cut_units.push_back(without(*unit, too_large));
    }
    for (auto& unit : cut_units)
        rules.put(std::move(unit));
    return findings;
}

} // namespace nodewall::compiler
