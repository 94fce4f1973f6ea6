#include "decoding.hpp"

namespace nodewall::codec::testing {

namespace {

using model::namespace_object;
using model::node_object;

TEST(DecodeNamespace, CarriesItsNameAsALabel) {
    const auto n =
        decode<namespace_object>(R"({"metadata":{"name":"shop","labels":{"team":"a"}}})");
    EXPECT_EQ(n.meta.key.to_string(), "shop");
    EXPECT_EQ(n.meta.labels, labels({{"kubernetes.io/metadata.name", "shop"}, {"team", "a"}}));
    EXPECT_EQ(decode<namespace_object>(R"({"metadata":{"name":"shop"}})").meta.labels,
              labels({{"kubernetes.io/metadata.name", "shop"}}));
}

TEST(DecodeNode, ReadsItsAddressesOnceAndNoHostNames) {
    const auto n = decode<node_object>(R"({"metadata":{"name":"n1"},"status":{"addresses":[
        {"type":"InternalIP","address":"192.0.2.1"},{"type":"ExternalIP","address":"2001:db8::1"},
        {"type":"Hostname","address":"n1"},{"type":"Hostname","address":"192.0.2.1"}]}})");
    EXPECT_EQ(n.addresses, (std::vector{ip("192.0.2.1"), ip("2001:db8::1")}));
}

TEST(DecodeNode, ReadsThePodBlocksElseTheOneBlock) {
    EXPECT_EQ(
        decode<node_object>(
            R"({"metadata":{"name":"n"},"spec":{"podCIDR":"10.1.0.0/24","podCIDRs":["10.1.0.0/24","fd00::/64"]}})")
            .pod_cidrs,
        (std::vector{block("10.1.0.0/24"), block("fd00::/64")}));
    EXPECT_EQ(decode<node_object>(R"({"metadata":{"name":"n"},"spec":{"podCIDR":"10.1.0.0/24"}})")
                  .pod_cidrs,
              std::vector{block("10.1.0.0/24")});
    EXPECT_TRUE(decode<node_object>(R"({"metadata":{"name":"n"}})").pod_cidrs.empty());
    EXPECT_EQ(left_out<node_object>(R"({"metadata":{"name":"n"},"spec":{"podCIDRs":["x"]}})"),
              std::vector<std::string>{"spec.podCIDRs[0] is 'x': not a CIDR block"});
}

TEST(DecodeNode, ANamespaceMeansNothingToIt) {
    EXPECT_EQ(
        decode<node_object>(R"({"metadata":{"name":"n","namespace":"x"}})").meta.key.to_string(),
        "n");
}

TEST(Decode, WithoutItsNameAnObjectIsRefused) {
    const struct {
        const char* json;
        const char* detail;
    } cases[] = {
        {"{}", "pods: metadata is missing"},
        {R"({"metadata":null})", "pods: metadata is missing"},
        {R"({"metadata":{}})", "pods: metadata.name is missing"},
        {R"({"metadata":{"name":""}})", "pods: metadata.name is missing"},
        {R"({"metadata":{"name":"a"}})", "pods a: metadata.namespace is missing"},
    };
    for (const auto& c : cases) {
        const auto e = refusal<model::pod_object>(c.json);
        EXPECT_TRUE(e.is(errc::no_metadata)) << e.message();
        EXPECT_EQ(e.detail(), c.detail);
    }
}

TEST(Decode, LabelsMustBeText) {
    const auto labelled = decode<namespace_object>(
        R"({"metadata":{"name":"a","labels":{"team":"u","version":1.0}}})");
    EXPECT_EQ(labelled.meta.not_understood,
              std::vector<std::string>{"metadata.labels.version is not a string"});
    EXPECT_EQ(labelled.meta.labels, labels({{"kubernetes.io/metadata.name", "a"}, {"team", "u"}}));
}

TEST(Decode, WhatIsNoJsonObjectIsRefused) {
    std::string deep(100, '[');
    deep.append(100, ']');
    const struct {
        std::string json;
        errc code;
    } cases[] = {
        {"", errc::not_json},
        {"<html>", errc::not_json},
        {R"({"metadata":{"name":"a")", errc::not_json},
        {R"({"metadata":{"name":"a"}} x)", errc::not_json},
        {"{\"metadata\":{\"name\":\"a\xff\"}}", errc::not_json},
        {std::string("{\"metadata\":{\"name\":\"a\0\"}}", 25), errc::not_json},
        {R"({"metadata":{"name":"\ud800"}})", errc::not_json},
        {deep, errc::too_deep},
        {"[]", errc::not_an_object},
        {"7", errc::not_an_object},
        {"null", errc::no_metadata},
    };
    for (const auto& c : cases) {
        const auto e = refusal<namespace_object>(c.json);
        EXPECT_TRUE(e.is(c.code)) << e.message() << "\n" << c.json;
    }
}

TEST(Decode, AReaderGoesOnAfterARefusalAndAfterALargeText) {
    json_reader reader;
    EXPECT_FALSE(reader.decode(model::kind::node, "{").has_value());
    const std::string large =
        R"({"metadata":{"name":"n"},"x":")" + std::string(3U << 20U, 'x') + "\"}";
    EXPECT_TRUE(reader.decode(model::kind::node, large).has_value());
    EXPECT_TRUE(reader.decode(model::kind::node, R"({"metadata":{"name":"n"}})").has_value());
    const std::string too_large(17U << 20U, ' ');
    const auto refused = reader.decode(model::kind::node, too_large);
    EXPECT_TRUE(refused.has_error() && refused.error().is(errc::too_large));
}

} // namespace

} // namespace nodewall::codec::testing
