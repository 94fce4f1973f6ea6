// SEMANTICS section 3, "Services and front doors": the lines that explain answers, named by the
// line's number and its first words; the table of doors is line 0.
#include "cluster.hpp"

#include <gtest/gtest.h>

namespace nodewall::test {
namespace {

constexpr auto outside = "203.0.113.7";
constexpr auto node_port = "nodeport:TCP/30051";

/// A Service of one pod, `site`, that the policy isolates but for one outsider.
cluster with(std::string_view spec = {}, std::string_view status = {}) {
    return {a_node("node-1", "192.0.2.10"),
            a_node("node-2", "192.0.2.20"),
            a_pod("web/site", "10.0.0.1"),
            a_service("web/site", spec, status),
            a_slice("web/site", "10.0.0.1@site@node-1"),
            a_policy("web/deny", "podSelector: {}, ingress: [{from: [{ipBlock: {cidr: "
                                 "198.51.100.1/32}}]}]"),
            a_pod("blue/dialer", "10.0.1.1")};
}

TEST(Section3, Line0WhereNodePortsAnswer) {
    auto c = with();
    expect(c, {{outside, node_port, "deny"},
               {"198.51.100.1", node_port, "allow"},
               {outside, "nodeport:192.0.2.10:TCP/30051", "deny"},
               {outside, "nodeport:172.17.0.1:TCP/30051", "deny"}, // local, as the asker says
               {outside, "192.0.2.10 TCP/30051", "deny"},
               {outside, "192.0.2.10 TCP/30052", "allow"},
               {outside, "192.0.2.20 TCP/30051", "unknown"},
               {outside, "nodeport:192.0.2.20:TCP/30051", "unknown"},
               {outside, "nodeport:TCP/30052", "unknown"},
               {outside, "nodeport:UDP/30051", "unknown"},
               {"2001:db8::7", node_port, "unknown"}});
    c.settings.node_port_addresses = {model::cidr::parse("192.0.2.0/24").value()};
    expect(c, {{outside, "nodeport:192.0.2.10:TCP/30051", "deny"},
               {outside, "nodeport:172.17.0.1:TCP/30051", "allow"},
               {outside, node_port, "deny"}});
    expect(with("type: ClusterIP"), {{outside, node_port, "unknown"}});
}

TEST(Section3, Line0WithoutItsNodeTheLogCannotTellWhichAddressesAreLocal) {
    const cluster c{a_pod("web/site", "10.0.0.1"), a_service("web/site")};
    expect(c, {{outside, "192.0.2.10 TCP/30051", "unknown"},
               {outside, "192.0.2.10 TCP/30052", "allow"},
               {outside, "10.0.0.1 TCP/30051", "allow"}});
}

TEST(Section3, Line0ExternalAddresses) {
    const auto c = with("externalIPs: [192.0.2.100]",
                        "loadBalancer: {ingress: [{ip: 192.0.2.101}, {ip: 192.0.2.102, ipMode: "
                        "Proxy}]}");
    expect(c, {{outside, "192.0.2.100 TCP/80", "deny"},
               {"198.51.100.1", "192.0.2.100 TCP/80", "allow"},
               {outside, "192.0.2.101 TCP/80", "deny"},
               {outside, "192.0.2.102 TCP/80", "allow"},
               {outside, "10.96.0.1 TCP/80", "deny"},
               {outside, "192.0.2.100 TCP/81", "allow"}});
    expect_gate(c, {{outside, "192.0.2.100 TCP/80", "shut"},
                    {outside, "192.0.2.102 TCP/80", "none"},
                    {"blue/dialer", "192.0.2.100 TCP/80", "shut"},
                    {"blue/dialer", "10.96.0.1 TCP/80", "open"}});
    expect(c, {{"blue/dialer", "10.96.0.1 TCP/80", "deny"}});
}

TEST(Section3, Line0HostPortsAreJudgedByTheirPod) {
    auto c = with();
    c.add(
        a_pod("web/host-port", "10.0.0.9", {},
              "containers: [{ports: [{containerPort: 8080, hostPort: 9000}, {containerPort: 8080, "
              "hostPort: 9001, hostIP: 192.0.2.11}]}]"));
    c.add(
        a_pod("web/elsewhere", "10.0.0.8", {},
              "nodeName: node-2, containers: [{ports: [{containerPort: 8080, hostPort: 9002}]}]"));
    expect(c, {{outside, "192.0.2.10 TCP/9000", "deny"},
               {"198.51.100.1", "192.0.2.10 TCP/9000", "allow"},
               {outside, "192.0.2.10 TCP/9001", "allow"},
               {outside, "192.0.2.11 TCP/9001", "deny"},
               {outside, "192.0.2.10 TCP/9002", "allow"}});
    expect_gate(c, {{outside, "192.0.2.10 TCP/9000", "shut"},
                    {"198.51.100.1", "192.0.2.10 TCP/9000", "open"},
                    {outside, "192.0.2.11 TCP/9001", "shut"},
                    {outside, "192.0.2.10 TCP/9002", "none"}});
}

TEST(Section3, Line1BackendsAreAllEndpointsOfThePort) {
    const cluster c{a_pod("web/a", "10.0.0.1", "app: a"),
                    a_pod("web/done", "10.0.0.3", {}, {}, "phase: Succeeded"),
                    a_pod("web/host", "192.0.2.10", {}, "hostNetwork: true"),
                    a_pod("web/new", "", {}, {}, "phase: Pending"),
                    a_service("web/site"),
                    a_slice("web/site",
                            "10.0.0.1@a 10.0.0.3@done 192.0.2.10@host 10.0.0.9@nobody 10.0.0.4@new "
                            "203.0.113.99 10.0.0.1"),
                    a_policy("web/deny", "podSelector: {}")};
    EXPECT_EQ(
        backends(c.answer(outside, node_port)),
        "mixed 10.0.0.1=deny 10.0.0.4=deny 10.0.0.9=deny 192.0.2.10=allow 203.0.113.99=allow");
}

TEST(Section3, Line1AnEndpointThatNamesAnUnknownPodRefuses) {
    auto c = with();
    c.add(a_slice("web/site", "10.0.0.9@nobody"));
    expect(c, {{outside, node_port, "deny"}, {"198.51.100.1", node_port, "deny"}});
}

TEST(Section3, Line1APortOfNullIsAllPorts) {
    const cluster c{a_pod("web/a", "10.0.0.1"), a_service("web/site"),
                    a_slice("web/site", "10.0.0.1@a", "{port: null}"),
                    a_policy("web/p", "podSelector: {}, ingress: [{from: [{ipBlock: {cidr: "
                                      "203.0.113.0/24}}], ports: [{port: 9}]}]")};
    expect(c, {{outside, node_port, "allow"}, {"198.51.100.1", node_port, "deny"}});
}

TEST(Section3, Line1WhatCannotBeReadMayBeABackendAndRefuses) {
    const auto behind = [](const std::string& endpoints, const std::string& ports,
                           std::string_view container = "{}") {
        cluster c{a_service("web/site")};
        c.put(model::kind::pod, "web", "a",
              R"({"metadata":{"name":"a","namespace":"web"},"status":{"podIP":"10.0.0.1"},
                  "spec":{"containers":[)" +
                  std::string(container) + "]}}");
        c.put(model::kind::endpoint_slice, "web", "site",
              R"({"metadata":{"name":"site","namespace":"web",
                  "labels":{"kubernetes.io/service-name":"site"}},"addressType":"IPv4",
                  "endpoints":)" +
                  endpoints + R"(,"ports":)" + ports + "}");
        return backends(c.answer(outside, node_port));
    };
    const std::string pod = R"([{"addresses":["10.0.0.1"],"targetRef":{"kind":"Pod","name":"a"}}])";
    const std::string port = R"([{"port":8080}])";
    EXPECT_EQ(behind(pod, port), "allow 10.0.0.1=allow");
    EXPECT_EQ(behind("[7]", port), "deny ?=deny");
    EXPECT_EQ(behind("7", port), "deny ?=deny");
    EXPECT_EQ(behind(pod, "[7]"), "deny ?=deny");
    EXPECT_EQ(behind(pod, port, R"({"ports":[7]})"), "deny 10.0.0.1=deny");
    EXPECT_EQ(behind(R"([{"addresses":["10.0.0.1"]}])", port, R"({"ports":[7]})"),
              "deny 10.0.0.1=deny");
}

TEST(Section3, Line1APortOrASelectorThatCannotBeReadRefuses) {
    const auto asked = [](std::string_view spec) {
        cluster c{a_pod("web/a", "10.0.0.1")};
        c.put(model::kind::service, "web", "site",
              R"({"metadata":{"name":"site","namespace":"web"},"spec":{"type":"NodePort",)" +
                  std::string(spec) + "}}");
        return backends(c.answer(outside, node_port));
    };
    EXPECT_EQ(asked(R"("ports":[{"port":80,"nodePort":30051}])"), "allow");
    EXPECT_EQ(asked(R"("ports":[{"port":80,"nodePort":30051,"targetPort":[]}])"), "deny ?=deny");
    EXPECT_EQ(asked(R"("ports":[{"port":80,"nodePort":30051}],"selector":7)"), "deny ?=deny");
    EXPECT_EQ(asked(R"("ports":[{"port":-1,"nodePort":30051}],"clusterIPs":["10.96.0.1"])"),
              "deny ?=deny");
}

TEST(Section3, Line1WithoutEndpointSlicesTheSelectorTells) {
    const cluster c{a_pod("web/a", "10.0.0.1", "app: site, more: than",
                          "containers: [{ports: [{name: main, containerPort: 8080}]}]"),
                    a_pod("web/b", "10.0.0.2", "app: site",
                          "containers: [{ports: [{name: main, containerPort: 9090}]}]"),
                    a_pod("web/without-the-port", "10.0.0.3", "app: site"),
                    a_pod("web/other", "10.0.0.4", "app: other"),
                    a_pod("blue/other", "10.0.0.5", "app: site"),
                    a_service("web/site", "selector: {app: site}, ports: [{port: 80, targetPort: "
                                          "main, nodePort: 30051}]"),
                    a_policy("web/p", "podSelector: {}, ingress: [{ports: [{port: 9090}]}]")};
    ASSERT_FALSE(c.state().endpoint_slices_known);
    EXPECT_EQ(backends(c.answer(outside, node_port)), "mixed 10.0.0.1=deny 10.0.0.2=allow");
}

TEST(Section3, Line1OfSeveralAddressesOnlyTheFirstCounts) {
    auto c = with();
    c.add(a_pod("web/open", "10.0.0.2", "app: open"));
    c.add(a_policy("web/deny",
                   "podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}"));
    c.add(R"({"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"site",
        "namespace":"web","labels":{"kubernetes.io/service-name":"site"}},"addressType":"IPv4",
        "ports":[{"name":"","port":8080}],"endpoints":[{"addresses":["10.0.0.1","10.0.0.2"]}]})");
    EXPECT_EQ(backends(c.answer(outside, node_port)), "deny 10.0.0.1=deny");
}

TEST(Section3, Line1LocalWithinOutsidersAtAClusterIPAreJudgedByThisNodesEndpoints) {
    cluster c{a_node("node-1", "192.0.2.10"),
              a_pod("web/here", "10.0.0.1", "on: here"),
              a_pod("web/there", "10.0.1.1", {}, "nodeName: node-2"),
              a_pod("blue/dialer", "10.0.0.2"),
              a_service("web/site", "internalTrafficPolicy: Local"),
              a_slice("web/site", "10.0.0.1@here@node-1 10.0.1.1@there@node-2"),
              a_policy("web/deny", "podSelector: {matchLabels: {on: here}}")};
    EXPECT_EQ(backends(c.answer(outside, "10.96.0.1 TCP/80")), "deny 10.0.0.1=deny");
    EXPECT_EQ(backends(c.answer("blue/dialer", "10.96.0.1 TCP/80")),
              "mixed 10.0.0.1=deny 10.0.1.1=allow");
    EXPECT_EQ(backends(c.answer(outside, node_port)), "mixed 10.0.0.1=deny 10.0.1.1=allow")
        << "NodePorts know no such policy";
    c.settings.node_name = "node-2";
    EXPECT_EQ(backends(c.answer(outside, "10.96.0.1 TCP/80")), "allow 10.0.1.1=allow");
}

TEST(Section3, Line1LocalOutsidersAreJudgedByThisNodesEndpointsPodsByAll) {
    cluster c{a_node("node-1", "192.0.2.10"),
              a_pod("web/here", "10.0.0.1", "on: here"),
              a_pod("web/there", "10.0.1.1", {}, "nodeName: node-2"),
              a_pod("blue/dialer", "10.0.0.2"),
              a_service("web/site", "externalTrafficPolicy: Local"),
              a_slice("web/site", "10.0.0.1@here@node-1 10.0.1.1@there@node-2"),
              a_policy("web/deny", "podSelector: {matchLabels: {on: here}}")};
    EXPECT_EQ(backends(c.answer(outside, node_port)), "deny 10.0.0.1=deny");
    EXPECT_EQ(backends(c.answer("blue/dialer", node_port)), "mixed 10.0.0.1=deny 10.0.1.1=allow");
    EXPECT_EQ(backends(c.answer(outside, "10.96.0.1 TCP/80")), "mixed 10.0.0.1=deny 10.0.1.1=allow")
        << "clusterIPs know no such policy";
    c.settings.node_name = "node-3";
    EXPECT_EQ(backends(c.answer(outside, node_port)), "mixed 10.0.0.1=deny 10.0.1.1=allow")
        << "no endpoint here: all judge";
}

TEST(Section3, Line1ExternalNameAndHeadlessServicesHaveNoDoor) {
    expect_gate(with("type: ExternalName, externalIPs: [192.0.2.100]"),
                {{outside, "192.0.2.100 TCP/80", "none"}});
    expect_gate(with("type: ClusterIP, clusterIPs: [None], externalIPs: [192.0.2.100]"),
                {{outside, "192.0.2.100 TCP/80", "none"}});
}

TEST(Section3, Line1ANodePortAnswersInTheFamiliesOfTheService) {
    auto c = with("ipFamilies: [IPv4, IPv6], clusterIPs: [10.96.0.1, 'fd00:96::1']");
    c.add(a_slice("web/other", "fd00::1@site"));
    expect(c, {{"2001:db8::7", node_port, "allow"}, {outside, node_port, "deny"}});
    expect(with("clusterIPs: []"), {{"2001:db8::7", node_port, "allow"}});
}

TEST(Section3, Line2ShutIfEveryBackendRefusesOpenIfThereIsNone) {
    auto c = with();
    expect_gate(c, {{outside, node_port, "shut"}, {"198.51.100.1", node_port, "open"}});
    c.remove(a_slice("web/site", ""));
    expect_gate(c, {{outside, node_port, "open"}});
    expect(c, {{outside, node_port, "allow"}});
}

TEST(Section3, Line3MixedDoorsDependOnTheBackend) {
    const cluster c{a_pod("web/open", "10.0.0.1"), a_pod("web/shut", "10.0.0.2", "app: shut"),
                    a_service("web/site"), a_slice("web/site", "10.0.0.1@open 10.0.0.2@shut"),
                    a_policy("web/deny", "podSelector: {matchLabels: {app: shut}}")};
    EXPECT_EQ(backends(c.answer(outside, node_port)), "mixed 10.0.0.1=allow 10.0.0.2=deny");
    EXPECT_EQ(backends(c.answer(outside, node_port, "10.0.0.1")), "allow 10.0.0.1=allow");
    EXPECT_EQ(backends(c.answer(outside, node_port, "10.0.0.2")), "deny 10.0.0.2=deny");
    EXPECT_EQ(backends(c.answer(outside, node_port, "10.0.0.3")), "unknown");
    expect_gate(c, {{outside, node_port, "open"}});
}

TEST(Section3, Line3TheSourcesEgressIsJudgedAtEachBackend) {
    auto c = with();
    c.add(a_pod("web/free", "10.0.0.2", "app: free"));
    c.add(a_slice("web/site", "10.0.0.1@site 10.0.0.2@free"));
    c.add(a_policy("web/deny", "podSelector: {matchLabels: {app: nobody}}"));
    c.add(a_policy("blue/egress",
                   "podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: "
                   "{cidr: 10.0.0.2/32}}], ports: [{port: 8080}]}]"));
    EXPECT_EQ(backends(c.answer("blue/dialer", node_port)), "mixed 10.0.0.1=deny 10.0.0.2=allow");
    EXPECT_EQ(backends(c.answer("blue/dialer", "10.96.0.1 TCP/80")),
              "mixed 10.0.0.1=deny 10.0.0.2=allow");
    c.remove(a_pod("web/free", ""));
    c.add(a_slice("web/site", "10.0.0.1@site"));
    expect(c, {{"blue/dialer", node_port, "deny"}});
    expect_gate(c, {{"blue/dialer", node_port, "open"}});
}

TEST(Section3, Line5TheCommonCase) {
    cluster c{a_pod("web/site", "10.0.0.1"),
              a_service("web/site", "ports: [{name: a, port: 80, nodePort: 30051}, {name: b, port: "
                                    "81, nodePort: 30052}]"),
              a_slice("web/site", "10.0.0.1@site", "{name: a, port: 8080}, {name: b, port: 8081}")};
    expect(c, {{outside, node_port, "allow"}, {outside, "nodeport:TCP/30052", "allow"}});
    c.add(a_policy("web/deny", "podSelector: {}"));
    expect(c, {{outside, node_port, "deny"}, {outside, "nodeport:TCP/30052", "deny"}});
    c.add(a_policy("web/some", "podSelector: {}, ingress: [{from: [{ipBlock: {cidr: "
                               "203.0.113.0/24}}], ports: [{port: 8080}]}]"));
    expect(c, {{outside, node_port, "allow"},
               {"198.51.100.1", node_port, "deny"},
               {outside, "nodeport:TCP/30052", "deny"}});
    c.remove(a_policy("web/deny", ""));
    c.remove(a_policy("web/some", ""));
    expect(c, {{"198.51.100.1", node_port, "allow"}});
}

TEST(Section3, Line7PodsThatDialANodesPortArePods) {
    auto c = with();
    c.add(a_policy("web/blue", "podSelector: {}, ingress: [{from: [{namespaceSelector: "
                               "{matchLabels: {kubernetes.io/metadata.name: blue}}}]}]"));
    expect(c, {{"blue/dialer", node_port, "allow"},
               {"10.0.1.1", "192.0.2.10 TCP/30051", "allow"},
               {outside, node_port, "deny"}});
}

TEST(Section3, Line7TheNodeItselfIsNeverShutOut) {
    expect_gate(with(), {{"192.0.2.10", node_port, "open"},
                         {"127.0.0.1", "127.0.0.1 TCP/30051", "open"},
                         {"192.0.2.10", "10.96.0.1 TCP/80", "open"},
                         {"192.0.2.20", node_port, "shut"}});
    expect(with(), {{"192.0.2.10", node_port, "allow"}});
}

TEST(Section3, Line7VitalPortsOnTheNodesOwnAddressesAreNeverShut) {
    const auto c =
        with("externalIPs: [192.0.2.10, 192.0.2.100], ports: [{name: a, port: 22}, {name: "
             "b, port: 23}, {name: c, port: 22, protocol: UDP}]");
    expect_gate(c, {{outside, "192.0.2.10 TCP/22", "open"}});
    auto named = with("externalIPs: [192.0.2.10, 192.0.2.100], ports: [{port: 22}]");
    expect(named,
           {{outside, "192.0.2.10 TCP/22", "allow"}, {outside, "192.0.2.100 TCP/22", "deny"}});
    named.settings.vital_ports = {23};
    expect(named, {{outside, "192.0.2.10 TCP/22", "deny"}});
}

TEST(Section3, Line7AlwaysAdmitIsForHealthChecks) {
    auto c = with();
    c.settings.always_admit = {model::cidr::parse("203.0.113.0/24").value()};
    expect(c, {{outside, node_port, "allow"}, {"192.0.3.1", node_port, "deny"}});
    EXPECT_EQ(backends(c.answer(outside, node_port)), "allow 10.0.0.1=allow");
    expect(c, {{outside, "web/site TCP/8080", "deny"}});
}

TEST(Section3, Line8DoorsOfOneNumberDifferByProtocol) {
    const cluster c{a_pod("web/site", "10.0.0.1"),
                    a_service("web/site", "ports: [{name: t, port: 53, nodePort: 30053}, {name: u, "
                                          "port: 53, protocol: UDP, nodePort: 30053}]"),
                    a_slice("web/site", "10.0.0.1@site",
                            "{name: t, port: 53}, {name: u, port: 53, protocol: UDP}"),
                    a_policy("web/udp", "podSelector: {}, ingress: [{ports: [{protocol: UDP}]}]")};
    expect(c, {{outside, "nodeport:TCP/30053", "deny"}, {outside, "nodeport:UDP/30053", "allow"}});
}

} // namespace
} // namespace nodewall::test
