// `state`: which namespaces deny by default, and which cluster-wide policies stand above and below;
// what it says of policies that are staged, or whose order is left open.
#include "looked_over.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace nodewall::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using status = compiler::door_overview::status;

compiler::policy_name tiered(std::string name) {
    return {"TierPolicy", {"", std::move(name)}};
}

cluster& with_two_namespaces(cluster& c) {
    c.add(a_namespace("web", {{"team", "red"}}));
    c.add(a_namespace("blue", {{"team", "blue"}}));
    return c;
}

TEST(NamespaceOverview, ClusterWidePoliciesStandAboveOrBelowTheNamespacesOwn) {
    cluster c;
    with_two_namespaces(c).add(a_policy("web/deny"));
    c.add_tiered("later", "order=20 subject=namespaces:team=red ingress=deny;from=10.0.0.0/8");
    c.add_tiered("first", "order=10 subject=namespaces:* ingress=pass egress=pass");
    c.add_tiered("base", "tier=baseline subject=namespaces:team egress=deny;from=10.0.0.0/8");
    c.add_tiered("theirs", "subject=namespaces:team=blue ingress=deny;from=10.0.0.0/8");
    c.add_tiered("staged", "staged subject=namespaces:* ingress=deny");
    c.add_tiered("one", "subject=web ingress=deny;from=10.0.0.0/8");
    const auto all = look_over(c);
    const auto& web = space(all, "web");
    EXPECT_TRUE(web.ingress.denied);
    EXPECT_THAT(web.ingress.policies, SizeIs(1));
    EXPECT_THAT(web.ingress.above, ElementsAre(tiered("first"), tiered("later")));
    EXPECT_THAT(web.ingress.below, IsEmpty());
    EXPECT_FALSE(web.egress.denied);
    EXPECT_THAT(web.egress.above, ElementsAre(tiered("first")));
    EXPECT_THAT(web.egress.below, ElementsAre(tiered("base")));
    EXPECT_THAT(space(all, "blue").ingress.above, ElementsAre(tiered("theirs"), tiered("first")));
}

TEST(NamespaceOverview, AClusterWidePolicyMayBeWhatDeniesByDefault) {
    cluster c;
    with_two_namespaces(c).add_tiered("shut",
                                      "subject=namespaces:team=red tier=baseline ingress=deny");
    c.add_tiered("quarantine", "subject=namespaces:team=blue tier=security:500:deny egress");
    c.add_tiered("some", "subject=namespaces:team=blue tier=baseline ingress=deny;from=10.0.0.0/8");
    const auto all = look_over(c);
    EXPECT_TRUE(space(all, "web").ingress.denied);
    EXPECT_THAT(space(all, "web").ingress.policies, ElementsAre(tiered("shut")));
    EXPECT_FALSE(space(all, "web").egress.denied);
    EXPECT_TRUE(space(all, "blue").egress.denied);
    EXPECT_FALSE(space(all, "blue").ingress.denied);
}

TEST(NamespaceOverview, APodThatATierJudgesIsIsolatedOnlyWhereWhatNothingAdmitsIsRefused) {
    cluster c;
    with_two_namespaces(c).add(a_pod("web/site", {"10.0.0.1"}));
    c.add_tiered("some", "ingress=deny;from=10.0.0.0/8");
    auto all = look_over(c);
    EXPECT_FALSE(all.pods.at(0).ingress.denied);
    EXPECT_THAT(all.pods.at(0).ingress.policies, ElementsAre(tiered("some")));
    EXPECT_EQ(space(all, "web").isolated_ingress, 0U);
    c.add_tiered("all", "ingress=deny");
    all = look_over(c);
    EXPECT_TRUE(all.pods.at(0).ingress.denied);
    EXPECT_EQ(space(all, "web").isolated_ingress, 1U);
}

TEST(StagedOverview, TellsHowDoorsWouldStand) {
    cluster c;
    c.add(a_namespace("web", {}));
    const auto pod = a_pod("web/site", {"10.0.0.1"});
    c.add(pod);
    auto service = a_service("web/site");
    service.cluster_ips.clear();
    c.add(service);
    c.add(a_slice("web/site", {to_pod(pod)}));
    c.add_tiered("shut", "staged ingress=deny");
    const auto all = look_over(c);
    ASSERT_EQ(all.doors.size(), 2U); // the second is of IPv6, without a backend
    const auto& door = all.doors.at(0);
    EXPECT_EQ(door.stands, status::open);
    ASSERT_NE(door.staged.what, nullptr);
    EXPECT_EQ(door.staged.stands, status::shut);
    EXPECT_TRUE(door.staged.what->decision.admits_nobody());
    EXPECT_EQ(all.doors.at(1).staged.what, nullptr);
    EXPECT_TRUE(all.policies.at(0).staged);
    EXPECT_FALSE(all.pods.at(0).ingress.denied);
    EXPECT_THAT(all.pods.at(0).ingress.policies, IsEmpty());
    c.add_tiered("shut", "staged ingress=allow");
    const auto unchanged = look_over(c);
    EXPECT_EQ(unchanged.doors.at(0).staged.what, nullptr);
}

std::vector<std::string> equal_priorities(cluster& c) {
    const auto all = look_over(c); // which owns the list
    std::vector<std::string> texts;
    for (const auto& f : *all.findings)
        if (f.what == compiler::finding::kind::equal_priority)
            texts.push_back(f.subject + ' ' + f.text);
    return texts;
}

TEST(PolicyFindings, EqualPrioritiesOfATierAreNamed) {
    cluster c;
    with_two_namespaces(c).add_tiered("b", "order=5 ingress=deny");
    c.add_tiered("a", "order=5 ingress=allow egress=allow");
    c.add_tiered("c", "order=5 egress=deny");
    c.add_tiered("base", "order=5 tier=baseline ingress=deny");
    c.add_tiered("other", "order=6 ingress=deny");
    EXPECT_THAT(equal_priorities(c),
                ElementsAre("TierPolicy b has priority 5 of tier admin as TierPolicy a has, and is "
                            "asked after it, by its name",
                            "TierPolicy c has priority 5 of tier admin as TierPolicy a has, and is "
                            "asked after it, by its name"));
    c.add_tiered("a", "staged order=5 ingress=allow egress=allow");
    EXPECT_THAT(equal_priorities(c), IsEmpty());
}

TEST(PolicyFindings, NetworkPoliciesHaveNoPriorities) {
    cluster c;
    with_two_namespaces(c).add(a_policy("web/a"));
    c.add(a_policy("web/b"));
    EXPECT_THAT(equal_priorities(c), IsEmpty());
}

TEST(PolicyFindings, APolicyWhoseSubjectIsNotUnderstoodIsNotEnforced) {
    cluster c;
    auto policy = a_policy("web/odd");
    policy.pod_selector.invalid = "why";
    c.add(policy);
    const auto all = look_over(c);
    ASSERT_THAT(*all.findings, SizeIs(1));
    EXPECT_EQ(to_string(all.findings->front().what), "notEnforced");
    EXPECT_EQ(all.findings->front().text, "selects no pod: why");
}

} // namespace
} // namespace nodewall::test
