#include "policy/translators.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <typeinfo>

namespace nodewall::policy {
namespace {

using testing::ElementsAre;

struct wish {
    std::string whom;
    bool operator==(const wish&) const = default;
};

model::policy_object an_object(std::string stream, wish content) {
    return {.meta = {.key = {"", "first"}, .seq = 3},
            .stream = std::move(stream),
            .document = model::make_document(std::move(content))};
}

translator wishes(std::string stream, std::uint32_t order) {
    return {.stream = std::move(stream), .kind = "Wish", .translate = [order](const auto& object) {
                model::policy to;
                to.order = order;
                to.subject.namespace_ = object.template as<wish>().whom;
                return to;
            }};
}

TEST(Translators, ARowTranslatesTheObjectsOfItsStream) {
    auto table = builtin_translators();
    table.add(wishes("wishes.example.com", 5));
    const auto policy = table.translate(an_object("wishes.example.com", {"web"}));
    EXPECT_EQ(policy.id, (model::policy_id{"wishes.example.com", {"", "first"}}));
    EXPECT_EQ(policy.describe(), "Wish first");
    EXPECT_EQ(policy.seq, 3U);
    EXPECT_EQ(policy.order, 5U);
    EXPECT_EQ(policy.subject.namespace_, "web");
}

TEST(Translators, ARowReplacesTheOneOfItsStream) {
    translators table;
    table.add(wishes("wishes.example.com", 5));
    table.add(wishes("wishes.example.com", 6));
    EXPECT_EQ(table.translate(an_object("wishes.example.com", {})).order, 6U);
}

TEST(Translators, AKindWithoutARowSelectsNobodyAndSaysSo) {
    const auto policy = builtin_translators().translate(an_object("wishes.example.com", {}));
    EXPECT_FALSE(policy.subject.pods.invalid.empty());
    EXPECT_EQ(policy.describe(), "wishes.example.com first");
    EXPECT_THAT(policy.not_understood, ElementsAre("selects no pod: its kind is not understood"));
}

TEST(PolicyObject, IsEqualWhereItsDocumentIs) {
    const auto object = an_object("wishes.example.com", {"web"});
    EXPECT_EQ(object, an_object("wishes.example.com", {"web"}));
    EXPECT_NE(object, an_object("wishes.example.com", {"api"}));
    EXPECT_NE(object, an_object("others.example.com", {"web"}));
    auto of_another_type = object;
    of_another_type.document = model::make_document(std::string("web"));
    EXPECT_NE(object, of_another_type);
    EXPECT_THROW(of_another_type.as<wish>(), std::bad_cast);
}

TEST(Policy, IsAskedByTierThenByOrderThenByName) {
    model::policy first, second;
    EXPECT_FALSE(model::policy::asked_before(first, second));
    first.id.key.name = "a";
    second.id.key.name = "b";
    EXPECT_TRUE(model::policy::asked_before(first, second));
    first.order = 2;
    second.order = 1;
    EXPECT_TRUE(model::policy::asked_before(second, first));
    first.in = model::admin_tier;
    second.in = model::default_tier;
    EXPECT_TRUE(model::policy::asked_before(first, second));
}

} // namespace
} // namespace nodewall::policy
