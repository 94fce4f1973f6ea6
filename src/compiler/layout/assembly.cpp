#include "compiler/layout/assembly.hpp"

#include "compiler/layout/fixed_chains.hpp"

#include <cassert>

namespace nodewall::compiler {

void assembly::shut(const model::front_door& door, const program& decision,
                    std::vector<ruleset::cause> causes) {
    const auto unit = ruleset::make_unit(door.fam, decision.as_decision(), {});
    const auto map = door_map_of(door.what, door.fam);
    const auto& chain_name = std::get<ruleset::decision>(unit->content).name();
    const auto entry = ruleset::make_unit(
        door.unit_name(), door.fam, ruleset::entry{map.name, map.type, key_of(door), chain_name},
        std::move(causes));
    const auto* before = rules_.units().find(entry->name);
    if (before != nullptr && before->causes == entry->causes && before->same_content(*entry))
        return;
    rules_.put(entry);

    auto& name = decision_of_[door];
    if (name == unit->name)
        return;
    // Used before the old one is released: what both need stays.
    auto& used = decisions_[unit->name];
    if (used.doors++ == 0) {
        rules_.put(unit);
        used.sets = decision.sets();
        for (const auto& set : used.sets)
            if (uses_of_set_[set]++ == 0) {
                changes_.begun.insert(set);
                changes_.ended.erase(set);
            }
    }
    if (!name.empty())
        release(name);
    name = unit->name;
}

void assembly::open(const model::front_door& door) {
    const auto at = decision_of_.find(door);
    if (at == decision_of_.end())
        return;
    rules_.erase(door.unit_name());
    release(at->second);
    decision_of_.erase(at);
}

void assembly::release(const std::string& decision) {
    const auto at = decisions_.find(decision);
    if (--at->second.doors > 0)
        return;
    for (const auto& set : at->second.sets) {
        const auto used = uses_of_set_.find(set);
        if (--used->second > 0)
            continue;
        uses_of_set_.erase(used);
        changes_.ended.insert(set);
        changes_.begun.erase(set);
    }
    rules_.erase(decision);
    decisions_.erase(at);
}

assembly::usage_changes assembly::take_usage_changes() {
    return std::exchange(changes_, {});
}

void assembly::put_members(const peer_set& set, std::vector<ruleset::key> keys,
                           const model::cidr& block) {
    auto& parts = parts_[set.name];
    if (keys.empty()) {
        if (parts.erase(block) != 0)
            rules_.erase(ruleset::members_unit_name(set.fam, set.name, block));
        return;
    }
    parts.insert(block);
    rules_.put(ruleset::make_unit(
        set.fam,
        ruleset::members{.set = set.name, .type = set.as_set().type, .keys = std::move(keys)},
        block));
}

void assembly::erase_set(const peer_set& set) {
    rules_.erase(ruleset::set_unit_name(set.fam, set.name));
    rules_.erase(ruleset::members_unit_name(set.fam, set.name, std::nullopt));
    if (const auto parts = parts_.extract(set.name))
        for (const auto& block : parts.mapped())
            rules_.erase(ruleset::members_unit_name(set.fam, set.name, block));
}

} // namespace nodewall::compiler
