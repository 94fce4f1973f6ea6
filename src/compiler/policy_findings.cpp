#include "compiler/policy_findings.hpp"

#include "base/find.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <utility>

namespace nodewall::compiler {

namespace {

/// Those that stand in the tiers whose kinds leave the order of equal priorities open.
bool has_priority(const model::policy& policy) {
    return (policy.in == model::admin_tier || policy.in == model::baseline_tier) &&
           !policy.staged && policy.subject.invalid().empty();
}

bool equal_priority(const model::policy& a, const model::policy& b) {
    return a.in == b.in && a.order == b.order;
}

/// Which of several policies is the first that selects some pod of a subject.
class first_policies {
public:
    /// Policies are added by ascending places. Its own place: no earlier one shares a pod with it.
    std::size_t add(const model::pod_set& subject, std::size_t place) {
        const auto [known, fresh] = of_subject_.try_emplace(&subject, place);
        if (fresh)
            for (const auto* pod : subject)
                known->second =
                    std::min(known->second, of_pod_.try_emplace(pod, place).first->second);
        return known->second;
    }

private:
    std::unordered_map<const model::pod_object*, std::size_t> of_pod_;
    std::unordered_map<const model::pod_set*, std::size_t> of_subject_;
};

void add_conflicts(const std::vector<const model::policy*>& policies, bool model::policy::*applies,
                   const model::resolved& resolved, std::vector<finding>& to) {
    first_policies firsts;
    for (std::size_t place = 0; place < policies.size(); ++place) {
        const auto& policy = *policies[place];
        const auto* subject = policy.*applies ? find(resolved.queries, policy.subject) : nullptr;
        if (subject == nullptr || subject->empty())
            continue;
        if (const auto first = firsts.add(*subject, place); first < place)
            to.push_back(
                {finding::kind::equal_priority, policy.describe(),
                 fmt::format("has priority {} of tier {} as {} has, and is asked after it, "
                             "by its name, of pods that both select",
                             policy.order, policy.in.name, policies[first]->describe())});
    }
}

} // namespace

void policy_findings::read(const model::resolved& resolved) {
    of_policies_.clear();
    for (const auto& [id, policy] : resolved.policies) {
        const auto kind = policy.subject.invalid().empty() ? finding::kind::not_understood
                                                           : finding::kind::not_enforced;
        for (const auto& text : policy.not_understood)
            of_policies_.push_back({kind, policy.describe(), text});
        if (!policy.over_budget.empty())
            of_policies_.push_back(
                {finding::kind::over_budget, policy.describe(), policy.over_budget});
    }
    equal_ = equal_priorities_of(resolved.policies);
    read_subjects(resolved);
}

bool policy_findings::read_subjects(const model::resolved& resolved) {
    std::vector<finding> now;
    for (const auto& policies : equal_) {
        add_conflicts(policies, &model::policy::ingress_applies, resolved, now);
        add_conflicts(policies, &model::policy::egress_applies, resolved, now);
    }
    const auto before = std::exchange(of_priorities_, std::move(now));
    return before != of_priorities_;
}

void policy_findings::append_to(std::vector<finding>& all) const {
    for (const auto* findings : {&of_policies_, &of_priorities_})
        all.insert(all.end(), findings->begin(), findings->end());
}

std::vector<policy_findings::equal_priorities>
policy_findings::equal_priorities_of(const std::map<model::policy_id, model::policy>& policies) {
    equal_priorities in_order;
    for (const auto& [id, policy] : policies)
        if (has_priority(policy))
            in_order.push_back(&policy);
    std::ranges::sort(
        in_order, [](const auto* a, const auto* b) { return model::policy::asked_before(*a, *b); });
    std::vector<equal_priorities> groups;
    for (auto at = in_order.begin(); at != in_order.end();) {
        const auto behind = std::find_if(
            at, in_order.end(), [&](const auto* policy) { return !equal_priority(*policy, **at); });
        if (behind - at > 1)
            groups.emplace_back(at, behind);
        at = behind;
    }
    return groups;
}

} // namespace nodewall::compiler
