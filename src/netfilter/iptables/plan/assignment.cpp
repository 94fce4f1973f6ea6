#include "netfilter/iptables/plan/assignment.hpp"

#include <algorithm>
#include <utility>

namespace nodewall::netfilter::iptables {

const decision_form* decision_forms::find(const std::string& decision) {
    const auto [at, is_new] = forms_.try_emplace(decision);
    if (!is_new)
        return at->second.get();
    const auto name = decision_unit_name(family_, decision);
    const ruleset::unit* u = nullptr;
    for (const auto* rules : rulesets_)
        if (u == nullptr)
            u = rules->units().find(name);
    if (u == nullptr)
        return nullptr;
    auto form = form_of(std::get<ruleset::decision>(u->content), every_pod_set(family_));
    if (!form) {
        failure_ = form.error();
        return nullptr;
    }
    at->second = std::make_unique<decision_form>(std::move(*form));
    return at->second.get();
}

std::vector<std::vector<std::string>> assignment::lists_of(const decision_form& form) const {
    std::vector<std::vector<std::string>> lists;
    const auto forms = form.shape.sources();
    for (std::size_t k = 0; k < forms.size(); ++k) {
        auto& list = lists.emplace_back();
        if (forms[k] != source_form::list)
            continue;
        for (const auto& set : form.sources[k].sets)
            list.push_back(instance_of_(set));
        std::ranges::sort(list);
    }
    return lists;
}

bool assignment::assign(const std::string& decision, const decision_form& form) {
    if (slots_.contains(decision))
        return true;
    assigned_slot s{.slot = 0, .form = &form, .lists = lists_of(form)};
    if (const auto holder = image_.holder_of(decision); holder != 0) {
        const auto& held = image_.slots[holder];
        if (*held.form == form.shape && held.lists == s.lists) {
            s.slot = holder;
            s.to_fill = false;
        }
    }
    if (s.slot == 0) {
        const auto& free = image_.free_slots(form.shape);
        auto& taken = taken_[form.shape];
        const auto next = taken.empty() ? free.begin() : free.upper_bound(*taken.rbegin());
        if (next == free.end())
            return false;
        s.slot = *next;
        taken.insert(s.slot);
    }
    slots_.emplace(decision, std::move(s));
    return true;
}

void assignment::assign(const std::string& decision, const decision_form& form, slot_number slot) {
    slots_.insert_or_assign(decision,
                            assigned_slot{.slot = slot, .form = &form, .lists = lists_of(form)});
}

const assigned_slot* assignment::find(const std::string& decision) const {
    const auto at = slots_.find(decision);
    return at == slots_.end() ? nullptr : &at->second;
}

slot_holds assignment::holds(const std::string& decision, const assigned_slot& s) {
    return {.slot = s.slot, .decision = decision, .lists = s.lists};
}

std::vector<step> assignment::fill(const assigned_slot& s) const {
    std::vector<step> steps;
    for (std::size_t k = 0; k < s.form->sources.size(); ++k) {
        if (const auto nets = to_nets(s.form->sources[k].blocks); !nets.empty())
            steps.push_back({.what = add_members{{.name = slot_set(image_.fam, s.slot,
                                                                   slot_set_kind::inline_, k),
                                                  .type = set_type::hash_net,
                                                  .fam = image_.fam},
                                                 members_of_nets(nets)},
                             .means = {}});
        if (!s.lists[k].empty())
            steps.push_back(
                {.what = add_names{{.name = slot_set(image_.fam, s.slot, slot_set_kind::list, k),
                                    .type = set_type::list_set,
                                    .fam = image_.fam},
                                   s.lists[k]},
                 .means = {}});
    }
    return steps;
}

std::vector<set_member> members_of_nets(const std::vector<model::cidr>& nets) {
    std::vector<set_member> members;
    members.reserve(nets.size());
    for (const auto& net : nets)
        members.push_back({.net = net});
    return members;
}

} // namespace nodewall::netfilter::iptables
