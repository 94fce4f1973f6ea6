// `state`: how namespaces, doors and pods stand.
#include "looked_over.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace nodewall::test {
namespace {

using compiler::door_overview;
using testing::ElementsAre;
using testing::IsEmpty;
using status = compiler::door_overview::status;

compiler::policy_name policy(std::string_view name) {
    return {"NetworkPolicy", key(name)};
}

const door_overview& node_port(const compiler::overview& all, std::uint16_t port) {
    return *std::ranges::find_if(all.doors, [&](const door_overview& d) {
        return d.compiled.door.what == model::door_class::nodeport && d.compiled.door.port == port;
    });
}

const compiler::program& decision(const compiler::overview& all, std::uint16_t port) {
    return node_port(all, port).compiled.what->decision;
}

network_policy for_pods_with(network_policy policy, label_list labels) {
    policy.pod_selector = with_labels(std::move(labels));
    return policy;
}

TEST(Overview, ANamespaceDeniesByDefaultWhereAPolicySelectsAllItsPodsAndAdmitsNotEveryone) {
    cluster c;
    c.add(a_namespace("free", {}));
    c.add(a_policy("denied/default-deny"));
    c.add(a_policy("limited/some", {{{block("192.0.2.0/24")}, {}}}));
    c.add(a_policy("opened/default-deny"));
    c.add(a_policy("opened/admit-all", {{}}));
    c.add(for_pods_with(a_policy("partly/deny"), {{"app", "web"}}));
    const auto all = look_over(c);
    EXPECT_FALSE(space(all, "free").ingress.denied);
    EXPECT_TRUE(space(all, "denied").ingress.denied);
    EXPECT_THAT(space(all, "denied").ingress.policies, ElementsAre(policy("denied/default-deny")));
    EXPECT_FALSE(space(all, "denied").egress.denied);
    EXPECT_TRUE(space(all, "limited").ingress.denied);
    EXPECT_FALSE(space(all, "opened").ingress.denied);
    EXPECT_THAT(space(all, "opened").ingress.policies,
                ElementsAre(policy("opened/admit-all"), policy("opened/default-deny")));
    EXPECT_FALSE(space(all, "partly").ingress.denied);
    EXPECT_THAT(space(all, "partly").ingress.policies, IsEmpty());
}

TEST(Overview, DirectionsAreToldApart) {
    cluster c;
    auto egress = a_policy("web/no-way-out");
    egress.isolates_ingress = false;
    egress.isolates_egress = true;
    c.add(egress);
    c.add(a_pod("web/a", {"10.0.0.1"}));
    const auto all = look_over(c);
    EXPECT_FALSE(space(all, "web").ingress.denied);
    EXPECT_TRUE(space(all, "web").egress.denied);
    EXPECT_EQ(space(all, "web").isolated_egress, 1U);
    EXPECT_EQ(space(all, "web").isolated_ingress, 0U);
    ASSERT_EQ(all.pods.size(), 1U);
    EXPECT_FALSE(all.pods[0].ingress.denied);
    EXPECT_THAT(all.pods[0].egress.policies, ElementsAre(policy("web/no-way-out")));
}

TEST(Overview, ADoorIsOpenShutOrMixedAndSaysForWhomAndWhy) {
    cluster c;
    const auto admitting = a_pod("web/admitting", {"10.0.0.1"}, {{"app", "some"}});
    const auto refusing = a_pod("web/refusing", {"10.0.0.2"}, {{"app", "none"}});
    const auto free = a_pod("free/pod", {"10.0.0.3"});
    for (const auto& pod : {admitting, refusing, free})
        c.add(pod);
    c.add(for_pods_with(a_policy("web/some", {{{block("192.0.2.0/24")}, {}}}), {{"app", "some"}}));
    c.add(for_pods_with(a_policy("web/none"), {{"app", "none"}}));
    const auto door = [&](std::string_view name, std::uint16_t number,
                          std::vector<model::endpoint> to) {
        auto service = a_service(name, number);
        service.cluster_ips.clear();
        c.add(service);
        c.add(a_slice(name, std::move(to)));
    };
    door("free/open", 30001, {to_pod(free)});
    door("web/shut", 30002, {to_pod(refusing)});
    door("web/some", 30003, {to_pod(admitting)});
    door("web/mixed", 30004, {to_pod(admitting), to_pod(refusing)});
    door("web/none", 30005, {});

    const auto all = look_over(c);
    EXPECT_EQ(node_port(all, 30001).stands, status::open);
    EXPECT_TRUE(decision(all, 30001).admits_everyone());
    EXPECT_EQ(node_port(all, 30002).stands, status::shut);
    // The pod itself, and nobody else.
    ASSERT_NE(decision(all, 30002).admits_only(), nullptr);
    EXPECT_THAT(compiler::overview_of(*decision(all, 30002).admits_only()).blocks,
                ElementsAre(net("10.0.0.2/32")));
    EXPECT_THAT(node_port(all, 30002).policies, ElementsAre(policy("web/none")));
    EXPECT_EQ(node_port(all, 30003).stands, status::shut);
    ASSERT_NE(decision(all, 30003).admits_only(), nullptr);
    EXPECT_THAT(compiler::overview_of(*decision(all, 30003).admits_only()).blocks,
                ElementsAre(net("10.0.0.1/32"), net("192.0.2.0/24")));
    const auto& mixed = node_port(all, 30004);
    EXPECT_EQ(mixed.stands, status::mixed);
    EXPECT_THAT(mixed.remark, testing::HasSubstr("1 some and 1 none"));
    ASSERT_EQ(mixed.backends.size(), 2U);
    EXPECT_TRUE(std::ranges::any_of(mixed.backends, [](const auto& b) {
        return b.pod == key("web/refusing") && b.admits->admits_nobody() && b.port == 8080;
    }));
    EXPECT_EQ(node_port(all, 30005).stands, status::open);
    EXPECT_THAT(node_port(all, 30005).backends, IsEmpty());
    ASSERT_EQ(all.findings->size(), 1U);
    EXPECT_EQ(all.findings->front().what, compiler::finding::kind::mixed);
}

TEST(Overview, OfADoorThatTwoServicesClaimTheOlderIsNamedFirst) {
    cluster c;
    auto older = a_service("b/older");
    auto younger = a_service("a/younger");
    younger.meta.created = timestamp(std::chrono::seconds(1));
    older.cluster_ips = younger.cluster_ips = {};
    c.add(older);
    c.add(younger);
    const auto all = look_over(c);
    EXPECT_EQ(node_port(all, 30051).compiled.holder.key, key("b/older"));
    EXPECT_THAT(node_port(all, 30051).compiled.others, ElementsAre(key("a/younger")));
}

TEST(Overview, APodUnderNoPolicySaysWhy) {
    cluster c;
    c.add(a_policy("web/deny"));
    auto host = a_pod("web/host", {"198.51.100.1"});
    host.host_network = true;
    auto done = a_pod("web/job", {"10.0.0.9"});
    done.phase = model::pod_phase::succeeded;
    c.add(host);
    c.add(done);
    c.add(a_pod("web/new", {}));
    c.add(a_pod("web/site", {"10.0.0.1"}));
    const auto all = look_over(c);
    ASSERT_EQ(all.pods.size(), 4U);
    for (const auto& pod : all.pods) {
        EXPECT_EQ(pod.exempt.empty(), pod.key == key("web/site")) << pod.key.to_string();
        EXPECT_EQ(pod.ingress.denied, pod.key == key("web/site")) << pod.key.to_string();
    }
    EXPECT_EQ(space(all, "web").pods, 1U);
    ASSERT_EQ(all.policies.size(), 1U);
    EXPECT_EQ(all.policies[0].pods, 1U);
}

TEST(Overview, NamesWhatIsNotUnderstoodWithItsPolicy) {
    cluster c;
    c.add(a_policy("web/odd",
                   {{{model::policy_peer{.not_understood = "from[0] names no peer"}}, {}}}));
    const auto all = look_over(c);
    ASSERT_EQ(all.policies.size(), 1U);
    EXPECT_THAT(all.policies[0].not_understood,
                ElementsAre(testing::HasSubstr("from[0] names no peer")));
    ASSERT_EQ(all.findings->size(), 1U);
}

} // namespace
} // namespace nodewall::test
