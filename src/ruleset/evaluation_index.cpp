#include "ruleset/evaluation_index.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace nodewall::ruleset {

namespace {

door_key port_of(const key& k) {
    return {.address = {}, .proto = k.proto, .port = k.port};
}

} // namespace

std::size_t door_key_hash::operator()(const door_key& k) const noexcept {
    const auto door = (std::size_t{k.proto} << 16U) | k.port;
    return address_hash{}(k.address) ^ (door * 0xff51afd7ed558ccdU); // MurmurHash3's factor
}

evaluation_index::evaluation_index(const ruleset& rules, model::family f) {
    by_name<std::vector<const members*>> lists;
    std::vector<std::pair<const entry*, const unit*>> entries;
    for (const auto& u : rules.units()) {
        if (u->fam != f)
            continue;
        if (const auto* c = std::get_if<chain>(&u->content)) {
            take_chain(*c, *u);
        } else if (const auto* d = std::get_if<decision>(&u->content)) {
            for (const auto& stage : d->chains)
                take_chain(stage, *u);
        } else if (const auto* s = std::get_if<set>(&u->content)) {
            take_set(*s);
        } else if (const auto* m = std::get_if<members>(&u->content)) {
            lists[m->set].push_back(m);
        } else if (const auto* e = std::get_if<entry>(&u->content)) {
            entries.emplace_back(e, u.get());
        }
    }
    take_members(lists);
    for (const auto& [e, door] : entries)
        take_entry(*e, *door);
    for (auto& c : chains_)
        resolve(c);
}

void evaluation_index::take_chain(const chain& c, const unit& owner) {
    const auto number = static_cast<std::uint32_t>(chains_.size());
    chains_.push_back({.source = &c, .owner = &owner, .rules = {}});
    chain_numbers_[c.name] = number;
    if (c.at)
        at_hooks_[static_cast<std::size_t>(*c.at)].push_back(number);
}

void evaluation_index::take_set(const set& s) {
    set_ref ref{.type = s.type, .number = 0, .dispatches = s.what == purpose::dispatch};
    if (ref.dispatches) {
        ref.number = static_cast<std::uint32_t>(maps_.size());
        maps_.push_back({.type = s.type, .entries = {}});
    } else if (s.type == key_type::port) {
        ref.number = static_cast<std::uint32_t>(port_sets_.size());
        port_sets_.emplace_back();
    } else if (s.type == key_type::block) {
        ref.number = static_cast<std::uint32_t>(block_sets_.size());
        block_sets_.emplace_back();
    } else {
        ref.number = address_sets_++;
    }
    sets_[s.name] = ref;
}

/// Members of a set that is not there are none.
void evaluation_index::take_members(const by_name<std::vector<const members*>>& lists) {
    std::vector<const std::vector<const members*>*> of_address_set(address_sets_);
    for (const auto& [name, list] : lists) {
        const auto at = sets_.find(name);
        if (at == sets_.end() || at->second.dispatches)
            continue;
        if (at->second.type == key_type::port) {
            for (const auto* m : list)
                for (const auto& k : m->keys)
                    port_sets_[at->second.number].insert(port_of(k));
        } else if (at->second.type == key_type::address) {
            of_address_set[at->second.number] = &list;
        } else if (at->second.type == key_type::block) {
            std::vector<model::cidr> blocks;
            for (const auto* m : list)
                for (const auto& k : m->keys)
                    blocks.push_back(k.block);
            block_sets_[at->second.number] = block_ranges(std::move(blocks));
        }
    }
    for (std::uint32_t number = 0; number < address_sets_; ++number)
        if (const auto* list = of_address_set[number])
            for (const auto* m : *list)
                for (const auto& k : m->keys)
                    addresses_.add(number, k.block.address);
    addresses_.finish();
}

void evaluation_index::take_entry(const entry& e, const unit& door) {
    const auto map = sets_.find(e.map);
    const auto decided = number_of(e.decision);
    if (map == sets_.end() || !map->second.dispatches || !decided)
        return;
    auto& m = maps_[map->second.number];
    door_key at{.address = {}, .proto = e.at.proto, .port = e.at.port};
    if (m.type == key_type::address_port)
        at.address = e.at.block.address;
    m.entries[at] = {.door = &door, .chain = *decided};
}

std::optional<std::uint32_t> evaluation_index::number_of(std::string_view chain) const {
    const auto found = chain_numbers_.find(chain);
    return found == chain_numbers_.end() ? std::nullopt : std::optional(found->second);
}

void evaluation_index::resolve(resolved_chain& c) const {
    c.rules.reserve(c.source->rules.size());
    for (const auto& r : c.source->rules) {
        auto& resolved = c.rules.emplace_back();
        resolved.source = &r;
        resolved.matches.reserve(r.matches.size());
        for (const auto& m : r.matches)
            resolved.matches.push_back(std::visit(
                [&](const auto& kind) -> resolved_match {
                    if constexpr (std::is_same_v<std::decay_t<decltype(kind)>, source_in>)
                        return resolve_source(kind);
                    else if constexpr (std::is_same_v<std::decay_t<decltype(kind)>,
                                                      destination_in_set>)
                        return resolve_destination(kind);
                    else
                        return kind;
                },
                m));
        resolve_verdict(r.then, resolved);
    }
}

void evaluation_index::resolve_verdict(const verdict& v, resolved_rule& r) const {
    using operation = resolved_rule::operation;
    const auto lead = [&](operation how, std::string_view chain) {
        if (const auto number = number_of(chain)) {
            r.then = how;
            r.target = *number;
        }
    };
    if (std::holds_alternative<return_>(v)) {
        r.then = operation::return_;
    } else if (std::holds_alternative<drop>(v)) {
        r.then = operation::drop;
    } else if (std::holds_alternative<note>(v)) {
        r.then = operation::note;
    } else if (const auto* j = std::get_if<jump>(&v)) {
        lead(operation::jump, j->chain);
    } else if (const auto* g = std::get_if<go_to>(&v)) {
        lead(operation::go_to, g->chain);
    } else if (const auto* d = std::get_if<dispatch_by>(&v)) {
        const auto map = sets_.find(d->map);
        if (map != sets_.end() && map->second.dispatches) {
            r.then = operation::dispatch;
            r.target = map->second.number;
        }
    }
}

resolved_destination evaluation_index::resolve_destination(const destination_in_set& m) const {
    const auto at = sets_.find(m.set);
    if (at == sets_.end() || at->second.dispatches)
        return {};
    if (at->second.type == key_type::port)
        return {.blocks = std::nullopt, .ports = at->second.number};
    if (at->second.type == key_type::block)
        return {.blocks = at->second.number, .ports = std::nullopt};
    return {};
}

resolved_source evaluation_index::resolve_source(const source_in& m) const {
    resolved_source resolved{
        .address_sets = {}, .block_sets = {}, .blocks = block_ranges(m.blocks)};
    for (const auto& name : m.sets) {
        const auto at = sets_.find(name);
        if (at == sets_.end())
            continue;
        if (at->second.type == key_type::address)
            resolved.address_sets.push_back(at->second.number);
        else if (at->second.type == key_type::block)
            resolved.block_sets.push_back(at->second.number);
    }
    std::sort(resolved.address_sets.begin(), resolved.address_sets.end());
    return resolved;
}

} // namespace nodewall::ruleset
