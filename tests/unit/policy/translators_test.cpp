#include "model/network_policy.hpp"
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

TEST(Policy, TiersOfOneOrderAreAskedByTheNamesThatCalicoGivesThem) {
    model::policy admin, own;
    admin.in = model::admin_tier;
    own.in = {.order = model::admin_tier.order, .name = "b", .at_end = model::tier_end::deny};
    EXPECT_TRUE(model::policy::asked_before(own, admin));
    own.in.name = "kube-b";
    EXPECT_TRUE(model::policy::asked_before(admin, own));
}

TEST(Policy, NamespacesOwnStandAsOneBehindOthersOfTheirOrder) {
    model::policy first, second, deny;
    first.id = {std::string(model::network_policy_stream), {"web", "a"}};
    second.id = {std::string(model::network_policy_stream), {"web", "z"}};
    deny.id = {"globalnetworkpolicies.crd.projectcalico.org", {{}, "m"}};
    for (auto* p : {&first, &second, &deny}) {
        p->in = model::default_tier;
        p->order = model::namespaces_order;
    }
    first.behind_equals = second.behind_equals = true;
    EXPECT_TRUE(model::policy::asked_before(deny, first));
    EXPECT_TRUE(model::policy::asked_before(deny, second));
    EXPECT_TRUE(model::policy::asked_before(first, second));
    deny.order += 0.5;
    EXPECT_TRUE(model::policy::asked_before(second, deny));
}

} // namespace
} // namespace nodewall::policy
