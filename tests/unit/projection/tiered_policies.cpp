#include "unit/projection/tiered_policies.hpp"

#include "model/network_policy.hpp"
#include "policy/network_policy.hpp"
#include "unit/projection/objects.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace nodewall::test {

namespace {

model::action action_named(std::string_view name) {
    for (const auto action :
         {model::action::allow, model::action::deny, model::action::pass, model::action::log})
        if (model::to_string(action) == name)
            return action;
    throw std::invalid_argument("no such action: " + std::string(name));
}

void act(const std::vector<std::string>& actions, std::vector<model::tier_rule>& rules) {
    for (auto& rule : rules)
        rule.then = action_named(actions.at(rule.index % actions.size()));
}

model::policy translate(const model::policy_object& object) {
    auto policy = policy::translate_network_policy(object);
    const auto label = [&](std::string_view key) {
        const auto* value = object.meta.labels.find(key);
        return value != nullptr ? *value : std::string{};
    };
    if (const auto tier = label("tier"); !tier.empty())
        policy.in = tier == "admin" ? model::admin_tier : model::baseline_tier;
    if (const auto order = label("order"); !order.empty())
        policy.order = static_cast<std::uint32_t>(std::stoul(order));
    if (const auto actions = split(label("action"), '.'); !actions.empty()) {
        act(actions, policy.ingress);
        act(actions, policy.egress);
    }
    policy.staged = object.staged || label("staged") == "yes";
    if (const auto role = label("nodes"); !role.empty())
        for (auto* rules : {&policy.ingress, &policy.egress})
            for (auto& rule : *rules) {
                rule.who.any = false;
                rule.who.nodes = {model::label_selector{
                    .requirements = {{"role", model::label_requirement::operation::in, {role}}},
                    .invalid = {}}};
            }
    if (label("subject") == "everywhere") {
        policy.subject.namespace_.clear();
        policy.subject.namespaces = model::label_selector{};
    }
    return policy;
}

} // namespace

policy::translators tiered_by_labels() {
    auto table = policy::builtin_translators();
    table.add({.stream = std::string(model::network_policy_stream),
               .kind = "NetworkPolicy",
               .translate = translate});
    return table;
}

} // namespace nodewall::test
