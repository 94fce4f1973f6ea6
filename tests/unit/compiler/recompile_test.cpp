// What a recompilation does anew, and what it shares. That it always equals a full compilation is
// a property (tests/property).
#include "cluster.hpp"
#include "compiler/tracking/dependencies.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::test {
namespace {

using what = model::change::what;

/// Two Services, each with a pod of its own in a namespace of its own.
class Recompilation : public testing::Test {
protected:
    Recompilation() {
        for (const std::string name : {"a", "b"}) {
            const auto pod = a_pod(name + "/pod", {name == "a" ? "10.0.0.1" : "10.0.0.2"});
            c.add(pod);
            auto service = a_service(name + "/site", name == "a" ? 30001 : 30002);
            service.cluster_ips.clear();
            c.add(service);
            c.add(a_slice(name + "/site", {to_pod(pod)}));
            c.add(a_policy(name + "/deny"));
        }
        c.resolve();
        before = compiler.compile(c.state);
    }
    ruleset::ruleset recompile(std::set<model::change> changes) {
        c.resolve();
        auto after = compiler.recompile(c.state, changes);
        EXPECT_EQ(after.digest_lines(),
                  compiler::compiler(c.settings).compile(c.state).digest_lines());
        return after;
    }
    const ruleset::unit* door_b(const ruleset::ruleset& rules) {
        return rules.units().at("door/ipv4/nodeport/TCP/30002").get();
    }
    cluster c;
    compiler::compiler compiler{c.settings};
    ruleset::ruleset before;
};

TEST_F(Recompilation, OfAPolicyLeavesOtherDoorsAlone) {
    c.add(a_policy("a/deny", {{}}));
    const auto after = recompile({{.kind = what::policy, .policy = policy_id("a/deny")}});
    EXPECT_FALSE(after.units().contains("door/ipv4/nodeport/TCP/30001"));
    EXPECT_EQ(door_b(after), door_b(before));
}

TEST_F(Recompilation, OfAPolicyThatComesFollowsThePodsThatItSelects) {
    c.add(a_policy("a/allow", {{}}));
    const auto after = recompile({{.kind = what::policy, .policy = policy_id("a/allow")},
                                  {.kind = what::pod, .key = key("a/pod")}});
    EXPECT_TRUE(dial_node(after, "203.0.113.9", 30001));
}

TEST_F(Recompilation, KeepsUnitsThatSayTheSame) {
    const auto after = recompile(
        {{.kind = what::service, .key = key("b/site")}, {.kind = what::pod, .key = key("b/pod")}});
    EXPECT_EQ(door_b(after), door_b(before));
}

TEST_F(Recompilation, OfAServiceThatGoesTakesItsDoors) {
    c.state.objects.services.erase(key("a/site"));
    const auto after = recompile({{.kind = what::service, .key = key("a/site")}});
    EXPECT_EQ(after.units().size(), before.units().size() - 2) << "and its decision";
}

TEST_F(Recompilation, MovesADoorToAnotherService) {
    auto service = a_service("b/site", 30001);
    service.cluster_ips.clear();
    c.add(service);
    c.add(a_policy("b/deny", {{{block("192.0.2.0/24")}, {}}}));
    c.state.objects.services.erase(key("a/site"));
    const auto after = recompile({{.kind = what::service, .key = key("a/site")},
                                  {.kind = what::service, .key = key("b/site")},
                                  {.kind = what::policy, .policy = policy_id("b/deny")}});
    EXPECT_TRUE(dial_node(after, "192.0.2.9", 30001));
    EXPECT_FALSE(dial_node(after, "203.0.113.9", 30001));
    EXPECT_TRUE(dial_node(after, "203.0.113.9", 30002));
}

TEST_F(Recompilation, GivesAContestedDoorBackToTheOther) {
    auto rival = a_service("b/rival", 30002);
    rival.cluster_ips.clear();
    c.add(rival);
    c.add(a_slice("b/rival", {to_address("192.0.2.200")})); // nobody's: open
    auto after = recompile({{.kind = what::service, .key = key("b/rival")}});
    EXPECT_TRUE(dial_node(after, "203.0.113.9", 30002)) << "of one namespace: the union";
    EXPECT_EQ(compiler.findings()->size(), 2U) << "a collision, of backends that differ";
    c.state.objects.services.erase(key("b/rival"));
    after = recompile({{.kind = what::service, .key = key("b/rival")}});
    EXPECT_FALSE(dial_node(after, "203.0.113.9", 30002));
    EXPECT_EQ(compiler.findings()->size(), 0U);
}

TEST_F(Recompilation, OfAPodsAddressTouchesItsBlockAlone) {
    const auto everyone = model::pod_query::everything();
    const auto unit =
        "members/ipv4/" +
        ruleset::hashed_set_name(ruleset::purpose::peers, model::family::ipv4, everyone.identity());
    const auto joined = [&](std::string_view block) {
        return std::set{model::change{.kind = what::query, .query = everyone, .block = net(block)}};
    };
    c.add(a_pod("a/near", {"10.0.0.3"}));
    auto after = recompile(joined("10.0.0.0/24"));
    EXPECT_EQ(after.units().at(unit + "/10.0.0.0/24")->member_count(), 3U);
    c.add(a_pod("a/far", {"10.0.1.1"}));
    const auto more = recompile(joined("10.0.1.0/24"));
    EXPECT_EQ(ruleset::unit_map::differences(after.units(), more.units()).size(), 1U);
    EXPECT_EQ(more.units().at(unit + "/10.0.1.0/24")->member_count(), 1U);
    c.state.objects.pods.erase(key("a/far"));
    after = recompile(joined("10.0.1.0/24"));
    EXPECT_FALSE(after.units().contains(unit + "/10.0.1.0/24"));
}

TEST_F(Recompilation, FollowsAPodThatIsABackendByItsAddressAlone) {
    auto pod = a_pod("a/pod", {"10.0.0.1"});
    pod.meta.not_understood = {"status.podIPs[1].ip is 'x': not an IP address"};
    c.add(pod);
    c.add(a_slice("a/site", {to_address("10.0.0.1")}));
    c.add(a_policy("a/deny", {{}}));
    c.resolve();
    before = compiler.compile(c.state);
    EXPECT_FALSE(dial_node(before, "203.0.113.9", 30001)) << "what cannot be read refuses";
    c.add(a_pod("a/pod", {"10.0.0.1"})); // the address has the same owner
    const auto after = recompile({{.kind = what::pod, .key = key("a/pod")}});
    EXPECT_TRUE(dial_node(after, "203.0.113.9", 30001));
}

TEST_F(Recompilation, WithoutChangesReturnsTheSameUnits) {
    EXPECT_EQ(recompile({}).units(), before.units());
}

TEST_F(Recompilation, BeforeAnyCompilationIsOne) {
    compiler::compiler fresh(c.settings);
    EXPECT_EQ(fresh.recompile(c.state, {}).digest_lines(), before.digest_lines());
}

TEST(Findings, NameWhatWasNotUnderstoodAndWhatCouldNotBeDecoded) {
    cluster c;
    model::policy_peer odd;
    odd.not_understood = "names no peer";
    c.add(a_policy("web/odd", {{{odd}, {}}}));
    c.state.undecodable["pods web/broken"] = "not JSON";
    c.state.not_understood["services web/site"] = {"spec.type is 'Tunnel', no type of Service",
                                                   "spec.externalIPs[0] is 'x': not an IP address"};
    c.compile();
    EXPECT_THAT(c.findings(),
                testing::ElementsAre(
                    "NetworkPolicy web/odd: ingress[0]: a peer matches nobody: names no peer",
                    "services web/site: spec.externalIPs[0] is 'x': not an IP address",
                    "services web/site: spec.type is 'Tunnel', no type of Service",
                    "pods web/broken: not JSON"));
}

TEST(Tokens, TellThingsApartThatShareTheirLetters) {
    using namespace compiler;
    EXPECT_NE(token_of_pod({"ab", "c"}), token_of_pod({"a", "bc"}));
    EXPECT_NE(token_of_pod({"a", ""}), token_of_namespace_pods("a"));
}

TEST(Tokens, APolicyIsLookedAtAsPartOfThePodsThatItSelects) {
    cluster c;
    c.add(a_pod("web/a", {"10.0.0.1"}));
    c.add(a_pod("web/b", {"10.0.0.2"}));
    c.add(a_pod("shop/c", {"10.0.0.3"}));
    c.add(a_policy("web/deny"));
    c.resolve();
    EXPECT_THAT(
        compiler::tokens_of({.kind = what::policy, .policy = policy_id("web/deny")}, c.state),
        testing::UnorderedElementsAre(compiler::token_of_pod(key("web/a")),
                                      compiler::token_of_pod(key("web/b"))));
    EXPECT_THAT(
        compiler::tokens_of({.kind = what::policy, .policy = policy_id("web/gone")}, c.state),
        testing::IsEmpty());
}

TEST(DependencyIndex, ForgetsWhatIsNotLookedAtAnyMore) {
    compiler::dependency_index index;
    const auto service = compiler::door_holder::service(key("a/b"));
    index.replace(service, {}, {1, 2});
    index.replace(service, {1, 2}, {2, 3});
    std::set<compiler::door_holder> dirty;
    index.collect(1, dirty);
    EXPECT_TRUE(dirty.empty());
    index.collect(2, dirty);
    EXPECT_EQ(dirty, std::set{service});
    index.replace(service, {2, 3}, {});
    dirty.clear();
    index.collect(3, dirty);
    EXPECT_TRUE(dirty.empty());
}

} // namespace
} // namespace nodewall::test
