#include "base/limits.hpp"
#include "decoding.hpp"

namespace nodewall::codec::testing {

namespace {

using model::family;
using model::protocol;
using model::service_object;
using model::service_port;
using model::service_type;

service_object service(std::string_view spec, std::string_view status = "{}") {
    return decode<service_object>(
        object(std::string(R"("spec":{)").append(spec).append(R"(},"status":)").append(status)));
}

service_port port(std::string_view fields) {
    const auto s = service(std::string(R"("ports":[{)").append(fields).append("}]"));
    return s.ports.empty() ? service_port{} : s.ports.front();
}

TEST(DecodeService, ReadsEveryFieldOfAFrontDoor) {
    const auto s =
        service(R"("type":"LoadBalancer","selector":{"app":"web"},
        "clusterIP":"10.96.0.1","clusterIPs":["10.96.0.1","fd00::1"],"externalIPs":["192.0.2.1"],
        "ipFamilies":["IPv4","IPv6"],"externalTrafficPolicy":"Local",
        "ports":[{"name":"http","port":80,"targetPort":"web","nodePort":30080},
                 {"name":"dns","port":53,"protocol":"UDP","targetPort":5353}])",
                R"({"loadBalancer":{"ingress":[{"ip":"203.0.113.7"},{"hostname":"lb.example"}]}})");
    EXPECT_EQ(s.type, service_type::load_balancer);
    EXPECT_EQ(s.selector, labels({{"app", "web"}}));
    EXPECT_EQ(s.cluster_ips, (std::vector{ip("10.96.0.1"), ip("fd00::1")}));
    EXPECT_EQ(s.external_ips, std::vector{ip("192.0.2.1")});
    EXPECT_EQ(s.load_balancer_ips, std::vector{ip("203.0.113.7")});
    EXPECT_EQ(s.ip_families, (std::vector{family::ipv4, family::ipv6}));
    EXPECT_TRUE(s.external_traffic_local);
    EXPECT_FALSE(s.internal_traffic_local);
    EXPECT_EQ(s.ports,
              (std::vector<service_port>{{"http", protocol::tcp, 80, {.name = "web"}, 30080},
                                         {"dns", protocol::udp, 53, {.number = 5353}, 0}}));
}

TEST(DecodeService, ABareServiceIsAClusterIPWithoutSelector) {
    const auto s = decode<service_object>(object(""));
    EXPECT_EQ(s.type, service_type::cluster_ip);
    EXPECT_FALSE(s.selector.has_value());
    EXPECT_FALSE(s.external_traffic_local);
    EXPECT_FALSE(s.internal_traffic_local);
    EXPECT_TRUE(s.ports.empty());
    EXPECT_TRUE(s.cluster_ips.empty());
}

TEST(DecodeService, EveryTypeIsRead) {
    EXPECT_EQ(service(R"("type":"ClusterIP")").type, service_type::cluster_ip);
    EXPECT_EQ(service(R"("type":"NodePort")").type, service_type::node_port);
    EXPECT_EQ(service(R"("type":"ExternalName","externalName":"db.example")").type,
              service_type::external_name);
}

TEST(DecodeService, ATargetPortDefaultsToThePort) {
    EXPECT_EQ(port(R"("port":80)").target_port.number, 80);
    EXPECT_EQ(port(R"("port":80,"targetPort":0)").target_port.number, 80);
    EXPECT_EQ(port(R"("port":80,"targetPort":"")").target_port.number, 80);
    EXPECT_EQ(port(R"("port":80,"targetPort":null)").target_port.number, 80);
    EXPECT_EQ(port(R"("port":80,"targetPort":8080)").target_port.number, 8080);
    EXPECT_EQ(port(R"("port":80,"targetPort":"http")").target_port.number, 0);
    EXPECT_EQ(port(R"("port":80,"targetPort":"http")").target_port.name, "http");
}

TEST(DecodeService, ANullLabelInTheSelectorIsTheEmptyString) {
    EXPECT_EQ(service(R"("selector":{"app":null})").selector, labels({{"app", ""}}));
}

TEST(DecodeService, AnEmptySelectorIsNone) {
    EXPECT_FALSE(service(R"("selector":{})").selector.has_value());
    EXPECT_FALSE(service(R"("selector":null)").selector.has_value());
}

TEST(DecodeService, AHeadlessServiceHasNoClusterIP) {
    EXPECT_TRUE(service(R"("clusterIP":"None","clusterIPs":["None"])").cluster_ips.empty());
    EXPECT_TRUE(service(R"("clusterIP":"None")").cluster_ips.empty());
    EXPECT_TRUE(service(R"("clusterIP":"")").cluster_ips.empty());
    EXPECT_TRUE(service(R"("clusterIPs":["None"])").headless);
    EXPECT_TRUE(service(R"("clusterIP":"None")").headless);
    EXPECT_FALSE(service(R"("clusterIP":"")").headless);
    EXPECT_EQ(service(R"("clusterIP":"10.96.0.1")").cluster_ips, std::vector{ip("10.96.0.1")});
}

TEST(DecodeService, LoadBalancerAddressesOfModeProxyAreLeftOut) {
    const auto s = service("", R"({"loadBalancer":{"ingress":[
        {"ip":"203.0.113.7","ipMode":"Proxy"},{"ip":"203.0.113.8","ipMode":"VIP"},{"ip":"203.0.113.9"}]}})");
    EXPECT_EQ(s.load_balancer_ips, (std::vector{ip("203.0.113.8"), ip("203.0.113.9")}));
    EXPECT_TRUE(service("", R"({"loadBalancer":{"ingress":null}})").load_balancer_ips.empty());
    EXPECT_TRUE(service("", R"({"loadBalancer":{}})").load_balancer_ips.empty());
}

TEST(DecodeService, TrafficFromWithinAndFromWithoutAreLocalEachByItsOwnPolicy) {
    EXPECT_FALSE(service(R"("externalTrafficPolicy":"Cluster")").external_traffic_local);
    const auto inside = service(R"("internalTrafficPolicy":"Local")");
    EXPECT_TRUE(inside.internal_traffic_local);
    EXPECT_FALSE(inside.external_traffic_local);
}

TEST(DecodeService, APartThatCannotBeReadIsNamedWithItsPath) {
    const struct {
        const char* spec;
        const char* detail;
    } cases[] = {
        {R"("ports":[{"port":80,"nodePort":65536}])",
         "spec.ports[0].nodePort is 65536, not 0 to 65535"},
        {R"("ports":[{"port":80},{"port":0}])", "spec.ports[1].port is 0, not 1 to 65535"},
        {R"("ports":[{"port":70000}])", "spec.ports[0].port is 70000, not 1 to 65535"},
        {R"("ports":[{"nodePort":30000}])", "spec.ports[0].port is missing"},
        {R"("ports":[{"port":"80"}])", "spec.ports[0].port is not an integer"},
        {R"("ports":[{"port":80,"targetPort":-5}])",
         "spec.ports[0].targetPort is -5, not 0 to 65535"},
        {R"("ports":[{"port":80,"targetPort":"8080"}])",
         "spec.ports[0].targetPort is the text '8080', which is no name of a port"},
        {R"("ports":[null])", "spec.ports[0].port is missing"},
        {R"("type":"Tunnel")", "spec.type is 'Tunnel', no type of Service"},
        {R"("selector":{"app":1})", "spec.selector.app is not a string"},
        {R"("externalIPs":["here"])", "spec.externalIPs[0] is 'here': not an IP address"},
        {R"("ipFamilies":["IPv5"])", "spec.ipFamilies[0] is 'IPv5', not IPv4 or IPv6"},
    };
    for (const auto& c : cases)
        EXPECT_EQ(
            left_out<service_object>(object(std::string(R"("spec":{)").append(c.spec).append("}"))),
            std::vector<std::string>{c.detail});
}

TEST(DecodeService, TheDoorsThatCanBeToldAreKept) {
    const auto s = service(R"("ports":[{"port":80,"nodePort":65536},{"port":0,"nodePort":30081},
                                       {"port":82,"nodePort":30082}])");
    EXPECT_EQ(s.ports, (std::vector<service_port>{{"", protocol::tcp, 80, {.number = 80}, 0},
                                                  {"", protocol::tcp, 0, {}, 30081, true},
                                                  {"", protocol::tcp, 82, {.number = 82}, 30082}}));
}

TEST(DecodeService, ADoorWhoseBackendsCannotBeToldIsUnknown) {
    EXPECT_TRUE(port(R"("port":80,"nodePort":30080,"name":7)").unknown);
    EXPECT_TRUE(port(R"("port":80,"nodePort":30080,"targetPort":-5)").unknown);
    EXPECT_TRUE(port(R"("nodePort":30080)").unknown) << "it leads to the port, which is missing";
    EXPECT_FALSE(port(R"("nodePort":30080,"targetPort":8080)").unknown);
    EXPECT_FALSE(port(R"("port":80,"nodePort":30080)").unknown);
}

TEST(DecodeService, AnEntryThatNamesNoDoorIsLeftOut) {
    EXPECT_TRUE(service(R"("ports":[null,{},{"port":-1},7,
                                    {"port":80,"protocol":"QUIC"}])")
                    .ports.empty());
}

TEST(DecodeService, OfATypeThatIsNotKnownItMayHaveEveryDoor) {
    EXPECT_EQ(service(R"("type":"Tunnel")").type, service_type::load_balancer);
    EXPECT_EQ(service(R"("type":7)").type, service_type::load_balancer);
    EXPECT_EQ(service(R"("type":"")").type, service_type::cluster_ip);
}

TEST(DecodeService, WhereAFamilyCannotBeReadItMayHaveBoth) {
    const std::vector both{family::ipv4, family::ipv6};
    EXPECT_EQ(service(R"("ipFamilies":["IPv4","IPv5"])").ip_families, both);
    EXPECT_EQ(service(R"("clusterIPs":["10.96.0.1","there"])").ip_families, both);
    EXPECT_TRUE(service(R"("clusterIPs":["10.96.0.1"],"externalIPs":["x"])").ip_families.empty());
}

TEST(DecodeService, AnAddressThatIsNoneIsLeftOut) {
    const auto s = service(R"("clusterIPs":["there","10.96.0.1"],"externalIPs":["x","192.0.2.1"])",
                           R"({"loadBalancer":{"ingress":[{"ip":"y"},{"ip":"203.0.113.7"}]}})");
    EXPECT_EQ(s.cluster_ips, std::vector{ip("10.96.0.1")});
    EXPECT_EQ(s.external_ips, std::vector{ip("192.0.2.1")});
    EXPECT_EQ(s.load_balancer_ips, std::vector{ip("203.0.113.7")});
    EXPECT_EQ(s.meta.not_understood.size(), 3U);
}

TEST(DecodeService, ASelectorThatCannotBeReadIsNotNoSelector) {
    const auto s = service(R"("selector":{"app":1,"tier":"front"})");
    EXPECT_FALSE(s.selector.has_value());
    EXPECT_TRUE(s.selector_unknown);
    EXPECT_FALSE(service(R"("selector":{})").selector_unknown);
}

TEST(DecodeService, ComplaintsAreFewAndShort) {
    const auto s = service(R"("externalIPs":["1","2","3","4","5","6","7","8","9","10"])");
    EXPECT_EQ(s.meta.not_understood.size(), limits::complaints_max);
    const auto long_one = service(R"("type":")" + std::string(10'000, 'x') + '"');
    ASSERT_EQ(long_one.meta.not_understood.size(), 1U);
    EXPECT_EQ(long_one.meta.not_understood[0].size(), limits::complaint_bytes_max);
    EXPECT_TRUE(long_one.meta.not_understood[0].starts_with("spec.type is 'xxx"));
    std::string euros; // three bytes each: one of them would be cut
    while (euros.size() < 1000)
        euros += "\xe2\x82\xac";
    const auto cut = service(R"("type":")" + euros + '"').meta.not_understood.at(0);
    EXPECT_TRUE(cut.ends_with("\xe2\x82\xac...")) << cut;
}

TEST(DecodeService, WhatIsWrongInOneWayIsSaidOnce) {
    EXPECT_EQ(left_out<service_object>(object(R"("spec":7)")),
              std::vector<std::string>{"spec is not an object"});
}

} // namespace

} // namespace nodewall::codec::testing
