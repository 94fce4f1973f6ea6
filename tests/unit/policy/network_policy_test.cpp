#include "model/network_policy.hpp"
#include "policy/translators.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::policy {
namespace {

using model::protocol;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto stream = "networkpolicies.networking.k8s.io";

/// Isolates for ingress.
model::network_policy_spec spec_with(std::vector<model::policy_rule> ingress) {
    model::network_policy_spec spec;
    spec.isolates_ingress = true;
    spec.ingress = std::move(ingress);
    return spec;
}

/// As "web/deny", of event 7.
model::policy translate(model::network_policy_spec spec) {
    return builtin_translators().translate({.meta = {.key = {"web", "deny"}, .seq = 7},
                                            .stream = stream,
                                            .document = model::make_document(std::move(spec))});
}

model::policy_port numbered(std::uint16_t first, std::uint16_t end = 0) {
    model::policy_port port;
    port.port.number = first;
    port.end_port = end;
    return port;
}

TEST(NetworkPolicy, StandsInTheDefaultTierUnderItsOwnName) {
    auto spec = spec_with({});
    spec.pod_selector.requirements = {{"app", model::label_requirement::operation::in, {"web"}}};
    const auto policy = translate(spec);
    EXPECT_EQ(policy.id, (model::policy_id{stream, {"web", "deny"}}));
    EXPECT_EQ(policy.describe(), "NetworkPolicy web/deny");
    EXPECT_EQ(policy.seq, 7U);
    EXPECT_EQ(policy.in, model::default_tier);
    EXPECT_EQ(policy.order, 1000U);
    EXPECT_EQ(policy.subject.namespace_, "web");
    EXPECT_EQ(policy.subject.pods, spec.pod_selector);
    EXPECT_TRUE(policy.ingress_applies);
    EXPECT_FALSE(policy.egress_applies);
    EXPECT_TRUE(policy.admits_itself && policy.admits_own_node);
}

TEST(NetworkPolicy, OnlyAllows) {
    for (const auto& rule : translate(spec_with({{}, {}})).ingress)
        EXPECT_EQ(rule.then, model::action::allow);
}

TEST(NetworkPolicy, AnEmptyRuleAdmitsAnySourceOnAnyPort) {
    const auto policy = translate(spec_with({{}}));
    ASSERT_EQ(policy.ingress.size(), 1U);
    EXPECT_TRUE(policy.ingress[0].who.any);
    EXPECT_TRUE(policy.ingress[0].any_port);
}

TEST(NetworkPolicy, PodSelectorsSearchThePolicysOwnNamespace) {
    model::policy_peer peer;
    peer.pod_selector = model::label_selector{};
    const auto policy = translate(spec_with({{.peers = {peer}, .ports = {}}}));
    ASSERT_EQ(policy.ingress[0].who.pods.size(), 1U);
    EXPECT_EQ(policy.ingress[0].who.pods[0].namespace_, "web");
    EXPECT_FALSE(policy.ingress[0].who.any);
}

TEST(NetworkPolicy, APeerThatIsNotUnderstoodMatchesNobodyAndIsNamed) {
    model::policy_peer odd;
    odd.not_understood = "names no peer";
    const auto policy = translate(spec_with({{.peers = {odd}, .ports = {}}}));
    EXPECT_EQ(policy.ingress[0].who, model::peers{});
    EXPECT_THAT(policy.not_understood,
                ElementsAre("ingress[0]: a peer matches nobody: names no peer"));
}

TEST(NetworkPolicy, AnInvalidSelectorShutsItsWholeRuleAndNoOther) {
    model::policy_peer invalid;
    invalid.pod_selector = model::label_selector{{}, "In without values"};
    model::policy_peer block;
    block.block = model::ip_block{};
    const auto policy = translate(
        spec_with({{.peers = {block, invalid}, .ports = {}}, {.peers = {}, .ports = {}}}));
    ASSERT_EQ(policy.ingress.size(), 1U);
    EXPECT_TRUE(policy.ingress[0].who.any);
    EXPECT_THAT(policy.not_understood, ElementsAre("ingress[0] admits nobody: In without values"));
}

TEST(NetworkPolicy, AnInvalidSubjectIsNamed) {
    auto spec = spec_with({});
    spec.pod_selector.invalid = "unknown operator";
    EXPECT_THAT(translate(spec).not_understood, ElementsAre("selects no pod: unknown operator"));
}

TEST(NetworkPolicy, EgressIsReadAsIngressIs) {
    auto spec = spec_with({});
    spec.isolates_egress = true;
    model::policy_peer invalid, peer, odd;
    invalid.pod_selector = model::label_selector{{}, "In without values"};
    peer.pod_selector = model::label_selector{};
    odd.not_understood = "names no peer";
    spec.egress = {{.peers = {invalid}, .ports = {}},
                   {.peers = {peer, odd}, .ports = {numbered(53)}}};
    const auto policy = translate(spec);
    EXPECT_TRUE(policy.egress_applies);
    EXPECT_FALSE(translate(spec_with({{}})).egress_applies);
    ASSERT_EQ(policy.egress.size(), 1U);
    EXPECT_EQ(policy.egress[0].index, 1U) << "its place in the object";
    EXPECT_EQ(policy.egress[0].who.pods.at(0).namespace_, "web");
    EXPECT_TRUE(policy.egress[0].covers(protocol::tcp, 53, {}));
    EXPECT_THAT(policy.ingress, IsEmpty());
    EXPECT_THAT(policy.not_understood,
                ElementsAre("egress[0] admits nobody: In without values",
                            "egress[1]: a peer matches nobody: names no peer"));
}

TEST(NetworkPolicy, APortThatIsNotUnderstoodMatchesNothing) {
    model::policy_port odd;
    odd.not_understood = "endPort below port";
    const auto policy = translate(spec_with({{.peers = {}, .ports = {odd}}}));
    EXPECT_FALSE(policy.ingress[0].covers(protocol::tcp, 80, {}));
    EXPECT_THAT(policy.not_understood,
                ElementsAre("ingress[0]: a port matches nothing: endPort below port"));
}

struct port_case {
    const char* name;
    std::vector<model::policy_port> ports;
    protocol proto;
    std::uint16_t port;
    bool covered;
};
class PolicyPorts : public testing::TestWithParam<port_case> {};

TEST_P(PolicyPorts, CoverWhatTheySay) {
    model::pod_object pod;
    pod.ports = {{.name = "http", .proto = protocol::tcp, .port = 8080, .host_ip = {}},
                 {.name = "http", .proto = protocol::tcp, .port = 8081, .host_ip = {}},
                 {.name = "dns", .proto = protocol::udp, .port = 53, .host_ip = {}}};
    const auto& c = GetParam();
    const auto policy = translate(spec_with({{.peers = {}, .ports = c.ports}}));
    EXPECT_EQ(policy.ingress[0].covers(c.proto, c.port, pod), c.covered);
}

const model::policy_port http{.port = {0, "http"}, .not_understood = {}};
const model::policy_port dns_over_tcp{.port = {0, "dns"}, .not_understood = {}};
const model::policy_port all_udp{.proto = protocol::udp, .port = {}, .not_understood = {}};

INSTANTIATE_TEST_SUITE_P(
    Section2, PolicyPorts,
    testing::Values(port_case{"Number", {numbered(80)}, protocol::tcp, 80, true},
                    port_case{"AnotherNumber", {numbered(80)}, protocol::tcp, 81, false},
                    port_case{"AnotherProtocol", {numbered(80)}, protocol::udp, 80, false},
                    port_case{"BelowTheRange", {numbered(80, 90)}, protocol::tcp, 79, false},
                    port_case{"FirstOfTheRange", {numbered(80, 90)}, protocol::tcp, 80, true},
                    port_case{"LastOfTheRange", {numbered(80, 90)}, protocol::tcp, 90, true},
                    port_case{"AboveTheRange", {numbered(80, 90)}, protocol::tcp, 91, false},
                    port_case{"EmptyEntryIsAllOfTcp", {{}}, protocol::tcp, 1, true},
                    port_case{"EmptyEntryIsNotUdp", {{}}, protocol::udp, 1, false},
                    port_case{"ProtocolAlone", {all_udp}, protocol::udp, 65535, true},
                    port_case{"Name", {http}, protocol::tcp, 8080, true},
                    port_case{"NameForSeveralPorts", {http}, protocol::tcp, 8081, true},
                    port_case{"NameForAnotherPort", {http}, protocol::tcp, 9090, false},
                    port_case{"NameOfAnotherProtocol", {dns_over_tcp}, protocol::tcp, 53, false},
                    port_case{"AnyOfSeveral", {numbered(1), http}, protocol::tcp, 8080, true},
                    port_case{"AllPortsByANumber", {numbered(80)}, protocol::tcp, 0, true},
                    port_case{"AllPortsByAName", {http}, protocol::tcp, 0, true},
                    port_case{"AllPortsOfAnotherProtocol", {http}, protocol::sctp, 0, false}),
    [](const auto& tested) { return std::string(tested.param.name); });

} // namespace
} // namespace nodewall::policy
