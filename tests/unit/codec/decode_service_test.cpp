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
    EXPECT_TRUE(s.local_traffic_only);
    EXPECT_EQ(s.ports,
              (std::vector<service_port>{{"http", protocol::tcp, 80, {.name = "web"}, 30080},
                                         {"dns", protocol::udp, 53, {.number = 5353}, 0}}));
}

TEST(DecodeService, ABareServiceIsAClusterIPWithoutSelector) {
    const auto s = decode<service_object>(object(""));
    EXPECT_EQ(s.type, service_type::cluster_ip);
    EXPECT_FALSE(s.selector.has_value());
    EXPECT_FALSE(s.local_traffic_only);
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

TEST(DecodeService, OnlyExternalTrafficPolicyLocalIsLocal) {
    EXPECT_FALSE(service(R"("externalTrafficPolicy":"Cluster")").local_traffic_only);
    EXPECT_FALSE(service(R"("internalTrafficPolicy":"Local")").local_traffic_only);
}

TEST(DecodeService, AnImpossibleFieldIsNamedWithItsPath) {
    const struct {
        const char* spec;
        const char* detail;
    } cases[] = {
        {R"("ports":[{"port":80,"nodePort":65536}])",
         "services shop/web: spec.ports[0].nodePort is 65536, not 0 to 65535"},
        {R"("ports":[{"port":80},{"port":0}])",
         "services shop/web: spec.ports[1].port is 0, not 1 to 65535"},
        {R"("ports":[{"port":70000}])",
         "services shop/web: spec.ports[0].port is 70000, not 1 to 65535"},
        {R"("ports":[{"nodePort":30000}])", "services shop/web: spec.ports[0].port is missing"},
        {R"("ports":[{"port":"80"}])", "services shop/web: spec.ports[0].port is not an integer"},
        {R"("ports":[{"port":80,"targetPort":-5}])",
         "services shop/web: spec.ports[0].targetPort is -5, not 0 to 65535"},
        {R"("ports":[null])", "services shop/web: spec.ports[0].port is missing"},
        {R"("type":"Tunnel")", "services shop/web: spec.type is 'Tunnel', no type of Service"},
        {R"("selector":{"app":1})", "services shop/web: spec.selector.app is not a string"},
        {R"("externalIPs":["here"])",
         "services shop/web: spec.externalIPs[0] is 'here': not an IP address"},
        {R"("ipFamilies":["IPv5"])",
         "services shop/web: spec.ipFamilies[0] is 'IPv5', not IPv4 or IPv6"},
    };
    for (const auto& c : cases) {
        const auto e =
            refusal<service_object>(object(std::string(R"("spec":{)").append(c.spec).append("}")));
        EXPECT_TRUE(e.is(errc::bad_field)) << e.message();
        EXPECT_EQ(e.detail(), c.detail);
    }
}

} // namespace

} // namespace nodewall::codec::testing
