#include "decoding.hpp"

#include "model/network_policy.hpp"

namespace nodewall::codec::testing {

namespace {

using model::label_selector;
using model::label_set;
using operation = model::label_requirement::operation;

label_selector selector(std::string_view json) {
    return decode<model::policy_object>(
               object(std::string(R"("spec":{"podSelector":)").append(json).append("}")))
        .as<model::network_policy_spec>()
        .pod_selector;
}

TEST(DecodeSelector, ReadsLabelsAndExpressionsSortedAndOnce) {
    const auto s = selector(R"({"matchLabels":{"b":"2","a":"1"},"matchExpressions":[
        {"key":"c","operator":"NotIn","values":["y","x","y"]},
        {"key":"d","operator":"Exists"},
        {"key":"e","operator":"DoesNotExist","values":[]},
        {"key":"a","operator":"In","values":["1"]}]})");
    EXPECT_EQ(s.invalid, "");
    EXPECT_EQ(s.requirements,
              (std::vector<model::label_requirement>{{"a", operation::in, {"1"}},
                                                     {"b", operation::in, {"2"}},
                                                     {"c", operation::not_in, {"x", "y"}},
                                                     {"d", operation::exists, {}},
                                                     {"e", operation::does_not_exist, {}}}));
}

TEST(DecodeSelector, EqualMeaningsInAnotherOrderAreEqual) {
    EXPECT_EQ(
        selector(R"({"matchLabels":{"b":"2","a":"1"}})"),
        selector(
            R"({"matchExpressions":[{"key":"b","operator":"In","values":["2"]}],"matchLabels":{"a":"1"}})"));
}

TEST(DecodeSelector, ANullOrEmptyPartSelectsEverything) {
    for (const auto* json : {"{}", R"({"matchLabels":{}})", R"({"matchExpressions":[]})",
                             R"({"matchLabels":null,"matchExpressions":null})"})
        EXPECT_TRUE(selector(json).selects_everything()) << json;
}

TEST(DecodeSelector, ANullValueIsTheEmptyString) {
    const auto empty = selector(R"({"matchLabels":{"role":""}})");
    EXPECT_EQ(empty.requirements,
              (std::vector<model::label_requirement>{{"role", operation::in, {""}}}));
    EXPECT_EQ(selector(R"({"matchLabels":{"role":null}})"), empty);
    EXPECT_EQ(selector(R"({"matchExpressions":[{"key":"role","operator":"In","values":[null]}]})"),
              empty);
    EXPECT_TRUE(empty.matches(labels({{"role", ""}})));
    EXPECT_FALSE(empty.matches(label_set())) << "a pod without the key";
}

TEST(DecodeSelector, WhatTheApiWouldRefuseIsInvalidAndMatchesNothing) {
    const struct {
        const char* json;
        const char* why;
    } cases[] = {
        {"[]", "spec.podSelector is not an object"},
        {R"({"matchLabels":{"a":1}})", "spec.podSelector.matchLabels.a is not a string"},
        {R"({"matchLabels":[]})", "spec.podSelector.matchLabels is not an object"},
        {R"({"matchFields":{}})", "spec.podSelector.matchFields is not understood"},
        {R"({"matchExpressions":[{}]})", "spec.podSelector.matchExpressions[0].key is missing"},
        {R"({"matchExpressions":[null]})", "spec.podSelector.matchExpressions[0] is missing"},
        {R"({"matchExpressions":[{"key":"a","operator":"in","values":["x"]}]})",
         "spec.podSelector.matchExpressions[0].operator is 'in', not In, NotIn, Exists or "
         "DoesNotExist"},
        {R"({"matchExpressions":[{"key":"a","operator":"NotIn","values":[]}]})",
         "spec.podSelector.matchExpressions[0].values is empty"},
        {R"({"matchExpressions":[{"key":"a","operator":"Exists","values":["x"]}]})",
         "spec.podSelector.matchExpressions[0].values must be empty with this operator"},
        {R"({"matchExpressions":[{"key":"a","operator":"In","values":"x"}]})",
         "spec.podSelector.matchExpressions[0].values is not an array"},
    };
    for (const auto& c : cases) {
        const auto s = selector(c.json);
        EXPECT_EQ(s.invalid, c.why) << c.json;
        EXPECT_TRUE(s.requirements.empty()) << c.json;
        EXPECT_FALSE(s.matches(label_set())) << c.json;
    }
}

} // namespace

} // namespace nodewall::codec::testing
