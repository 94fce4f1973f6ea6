#include "policy/budget.hpp"

#include "base/limits.hpp"
#include "model/network_policy.hpp"
#include "policy/translators.hpp"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::policy {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

model::cidr block(const std::string& text) {
    return model::cidr::parse(text).value();
}

/// So many single addresses, no two of them neighbours.
std::vector<model::cidr> hosts(unsigned count) {
    std::vector<model::cidr> all;
    for (unsigned i = 0; i < count; ++i)
        all.push_back(
            block(fmt::format("10.{}.{}.{}/32", i >> 15U, (i >> 7U) & 0xffU, (i & 0x7fU) * 2)));
    return all;
}

model::policy_object object_with(std::vector<model::policy_rule> ingress,
                                 std::string namespace_ = "web", std::string name = "p") {
    model::network_policy_spec spec;
    spec.isolates_ingress = true;
    spec.ingress = std::move(ingress);
    return {.meta = {.key = {std::move(namespace_), std::move(name)}, .seq = 7},
            .stream = "networkpolicies.networking.k8s.io",
            .document = model::make_document(std::move(spec))};
}

model::policy_rule from_blocks(std::vector<model::ip_block> blocks) {
    model::policy_rule rule;
    for (auto& each : blocks)
        rule.peers.emplace_back().block = std::move(each);
    return rule;
}

TEST(Budget, CountsTheBlocksThatExceptionsLeave) {
    const auto whole = builtin_translators().translate(
        object_with({from_blocks({{block("10.0.0.0/8"), {}}, {block("192.0.2.0/24"), {}}})}));
    EXPECT_EQ(cost_of(whole).blocks, 2U);
    EXPECT_EQ(cost_of(whole).rules, 1U);
    const auto cut = builtin_translators().translate(
        object_with({from_blocks({{block("10.0.0.0/8"), {block("10.0.0.0/16")}}})}));
    EXPECT_EQ(cost_of(cut).blocks, 8U);
}

TEST(Budget, APolicyOfManyExceptionsIsWithinIt) {
    const auto policy = builtin_translators().translate(
        object_with({from_blocks({{block("10.0.0.0/8"), hosts(20'000)}})}));
    EXPECT_EQ(policy.over_budget, "");
    EXPECT_THAT(policy.ingress, SizeIs(1));
}

TEST(Budget, APolicyOverItRefusesEveryoneAndSaysWhatToDo) {
    std::vector<model::policy_rule> rules;
    for (unsigned i = 0; i <= limits::object_rules_max; ++i)
        rules.push_back(from_blocks({{block("192.0.2.0/24"), {}}}));
    const auto policy = builtin_translators().translate(object_with(std::move(rules)));
    EXPECT_THAT(policy.over_budget,
                HasSubstr("refuses everyone: it has 4097 rules, over the budget of 4096"));
    EXPECT_THAT(policy.ingress, IsEmpty());
    EXPECT_TRUE(policy.ingress_applies);
}

TEST(Budget, WhatCouldDenyDeniesEveryone) {
    model::policy policy;
    policy.in = model::default_tier;
    policy.ingress.push_back({.then = model::action::deny, .who = {}, .ports = {}});
    refuse_everyone(policy, "because");
    ASSERT_THAT(policy.ingress, SizeIs(1));
    EXPECT_EQ(policy.ingress.front().then, model::action::deny);
    EXPECT_TRUE(policy.ingress.front().speaks_of_all());
    EXPECT_TRUE(policy.ingress.front().any_port);
    EXPECT_THAT(policy.egress, IsEmpty());
}

TEST(Budget, ThoseWhoRunTheClusterHaveNone) {
    EXPECT_FALSE(has_budget({"globalnetworkpolicies.crd.projectcalico.org", {"", "feed"}}));
    EXPECT_TRUE(has_budget({"networkpolicies.networking.k8s.io", {"web", "p"}}));
}

TEST(Budget, OfANamespaceRefusesThoseThatDoNotFitAndTakesThemBack) {
    namespace_budget budget;
    const auto id = [](const std::string& name) {
        return model::policy_id{"networkpolicies.networking.k8s.io", {"web", name}};
    };
    const cost half{.blocks = limits::namespace_blocks_max / 2, .rules = 1, .ports = 0};
    budget.put(id("a"), half);
    budget.put(id("b"), half);
    EXPECT_THAT(budget.over(), IsEmpty());
    budget.put(id("c"), half);
    budget.put(id("d"), {.blocks = 0, .rules = 1, .ports = 0});
    const auto over = budget.over();
    ASSERT_THAT(over, SizeIs(1));
    EXPECT_EQ(over.begin()->first, id("c"));
    EXPECT_THAT(over.begin()->second, HasSubstr("of namespace web"));
    budget.erase(id("a"));
    EXPECT_THAT(budget.over(), IsEmpty());
}

TEST(Budget, OfANamespaceCountsEqualSelectorsOnce) {
    namespace_budget budget;
    std::vector<std::uint64_t> some(limits::object_selectors_max);
    for (std::size_t i = 0; i < some.size(); ++i)
        some[i] = i;
    for (const std::string name : {"a", "b", "c", "d"})
        budget.put({"networkpolicies.networking.k8s.io", {"web", name}},
                   {.blocks = 0, .rules = 1, .ports = 0, .selectors = some, .wide = some});
    EXPECT_THAT(budget.over(), IsEmpty());
}

} // namespace
} // namespace nodewall::policy
