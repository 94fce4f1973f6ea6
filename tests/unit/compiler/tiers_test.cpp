// Tiers, seen from a NodePort with one pod behind it: peers that are nodes, policies that are
// staged, and what a change of either compiles anew.
#include "cluster.hpp"

#include <gtest/gtest.h>

namespace nodewall::test {
namespace {

using what = model::change::what;

cluster& with_site(cluster& c) {
    const auto pod = a_pod("web/site", {"10.0.0.1"});
    c.add(a_namespace("web", {}));
    c.add(pod);
    c.add(a_service("web/site"));
    c.add(a_slice("web/site", {to_pod(pod)}));
    return c;
}

TEST(Tiers, NodePeersMeanTheAddressesOfTheNodes) {
    cluster c;
    with_site(c).add(a_node("cp", "192.0.2.1", {{"role", "control-plane"}}));
    c.add(a_node("worker", "192.0.2.2"));
    c.add_tiered("out", "ingress=deny;from=nodes:role=control-plane");
    const auto rules = c.compile();
    EXPECT_FALSE(dial_node(rules, "192.0.2.1", 30051));
    EXPECT_TRUE(dial_node(rules, "192.0.2.2", 30051));
    c.add_tiered("out", "ingress=allow;from=nodes:role=control-plane ingress=deny");
    const auto others = c.compile();
    EXPECT_TRUE(dial_node(others, "192.0.2.1", 30051));
    EXPECT_FALSE(dial_node(others, "192.0.2.2", 30051));
}

TEST(Tiers, NodePeersThatSelectNoNodeMeanNobody) {
    cluster c;
    with_site(c).add_tiered("out", "ingress=deny;from=nodes:*");
    EXPECT_TRUE(dial_node(c.compile(), "192.0.2.1", 30051));
}

TEST(Tiers, ANodeThatComesIsFollowedByTheDoorsThatSpeakOfNodes) {
    cluster c;
    with_site(c).add_tiered("out", "ingress=deny;from=nodes:*");
    c.resolve();
    compiler::compiler compiler(c.settings);
    compiler.compile(c.state);
    c.add(a_node("late", "192.0.2.1"));
    const auto after = compiler.recompile(
        c.state, {{.kind = what::node, .key = {.namespace_ = {}, .name = "late"}}});
    EXPECT_FALSE(dial_node(after, "192.0.2.1", 30051));
    EXPECT_EQ(after.digest_lines(), compiler::compiler(c.settings).compile(c.state).digest_lines());
}

TEST(Tiers, AStagedPolicyEnforcesNothingAndMakesNoTierApply) {
    for (const auto* words : {"staged ingress=deny", "staged tier=security:500:deny ingress"}) {
        cluster c;
        with_site(c).add_tiered("shut", words);
        EXPECT_TRUE(dial_node(c.compile(), "203.0.113.9", 30051)) << words;
        c.add_tiered("shut", std::string_view(words).substr(7));
        EXPECT_FALSE(dial_node(c.compile(), "203.0.113.9", 30051)) << words;
    }
}

TEST(Tiers, OfALocalDoorTooAPodIsAdmittedToItselfOnlyWhereNoTierBeforeRefusesIt) {
    cluster c;
    c.add(a_namespace("web", {}));
    auto here = a_pod("web/here", {"10.0.0.1"});
    here.node_name = "here";
    auto there = a_pod("web/there", {"10.0.0.2"});
    there.node_name = "there";
    c.add(here);
    c.add(there);
    auto service = a_service("web/site");
    service.external_traffic_local = true;
    c.add(service);
    c.add(a_slice("web/site", {to_pod(here), to_pod(there)}));
    c.add(a_policy("web/deny"));
    EXPECT_TRUE(dial_node(c.compile(), "10.0.0.2", 30051));
    for (const auto* words : {"ingress=deny;from=namespaces:*", "tier=security:500:deny ingress",
                              "order=1 ingress=pass;from=10.0.0.1/32 ingress=deny"}) {
        c.add_tiered("above", words);
        EXPECT_FALSE(dial_node(c.compile(), "10.0.0.2", 30051)) << words;
    }
    c.add_tiered("above", "ingress=deny;from=namespaces:*;port=TCP/9090");
    EXPECT_TRUE(dial_node(c.compile(), "10.0.0.2", 30051));
    c.add_tiered("above", "tier=baseline ingress=deny");
    EXPECT_TRUE(dial_node(c.compile(), "10.0.0.2", 30051));
}

TEST(Tiers, PoliciesOfOnePlaceAreAskedByName) {
    cluster c;
    with_site(c).add_tiered("a", "order=5 ingress=allow;from=203.0.113.0/24");
    c.add_tiered("b", "order=5 ingress=deny");
    EXPECT_TRUE(dial_node(c.compile(), "203.0.113.9", 30051));
    c.add_tiered("0", "order=5 ingress=deny");
    EXPECT_FALSE(dial_node(c.compile(), "203.0.113.9", 30051));
}

} // namespace
} // namespace nodewall::test
