#include "decoding.hpp"

namespace nodewall::codec::testing {

namespace {

using model::container_port;
using model::pod_object;
using model::pod_phase;
using model::protocol;

pod_object pod(std::string_view rest) {
    return decode<pod_object>(object(rest));
}

TEST(DecodePod, ALabelWithoutAValueIsTheEmptyString) {
    const auto p = decode<pod_object>(
        R"({"metadata":{"name":"a","namespace":"b","labels":{"role":null,"tier":"front"}}})");
    EXPECT_EQ(p.meta.labels, labels({{"role", ""}, {"tier", "front"}}));
    EXPECT_TRUE(p.understood());
}

TEST(DecodePod, ReadsEveryFieldThatPolicyNeeds) {
    const auto p = decode<pod_object>(R"({
        "apiVersion":"v1","kind":"Pod",
        "metadata":{"name":"web-1","namespace":"shop","uid":"u1","labels":{"b":"2","a":"1"},
                    "creationTimestamp":"2024-01-02T03:04:05Z","deletionTimestamp":"2024-01-03T00:00:00Z"},
        "spec":{"nodeName":"n1","hostNetwork":true,"containers":[
            {"name":"c","ports":[{"name":"http","containerPort":8080,"protocol":"TCP","hostPort":80,"hostIP":"10.0.0.9"}]}]},
        "status":{"phase":"Running","podIP":"10.1.0.5","podIPs":[{"ip":"10.1.0.5"},{"ip":"fd00::5"}],
                  "startTime":"2024-01-02T03:04:06Z"}})");
    EXPECT_EQ(p.meta.key.to_string(), "shop/web-1");
    EXPECT_EQ(p.meta.uid, "u1");
    EXPECT_EQ(p.meta.labels, labels({{"a", "1"}, {"b", "2"}}));
    EXPECT_EQ(to_rfc3339(p.meta.created), "2024-01-02T03:04:05Z");
    EXPECT_TRUE(p.meta.terminating);
    EXPECT_EQ(p.node_name, "n1");
    EXPECT_TRUE(p.host_network);
    EXPECT_EQ(p.ports,
              (std::vector<container_port>{{"http", protocol::tcp, 8080, 80, "10.0.0.9"}}));
    EXPECT_EQ(p.addresses, (std::vector{ip("10.1.0.5"), ip("fd00::5")}));
    EXPECT_EQ(p.phase, pod_phase::running);
    EXPECT_EQ(to_rfc3339(p.started), "2024-01-02T03:04:06Z");
}

TEST(DecodePod, ABarePodHasTheDefaults) {
    const auto p = pod("");
    EXPECT_EQ(p.phase, pod_phase::pending);
    EXPECT_EQ(p.meta.created, timestamp{});
    EXPECT_FALSE(p.meta.terminating);
    EXPECT_FALSE(p.host_network);
    EXPECT_TRUE(p.addresses.empty());
    EXPECT_TRUE(p.ports.empty());
}

TEST(DecodePod, AnExplicitNullIsAbsent) {
    const auto p = decode<pod_object>(R"({
        "metadata":{"name":"web","namespace":"shop","uid":null,"labels":null,"creationTimestamp":null,
                    "deletionTimestamp":null},
        "spec":{"nodeName":null,"hostNetwork":null,"containers":[{"ports":null},null],"initContainers":null},
        "status":{"phase":null,"podIP":null,"podIPs":null,"startTime":null}})");
    EXPECT_EQ(p, pod(""));
    EXPECT_EQ(pod(R"("spec":null,"status":null)"), pod(""));
}

TEST(DecodePod, PodIPIsReadWherePodIPsAreMissing) {
    EXPECT_EQ(pod(R"("status":{"podIP":"10.1.0.5"})").addresses, std::vector{ip("10.1.0.5")});
    EXPECT_EQ(pod(R"("status":{"podIP":"10.1.0.5","podIPs":[]})").addresses,
              std::vector{ip("10.1.0.5")});
    EXPECT_TRUE(pod(R"("status":{"podIP":""})").addresses.empty());
}

TEST(DecodePod, AMappedAddressIsIPv4) {
    EXPECT_EQ(pod(R"("status":{"podIP":"::ffff:10.1.0.5"})").addresses,
              std::vector{ip("10.1.0.5")});
}

TEST(DecodePod, TheProtocolOfAPortDefaultsToTcp) {
    const auto p = pod(R"("spec":{"containers":[{"ports":[
        {"containerPort":1},{"containerPort":2,"protocol":""},{"containerPort":3,"protocol":"UDP"},
        {"containerPort":4,"protocol":"SCTP"}]}]})");
    ASSERT_EQ(p.ports.size(), 4U);
    EXPECT_EQ(p.ports[0].proto, protocol::tcp);
    EXPECT_EQ(p.ports[1].proto, protocol::tcp);
    EXPECT_EQ(p.ports[2].proto, protocol::udp);
    EXPECT_EQ(p.ports[3].proto, protocol::sctp);
}

TEST(DecodePod, OfInitContainersOnlyRestartableOnesHavePorts) {
    const auto p = pod(R"("spec":{"containers":[{"ports":[{"containerPort":1}]}],"initContainers":[
        {"ports":[{"containerPort":2}]},
        {"restartPolicy":"Always","ports":[{"containerPort":3}]},
        {"restartPolicy":"Never","ports":[{"containerPort":4}]}]})");
    ASSERT_EQ(p.ports.size(), 2U);
    EXPECT_EQ(p.ports[0].port, 1);
    EXPECT_EQ(p.ports[1].port, 3);
}

TEST(DecodePod, EveryPhaseIsRead) {
    for (const auto& [text, phase] : {std::pair{"Pending", pod_phase::pending},
                                      {"Running", pod_phase::running},
                                      {"Succeeded", pod_phase::succeeded},
                                      {"Failed", pod_phase::failed},
                                      {"Unknown", pod_phase::unknown}})
        EXPECT_EQ(pod(std::string(R"("status":{"phase":")") + text + R"("})").phase, phase) << text;
}

TEST(DecodePod, APartThatCannotBeReadIsNamedWithItsPath) {
    const struct {
        const char* rest;
        const char* detail;
    } cases[] = {
        {R"("spec":{"containers":[{},{"ports":[{"containerPort":65536}]}]})",
         "spec.containers[1].ports[0].containerPort is 65536, not 1 to 65535"},
        {R"("spec":{"containers":[{"ports":[{}]}]})",
         "spec.containers[0].ports[0].containerPort is missing"},
        {R"("spec":{"containers":[{"ports":[{"containerPort":80,"hostPort":-1}]}]})",
         "spec.containers[0].ports[0].hostPort is -1, not 0 to 65535"},
        {R"("spec":{"containers":[{"ports":[{"containerPort":80.5}]}]})",
         "spec.containers[0].ports[0].containerPort is not an integer"},
        {R"("spec":{"containers":[{"ports":[{"containerPort":80,"protocol":"ICMP"}]}]})",
         "spec.containers[0].ports[0].protocol is 'ICMP', not TCP, UDP or SCTP"},
        {R"("spec":{"containers":{}})", "spec.containers is not an array"},
        {R"("spec":[])", "spec is not an object"},
        {R"("spec":{"hostNetwork":"yes"})", "spec.hostNetwork is not a boolean"},
        {R"("spec":{"nodeName":7})", "spec.nodeName is not a string"},
        {R"("status":{"phase":"Gone"})", "status.phase is 'Gone', no phase of a pod"},
        {R"("status":{"podIP":"10.1.0.256"})", "status.podIP is '10.1.0.256': not an IP address"},
        {R"("status":{"podIPs":[{"ip":"10.1.0.1"},{"ip":"x"}]})",
         "status.podIPs[1].ip is 'x': not an IP address"},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(left_out<pod_object>(object(c.rest)), std::vector<std::string>{c.detail});
        EXPECT_FALSE(pod(c.rest).understood());
    }
}

TEST(DecodePod, ABrokenTimeIsNamed) {
    EXPECT_EQ(left_out<pod_object>(object(R"("status":{"startTime":"yesterday"})")).size(), 1U);
    EXPECT_EQ(
        left_out<pod_object>(
            R"({"metadata":{"name":"a","namespace":"b","creationTimestamp":"2024-13-01T00:00:00Z"}})")
            .size(),
        1U);
}

TEST(DecodePod, TheAddressesThatAreSomeAreKept) {
    EXPECT_EQ(pod(R"("status":{"podIPs":[{"ip":"x"},{"ip":"10.1.0.5"}]})").addresses,
              std::vector{ip("10.1.0.5")});
    EXPECT_EQ(pod(R"("spec":{"containers":[{"ports":[{"containerPort":0}]}]},
                     "status":{"podIP":"10.1.0.5"})")
                  .addresses,
              std::vector{ip("10.1.0.5")});
}

TEST(DecodePod, WhoseItIsCannotBeToldHasNoAddresses) {
    const auto unlabelled = decode<pod_object>(
        R"({"metadata":{"name":"a","namespace":"b","labels":{"app":7,"tier":"front"}},
            "status":{"podIP":"10.1.0.5"}})");
    EXPECT_TRUE(unlabelled.addresses.empty());
    EXPECT_EQ(unlabelled.meta.labels, labels({{"tier", "front"}}));
    EXPECT_TRUE(
        pod(R"("spec":{"hostNetwork":"yes"},"status":{"podIP":"10.1.0.5"})").addresses.empty());
}

TEST(DecodePod, WithoutAnIdentityItIsNone) {
    EXPECT_TRUE(refusal<pod_object>(R"({"metadata":{"name":"a"}})").is(errc::no_metadata));
    EXPECT_TRUE(refusal<pod_object>(R"({"metadata":{"name":"a","namespace":"b","uid":7}})")
                    .is(errc::bad_field));
    EXPECT_TRUE(refusal<pod_object>("[]").is(errc::not_an_object));
    EXPECT_TRUE(refusal<pod_object>("{").is(errc::not_json));
}

TEST(DecodePod, NamesAreText) {
    const std::string name(253, 'x');
    const auto p = decode<pod_object>(R"({"metadata":{"name":")" + name +
                                      R"(","namespace":"a\"b\n$(id)\u00e9"}})");
    EXPECT_EQ(p.meta.key.name, name);
    EXPECT_EQ(p.meta.key.namespace_, "a\"b\n$(id)\xc3\xa9");
}

} // namespace

} // namespace nodewall::codec::testing
