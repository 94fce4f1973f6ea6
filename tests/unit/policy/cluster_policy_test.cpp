// AdminNetworkPolicy, BaselineAdminNetworkPolicy and ClusterNetworkPolicy in the model of tiers.
#include "model/cluster_policy.hpp"
#include "policy/translators.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::policy {
namespace {

using model::action;
using model::cluster_policy_rule;
using model::cluster_policy_spec;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// As "default", of event 7.
model::policy translate(std::string_view stream, cluster_policy_spec spec) {
    return builtin_translators().translate({.meta = {.key = {"", "default"}, .seq = 7},
                                            .stream = std::string(stream),
                                            .document = model::make_document(std::move(spec))});
}
model::policy translate(cluster_policy_spec spec) {
    return translate(model::cluster_network_policy_stream, std::move(spec));
}

cluster_policy_rule rule(std::optional<action> then, std::string not_understood = {}) {
    cluster_policy_rule made{
        .then = then, .who = {}, .ports = {}, .not_understood = std::move(not_understood)};
    if (made.not_understood.empty())
        made.who.pods = {model::pod_query::everything()};
    return made;
}

cluster_policy_spec with_ingress(std::vector<cluster_policy_rule> rules) {
    cluster_policy_spec spec;
    spec.ingress = std::move(rules);
    return spec;
}

bool denies_all(const model::tier_rule& r) {
    return r.then == action::deny && r.who.any && r.any_port;
}

TEST(ClusterPolicy, StandsWhereItSaysUnderItsOwnName) {
    const struct {
        std::string_view stream;
        const char* name;
    } kinds[] = {
        {model::admin_network_policy_stream, "AdminNetworkPolicy default"},
        {model::baseline_admin_network_policy_stream, "BaselineAdminNetworkPolicy default"},
        {model::cluster_network_policy_stream, "ClusterNetworkPolicy default"},
    };
    for (const auto& kind : kinds) {
        const auto policy = translate(kind.stream, {.in = model::baseline_tier, .priority = 12});
        EXPECT_EQ(policy.describe(), kind.name);
        EXPECT_EQ(policy.seq, 7U);
        EXPECT_EQ(policy.in, model::baseline_tier);
        EXPECT_EQ(policy.order, 12U);
        EXPECT_FALSE(policy.admits_itself || policy.admits_own_node || policy.staged);
        EXPECT_THAT(policy.not_understood, IsEmpty());
    }
}

TEST(ClusterPolicy, AppliesToTheDirectionsThatItHasRulesFor) {
    auto spec = with_ingress({rule(action::deny)});
    EXPECT_TRUE(translate(spec).ingress_applies);
    EXPECT_FALSE(translate(spec).egress_applies);
    std::swap(spec.ingress, spec.egress);
    EXPECT_FALSE(translate(spec).ingress_applies);
    EXPECT_TRUE(translate(spec).egress_applies);
}

TEST(ClusterPolicy, RulesKeepTheirOrderPeersAndPorts) {
    auto first = rule(action::pass);
    first.ports = {{.proto = model::protocol::udp, .first = 53, .last = 53, .name = {}}};
    const auto policy = translate(with_ingress({first, rule(action::allow)}));
    ASSERT_THAT(policy.ingress, SizeIs(2));
    EXPECT_EQ(policy.ingress[0].then, action::pass);
    EXPECT_EQ(policy.ingress[0].who, first.who);
    EXPECT_EQ(policy.ingress[0].ports, first.ports);
    EXPECT_FALSE(policy.ingress[0].any_port);
    EXPECT_EQ(policy.ingress[1].index, 1U);
    EXPECT_TRUE(policy.ingress[1].any_port);
}

TEST(ClusterPolicy, ARuleThatIsNotUnderstoodFailsClosed) {
    const auto policy =
        translate(with_ingress({rule(action::allow, "why a"), rule(action::deny, "why b"),
                                rule(action::pass, "why c"), rule(std::nullopt, "why d")}));
    ASSERT_THAT(policy.ingress, SizeIs(3));
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_TRUE(denies_all(policy.ingress[i]));
        EXPECT_EQ(policy.ingress[i].index, i + 1);
    }
    EXPECT_THAT(policy.not_understood,
                ElementsAre("ingress[0] matches nothing: why a", "ingress[1] denies all: why b",
                            "ingress[2] denies all: why c", "ingress[3] denies all: why d"));
}

TEST(ClusterPolicy, ASubjectThatIsNotUnderstoodSelectsNobody) {
    auto spec = with_ingress({rule(action::deny)});
    spec.subject_not_understood = "why";
    const auto policy = translate(spec);
    EXPECT_EQ(policy.subject.pods.invalid, "why");
    EXPECT_THAT(policy.not_understood, ElementsAre("selects no pod: why"));
}

TEST(ClusterPolicy, OnePlacedNobodyKnowsWhereIsAskedFirstAndOnlyDenies) {
    auto spec = with_ingress({rule(action::allow), rule(action::deny), rule(action::pass)});
    spec.in = model::baseline_tier;
    spec.priority = 7;
    spec.place_not_understood = "why";
    const auto policy = translate(spec);
    EXPECT_EQ(policy.in, (model::tier{0, "unplaced", model::tier_end::next}));
    ASSERT_THAT(policy.ingress, SizeIs(2));
    EXPECT_EQ(policy.ingress[0].then, action::deny);
    EXPECT_FALSE(policy.ingress[0].who.any);
    EXPECT_TRUE(denies_all(policy.ingress[1]));
    EXPECT_THAT(policy.not_understood,
                ElementsAre("is asked first and denies alone: why",
                            "ingress[0] matches nothing: why", "ingress[2] denies all: why"));
}

} // namespace
} // namespace nodewall::policy
