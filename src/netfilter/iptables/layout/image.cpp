#include "netfilter/iptables/layout/image.hpp"

#include "model/pod_query.hpp"
#include "netfilter/iptables/layout/pages.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace nodewall::netfilter::iptables {

namespace {

/// The key as the set's type has it; one of a port alone is every address in two halves.
std::vector<set_member> members_of_key(const ruleset::entry& at, model::family f,
                                       std::uint32_t mark, std::uint32_t mask) {
    set_member member{
        .net = at.at.block, .proto = at.at.proto, .port = at.at.port, .mark = mark, .mask = mask};
    if (at.type != ruleset::key_type::port)
        return {member};
    std::vector<set_member> halves;
    for (const auto& half : to_nets({model::cidr::everything(f)})) {
        member.net = half;
        halves.push_back(member);
    }
    return halves;
}

set_type type_of_map(std::string_view map) {
    return map_is_by_port(map) ? set_type::hash_net_port : set_type::hash_ip_port;
}

} // namespace

const std::string& every_pod_set(model::family f) {
    static const auto names = [] {
        std::array<std::string, model::families.size()> all;
        for (const auto each : model::families)
            all[static_cast<std::size_t>(each)] = ruleset::hashed_set_name(
                ruleset::purpose::peers, each, model::pod_query::everything().identity());
        return all;
    }();
    return names[static_cast<std::size_t>(f)];
}

// ---- doors --------------------------------------------------------------------------------------

std::vector<std::pair<set_definition, std::vector<set_member>>>
image::members_of_door(const table_layout& t, const ruleset::entry& at, slot_number slot) const {
    const auto set_of = [&](const map_part& part) {
        return set_definition{
            .name = map_name(at.map, t.generation, part), .type = type_of_map(at.map), .fam = fam};
    };
    const auto members = [&](std::uint32_t number) {
        return members_of_key(at, fam, bits.mark_of(number), bits.mask());
    };
    if (!t.two_steps)
        return {{set_of({map_part::kind::whole, 0}), members(slot)}};
    const auto map = std::ranges::find(t.maps, at.map) - t.maps.begin();
    const auto page = slot == 0 ? 0 : page_of(slot, bits);
    std::vector<std::pair<set_definition, std::vector<set_member>>> all;
    if (slot != 0)
        all.emplace_back(set_of({map_part::kind::page, page}), members(number_in_page(slot, bits)));
    all.emplace_back(set_of({map_part::kind::pages, 0}),
                     members(page_number(page, static_cast<std::size_t>(map))));
    return all;
}

std::vector<set_definition> image::map_sets(const table_layout& t, slot_number highest) const {
    std::vector<set_definition> all;
    const auto add = [&](const std::string& map, const map_part& part) {
        all.push_back(
            {.name = map_name(map, t.generation, part), .type = type_of_map(map), .fam = fam});
    };
    for (const auto& map : t.maps) {
        add(map, {t.two_steps ? map_part::kind::pages : map_part::kind::whole, 0});
        if (t.two_steps)
            for (std::uint32_t page = 0; page <= page_of(std::max(highest, 1U), bits); ++page)
                add(map, {map_part::kind::page, page});
    }
    return all;
}

// ---- slots --------------------------------------------------------------------------------------

slot_number image::holder_of(const std::string& decision) const {
    const auto at = holders_.find(decision);
    return at == holders_.end() ? 0 : at->second;
}

const std::set<slot_number>& image::free_slots(const shape& s) const {
    static const std::set<slot_number> none;
    const auto known = shapes_.find(s);
    const auto at = known == shapes_.end() ? free_.end() : free_.find(&*known);
    return at == free_.end() ? none : at->second;
}

slot_number image::highest_number() const {
    auto highest = static_cast<slot_number>(slots.size() - 1);
    const auto take = [&](const std::string& set) {
        if (const auto of_slot = parse_slot_set(set))
            highest = std::max(highest, of_slot->slot);
    };
    for (const auto& [name, set] : others)
        take(name);
    for (const auto& name : stuck)
        take(name);
    return highest;
}

std::map<slot_number, const shape*> image::laid_out() const {
    std::map<slot_number, const shape*> all;
    for (slot_number number = 1; number < slots.size(); ++number)
        if (slots[number].form != nullptr)
            all.emplace_hint(all.end(), number, slots[number].form);
    return all;
}

// ---- changes ------------------------------------------------------------------------------------

void image::note(const image_change& change) {
    std::visit([this](const auto& c) { note_change(c); }, change);
}

void image::lay_out(const std::vector<std::pair<slot_number, shape>>& more) {
    for (const auto& [number, form] : more) {
        if (slots.size() <= number)
            slots.resize(number + 1);
        slots[number].form = &*shapes_.insert(form).first;
        free_[slots[number].form].insert(number);
        for (const auto& set : sets_of_slot(form, fam, number))
            others.erase(set.name);
    }
}

void image::note_change(const set_stands& c) {
    others.insert_or_assign(c.set.name, c.set);
}

void image::note_change(const set_gone& c) {
    others.erase(c.name);
}

void image::note_change(const set_stays& c) {
    others.erase(c.name);
    stuck.insert(c.name);
}

void image::note_change(const instance_is& c) {
    const auto before = instances.find(c.set);
    if (before != instances.end() && before->second != c.instance) {
        others.insert_or_assign(
            before->second,
            set_definition{.name = before->second, .type = type_of_set(c.set), .fam = fam});
    }
    if (c.instance.empty()) {
        instances.erase(c.set);
        return;
    }
    others.erase(c.instance);
    instances.insert_or_assign(c.set, c.instance);
}

void image::forget_holder(slot_number number) {
    const auto& held = slots[number].decision;
    if (const auto at = holders_.find(held); at != holders_.end() && at->second == number)
        holders_.erase(at);
}

void image::note_change(const slot_holds& c) {
    auto& s = slots.at(c.slot);
    forget_holder(c.slot);
    s.decision = c.decision;
    s.lists = c.lists;
    if (c.decision.empty())
        free_[s.form].insert(c.slot);
    else
        free_[s.form].erase(c.slot);
    if (!c.decision.empty() && c.decision != unknown_decision)
        holders_.insert_or_assign(c.decision, c.slot);
}

void image::note_change(const door_leads& c) {
    const auto& name = c.door->name;
    const auto& at = std::get<ruleset::entry>(c.door->content);
    const auto before = entries.find(name);
    const auto old_slot = before == entries.end() ? 0 : before->second;
    if (old_slot != 0 && old_slot < slots.size() && --slots[old_slot].doors == 0)
        slots[old_slot].left = ++leavings;
    const bool leaves_page =
        old_slot != 0 && (c.slot == 0 || page_of(old_slot, bits) != page_of(c.slot, bits));
    if (table.two_steps && leaves_page) {
        auto members = members_of_door(table, at, old_slot);
        stale.push_back({.door = name,
                         .slot = old_slot,
                         .map = std::move(members.front().first.name),
                         .members = std::move(members.front().second)});
    }
    if (c.slot == 0) {
        entries.erase(name);
        return;
    }
    ++slots.at(c.slot).doors;
    entries.insert_or_assign(name, c.slot);
}

void image::note_change(const stale_gone&) {
    stale.clear();
}

void image::note_change(const table_is& c) {
    const auto& to = *c.layout;
    const auto highest_before = static_cast<slot_number>(slots.size() - 1);
    if (to.fixed.empty()) { // no chains any more: what the slots held stands without them
        for (const auto& [number, form] : laid_out())
            for (auto& set : sets_of_slot(*form, fam, number))
                others.insert_or_assign(set.name, set);
        slots.resize(1);
        entries.clear();
        holders_.clear();
        free_.clear();
    }
    lay_out(c.more_slots);
    if (!table.fixed.empty())
        for (auto& set : map_sets(table, highest_before))
            others.insert_or_assign(set.name, set);
    if (!to.fixed.empty())
        for (const auto& set : map_sets(to, static_cast<slot_number>(slots.size() - 1)))
            others.erase(set.name);
    if (to.generation != table.generation || to.two_steps != table.two_steps)
        stale.clear();
    table = to;
    damaged = false;
}

} // namespace nodewall::netfilter::iptables
