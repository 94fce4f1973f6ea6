#include "projection/projector.hpp"

#include "unit/projection/objects.hpp"
#include "unit/projection/tiered_policies.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace nodewall::projection {
namespace {

using test::added;
using test::deleted;
using testing::ElementsAre;
using testing::IsEmpty;
using what = model::change::what;

constexpr auto stream = "networkpolicies.networking.k8s.io";

struct PolicyIndex : testing::Test {
    projector p{projector::scope::everything, test::tiered_by_labels()};

    void SetUp() override {
        apply(added(test::pod({.key = "a/web", .uid = "1", .addresses = {"10.1.0.5"}})));
        apply(added(test::pod({.key = "b/api", .uid = "2", .addresses = {"10.1.0.6"}})));
    }
    std::set<model::change> apply(const model::event& e) {
        p.apply(e);
        return p.take_changes();
    }
    std::set<model::change> put(std::string name, std::string labels) {
        return apply(added(test::policy({.key = "a/" + name, .labels = std::move(labels)})));
    }
    /// Names of the policies that select the pod, in order.
    std::vector<std::string> asked(const model::object_key& pod) const {
        const auto& of_pod = p.state().resolved.policies_of_pod;
        const auto at = of_pod.find(&p.state().objects.pods.at(pod));
        std::vector<std::string> names;
        if (at != of_pod.end())
            for (const auto* policy : at->second)
                names.push_back(policy->id.key.name);
        return names;
    }
};

TEST_F(PolicyIndex, PoliciesOfAPodStandInTheOrderInWhichTheyAreAsked) {
    put("c", "");
    put("base", "tier=baseline");
    put("a", "");
    put("late", "order=2000");
    put("admin", "tier=admin,order=9");
    put("first", "tier=admin,order=1");
    EXPECT_THAT(asked({"a", "web"}), ElementsAre("first", "admin", "a", "c", "late", "base"));
    EXPECT_THAT(asked({"b", "api"}), IsEmpty());
}

std::string name_of(int n) {
    return "p" + std::to_string(n);
}
/// All orders from 0 to 199, in another order than the names'.
int order_of(int n) {
    return n * 37 % 200;
}
model::event many(int n) {
    return added(test::policy(
        {.key = "a/" + name_of(n), .labels = "tier=admin,order=" + std::to_string(order_of(n))}));
}

TEST_F(PolicyIndex, ManyPoliciesThatComeAndGoTogetherStandInOrder) {
    std::vector<std::string> expected(200);
    for (int n = 0; n < 200; ++n)
        p.apply(many(n));
    for (int n = 0; n < 200; n += 2)
        p.apply(deleted(test::policy({.key = "a/" + name_of(n)})));
    p.apply(added(test::policy({.key = "a/p1", .labels = "tier=admin,order=500"})));
    for (int n = 3; n < 200; n += 2)
        expected.at(static_cast<std::size_t>(order_of(n))) = name_of(n);
    expected.push_back("p1");
    std::erase(expected, "");
    EXPECT_EQ(asked({"a", "web"}), expected);
    EXPECT_THAT(asked({"b", "api"}), IsEmpty());
    for (int n = 1; n < 200; n += 2)
        p.apply(deleted(test::policy({.key = "a/" + name_of(n)})));
    EXPECT_TRUE(p.state().resolved.policies_of_pod.empty());
}

TEST_F(PolicyIndex, APodThatGoesAndAnotherThatComesTogetherKeepTheirOwnPolicies) {
    put("one", "tier=admin,order=1");
    p.apply(deleted(test::pod({.key = "a/web", .uid = "1", .addresses = {"10.1.0.5"}})));
    p.apply(added(test::pod({.key = "b/web", .uid = "3", .addresses = {"10.1.0.5"}})));
    p.apply(added(test::pod({.key = "a/next", .uid = "4", .addresses = {"10.1.0.8"}})));
    EXPECT_THAT(asked({"b", "web"}), IsEmpty());
    EXPECT_THAT(asked({"a", "next"}), ElementsAre("one"));
    EXPECT_EQ(p.state().resolved.policies_of_pod.size(), 1U);
}

TEST_F(PolicyIndex, OfManyPoliciesThePodsAreIndexedLastWhichChangesNothing) {
    projector late{projector::scope::objects, test::tiered_by_labels()};
    late.apply(added(test::pod({.key = "a/web", .uid = "1", .addresses = {"10.1.0.5"}})));
    late.apply(added(test::pod({.key = "b/api", .uid = "2", .addresses = {"10.1.0.6"}})));
    for (int n = 0; n < 200; ++n) {
        p.apply(many(n));
        late.apply(many(n));
    }
    late.index();
    const auto expected = asked({"a", "web"});
    ASSERT_EQ(expected.size(), 200U);
    const auto before = p.state().resolved.queries.size();
    p = std::move(late);
    EXPECT_EQ(asked({"a", "web"}), expected);
    EXPECT_EQ(p.state().resolved.queries.size(), before);
    const auto& everyone = p.state().resolved.queries.at(model::pod_query::everything());
    EXPECT_EQ(everyone.size(), 2U);
    EXPECT_EQ(p.state().resolved.owners.size(), 2U);
}

TEST_F(PolicyIndex, APolicyThatMovesAmongTheOthersTellsEachPodThatItSelects) {
    put("one", "tier=admin,order=1");
    put("two", "tier=admin,order=2");
    const auto* place = &p.state().resolved.policies.at({stream, {"a", "one"}});
    EXPECT_EQ(put("one", "tier=admin,order=3"),
              (std::set<model::change>{{.kind = what::pod, .key = {"a", "web"}},
                                       {.kind = what::policy, .policy = {stream, {"a", "one"}}}}));
    EXPECT_THAT(asked({"a", "web"}), ElementsAre("two", "one"));
    EXPECT_EQ(&p.state().resolved.policies.at({stream, {"a", "one"}}), place);
    put("one", "tier=admin,order=1,subject=everywhere");
    EXPECT_THAT(asked({"a", "web"}), ElementsAre("one", "two"));
    EXPECT_THAT(asked({"b", "api"}), ElementsAre("one"));
}

TEST_F(PolicyIndex, APolicyThatMovesPastNoOtherTellsNoPod) {
    put("one", "tier=admin,order=1");
    put("two", "tier=admin,order=5");
    EXPECT_EQ(put("one", "tier=admin,order=2"),
              (std::set<model::change>{{.kind = what::policy, .policy = {stream, {"a", "one"}}}}));
}

TEST_F(PolicyIndex, APolicyThatChangesItsRulesAloneLeavesItsPodsAlone) {
    put("one", "tier=admin,order=1");
    EXPECT_EQ(put("one", "tier=admin,order=1,action=deny"),
              (std::set<model::change>{{.kind = what::policy, .policy = {stream, {"a", "one"}}}}));
}

TEST_F(PolicyIndex, AClusterWidePolicySelectsPodsOfNamespacesToCome) {
    put("all", "tier=admin,subject=everywhere");
    apply(added(test::pod({.key = "c/new", .uid = "3", .addresses = {"10.1.0.7"}})));
    EXPECT_THAT(asked({"c", "new"}), ElementsAre("all"));
    apply(deleted(test::policy({.key = "a/all"})));
    EXPECT_TRUE(p.state().resolved.policies.empty());
    EXPECT_TRUE(p.state().resolved.policies_of_pod.empty());
}

TEST_F(PolicyIndex, PoliciesThatDoNotFitIntoTheirNamespacesBudgetRefuseUntilTheyDo) {
    const auto put_wide = [&](const std::string& key) {
        std::vector<std::string> from;
        for (int i = 0; i < 200; ++i)
            from.push_back("namespaces:" + key.substr(2) + std::to_string(i));
        return apply(added(test::policy({.key = key, .from = from})));
    };
    for (const auto* key : {"a/one", "a/two", "b/one"})
        put_wide(key);
    const auto refuses = [&](const model::object_key& key) {
        const auto& policy = p.state().resolved.policies.at({stream, key});
        EXPECT_EQ(policy.over_budget.empty(), !policy.ingress.empty());
        return !policy.over_budget.empty();
    };
    EXPECT_FALSE(refuses({"a", "one"}));
    EXPECT_FALSE(refuses({"a", "two"}));

    const auto of_third = put_wide("a/three");
    EXPECT_TRUE(of_third.contains({.kind = what::policy, .policy = {stream, {"a", "two"}}}))
        << "the last by name";
    EXPECT_FALSE(refuses({"a", "one"}));
    EXPECT_FALSE(refuses({"a", "three"}));
    EXPECT_TRUE(refuses({"a", "two"}));
    EXPECT_FALSE(refuses({"b", "one"})) << "another namespace";

    apply(deleted(test::policy({.key = "a/one"})));
    EXPECT_FALSE(refuses({"a", "two"}));
}

TEST_F(PolicyIndex, APolicyOfAKindThatNobodyTranslatesIsKeptAndSelectsNobody) {
    projector knows_nothing{projector::scope::everything, policy::translators{}};
    knows_nothing.apply(added(test::pod({.key = "a/web", .uid = "1", .addresses = {"10.1.0.5"}})));
    knows_nothing.apply(added(test::policy({.key = "a/deny"})));
    const auto& resolved = knows_nothing.state().resolved;
    EXPECT_THAT(resolved.policies.at({stream, {"a", "deny"}}).not_understood,
                ElementsAre("selects no pod: its kind is not understood"));
    EXPECT_TRUE(resolved.policies_of_pod.empty());
}

} // namespace
} // namespace nodewall::projection
