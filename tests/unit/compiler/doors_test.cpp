// SEMANTICS section 3: where a Service meets the outside.
#include "base/limits.hpp"
#include "cluster.hpp"
#include "compiler/doors/front_doors.hpp"
#include "ruleset/evaluator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr auto outside = "203.0.113.9";

std::vector<std::string> doors_of(const model::service_object& service) {
    std::vector<std::string> names;
    for (const auto& [door, ports] : compiler::front_doors_of(service))
        names.push_back(door.unit_name());
    return names;
}

TEST(FrontDoors, OfTypeNodePort) {
    EXPECT_THAT(doors_of(a_service("web/site")),
                UnorderedElementsAre("door/ipv4/nodeport/TCP/30051",
                                     "door/ipv4/clusterip/10.96.0.1/TCP/80"));
}

TEST(FrontDoors, OfTypeLoadBalancer) {
    auto service = a_service("web/site");
    service.type = model::service_type::load_balancer;
    service.load_balancer_ips = {ip("192.0.2.1"), ip("2001:db8::1")};
    EXPECT_THAT(doors_of(service), UnorderedElementsAre("door/ipv4/nodeport/TCP/30051",
                                                        "door/ipv4/external/192.0.2.1/TCP/80",
                                                        "door/ipv6/external/2001:db8::1/TCP/80",
                                                        "door/ipv4/clusterip/10.96.0.1/TCP/80"));
}

TEST(FrontDoors, ANodePortNumberOfTypeClusterIpMeansNothing) {
    auto service = a_service("web/site");
    service.type = model::service_type::cluster_ip;
    service.external_ips = {ip("192.0.2.1"), ip("192.0.2.1")};
    EXPECT_THAT(doors_of(service), UnorderedElementsAre("door/ipv4/external/192.0.2.1/TCP/80",
                                                        "door/ipv4/clusterip/10.96.0.1/TCP/80"));
}

TEST(FrontDoors, OfALoadBalancerWithoutNodePorts) {
    auto service = a_service("web/site", 0);
    service.type = model::service_type::load_balancer;
    EXPECT_THAT(doors_of(service), ElementsAre("door/ipv4/clusterip/10.96.0.1/TCP/80"));
}

TEST(FrontDoors, HeadlessAndExternalNameHaveNone) {
    auto service = a_service("web/site");
    service.external_ips = {ip("192.0.2.1")};
    service.type = model::service_type::external_name;
    EXPECT_THAT(doors_of(service), IsEmpty());
    service.type = model::service_type::cluster_ip;
    service.headless = true;
    EXPECT_THAT(doors_of(service), IsEmpty());
}

TEST(FrontDoors, ANodePortAnswersInTheFamiliesOfTheService) {
    auto service = a_service("web/site");
    service.cluster_ips.clear();
    EXPECT_THAT(doors_of(service),
                ElementsAre("door/ipv4/nodeport/TCP/30051", "door/ipv6/nodeport/TCP/30051"))
        << "nothing is said: either";
    service.cluster_ips = {ip("fd00:96::1")};
    EXPECT_THAT(doors_of(service), UnorderedElementsAre("door/ipv6/nodeport/TCP/30051",
                                                        "door/ipv6/clusterip/fd00:96::1/TCP/80"));
    service.ip_families = {model::family::ipv4, model::family::ipv6};
    EXPECT_THAT(doors_of(service),
                UnorderedElementsAre("door/ipv4/nodeport/TCP/30051", "door/ipv6/nodeport/TCP/30051",
                                     "door/ipv6/clusterip/fd00:96::1/TCP/80"));
}

TEST(FrontDoors, OfOneServiceThatClaimsOneTwiceLeadToBothPorts) {
    auto service = a_service("web/site");
    service.ports.push_back(service.ports.front());
    const auto doors = compiler::front_doors_of(service);
    ASSERT_EQ(doors.size(), 2U);
    EXPECT_EQ(doors.begin()->second.size(), 2U);
}

/// A cluster where web/site has one isolated pod behind it.
class ShutDoor : public testing::Test {
protected:
    ShutDoor() {
        c.add(pod);
        c.add(a_slice("web/site", {to_pod(pod)}));
        c.add(a_policy("web/deny"));
    }
    model::pod_object pod = a_pod("web/site", {"10.0.0.1"});
    model::service_object service = a_service("web/site");
    cluster c;
};

TEST_F(ShutDoor, IsShutByItsProtocolAndPortOnly) {
    c.add(service);
    const auto rules = c.compile();
    EXPECT_FALSE(dial_node(rules, outside, 30051));
    EXPECT_TRUE(dial_node(rules, outside, 30052));
    EXPECT_TRUE(dial_node(rules, outside, 30051, model::protocol::udp));
    EXPECT_TRUE(dial(rules, outside, "198.51.100.7", 30051)) << "no address of this node";
}

TEST_F(ShutDoor, OpensWhenThePolicyGoes) {
    c.add(service);
    EXPECT_FALSE(dial_node(c.compile(), outside, 30051));
    c.state.objects.policies.clear();
    EXPECT_TRUE(dial_node(c.compile(), outside, 30051));
}

TEST_F(ShutDoor, OnExternalAddresses) {
    service.type = model::service_type::load_balancer;
    service.external_ips = {ip("192.0.2.1")};
    service.load_balancer_ips = {ip("192.0.2.2")};
    c.add(service);
    const auto rules = c.compile();
    EXPECT_FALSE(dial(rules, outside, "192.0.2.1", 80));
    EXPECT_FALSE(dial(rules, outside, "192.0.2.2", 80));
    EXPECT_TRUE(dial(rules, outside, "192.0.2.2", 81));
    EXPECT_TRUE(dial(rules, outside, "192.0.2.3", 80));
}

TEST_F(ShutDoor, OnItsClusterAddressIsShutForOutsidersAndPodsPass) {
    c.add(a_pod("lab/client", {"10.0.0.9"}));
    c.add(service);
    const auto rules = c.compile();
    EXPECT_FALSE(dial(rules, outside, "10.96.0.1", 80));
    EXPECT_TRUE(dial(rules, "10.0.0.9", "10.96.0.1", 80)) << "judged as a pod, behind the DNAT";
}

TEST_F(ShutDoor, IsOpenToTheNodeItself) {
    c.add(service);
    EXPECT_TRUE(ruleset::evaluator(c.compile())
                    .admits({.source = ip("198.51.100.1"),
                             .destination = ip("198.51.100.1"),
                             .port = 30051,
                             .destination_local = true,
                             .in_interface = "lo"}));
}

TEST_F(ShutDoor, IsOpenToThePodBehindIt) {
    c.add(service);
    EXPECT_TRUE(dial_node(c.compile(), "10.0.0.1", 30051)); // SEMANTICS section 1, to itself
}

TEST_F(ShutDoor, IsOpenToWhoeverIsAlwaysAdmitted) {
    c.add(service);
    c.settings.always_admit = {net("203.0.113.0/28"), net("2001:db8::/32")};
    const auto rules = c.compile();
    EXPECT_TRUE(dial_node(rules, outside, 30051));
    EXPECT_FALSE(dial_node(rules, "203.0.113.99", 30051));
}

TEST_F(ShutDoor, NeverTakesAVitalPortOfTheNode) {
    service.external_ips = {ip("192.0.2.1")};
    service.ports.push_back({.name = "ssh", .port = 22, .target_port = {}, .node_port = 0});
    c.add(service);
    auto slice = a_slice("web/site", {to_pod(pod)});
    slice.ports.push_back({.name = "ssh", .port = 22});
    c.add(slice);
    EXPECT_TRUE(dial(c.compile(), outside, "192.0.2.1", 22)) << "no Node tells whose address it is";
    auto& node = c.state.objects.nodes[{"", "here"}];
    node.meta.key = {"", "here"};
    node.addresses = {ip("192.0.2.1")};
    EXPECT_TRUE(dial(c.compile(), outside, "192.0.2.1", 22));
    EXPECT_FALSE(dial(c.compile(), outside, "192.0.2.1", 80));
    node.addresses = {ip("198.51.100.1")};
    EXPECT_FALSE(dial(c.compile(), outside, "192.0.2.1", 22))
        << "a virtual address is not the host";
}

TEST_F(ShutDoor, AnswersOnlyOnConfiguredNodePortAddresses) {
    c.add(service);
    c.settings.node_port_addresses = {net("198.51.100.0/24")};
    EXPECT_FALSE(dial_node(c.compile(), outside, 30051));
    c.settings.node_port_addresses = {net("192.168.0.0/16"), net("::/0")};
    EXPECT_TRUE(dial_node(c.compile(), outside, 30051));
    c.settings.node_port_addresses = {net("0.0.0.0/0")};
    EXPECT_FALSE(dial_node(c.compile(), outside, 30051));
}

TEST_F(ShutDoor, EveryPortOfTheServiceCounts) {
    service.ports.push_back({.name = "dns",
                             .proto = model::protocol::udp,
                             .port = 53,
                             .target_port = {},
                             .node_port = 30053});
    c.add(service);
    auto slice = a_slice("web/site", {to_pod(pod)});
    slice.ports.push_back({.name = "dns", .proto = model::protocol::udp, .port = 53});
    c.add(slice);
    c.add(a_policy("web/allow-dns", {{{}, {port(53, model::protocol::udp)}}}));
    const auto rules = c.compile();
    EXPECT_FALSE(dial_node(rules, outside, 30051));
    EXPECT_TRUE(dial_node(rules, outside, 30053, model::protocol::udp));
}

TEST_F(ShutDoor, ThatAnotherNamespaceClaimsToStaysShutHoweverOldTheClaim) {
    service.meta.created = timestamp(std::chrono::seconds(200));
    c.add(service);
    const auto open = a_pod("aaa/open", {"10.0.0.99"});
    c.add(open);
    c.add(a_slice("aaa/rival", {to_pod(open)}));
    auto rival = a_service("aaa/rival");
    for (const int created : {300, 200, 100}) {
        rival.meta.created = timestamp(std::chrono::seconds(created));
        c.add(rival);
        EXPECT_FALSE(dial_node(c.compile(), outside, 30051)) << created;
    }
    EXPECT_THAT(c.findings(),
                testing::Contains(testing::StartsWith(
                    "front door nodeport TCP/30051: Services aaa/rival, web/site claim it;")));
    rival.meta.labels =
        model::label_set(label_list{{"service.kubernetes.io/service-proxy-name", "another"}});
    c.add(rival);
    EXPECT_FALSE(dial_node(c.compile(), outside, 30051));
    EXPECT_THAT(c.findings(), testing::Contains(testing::StartsWith("Service aaa/rival: ")));
}

TEST_F(ShutDoor, ThatItsOwnNamespaceClaimsTooOpensToWhomEitherAdmits) {
    c.add(service);
    c.add(a_service("web/rival"));
    const auto open = a_pod("web/open", {"10.0.0.99"}, {{"app", "open"}});
    c.add(open);
    c.add(a_slice("web/rival", {to_pod(open)}));
    model::policy_rule all;
    auto admit = a_policy("web/admit", {all});
    admit.pod_selector = with_labels({{"app", "open"}});
    c.add(admit);
    EXPECT_TRUE(dial_node(c.compile(), outside, 30051));
}

TEST_F(ShutDoor, NamesWhatMadeItSo) {
    service.meta.seq = 5;
    c.add(service);
    auto policy = a_policy("web/deny");
    policy.meta.seq = 9;
    c.add(policy);
    const auto rules = c.compile();
    EXPECT_THAT(rules.units().at("door/ipv4/nodeport/TCP/30051")->causes,
                ElementsAre(ruleset::cause{"NetworkPolicy", key("web/deny"), 9},
                            ruleset::cause{"Service", key("web/site"), 5}));
}

TEST_F(ShutDoor, NamesTheFirstOfManyPoliciesThatMadeItSo) {
    c.add(service);
    for (std::size_t n = 0; n < limits::policies_cited_max + 5; ++n)
        c.add(a_policy("web/deny-" + std::to_string(n)));
    const auto rules = c.compile();
    EXPECT_THAT(rules.units().at("door/ipv4/nodeport/TCP/30051")->causes,
                testing::SizeIs(limits::policies_cited_max + 1));
}

} // namespace
} // namespace nodewall::test
