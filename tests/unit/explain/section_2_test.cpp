// SEMANTICS section 2, "NetworkPolicy": a test for each of its lines, named by the line's number
// and its first words. The paragraph's own sentence is line 0.
#include "cluster.hpp"

#include <gtest/gtest.h>

namespace nodewall::test {
namespace {

constexpr auto outside = "203.0.113.7";

/// One pod with the policy, and peers in three namespaces.
cluster with(std::string_view spec) {
    return {a_namespace("web", "team: red"),
            a_namespace("blue", "team: blue"),
            a_pod("web/site", "10.0.0.1, fd00::1", "app: site",
                  "containers: [{ports: [{name: http, containerPort: 8080}]}]"),
            a_pod("web/peer", "10.0.0.2, fd00::2", "app: peer"),
            a_pod("web/other", "10.0.0.3"),
            a_pod("blue/peer", "10.0.1.2", "app: peer"),
            a_pod("blue/other", "10.0.1.3"),
            a_pod("red/peer", "10.0.2.2", "app: peer"),
            a_policy("web/policy", spec)};
}

std::string on_site(std::string_view rest) {
    return "podSelector: {matchLabels: {app: site}}, " + std::string(rest);
}

constexpr auto site = "web/site TCP/8080";

TEST(Section2, Line0OldObjectsAreReadTheSameWay) {
    cluster c{a_pod("web/site", "10.0.0.1"),
              "{apiVersion: extensions/v1beta1, kind: NetworkPolicy, metadata: {name: old, "
              "namespace: web}, spec: {podSelector: {}, ingress: [{ports: [{port: 80}]}]}}"};
    expect(c, {{outside, "web/site TCP/80", "allow"}, {outside, "web/site TCP/81", "deny"}});
}

TEST(Section2, Line1APolicySelectsPodsOfItsOwnNamespace) {
    auto c = with("podSelector: {matchLabels: {app: peer}}");
    expect(c, {{outside, "web/peer TCP/80", "deny"},
               {outside, "blue/peer TCP/80", "allow"},
               {outside, "web/site TCP/80", "allow"}});
    c.add(a_policy("blue/all", "podSelector: {}"));
    expect(c, {{outside, "blue/peer TCP/80", "deny"}, {outside, "blue/other TCP/80", "deny"}});
}

TEST(Section2, Line1IsolationIsPerDirection) {
    const auto ingress = with(on_site("policyTypes: [Ingress]"));
    expect(ingress, {{outside, site, "deny"}, {"web/site", "203.0.113.7 TCP/80", "allow"}});
    const auto egress = with(on_site("policyTypes: [Egress]"));
    expect(egress, {{outside, site, "allow"},
                    {"web/site", "203.0.113.7 TCP/80", "deny"},
                    {"web/site", "web/peer TCP/80", "deny"},
                    {"web/peer", site, "allow"}});
}

TEST(Section2, Line1TheUnionOfAllPoliciesPassesInAnyOrder) {
    const auto a =
        a_policy("web/a", on_site("ingress: [{from: [{ipBlock: {cidr: 198.51.0.0/16}}]}]"));
    const auto b = a_policy("web/b", on_site("ingress: [{ports: [{port: 443}]}]"));
    for (const auto& [first, second] : {std::pair(a, b), std::pair(b, a)}) {
        auto c = with(on_site("policyTypes: [Ingress]"));
        c.add(first);
        c.add(second);
        expect(c, {{"198.51.9.9", "web/site TCP/80", "allow"},
                   {outside, "web/site TCP/443", "allow"},
                   {outside, "web/site TCP/80", "deny"}});
    }
}

TEST(Section2, Line2NullMeansAbsent) {
    const auto c = with(on_site("policyTypes: null, egress: null, ingress: [{from: null, ports: "
                                "[{port: 80, protocol: null, endPort: null}]}]"));
    expect(c, {{outside, "web/site TCP/80", "allow"},
               {outside, "web/site TCP/81", "deny"},
               {"web/site", "203.0.113.7 TCP/80", "allow"}});
}

TEST(Section2, Line3PolicyTypesAbsent) {
    const auto without = with("podSelector: {}");
    expect(without, {{outside, site, "deny"}, {"web/site", "203.0.113.7 TCP/80", "allow"}});
    const auto empty = with("podSelector: {}, egress: []");
    expect(empty, {{outside, site, "deny"}, {"web/site", "203.0.113.7 TCP/80", "allow"}});
    const auto with_rule = with("podSelector: {}, egress: [{ports: [{port: 53}]}]");
    expect(with_rule, {{outside, site, "deny"},
                       {"web/site", "203.0.113.7 TCP/53", "allow"},
                       {"web/site", "203.0.113.7 TCP/80", "deny"}});
}

TEST(Section2, Line4WhatIsAbsentAndWhatIsEmpty) {
    expect(with(on_site("policyTypes: [Ingress]")), {{outside, site, "deny"}});
    expect(with(on_site("ingress: []")), {{outside, site, "deny"}});
    expect(with(on_site("ingress: [{}]")), {{outside, site, "allow"}});
    expect(with(on_site("ingress: [{from: []}]")), {{outside, site, "allow"}});
    expect(with(on_site("ingress: [{from: [], ports: []}]")),
           {{outside, site, "allow"}, {outside, "web/site UDP/53", "allow"}});
    expect(with(on_site("ingress: [{from: [{podSelector: {matchLabels: {app: nobody}}}]}]")),
           {{outside, site, "deny"}, {"web/peer", site, "deny"}});
    expect(with(on_site("policyTypes: [Egress]")), {{"web/site", "203.0.113.7 TCP/80", "deny"}});
    expect(with(on_site("policyTypes: [Egress], egress: [{}]")),
           {{"web/site", "203.0.113.7 TCP/80", "allow"}});
    expect(with(on_site("policyTypes: [Egress], egress: [{to: [], ports: [{port: 80}]}]")),
           {{"web/site", "203.0.113.7 TCP/80", "allow"}, {"web/site", "web/peer TCP/81", "deny"}});
}

TEST(Section2, Line5Peers) {
    expect(with(on_site("ingress: [{from: [{podSelector: {matchLabels: {app: peer}}}]}]")),
           {{"web/peer", site, "allow"},
            {"web/other", site, "deny"},
            {"blue/peer", site, "deny"},
            {"10.0.0.2", site, "allow"},
            {"fd00::2", site, "allow"},
            {outside, site, "deny"}});
    expect(
        with(on_site("ingress: [{from: [{namespaceSelector: {matchLabels: {team: blue}}}]}]")),
        {{"blue/peer", site, "allow"}, {"blue/other", site, "allow"}, {"web/peer", site, "deny"}});
    expect(
        with(on_site("ingress: [{from: [{namespaceSelector: {matchLabels: {team: blue}}, "
                     "podSelector: {matchLabels: {app: peer}}}]}]")),
        {{"blue/peer", site, "allow"}, {"blue/other", site, "deny"}, {"web/peer", site, "deny"}});
    expect(with(on_site("ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}]}]")),
           {{outside, site, "allow"}, {"198.51.100.1", site, "deny"}, {"web/peer", site, "deny"}});
    expect(with(on_site("policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: "
                        "{team: blue}}, podSelector: {matchLabels: {app: peer}}}]}]")),
           {{"web/site", "blue/peer TCP/80", "allow"},
            {"web/site", "blue/other TCP/80", "deny"},
            {"web/site", "203.0.113.7 TCP/80", "deny"}});
}

TEST(Section2, Line5PeersAndRulesAreUnions) {
    const auto c = with(on_site(
        "ingress: [{from: [{podSelector: {matchLabels: {app: peer}}}, {ipBlock: {cidr: "
        "203.0.113.0/24}}], ports: [{port: 80}]}, {from: [{namespaceSelector: {matchLabels: {team: "
        "blue}}}], ports: [{port: 81}]}]"));
    expect(c, {{"web/peer", "web/site TCP/80", "allow"},
               {outside, "web/site TCP/80", "allow"},
               {"blue/peer", "web/site TCP/81", "allow"},
               {"web/peer", "web/site TCP/81", "deny"},
               {"blue/peer", "web/site TCP/80", "deny"}});
}

TEST(Section2, Line6Selectors) {
    const auto from = [](std::string_view selector) {
        return with(on_site("ingress: [{from: [{podSelector: " + std::string(selector) + "}]}]"));
    };
    expect(from("{matchExpressions: [{key: app, operator: In, values: [peer, x]}]}"),
           {{"web/peer", site, "allow"}, {"web/other", site, "deny"}});
    expect(from("{matchExpressions: [{key: app, operator: NotIn, values: [peer]}]}"),
           {{"web/peer", site, "deny"}, {"web/other", site, "allow"}});
    expect(from("{matchExpressions: [{key: app, operator: Exists}]}"),
           {{"web/peer", site, "allow"}, {"web/other", site, "deny"}});
    expect(from("{matchExpressions: [{key: app, operator: DoesNotExist}]}"),
           {{"web/peer", site, "deny"}, {"web/other", site, "allow"}});
    expect(from("{matchLabels: {app: peer}, matchExpressions: [{key: tier, operator: Exists}]}"),
           {{"web/peer", site, "deny"}, {"web/other", site, "deny"}});
}

TEST(Section2, Line6TheNameOfANamespaceWorksAsItsLabel) {
    const auto c = with(on_site("ingress: [{from: [{namespaceSelector: {matchLabels: "
                                "{kubernetes.io/metadata.name: blue}}}, {namespaceSelector: "
                                "{matchLabels: {kubernetes.io/metadata.name: red}}}]}]"));
    expect(c, {{"blue/peer", site, "allow"},
               {"red/peer", site, "allow"}, // the log does not know that namespace
               {"web/peer", site, "deny"}});
}

TEST(Section2, Line6ARuleWithASelectorThatIsNotValidAdmitsNobody) {
    const auto c = with(on_site(
        "ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: Within}]}}, "
        "{ipBlock: {cidr: 203.0.113.0/24}}]}, {from: [{podSelector: {matchLabels: {app: "
        "peer}}}]}]"));
    expect(c, {{outside, site, "deny"}, {"web/peer", site, "allow"}});
    const auto warned = c.answer(outside, site);
    ASSERT_EQ(steps(warned), "ingress ignore web/policy #9; ingress deny web/policy #9");
    EXPECT_TRUE(warned.steps[0].why.starts_with("ingress[0] admits nobody")) << warned.steps[0].why;
    EXPECT_EQ(steps(c.answer("web/peer", site)), "egress allow; ingress allow web/policy #9 [1]")
        << "the place in the object, whatever was left out before it";
}

TEST(Section2, Line6ASubjectThatIsNotValidSelectsNobody) {
    const auto c = with("podSelector: {matchExpressions: [{key: app, operator: Within}]}");
    expect(c, {{outside, site, "allow"}});
    EXPECT_EQ(steps(c.answer(outside, site)), "ingress ignore web/policy #9; ingress allow");
}

TEST(Section2, Line7ExceptTakesOutOfItsOwnPeerOnly) {
    const auto c = with(on_site("ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: "
                                "[10.1.2.0/24]}}, {ipBlock: {cidr: 10.1.0.0/16}}]}]"));
    expect(c,
           {{"10.1.2.5", site, "allow"}, {"10.9.9.9", site, "allow"}, {"11.1.2.5", site, "deny"}});
    const auto alone =
        with(on_site("ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.2.0/24]}}]}]"));
    expect(alone, {{"10.1.2.5", site, "deny"}, {"10.1.3.5", site, "allow"}});
}

TEST(Section2, Line7BlocksHoldPodsAndNodesHostBitsCountForNothingZeroIsAll) {
    auto c = with(on_site("ingress: [{from: [{ipBlock: {cidr: 10.0.1.77/24}}, {ipBlock: {cidr: "
                          "192.0.2.20/32}}]}]"));
    c.add(a_node("node-2", "192.0.2.20"));
    expect(c, {{"blue/peer", site, "allow"},
               {"10.0.1.250", site, "allow"},
               {"red/peer", site, "deny"},
               {"192.0.2.20", site, "allow"}});
    const auto all = with(on_site("ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]"));
    expect(all, {{outside, site, "allow"},
                 {"web/other", "10.0.0.1 TCP/8080", "allow"},
                 {"2001:db8::7", "fd00::1 TCP/8080", "deny"}});
    const auto all6 = with(on_site("ingress: [{from: [{ipBlock: {cidr: '::/0'}}]}]"));
    expect(all6, {{outside, site, "deny"}, {"2001:db8::7", "fd00::1 TCP/8080", "allow"}});
}

TEST(Section2, Line7MappedAddressesAreIPv4) {
    const auto c =
        with(on_site("ingress: [{from: [{ipBlock: {cidr: '::ffff:203.0.113.0/120'}}]}]"));
    expect(c, {{outside, site, "allow"},
               {"::ffff:203.0.113.7", site, "allow"},
               {"198.51.100.1", "::ffff:10.0.0.1 TCP/80", "deny"}});
}

TEST(Section2, Line8Protocols) {
    const auto ports = [](std::string_view list) {
        return with(on_site("ingress: [{ports: [" + std::string(list) + "]}]"));
    };
    expect(ports("{}"),
           {{outside, "web/site TCP/9", "allow"}, {outside, "web/site UDP/9", "deny"}});
    expect(ports("{protocol: UDP}"),
           {{outside, "web/site UDP/9", "allow"}, {outside, "web/site TCP/9", "deny"}});
    expect(ports("{protocol: SCTP, port: 9}"), {{outside, "web/site SCTP/9", "allow"},
                                                {outside, "web/site SCTP/8", "deny"},
                                                {outside, "web/site TCP/9", "deny"}});
    expect(ports("{port: 80, endPort: 90}"), {{outside, "web/site TCP/79", "deny"},
                                              {outside, "web/site TCP/80", "allow"},
                                              {outside, "web/site TCP/90", "allow"},
                                              {outside, "web/site TCP/91", "deny"}});
    expect(ports("{port: http, endPort: 9000}"), {{outside, site, "deny"}});
}

TEST(Section2, Line8ANamedPortIsTheDestinationsOwn) {
    cluster c{
        a_pod("web/a", "10.0.0.1", {},
              "containers: [{ports: [{name: http, containerPort: 8080}, {name: http, "
              "containerPort: 53, protocol: UDP}]}, {ports: [{name: http, containerPort: 9090}]}]"),
        a_pod("web/b", "10.0.0.2", {},
              "initContainers: [{restartPolicy: Always, ports: [{name: http, containerPort: "
              "80}]}, {ports: [{name: http, containerPort: 81}]}]"),
        a_policy("web/http", "podSelector: {}, ingress: [{ports: [{port: http}]}]")};
    expect(c, {{outside, "web/a TCP/8080", "allow"},
               {outside, "web/a TCP/9090", "allow"},
               {outside, "web/a TCP/80", "deny"},
               {outside, "web/a UDP/53", "deny"},
               {outside, "web/b TCP/80", "allow"},
               {outside, "web/b TCP/81", "deny"}});
}

TEST(Section2, Line8ANamedPortOnEgressIsThatOfThePodsInTheBlock) {
    const auto c = with("podSelector: {matchLabels: {app: peer}}, policyTypes: [Egress], egress: "
                        "[{to: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: http}]}]");
    expect(c, {{"web/peer", site, "allow"},
               {"web/peer", "web/site TCP/80", "deny"},
               {"web/peer", "web/other TCP/8080", "deny"},
               {"web/peer", "10.200.0.1 TCP/8080", "deny"}});
}

TEST(Section2, Line9PolicyPortsArePortsOfThePod) {
    const auto behind = [](std::string_view port) {
        return cluster{
            a_node("node-1", "192.0.2.10"),
            a_pod("web/site", "10.0.0.1"),
            a_pod("web/dialer", "10.0.0.2"),
            a_service("web/site"),
            a_slice("web/site", "10.0.0.1@site"),
            a_policy("web/p", "podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{ports: "
                              "[{port: " +
                                  std::string(port) +
                                  "}]}], egress: [{ports: [{port: " + std::string(port) + "}]}]")};
    };
    for (const auto* from : {outside, "web/dialer"}) {
        expect(behind("8080"),
               {{from, "nodeport:TCP/30051", "allow"}, {from, "10.96.0.1 TCP/80", "allow"}});
        expect(behind("80"),
               {{from, "nodeport:TCP/30051", "deny"}, {from, "10.96.0.1 TCP/80", "deny"}});
        expect(behind("30051"), {{from, "nodeport:TCP/30051", "deny"}});
    }
}

} // namespace
} // namespace nodewall::test
