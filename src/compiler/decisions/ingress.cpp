#include "compiler/decisions/ingress.hpp"

#include <utility>

namespace nodewall::compiler {

namespace {

outcome end_of(const model::tier& t, std::size_t next) {
    switch (t.at_end) {
    case model::tier_end::deny:
        return outcome::refuse();
    case model::tier_end::allow:
        return outcome::admit();
    case model::tier_end::next:
        break;
    }
    return outcome::pass(next);
}

/// What the rule does with those whom it means; `next` is the stage of the next tier.
outcome outcome_of(model::action a, std::size_t next) {
    switch (a) {
    case model::action::deny:
        return outcome::refuse();
    case model::action::pass:
        return outcome::pass(next);
    case model::action::allow:
    case model::action::log:
        break;
    }
    return outcome::admit();
}

} // namespace

ingress_rules::ingress_rules(std::span<const model::policy* const> policies, model::protocol proto,
                             std::uint16_t port, const model::pod_object& pod) {
    by_policy_.reserve(policies.size());
    for (const auto* policy : policies) {
        auto& rules = by_policy_.emplace_back(spoken{policy, {}}).rules;
        for (const auto& rule : policy->ingress)
            if (rule.then != model::action::log && rule.covers(proto, port, pod))
                rules.push_back(&rule);
    }
}

bool ingress_rules::admits_itself_first() const {
    const model::tier* before = nullptr;
    for (const auto& [policy, rules] : by_policy_) {
        if (before != nullptr && *before != policy->in && before->at_end != model::tier_end::next)
            return false;
        if (policy->admits_itself)
            return true;
        if (!rules.empty())
            return false;
        before = &policy->in;
    }
    return false;
}

program ingress_rules::to_program(const model::address_set& own, rule_sources& sources_of) const {
    const auto f = own.fam();
    std::vector<stage> stages;
    const model::tier* current = nullptr;
    for (const auto& [policy, rules] : by_policy_) {
        if (current == nullptr || *current != policy->in) {
            current = &policy->in;
            stages.push_back({.instructions = {}, .end = end_of(*current, stages.size() + 1)});
        }
        auto& instructions = stages.back().instructions;
        if (policy->admits_itself) {
            sources itself(f);
            itself.blocks = own;
            instructions.push_back({std::move(itself), outcome::admit()});
        }
        for (const auto* rule : rules)
            instructions.push_back(
                {sources_of.of(*rule, f), outcome_of(rule->then, stages.size())});
    }
    stages.push_back({.instructions = {}, .end = outcome::admit()}); // behind the last tier
    return program(f, std::move(stages));
}

} // namespace nodewall::compiler
