// SEMANTICS section 3, below the table: doors with equal address, protocol and port are one door.
#include "cluster.hpp"
#include "compiler/overview.hpp"
#include "ruleset/evaluator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace nodewall::test {
namespace {

using testing::ElementsAre;

constexpr auto outside = "203.0.113.9";
constexpr auto elsewhere = "198.51.100.9";
constexpr auto node_address = "192.0.2.1";
constexpr auto external_unit = "door/ipv4/external/192.0.2.1/TCP/30051";

/// Service a/port has NodePort 30051, b/address number 30051 on the node's own address; each has a
/// pod that is isolated by the policy of its namespace.
class MergedDoors : public testing::Test {
protected:
    MergedDoors() {
        node_is_at({ip(node_address)});
        const auto port = a_pod("a/pod", {"10.0.0.1"});
        const auto address = a_pod("b/pod", {"10.0.0.2"});
        c.add(port);
        c.add(address);
        auto node_port = a_service("a/port", 30051);
        node_port.cluster_ips.clear();
        c.add(node_port);
        auto external = a_service("b/address", 0);
        external.type = model::service_type::cluster_ip;
        external.cluster_ips.clear();
        external.external_ips = {ip(node_address)};
        external.ports.front().port = 30051;
        c.add(external);
        c.add(a_slice("a/port", {to_pod(port)}));
        c.add(a_slice("b/address", {to_pod(address)}));
        c.add(a_policy("a/deny"));
        c.add(a_policy("b/deny"));
    }

    void node_is_at(std::vector<model::ip_address> addresses) {
        model::node_object node;
        node.meta.key = {"", "here"};
        node.addresses = std::move(addresses);
        c.state.objects.nodes[node.meta.key] = node;
    }
    void admits(std::string_view policy, std::string_view cidr) {
        model::policy_rule rule;
        rule.peers = {block(cidr)};
        c.add(a_policy(policy, {rule}));
    }
    /// A client dials the number on the node's own address.
    bool dial_place(std::string_view source) {
        return ruleset::evaluator(c.compile())
            .admits({.source = ip(source),
                     .destination = ip(node_address),
                     .port = 30051,
                     .destination_local = true});
    }

    cluster c;
};

TEST_F(MergedDoors, AreShutWhereBothRefuse) {
    EXPECT_FALSE(dial_place(outside));
}

TEST_F(MergedDoors, AdmitWhomTheBackendsOfEachNamespaceAdmit) {
    admits("a/admit", "203.0.113.0/24");
    EXPECT_FALSE(dial_place(outside)) << "the backend of the address does not";
    admits("b/admit", "198.51.100.0/24");
    EXPECT_FALSE(dial_place(outside));
    EXPECT_FALSE(dial_place(elsewhere));
    admits("b/more", "203.0.113.9/32");
    EXPECT_TRUE(dial_place(outside));
    EXPECT_FALSE(dial_place("203.0.113.10"));
}

TEST_F(MergedDoors, AreShutWhereOneIs) {
    c.state.objects.policies.erase(policy_id("b/deny"));
    EXPECT_FALSE(dial_place(outside));
    EXPECT_FALSE(dial_node(c.compile(), outside, 30051)) << "on the node's other addresses";
    c.add(a_policy("b/deny"));
    c.state.objects.policies.erase(policy_id("a/deny"));
    EXPECT_FALSE(dial_place(outside));
}

TEST_F(MergedDoors, OfOneNamespaceAdmitWhomOneOfThemAdmits) {
    auto& external = c.state.objects.services;
    external.erase(key("b/address"));
    auto address = a_service("a/address", 0);
    address.type = model::service_type::cluster_ip;
    address.cluster_ips.clear();
    address.external_ips = {ip(node_address)};
    address.ports.front().port = 30051;
    c.add(address);
    const auto open = a_pod("a/open", {"10.0.0.3"}, {{"app", "open"}});
    c.add(open);
    c.add(a_slice("a/address", {to_pod(open)}));
    auto admit = a_policy("a/admit", {model::policy_rule{}});
    admit.pod_selector = with_labels({{"app", "open"}});
    c.add(admit);
    EXPECT_TRUE(dial_place(outside));
    EXPECT_FALSE(dial_node(c.compile(), outside, 30051)) << "on the node's other addresses";
}

/// An address that the node has and its Node does not list, an almost open door on it.
TEST_F(MergedDoors, OnAnAddressThatTheNodeDoesNotListNoneEndsTheCheckOfAnother) {
    c.state.objects.policies.erase(policy_id("b/deny"));
    model::policy_rule almost;
    almost.peers = {block("0.0.0.0/0", {"192.0.2.200/32"})};
    c.add(a_policy("b/almost", {almost}));
    node_is_at({ip("192.0.2.99")});
    EXPECT_FALSE(dial_place(outside)) << "the NodePort's backend refuses it";
    EXPECT_TRUE(dial(c.compile(), outside, node_address, 30051)) << "where the node has it not";
    admits("a/admit", "203.0.113.0/24");
    EXPECT_TRUE(dial_place(outside));
    EXPECT_FALSE(dial_place("192.0.2.200"));
    c.state.objects.policies.erase(policy_id("b/almost"));
    c.state.objects.policies.erase(policy_id("a/admit"));
    EXPECT_FALSE(dial_place(outside)) << "an open one does not either";
}

/// As IPVS has them, clusterIPs are addresses of the node.
TEST_F(MergedDoors, WhomTheClusterGaveAnAddressHasItsPortAlone) {
    c.state.objects.policies.erase(policy_id("b/deny"));
    for (const bool balancer : {false, true}) {
        auto given = a_service("b/address", 0);
        given.cluster_ips.clear();
        auto& addresses = balancer ? given.load_balancer_ips : given.cluster_ips;
        addresses.push_back(ip("192.0.2.77"));
        given.ports.front().port = 30051;
        c.add(given);
        const auto rules = c.compile();
        EXPECT_TRUE(ruleset::evaluator(rules).admits({.source = ip(outside),
                                                      .destination = ip("192.0.2.77"),
                                                      .port = 30051,
                                                      .destination_local = true}))
            << "whatever the NodePort's backends say";
        EXPECT_FALSE(dial_node(rules, outside, 30051));
    }
}

TEST_F(MergedDoors, AnExternalAddressDoesNotShutTheLoadBalancersThatHasIt) {
    auto given = a_service("a/given", 0);
    given.cluster_ips.clear();
    given.load_balancer_ips = {ip("192.0.2.77")};
    given.ports.front().port = 30051;
    c.add(given);
    const auto open = a_pod("c/open", {"10.0.0.9"});
    c.add(open);
    c.add(a_slice("a/given", {to_pod(open)}));
    c.state.objects.services.at(key("b/address")).external_ips = {ip("192.0.2.77")};
    EXPECT_TRUE(dial(c.compile(), outside, "192.0.2.77", 30051));
    c.add(a_policy("c/deny"));
    c.state.objects.policies.erase(policy_id("b/deny"));
    EXPECT_FALSE(dial(c.compile(), outside, "192.0.2.77", 30051));
}

TEST_F(MergedDoors, OneWithNothingBehindItHasNoSay) {
    c.add(a_slice("b/address", {}));
    EXPECT_FALSE(dial_place(outside));
    c.add(a_slice("a/port", {}));
    EXPECT_TRUE(dial_place(outside)) << "nothing stands behind either";
}

TEST_F(MergedDoors, AreTwoWhereTheAddressIsNotTheNodes) {
    c.state.objects.policies.erase(policy_id("a/deny"));
    node_is_at({ip("192.0.2.99")});
    EXPECT_FALSE(dial(c.compile(), outside, node_address, 30051));
}

TEST_F(MergedDoors, AreTwoWhereNodePortsDoNotAnswerOnTheAddress) {
    c.state.objects.policies.erase(policy_id("a/deny"));
    c.settings.node_port_addresses = {net("10.0.0.0/8")};
    EXPECT_FALSE(dial_place(outside));
}

TEST_F(MergedDoors, PodsAreJudgedByTheBackendsOfBoth) {
    c.add(a_pod("c/client", {"10.0.0.9"}, {{"app", "client"}}));
    model::policy_rule rule;
    rule.peers = {namespaces({})};
    c.add(a_policy("a/pods", {rule}));
    c.add(a_policy("b/pods", {rule}));
    c.add(a_namespace("c", {}));
    EXPECT_TRUE(dial_place("10.0.0.9"));
    EXPECT_FALSE(dial_place(outside));
}

TEST_F(MergedDoors, AnExternalAddressAndAClusterAddressAreOneToo) {
    auto third = a_service("a/third", 0);
    third.cluster_ips = {ip("192.0.2.77")};
    third.ports.front().port = 30051;
    c.add(third);
    c.add(a_slice("a/third", {to_pod(c.state.objects.pods.at(key("a/pod")))}));
    auto& external = c.state.objects.services.at(key("b/address"));
    external.external_ips = {ip("192.0.2.77")};
    EXPECT_FALSE(dial(c.compile(), outside, "192.0.2.77", 30051));
    admits("a/admit", "203.0.113.0/24");
    EXPECT_TRUE(dial(c.compile(), outside, "192.0.2.77", 30051));
}

TEST_F(MergedDoors, AreCausedByBothServicesAndNamedWhereTheirBackendsDiffer) {
    admits("a/admit", "203.0.113.0/24");
    const auto rules = c.compile();
    const auto& causes = rules.units().at(external_unit)->causes;
    EXPECT_TRUE(std::ranges::any_of(causes, [](const auto& x) { return x.key == key("a/port"); }));
    EXPECT_TRUE(
        std::ranges::any_of(causes, [](const auto& x) { return x.key == key("b/address"); }));
    EXPECT_THAT(
        c.findings(),
        ElementsAre("front door external 192.0.2.1 TCP/30051: front door external "
                    "192.0.2.1 TCP/30051 of Service b/address and front door nodeport "
                    "TCP/30051 of Service a/port are one: its backends are not of its Service's "
                    "namespace alone; it is open to whomever a backend of each namespace with "
                    "a Service here admits, and each other backend"));
}

TEST_F(MergedDoors, TheOverviewTellsThem) {
    admits("a/admit", "203.0.113.0/24");
    c.resolve();
    compiler::compiler compiled(c.settings);
    compiled.compile(c.state);
    const auto all = compiler::look_over(c.state, compiled);
    const auto door = std::ranges::find_if(all.doors, [](const auto& d) {
        return d.compiled.door.what == model::door_class::external;
    });
    ASSERT_NE(door, all.doors.end());
    EXPECT_EQ(door->stands, compiler::door_overview::status::mixed);
    EXPECT_EQ(door->backends.size(), 2U);
    ASSERT_EQ(door->compiled.one_with.size(), 1U);
    EXPECT_EQ(door->compiled.one_with.front().second.key, key("a/port"));
    EXPECT_FALSE(dial_place("203.0.113.9"));
}

TEST_F(MergedDoors, PartWhenOneOfThemGoesOrTheNodeMoves) {
    using what = model::change::what;
    c.state.objects.policies.erase(policy_id("b/deny"));
    c.resolve();
    compiler::compiler compiler(c.settings);
    const auto together = compiler.compile(c.state);
    const auto admits_everyone = [](const ruleset::ruleset& rules) {
        return dial(rules, outside, node_address, 30051);
    };
    ASSERT_FALSE(admits_everyone(together)) << "the NodePort refuses";
    ASSERT_TRUE(together.units().contains(external_unit));

    const auto expect_as_anew = [&](std::set<model::change> changes) {
        c.resolve();
        auto after = compiler.recompile(c.state, changes);
        EXPECT_EQ(after.digest_lines(),
                  compiler::compiler(c.settings).compile(c.state).digest_lines());
        return after;
    };
    node_is_at({});
    auto after = expect_as_anew({{.kind = what::node, .key = {"", "here"}}});
    EXPECT_TRUE(admits_everyone(after)) << "the address alone";
    node_is_at({ip(node_address)});
    expect_as_anew({{.kind = what::node, .key = {"", "here"}}});
    const auto port = c.state.objects.services.extract(key("a/port"));
    after = expect_as_anew({{.kind = what::service, .key = key("a/port")}});
    EXPECT_TRUE(admits_everyone(after)) << "the address alone";
    c.add(port.mapped());
    expect_as_anew({{.kind = what::service, .key = key("a/port")}});
}

} // namespace
} // namespace nodewall::test
