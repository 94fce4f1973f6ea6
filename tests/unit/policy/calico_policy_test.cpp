// What the translation of Calico's policies names, and what it rests on; what they mean at a door
// stands in unit/explain.
#include "policy/translators.hpp"

#include "model/calico.hpp"
#include "model/calico_selector.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

model::policy translate(model::calico_policy_spec spec, const model::objects& among = {},
                        std::string namespace_ = {}) {
    const bool global = namespace_.empty();
    return builtin_translators().translate(
        {.meta = {.key = {std::move(namespace_), "gnp"}, .seq = 7},
         .stream = global ? "globalnetworkpolicies.projectcalico.org"
                          : "networkpolicies.projectcalico.org",
         .document = model::make_document(std::move(spec))},
        among);
}

model::calico_policy_spec with_rule(model::calico_rule rule) {
    model::calico_policy_spec spec;
    spec.ingress_applies = true;
    spec.ingress.push_back(std::move(rule));
    return spec;
}

model::calico_selector selector(std::string_view text) {
    return {.holds = model::parse_calico_selector(text).value()};
}

TEST(CalicoPolicy, StandsInItsTierByItsOrder) {
    model::calico_policy_spec spec;
    spec.order = 1.5;
    const auto policy = translate(spec);
    EXPECT_EQ(policy.in, model::default_tier);
    EXPECT_EQ(policy.order, 1.5);
    EXPECT_EQ(policy.describe(), "GlobalNetworkPolicy gnp");
    EXPECT_EQ(translate(spec, {}, "web").describe(), "NetworkPolicy.projectcalico.org web/gnp");
    EXPECT_THAT(policy.rests_on, IsEmpty());
}

TEST(CalicoPolicy, WhoseTierDoesNotExistSelectsNobodyAndIsNamed) {
    model::calico_policy_spec spec;
    spec.tier = "security";
    const auto missing = translate(spec);
    EXPECT_THAT(missing.not_understood, ElementsAre("selects no pod: there is no tier 'security'"));
    EXPECT_FALSE(missing.subject.pods.invalid.empty());

    model::policy_id id{"tiers.projectcalico.org", {{}, "security"}};
    EXPECT_THAT(missing.rests_on, ElementsAre(id));
    model::objects among;
    among.policy_parts[id] = {
        {.meta = {.key = id.key},
         .stream = id.stream,
         .document = model::make_document(model::calico_tier_spec{.order = 0.5})}};
    const auto there = translate(spec, among);
    EXPECT_THAT(there.not_understood, IsEmpty());
    EXPECT_EQ(there.in, (model::tier{0.5, "security", model::tier_end::deny}));
}

TEST(CalicoPolicy, OfWhichNobodyKnowsWhereItStandsOnlyDenies) {
    auto spec = with_rule({.then = model::action::allow});
    spec.ingress.push_back({.then = model::action::pass});
    spec.ingress.push_back({.then = model::action::deny});
    spec.place_unknown = true;
    const auto policy = translate(spec);
    ASSERT_EQ(policy.ingress.size(), 1U);
    EXPECT_EQ(policy.ingress.front().then, model::action::deny);
    EXPECT_EQ(policy.ingress.front().index, 2U);
    EXPECT_LT(policy.order, 0);
    EXPECT_THAT(policy.not_understood,
                ElementsAre("its tier or order is not understood: it denies before all others, "
                            "and admits nobody"));
}

TEST(CalicoPolicy, NamesWhatItDoesNotEnforce) {
    model::calico_policy_spec spec;
    spec.of_hosts_alone = "preDNAT";
    EXPECT_THAT(translate(spec).not_understood,
                ElementsAre("selects no pod: preDNAT is about host endpoints, for which nothing is "
                            "enforced"));
    spec.of_hosts_alone.clear();
    spec.on_forward = true;
    EXPECT_THAT(translate(spec).not_understood,
                ElementsAre("applyOnForward is enforced for pods alone, not for host endpoints"));
}

TEST(CalicoPolicy, NamesARuleThatIsNotUnderstoodByWhatItThenDoes) {
    using model::action;
    const std::pair<action, const char*> table[] = {
        {action::allow, "ingress[0] admits nobody: http is not understood"},
        {action::deny, "ingress[0] denies everyone: http is not understood"},
        {action::pass, "ingress[0] denies everyone: http is not understood"},
        {action::log, "ingress[0] logs nothing: http is not understood"}};
    for (const auto& [then, sentence] : table) {
        const auto policy =
            translate(with_rule({.then = then, .not_understood = "http is not understood"}));
        EXPECT_THAT(policy.not_understood, ElementsAre(sentence));
        EXPECT_EQ(policy.ingress.size(), then == action::deny || then == action::pass ? 1U : 0U);
    }
}

TEST(CalicoPolicy, RestsOnTheSetsThatItsSelectorsMayMean) {
    model::calico_rule rule{.then = model::action::allow};
    rule.source.selector = selector("role == 'partner'");
    EXPECT_THAT(translate(with_rule(rule)).rests_on,
                ElementsAre(model::policy_id{"globalnetworksets.projectcalico.org", {}},
                            model::policy_id{"networksets.projectcalico.org", {}}));
    // A namespace's policy means the sets of its namespace alone.
    EXPECT_THAT(translate(with_rule(rule), {}, "web").rests_on,
                ElementsAre(model::policy_id{"networksets.projectcalico.org", {}}));
    rule.source.selector.reset();
    rule.source.nets = {model::cidr::parse("192.0.2.0/24").value()};
    EXPECT_THAT(translate(with_rule(rule)).rests_on, IsEmpty());
}

TEST(CalicoPolicy, SaysAsRequirementsWhatTheseCanSay) {
    model::calico_rule rule{.then = model::action::allow};
    rule.source.selector =
        selector("app == 'web' && projectcalico.org/namespace in {'shop', 'lab'}");
    const auto policy = translate(with_rule(rule));
    ASSERT_EQ(policy.ingress.front().who.pods.size(), 1U);
    EXPECT_EQ(policy.ingress.front().who.pods.front().to_string(),
              "pods app=web of namespaces kubernetes.io/metadata.name in (lab,shop)");
    EXPECT_TRUE(policy.ingress.front().also.empty());
}

} // namespace
} // namespace nodewall::policy
