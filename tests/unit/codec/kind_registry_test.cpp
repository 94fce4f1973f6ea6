#include "codec/json_reader.hpp"

#include "codec/dom.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace nodewall::codec::testing {

namespace {

using ::testing::ElementsAre;
using ::testing::IsNull;

TEST(KindRegistry, KnowsItsRowsByStreamByWordsAndByKind) {
    const auto kinds = standard_kinds();
    const auto* policies = kinds.find_stream("networkpolicies.networking.k8s.io");
    ASSERT_NE(policies, nullptr);
    EXPECT_EQ(policies, kinds.find(model::kind::network_policy));
    EXPECT_EQ(policies, kinds.find_object("networking.k8s.io/v1", "NetworkPolicy"));
    EXPECT_EQ(policies, kinds.find_object("extensions/v1beta1", "NetworkPolicy")) << "old logs";
    EXPECT_EQ(kinds.find_object("v1", "Pod"), kinds.find(model::kind::pod));
    EXPECT_EQ(kinds.find(model::kind::pod)->stream, "pods");
    EXPECT_THAT(kinds.find_object("example.org/v1", "Pod"), IsNull());
    EXPECT_THAT(kinds.find_object("networking.k8s.io/v1", "Ingress"), IsNull());
    EXPECT_THAT(kinds.find_stream("nodewall"), IsNull());
}

TEST(KindRegistry, HasARowForEachKindOfTheModel) {
    const auto kinds = standard_kinds();
    for (const auto what : model::kinds) {
        const auto* row = kinds.find(what);
        ASSERT_NE(row, nullptr);
        EXPECT_EQ(row->stream, model::stream_name(what));
        EXPECT_EQ(row->object_kind, model::object_kind(what));
        EXPECT_TRUE(row->decode);
    }
}

TEST(KindRegistry, ACopySharesTheRowsAndHasItsOwnAdditions) {
    const auto kinds = standard_kinds();
    auto more = kinds;
    more.add({.group = "example.org",
              .versions = {"v1"},
              .resource = "widgets",
              .object_kind = "Widget",
              .namespaced = false});
    EXPECT_EQ(more.find(model::kind::pod), kinds.find(model::kind::pod));
    EXPECT_EQ(more.rows().size(), kinds.rows().size() + 1);
    EXPECT_THAT(kinds.find_stream("widgets.example.org"), IsNull());
    EXPECT_NE(more.find_stream("widgets.example.org"), nullptr);
}

/// A kind that no other code knows: a policy that says a color.
kind_registry with_widgets() {
    auto kinds = standard_kinds();
    kinds.add({.group = "example.org",
               .versions = {"v1"},
               .resource = "widgets",
               .object_kind = "Widget",
               .namespaced = false,
               .decode = [](const dom::value& object, model::object_meta meta) {
                   const auto spec = object["spec"];
                   const auto color = spec["color"];
                   return model::object(model::policy_object{
                       .meta = std::move(meta),
                       .stream = {},
                       .document = model::make_document(std::string(color.text()))});
               }});
    return kinds;
}

TEST(KindRegistry, AnAddedKindIsDecodedByItsOwnDecoder) {
    json_reader reader(with_widgets());
    const auto& widgets = *reader.kinds().find_stream("widgets.example.org");
    const auto object =
        reader.decode(widgets, R"({"metadata":{"name":"w","uid":"u"},"spec":{"color":"red"}})");
    ASSERT_TRUE(object) << object.error().message();
    const auto& meta = meta_of(*object);
    EXPECT_EQ(meta.key.name, "w");
    EXPECT_EQ(meta.uid, "u");
    const auto& policy = std::get<model::policy_object>(*object);
    EXPECT_EQ(policy.as<std::string>(), "red");
    EXPECT_EQ(policy.stream, "widgets.example.org");
    const auto wrong = reader.decode(widgets, R"({"metadata":{"name":"w"},"spec":{"color":7}})");
    ASSERT_TRUE(wrong);
    EXPECT_THAT(meta_of(*wrong).not_understood, ElementsAre(::testing::HasSubstr("spec.color")));
    EXPECT_EQ(reader.decode(widgets, "{}").error().message().find("widgets.example.org"), 0U);
}

TEST(KindRegistry, AnAddedKindIsReadFromWatchesAndLists) {
    json_reader reader(with_widgets());
    const auto& widgets = *reader.kinds().find_stream("widgets.example.org");
    const std::string object = R"({"apiVersion":"example.org/v1","kind":"Widget",)"
                               R"("metadata":{"name":"w","resourceVersion":"3"}})";
    const auto frame = reader.read_watch_frame(
        widgets, R"({"type":"ADDED","object":)" + object + "}", body_mode::narrowed);
    ASSERT_TRUE(frame) << frame.error().message();
    EXPECT_EQ(frame->object.name, "w");
    const auto page = reader.read_list_page(
        widgets,
        R"({"kind":"WidgetList","metadata":{"resourceVersion":"9"},"items":[)" + object + "]}",
        body_mode::narrowed);
    ASSERT_TRUE(page) << page.error().message();
    EXPECT_EQ(page->objects.at(0).resource_version, "3");
    const auto& pods = *reader.kinds().find(model::kind::pod);
    EXPECT_FALSE(reader.read_watch_frame(pods, R"({"type":"ADDED","object":)" + object + "}",
                                         body_mode::narrowed))
        << "it is no Pod";
}

} // namespace

} // namespace nodewall::codec::testing
