#include "model/labels.hpp"

#include <gtest/gtest.h>

namespace nodewall::model {
namespace {

using operation = label_requirement::operation;

label_selector selector(label_requirement r) {
    return {.requirements = {std::move(r)}, .invalid = {}};
}

const label_set web({{"app", "web"}, {"tier", "front"}});

TEST(LabelSet, OfEqualKeysTheLastOneCounts) {
    const label_set labels({{"a", "1"}, {"b", "2"}, {"a", "3"}});
    EXPECT_EQ(labels.size(), 2U);
    EXPECT_EQ(*labels.find("a"), "3");
    EXPECT_EQ(labels.find("c"), nullptr);
}

TEST(Selector, EmptySelectsEverything) {
    EXPECT_TRUE(label_selector{}.matches(web));
    EXPECT_TRUE(label_selector{}.matches({}));
    EXPECT_TRUE(label_selector{}.selects_everything());
}

TEST(Selector, InNeedsTheKey) {
    const auto s = selector({"app", operation::in, {"api", "web"}});
    EXPECT_TRUE(s.matches(web));
    EXPECT_FALSE(s.matches({}));
}

TEST(Selector, NotInHoldsForAMissingKey) {
    const auto s = selector({"app", operation::not_in, {"web"}});
    EXPECT_FALSE(s.matches(web));
    EXPECT_TRUE(s.matches({}));
}

TEST(Selector, ExistsAndDoesNotExistAskForTheKeyAlone) {
    EXPECT_TRUE(selector({"app", operation::exists, {}}).matches(web));
    EXPECT_FALSE(selector({"app", operation::exists, {}}).matches({}));
    EXPECT_FALSE(selector({"app", operation::does_not_exist, {}}).matches(web));
    EXPECT_TRUE(selector({"app", operation::does_not_exist, {}}).matches({}));
}

TEST(Selector, AllRequirementsMustHold) {
    label_selector s;
    s.requirements = {{"app", operation::in, {"web"}}, {"tier", operation::in, {"back"}}};
    EXPECT_FALSE(s.matches(web));
}

TEST(Selector, AnInvalidOneMatchesNothing) {
    label_selector s;
    s.invalid = "operator 'Near' is unknown";
    EXPECT_FALSE(s.matches(web));
    EXPECT_FALSE(s.selects_everything());
}

TEST(Selector, FieldsOfItsTextCannotRunIntoEachOther) {
    EXPECT_NE(selector({"a", operation::in, {"bc"}}).canonical_text(),
              selector({"ab", operation::in, {"c"}}).canonical_text());
    EXPECT_NE(selector({"a", operation::in, {"b", "c"}}).canonical_text(),
              selector({"a", operation::in, {"b,c"}}).canonical_text());
}

} // namespace
} // namespace nodewall::model
