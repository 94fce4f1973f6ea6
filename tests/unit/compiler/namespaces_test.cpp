// `state`: which namespaces deny by default, and which cluster-wide policies stand above and below;
// what it says of policies that are staged, or whose order is left open.
#include "base/limits.hpp"
#include "looked_over.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

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
    c.add(a_pod("web/pod", {"10.0.0.1"}));
    c.add_tiered("a", "order=5 ingress=allow egress=allow");
    c.add_tiered("c", "order=5 egress=deny");
    c.add_tiered("base", "order=5 tier=baseline ingress=deny");
    c.add_tiered("other", "order=6 ingress=deny");
    EXPECT_THAT(equal_priorities(c),
                ElementsAre("TierPolicy b has priority 5 of tier admin as TierPolicy a has, and is "
                            "asked after it, by its name, of pods that both select",
                            "TierPolicy c has priority 5 of tier admin as TierPolicy a has, and is "
                            "asked after it, by its name, of pods that both select"));
    c.add_tiered("a", "staged order=5 ingress=allow egress=allow");
    EXPECT_THAT(equal_priorities(c), IsEmpty());
}

TEST(PolicyFindings, EqualPrioritiesAreNamedOnceAPodIsSubjectToBoth) {
    cluster c;
    c.add_tiered("a", "order=5 subject=web ingress=deny");
    c.add_tiered("b", "order=5 subject=blue ingress=deny");
    c.add_tiered("c", "order=5 subject=namespaces:* ingress=allow");
    c.add_tiered("d", "order=5 subject=blue egress=deny");
    EXPECT_THAT(equal_priorities(c), IsEmpty()) << "nobody is there";
    c.add(a_pod("blue/pod", {"10.0.0.2"}));
    const auto conflict = [](std::string policy, std::string first) {
        return "TierPolicy " + policy + " has priority 5 of tier admin as TierPolicy " + first +
               " has, and is asked after it, by its name, of pods that both select";
    };
    EXPECT_THAT(equal_priorities(c), ElementsAre(conflict("c", "b")));
    c.add(a_pod("web/pod", {"10.0.0.1"}));
    EXPECT_THAT(equal_priorities(c), ElementsAre(conflict("c", "a")));
}

TEST(PolicyFindings, APodThatComesAndGoesMakesEqualPrioritiesMeet) {
    cluster c;
    c.add_tiered("a", "order=5 subject=web ingress=deny");
    c.add_tiered("b", "order=5 subject=web ingress=allow");
    c.resolve();
    compiler::compiler compiled(c.settings);
    (void)compiled.compile(c.state);
    EXPECT_THAT(*compiled.findings(), IsEmpty());
    const std::set<model::change> of_the_pod{
        {.kind = model::change::what::pod, .key = key("web/pod")}};
    c.add(a_pod("web/pod", {"10.0.0.1"}));
    c.resolve();
    (void)compiled.recompile(c.state, of_the_pod);
    EXPECT_THAT(*compiled.findings(), SizeIs(1));
    c.state.objects.pods.clear();
    c.resolve();
    (void)compiled.recompile(c.state, of_the_pod);
    EXPECT_THAT(*compiled.findings(), IsEmpty());
}

TEST(NamespaceOverview, OfManyPoliciesTheFirstAreListedAndAllCounted) {
    cluster c;
    with_two_namespaces(c).add(a_pod("web/pod", {"10.0.0.1"}));
    for (std::size_t n = 0; n < limits::policies_listed_max + 3; ++n)
        c.add_tiered("p-" + std::to_string(n), "order=" + std::to_string(n) + " ingress=pass");
    const auto all = look_over(c);
    const auto& above = space(all, "web").ingress.above;
    EXPECT_EQ(above.size(), limits::policies_listed_max + 3);
    EXPECT_THAT(above.named(), SizeIs(limits::policies_listed_max));
    EXPECT_EQ(above.named().front(), tiered("p-0"));
    EXPECT_EQ(all.pods.at(0).ingress.policies.further(), 3U);
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
