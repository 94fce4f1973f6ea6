#include "compiler/decisions/sources.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace nodewall::compiler {

namespace {

const std::string& name_of(const shared_peer_set& set) {
    return set->name;
}

} // namespace

ruleset::set peer_set::as_set() const {
    const bool of_pods = query() != nullptr;
    return {.name = name,
            .fam = fam,
            .what = of_pods ? ruleset::purpose::peers : ruleset::purpose::blocks,
            .type = of_pods ? ruleset::key_type::address : ruleset::key_type::block};
}

sources sources::everyone(model::family f) {
    sources all(f);
    all.anyone = true;
    return all;
}

void sources::add(const sources& other) {
    add(std::vector{&other});
}

void sources::add(const std::vector<const sources*>& others) {
    std::vector<model::cidr> more;
    for (const auto* other : others) {
        anyone = anyone || other->anyone;
        const auto cut = other->blocks.blocks();
        more.insert(more.end(), cut.begin(), cut.end());
        sets.insert(sets.end(), other->sets.begin(), other->sets.end());
    }
    blocks.add(model::address_set::of(blocks.fam(), std::move(more)));
    if (anyone || blocks.everything()) {
        *this = everyone(blocks.fam());
        return;
    }
    keep_each_once(sets);
}

void sources::add_set(const shared_peer_set& set) {
    const auto at = std::ranges::lower_bound(sets, set->name, {}, name_of);
    if (!anyone && (at == sets.end() || (*at)->name != set->name))
        sets.insert(at, set);
}

void sources::add_address(const model::ip_address& address) {
    if (!anyone)
        blocks.add(model::cidr::host(address));
}

std::optional<ruleset::source_in> sources::as_match() const {
    if (anyone)
        return std::nullopt;
    ruleset::source_in match{.sets = {}, .blocks = blocks.blocks()};
    for (const auto& set : sets)
        match.sets.push_back(set->name);
    return match;
}

void keep_each_once(std::vector<shared_peer_set>& sets) {
    std::ranges::sort(sets, {}, name_of);
    const auto same_name = [](const auto& a, const auto& b) { return name_of(a) == name_of(b); };
    sets.erase(std::unique(sets.begin(), sets.end(), same_name), sets.end());
}

bool operator==(const sources& a, const sources& b) {
    return a.anyone == b.anyone && a.blocks == b.blocks &&
           std::ranges::equal(a.sets, b.sets, {}, name_of, name_of);
}

} // namespace nodewall::compiler
