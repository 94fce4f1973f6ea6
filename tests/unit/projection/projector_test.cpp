#include "projection/projector.hpp"

#include "unit/projection/objects.hpp"

#include <gtest/gtest.h>

namespace nodewall::projection {
namespace {

using model::kind;
using what = model::change::what;
using changes = std::set<model::change>;

constexpr auto policies = "networkpolicies.networking.k8s.io";
model::pod_query pods_of(std::string namespace_) {
    return {.namespace_ = std::move(namespace_), .namespaces = std::nullopt, .pods = {}};
}
using test::added;
using test::deleted;

const model::object_key web{"a", "web"};

struct Projector : testing::Test {
    projector p;
    std::uint64_t seq = 0;

    changes apply(model::event e) {
        e.seq = ++seq;
        p.apply(e);
        return p.take_changes();
    }
    const model::cluster_state& state() const { return p.state(); }
    void SetUp() override { p.take_changes(); }
};

TEST_F(Projector, BeginsWithEverythingChanged) {
    projector fresh;
    EXPECT_EQ(fresh.take_changes(), (changes{{.kind = what::everything}}));
    EXPECT_TRUE(fresh.take_changes().empty());
}

TEST_F(Projector, AnUpdateOfEqualContentMovesTheSeqAlone) {
    const auto pod = test::pod({.key = "a/web", .uid = "1", .addresses = {"10.1.0.5"}});
    apply(added(pod));
    EXPECT_TRUE(apply(added(pod)).empty());
    EXPECT_EQ(state().objects.pods.at(web).meta.seq, 2U);
    EXPECT_EQ(state().seq, 2U);
}

TEST_F(Projector, AnEventOfNoObjectMovesTheSeqAlone) {
    model::event act;
    act.stream = model::agent_stream;
    act.type = model::event_type::applied;
    act.body = "{}";
    EXPECT_TRUE(apply(act).empty());
    EXPECT_EQ(state().seq, 1U);
}

TEST_F(Projector, APodStaysInItsPlaceWhenItsContentChanges) {
    apply(added(test::policy({.key = "a/deny"})));
    apply(added(test::pod({.key = "a/web", .uid = "1", .addresses = {"10.1.0.5"}})));
    const auto* before = &state().objects.pods.at(web);
    apply(added(test::pod({.key = "a/web", .uid = "2", .addresses = {"10.1.0.6"}})));
    EXPECT_EQ(&state().objects.pods.at(web), before);
    EXPECT_EQ(state().resolved.queries.at(pods_of("a")), model::pod_set{before});
    EXPECT_EQ(state().resolved.owners.begin()->second, before);
}

TEST_F(Projector, ADeletionThatNamesAnotherUidIsLate) {
    const auto old = test::pod({.key = "a/web", .uid = "1", .addresses = {"10.1.0.5"}});
    const auto young = test::pod({.key = "a/web", .uid = "2", .addresses = {"10.1.0.5"}});
    apply(added(old));
    apply(added(young));
    EXPECT_TRUE(apply(deleted(old)).empty());
    EXPECT_EQ(state().objects.pods.at(web).meta.uid, "2");
    apply(deleted(young));
    EXPECT_TRUE(state().objects.pods.empty());
}

TEST_F(Projector, APodThatCannotBeReadIsAbsentAndNamed) {
    apply(added(test::policy({.key = "a/deny"})));
    apply(added(test::pod({.key = "a/web", .uid = "1", .addresses = {"10.1.0.5"}})));
    const auto seen = apply(added(test::broken(kind::pod, "a/web")));
    EXPECT_TRUE(seen.contains({.kind = what::pod, .key = web}));
    EXPECT_TRUE(state().objects.pods.empty());
    EXPECT_TRUE(state().resolved.owners.empty());
    EXPECT_TRUE(state().resolved.policies_of_pod.empty());
    EXPECT_TRUE(state().undecodable.contains("pods a/web"));
    apply(added(test::pod({.key = "a/web", .uid = "1", .addresses = {"10.1.0.5"}})));
    EXPECT_TRUE(state().undecodable.empty());
}

TEST_F(Projector, AnObjectOfWhichAPartIsNotUnderstoodStaysAndIsNamed) {
    const auto good = test::pod({.key = "a/web", .uid = "1", .addresses = {"10.1.0.5"}});
    const auto bad = test::pod({.key = "a/web", .uid = "1", .addresses = {"10.1.0.5", "x"}});
    apply(added(good));
    EXPECT_TRUE(apply(added(bad)).contains({.kind = what::pod, .key = web}));
    EXPECT_EQ(state().objects.pods.size(), 1U);
    EXPECT_EQ(state().resolved.owners.size(), 1U);
    EXPECT_TRUE(state().undecodable.empty());
    EXPECT_EQ(state().not_understood,
              (std::map<std::string, std::vector<std::string>>{
                  {"pods a/web", {"status.podIPs[1].ip is 'x': not an IP address"}}}));
    EXPECT_TRUE(apply(added(bad)).empty());
    apply(added(good));
    EXPECT_TRUE(state().not_understood.empty());
}

TEST_F(Projector, APolicyThatCannotBeReadAnyMoreKeepsWhatWasUnderstood) {
    apply(added(test::pod({.key = "a/web", .uid = "1", .addresses = {"10.1.0.5"}})));
    apply(added(test::policy({.key = "a/deny"})));
    EXPECT_TRUE(apply(added(test::broken(kind::network_policy, "a/deny"))).empty());
    EXPECT_EQ(state().objects.policies.size(), 1U);
    EXPECT_TRUE(state().resolved.policies_of_pod.contains(&state().objects.pods.at(web)));
    EXPECT_TRUE(state().undecodable.contains("networkpolicies.networking.k8s.io a/deny"));
    apply(deleted(test::policy({.key = "a/deny"})));
    EXPECT_TRUE(state().objects.policies.empty());
    EXPECT_TRUE(state().undecodable.empty());
}

TEST_F(Projector, AQueryLivesAsLongAsOnePolicyUsesIt) {
    apply(added(test::policy({.key = "a/one", .pods = "app=web", .from = {"pods:app=api"}})));
    apply(added(test::policy({.key = "a/two", .pods = "app=api", .from = {"pods:app=web"}})));
    EXPECT_EQ(state().resolved.queries.size(), 3U);
    apply(deleted(test::policy({.key = "a/one"})));
    EXPECT_EQ(state().resolved.queries.size(), 3U);
    apply(deleted(test::policy({.key = "a/two"})));
    EXPECT_EQ(state().resolved.queries.size(), 1U);
}

TEST_F(Projector, TheQueryOfEveryPodIsAlwaysInUse) {
    apply(added(test::pod({.key = "a/web", .uid = "1", .addresses = {"10.1.0.5"}})));
    const auto* web_pod = &state().objects.pods.at(web);
    EXPECT_EQ(state().resolved.queries, (std::map<model::pod_query, model::pod_set>{
                                            {model::pod_query::everything(), {web_pod}}}));
    apply(added(test::policy({.key = "a/one", .from = {"namespaces:*"}})));
    apply(deleted(test::policy({.key = "a/one"})));
    EXPECT_TRUE(state().resolved.queries.contains(model::pod_query::everything()));
}

TEST_F(Projector, APolicyOfUnchangedContentFollowsItsEvents) {
    apply(added(test::policy({.key = "a/one"})));
    const auto* translated = &state().resolved.policies.at({policies, {"a", "one"}});
    EXPECT_TRUE(apply(added(test::policy({.key = "a/one"}))).empty());
    EXPECT_EQ(translated->seq, 2U);
    apply(added(test::policy({.key = "a/one", .pods = "app=web"})));
    EXPECT_EQ(&state().resolved.policies.at({policies, {"a", "one"}}), translated)
        << "it keeps its place";
    EXPECT_EQ(translated->seq, 3U);
}

TEST_F(Projector, AQueryChangesInTheBlocksOfTheAddressesThatItsMembersGetAndLose) {
    const auto everything = model::pod_query::everything();
    const auto in = [&](std::string_view block) {
        return model::change{
            .kind = what::query, .query = everything, .block = model::cidr::parse(block).value()};
    };
    const auto queries = [](changes all) {
        std::erase_if(all, [](const auto& change) { return change.kind != what::query; });
        return all;
    };
    EXPECT_EQ(queries(apply(added(
                  test::pod({.key = "a/web", .uid = "1", .addresses = {"10.1.0.5", "fd00::5"}})))),
              (changes{in("10.1.0.0/24"), in("fd00::/120")}));
    EXPECT_EQ(queries(apply(added(
                  test::pod({.key = "a/web", .uid = "1", .addresses = {"10.1.1.5", "fd00::5"}})))),
              (changes{in("10.1.0.0/24"), in("10.1.1.0/24")}));
    EXPECT_TRUE(queries(apply(added(test::pod({.key = "a/web",
                                               .uid = "1",
                                               .labels = "app=web",
                                               .addresses = {"10.1.1.5", "fd00::5"}}))))
                    .empty());
    EXPECT_TRUE(queries(apply(added(test::pod({.key = "b/next",
                                               .uid = "2",
                                               .addresses = {"10.1.1.5"},
                                               .started = "2026-11-23T09:00:00Z"}))))
                    .empty())
        << "the address goes from one member to another";
}

TEST_F(Projector, PeersOfEgressRulesAreQueriesToo) {
    apply(added(test::policy({.key = "a/out", .pods = "app=web", .to = {"namespaces:team=x"}})));
    EXPECT_EQ(state().resolved.queries.size(), 3U);
}

TEST_F(Projector, APolicyThatChangesItsPeersLeavesItsPodsAlone) {
    apply(added(test::pod({.key = "a/web", .uid = "1", .addresses = {"10.1.0.5"}})));
    apply(added(test::policy({.key = "a/p", .from = {"pods:app=api"}})));
    EXPECT_EQ(apply(added(test::policy({.key = "a/p", .from = {"10.0.0.0/8"}}))),
              (changes{{.kind = what::policy, .policy = {policies, {"a", "p"}}}}));
}

TEST_F(Projector, ASliceOfAnyNumberMakesSlicesKnown) {
    apply(added(test::service("a/web", "app=web")));
    EXPECT_EQ(state().resolved.queries.size(), 2U);
    EXPECT_EQ(apply(test::listed(kind::endpoint_slice)), (changes{{.kind = what::everything}}));
    EXPECT_TRUE(state().endpoint_slices_known);
    EXPECT_EQ(state().resolved.queries.size(), 1U);
    EXPECT_TRUE(apply(test::listed(kind::endpoint_slice)).empty());
    apply(added(test::service("a/web", "app=api")));
    EXPECT_EQ(state().resolved.queries.size(), 1U);
}

TEST_F(Projector, AListOfAnotherKindMakesNoSlicesKnown) {
    apply(test::listed(kind::service));
    EXPECT_FALSE(state().endpoint_slices_known);
}

TEST_F(Projector, MovesWithItsState) {
    apply(added(test::policy({.key = "a/deny"})));
    projector moved = std::move(p);
    auto e = added(test::pod({.key = "a/web", .uid = "1", .addresses = {"10.1.0.5"}}));
    moved.apply(e);
    EXPECT_EQ(moved.state().resolved.queries.at(pods_of("a")).size(), 1U);
}

} // namespace
} // namespace nodewall::projection
