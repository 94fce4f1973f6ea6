#include "base/limits.hpp"
#include "codec/json_reader.hpp"
#include "codec/list_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <sys/resource.h>
#include <vector>

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
        {R"({"metadata":{"resourceVersion":"1"},"items":[null]})", errc::not_an_object,
         "pods: items holds something other than objects"},
        {R"({"metadata":{"resourceVersion":"1"},"items":[{"a":1}{"a":2}]})", errc::not_json,
         "pods: items without a comma"},
        {R"({"metadata":{"resourceVersion":"1"},"items":[{"a":1},]})", errc::not_json,
         "pods: items end with a comma"},
        {R"({"metadata":{"resourceVersion":"1"},"items":[,{"a":1}]})", errc::not_an_object,
         "pods: items holds something"},
        {R"({"metadata":{"resourceVersion":"1"},"items":[]}})", errc::not_json,
         "pods: more ends than beginnings"},
        {R"({"metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"a","namespace":"b"}})",
         errc::not_json, ""},
    };
    for (const auto& c : cases) {
        const auto page = read(c.json);
        ASSERT_FALSE(page.has_value()) << c.json;
        EXPECT_TRUE(page.error().is(c.code)) << page.error().message();
        EXPECT_TRUE(page.error().detail().starts_with(c.detail)) << page.error().detail();
    }
}

/// Items a and c, and between them another.
std::string page_with(const std::string& item) {
    return R"({"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"a","namespace":"n"}},)" +
           item +
           R"(,{"metadata":{"name":"c","namespace":"n"}}],"metadata":{"resourceVersion":"9"}})";
}

TEST(ListPage, AnItemThatCannotBeReadIsLostAlone) {
    const std::string head = R"({"metadata":{"name":"b","namespace":"n","uid":"u",)"
                             R"("resourceVersion":"7"},"spec":)";
    const struct {
        std::string spec;
        const char* reason;
    } cases[] = {
        {"\"" + std::string(limits::frame_bytes_max, 'x') + "\"", "over the limit: 167772"},
        {std::string(70, '[') + std::string(70, ']'), "nests deeper than 64"},
        {R"({"nodeName":"x","nodeName":"y"})", "the field 'nodeName' stands twice"},
        {"\"\xff\"", "not JSON"},
        {"nul", "not JSON"},
    };
    for (const auto& c : cases) {
        const auto page = read(page_with(head + c.spec + "}"));
        ASSERT_TRUE(page.has_value()) << page.error().message();
        ASSERT_EQ(page->objects.size(), 3U);
        EXPECT_EQ(page->objects[0].unread, "");
        EXPECT_EQ(page->objects[2].name, "c");
        EXPECT_EQ(page->unnamed, "");
        const auto& lost = page->objects[1];
        EXPECT_EQ(lost.namespace_ + "/" + lost.name, "n/b");
        EXPECT_EQ(lost.uid, "u");
        EXPECT_EQ(lost.resource_version, "7");
        EXPECT_EQ(lost.body, "");
        EXPECT_NE(lost.unread.find(c.reason), std::string::npos) << lost.unread;
    }
}

TEST(ListPage, AnItemWithoutANameLosesNoOther) {
    for (const auto& item :
         {std::string("{}"), R"({"metadata":{"name":"b"}})" + std::string(),
          R"({"x":")" + std::string(limits::frame_bytes_max, 'x') + R"("})",
          R"({"metadata":{"name":"\u0062","namespace":"n"},"spec":nul})" + std::string()}) {
        const auto page = read(page_with(item));
        ASSERT_TRUE(page.has_value()) << page.error().message();
        EXPECT_EQ(page->objects.size(), 2U);
        EXPECT_NE(page->unnamed, "");
    }
}

TEST(ListPage, EveryWayOfCuttingGivesTheSamePage) {
    const auto text = page_with(
        R"({"metadata":{"labels":{"items":"[{\"}]"},"name":"b","namespace":"n"},"items":[[],{}]})");
    json_reader reader;
    const auto& pods = *reader.kinds().find(model::kind::pod);
    const auto whole = reader.read_list_page(pods, text, body_mode::whole);
    ASSERT_TRUE(whole.has_value()) << whole.error().message();
    ASSERT_EQ(whole->objects.size(), 3U);
    const auto same = [&](const std::vector<std::size_t>& cuts) {
        list_reader pieces(reader, pods, body_mode::whole);
        std::size_t begin = 0;
        for (const auto end : cuts) {
            EXPECT_TRUE(pieces.feed(std::string_view(text).substr(begin, end - begin)));
            begin = end;
        }
        EXPECT_TRUE(pieces.feed(std::string_view(text).substr(begin)));
        const auto page = pieces.finish();
        ASSERT_TRUE(page.has_value()) << page.error().message();
        EXPECT_EQ(page->resource_version, "9");
        ASSERT_EQ(page->objects.size(), 3U);
        for (std::size_t i = 0; i < 3; ++i)
            EXPECT_EQ(page->objects[i].body, whole->objects[i].body);
    };
    std::vector<std::size_t> each_byte;
    for (std::size_t i = 1; i < text.size(); ++i) {
        same({i});
        each_byte.push_back(i);
    }
    same(each_byte);
}

TEST(ListPage, APageIsNeverInMemoryAsAWhole) {
    json_reader reader;
    list_reader page(reader, *reader.kinds().find(model::kind::pod), body_mode::narrowed);
    ASSERT_TRUE(page.feed(R"({"metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"a",)"
                          R"("namespace":"n"},"x":")"));
    const std::string piece(1U << 20U, 'x');
    for (int mib = 0; mib < 600; ++mib)
        ASSERT_TRUE(page.feed(piece));
    ASSERT_TRUE(page.feed("\"}]}"));
    const auto read = page.finish();
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->objects.at(0).unread, "over the limit: 629145648 bytes, at most 16777216");
    rusage used{};
    ASSERT_EQ(getrusage(RUSAGE_SELF, &used), 0);
    EXPECT_LT(used.ru_maxrss, 450L << 10U) << "KiB; a sanitizer keeps 256 MiB of what was freed";
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
