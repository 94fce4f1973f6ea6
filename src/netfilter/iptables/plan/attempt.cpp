#include "netfilter/iptables/plan/attempt.hpp"

#include "base/fair_share.hpp"
#include "netfilter/iptables/layout/pages.hpp"
#include "ruleset/dataplane.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace nodewall::netfilter::iptables {

void add_instances(const task& t, const difference& d, const std::set<std::string>& anew,
                   new_instances& instances) {
    for (const auto& set : d.new_sets) {
        const auto members = d.members_of_new_sets.find(set.name);
        instances.add(set, members == d.members_of_new_sets.end() ? std::vector<ruleset::key>{}
                                                                  : members->second);
    }
    for (const auto& name : anew)
        if (const auto* u = t.to->units().find(ruleset::set_unit_name(t.now.fam, name)))
            instances.add(std::get<ruleset::set>(u->content), members_of(*t.to, t.now.fam, name));
}

void finish(const difference& d, const new_instances& instances, family_plan& plan) {
    step last{.what = nothing{}, .means = {}};
    instances.adopt(last.means);
    for (const auto& set : d.gone_sets)
        last.means.emplace_back(instance_is{.set = set.name, .instance = {}});
    if (!last.means.empty())
        plan.finish.push_back(std::move(last));
}

table_layout layout_with(const image& i, const fixed_part& fixed, const new_instances& instances) {
    auto t = i.table;
    t.fixed = fixed.chains;
    t.maps = fixed.maps;
    t.every_pod = instances.name_of(every_pod_set(i.fam));
    t.instances.clear();
    for (const auto& chain : fixed.chains)
        for (const auto& rule : chain.rules)
            for (const auto& match : rule.matches)
                if (const auto* from = std::get_if<ruleset::source_in>(&match)) {
                    for (const auto& set : from->sets)
                        t.instances[set] = instances.name_of(set);
                } else if (const auto* to = std::get_if<ruleset::destination_in_set>(&match)) {
                    t.instances[to->set] = instances.name_of(to->set);
                }
    return t;
}

std::optional<slot_layout> lay_out(const task& t, const std::vector<std::string>& missing,
                                   decision_forms& forms, bool two_steps, assignment& slots) {
    slot_layout layout(t.now);
    if (!layout.fits(missing.size(), two_steps))
        return std::nullopt;
    std::set<shape> more;
    for (const auto& decision : missing) {
        const auto& form = *forms.find(decision);
        slots.assign(decision, form, layout.add(form.shape));
        if (form.shape.source_count() != 0)
            more.insert(form.shape);
    }
    for (auto& s : network_policy_shapes())
        if (layout.count_of(s) == 0)
            more.insert(std::move(s));
    const bool has_every_pod =
        t.to->units().contains(ruleset::set_unit_name(t.now.fam, every_pod_set(t.now.fam)));
    for (const auto& s : more) {
        const auto sources = s.sources();
        if (!has_every_pod && std::ranges::find(sources, source_form::every_pod) != sources.end())
            continue;
        layout.add_room(s, first_room(s), two_steps);
    }
    return layout;
}

void fill_slots(const image& i, const assignment& slots, family_plan& plan,
                std::vector<image_change>& with_commit) {
    for (const auto& [decision, s] : slots.all()) {
        if (!s.to_fill)
            continue;
        auto steps = slots.fill(s);
        for (auto& each : steps)
            each.unit = decision_unit_name(i.fam, decision);
        auto holds = assignment::holds(decision, s);
        if (s.slot >= i.slots.size()) {
            with_commit.emplace_back(std::move(holds));
        } else {
            if (steps.empty())
                steps.push_back({.what = nothing{}, .means = {}});
            steps.back().means.emplace_back(std::move(holds));
        }
        std::ranges::move(steps, std::back_inserter(plan.prepare));
    }
}

family_plan plan_removal(const task& t) {
    family_plan plan;
    plan.commit = step{
        .what = commit_table{std::make_shared<const std::vector<xt_chain>>()},
        .means = {table_is{.layout = std::make_shared<const table_layout>(), .more_slots = {}}}};
    step last{.what = nothing{}, .means = {}};
    for (const auto& [set, instance] : t.now.instances)
        last.means.emplace_back(instance_is{.set = set, .instance = {}});
    plan.finish.push_back(std::move(last));
    plan.reaches = t.to;
    return plan;
}

void name_decisions(const image& i, const assignment& slots, std::vector<step>& steps) {
    std::map<slot_number, std::string> units;
    for (const auto& [decision, s] : slots.all())
        units.emplace(s.slot, decision_unit_name(i.fam, decision));
    for (auto& each : steps)
        if (const auto* made = std::get_if<create_set>(&each.what))
            if (const auto name = parse_slot_set(made->set.name))
                if (const auto at = units.find(name->slot); at != units.end())
                    each.unit = at->second;
}

family_plan without_numbers(const task& t, const std::vector<std::string>& missing,
                            decision_forms& forms, bool two_steps) {
    const std::set<std::string> waiting(missing.begin(), missing.end());
    std::map<std::string_view, std::set<std::string>> asked; // by namespace
    std::set<std::string> kept; // few are without sources, and one of them refuses everyone
    for (const auto& u : t.to->units()) {
        const auto* door = std::get_if<ruleset::entry>(&u->content);
        if (door == nullptr || u->fam != t.now.fam || !waiting.contains(door->decision))
            continue;
        const auto* form = forms.find(door->decision);
        if (form == nullptr || form->shape.source_count() == 0)
            kept.insert(door->decision);
        else
            asked[u->causes.empty() ? std::string_view() : u->causes.front().key.namespace_].insert(
                door->decision);
    }
    const slot_layout layout(t.now);
    std::size_t room = 0;
    while (room < missing.size() && layout.fits(room + 1, two_steps))
        ++room;
    std::vector<std::size_t> counts;
    counts.reserve(asked.size());
    for (const auto& [namespace_, decisions] : asked)
        counts.push_back(decisions.size());
    const auto share = fair_share(std::move(counts), room - std::min(room, kept.size()));
    for (const auto& [namespace_, decisions] : asked) {
        auto left = share;
        for (auto at = decisions.begin(); at != decisions.end() && left != 0; ++at, --left)
            kept.insert(*at); // one that several wait for is kept where one of them keeps it
    }
    family_plan plan;
    for (const auto& decision : missing)
        if (!kept.contains(decision))
            plan.unfit.push_back(decision_unit_name(t.now.fam, decision));
    return plan;
}

error too_many(const image& i) {
    return {ruleset::dataplane_errc::kernel_refused,
            fmt::format("{}: more decisions than the {} bits of the mark {:#x} tell apart in two "
                        "steps ({})",
                        model::to_string(i.fam), i.bits.count(), i.bits.mask(),
                        slots_max(i.bits, true))};
}

error strange(const decision_forms& forms, const std::string& decision) {
    return forms.failure().value_or(
        error(ruleset::dataplane_errc::kernel_refused,
              "a door leads to decision " + decision + ", which the ruleset does not have"));
}

} // namespace nodewall::netfilter::iptables
