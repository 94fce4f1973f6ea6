#include "compiler/policy_findings.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace nodewall::compiler {

namespace {

bool selects_nobody(const model::policy& policy) {
    const auto& subject = policy.subject;
    return !subject.pods.invalid.empty() ||
           (subject.namespaces && !subject.namespaces->invalid.empty());
}

/// Those that stand in the tiers whose kinds leave the order of equal priorities open.
bool has_priority(const model::policy& policy) {
    return (policy.in == model::admin_tier || policy.in == model::baseline_tier) &&
           !policy.staged && !selects_nobody(policy);
}

using policy_list = std::vector<const model::policy*>;

/// `policies`, of which `applies` holds, stand in the order in which they are asked.
void add_equal(const policy_list& policies, bool model::policy::*applies,
               std::vector<finding>& to) {
    const model::policy* first = nullptr; // of its priority
    for (const auto* policy : policies) {
        if (!(policy->*applies))
            continue;
        if (first == nullptr || first->in != policy->in || first->order != policy->order)
            first = policy;
        else
            to.push_back(
                {finding::kind::equal_priority, policy->describe(),
                 fmt::format("has priority {} of tier {} as {} has, and is asked after it, "
                             "by its name",
                             policy->order, policy->in.name, first->describe())});
    }
}

} // namespace

std::vector<finding> findings_of(const std::map<model::policy_id, model::policy>& policies) {
    std::vector<finding> all;
    policy_list with_priority;
    for (const auto& [id, policy] : policies) {
        const auto kind =
            selects_nobody(policy) ? finding::kind::not_enforced : finding::kind::not_understood;
        for (const auto& text : policy.not_understood)
            all.push_back({kind, policy.describe(), text});
        if (has_priority(policy))
            with_priority.push_back(&policy);
    }
    std::ranges::sort(with_priority, [](const auto* a, const auto* b) {
        return model::policy::asked_before(*a, *b);
    });
    add_equal(with_priority, &model::policy::ingress_applies, all);
    add_equal(with_priority, &model::policy::egress_applies, all);
    return all;
}

} // namespace nodewall::compiler
