#include "decoding.hpp"

namespace nodewall::codec::testing {

namespace {

using model::endpoint;
using model::endpoint_port;
using model::endpoint_slice_object;
using model::family;
using model::protocol;

endpoint_slice_object slice(std::string_view rest) {
    return decode<endpoint_slice_object>(object(rest));
}
endpoint one_endpoint(std::string_view json) {
    const auto s =
        slice(std::string(R"("addressType":"IPv4","endpoints":[)").append(json).append("]"));
    return s.endpoints.empty() ? endpoint{} : s.endpoints.front();
}

TEST(DecodeEndpointSlice, ReadsV1) {
    const auto s = decode<endpoint_slice_object>(R"({
        "apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","addressType":"IPv4",
        "metadata":{"name":"web-x","namespace":"shop","labels":{"kubernetes.io/service-name":"web"}},
        "endpoints":[{"addresses":["10.1.0.5"],"conditions":{"ready":false},"nodeName":"n1",
                      "targetRef":{"kind":"Pod","namespace":"shop","name":"web-1","uid":"u1"}}],
        "ports":[{"name":"http","port":8080,"protocol":"TCP"},{"port":53,"protocol":"UDP"}]})");
    EXPECT_EQ(s.service, "web");
    EXPECT_EQ(s.address_family, family::ipv4);
    EXPECT_EQ(s.endpoints,
              (std::vector<endpoint>{{{ip("10.1.0.5")}, {"shop", "web-1"}, "u1", "n1"}}));
    EXPECT_EQ(s.ports,
              (std::vector<endpoint_port>{{"http", protocol::tcp, 8080}, {"", protocol::udp, 53}}));
}

TEST(DecodeEndpointSlice, OfV1Beta1TheTopologyNamesTheNode) {
    EXPECT_EQ(
        one_endpoint(
            R"({"addresses":["10.1.0.5"],"topology":{"kubernetes.io/hostname":"n2","zone":"z"}})")
            .node_name,
        "n2");
    EXPECT_EQ(
        one_endpoint(R"({"nodeName":"n1","topology":{"kubernetes.io/hostname":"n2"}})").node_name,
        "n1");
}

TEST(DecodeEndpointSlice, ANullPortStandsForAllPorts) {
    const auto s = slice(R"("addressType":"IPv6","ports":[{"port":null},{}])");
    EXPECT_EQ(s.address_family, family::ipv6);
    EXPECT_EQ(s.ports,
              (std::vector<endpoint_port>{{"", protocol::tcp, 0}, {"", protocol::tcp, 0}}));
    EXPECT_TRUE(slice(R"("addressType":"IPv4","ports":null,"endpoints":null)").ports.empty());
}

TEST(DecodeEndpointSlice, PodsAreTargetsInTheSliceSNamespaceUnlessAnotherIsNamed) {
    const auto target = [](const std::string& ref) {
        return one_endpoint(R"({"targetRef":)" + ref + "}").target_pod.to_string();
    };
    EXPECT_EQ(target(R"({"kind":"Pod","name":"p"})"), "shop/p");
    EXPECT_EQ(target(R"({"kind":"Pod","name":"p","namespace":"other"})"), "other/p");
    EXPECT_EQ(one_endpoint(R"({"targetRef":{"kind":"Node","name":"p"}})").target_pod.name, "");
    EXPECT_EQ(one_endpoint(R"({"targetRef":null})").target_pod.name, "");
}

TEST(DecodeEndpointSlice, AddressesBeyondTheFirstAreNoBackends) {
    EXPECT_EQ(one_endpoint(R"({"addresses":["10.1.0.5","10.1.0.6"]})"),
              endpoint{.address = ip("10.1.0.5")});
    EXPECT_EQ(one_endpoint(R"({"addresses":["10.1.0.5","x",7]})"),
              endpoint{.address = ip("10.1.0.5")})
        << "nobody looks at them";
    EXPECT_EQ(one_endpoint(R"({"addresses":[]})"), endpoint{});
}

TEST(DecodeEndpointSlice, NamesOfHostsAreIgnored) {
    const auto s = slice(R"("addressType":"FQDN","endpoints":[{"addresses":["db.example"]}])");
    EXPECT_FALSE(s.address_family.has_value());
    EXPECT_TRUE(s.endpoints.empty());
}

TEST(DecodeEndpointSlice, APartThatCannotBeReadIsNamedWithItsPath) {
    const struct {
        const char* rest;
        const char* field;
    } cases[] = {
        {"", "addressType is missing"},
        {R"("addressType":"IPX")", "addressType is 'IPX', not IPv4, IPv6 or FQDN"},
        {R"("addressType":"IPv4","endpoints":[{"addresses":["x"]}])",
         "endpoints[0].addresses[0] is 'x': not an IP address"},
        {R"("addressType":"IPv4","ports":[{"port":0}])", "ports[0].port is 0, not 1 to 65535"},
        {R"("addressType":"IPv4","ports":[{"port":80,"protocol":"X"}])",
         "ports[0].protocol is 'X', not TCP, UDP or SCTP"},
    };
    for (const auto& c : cases)
        EXPECT_EQ(left_out<endpoint_slice_object>(object(c.rest)),
                  std::vector<std::string>{c.field});
}

TEST(DecodeEndpointSlice, AnEndpointThatCannotBeReadIsUnknownAndTheOthersStay) {
    const auto s = slice(R"("addressType":"IPv4","endpoints":[
        {"addresses":["x","10.1.0.5"],"targetRef":{"kind":"Pod","name":"p"}},7,
        {"addresses":["10.1.0.6"]}])");
    EXPECT_EQ(s.endpoints, (std::vector<endpoint>{
                               {.unknown = true}, {.unknown = true}, {.address = ip("10.1.0.6")}}));
    EXPECT_FALSE(s.unknown);
}

TEST(DecodeEndpointSlice, APortThatCannotBeReadIsUnknownAndTheOthersStay) {
    const auto s = slice(R"("addressType":"IPv4","ports":[{"name":"a","port":0},{"port":80}])");
    EXPECT_EQ(s.ports, (std::vector<endpoint_port>{{.unknown = true}, {"", protocol::tcp, 80}}));
    EXPECT_FALSE(s.unknown);
}

TEST(DecodeEndpointSlice, OneOfWhichNothingCanBeReadStillBelongsToItsService) {
    const auto labelled = [](std::string_view rest) {
        return decode<endpoint_slice_object>(
            std::string(R"({"metadata":{"name":"web-x","namespace":"shop",
                "labels":{"kubernetes.io/service-name":"web"}},)")
                .append(rest)
                .append("}"));
    };
    for (const auto* rest :
         {R"("addressType":"IPX")", R"("addressType":7)", R"("ports":[])",
          R"("addressType":"IPv4","endpoints":7)", R"("addressType":"IPv4","ports":{})"}) {
        const auto s = labelled(rest);
        EXPECT_TRUE(s.unknown) << rest;
        EXPECT_EQ(s.service, "web");
        EXPECT_EQ(s.meta.not_understood.size(), 1U);
    }
    EXPECT_FALSE(labelled(R"("addressType":"FQDN","endpoints":7)").unknown);
}

} // namespace

} // namespace nodewall::codec::testing
