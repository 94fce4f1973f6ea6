// SEMANTICS section 4, "Policies above namespaces", and what section 1 says of tiers, on tiers made
// by hand: TierPolicy is a kind that only tests know.
#include "base/limits.hpp"
#include "cluster.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nodewall::test {
namespace {

constexpr auto outside = "203.0.113.7";
constexpr auto site = "web/site TCP/8080";

cluster two_pods() {
    return {a_namespace("web", "team: red"), a_namespace("blue", "team: blue"),
            a_pod("web/site", "10.0.0.1, fd00::1", "app: site",
                  "containers: [{ports: [{name: http, containerPort: 8080}]}]"),
            a_pod("blue/peer", "10.0.1.2, fd00::2", "app: peer")};
}

cluster denied_by_default() {
    auto c = two_pods();
    c.add(a_policy("web/deny", "podSelector: {}"));
    return c;
}

std::string last_why(const explain::answer& a) {
    return a.steps.back().why;
}

TEST(Section4, AnAdminDenyBeatsANamespacesAllow) {
    auto c = two_pods();
    c.add(a_policy("web/open", "podSelector: {}, ingress: [{}]"));
    c.add_tiered("shut", "ingress=deny;from=namespaces:team=blue");
    expect(c, {{"blue/peer", site, "deny"}, {outside, site, "allow"}});
    EXPECT_EQ(steps(c.answer("blue/peer", site)), "egress allow; ingress deny shut #6 [0]");
    EXPECT_EQ(last_why(c.answer("blue/peer", site)),
              "ingress[0] denies pod blue/peer (10.0.1.2) on TCP/8080");
}

TEST(Section4, AnAdminAllowOpensWhatTheNamespaceDenies) {
    auto c = denied_by_default();
    c.add_tiered("open", "ingress=allow;from=namespaces:team=blue;port=TCP/http");
    expect(c, {{"blue/peer", site, "allow"},
               {"blue/peer", "web/site TCP/8081", "deny"},
               {outside, site, "deny"}});
}

TEST(Section4, PassHandsTheDecisionBackToTheNextTier) {
    auto c = denied_by_default();
    c.add_tiered("pass", "ingress=pass;from=namespaces:team=blue ingress=allow");
    expect(c, {{"blue/peer", site, "deny"}, {outside, site, "allow"}});
    const auto a = c.answer("blue/peer", site);
    EXPECT_EQ(steps(a), "egress allow; ingress pass pass #6 [0]; ingress deny web/deny #5");
    EXPECT_EQ(a.steps.at(1).why,
              "ingress[0] passes pod blue/peer (10.0.1.2) on TCP/8080 on to tier default");
}

TEST(Section4, PassSkipsTheOtherPoliciesOfItsTier) {
    auto c = two_pods();
    c.add_tiered("first", "order=1 ingress=pass;from=203.0.113.0/24");
    c.add_tiered("second", "order=2 ingress=deny");
    expect(c, {{outside, site, "allow"}, {"198.51.100.1", site, "deny"}});
    EXPECT_EQ(c.answer(outside, site).steps.front().why,
              "ingress[0] passes 203.0.113.7 on TCP/8080 on, and no further tier judges it");
}

TEST(Section4, LogNotesAndGoesOn) {
    auto c = two_pods();
    c.add_tiered("log", "ingress=log ingress=deny;from=203.0.113.0/24");
    expect(c, {{outside, site, "deny"}, {"198.51.100.1", site, "allow"}});
    EXPECT_EQ(steps(c.answer(outside, site)), "ingress log log #5 [0]; ingress deny log #5 [1]");
    EXPECT_EQ(c.answer(outside, site).steps.front().why, "ingress[0] logs 203.0.113.7 on TCP/8080");
}

TEST(Section4, APolicyThatOnlyLogsMakesItsTiersEndCountToo) {
    auto c = two_pods();
    c.add_tiered("log", "tier=security:500:deny ingress=log");
    expect(c, {{outside, site, "deny"}});
    EXPECT_EQ(
        last_why(c.answer(outside, site)),
        "has no rule that decides about 203.0.113.7 on TCP/8080, and the end of tier security "
        "denies");
}

TEST(Section4, BaselineJudgesWhatNoPolicyOfANamespaceIsolates) {
    auto c = two_pods();
    c.add_tiered("base", "tier=baseline ingress=deny;from=203.0.113.0/24");
    expect(c, {{outside, site, "deny"}, {"198.51.100.1", site, "allow"}});
    EXPECT_EQ(last_why(c.answer("198.51.100.1", site)),
              "no rule of tier baseline decides about 198.51.100.1 on TCP/8080: its end allows");
    c.add(a_policy("web/open", "podSelector: {}, ingress: [{ports: [{port: 8080}]}]"));
    expect(c, {{outside, site, "allow"}, {outside, "web/site TCP/1", "deny"}});
}

TEST(Section4, EachDirectionIsJudgedByWhatAppliesInIt) {
    auto c = two_pods();
    c.add(a_policy("web/out", "podSelector: {}, policyTypes: [Egress]"));
    c.add_tiered("base", "tier=baseline ingress=deny egress=deny");
    expect(c, {{outside, site, "deny"}, {"web/site", "203.0.113.7 TCP/80", "deny"}});
    EXPECT_EQ(steps(c.answer(outside, site)), "ingress deny base #6 [0]");
    EXPECT_EQ(steps(c.answer("web/site", "203.0.113.7 TCP/80")),
              "egress deny web/out #5; ingress allow");
}

TEST(Section4, ATiersEndCountsOnlyWhereOneOfItsPoliciesApplies) {
    auto c = two_pods();
    c.add_tiered("team", "tier=security:500:deny subject=web ingress=allow;from=198.51.100.0/24");
    expect(c, {{outside, site, "deny"},
               {"198.51.100.1", site, "allow"},
               {outside, "blue/peer TCP/80", "allow"},
               {"web/site", "203.0.113.7 TCP/80", "allow"}});
}

TEST(Section4, TiersAreAskedByTheirOrder) {
    auto c = two_pods();
    c.add_tiered("later", "tier=later:600:next ingress=allow");
    c.add_tiered("earlier", "tier=earlier:500:next ingress=deny");
    expect(c, {{outside, site, "deny"}});
}

TEST(Section4, PoliciesAreAskedByOrderThenByName) {
    for (const auto& [first, second] : {std::pair("order=1", "order=2"), std::pair("", "")}) {
        auto c = two_pods();
        c.add_tiered("z-second", std::string(second) + " ingress=deny");
        c.add_tiered("a-first", std::string(first) + " ingress=allow");
        expect(c, {{outside, site, "allow"}});
    }
    auto c = two_pods();
    c.add_tiered("z-first", "order=1 ingress=allow");
    c.add_tiered("a-second", "order=2 ingress=deny");
    expect(c, {{outside, site, "allow"}});
}

TEST(Section4, RulesAreAskedInTheirOrder) {
    auto c = two_pods();
    c.add_tiered("rules", "ingress=allow;from=203.0.113.7/32 ingress=deny;from=203.0.113.0/24");
    expect(c, {{outside, site, "allow"}, {"203.0.113.8", site, "deny"}});
}

TEST(Section4, SubjectsArePodsOfNamespacesThatALabelSelects) {
    auto c = two_pods();
    c.add_tiered("red", "subject=namespaces:team=red+pods:app=site ingress=deny");
    expect(c, {{outside, site, "deny"}, {outside, "blue/peer TCP/80", "allow"}});
}

TEST(Section4, TheDefaultTierHoldsPoliciesOfSeveralKinds) {
    auto c = denied_by_default();
    c.add_tiered("before", "tier=default order=10 ingress=allow;from=203.0.113.0/24");
    c.add_tiered("after", "tier=default order=2000 ingress=allow;from=198.51.100.0/24");
    expect(
        c,
        {{outside, site, "allow"}, {"198.51.100.1", site, "allow"}, {"192.0.2.1", site, "deny"}});
    EXPECT_EQ(steps(c.answer("192.0.2.1", site)),
              "ingress deny before #6; ingress deny web/deny #5; ingress deny after #7");
}

TEST(Section4, AFrontDoorIsShutByAnAdminDenyAndOpenedByAnAdminAllow) {
    auto c = denied_by_default();
    c.add(a_service("web/site"));
    c.add(a_slice("web/site", "10.0.0.1@site@node-1"));
    expect_gate(c, {{outside, "nodeport:TCP/30051", "shut"}});
    c.add_tiered("open", "order=2 ingress=allow;from=203.0.113.0/24;port=TCP/8080");
    expect_gate(c, {{outside, "nodeport:TCP/30051", "open"},
                    {"198.51.100.1", "nodeport:TCP/30051", "shut"},
                    {"blue/peer", "nodeport:TCP/30051", "shut"}});
    c.add_tiered("shut", "order=1 ingress=deny;from=203.0.113.7/32");
    expect_gate(c, {{outside, "nodeport:TCP/30051", "shut"},
                    {"203.0.113.8", "nodeport:TCP/30051", "open"}});
}

TEST(Section4, AFrontDoorOfTwoNamespacesIsShutWhereTheTiersOfEitherDeny) {
    auto c = two_pods();
    c.add(a_service("web/site"));
    c.add(a_slice("web/site", "10.0.0.1@site@node-1 10.0.1.2"));
    c.add_tiered("shut", "subject=web ingress=deny;from=203.0.113.0/24");
    c.add_tiered("blue", "order=1 subject=blue ingress=deny;from=198.51.100.0/24");
    expect_gate(c, {{outside, "nodeport:TCP/30051", "shut"},
                    {"198.51.100.1", "nodeport:TCP/30051", "shut"}});
    expect(c,
           {{outside, "nodeport:TCP/30051", "deny"}, {"192.0.2.9", "nodeport:TCP/30051", "allow"}});
}

TEST(Section4, ToItselfThroughAServiceAPodIsJudgedByTheTiersAndAdmittedByNetworkPolicy) {
    auto c = denied_by_default();
    c.add(a_service("web/site"));
    c.add(a_slice("web/site", "10.0.0.1@site@node-1"));
    c.add(a_policy("web/out", "podSelector: {}, policyTypes: [Egress]"));
    const auto* const through_service = "10.96.0.1 TCP/80";
    expect(c, {{"web/site", through_service, "allow"}});
    EXPECT_EQ(last_why(c.answer("web/site", through_service)), "a pod reaches itself");
    c.add_tiered("shut", "ingress=deny;from=namespaces:*");
    expect(c, {{"web/site", through_service, "deny"}, {"web/site", site, "allow"}});
    c.add_tiered("shut", "tier=baseline ingress=deny;from=namespaces:*");
    expect(c, {{"web/site", through_service, "allow"}});
    c.remove(a_policy("web/deny", "podSelector: {}"));
    expect(c, {{"web/site", through_service, "deny"}});
}

TEST(Section4, APodsOwnNodeIsAdmittedByNetworkPolicyAndJudgedByTheTiers) {
    auto c = two_pods();
    c.add(a_node("node-1", "192.0.2.1"));
    c.add(a_policy("web/out", "podSelector: {}, policyTypes: [Egress]"));
    const auto* const node = "192.0.2.1 TCP/10250";
    expect(c, {{"web/site", node, "allow"}});
    c.add_tiered("out", "egress=deny;from=192.0.2.0/24 ingress=deny");
    expect(c, {{"web/site", node, "deny"}, {"192.0.2.1", site, "allow"}});
}

TEST(Section4, AKindThatNobodyTranslatesSelectsNobodyAndIsNamed) {
    auto c = two_pods();
    c.add_tiered("shut", "ingress=deny");
    c.translators = policy::builtin_translators();
    expect(c, {{outside, site, "allow"}});
    EXPECT_EQ(c.answer(outside, site).steps.front().why,
              "selects no pod: its kind is not understood");
}

TEST(Section4, OfManyPoliciesThatIsolateThePodTheFirstAreNamed) {
    auto c = two_pods();
    for (std::size_t n = 0; n < limits::policies_cited_max + 7; ++n)
        c.add(a_policy("web/deny-" + std::to_string(n), "podSelector: {}"));
    const auto a = c.answer(outside, site);
    ASSERT_EQ(a.steps.size(), limits::policies_cited_max + 1);
    EXPECT_EQ(last_why(a), "7 more policies of tier default have no rule that decides about "
                           "203.0.113.7 on TCP/8080");
    EXPECT_FALSE(a.steps.back().object);
}

TEST(Section4, AnEndpointForAllPortsIsDeniedOnlyWhereAllPortsAre) {
    auto c = two_pods();
    c.add(a_service("web/site"));
    c.add(a_slice("web/site", "10.0.0.1@site@node-1", "{port: null}"));
    c.add_tiered("shut", "ingress=deny;port=TCP/8080");
    expect_gate(c, {{outside, "nodeport:TCP/30051", "open"}});
    c.add_tiered("shut", "ingress=deny;port=TCP");
    expect_gate(c, {{outside, "nodeport:TCP/30051", "shut"}});
}

} // namespace
} // namespace nodewall::test
