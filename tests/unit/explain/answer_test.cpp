// What an answer says beside its verdict: the steps, what they cite, and reasons.
#include "cluster.hpp"

#include <gtest/gtest.h>

namespace nodewall::test {
namespace {

constexpr auto outside = "203.0.113.7";

TEST(Answer, EveryPolicyThatIsolatesIsAStepOfADenial) {
    const cluster c{a_pod("web/site", "10.0.0.1"), a_policy("web/a", "podSelector: {}"),
                    a_policy("web/b", "podSelector: {}, ingress: [{ports: [{port: 443}]}]"),
                    a_policy("web/c", "podSelector: {matchLabels: {app: other}}")};
    const auto denied = c.answer(outside, "web/site TCP/80");
    EXPECT_EQ(steps(denied), "ingress deny web/a #2; ingress deny web/b #3");
    EXPECT_EQ(denied.steps[1].why,
              "isolates the pod for ingress and has no rule that admits 203.0.113.7 on TCP/80");
    EXPECT_EQ(denied.steps[1].object->uid, "web/b");
    EXPECT_EQ(steps(c.answer(outside, "web/site TCP/443")), "ingress allow web/b #3 [0]");
}

TEST(Answer, ThePolicysLastEventIsCited) {
    cluster c{a_pod("web/site", "10.0.0.1"), a_policy("web/a", "podSelector: {}")};
    c.add(a_policy("web/a", "podSelector: {}, ingress: [{}]"));
    EXPECT_EQ(steps(c.answer(outside, "web/site TCP/80")), "ingress allow web/a #3 [0]");
}

TEST(Answer, BothEndsAreJudgedInTheOrderOfTheWay) {
    const cluster c{a_pod("web/a", "10.0.0.1"), a_pod("web/b", "10.0.0.2"),
                    a_policy("web/deny", "podSelector: {}, policyTypes: [Ingress, Egress]")};
    EXPECT_EQ(steps(c.answer("web/a", "web/b TCP/80")),
              "egress deny web/deny #3; ingress deny web/deny #3");
}

TEST(Answer, AFrontDoorCitesItsServiceAndEachBackendItsPolicies) {
    const cluster c{a_pod("web/a", "10.0.0.1"), a_service("web/site"),
                    a_slice("web/site", "10.0.0.1@a"), a_policy("web/deny", "podSelector: {}")};
    const auto denied = c.answer(outside, "nodeport:TCP/30051");
    EXPECT_EQ(steps(denied), "front-door deny web/site #2; ingress deny web/deny #4");
    EXPECT_EQ(denied.steps[0].object->kind, "Service");
    EXPECT_EQ(denied.steps[0].why,
              "NodePort of Service web/site is shut: every backend refuses 203.0.113.7");
    EXPECT_EQ(denied.steps[1].backend, 0U);
    EXPECT_EQ(denied.backends[0].port, 8080);
}

TEST(Answer, WhatRestsOnPodsAloneIsSaidToBeSo) {
    const cluster c{a_pod("web/a", "10.0.0.1", "app: a"), a_pod("web/b", "10.0.0.2"),
                    a_service("web/site"), a_slice("web/site", "10.0.0.1@a"),
                    a_policy("web/deny", "podSelector: {matchLabels: {app: a}}")};
    EXPECT_FALSE(c.answer(outside, "nodeport:TCP/30051").rests_on_pods) << "the gate is shut";
    EXPECT_TRUE(c.answer("web/b", "10.96.0.1 TCP/80").rests_on_pods) << "pods pass the gate there";
    EXPECT_TRUE(c.answer(outside, "web/a TCP/80").rests_on_pods);
}

TEST(Answer, UnknownSaysWhy) {
    cluster c{a_pod("web/six", "fd00::1"), a_pod("web/four", "10.0.0.1")};
    const auto why = [&](std::string_view from, std::string_view to) {
        const auto a = c.answer(from, to);
        EXPECT_EQ(a.verdict, explain::verdict::unknown);
        return a.steps.back().why;
    };
    EXPECT_EQ(why("web/none", "10.0.0.1 TCP/1"), "pod web/none is not in the log");
    EXPECT_EQ(why(outside, "web/none TCP/1"), "pod web/none is not in the log");
    EXPECT_EQ(why(outside, "web/six TCP/1"),
              "203.0.113.7 cannot dial pod web/six (fd00::1): they have no family of addresses in "
              "common");
    EXPECT_EQ(why("web/four", "web/six TCP/1"),
              "pod web/four (10.0.0.1) cannot dial pod web/six (fd00::1): they have no family of "
              "addresses in common");
    EXPECT_EQ(why(outside, "nodeport:TCP/1"),
              "the log knows no NodePort TCP/1 in the family of 203.0.113.7");
    EXPECT_EQ(why(outside, "nodeport:10.0.0.1:TCP/1"),
              "pod web/four (10.0.0.1) is no address of node node-1");
}

TEST(Answer, WhatCannotBeReadIsSaid) {
    cluster c{a_pod("web/site", "10.0.0.1")};
    const auto first_why = [&](std::string_view to) { return c.answer(outside, to).steps[0].why; };
    c.put(model::kind::pod, "web", "odd", "7");
    EXPECT_TRUE(first_why("web/odd TCP/80").starts_with("pod web/odd cannot be read: "));

    c.put(model::kind::network_policy, "web", "deny", "7");
    EXPECT_EQ(steps(c.answer(outside, "web/site TCP/80")), "ingress ignore; ingress allow");
    EXPECT_TRUE(first_why("web/site TCP/80")
                    .starts_with("NetworkPolicy web/deny cannot be read, and counts as absent: "));

    c.add(a_policy("web/deny", "podSelector: {}"));
    c.put(model::kind::network_policy, "web", "deny", "7");
    EXPECT_EQ(steps(c.answer(outside, "web/site TCP/80")),
              "ingress ignore; ingress deny web/deny #4");
    EXPECT_TRUE(first_why("web/site TCP/80")
                    .starts_with("NetworkPolicy web/deny cannot be read, and its version before "
                                 "stays in force: "));
}

TEST(Answer, PartsThatCannotBeReadAreSaid) {
    cluster c{a_policy("web/deny", "podSelector: {}")};
    c.put(model::kind::pod, "web", "odd", R"({"metadata":{"name":"odd","namespace":"web"},
        "spec":{"hostNetwork":7},"status":{"phase":"Running","podIP":"10.0.0.2"}})");
    EXPECT_EQ(c.answer(outside, "web/odd TCP/80").steps.back().why,
              "pod web/odd cannot be read whole: spec.hostNetwork is not a boolean");
    c.put(model::kind::pod, "web", "odd", R"({"metadata":{"name":"odd","namespace":"web"},
        "spec":{"containers":[{"ports":[{"containerPort":"x"}]}]},"status":{"phase":"Running","podIP":"10.0.0.2"}})");
    EXPECT_EQ(steps(c.answer(outside, "web/odd TCP/80")),
              "ingress ignore web/odd #3; ingress deny web/deny #1");
    c.put(model::kind::network_policy, "web", "deny",
          R"({"metadata":{"name":"deny","namespace":"web"},"spec":{"podSelector":{},
              "policyTypes":["Sideways"]}})");
    EXPECT_EQ(steps(c.answer("web/odd", "203.0.113.7 TCP/80")),
              "egress ignore web/odd #3; egress ignore web/deny #4; egress deny web/deny #4; "
              "ingress allow");
}

} // namespace
} // namespace nodewall::test
