// Policies that enforce nothing, and what explain says they would do; peers that are nodes.
#include "cluster.hpp"

#include <gtest/gtest.h>

namespace nodewall::test {
namespace {

constexpr auto outside = "203.0.113.7";
constexpr auto site = "web/site TCP/8080";

cluster one_pod() {
    return {a_namespace("web"), a_pod("web/site", "10.0.0.1", "app: site")};
}

/// What steps of action "staged" say.
std::vector<std::string> staged(const explain::answer& a) {
    std::vector<std::string> said;
    for (const auto& s : a.steps)
        if (s.then == explain::action::staged)
            said.push_back(s.why);
    return said;
}

std::string staged_policy(std::string_view value) {
    return "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, "
           "namespace: web, annotations: {nodewall.io/stage: " +
           std::string(value) + "}}, spec: {podSelector: {}}}";
}

using said = std::vector<std::string>;

TEST(Staged, APolicyEnforcesNothingAndExplainSaysWhatItWouldDo) {
    auto c = one_pod();
    c.add_tiered("shut", "staged ingress=deny;from=203.0.113.0/24");
    expect(c, {{outside, site, "allow"}});
    EXPECT_EQ(staged(c.answer(outside, site)),
              (said{"staged: ingress[0] would deny 203.0.113.7 on TCP/8080",
                    "staged policies would refuse 203.0.113.7 on TCP/8080"}));
    EXPECT_EQ(staged(c.answer("192.0.2.9", site)),
              (said{"staged policies would change nothing for 192.0.2.9 on TCP/8080"}));
}

TEST(Staged, ATierOfStagedPoliciesAloneDoesNotApply) {
    auto c = one_pod();
    c.add_tiered("shut", "staged tier=security:500:deny subject=web ingress");
    expect(c, {{outside, site, "allow"}});
    EXPECT_EQ(
        staged(c.answer(outside, site)),
        (said{"staged: would have no rule that decides about 203.0.113.7 on TCP/8080, and the "
              "end of tier security would deny",
              "staged policies would refuse 203.0.113.7 on TCP/8080"}));
    c.add_tiered("pass", "tier=security:500:deny subject=web ingress=pass;from=203.0.113.0/24");
    expect(c, {{outside, site, "allow"}, {"192.0.2.9", site, "deny"}});
}

TEST(Staged, AnyKindIsStagedByItsAnnotation) {
    auto c = one_pod();
    c.add(staged_policy("'true'"));
    expect(c, {{outside, site, "allow"}});
    EXPECT_EQ(staged(c.answer(outside, site)).front(),
              "staged: would isolate the pod for ingress and have no rule that admits 203.0.113.7 "
              "on TCP/8080");
    c.add(staged_policy("'false'"));
    expect(c, {{outside, site, "deny"}});
}

/// As the log holds it: a file with such a value is refused.
void put_staged(cluster& c, std::string_view value) {
    c.put(model::kind::network_policy, "web", "deny",
          R"({"metadata":{"name":"deny","namespace":"web","annotations":{"nodewall.io/stage":)" +
              std::string(value) + R"(}},"spec":{"podSelector":{}}})");
}

TEST(Staged, AnotherValueOfTheAnnotationEnforcesAndIsNamed) {
    for (const auto* value : {R"("True")", R"("yes")", "true", "1", R"("")"}) {
        auto c = one_pod();
        put_staged(c, value);
        expect(c, {{outside, site, "deny"}});
        EXPECT_EQ(c.state().not_understood.size(), 1U) << value;
    }
    auto c = one_pod();
    put_staged(c, "null");
    expect(c, {{outside, site, "deny"}});
    EXPECT_TRUE(c.state().not_understood.empty());
}

TEST(Staged, AFrontDoorStaysOpen) {
    auto c = one_pod();
    c.add(a_service("web/site"));
    c.add(a_slice("web/site", "10.0.0.1@site@node-1"));
    c.add(staged_policy("'true'"));
    expect_gate(c, {{outside, "nodeport:TCP/30051", "open"}});
    EXPECT_EQ(staged(c.answer(outside, "nodeport:TCP/30051")).back(),
              "staged policies would refuse 203.0.113.7 on TCP/8080");
}

TEST(NodePeers, MeanEveryAddressOfTheNodesThatTheirLabelsSelect) {
    auto c = one_pod();
    c.add(a_node("cp", "192.0.2.1", "role: control-plane"));
    c.add(a_node("worker", "192.0.2.2", "role: worker"));
    c.add(a_pod("web/host", "192.0.2.1", "app: host", "hostNetwork: true, nodeName: cp"));
    c.add_tiered("no-cp", "egress=deny;from=nodes:role=control-plane");
    expect(c, {{"web/site", "192.0.2.1 TCP/6443", "deny"},
               {"web/site", "web/host TCP/6443", "deny"},
               {"web/site", "192.0.2.2 TCP/6443", "allow"},
               {"web/site", "192.0.2.3 TCP/6443", "allow"}});
    c.add_tiered("no-cp", "egress=deny;from=nodes:*");
    expect(c, {{"web/site", "192.0.2.2 TCP/6443", "deny"}});
    c.add_tiered("no-cp", "ingress=deny;from=nodes:role=worker");
    expect(c, {{"192.0.2.2", site, "deny"}, {"192.0.2.1", site, "allow"}});
}

TEST(NodePeers, OfTwoNodesWithOneAddressEitherIsMeant) {
    auto c = one_pod();
    c.add(a_node("node-1", "192.0.2.1", "role: worker"));
    c.add(a_node("other", "192.0.2.1", "role: control-plane"));
    for (const auto* role : {"worker", "control-plane"}) {
        c.add_tiered("out", "egress=deny;from=nodes:role=" + std::string(role));
        expect(c, {{"web/site", "192.0.2.1 TCP/6443", "deny"}});
    }
}

} // namespace
} // namespace nodewall::test
