#include "unit/projection/tiered_policies.hpp"

#include "model/network_policy.hpp"
#include "policy/network_policy.hpp"

namespace nodewall::test {

namespace {

void act(model::action then, std::vector<model::tier_rule>& rules) {
    for (auto& rule : rules)
        rule.then = then;
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
    for (const auto then :
         {model::action::allow, model::action::deny, model::action::pass, model::action::log})
        if (label("action") == model::to_string(then)) {
            act(then, policy.ingress);
            act(then, policy.egress);
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
