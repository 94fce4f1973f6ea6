// SEMANTICS section 3, the table: hostPorts of local pods are front doors.
#include "cluster.hpp"
#include "ruleset/evaluator.hpp"

#include <gtest/gtest.h>

namespace nodewall::test {
namespace {

constexpr auto outside = "203.0.113.9";
constexpr auto admitted = "198.51.100.9";
constexpr std::uint16_t number = 9000;

model::pod_object with_host_port(std::string_view key, std::string_view address,
                                 std::string host_ip = {}) {
    auto pod = a_pod(key, {address});
    pod.node_name = "here";
    pod.ports.push_back({.port = 8080, .host_port = number, .host_ip = std::move(host_ip)});
    return pod;
}

/// Pods of namespace a are isolated but for 198.51.100.0/24.
struct HostPortDoors : testing::Test {
    HostPortDoors() {
        model::policy_rule rule;
        rule.peers = {block("198.51.100.0/24")};
        c.add(a_policy("a/policy", {rule}));
    }
    cluster c;
};

TEST_F(HostPortDoors, OfAnIsolatedPodAreShutOnAnyLocalAddress) {
    c.add(with_host_port("a/pod", "10.0.0.1"));
    const auto rules = c.compile();
    EXPECT_FALSE(dial_node(rules, outside, number));
    EXPECT_TRUE(dial_node(rules, admitted, number));
    EXPECT_TRUE(dial_node(rules, outside, number, model::protocol::udp));
    EXPECT_TRUE(dial(rules, outside, "203.0.113.200", number)) << "no address of the node";
}

TEST_F(HostPortDoors, WithAHostIpAreShutThere) {
    c.add(with_host_port("a/pod", "10.0.0.1", "192.0.2.50"));
    const auto rules = c.compile();
    EXPECT_FALSE(dial(rules, outside, "192.0.2.50", number));
    EXPECT_TRUE(dial(rules, admitted, "192.0.2.50", number));
    EXPECT_TRUE(dial_node(rules, outside, number));
}

TEST_F(HostPortDoors, OfPodsThatArePolicysNotOrRunElsewhereAreOpen) {
    c.add(with_host_port("b/free", "10.0.0.2"));
    auto elsewhere = with_host_port("a/elsewhere", "10.0.0.3");
    elsewhere.node_name = "there";
    c.add(elsewhere);
    auto host = with_host_port("a/host", "10.0.0.4");
    host.host_network = true;
    c.add(host);
    auto done = with_host_port("a/done", "10.0.0.5");
    done.phase = model::pod_phase::succeeded;
    c.add(done);
    EXPECT_TRUE(dial_node(c.compile(), outside, number));
}

TEST_F(HostPortDoors, OfAPodThatIsNotUnderstoodAreShut) {
    auto pod = with_host_port("b/odd", "10.0.0.2");
    pod.meta.not_understood = {"spec.containers[0].ports[1].containerPort is -1"};
    c.add(pod);
    EXPECT_FALSE(dial_node(c.compile(), outside, number));
}

TEST_F(HostPortDoors, AreOneDoorWithANodePortOfTheSameNumber) {
    c.add(with_host_port("a/pod", "10.0.0.1"));
    const auto free = a_pod("b/free", {"10.0.0.2"});
    c.add(free);
    c.add(a_service("b/service", number));
    c.add(a_slice("b/service", {to_pod(free)}));
    auto rules = c.compile();
    EXPECT_FALSE(dial_node(rules, outside, number)) << "the pod of the hostPort refuses it";
    EXPECT_TRUE(dial_node(rules, admitted, number)) << "a pod of each namespace admits it";

    c.add(a_policy("b/deny"));
    rules = c.compile();
    EXPECT_FALSE(dial_node(rules, outside, number));
    EXPECT_FALSE(dial_node(rules, admitted, number));
}

TEST_F(HostPortDoors, AreOneDoorWithAnExternalAddressOfTheNode) {
    model::node_object node;
    node.meta.key = {"", "here"};
    node.addresses = {ip("192.0.2.1")};
    c.state.objects.nodes[node.meta.key] = node;
    c.add(with_host_port("a/pod", "10.0.0.1"));
    const auto isolated = a_pod("b/isolated", {"10.0.0.2"});
    c.add(isolated);
    auto service = a_service("b/service", 0);
    service.type = model::service_type::cluster_ip;
    service.external_ips = {ip("192.0.2.1")};
    service.ports.front().port = number;
    c.add(service);
    c.add(a_slice("b/service", {to_pod(isolated)}));
    auto rules = c.compile();
    EXPECT_FALSE(dial(rules, outside, "192.0.2.1", number));
    EXPECT_TRUE(dial(rules, admitted, "192.0.2.1", number));
    c.add(a_policy("b/deny"));
    rules = c.compile();
    EXPECT_FALSE(dial(rules, admitted, "192.0.2.1", number));
}

/// They answer where NodePorts do not.
TEST_F(HostPortDoors, AnswerOutsideOfNodePortAddressesToo) {
    c.settings.node_port_addresses = {net("192.0.2.0/24")};
    model::node_object node;
    node.meta.key = {"", "here"};
    node.addresses = {ip("192.0.2.1"), ip("198.18.0.1")};
    c.state.objects.nodes[node.meta.key] = node;
    c.add(with_host_port("a/pod", "10.0.0.1"));
    const auto rules = c.compile();
    const auto passes = [&](std::string_view source, std::string_view address) {
        return ruleset::evaluator(rules).admits({.source = ip(source),
                                                 .destination = ip(address),
                                                 .port = number,
                                                 .destination_local = true});
    };
    for (const auto* address : {"192.0.2.1", "198.18.0.1", "198.18.0.99"}) { // one is not listed
        EXPECT_FALSE(passes(outside, address)) << address;
        EXPECT_TRUE(passes(admitted, address)) << address;
    }
}

TEST_F(HostPortDoors, FollowTheirPod) {
    c.add(with_host_port("a/pod", "10.0.0.1"));
    c.resolve();
    compiler::compiler compiled(c.settings);
    EXPECT_FALSE(dial_node(compiled.compile(c.state), outside, number));
    const model::change of_pod{.kind = model::change::what::pod, .key = key("a/pod")};
    auto& pod = c.state.objects.pods.at(key("a/pod"));
    pod.ports.front().host_port = number + 1;
    auto rules = compiled.recompile(c.state, {of_pod});
    EXPECT_TRUE(dial_node(rules, outside, number));
    EXPECT_FALSE(dial_node(rules, outside, number + 1));
    c.state.objects.pods.erase(key("a/pod"));
    c.resolve();
    rules = compiled.recompile(c.state, {of_pod});
    EXPECT_TRUE(dial_node(rules, outside, number + 1));
}

} // namespace
} // namespace nodewall::test
