#include "policy/cluster_policy.hpp"

#include "model/cluster_policy.hpp"

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nodewall::policy {

namespace {

using model::action;
using model::cluster_policy_rule;

/// Before all others.
const model::tier unplaced_tier{0, "unplaced", model::tier_end::next};

/// Why the rule cannot do what it says; empty where it can.
std::string fault_of(const cluster_policy_rule& rule, const std::string& place_not_understood) {
    if (!rule.not_understood.empty())
        return rule.not_understood;
    return rule.then == action::deny ? std::string() : place_not_understood;
}

std::vector<model::tier_rule> translate_rules(const std::vector<cluster_policy_rule>& from,
                                              std::string_view direction,
                                              const std::string& place_not_understood,
                                              std::vector<std::string>& remarks) {
    std::vector<model::tier_rule> rules;
    for (std::size_t i = 0; i < from.size(); ++i) {
        const auto& rule = from[i];
        model::tier_rule to{
            .index = i, .who = rule.who, .any_port = rule.ports.empty(), .ports = rule.ports};
        if (const auto fault = fault_of(rule, place_not_understood); fault.empty()) {
            to.then = *rule.then;
        } else if (rule.then == action::allow) {
            remarks.push_back(fmt::format("{}[{}] matches nothing: {}", direction, i, fault));
            continue;
        } else {
            remarks.push_back(fmt::format("{}[{}] denies all: {}", direction, i, fault));
            to = {.then = action::deny,
                  .index = i,
                  .who = {.any = true, .blocks = {}, .pods = {}},
                  .any_port = true,
                  .ports = {}};
        }
        rules.push_back(std::move(to));
    }
    return rules;
}

} // namespace

model::policy translate_cluster_policy(const model::policy_object& object) {
    const auto& spec = object.as<model::cluster_policy_spec>();
    const auto& misplaced = spec.place_not_understood;
    model::policy to;
    to.in = misplaced.empty() ? spec.in : unplaced_tier;
    to.order = misplaced.empty() ? spec.priority : 0;
    to.subject = spec.subject;
    to.ingress_applies = !spec.ingress.empty();
    to.egress_applies = !spec.egress.empty();
    if (!spec.subject_not_understood.empty()) {
        to.subject.pods.invalid = spec.subject_not_understood;
        to.not_understood.push_back("selects no pod: " + spec.subject_not_understood);
    }
    if (!misplaced.empty())
        to.not_understood.push_back("is asked first and denies alone: " + misplaced);
    to.ingress = translate_rules(spec.ingress, "ingress", misplaced, to.not_understood);
    to.egress = translate_rules(spec.egress, "egress", misplaced, to.not_understood);
    return to;
}

} // namespace nodewall::policy
