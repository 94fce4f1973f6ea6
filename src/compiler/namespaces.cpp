#include "compiler/namespaces.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace nodewall::compiler {

namespace {

/// A direction: what of a policy says that it applies, and its rules.
struct direction {
    bool model::policy::*applies;
    std::vector<model::tier_rule> model::policy::*rules;
};
constexpr direction ingress{&model::policy::ingress_applies, &model::policy::ingress};
constexpr direction egress{&model::policy::egress_applies, &model::policy::egress};

bool everything_of(const model::tier_rule& rule, model::action then) {
    return rule.then == then && rule.speaks_of_all() && rule.any_port && rule.not_ports.empty();
}

bool has_rule_for_all(const model::policy& policy, direction d, model::action then) {
    return std::ranges::any_of(policy.*d.rules, [then](const model::tier_rule& rule) {
        return everything_of(rule, then);
    });
}

/// What no rule admits is refused: by the end of the tier, or by a rule of the policy.
bool isolates(const model::policy& policy, direction d) {
    return policy.*d.applies && !policy.staged &&
           (policy.in.at_end == model::tier_end::deny ||
            has_rule_for_all(policy, d, model::action::deny));
}

bool concerns(const model::policy& policy, const std::string& name,
              const model::label_set& labels) {
    const auto& subject = policy.subject;
    if (policy.staged || !subject.invalid().empty())
        return false;
    return subject.namespaces ? subject.namespaces->matches(labels) : subject.namespace_ == name;
}

bool stands_above(const model::policy& policy) {
    return policy.in < model::default_tier ||
           (policy.in == model::default_tier && policy.order < model::namespaces_order);
}

using policy_list = std::vector<const model::policy*>;

/// `policies` concern the namespace.
namespace_side side_of(const policy_list& policies, direction d) {
    namespace_side side;
    bool opened = false;
    for (const auto* policy : policies) {
        if (!(policy->*d.applies))
            continue;
        if (isolates(*policy, d) && policy->subject.pods.selects_everything()) {
            side.policies.add(*policy);
            opened = opened || has_rule_for_all(*policy, d, model::action::allow);
        }
        if (policy->subject.namespaces)
            (stands_above(*policy) ? side.above : side.below).add(*policy);
    }
    side.denied = !side.policies.empty() && !opened;
    return side;
}

model::label_set labels_of(const std::string& name, const model::cluster_state& state) {
    const auto known = state.objects.namespaces.find({{}, name});
    auto labels =
        known == state.objects.namespaces.end() ? model::label_set() : known->second.meta.labels;
    labels.add_if_absent("kubernetes.io/metadata.name", name);
    return labels;
}

/// The namespaces there are, and how many of their pods are isolated.
std::map<std::string, namespace_overview> count_pods(const model::cluster_state& state) {
    std::map<std::string, namespace_overview> all;
    for (const auto& [key, object] : state.objects.namespaces)
        all[key.name];
    for (const auto& [id, policy] : state.resolved.policies)
        if (!policy.subject.namespaces)
            all[policy.subject.namespace_];
    for (const auto& [key, pod] : state.objects.pods) {
        auto& space = all[key.namespace_];
        if (!pod.subject_to_policy())
            continue;
        ++space.pods;
        space.isolated_ingress += isolated(pod, ingress.applies, state) ? 1 : 0;
        space.isolated_egress += isolated(pod, egress.applies, state) ? 1 : 0;
    }
    return all;
}

} // namespace

policy_name policy_name_of(const model::policy& policy) {
    return {policy.kind, policy.id.key};
}

void policy_names::add(const model::policy& policy) {
    if (named_.size() < limits::policies_listed_max)
        named_.push_back(policy_name_of(policy));
    else
        ++further_;
}

bool isolated(const model::pod_object& pod, bool model::policy::*applies,
              const model::cluster_state& state) {
    const auto selecting = state.resolved.policies_of_pod.find(&pod);
    if (selecting == state.resolved.policies_of_pod.end())
        return false;
    const auto d = applies == ingress.applies ? ingress : egress;
    return std::ranges::any_of(selecting->second,
                               [d](const model::policy* policy) { return isolates(*policy, d); });
}

std::vector<namespace_overview> namespaces_of(const model::cluster_state& state) {
    policy_list of_several;
    std::map<std::string_view, policy_list> of_one;
    for (const auto& [id, policy] : state.resolved.policies)
        (policy.subject.namespaces ? of_several : of_one[policy.subject.namespace_])
            .push_back(&policy);
    std::vector<namespace_overview> list;
    for (auto& [name, space] : count_pods(state)) {
        const auto is_concerned = [&name = name,
                                   labels = labels_of(name, state)](const auto* policy) {
            return concerns(*policy, name, labels);
        };
        auto policies = of_one[name];
        std::ranges::copy_if(of_several, std::back_inserter(policies), is_concerned);
        std::erase_if(policies, [&](const auto* policy) { return !is_concerned(policy); });
        std::ranges::sort(policies, [](const auto* a, const auto* b) {
            return model::policy::asked_before(*a, *b);
        });
        space.name = name;
        space.ingress = side_of(policies, ingress);
        space.egress = side_of(policies, egress);
        list.push_back(std::move(space));
    }
    return list;
}

} // namespace nodewall::compiler
