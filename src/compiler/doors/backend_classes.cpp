#include "compiler/doors/backend_classes.hpp"

#include <algorithm>
#include <utility>

namespace nodewall::compiler {

bool backend_classes::all_pods_are_equal(const policy_list& policies) {
    const auto [at, fresh] = equal_.try_emplace(policies, true);
    if (!fresh)
        return at->second;
    const auto by_name = [](const model::port_match& port) { return !port.name.empty(); };
    at->second = std::ranges::none_of(policies, [&](const model::policy* policy) {
        return std::ranges::any_of(policy->ingress, [&](const model::tier_rule& rule) {
            return !rule.subject.empty() || std::ranges::any_of(rule.ports, by_name) ||
                   std::ranges::any_of(rule.not_ports, by_name);
        });
    });
    return at->second;
}

backend_classes::isolated& backend_classes::class_of(const policy_list& policies,
                                                     const backend& b) {
    const auto look = [&]() -> isolated& {
        return by_rules_[ingress_rules(policies, b.proto, b.port,
                                       backend_pod(*b.pod, family_, reader_))];
    };
    if (!all_pods_are_equal(policies))
        return look();
    auto& known = known_[{policies, b.proto, b.port}];
    if (known == nullptr)
        known = &look();
    return *known;
}

void backend_classes::add(const backend& b) {
    if (b.what == backend::sort::unknown) {
        unknown_.push_back(b);
        return;
    }
    std::vector<const model::policy*> applying;
    if (b.what == backend::sort::pod)
        applying = reader_.ingress_policies(*b.pod);
    if (applying.empty()) {
        open_.push_back(b);
        return;
    }
    auto& told = class_of(applying, b);
    if (told.backends.empty())
        policies_.insert(policies_.end(), applying.begin(), applying.end());
    told.backends.push_back(b);
    if (std::ranges::any_of(applying, &model::policy::admits_itself))
        for (const auto& own : b.pod->addresses)
            if (own.fam() == family_ && reader_.owner(own) == b.pod)
                told.own.push_back(model::cidr::host(own));
}

program backend_classes::admit_any() {
    if (!open_.empty())
        return program::admit_everyone(family_);
    std::vector<program> all;
    for (const auto& [rules, told] : by_rules_)
        all.push_back(rules.to_program(model::address_set::of(family_, told.own), sources_));
    return program::any_of(family_, std::move(all));
}

/// One pod that admits itself is not admitted by the others for that.
program backend_classes::admit_each() {
    if (!unknown_.empty())
        return program::refuse_everyone(family_);
    std::vector<program> all;
    for (const auto& [rules, told] : by_rules_) {
        const auto* first = told.backends.front().pod;
        const bool alone =
            std::ranges::all_of(told.backends, [&](const backend& b) { return b.pod == first; });
        all.push_back(rules.to_program(
            model::address_set::of(family_, alone ? told.own : std::vector<model::cidr>{}),
            sources_));
    }
    return program::all_of(family_, std::move(all));
}

program backend_classes::admit_any_other() {
    if (!open_.empty())
        return program::admit_everyone(family_);
    std::vector<program> all;
    for (const auto& [rules, told] : by_rules_) {
        const bool first = rules.admits_itself_first();
        all.push_back(rules.to_program(
            model::address_set::of(family_, first ? std::vector<model::cidr>{} : told.own),
            sources_));
    }
    return program::any_of(family_, std::move(all));
}

sources backend_classes::own() const {
    std::vector<model::cidr> all;
    for (const auto& [rules, told] : by_rules_)
        if (rules.admits_itself_first())
            all.insert(all.end(), told.own.begin(), told.own.end());
    sources who(family_);
    who.blocks = model::address_set::of(family_, std::move(all));
    return who;
}

std::vector<backend_classes::told> backend_classes::classes() {
    std::vector<told> all;
    const auto add = [&](program says, const std::vector<backend>& backends) {
        if (backends.empty())
            return;
        auto at = std::ranges::find(all, says, &told::says);
        if (at == all.end())
            at = all.insert(at, {std::move(says), {}});
        at->backends.insert(at->backends.end(), backends.begin(), backends.end());
    };
    add(program::admit_everyone(family_), open_);
    add(program::refuse_everyone(family_), unknown_);
    for (const auto& [rules, told] : by_rules_)
        add(rules.to_program(model::address_set(family_), sources_), told.backends);
    return all;
}

std::vector<const model::policy*> backend_classes::policies() const {
    auto all = policies_;
    std::ranges::sort(
        all, [](const auto* a, const auto* b) { return model::policy::asked_before(*a, *b); });
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

} // namespace nodewall::compiler
