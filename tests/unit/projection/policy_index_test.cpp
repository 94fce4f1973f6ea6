#include "projection/projector.hpp"

#include "unit/projection/objects.hpp"
#include "unit/projection/tiered_policies.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
