// SEMANTICS sections 1 and 3: what stands behind a door, and what it says.
#include "backends.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(Backends, NoneAtAllLeaveTheDoorOpen) {
    EXPECT_TRUE(open());
    behind({});
    EXPECT_TRUE(open());
}

TEST_F(Backends, AreFoundByTheAddressOfThePod) {
    c.add(isolated);
    behind({to_address("10.0.0.1")});
    EXPECT_FALSE(open());
}

TEST_F(Backends, ThatAreNoPodsAreNotIsolated) {
    behind({to_address("192.168.1.1")});
    EXPECT_TRUE(open());
}

TEST_F(Backends, ThatNameAnUnknownPodRefuse) {
    auto endpoint = to_pod(isolated);
    behind({endpoint});
    EXPECT_FALSE(open());
    auto another = isolated;
    another.meta.uid = "another";
    c.add(another);
    c.state.objects.policies.clear();
    EXPECT_FALSE(open()) << "the UID differs";
    endpoint.target_pod_uid.clear();
    behind({endpoint});
    EXPECT_TRUE(open()) << "no UID is given";
}

TEST_F(Backends, WhosePodHasNoAddressYetRefuse) {
    auto starting = isolated;
    starting.addresses.clear();
    c.add(starting);
    behind({to_pod(isolated)});
    c.state.objects.policies.clear();
    EXPECT_FALSE(open());
}

TEST_F(Backends, OfFinishedPodsAreLeftOut) {
    c.add(isolated);
    auto finished = a_pod("web/finished", {"10.0.0.3"});
    finished.phase = model::pod_phase::succeeded;
    c.add(finished);
    behind({to_pod(finished)});
    EXPECT_TRUE(open()) << "nothing is left behind the door";
    behind({to_pod(finished), to_pod(isolated)});
    EXPECT_FALSE(open());
}

TEST_F(Backends, OnTheHostNetworkAreNotIsolated) {
    isolated.host_network = true;
    c.add(isolated);
    behind({to_pod(isolated)});
    EXPECT_TRUE(open());
}

TEST_F(Backends, ThatAreTerminatingStayIsolated) {
    isolated.meta.terminating = true;
    c.add(isolated);
    behind({to_pod(isolated)});
    EXPECT_FALSE(open());
}

TEST_F(Backends, OfAnotherPortNameOrProtocolAreNotBehindTheDoor) {
    c.add(isolated);
    auto slice = a_slice("web/site", {to_pod(isolated)});
    slice.ports = {{.name = "metrics", .port = 8080},
                   {.name = {}, .proto = model::protocol::udp, .port = 8080}};
    c.add(slice);
    EXPECT_TRUE(open());
}

TEST_F(Backends, WithAllPortsAdmitWhomOneOfThemAdmits) {
    c.add(isolated);
    auto slice = a_slice("web/site", {to_pod(isolated)});
    slice.ports = {{.name = {}, .port = 0}};
    c.add(slice);
    EXPECT_FALSE(open());
    c.add(a_policy("web/allow", {{{}, {port(1234)}}}));
    EXPECT_TRUE(open());
}

TEST_F(Backends, OfTheOtherFamilyOrOfNamesDoNotCount) {
    c.add(isolated);
    auto slice = a_slice("web/site", {to_pod(isolated)});
    slice.address_family = model::family::ipv6;
    c.add(slice);
    EXPECT_TRUE(open());
    slice.address_family.reset();
    c.add(slice);
    EXPECT_TRUE(open());
}

TEST_F(Backends, AreJudgedAtTheirOwnPorts) {
    isolated.ports = {{.name = "http", .port = 8080, .host_ip = {}}};
    auto other = a_pod("web/other", {"10.0.0.5"});
    other.ports = {{.name = "http", .port = 9090, .host_ip = {}}};
    c.add(isolated);
    c.add(other);
    c.add(a_policy("web/allow", {{{}, {port(9090)}}}));
    behind({to_pod(isolated)});
    EXPECT_FALSE(open());
    auto second = a_slice("web/site", {to_pod(other)});
    second.meta.key.name = "second";
    second.ports[0].port = 9090;
    c.add(second);
    EXPECT_TRUE(open());
}

TEST_F(Backends, ThatDifferKeepTheDoorOpenAndAreNamed) {
    c.add(isolated);
    behind({to_pod(isolated), to_address("192.168.1.1")});
    EXPECT_TRUE(open());
    EXPECT_THAT(c.findings(),
                Contains(HasSubstr("1 of its 2 backends admit every source, 0 some and 1 "
                                   "none")));
}

TEST_F(Backends, ThatAgreeAreNotNamed) {
    auto twin = a_pod("web/twin", {"10.0.0.7"});
    c.add(isolated);
    c.add(twin);
    behind({to_pod(isolated), to_pod(twin)});
    EXPECT_FALSE(open());
    EXPECT_THAT(c.findings(), IsEmpty());
}

TEST_F(Backends, OpenTheDoorToTheUnionOfWhatTheyAdmit) {
    auto second = a_pod("web/second", {"10.0.0.5"}, {{"app", "second"}});
    c.add(isolated);
    c.add(second);
    auto policy = a_policy("web/allow", {{{block("203.0.113.0/24")}, {}}});
    policy.pod_selector = with_labels({{"app", "second"}});
    c.add(policy);
    behind({to_pod(isolated), to_pod(second)});
    const auto rules = c.compile();
    EXPECT_TRUE(dial_node(rules, outside, 30051));
    EXPECT_FALSE(dial_node(rules, "192.0.2.9", 30051));
}

class LocalTraffic : public Backends {
protected:
    LocalTraffic() {
        auto service = a_service("web/site");
        service.external_traffic_local = true;
        service.external_ips = {ip("192.0.2.1")};
        c.add(service);
        isolated.node_name = "here";
        remote.node_name = "there";
        c.add(isolated);
        c.add(remote);
        c.add(a_pod("lab/client", {"10.0.0.9"}, {{"role", "client"}}));
        c.add(a_pod("lab/other", {"10.0.0.10"}));
        c.add(a_namespace("lab", {{"team", "lab"}}));
    }
    /// Only the remote backend admits these.
    void remote_admits(std::vector<model::policy_peer> peers) {
        auto policy = a_policy("web/remote", {{std::move(peers), {}}});
        policy.pod_selector = with_labels({{"place", "remote"}});
        c.add(policy);
    }
    model::pod_object remote = a_pod("web/remote", {"10.0.1.1"}, {{"place", "remote"}});
};

TEST_F(LocalTraffic, OutsidersAreJudgedByThisNodesBackends) {
    behind({to_pod(isolated), to_pod(remote)});
    remote_admits({block("0.0.0.0/0")});
    const auto rules = c.compile();
    EXPECT_FALSE(dial_node(rules, outside, 30051));
    EXPECT_FALSE(dial(rules, outside, "192.0.2.1", 80));
    EXPECT_TRUE(dial(rules, outside, "10.96.0.1", 80)) << "a cluster IP knows no node";
}

TEST_F(LocalTraffic, AtAClusterIPTheInternalPolicyRules) {
    behind({to_pod(isolated), to_pod(remote)});
    remote_admits({block("0.0.0.0/0")});
    auto service = a_service("web/site");
    service.internal_traffic_local = true;
    service.external_ips = {ip("192.0.2.1")};
    c.add(service);
    const auto rules = c.compile();
    EXPECT_FALSE(dial(rules, outside, "10.96.0.1", 80));
    EXPECT_TRUE(dial(rules, "10.0.0.10", "10.96.0.1", 80)) << "a pod";
    EXPECT_TRUE(dial(rules, outside, "192.0.2.1", 80)) << "the external policy is another";
    EXPECT_TRUE(dial_node(rules, outside, 30051));
}

TEST_F(LocalTraffic, PodsAreJudgedByAllBackends) {
    behind({to_pod(isolated), to_pod(remote)});
    remote_admits({});
    EXPECT_TRUE(dial_node(c.compile(), "10.0.0.10", 30051)) << "the remote one admits everyone";
    remote_admits({block("10.0.0.9/32")});
    auto rules = c.compile();
    EXPECT_TRUE(dial_node(rules, "10.0.0.9", 30051)) << "in its block";
    EXPECT_FALSE(dial_node(rules, "10.0.0.10", 30051));
    remote_admits({namespaces({{"team", "lab"}})});
    rules = c.compile();
    EXPECT_TRUE(dial_node(rules, "10.0.0.9", 30051)) << "by its selector";
    EXPECT_FALSE(dial_node(rules, outside, 30051));
}

TEST_F(LocalTraffic, WithoutABackendHereAllJudge) {
    behind({to_pod(remote)});
    auto rules = c.compile();
    EXPECT_FALSE(dial_node(rules, "10.0.0.10", 30051)) << "a pod is sent there";
    EXPECT_FALSE(dial_node(rules, outside, 30051)) << "outsiders are sent nowhere";
    remote_admits({block("10.0.0.10/32")});
    rules = c.compile();
    EXPECT_TRUE(dial_node(rules, "10.0.0.10", 30051));
    EXPECT_FALSE(dial_node(rules, "10.0.0.9", 30051));
    behind({});
    EXPECT_TRUE(open());
}

TEST_F(LocalTraffic, TheEndpointsOwnWordOnItsNodeCounts) {
    auto endpoint = to_pod(remote);
    endpoint.node_name = "here";
    behind({endpoint});
    EXPECT_FALSE(open());
}

/// The log has no EndpointSlices at all.
class NoSlices : public Backends {
protected:
    NoSlices() {
        c.state.endpoint_slices_known = false;
        service.selector = model::label_set(label_list{{"app", "site"}});
        isolated.meta.labels = *service.selector;
    }
    model::service_object service = a_service("web/site");
};

TEST_F(NoSlices, ThePodsThatTheSelectorSelectsAreTheBackends) {
    c.add(service);
    EXPECT_TRUE(open());
    c.add(isolated);
    EXPECT_FALSE(open());
    isolated.meta.labels = {};
    c.add(isolated);
    EXPECT_TRUE(open());
}

TEST_F(NoSlices, TargetPortsMayBeNamedAndDifferFromPodToPod) {
    service.ports[0].target_port = {0, "http"};
    c.add(service);
    isolated.ports = {{.name = "http", .port = 8080, .host_ip = {}}};
    c.add(isolated);
    c.add(a_policy("web/allow", {{{}, {port(9090)}}}));
    EXPECT_FALSE(open());
    auto other = a_pod("web/other", {"10.0.0.5"}, {{"app", "site"}});
    other.ports = {{.name = "http", .port = 9090, .host_ip = {}}};
    c.add(other);
    EXPECT_TRUE(open());
}

TEST_F(NoSlices, APodWithoutTheNamedPortOrAnAddressIsNoBackend) {
    service.ports[0].target_port = {0, "http"};
    c.add(service);
    c.add(isolated);
    EXPECT_TRUE(open());
    isolated.ports = {{.name = "http", .port = 8080, .host_ip = {}}};
    isolated.addresses.clear();
    c.add(isolated);
    EXPECT_TRUE(open());
}

TEST_F(NoSlices, PodsOnTheHostNetworkAreBackendsAndNotIsolated) {
    c.add(service);
    c.add(isolated);
    auto host = a_pod("web/host", {"198.51.100.1"}, {{"app", "site"}});
    host.host_network = true;
    c.add(host);
    EXPECT_TRUE(open());
}

TEST_F(NoSlices, ASelectorThatCannotBeReadRefuses) {
    service.selector.reset();
    service.selector_unknown = true;
    c.add(service);
    c.state.objects.policies.clear();
    EXPECT_FALSE(open());
    c.state.endpoint_slices_known = true;
    EXPECT_TRUE(open()) << "no slice needs it";
}

TEST_F(NoSlices, APodThatIsNotUnderstoodRefuses) {
    c.add(service);
    isolated.meta.not_understood = {"status.podIP is 'x': not an IP address"};
    isolated.addresses.clear();
    c.add(isolated);
    c.state.objects.policies.clear();
    EXPECT_FALSE(open());
}

TEST_F(NoSlices, AServiceWithoutSelectorHasNoBackends) {
    service.selector.reset();
    c.add(service);
    c.add(isolated);
    EXPECT_TRUE(open());
}

} // namespace
} // namespace nodewall::test
