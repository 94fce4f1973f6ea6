// SEMANTICS section 4 on the kinds that people write: AdminNetworkPolicy, its baseline and
// ClusterNetworkPolicy, from YAML to the verdict.
#include "cluster.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

namespace nodewall::test {
namespace {

constexpr auto outside = "203.0.113.7";
constexpr auto site = "web/site TCP/8080";
constexpr auto everyone = "namespaces: {}";

enum class sort { admin, baseline, cluster_admin, cluster_baseline };

std::string policy(sort s, std::string_view name, std::string_view rest, unsigned priority = 10,
                   std::string_view subject = everyone) {
    const bool of_cluster = s == sort::cluster_admin || s == sort::cluster_baseline;
    const auto* const kind = of_cluster         ? "ClusterNetworkPolicy"
                             : s == sort::admin ? "AdminNetworkPolicy"
                                                : "BaselineAdminNetworkPolicy";
    const auto place = s == sort::baseline ? std::string()
                       : of_cluster
                           ? fmt::format("tier: {}, priority: {}, ",
                                         s == sort::cluster_admin ? "Admin" : "Baseline", priority)
                           : fmt::format("priority: {}, ", priority);
    return fmt::format(
        "{{apiVersion: policy.networking.k8s.io/{}, kind: {}, metadata: {{name: {}}}, "
        "spec: {{{}subject: {{{}}}, {}}}}}",
        of_cluster ? "v1alpha2" : "v1alpha1", kind, name, place, subject, rest);
}

/// "ingress: [{action: Deny, from: [...]}]", in the word of the kind for an Allow.
std::string ingress(sort s, std::string_view action, std::string_view peer = everyone) {
    const bool of_cluster = s == sort::cluster_admin || s == sort::cluster_baseline;
    return fmt::format("ingress: [{{action: {}, from: [{{{}}}]}}]",
                       action == "Allow" && of_cluster ? "Accept" : action, peer);
}

cluster two_pods() {
    return {a_namespace("web", "team: red"), a_namespace("blue", "team: blue"),
            a_pod("web/site", "10.0.0.1, fd00::1", "app: site",
                  "containers: [{ports: [{name: http, containerPort: 8080}, "
                  "{name: dns, containerPort: 53, protocol: UDP}]}]"),
            a_pod("blue/peer", "10.0.1.2, fd00::2", "app: peer")};
}

constexpr auto blue = "namespaces: {matchLabels: {team: blue}}";
const auto deny_all = [](sort s) { return policy(s, "default", ingress(s, "Deny")); };

TEST(ClusterPolicies, AnAdminDenyBeatsANamespacesAllowAndABaselineDenyDoesNot) {
    for (const auto& [s, verdict] :
         {std::pair(sort::admin, "deny"), std::pair(sort::cluster_admin, "deny"),
          std::pair(sort::baseline, "allow"), std::pair(sort::cluster_baseline, "allow")}) {
        auto c = two_pods();
        c.add(deny_all(s));
        expect(c, {{"blue/peer", site, "deny"}});
        c.add(a_policy("web/open", "podSelector: {}, ingress: [{}]"));
        expect(c, {{"blue/peer", site, verdict}});
    }
}

TEST(ClusterPolicies, AnAdminAllowOpensWhatTheNamespaceDeniesAndABaselineAllowDoesNot) {
    for (const auto& [s, verdict] :
         {std::pair(sort::admin, "allow"), std::pair(sort::cluster_admin, "allow"),
          std::pair(sort::baseline, "deny"), std::pair(sort::cluster_baseline, "deny")}) {
        auto c = two_pods();
        c.add(a_policy("web/deny", "podSelector: {}"));
        c.add(policy(s, "default", ingress(s, "Allow", blue)));
        expect(c, {{"blue/peer", site, verdict}, {outside, site, "deny"}});
    }
}

TEST(ClusterPolicies, IngressPeersAreNeverOutsideTheCluster) {
    for (const auto s : {sort::admin, sort::cluster_admin}) {
        auto c = two_pods();
        c.add(deny_all(s));
        expect(c, {{outside, site, "allow"}, {"blue/peer", site, "deny"}});
    }
}

TEST(ClusterPolicies, PassInBaselineLeavesNothingThatCouldDeny) {
    auto c = two_pods();
    c.add(policy(sort::cluster_baseline, "pass", ingress(sort::cluster_baseline, "Pass", blue), 1));
    c.add(policy(sort::cluster_baseline, "deny", ingress(sort::cluster_baseline, "Deny"), 2));
    expect(c, {{"blue/peer", site, "allow"}, {"web/site", "blue/peer TCP/80", "deny"}});
    // A BaselineAdminNetworkPolicy cannot pass: that is not understood, so it denies all.
    c = two_pods();
    c.add(policy(sort::baseline, "default", ingress(sort::baseline, "Pass", blue)));
    expect(c, {{"blue/peer", site, "deny"}, {outside, site, "deny"}});
}

TEST(ClusterPolicies, BothAdminKindsAreAskedByPriorityAndThenByName) {
    const auto deny = [](sort s, const char* name, unsigned priority) {
        return policy(s, name, ingress(s, "Deny"), priority);
    };
    const auto allow = [](sort s, const char* name, unsigned priority) {
        return policy(s, name, ingress(s, "Allow"), priority);
    };
    auto c = two_pods();
    c.add(deny(sort::admin, "m", 10));
    c.add(allow(sort::cluster_admin, "z", 5));
    expect(c, {{"blue/peer", site, "allow"}});
    c.add(allow(sort::cluster_admin, "z", 10));
    expect(c, {{"blue/peer", site, "deny"}});
    c.add(allow(sort::cluster_admin, "a", 10));
    expect(c, {{"blue/peer", site, "allow"}});
    c.add(allow(sort::cluster_admin, "a", 11));
    expect(c, {{"blue/peer", site, "deny"}});
}

TEST(ClusterPolicies, ADirectionWithoutRulesIsNotAffected) {
    auto c = two_pods();
    c.add(policy(sort::admin, "in", ingress(sort::admin, "Deny", blue) + ", egress: []"));
    expect(c, {{"blue/peer", site, "deny"}, {"web/site", "blue/peer TCP/80", "allow"}});
    EXPECT_EQ(steps(c.answer("web/site", "blue/peer TCP/80")), "egress allow; ingress allow");
}

TEST(ClusterPolicies, HostNetworkPodsAreNeverMeant) {
    auto c = two_pods();
    c.add(a_node("node-1", "192.0.2.1"));
    c.add(a_node("node-2", "192.0.2.2"));
    c.add(a_pod("blue/host", "192.0.2.2", "app: host", "hostNetwork: true, nodeName: node-2"));
    c.add(deny_all(sort::admin));
    expect(c, {{"192.0.2.2", site, "allow"}, {"web/site", "blue/host TCP/80", "allow"}});
    c.add(policy(sort::admin, "out", "egress: [{action: Deny, to: [{namespaces: {}}]}]"));
    expect(c,
           {{"web/site", "blue/host TCP/80", "allow"}, {"web/site", "blue/peer TCP/80", "deny"}});
}

TEST(ClusterPolicies, NetworksMeanPodsAndNodesAndOutsiders) {
    auto c = two_pods();
    c.add(a_node("node-1", "192.0.2.1"));
    c.add(policy(sort::cluster_admin, "out",
                 "egress: [{action: Deny, to: [{networks: [0.0.0.0/0]}]}]"));
    expect(c, {{"web/site", "10.0.1.2 TCP/80", "deny"},
               {"web/site", "fd00::2 TCP/80", "allow"},
               {"web/site", "192.0.2.1 TCP/80", "deny"},
               {"web/site", "203.0.113.7 TCP/80", "deny"},
               {"web/site", "web/site TCP/8080", "allow"}});
}

TEST(ClusterPolicies, ANamedPortIsThatContainerPortWithItsProtocol) {
    const std::string rule = "ingress: [{action: Deny, from: [{namespaces: {}}], ";
    for (const auto& text :
         {policy(sort::admin, "p", rule + "ports: [{namedPort: dns}]}]"),
          policy(sort::cluster_admin, "p", rule + "protocols: [{destinationNamedPort: dns}]}]")}) {
        auto c = two_pods();
        c.add(text);
        expect(c, {{"blue/peer", "web/site UDP/53", "deny"},
                   {"blue/peer", "web/site TCP/53", "allow"},
                   {"blue/peer", site, "allow"},
                   {"web/site", "blue/peer UDP/53", "allow"}});
    }
}

TEST(ClusterPolicies, AnSctpRuleSaysNothingOfTcp) {
    auto c = two_pods();
    c.add(policy(sort::cluster_admin, "p",
                 "ingress: [{action: Deny, from: [{namespaces: {}}], protocols: [{sctp: "
                 "{destinationPort: {range: {start: 1, end: 65535}}}}]}]"));
    expect(c, {{"blue/peer", "web/site SCTP/8080", "deny"}, {"blue/peer", site, "allow"}});
}

TEST(ClusterPolicies, WhatIsNotUnderstoodIsNamedWhereItHadASay) {
    auto c = two_pods();
    c.add(policy(sort::admin, "odd",
                 "ingress: [{action: Allow, from: [{domainNames: [example.org]}]}, "
                 "{action: Deny, from: [{sameLabels: [a]}]}]"));
    const auto a = c.answer(outside, site);
    EXPECT_EQ(a.verdict, explain::verdict::deny);
    EXPECT_EQ(steps(a), "ingress ignore odd #5; ingress ignore odd #5; ingress deny odd #5 [1]");
    EXPECT_EQ(a.steps.at(0).why,
              "ingress[0] matches nothing: spec.ingress[0].from[0].domainNames is "
              "not understood");
    EXPECT_EQ(a.steps.at(1).why,
              "ingress[1] denies all: spec.ingress[1].from[0].sameLabels is not understood");
}

TEST(ClusterPolicies, ASubjectThatIsNotUnderstoodSelectsNobodyAndIsNamed) {
    auto c = two_pods();
    c.add(policy(sort::admin, "odd", ingress(sort::admin, "Deny"), 1, "sameLabels: [a]"));
    expect(c, {{"blue/peer", site, "allow"}});
    EXPECT_EQ(c.answer("blue/peer", site).steps.at(1).why,
              "selects no pod: spec.subject.sameLabels is not understood");
    c = two_pods();
    c.add(policy(sort::baseline, "other", ingress(sort::baseline, "Deny")));
    expect(c, {{"blue/peer", site, "allow"}});
}

TEST(ClusterPolicies, OnePlacedNobodyKnowsWhereDeniesBeforeAllOthers) {
    auto c = two_pods();
    c.add(policy(sort::admin, "first", ingress(sort::admin, "Allow"), 0));
    c.add(policy(sort::cluster_admin, "odd", ingress(sort::cluster_admin, "Deny", blue), 1001));
    expect(c, {{"blue/peer", site, "deny"}, {outside, site, "allow"}});
}

TEST(ClusterPolicies, IsolatedForEgressAloneAPodMeetsTheBaselineForIngress) {
    for (const auto s : {sort::baseline, sort::cluster_baseline}) {
        auto c = two_pods();
        c.add(deny_all(s));
        c.add(a_policy("web/out", "podSelector: {}, policyTypes: [Egress]"));
        expect(c, {{"blue/peer", site, "deny"}});
    }
}

} // namespace
} // namespace nodewall::test
