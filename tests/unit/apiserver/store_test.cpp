#include "apiserver/store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::apiserver {
namespace {

using model::kind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

object_store make_store(std::string cluster = "test", std::size_t history_max = 100) {
    return object_store({std::move(cluster), history_max, [] { return timestamp{}; }});
}

boost::json::object labelled(std::string_view label) {
    return {{"metadata", {{"labels", {{"app", label}}}}}};
}

std::vector<std::string> names(const object_store::page& page) {
    std::vector<std::string> all;
    for (const auto& object : page.items)
        all.push_back(object->key.name);
    return all;
}

/// Revisions 3 (a), 4 (b), 5 (a modified), 6 (b gone).
void write_some(object_store& store) {
    ASSERT_TRUE(store.create(kind::pod, {"default", "a"}, labelled("one")));
    ASSERT_TRUE(store.create(kind::pod, {"default", "b"}, labelled("one")));
    ASSERT_TRUE(store.replace(kind::pod, {"default", "a"}, labelled("two")));
    ASSERT_TRUE(store.remove(kind::pod, {"default", "b"}));
}

TEST(SmallStore, HasOneRevisionOverAllKinds) {
    auto store = make_store();
    EXPECT_EQ(store.revision(), 2U); // the two namespaces
    const auto pod = store.create(kind::pod, {"default", "a"}, {});
    const auto service = store.create(kind::service, {"default", "a"}, {});
    EXPECT_EQ((*pod)->revision, 3U);
    EXPECT_EQ((*service)->revision, 4U);
    EXPECT_THAT((*service)->text, HasSubstr(R"("resourceVersion":"4")"));
}

TEST(SmallStore, KeepsUidAndCreationOverAReplacement) {
    auto store = make_store();
    const auto made = *store.create(kind::pod, {"default", "a"}, labelled("one"));
    const auto changed = *store.replace(kind::pod, {"default", "a"}, labelled("two"));
    const auto uid = made->text.substr(made->text.find("\"uid\""), 44);
    EXPECT_THAT(changed->text, HasSubstr(uid));
    EXPECT_THAT(changed->text, HasSubstr("two"));
}

TEST(SmallStore, GivesARecreatedObjectAnotherUid) {
    auto store = make_store();
    const auto first = *store.create(kind::pod, {"default", "a"}, {});
    ASSERT_TRUE(store.remove(kind::pod, {"default", "a"}));
    const auto second = *store.create(kind::pod, {"default", "a"}, {});
    const auto uid = first->text.substr(first->text.find("\"uid\""), 44);
    EXPECT_THAT(second->text, testing::Not(HasSubstr(uid)));
}

TEST(SmallStore, GivesAnUnchangedObjectNoNewRevision) {
    auto store = make_store();
    const auto made = *store.create(kind::pod, {"default", "a"}, labelled("one"));
    EXPECT_EQ(*store.replace(kind::pod, {"default", "a"}, labelled("one")), made);
    EXPECT_EQ(store.revision(), 3U);
}

TEST(SmallStore, RefusesAReplacementOfAnOlderState) {
    auto store = make_store();
    write_some(store);
    auto body = labelled("three");
    body["metadata"].as_object()["resourceVersion"] = "3";
    EXPECT_EQ(store.replace(kind::pod, {"default", "a"}, body).error().code, 409U);
    body["metadata"].as_object()["resourceVersion"] = "5";
    EXPECT_TRUE(store.replace(kind::pod, {"default", "a"}, body));
}

TEST(SmallStore, RefusesAnObjectInANamespaceThatDoesNotExist) {
    auto store = make_store();
    const auto refused = store.create(kind::pod, {"nowhere", "a"}, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "namespaces \"nowhere\" not found");
}

TEST(SmallStore, DeletesANamespaceWithWhatIsInIt) {
    auto store = make_store();
    ASSERT_TRUE(store.put(kind::pod, {"web", "a"}, {}));
    ASSERT_TRUE(store.put(kind::service, {"web", "a"}, {}));
    ASSERT_TRUE(store.put(kind::pod, {"default", "a"}, {}));
    ASSERT_TRUE(store.remove(kind::namespace_, {"", "web"}));
    EXPECT_FALSE(store.find(kind::pod, {"web", "a"}));
    EXPECT_FALSE(store.find(kind::service, {"web", "a"}));
    EXPECT_TRUE(store.find(kind::pod, {"default", "a"}));
}

TEST(SmallStore, ListsEveryEarlierRevisionThatItRemembers) {
    auto store = make_store();
    write_some(store);
    const auto at = [&](std::uint64_t revision) {
        return names(store.list(kind::pod, "", revision, {}, 0));
    };
    EXPECT_THAT(at(2), IsEmpty());
    EXPECT_THAT(at(3), ElementsAre("a"));
    EXPECT_THAT(at(5), ElementsAre("a", "b"));
    EXPECT_THAT(at(6), ElementsAre("a"));
    EXPECT_THAT(store.list(kind::pod, "", 4, {}, 0).items.at(0)->text, HasSubstr("one"));
}

TEST(SmallStore, CutsAListIntoPages) {
    auto store = make_store();
    for (const auto* name : {"a", "b", "c"})
        ASSERT_TRUE(store.create(kind::pod, {"default", name}, {}));
    const auto first = store.list(kind::pod, "", 5, {}, 2);
    EXPECT_THAT(names(first), ElementsAre("a", "b"));
    EXPECT_EQ(first.remaining, 1U);
    const auto second = store.list(kind::pod, "", 5, first.items.back()->key, 2);
    EXPECT_THAT(names(second), ElementsAre("c"));
    EXPECT_EQ(second.remaining, 0U);
}

TEST(SmallStore, ForgetsHistoryByCompactionAndByItsBound) {
    auto compacted = make_store();
    write_some(compacted);
    compacted.compact();
    EXPECT_EQ(compacted.oldest(), 6U);
    EXPECT_EQ(compacted.next_change(6), nullptr);

    auto bounded = make_store("test", 2);
    write_some(bounded);
    EXPECT_EQ(bounded.oldest(), 4U);
    EXPECT_EQ(bounded.next_change(4)->revision(), 5U);
}

TEST(SmallStore, GoesBackToAnEarlierRevision) {
    auto store = make_store();
    write_some(store);
    ASSERT_TRUE(store.restore(4));
    EXPECT_EQ(store.revision(), 4U);
    EXPECT_THAT(names(store.list(kind::pod, "", 4, {}, 0)), ElementsAre("a", "b"));
    EXPECT_THAT(store.find(kind::pod, {"default", "a"})->text, HasSubstr("one"));
    EXPECT_FALSE(store.restore(5));
}

TEST(SmallStore, GivesAnotherClusterOtherUids) {
    auto one = make_store("one");
    auto two = make_store("two");
    EXPECT_NE(one.find(kind::namespace_, {"", "kube-system"})->text,
              two.find(kind::namespace_, {"", "kube-system"})->text);
}

} // namespace
} // namespace nodewall::apiserver
