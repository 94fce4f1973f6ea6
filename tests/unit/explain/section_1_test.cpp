// SEMANTICS section 1, "Pods": a test for each of its lines, named by the line's number and its
// first words.
#include "cluster.hpp"

#include <gtest/gtest.h>

namespace nodewall::test {
namespace {

constexpr auto outside = "203.0.113.7";
constexpr auto deny_both = "podSelector: {}, policyTypes: [Ingress, Egress]";

TEST(Section1, Line1SubjectToPolicy) {
    cluster c{a_policy("web/deny", deny_both),
              a_pod("web/running", "10.0.0.1"),
              a_pod("web/pending", "10.0.0.2", {}, {}, "phase: Pending"),
              a_pod("web/host", "192.0.2.10", {}, "hostNetwork: true"),
              a_pod("web/succeeded", "10.0.0.3", {}, {}, "phase: Succeeded"),
              a_pod("web/failed", "10.0.0.4", {}, {}, "phase: Failed")};
    expect(c, {{outside, "10.0.0.1 TCP/80", "deny"},
               {"10.0.0.1", "203.0.113.7 TCP/80", "deny"},
               {outside, "10.0.0.2 TCP/80", "deny"},
               {outside, "192.0.2.10 TCP/80", "allow"},
               {"192.0.2.10", "203.0.113.7 TCP/80", "allow"},
               {outside, "10.0.0.3 TCP/80", "allow"},
               {outside, "10.0.0.4 TCP/80", "allow"}});
}

TEST(Section1, Line1ATerminatingPodStaysSubjectAndPeer) {
    auto leaving = a_pod("web/leaving", "10.0.0.1", "app: a");
    leaving.insert(leaving.find("name:"), "deletionTimestamp: '2026-01-01T00:00:00Z', ");
    cluster c{leaving, a_pod("web/other", "10.0.0.2", "app: b"),
              a_policy("web/some", "podSelector: {}, ingress: [{from: [{podSelector: "
                                   "{matchLabels: {app: a}}}]}]")};
    expect(c, {{outside, "web/leaving TCP/80", "deny"},
               {"web/leaving", "web/other TCP/80", "allow"},
               {"web/other", "web/leaving TCP/80", "deny"}});
}

TEST(Section1, Line1ACompletedPodsAddressMayBelongToANewPod) {
    cluster c{a_pod("web/old", "10.0.0.1", "app: old", {}, "phase: Failed"),
              a_pod("web/new", "10.0.0.1", "app: new"),
              a_policy("web/deny", "podSelector: {matchLabels: {app: old}}")};
    expect(c, {{outside, "10.0.0.1 TCP/80", "allow"},
               {outside, "web/new TCP/80", "allow"},
               {outside, "web/old TCP/80", "unknown"},
               {"web/old", "web/new TCP/80", "unknown"}});
}

TEST(Section1, Line2AddressesOfBothFamiliesElseTheOne) {
    cluster c{a_policy("web/deny", deny_both), a_pod("web/both", "10.0.0.1, fd00::1"),
              R"({apiVersion: v1, kind: Pod, metadata: {name: one, namespace: web},
                  status: {phase: Running, podIP: 10.0.0.2}})"};
    expect(c, {{outside, "10.0.0.1 TCP/80", "deny"},
               {"2001:db8::7", "fd00::1 TCP/80", "deny"},
               {"2001:db8::7", "web/both TCP/80", "deny"},
               {outside, "10.0.0.2 TCP/80", "deny"}});
}

TEST(Section1, Line2AnAddressIsOwnedByUid) {
    const auto old =
        a_pod("web/old", "10.0.0.1", "app: old", {}, "startTime: '2026-01-01T00:00:00Z'");
    cluster c{a_policy("web/deny", "podSelector: {matchLabels: {app: old}}"), old};
    expect(c, {{outside, "10.0.0.1 TCP/80", "deny"}});
    c.add(a_pod("web/new", "10.0.0.1", "app: new", {}, "startTime: '2026-01-02T00:00:00Z'"));
    expect(c, {{outside, "10.0.0.1 TCP/80", "allow"}, {outside, "web/old TCP/80", "unknown"}});
    c.remove(old);
    expect(c, {{outside, "10.0.0.1 TCP/80", "allow"}, {outside, "web/new TCP/80", "allow"}});
}

TEST(Section1, Line2OfTwoWithOneAddressTheOneThatStaysThenTheLaterThenTheGreaterUid) {
    auto leaving =
        a_pod("web/leaving", "10.0.0.1", "app: bad", {}, "startTime: '2026-01-09T00:00:00Z'");
    leaving.insert(leaving.find("name:"), "deletionTimestamp: '2026-01-01T00:00:00Z', ");
    cluster c{a_policy("web/deny", "podSelector: {matchLabels: {app: bad}}"),
              leaving,
              a_pod("web/early", "10.0.0.1", "app: bad", {}, "startTime: '2026-01-01T00:00:00Z'"),
              a_pod("web/late", "10.0.0.1", "app: good", {}, "startTime: '2026-01-02T00:00:00Z'"),
              a_pod("web/b", "10.0.0.2", "app: good"),
              a_pod("web/a", "10.0.0.2", "app: bad")};
    expect(c, {{outside, "10.0.0.1 TCP/80", "allow"}, {outside, "10.0.0.2 TCP/80", "allow"}});
}

TEST(Section1, Line2APodWithoutAnAddressYetDisturbsNothing) {
    cluster c{a_policy("web/deny", deny_both), a_pod("web/early", "", {}, {}, "phase: Pending"),
              a_pod("web/there", "10.0.0.1")};
    expect(c, {{outside, "web/early TCP/80", "unknown"},
               {"web/early", "web/there TCP/80", "unknown"},
               {outside, "web/there TCP/80", "deny"}});
}

TEST(Section1, Line3HostNetworkPodsAreNoSubjectsAndNoPeers) {
    cluster c{a_node("node-1", "192.0.2.10"),
              a_node("node-2", "192.0.2.20"),
              a_pod("web/host", "192.0.2.20", "app: a", "hostNetwork: true, nodeName: node-2"),
              a_pod("web/site", "10.0.0.1", "app: b"),
              a_pod("web/peer", "10.0.0.2", "app: a"),
              a_policy("web/some", R"(podSelector: {}, policyTypes: [Ingress, Egress],
                  ingress: [{from: [{podSelector: {matchLabels: {app: a}}},
                                    {namespaceSelector: {}, podSelector: {matchLabels: {app: a}}}]}],
                  egress: [{to: [{podSelector: {matchLabels: {app: a}}}]}])")};
    expect(c, {{outside, "web/host TCP/80", "allow"},
               {"web/peer", "web/site TCP/80", "deny"}, // egress: app b is no peer
               {"web/site", "web/peer TCP/80", "deny"}, // ingress: app b is no peer
               {"web/host", "web/site TCP/80", "deny"},
               {"192.0.2.20", "10.0.0.1 TCP/80", "deny"},
               {"web/site", "web/host TCP/80", "deny"}});
}

TEST(Section1, Line4APodsOwnNodeAndThePodReachEachOther) {
    cluster c{a_node("node-1", "192.0.2.10"),
              a_node("node-2", "192.0.2.20"),
              a_policy("web/deny", deny_both),
              a_pod("web/site", "10.0.0.1"),
              a_pod("web/there", "10.0.1.1", {}, "nodeName: node-2"),
              a_pod("kube/agent", "192.0.2.10", {}, "hostNetwork: true")};
    expect(c, {{"192.0.2.10", "web/site TCP/80", "allow"},
               {"127.0.0.1", "web/site TCP/80", "allow"},
               {"kube/agent", "web/site TCP/80", "allow"},
               {"web/site", "192.0.2.10 TCP/80", "allow"},
               {"web/site", "kube/agent TCP/80", "allow"},
               {"192.0.2.20", "web/there TCP/80", "allow"},
               {"192.0.2.20", "web/site TCP/80", "deny"},
               {"192.0.2.10", "web/there TCP/80", "deny"},
               {"web/site", "192.0.2.20 TCP/80", "deny"}});
}

TEST(Section1, Line4OutsidersDoNotProfitThroughADoor) {
    cluster c{
        a_node("node-1", "192.0.2.10"),  a_node("node-2", "192.0.2.20"),
        a_policy("web/deny", deny_both), a_pod("web/there", "10.0.1.1", {}, "nodeName: node-2"),
        a_service("web/site"),           a_slice("web/site", "10.0.1.1@there@node-2")};
    expect(c,
           {{outside, "nodeport:TCP/30051", "deny"}, {"192.0.2.20", "nodeport:TCP/30051", "deny"}});
}

TEST(Section1, Line5APodReachesItselfThroughAService) {
    cluster c{a_node("node-1", "192.0.2.10"), a_policy("web/deny", deny_both),
              a_pod("web/site", "10.0.0.1"),  a_pod("web/other", "10.0.0.2"),
              a_service("web/site"),          a_slice("web/site", "10.0.0.1@site")};
    expect(c, {{"web/site", "10.96.0.1 TCP/80", "allow"},
               {"web/site", "nodeport:TCP/30051", "allow"},
               {"web/site", "192.0.2.10 TCP/30051", "allow"},
               {"web/site", "web/site TCP/8080", "allow"},
               {"web/other", "nodeport:TCP/30051", "deny"}});
}

/// What is asked here is whether a new connection of TCP, UDP or SCTP passes. ICMP has no ports and
/// is no such question; that rules with ports do not speak of it, nobody can mistake.
TEST(Section1, Line6OnlyNewConnectionsOfThreeProtocolsAreAsked) {
    const auto refused = explain::parse_question(
        {.from = outside, .to = "10.0.0.1", .port = 8, .protocol = "ICMP", .backend = {}});
    ASSERT_FALSE(refused.has_value());
    EXPECT_TRUE(refused.error().is(explain::errc::bad_question));
    EXPECT_EQ(refused.error().detail(), "'ICMP' is not TCP, UDP or SCTP");
}

} // namespace
} // namespace nodewall::test
