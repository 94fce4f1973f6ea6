// SEMANTICS section 3: what cannot be read refuses.
#include "backends.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::test {
namespace {

using testing::Contains;
using testing::HasSubstr;

/// Nothing that cannot be read opens a door: no policy isolates anything here.
class Unreadable : public Backends {
protected:
    Unreadable() {
        c.state.objects.policies.clear();
        c.add(isolated);
    }
    bool open_with(model::endpoint_slice_object slice) {
        c.add(std::move(slice));
        return open();
    }
    model::endpoint_slice_object readable = a_slice("web/site", {to_pod(isolated)});
};

TEST_F(Unreadable, NothingIsByDefault) {
    EXPECT_TRUE(open_with(readable));
}

TEST_F(Unreadable, EndpointsRefuse) {
    auto slice = readable;
    slice.endpoints = {{.unknown = true}};
    EXPECT_FALSE(open_with(slice));
    slice.endpoints.push_back(to_pod(isolated));
    EXPECT_TRUE(open_with(slice)) << "the other one admits everyone";
    EXPECT_THAT(c.findings(), Contains(HasSubstr("1 of its 2 backends admit every source")));
}

TEST_F(Unreadable, EndpointsMayBeHere) {
    auto service = a_service("web/site");
    service.external_traffic_local = true;
    c.add(service);
    auto slice = readable;
    slice.endpoints = {{.unknown = true}};
    EXPECT_FALSE(open_with(slice));
}

TEST_F(Unreadable, PortsMayBeAnyPort) {
    auto slice = readable;
    slice.ports = {{.unknown = true}};
    EXPECT_FALSE(open_with(slice));
    slice.endpoints.clear();
    EXPECT_TRUE(open_with(slice)) << "nothing is behind them";
}

TEST_F(Unreadable, SlicesRefuseInEachFamily) {
    auto slice = readable;
    slice.address_family.reset();
    slice.endpoints.clear();
    slice.ports.clear();
    slice.unknown = true;
    auto service = a_service("web/site");
    service.ip_families = {model::family::ipv4, model::family::ipv6};
    c.add(service);
    c.add(slice);
    const auto rules = c.compile();
    EXPECT_FALSE(dial_node(rules, outside, 30051));
    EXPECT_FALSE(dial_node(rules, "2001:db8::9", 30051));
}

TEST_F(Unreadable, PodsRefuseByNameAndByAddress) {
    isolated.meta.not_understood = {"status.podIPs[1].ip is 'x': not an IP address"};
    c.add(isolated);
    behind({to_pod(isolated)});
    EXPECT_FALSE(open());
    behind({to_address("10.0.0.1")});
    EXPECT_FALSE(open());
    isolated.host_network = true;
    c.add(isolated);
    behind({to_pod(isolated)});
    EXPECT_FALSE(open());
}

TEST_F(Unreadable, PortsOfTheServiceRefuseAndItsOthersDoNot) {
    auto service = a_service("web/site");
    service.ports.push_back(service.ports.front());
    service.ports[0].unknown = true;
    service.ports[1].node_port = 30052;
    c.add(service);
    c.add(readable);
    const auto rules = c.compile();
    EXPECT_FALSE(dial_node(rules, outside, 30051));
    EXPECT_TRUE(dial_node(rules, outside, 30052));
}

TEST_F(Unreadable, PortNumbersOfTheServiceLeaveItsNodePort) {
    auto service = a_service("web/site");
    service.ports[0].port = 0;
    service.external_ips = {ip("192.0.2.1")};
    service.ports[0].unknown = true;
    c.add(service);
    EXPECT_FALSE(open());
    EXPECT_TRUE(dial(c.compile(), outside, "192.0.2.1", 80)) << "which door it was is not known";
}

} // namespace
} // namespace nodewall::test
