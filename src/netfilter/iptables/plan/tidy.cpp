#include "netfilter/iptables/layout/pages.hpp"
#include "netfilter/iptables/plan/growth.hpp"
#include "netfilter/iptables/plan/planner.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <string_view>
#include <utility>

namespace nodewall::netfilter::iptables {

namespace {

/// Where numbers are short: a commit of the table for less than this part of the room is not worth
/// it.
constexpr std::size_t part_worth_a_commit = 4;
/// The kernel waits for all its readers before it destroys a set: a few milliseconds each, in which
/// nothing else is applied.
constexpr std::size_t destroyed_at_once_max = 16;

bool is_left(const slot& s) {
    return s.form != nullptr && !s.decision.empty() && s.doors == 0;
}

/// How many slots more each shape should have, where less than half of its room is left.
std::map<const shape*, std::size_t> room_wanted(const image& i) {
    struct count {
        std::size_t all = 0, used = 0;
    };
    std::map<const shape*, count> counts;
    for (const auto& s : i.slots)
        if (s.form != nullptr) {
            auto& c = counts[s.form];
            ++c.all;
            c.used += s.doors != 0 ? 1 : 0;
        }
    std::map<const shape*, std::size_t> wanted;
    for (const auto& [form, c] : counts) {
        const auto whole = room(*form, c.used);
        const auto left = c.all - c.used;
        if (2 * left < whole)
            wanted.emplace(form, whole - left);
    }
    return wanted;
}

slot_layout more_room(const image& i) {
    slot_layout layout(i);
    std::map<shape, std::size_t> in_order; // the same numbers each time
    for (const auto& [form, count] : room_wanted(i))
        in_order.emplace(*form, count);
    for (const auto& [form, count] : in_order)
        if (layout.room_left(count, i.table.two_steps) >= count / part_worth_a_commit)
            layout.add_room(form, count, i.table.two_steps);
    return layout;
}

void empty_slot(const image& i, slot_number number, std::vector<step>& steps) {
    const auto& form = *i.slots[number].form;
    for (const auto& set : sets_of_slot(form, i.fam, number))
        steps.push_back({.what = flush_set{set.name}, .means = {}});
    if (form.source_count() == 0)
        steps.push_back({.what = nothing{}, .means = {}});
    steps.back().means.emplace_back(slot_holds{.slot = number, .decision = {}, .lists = {}});
}

/// Those that were left longest ago first.
std::vector<slot_number> slots_left(const image& i) {
    std::vector<slot_number> left;
    for (slot_number number = 1; number < i.slots.size(); ++number)
        if (is_left(i.slots[number]))
            left.push_back(number);
    std::ranges::stable_sort(left, {}, [&](slot_number number) { return i.slots[number].left; });
    return left;
}

void remove_stale(const image& i, family_plan& plan) {
    for (const auto& member : i.stale) {
        const auto leads = i.entries.find(member.door);
        const bool in_use = leads != i.entries.end() && member.slot != 0 &&
                            page_of(leads->second, i.bits) == page_of(member.slot, i.bits);
        if (!in_use)
            plan.prepare.push_back({.what = remove_members{{.name = member.map,
                                                            .type = map_is_by_port(member.map)
                                                                        ? set_type::hash_net_port
                                                                        : set_type::hash_ip_port,
                                                            .fam = i.fam},
                                                           member.members},
                                    .means = {}});
    }
    if (!i.stale.empty())
        plan.prepare.push_back({.what = nothing{}, .means = {stale_gone{}}});
}

/// At most so many, and none that one of `readers` names. Lists first: they hold on to the sets
/// that they name.
void destroy_others(const image& i, std::size_t count_max, std::span<const slot_number> readers,
                    std::vector<step>& steps) {
    std::set<std::string_view> read;
    for (const auto number : readers)
        for (const auto& list : i.slots[number].lists)
            read.insert(list.begin(), list.end());
    std::size_t count = 0;
    for (const bool lists : {true, false})
        for (const auto& [name, set] : i.others)
            if ((set.type == set_type::list_set) == lists && !read.contains(name) &&
                count++ < count_max)
                steps.push_back({.what = destroy_set{name}, .means = {set_gone{name}}});
}

} // namespace

result<family_plan> make_tidy_plan(const image& i) {
    family_plan plan;
    for (const auto number : slots_left(i))
        empty_slot(i, number, plan.prepare);
    remove_stale(i, plan);
    destroy_others(i, destroyed_at_once_max, {}, plan.prepare);
    const auto layout = more_room(i);
    if (!layout.added().empty()) {
        const auto table = std::make_shared<const table_layout>(i.table);
        create_slot_sets(i, *table, layout, plan.prepare);
        auto commit = commit_of(i, table, layout);
        if (!commit)
            return commit.error();
        plan.commit = std::move(*commit);
    }
    return plan;
}

std::vector<step> take_surplus_away(const image& i) {
    std::vector<step> steps;
    if (i.slots.size() <= left_over_max && i.others.size() <= left_over_max)
        return steps; // each apply asks
    const auto left = slots_left(i);
    const auto surplus = left.size() - std::min(left.size(), left_over_max);
    for (const auto number : std::span(left).first(surplus))
        empty_slot(i, number, steps);
    if (i.others.size() > left_over_max)
        destroy_others(i, i.others.size() - left_over_max, std::span(left).subspan(surplus), steps);
    return steps;
}

bool is_untidy(const image& i) {
    return !i.others.empty() || !i.stale.empty() || std::ranges::any_of(i.slots, is_left) ||
           (!room_wanted(i).empty() && !more_room(i).added().empty());
}

} // namespace nodewall::netfilter::iptables
