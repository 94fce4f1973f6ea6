#include "codec/json_reader.hpp"
#include "codec/unread.hpp"
#include "model/network_policy.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nodewall::codec::testing {

namespace {

using action = model::observed_event::action;

result<model::observed_event> read(std::string_view frame) {
    json_reader reader;
    return reader.read_watch_frame(*reader.kinds().find(model::kind::pod), frame,
                                   body_mode::narrowed);
}

TEST(WatchFrame, CarriesWhatHappenedAndTheObject) {
    for (const auto& [type, what] : {std::pair{"ADDED", action::added},
                                     {"MODIFIED", action::modified},
                                     {"DELETED", action::deleted}}) {
        const auto event =
            read(std::string(R"({"type":")") + type +
                 R"(","object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a",)"
                 R"("namespace":"b","uid":"u","resourceVersion":"9"},"spec":{"dnsPolicy":"x"}}})"
                 "\n");
        ASSERT_TRUE(event.has_value()) << event.error().message();
        EXPECT_EQ(event->what, what);
        EXPECT_EQ(event->object.name, "a");
        EXPECT_EQ(event->object.namespace_, "b");
        EXPECT_EQ(event->object.uid, "u");
        EXPECT_EQ(event->object.resource_version, "9");
        EXPECT_EQ(event->object.body,
                  R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"b",)"
                  R"("resourceVersion":"9","uid":"u"},"spec":{}})");
    }
}

TEST(WatchFrame, ABookmarkHasOnlyAResourceVersion) {
    const auto event = read(
        R"({"type":"BOOKMARK","object":{"kind":"Pod","apiVersion":"v1","metadata":{"resourceVersion":"77"},"spec":{}}})");
    ASSERT_TRUE(event.has_value()) << event.error().message();
    EXPECT_EQ(event->what, action::bookmark);
    EXPECT_EQ(event->object.resource_version, "77");
    EXPECT_EQ(event->object.body, "");
    EXPECT_EQ(event->object.name, "");
}

TEST(WatchFrame, AnErrorCarriesItsStatus) {
    const auto event = read(
        R"({"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","code":410}})");
    ASSERT_TRUE(event.has_value()) << event.error().message();
    EXPECT_EQ(event->what, action::error);
    const auto status = json_reader().read_status(event->object.body);
    ASSERT_TRUE(status.has_value()) << status.error().message();
    EXPECT_EQ(status->code, 410);
    EXPECT_EQ(status->reason, "Expired");
}

TEST(WatchFrame, ABrokenFrameIsRefusedAndSaysWhy) {
    const struct {
        const char* frame;
        errc code;
        const char* detail;
    } cases[] = {
        {R"({"type":"ADDED","object":{"metadata":{"name":"a")", errc::not_json, ""},
        {"", errc::not_json, ""},
        {R"([])", errc::not_an_object, "pods: the value is not an object"},
        {R"({"object":{}})", errc::not_an_object, "pods: type is '', no type of event"},
        {R"({"type":"CHANGED","object":{}})", errc::not_an_object,
         "pods: type is 'CHANGED', no type of event"},
        {R"({"type":"ADDED"})", errc::not_an_object, "pods: object is missing"},
        {R"({"type":"ADDED","object":null})", errc::not_an_object, "pods: object is missing"},
        {R"({"type":"ADDED","object":{}})", errc::no_metadata, "pods: metadata is missing"},
        {R"({"type":"BOOKMARK","object":{}})", errc::bad_field,
         "pods: object.metadata.resourceVersion is missing"},
        {R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":""}}})", errc::bad_field,
         "pods: object.metadata.resourceVersion is missing"},
        {R"({"type":"DELETED","object":{"metadata":{"name":"a","namespace":"b"}}})",
         errc::not_an_object, "pods b/a: has no metadata.resourceVersion"},
        {R"({"type":"ADDED","object":{"kind":"Secret","apiVersion":"v1","metadata":{"name":"a","namespace":"b"}}})",
         errc::not_an_object, "pods b/a: the value is a Secret of v1, not a Pod"},
    };
    for (const auto& c : cases) {
        const auto event = read(c.frame);
        ASSERT_FALSE(event.has_value()) << c.frame;
        EXPECT_TRUE(event.error().is(c.code)) << event.error().message();
        EXPECT_TRUE(event.error().detail().starts_with(c.detail)) << event.error().detail();
    }
}

std::string frame_of(const std::string& type, const std::string& spec) {
    return R"({"type":")" + type +
           R"(","object":{"kind":"Pod","apiVersion":"v1","metadata":{"annotations":{"name":"no"},)"
           R"("name":"a","namespace":"n","resourceVersion":"5","uid":"u"},"spec":)" +
           spec + "}}";
}

TEST(WatchFrame, AnObjectThatCannotBeReadIsNamed) {
    const auto deep = std::string(70, '[') + std::string(70, ']');
    const auto event = read(frame_of("MODIFIED", deep));
    ASSERT_TRUE(event.has_value()) << event.error().message();
    EXPECT_EQ(event->what, model::observed_event::action::modified);
    const auto& object = event->object;
    EXPECT_EQ(object.namespace_ + "/" + object.name + "@" + object.resource_version, "n/a@5");
    EXPECT_NE(object.unread.find("nests deeper"), std::string::npos) << object.unread;
    EXPECT_EQ(object.body, "");
    EXPECT_EQ(read(frame_of("DELETED", deep)).value().what, model::observed_event::action::deleted);
    EXPECT_NE(read(frame_of("ADDED", R"({"nodeName":"x","nodeName":"y"})")).value().object.unread,
              "");
}

TEST(WatchFrame, WhatMayHaveBeenCutOnItsWayIsNoUnreadObject) {
    EXPECT_TRUE(read(frame_of("MODIFIED", "nul")).error().is(errc::not_json));
    EXPECT_TRUE(read(frame_of("BOOKMARK", std::string(70, '[') + std::string(70, ']')))
                    .error()
                    .is(errc::too_deep));
}

TEST(UnreadBody, IsTheLastOneBehindAMark) {
    const model::observed_object object{"n", "a", "u", "7", "", "why"};
    const auto first = unread_body(R"({"kind":"Pod","metadata":{"name":"a"}})", object, "why");
    EXPECT_EQ(first, R"({"!unread":{"reason":"why","resourceVersion":"7"},"kind":"Pod",)"
                     R"("metadata":{"name":"a"}})");
    auto later = object;
    later.resource_version = "8";
    EXPECT_EQ(unread_body(first, later, R"(not "so"})"),
              R"({"!unread":{"reason":"not \"so\"}","resourceVersion":"8"},"kind":"Pod",)"
              R"("metadata":{"name":"a"}})");
    EXPECT_EQ(unread_body("{}", object, "why"),
              R"({"!unread":{"reason":"why","resourceVersion":"7"}})");
    const auto never = unread_body("", object, "why");
    EXPECT_EQ(never, R"({"!unread":{"reason":"why","resourceVersion":"7"},"metadata":)"
                     R"({"name":"a","namespace":"n","resourceVersion":"7","uid":"u"}})");
    EXPECT_EQ(unread_body(never, later, "still"),
              R"({"!unread":{"reason":"still","resourceVersion":"8"},"metadata":)"
              R"({"name":"a","namespace":"n","resourceVersion":"7","uid":"u"}})");
}

TEST(UnreadBody, ReadsAsWhatWasReadLast) {
    json_reader reader;
    const model::observed_object object{"n", "a", "u", "7", "", "why"};
    const auto pod = [&](const std::string& last) {
        return std::get<model::pod_object>(
            reader.decode(model::kind::pod, unread_body(last, object, "why")).value());
    };
    const auto known =
        pod(R"({"metadata":{"name":"a","namespace":"n"},"status":{"podIP":"10.0.0.1"}})");
    EXPECT_TRUE(known.meta.unread);
    EXPECT_EQ(known.meta.not_understood,
              std::vector<std::string>{
                  "version 7 cannot be read (why): what was read last stays in force"});
    EXPECT_EQ(known.addresses.size(), 1U);
    EXPECT_TRUE(known.understood()) << "it judges as it did";
    EXPECT_TRUE(pod("").addresses.empty());
}

TEST(UnreadBody, APolicyThatWasNeverReadShutsItsNamespace) {
    const model::observed_object object{"n", "a", "u", "7", "", "why"};
    const auto policy = std::get<model::policy_object>(
        json_reader().decode(model::kind::network_policy, unread_body("", object, "why")).value());
    const auto& says = policy.as<model::network_policy_spec>();
    EXPECT_TRUE(says.isolates_ingress && says.isolates_egress);
    EXPECT_TRUE(says.ingress.empty() && says.egress.empty());
    EXPECT_TRUE(says.pod_selector.matches(model::label_set{}));
}

TEST(WatchFrame, AFrameThatIsTooLargeIsRefused) {
    const auto event = read(R"({"type":"ADDED","object":")" + std::string(16U << 20U, 'x') + "\"}");
    ASSERT_FALSE(event.has_value());
    EXPECT_TRUE(event.error().is(errc::too_large)) << event.error().message();
}

} // namespace

} // namespace nodewall::codec::testing
