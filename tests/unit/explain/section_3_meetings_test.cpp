// SEMANTICS section 3, below the table, and section 6, "Doors that meet": doors with equal address,
// protocol and port are one.
#include "cluster.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nodewall::test {
namespace {

constexpr auto outside = "203.0.113.7";
constexpr auto node_port = "nodeport:TCP/30051";

/// A Service on a load balancer address that is the node's, and its pod.
cluster with_balancer_on_the_node() {
    return {a_node("node-1", "192.0.2.10"),
            a_service("web/site", {}, "loadBalancer: {ingress: [{ip: 192.0.2.10}]}"),
            a_slice("web/site", "10.0.0.1@site@node-1")};
}

TEST(Section3, EqualDoorsOfOneServiceLeadToBothPorts) {
    const cluster c{
        a_pod("web/a", "10.0.0.1", "app: a"), a_pod("web/b", "10.0.0.2", "app: b"),
        a_service("web/site", "ports: [{name: a, port: 80, nodePort: 30051}, {name: b, "
                              "port: 81, nodePort: 30051}]"),
        a_slice("web/site", "10.0.0.1@a 10.0.0.2@b", "{name: a, port: 1}, {name: b, port: 2}"),
        a_policy("web/p", "podSelector: {}, ingress: [{ports: [{port: 2}]}]")};
    EXPECT_EQ(backends(c.answer(outside, node_port)),
              "mixed 10.0.0.1=deny 10.0.0.1=allow 10.0.0.2=deny 10.0.0.2=allow");
}

TEST(Section3, EqualDoorsOfDifferentKindsAreOneAndTheirBackendsTheUnion) {
    const cluster c{a_node("node-1", "192.0.2.10"),
                    a_pod("web/a", "10.0.0.1", "app: a"),
                    a_pod("web/b", "10.0.0.2", "app: b"),
                    a_service("web/a"),
                    a_service("web/b", "externalIPs: [192.0.2.10], clusterIPs: [10.96.0.2], ports: "
                                       "[{port: 30051}]"),
                    a_slice("web/a", "10.0.0.1@a"),
                    a_slice("web/b", "10.0.0.2@b"),
                    a_policy("web/deny", "podSelector: {matchLabels: {app: a}}")};
    EXPECT_EQ(backends(c.answer(outside, "192.0.2.10 TCP/30051")),
              "mixed 10.0.0.1=deny 10.0.0.2=allow");
}

/// Two Services with one NodePort; the older one's pod is web/z.
cluster with_one_door_of_two(std::string_view isolated) {
    auto older = a_service("web/z");
    older.insert(older.find("name:"), "creationTimestamp: '2026-01-01T00:00:00Z', ");
    auto younger = a_service("web/a");
    younger.insert(younger.find("name:"), "creationTimestamp: '2026-01-02T00:00:00Z', ");
    return {
        a_pod("web/a", "10.0.0.1", "app: a"),
        a_pod("web/z", "10.0.0.2", "app: z"),
        younger,
        older,
        a_slice("web/a", "10.0.0.1@a"),
        a_slice("web/z", "10.0.0.2@z"),
        a_policy("web/deny", "podSelector: {matchLabels: {app: " + std::string(isolated) + "}}")};
}

TEST(Section3, OfSeveralServicesWithOneDoorEachMayGetTheConnection) {
    EXPECT_EQ(backends(with_one_door_of_two("a").answer(outside, node_port)),
              "mixed 10.0.0.1=deny 10.0.0.2=allow");
}

TEST(Section3, OfSeveralServicesOfOneNamespaceWithOneDoorTheGateAsksEachBackend) {
    const auto c = with_one_door_of_two("z");
    EXPECT_EQ(backends(c.answer(outside, node_port)), "mixed 10.0.0.1=allow 10.0.0.2=deny");
    expect_gate(c, {{outside, node_port, "open"}});
}

/// Doors with one number, of Services of several namespaces.
cluster with_one_door_of_namespaces(std::string_view other_labels = {}) {
    auto other = a_service("mallory/open");
    if (const auto at = other.find("labels: {}"); at != std::string::npos)
        other.replace(at, 10, "labels: {" + std::string(other_labels) + "}");
    return {a_pod("web/site", "10.0.0.1"),
            a_pod("mallory/open", "10.0.0.2"),
            a_service("web/site", "clusterIPs: [10.96.0.2], ports: [{port: 80, nodePort: 30051}]"),
            other,
            a_slice("web/site", "10.0.0.1@site"),
            a_slice("mallory/open", "10.0.0.2@open"),
            a_policy("web/deny", "podSelector: {}")};
}

TEST(Section6, ADoorOfSeveralNamespacesIsShutToWhomOneOfThemRefuses) {
    const auto c = with_one_door_of_namespaces();
    EXPECT_EQ(backends(c.answer(outside, node_port)), "deny 10.0.0.1=deny 10.0.0.2=deny");
    expect_gate(c, {{outside, node_port, "shut"}});
}

TEST(Section6, AServiceThatKubeProxyIgnoresHasNoDoor) {
    for (const auto* label : {"service.kubernetes.io/service-proxy-name: another",
                              "service.kubernetes.io/headless: ''"}) {
        const auto c = with_one_door_of_namespaces(label);
        EXPECT_EQ(backends(c.answer(outside, node_port)), "deny 10.0.0.1=deny") << label;
        expect_gate(c, {{outside, node_port, "shut"}});
    }
}

TEST(Section6, TheOwnerOfAnEndpointsAddressIsTheBackend) {
    cluster c{a_pod("web/site", "10.0.0.1"), a_pod("mallory/open", "10.0.0.2"),
              a_service("mallory/open"), a_policy("web/deny", "podSelector: {}")};
    for (const auto* endpoints :
         {"10.0.0.1@open", "10.0.0.1", "10.0.0.1 10.0.0.2@open", "10.0.0.1 203.0.113.200"}) {
        c.add(a_slice("mallory/open", endpoints));
        expect_gate(c, {{outside, node_port, "shut"}});
    }
    c.add(a_slice("mallory/open", "10.0.0.2@open 203.0.113.200"));
    expect_gate(c, {{outside, node_port, "open"}});
}

TEST(Section3, BehindAShutDoorNobodyReachesAHostPortOfTheSameNumber) {
    auto c = with_balancer_on_the_node();
    c.add(a_pod("web/site", "10.0.0.1", "app: site"));
    c.add(a_pod("web/balancer", "10.0.0.9", "app: balancer",
                "containers: [{ports: [{containerPort: 80, hostPort: 80}]}]"));
    c.add(a_policy("web/deny", "podSelector: {matchLabels: {app: site}}, ingress: [{from: "
                               "[{ipBlock: {cidr: 198.51.100.1/32}}]}]"));
    expect(c, {{outside, "192.0.2.10 TCP/80", "deny"},
               {"198.51.100.1", "192.0.2.10 TCP/80", "allow"}});
    expect_gate(
        c, {{outside, "192.0.2.10 TCP/80", "shut"}, {"198.51.100.1", "192.0.2.10 TCP/80", "open"}});
}

} // namespace
} // namespace nodewall::test
