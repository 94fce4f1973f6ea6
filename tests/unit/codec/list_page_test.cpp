#include "base/limits.hpp"
#include "codec/json_reader.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nodewall::codec::testing {

namespace {

result<list_page> read(std::string_view json) {
    json_reader reader;
    return reader.read_list_page(*reader.kinds().find(model::kind::pod), json, body_mode::narrowed);
}

TEST(ListPage, HasItsVersionItsTokenAndItsObjects) {
    const auto page = read(R"({"kind":"PodList","apiVersion":"v1",
        "metadata":{"resourceVersion":"12","continue":"abc","remainingItemCount":3},
        "items":[{"metadata":{"name":"a","namespace":"n","uid":"1","resourceVersion":"5"}},
                 {"metadata":{"name":"b","namespace":"n","uid":"2","resourceVersion":"6"},"spec":{"nodeName":"x"}}]})");
    ASSERT_TRUE(page.has_value()) << page.error().message();
    EXPECT_EQ(page->resource_version, "12");
    EXPECT_EQ(page->continue_token, "abc");
    ASSERT_EQ(page->objects.size(), 2U);
    EXPECT_EQ(page->objects[1].name, "b");
    EXPECT_EQ(page->objects[1].resource_version, "6");
}

TEST(ListPage, AnItemHasTheBodyThatAWatchWouldGiveIt) {
    const auto page =
        read(R"({"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"12"},
        "items":[{"metadata":{"name":"a","namespace":"n","resourceVersion":"7"},"spec":{"nodeName":"x"}}]})");
    json_reader reader;
    const auto watched = reader.read_watch_frame(
        *reader.kinds().find(model::kind::pod),
        R"({"type":"ADDED","object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","namespace":"n","resourceVersion":"7"},"spec":{"nodeName":"x"}}})",
        body_mode::narrowed);
    ASSERT_TRUE(page.has_value() && watched.has_value());
    EXPECT_EQ(page->objects.at(0).body, watched->object.body);
}

TEST(ListPage, AnEmptyListIsAList) {
    for (const auto* items : {"[]", "null"}) {
        const auto page =
            read(std::string(R"({"kind":"PodList","metadata":{"resourceVersion":"1"},"items":)") +
                 items + "}");
        ASSERT_TRUE(page.has_value()) << page.error().message();
        EXPECT_TRUE(page->objects.empty());
        EXPECT_EQ(page->continue_token, "");
    }
}

TEST(ListPage, WhatIsNoCompletePageNeverPassesForAnEmptyList) {
    const struct {
        const char* json;
        errc code;
        const char* detail;
    } cases[] = {
        {"", errc::not_json, ""},
        {"<html></html>", errc::not_json, ""},
        {R"({"kind":"PodList","metadata":{"resourceVersion":"1"},"items":[)", errc::not_json, ""},
        {"{}", errc::not_an_object, "pods: the value has no metadata.resourceVersion"},
        {R"({"metadata":{"resourceVersion":"1"}})", errc::not_an_object,
         "pods: the value has no items"},
        {R"({"metadata":{},"items":[]})", errc::not_an_object,
         "pods: the value has no metadata.resourceVersion"},
        {R"({"kind":"Status","metadata":{"resourceVersion":"1"},"items":[]})", errc::not_an_object,
         "pods: the value is a Status, not a PodList"},
        {R"({"kind":"ServiceList","metadata":{"resourceVersion":"1"},"items":[]})",
         errc::not_an_object, "pods: the value is a ServiceList, not a PodList"},
        {R"({"metadata":{"resourceVersion":"1"},"items":{}})", errc::bad_field,
         "pods: items is not an array"},
        {R"({"metadata":{"resourceVersion":"1"},"items":[null]})", errc::bad_field,
         "pods: items[0] is missing"},
        {R"({"metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"a","namespace":"b"}},{}]})",
         errc::no_metadata, "items[1]: pods: metadata is missing"},
    };
    for (const auto& c : cases) {
        const auto page = read(c.json);
        ASSERT_FALSE(page.has_value()) << c.json;
        EXPECT_TRUE(page.error().is(c.code)) << page.error().message();
        EXPECT_TRUE(page.error().detail().starts_with(c.detail)) << page.error().detail();
    }
}

TEST(ListPage, AnItemThatIsTooLargeIsNamed) {
    const auto page = read(R"({"metadata":{"resourceVersion":"1"},"items":[{"metadata":
        {"name":"a","namespace":"b","labels":{"l":")" +
                           std::string(limits::frame_bytes_max, 'x') + "\"}}}]}");
    ASSERT_FALSE(page.has_value());
    EXPECT_TRUE(page.error().is(errc::too_large));
    EXPECT_TRUE(page.error().detail().starts_with("items[0]: pods b/a: a body of "));
}

TEST(Status, CarriesWhatARetryNeeds) {
    const auto status =
        json_reader().read_status(R"({"kind":"Status","apiVersion":"v1","metadata":{},
        "status":"Failure","message":"Too large resource version: 9, current: 5","reason":"Timeout","code":504,
        "details":{"causes":[{"reason":"ResourceVersionTooLarge","message":"x"}],"retryAfterSeconds":1}})");
    ASSERT_TRUE(status.has_value()) << status.error().message();
    EXPECT_EQ(status->code, 504);
    EXPECT_EQ(status->reason, "Timeout");
    EXPECT_EQ(status->message, "Too large resource version: 9, current: 5");
    EXPECT_EQ(status->causes, std::vector<std::string>{"ResourceVersionTooLarge"});
    EXPECT_EQ(status->retry_after_seconds, 1);
}

TEST(Status, NeedNotSayThatItIsOne) {
    json_reader reader;
    EXPECT_EQ(reader.read_status(R"({"code":410})").value().code, 410);
    EXPECT_EQ(reader.read_status(R"({"reason":"Expired"})").value().reason, "Expired");
    EXPECT_EQ(reader.read_status("{}").value().code, 0);
}

TEST(Status, AFieldOfTheWrongTypeHidesNoOther) {
    const auto status =
        json_reader().read_status(R"({"kind":"Status","code":"410","reason":"Gone","details":7})");
    ASSERT_TRUE(status.has_value());
    EXPECT_EQ(status->code, 0);
    EXPECT_EQ(status->reason, "Gone");
}

TEST(Status, IsNothingElse) {
    json_reader reader;
    EXPECT_TRUE(reader.read_status("Bad Gateway").error().is(errc::not_json));
    EXPECT_TRUE(reader.read_status("\"too old\"").error().is(errc::not_an_object));
    EXPECT_TRUE(reader.read_status(R"({"kind":"Pod"})").error().is(errc::not_an_object));
    EXPECT_EQ(reader.read_status(R"({"kind":"Status","details":null})").value().code, 0);
}

} // namespace

} // namespace nodewall::codec::testing
