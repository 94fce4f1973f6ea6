#include "codec/json_reader.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nodewall::codec::testing {

namespace {

std::string body(model::kind what, std::string_view json, body_mode mode = body_mode::narrowed) {
    auto observed = json_reader().observe(what, json, mode);
    EXPECT_TRUE(observed.has_value()) << observed.error().message() << "\n" << json;
    return observed ? observed->body : std::string();
}

error refusal(model::kind what, std::string_view json) {
    const auto observed = json_reader().observe(what, json, body_mode::narrowed);
    EXPECT_FALSE(observed.has_value()) << json;
    return observed ? error() : observed.error();
}

TEST(Observe, ReadsTheIdentity) {
    const auto o =
        json_reader()
            .observe(
                model::kind::pod,
                R"({"metadata":{"name":"a\"b","namespace":"n","uid":"u","resourceVersion":"7"}})",
                body_mode::narrowed)
            .value();
    EXPECT_EQ(o.namespace_, "n");
    EXPECT_EQ(o.name, "a\"b");
    EXPECT_EQ(o.uid, "u");
    EXPECT_EQ(o.resource_version, "7");
    EXPECT_EQ(o.body,
              R"({"metadata":{"name":"a\"b","namespace":"n","resourceVersion":"7","uid":"u"}})");
}

TEST(Observe, AnObjectOfAClusterScopedKindHasNoNamespace) {
    const auto o = json_reader()
                       .observe(model::kind::node, R"({"metadata":{"name":"a","namespace":"n"}})",
                                body_mode::narrowed)
                       .value();
    EXPECT_EQ(o.namespace_, "");
}

TEST(Observe, ANarrowedBodyDecodesToWhatTheWholeObjectDoes) {
    json_reader reader;
    for (const auto& [what, json] : samples())
        for (const auto mode : {body_mode::narrowed, body_mode::whole}) {
            const auto whole = reader.decode(what, json);
            ASSERT_TRUE(whole.has_value()) << whole.error().message();
            const auto narrowed = reader.decode(what, body(what, json, mode));
            ASSERT_TRUE(narrowed.has_value()) << narrowed.error().message();
            EXPECT_EQ(*narrowed, *whole) << json;
        }
}

TEST(Observe, NarrowingTwiceIsNarrowingOnce) {
    for (const auto& [what, json] : samples())
        for (const auto mode : {body_mode::narrowed, body_mode::whole}) {
            const auto once = body(what, json, mode);
            EXPECT_EQ(body(what, once, mode), once);
        }
}

TEST(Observe, OfAPodThatIsKeptWhichPolicyOwnershipAndHistoryNeed) {
    EXPECT_EQ(body(model::kind::pod, samples()[0].json),
              R"({"apiVersion":"v1","kind":"Pod","metadata":{)"
              R"("creationTimestamp":"2024-05-06T07:08:09Z",)"
              R"("labels":{"app":"web","pod-template-hash":"6d4b75cb6d"},)"
              R"("managedFields":[{"manager":"kubelet"}],)"
              R"("name":"web-6d4b75cb6d-hx2vz","namespace":"shop",)"
              R"("ownerReferences":[{"kind":"ReplicaSet","name":"web-6d4b75cb6d","uid":"9b"}],)"
              R"("resourceVersion":"4711","uid":"0f0f5b9e-6c7e-4f0b-9a57-1d2a1bb0c1aa"},)"
              R"("spec":{"containers":[{"name":"web","ports":[)"
              R"({"containerPort":8080,"name":"http","protocol":"TCP"},)"
              R"({"containerPort":53,"hostPort":5353,"protocol":"UDP"}]}],"hostNetwork":false,)"
              R"("initContainers":[{"name":"init"},)"
              R"({"name":"mesh","ports":[{"containerPort":15000,"name":"admin","protocol":"TCP"}],)"
              R"("restartPolicy":"Always"}],"nodeName":"node-a","serviceAccountName":"web"},)"
              R"("status":{"conditions":[{"status":"True","type":"Ready"}],)"
              R"("hostIP":"192.0.2.10","phase":"Running","podIP":"10.244.1.5",)"
              R"("podIPs":[{"ip":"10.244.1.5"},{"ip":"fd00:10:244:1::5"}],)"
              R"("startTime":"2024-05-06T07:08:09Z"}})");
}

TEST(Observe, OfAnEndpointSliceAndANodeTheKeepListIsKept) {
    EXPECT_EQ(
        body(model::kind::endpoint_slice, samples()[4].json),
        R"({"addressType":"IPv4","apiVersion":"discovery.k8s.io/v1","endpoints":[{)"
        R"("addresses":["10.244.1.5"],"conditions":{"ready":true,"serving":true,"terminating":false},)"
        R"("nodeName":"node-a","targetRef":{"kind":"Pod","name":"web-6d4b75cb6d-hx2vz",)"
        R"("namespace":"shop","uid":"0f"}}],"kind":"EndpointSlice","metadata":{)"
        R"("labels":{"endpointslice.kubernetes.io/managed-by":"endpointslice-controller.k8s.io",)"
        R"("kubernetes.io/service-name":"web"},"managedFields":[{"manager":"kube-controller-manager"}],)"
        R"("name":"web-abc12","namespace":"shop","ownerReferences":[{"kind":"Service","name":"web",)"
        R"("uid":"77"}],"resourceVersion":"4714","uid":"99"},)"
        R"("ports":[{"name":"http","port":8080,"protocol":"TCP"},{"name":"any","port":null}]})");
    EXPECT_EQ(
        body(model::kind::node, samples()[6].json),
        R"({"apiVersion":"v1","kind":"Node","metadata":{"labels":{"kubernetes.io/os":"linux"},)"
        R"("managedFields":[{"manager":"kubelet"}],"name":"node-a","resourceVersion":"4715",)"
        R"("uid":"11"},"spec":{"podCIDR":"10.244.1.0/24",)"
        R"("podCIDRs":["10.244.1.0/24","fd00:10:244:1::/64"]},"status":{"addresses":[)"
        R"({"address":"192.0.2.10","type":"InternalIP"},{"address":"node-a","type":"Hostname"}]}})");
}

TEST(Observe, ServicesPoliciesAndNamespacesKeepEverythingButTheManagers) {
    const auto service = body(model::kind::service, samples()[2].json);
    EXPECT_NE(service.find(R"("annotations":{"note":"kept"})"), std::string::npos);
    EXPECT_NE(service.find(R"("healthCheckNodePort":31111)"), std::string::npos);
    EXPECT_NE(service.find(R"("managedFields":[{"manager":"kubectl-client-side-apply"}])"),
              std::string::npos);
    EXPECT_EQ(service.find("fieldsV1"), std::string::npos);
    EXPECT_EQ(
        body(model::kind::namespace_, samples()[7].json),
        R"({"apiVersion":"v1","kind":"Namespace","metadata":{"annotations":{"owner":"b"},)"
        R"("labels":{"team":"a"},"managedFields":[{"manager":"kubectl-create"}],"name":"shop",)"
        R"("resourceVersion":"4716","uid":"22"},"spec":{"finalizers":["kubernetes"]},)"
        R"("status":{"phase":"Active"}})");
}

TEST(Observe, TheLastManagerIsTheOneThatWroteLast) {
    const struct {
        const char* managed;
        const char* kept;
    } cases[] = {
        {"[]", "[]"},
        {R"([{"manager":"a"}])", R"([{"manager":"a"}])"},
        {R"([{"manager":"a"},{"manager":"b"}])", R"([{"manager":"b"}])"},
        {R"([{"manager":"a","time":"2024-01-02T00:00:00Z"},{"manager":"b","time":"2024-01-01T00:00:00Z"}])",
         R"([{"manager":"a"}])"},
        {R"([{"manager":"a","time":"2024-01-01T00:00:00Z"},{"manager":"b","time":"2024-01-01T00:00:00Z"}])",
         R"([{"manager":"b"}])"},
        {R"([{"operation":"Update"},7])", "[]"},
        {"null", "null"},
    };
    for (const auto& c : cases)
        EXPECT_EQ(body(model::kind::network_policy,
                       std::string(R"({"metadata":{"name":"a","namespace":"b","managedFields":)") +
                           c.managed + "}}"),
                  std::string(R"({"metadata":{"managedFields":)") + c.kept +
                      R"(,"name":"a","namespace":"b"}})");
}

TEST(Observe, NoSecretOfAPodReachesItsBody) {
    EXPECT_EQ(body(model::kind::pod, samples()[0].json).find("hunter2"), std::string::npos);
    EXPECT_NE(body(model::kind::pod, samples()[0].json, body_mode::whole).find("hunter2"),
              std::string::npos);
}

TEST(Observe, EqualContentGivesEqualBytes) {
    EXPECT_EQ(
        body(model::kind::namespace_, R"({"metadata":{"name":"a","labels":{"x":"1","b":"2"}}})"),
        body(model::kind::namespace_,
             "{ \"metadata\" : {\"labels\":{\"b\":\"\\u0032\", \"x\":\"1\"},\n\"name\":\"a\"} }"));
}

TEST(Observe, EveryJsonValueIsWrittenSoThatItReadsBackTheSame) {
    const struct {
        const char* in;
        const char* out;
    } cases[] = {
        {"null", "null"},
        {"[ ]", "[]"},
        {"{ }", "{}"},
        {"[true,false,[{\"b\":1,\"a\":[]}]]", R"([true,false,[{"a":[],"b":1}]])"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"18446744073709551615", "18446744073709551615"},
        {"1.5", "1.5"},
        {"-0.0", "0"},
        {"1e3", "1000"},
        {"1e300", "1e+300"},
        {"123456789012345680000.0", "1.2345678901234568e+20"},
        {R"("\u0000\b\t\n\f\r\u001f\u007f\"\\\/\u00e9\ud83d\ude00")",
         "\"\\u0000\\u0008\\t\\n\\u000c\\u000d\\u001f\x7f\\\"\\\\/\xc3\xa9\xf0\x9f\x98\x80\""},
    };
    for (const auto& c : cases) {
        const auto whole = [&](const char* value) {
            return std::string(R"({"metadata":{"name":"a"},"x":)") + value + "}";
        };
        EXPECT_EQ(body(model::kind::namespace_, whole(c.in)), whole(c.out));
        EXPECT_EQ(body(model::kind::namespace_, whole(c.out)), whole(c.out));
    }
}

TEST(Observe, WhatHasNoIdentityIsRefusedByNameOfItsStream) {
    const struct {
        const char* json;
        errc code;
        const char* detail;
    } cases[] = {
        {"{}", errc::no_metadata, "pods: metadata is missing"},
        {R"({"metadata":{"namespace":"b"}})", errc::no_metadata, "pods: metadata.name is missing"},
        {R"({"metadata":{"name":"a"}})", errc::no_metadata,
         "pods a: metadata.namespace is missing"},
        {R"({"metadata":{"name":"a","namespace":"b","uid":7}})", errc::bad_field,
         "pods b/a: metadata.uid is not a string"},
        {R"({"metadata":{"name":"a","namespace":"b","uid":"x\u0000"}})", errc::bad_field,
         "pods b/a: metadata.uid holds a NUL byte"},
        {R"({"kind":"Status","apiVersion":"v1","metadata":{}})", errc::not_an_object,
         "pods: the value is a Status of v1, not a Pod"},
        {"[]", errc::not_an_object, "pods: the value is not an object"},
        {R"({"metadata":{"name":"a","namespace":"b","name":"c"}})", errc::bad_field,
         "pods b/a: the field 'name' stands twice in one object"},
    };
    for (const auto& c : cases) {
        const auto e = refusal(model::kind::pod, c.json);
        EXPECT_TRUE(e.is(c.code)) << e.message();
        EXPECT_EQ(e.detail(), c.detail);
    }
    EXPECT_TRUE(refusal(model::kind::pod, "<html>").is(errc::not_json));
}

} // namespace

} // namespace nodewall::codec::testing
