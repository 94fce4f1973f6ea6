#include "netfilter/iptables/plan/doors.hpp"

#include "model/front_door.hpp"
#include "netfilter/iptables/layout/names.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <string>

namespace nodewall::netfilter::iptables {

namespace {

using model::asked_by_port, model::classes_asked, model::door_class;

/// What decides which classes are asked about a packet, beside its key.
enum class destination : std::uint8_t {
    elsewhere,     ///< no address of the node's own
    local,         ///< one on which NodePorts answer
    without_ports, ///< one on which they do not
};

bool is_asked(door_class c, destination d) {
    if (c == door_class::nodeport)
        return d == destination::local;
    return d != destination::elsewhere || c == door_class::external || c == door_class::clusterip;
}

std::size_t rank_of(std::string_view map) {
    for (std::size_t i = 0; i < classes_asked.size(); ++i)
        if (model::to_string(classes_asked[i]) == map_class(map))
            return i;
    return classes_asked.size();
}

/// Of the first map that has the key, from that rank on; empty: the door is open.
std::string decision_met(const ruleset::ruleset& rules, model::family f, const ruleset::key& at,
                         std::size_t first, destination d) {
    for (std::size_t i = first; i < classes_asked.size(); ++i) {
        const auto c = classes_asked[i];
        const bool by_port = asked_by_port(c);
        if (!is_asked(c, d))
            continue;
        const model::front_door door{.what = c,
                                     .fam = f,
                                     .address =
                                         by_port ? model::ip_address::zero(f) : at.block.address,
                                     .proto = static_cast<model::protocol>(at.proto),
                                     .port = at.port};
        if (const auto* u = rules.units().find(door.unit_name()))
            return std::get<ruleset::entry>(u->content).decision;
    }
    return {};
}

/// Members of several sets, one step for each, in the order in which the sets came first.
class batches {
public:
    void add(const set_definition& set, const std::vector<set_member>& members) {
        auto at =
            std::ranges::find(sets_, set.name, [](const auto& batch) { return batch.first.name; });
        if (at == sets_.end())
            at = sets_.insert(sets_.end(), {set, {}});
        at->second.insert(at->second.end(), members.begin(), members.end());
    }
    bool empty() const { return sets_.empty(); }
    template <class Step> std::vector<step> steps() {
        std::vector<step> all;
        for (auto& [set, members] : sets_)
            all.push_back({.what = Step{set, std::move(members)}, .means = {}});
        return all;
    }

private:
    std::vector<std::pair<set_definition, std::vector<set_member>>> sets_;
};

void append(std::vector<step>& all, std::vector<step> more) {
    std::ranges::move(more, std::back_inserter(all));
}

class turner {
public:
    explicit turner(const image& i) : image_(i) {}

    /// First what no look-up leads to yet (the maps of pages), then the members that turn the
    /// doors.
    std::vector<step> lead(const std::vector<const door_step*>& doors) const {
        batches pages, first;
        std::vector<image_change> means;
        for (const auto* d : doors) {
            const auto members = image_.members_of_door(image_.table, d->door.at(), d->slot);
            for (std::size_t i = 0; i + 1 < members.size(); ++i)
                pages.add(members[i].first, members[i].second);
            first.add(members.back().first, members.back().second);
            means.emplace_back(door_leads{d->door.after, d->slot});
        }
        auto steps = pages.steps<add_members>();
        append(steps, first.steps<add_members>());
        if (!steps.empty())
            steps.back().means = std::move(means);
        return steps;
    }

    std::vector<step> open(const std::vector<const door_step*>& doors) const {
        batches first;
        std::vector<image_change> means;
        for (const auto* d : doors) {
            const auto members = image_.members_of_door(image_.table, d->door.at(), 0);
            first.add(members.back().first, members.back().second);
            means.emplace_back(door_leads{d->door.before, 0});
        }
        auto steps = first.steps<remove_members>();
        if (!steps.empty())
            steps.back().means = std::move(means);
        return steps;
    }

private:
    const image& image_;
};

} // namespace

std::vector<turn> turns_of(const door_change& door, model::family f, const ruleset::ruleset& from,
                           const ruleset::ruleset& to) {
    const auto& at = door.at();
    const auto rank = rank_of(at.map);
    if (rank + 1 >= classes_asked.size())
        return {{.before = door.decision_before(), .after = door.decision_after()}};
    // Of a port alone it is not known which other doors stand at the address.
    const auto first = asked_by_port(classes_asked[rank]) ? rank : 0;
    std::vector<turn> turns;
    for (const auto d : {destination::elsewhere, destination::local, destination::without_ports}) {
        if (!is_asked(classes_asked[rank], d))
            continue;
        turn t{.before = decision_met(from, f, at.at, first, d),
               .after = decision_met(to, f, at.at, first, d)};
        if (std::ranges::find(turns, t) == turns.end())
            turns.push_back(std::move(t));
    }
    return turns;
}

void turn_doors(const image& i, const std::vector<door_step>& doors, family_plan& plan) {
    std::vector<const door_step*> shut, turn, open;
    for (const auto& d : doors) {
        if (d.slot == 0)
            open.push_back(&d);
        else
            (d.door.before ? turn : shut).push_back(&d);
    }
    const auto rank = [](const door_step* d) { return rank_of(d->door.at().map); };
    std::ranges::stable_sort(shut, {}, rank);
    std::ranges::stable_sort(turn, {}, rank);
    std::ranges::stable_sort(open, std::greater{}, rank);
    const turner steps(i);
    append(plan.shut, steps.lead(shut));
    append(plan.turn, steps.lead(turn));
    append(plan.open, steps.open(open));
}

std::vector<step>
fill_maps(const image& i, const table_layout& t,
          const std::vector<std::pair<const ruleset::unit*, slot_number>>& doors) {
    batches all;
    for (const auto& [door, slot] : doors)
        for (const auto& [set, members] :
             i.members_of_door(t, std::get<ruleset::entry>(door->content), slot))
            all.add(set, members);
    return all.steps<add_members>();
}

} // namespace nodewall::netfilter::iptables
