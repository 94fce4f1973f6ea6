// SEMANTICS section 2, seen from a NodePort: one pod behind it, policies before it.
#include "cluster.hpp"

#include <gtest/gtest.h>

namespace nodewall::test {
namespace {

using model::protocol;

struct story {
    const char* name;
    std::vector<std::vector<model::policy_rule>> policies; // each selects every pod
    std::vector<const char*> admitted, refused;            // who dials port 30051
};

class Policies : public testing::TestWithParam<story> {};

TEST_P(Policies, AdmitExactlyWhomTheyName) {
    cluster c;
    c.add(a_namespace("web", {{"team", "a"}}));
    c.add(a_namespace("lab", {{"team", "b"}}));
    auto site = a_pod("web/site", {"10.0.0.1"}, {{"app", "site"}});
    site.ports = {{.name = "http", .port = 8080, .host_ip = {}}};
    c.add(site);
    c.add(a_pod("web/client", {"10.0.0.2"}, {{"role", "client"}}));
    c.add(a_pod("lab/client", {"10.0.0.3"}, {{"role", "client"}}));
    c.add(a_pod("lab/other", {"10.0.0.4"}));
    c.add(a_service("web/site"));
    c.add(a_slice("web/site", {to_pod(site)}));
    for (std::size_t i = 0; i < GetParam().policies.size(); ++i)
        c.add(a_policy("web/p" + std::to_string(i), GetParam().policies[i]));
    const auto rules = c.compile();
    for (const auto* source : GetParam().admitted)
        EXPECT_TRUE(dial_node(rules, source, 30051)) << source;
    for (const auto* source : GetParam().refused)
        EXPECT_FALSE(dial_node(rules, source, 30051)) << source;
}

constexpr auto outside = "203.0.113.9";

model::policy_peer pods_in_namespaces(label_list pod_labels, label_list namespace_labels) {
    auto peer = pods(std::move(pod_labels));
    peer.namespace_selector = with_labels(std::move(namespace_labels));
    return peer;
}

model::policy_peer not_understood() {
    model::policy_peer peer;
    peer.not_understood = "names no peer";
    return peer;
}

model::policy_port range(std::uint16_t first, std::uint16_t last) {
    auto ports = port(first);
    ports.end_port = last;
    return ports;
}

std::vector<story> stories() {
    const auto ten = block("10.0.0.0/8", {"10.1.2.0/24"});
    const auto ten_one = block("10.1.0.0/16");
    return {
        {"NoPolicyAdmitsEveryone", {}, {outside, "10.0.0.2"}, {}},
        {"NoRuleAdmitsNobody", {{}}, {}, {outside, "10.0.0.2"}},
        {"AnEmptyRuleAdmitsEveryone", {{{}}}, {outside, "10.0.0.2"}, {}},
        {"ABlock", {{{{ten_one}, {}}}}, {"10.1.2.3"}, {"10.2.0.1", outside}},
        {"AWholeFamily", {{{{block("0.0.0.0/0")}, {}}}}, {outside}, {}},
        {"TwoHalvesAreTheWhole",
         {{{{block("0.0.0.0/1"), block("128.0.0.0/1")}, {}}}},
         {outside, "9.9.9.9"},
         {}},
        {"HostBitsAreIgnored", {{{{block("10.1.2.3/16")}, {}}}}, {"10.1.9.9"}, {"10.2.0.1"}},
        {"ABlockOfTheOtherFamily", {{{{block("::/0")}, {}}}}, {}, {outside}},
        {"ExceptTakesOut", {{{{ten}, {}}}}, {"10.1.3.1", "10.2.0.1"}, {"10.1.2.5", outside}},
        {"AnotherPeerMayAdmitTheExcepted",
         {{{{ten, ten_one}, {}}}},
         {"10.1.2.5", "10.9.9.9"},
         {outside}},
        {"AnotherRuleMayAdmitTheExcepted", {{{{ten}, {}}, {{ten_one}, {}}}}, {"10.1.2.5"}, {}},
        {"AnotherPolicyMayAdmitTheExcepted", {{{{ten}, {}}}, {{{ten_one}, {}}}}, {"10.1.2.5"}, {}},
        {"ABlockMatchesPods", {{{{block("10.0.0.2/32")}, {}}}}, {"10.0.0.2"}, {"10.0.0.3"}},
        {"PodSelectorMeansTheOwnNamespace",
         {{{{pods({{"role", "client"}})}, {}}}},
         {"10.0.0.2"},
         {"10.0.0.3", "10.0.0.4", outside}},
        {"NamespaceSelectorMeansAllItsPods",
         {{{{namespaces({{"team", "b"}})}, {}}}},
         {"10.0.0.3", "10.0.0.4"},
         {"10.0.0.2", outside}},
        {"BothSelectorsMustHold",
         {{{{pods_in_namespaces({{"role", "client"}}, {{"team", "b"}})}, {}}}},
         {"10.0.0.3"},
         {"10.0.0.2", "10.0.0.4"}},
        {"TwoPeersAreAUnion",
         {{{{pods({{"role", "client"}}), namespaces({{"team", "b"}})}, {}}}},
         {"10.0.0.2", "10.0.0.4"},
         {outside}},
        {"PeersThatMatchNobodyAdmitNobody",
         {{{{pods({{"role", "none"}})}, {}}}},
         {},
         {outside, "10.0.0.2"}},
        {"WhatIsNotUnderstoodMatchesNobody",
         {{{{not_understood()}, {}}}},
         {},
         {outside, "10.0.0.2"}},
        {"AllowAndDenyIsAUnion", {{}, {{}}}, {outside}, {}},
        {"TheRightPort", {{{{}, {port(8080)}}}}, {outside}, {}},
        {"TheNodePortIsNotThePodsPort", {{{{}, {port(30051)}}}}, {}, {outside}},
        {"TheServicePortIsNotThePodsPort", {{{{}, {port(80)}}}}, {}, {outside}},
        {"AnotherProtocol", {{{{}, {port(8080, protocol::udp)}}}}, {}, {outside}},
        {"SctpDoesNotOpenTcp", {{{{}, {port(8080, protocol::sctp)}}}}, {}, {outside}},
        {"EndPort", {{{{}, {range(8000, 8080)}}}}, {outside}, {}},
        {"EndPortBelow", {{{{}, {range(8000, 8079)}}}}, {}, {outside}},
        {"ANamedPort", {{{{}, {named_port("http")}}}}, {outside}, {}},
        {"ANameThatThePodLacks", {{{{}, {named_port("https")}}}}, {}, {outside}},
        {"PeersAndPortsTogether",
         {{{{ten_one}, {port(8080)}}, {{block("203.0.113.0/24")}, {port(9090)}}}},
         {"10.1.0.1"},
         {outside}},
    };
}

INSTANTIATE_TEST_SUITE_P(Section2, Policies, testing::ValuesIn(stories()),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(Policies, ForEgressAloneDoNotIsolateForIngress) {
    cluster c;
    const auto pod = a_pod("web/site", {"10.0.0.1"});
    c.add(pod);
    c.add(a_service("web/site"));
    c.add(a_slice("web/site", {to_pod(pod)}));
    auto policy = a_policy("web/egress");
    policy.isolates_ingress = false;
    policy.isolates_egress = true;
    c.add(policy);
    EXPECT_TRUE(dial_node(c.compile(), outside, 30051));
}

TEST(Policies, OfAnotherNamespaceDoNotSelectThePod) {
    cluster c;
    const auto pod = a_pod("web/site", {"10.0.0.1"});
    c.add(pod);
    c.add(a_service("web/site"));
    c.add(a_slice("web/site", {to_pod(pod)}));
    c.add(a_policy("lab/deny"));
    EXPECT_TRUE(dial_node(c.compile(), outside, 30051));
}

TEST(Policies, JudgeEachFamilyByItsOwnAddresses) {
    cluster c;
    const auto pod = a_pod("web/site", {"10.0.0.1", "fd00::1"});
    c.add(pod);
    c.add(a_pod("web/client", {"10.0.0.2", "fd00::2"}, {{"role", "client"}}));
    auto service = a_service("web/site");
    service.ip_families = {model::family::ipv4, model::family::ipv6};
    c.add(service);
    c.add(a_slice("web/site", {to_pod(pod)}));
    auto slice = a_slice("web/site", {to_pod(pod)});
    slice.meta.key.name += "-6";
    slice.address_family = model::family::ipv6;
    c.add(slice);
    c.add(a_policy("web/p", {{{block("2001:db8::/32"), pods({{"role", "client"}})}, {}}}));
    const auto rules = c.compile();
    EXPECT_TRUE(dial_node(rules, "2001:db8::9", 30051));
    EXPECT_TRUE(dial_node(rules, "fd00::2", 30051));
    EXPECT_TRUE(dial_node(rules, "10.0.0.2", 30051));
    EXPECT_FALSE(dial_node(rules, "2001:db9::9", 30051));
    EXPECT_FALSE(dial_node(rules, outside, 30051));
}

} // namespace
} // namespace nodewall::test
