// SEMANTICS section 6: what one tenant writes says nothing for another.
#include "backends.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::test {
namespace {

using testing::Contains;
using testing::HasSubstr;

TEST_F(Backends, AreWhoOwnsTheirAddressWhateverTheirNameSays) {
    c.add(isolated);
    c.add(free);
    auto endpoint = to_pod(free);
    endpoint.address = ip("10.0.0.1");
    behind({endpoint});
    EXPECT_FALSE(open()) << "it names another pod than the owner";
    for (const bool host : {false, true}) {
        auto other = a_pod("web/other", {"192.0.2.1"});
        other.host_network = host;
        other.phase = host ? model::pod_phase::running : model::pod_phase::succeeded;
        c.add(other);
        endpoint = to_pod(other);
        endpoint.address = ip("10.0.0.1");
        behind({endpoint});
        EXPECT_FALSE(open()) << (host ? "hostNetwork" : "finished");
    }
}

TEST_F(Backends, OfAnotherNamespaceThanTheServicesMustAdmitEachForItself) {
    c.state.objects.policies.clear();
    c.add(a_pod("victim/isolated", {"10.0.0.8"}, {{"app", "isolated"}}));
    c.add(a_pod("victim/open", {"10.0.0.9"}, {{"app", "open"}}));
    auto deny = a_policy("victim/deny");
    deny.pod_selector = with_labels({{"app", "isolated"}});
    c.add(deny);
    behind({to_address("10.0.0.9")});
    EXPECT_TRUE(open());
    behind({to_address("10.0.0.8"), to_address("10.0.0.9")});
    EXPECT_FALSE(open()) << "nobody of theirs put the two behind one door";
}

TEST_F(Backends, OfSeveralNamespacesOpenToWhomEachOfThemAdmits) {
    c.add(isolated);
    c.add(free);
    behind({to_address("10.0.0.1"), to_pod(free)});
    EXPECT_FALSE(open());
    model::policy_rule rule;
    rule.peers = {block("203.0.113.0/24")};
    c.add(a_policy("web/admit", {rule}));
    EXPECT_TRUE(open());
    c.add(a_policy("lab/deny"));
    EXPECT_FALSE(open());
}

TEST_F(Backends, ThatNobodyOwnsDoNotCountBesideOtherNamespaces) {
    auto victim = a_pod("victim/pod", {"10.0.0.9"});
    c.add(victim);
    c.add(a_policy("victim/deny"));
    behind({to_address("10.0.0.9"), to_address("192.168.1.1")});
    EXPECT_FALSE(open());
    behind({to_address("192.168.1.1")});
    EXPECT_TRUE(open());
    c.add(isolated);
    behind({to_address("192.168.1.1"), to_pod(isolated)});
    EXPECT_TRUE(open()) << "beside pods of the Service's own namespace they do";
}

TEST_F(Backends, OfSlicesForAnotherProxyAreNone) {
    c.add(isolated);
    c.add(free);
    behind({to_pod(isolated)});
    auto other = a_slice("web/site", {to_pod(free)});
    other.meta.key.name = "other";
    for (const auto* label :
         {"service.kubernetes.io/service-proxy-name", "service.kubernetes.io/headless"}) {
        other.meta.labels = model::label_set(label_list{{label, "x"}});
        c.add(other);
        EXPECT_FALSE(open()) << label;
        EXPECT_THAT(c.findings(), Contains(HasSubstr("EndpointSlice web/other: is not for")));
    }
}

TEST_F(Backends, OfAServiceThatANamedProxyServesAreThoseOfItsOwnSlices) {
    auto service = a_service("web/site");
    service.meta.labels =
        model::label_set(label_list{{"service.kubernetes.io/service-proxy-name", "another"}});
    c.add(service);
    c.add(isolated);
    behind({to_pod(isolated)});
    EXPECT_TRUE(open()) << "nobody serves it here";
    c.settings.service_proxies = {"another"};
    EXPECT_TRUE(open()) << "nothing is behind it: the slice is kube-proxy's";
    auto slice = a_slice("web/site", {to_pod(isolated)});
    slice.meta.labels = service.meta.labels;
    c.add(slice);
    EXPECT_FALSE(open());
}

} // namespace
} // namespace nodewall::test
