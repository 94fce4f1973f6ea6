#include "netfilter/iptables/plan/in_place.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

namespace nodewall::netfilter::iptables {

namespace {

using blocks = std::vector<model::cidr>;

blocks minus(const blocks& left, const blocks& right) {
    blocks rest;
    std::set_difference(left.begin(), left.end(), right.begin(), right.end(),
                        std::back_inserter(rest));
    return rest;
}

/// The same but for blocks.
bool same_sets(const decision_form& a, const decision_form& b) {
    return a.shape == b.shape &&
           std::ranges::equal(a.sources, b.sources, {}, &source::sets, &source::sets);
}

edit_in_place edit_of(const image& i, slot_number slot, const decision_form& before,
                      const decision_form& after) {
    edit_in_place edit;
    for (std::size_t k = 0; k < before.sources.size(); ++k) {
        const set_definition own{.name = slot_set(i.fam, slot, slot_set_kind::inline_, k),
                                 .type = set_type::hash_net,
                                 .fam = i.fam};
        const auto old_nets = to_nets(before.sources[k].blocks);
        const auto new_nets = to_nets(after.sources[k].blocks);
        if (auto more = minus(new_nets, old_nets); !more.empty())
            edit.grow.push_back({.what = add_members{own, members_of_nets(more)}, .means = {}});
        if (auto less = minus(old_nets, new_nets); !less.empty())
            edit.shrink.push_back(
                {.what = remove_members{own, members_of_nets(less)}, .means = {}});
    }
    return edit;
}

} // namespace

std::vector<edit_in_place>
edits_in_place(const image& i, const std::vector<door_change>& doors, decision_forms& forms,
               const std::function<bool(const std::string&, const decision_form&)>& may) {
    struct group {
        std::string after;
        std::size_t doors = 0;
        bool together = true;
    };
    std::map<std::string, group> groups;       // by the decision before
    std::map<std::string, std::size_t> wanted; // doors that come to a decision, or stay
    for (const auto& door : doors) {
        const auto after = door.decision_after();
        if (door.before) {
            auto& g = groups[door.decision_before()];
            if (g.doors++ == 0)
                g.after = after;
            const auto leads = i.entries.find(door.before->name);
            g.together = g.together && g.after == after && leads != i.entries.end() &&
                         leads->second == i.holder_of(door.decision_before());
        }
        if (door.after)
            ++wanted[after];
    }
    std::vector<edit_in_place> edits;
    for (const auto& [before, g] : groups) {
        const auto slot = i.holder_of(before);
        if (slot == 0 || !g.together || g.after.empty() || g.after == before ||
            i.holder_of(g.after) != 0 || i.slots[slot].doors != g.doors ||
            wanted[g.after] != g.doors || wanted.contains(before))
            continue;
        const auto* old_form = forms.find(before);
        const auto* new_form = forms.find(g.after);
        if (old_form == nullptr || new_form == nullptr || !old_form->shape.only_admits() ||
            !same_sets(*old_form, *new_form) || !may(before, *old_form))
            continue;
        auto edit = edit_of(i, slot, *old_form, *new_form);
        edit.before = before;
        edit.after = g.after;
        auto& last = edit.shrink.empty() ? edit.shrink.emplace_back() : edit.shrink.back();
        last.means.emplace_back(
            slot_holds{.slot = slot, .decision = g.after, .lists = i.slots[slot].lists});
        edits.push_back(std::move(edit));
    }
    return edits;
}

} // namespace nodewall::netfilter::iptables
