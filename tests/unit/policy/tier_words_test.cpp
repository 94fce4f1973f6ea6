#include "unit/policy/tier_words.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace nodewall::test {
namespace {

TEST(TierWords, SayWhatAPolicySays) {
    const auto policy = read_tier_words(
        "tier=security:500:deny order=7 subject=namespaces:team=red+pods:app=a|b,!gone "
        "ingress=log ingress=deny;from=10.0.0.0/8;from=web+pods:app;port=TCP/80-90;port=UDP/dns "
        "egress");
    EXPECT_EQ(policy.in, (model::tier{500, "security", model::tier_end::deny}));
    EXPECT_EQ(policy.order, 7U);
    ASSERT_TRUE(policy.subject.namespaces);
    EXPECT_EQ(
        policy.subject.namespaces->canonical_text(),
        (model::label_selector{{{"team", model::label_requirement::operation::in, {"red"}}}, {}})
            .canonical_text());
    EXPECT_EQ(policy.subject.pods.requirements.size(), 2U);
    EXPECT_TRUE(policy.ingress_applies && policy.egress_applies);
    EXPECT_TRUE(policy.egress.empty());
    ASSERT_EQ(policy.ingress.size(), 2U);
    EXPECT_EQ(policy.ingress[0].then, model::action::log);
    EXPECT_TRUE(policy.ingress[0].who.any && policy.ingress[0].any_port);
    const auto& deny = policy.ingress[1];
    EXPECT_EQ(deny.then, model::action::deny);
    EXPECT_EQ(deny.index, 1U);
    EXPECT_FALSE(deny.who.any || deny.any_port);
    EXPECT_EQ(deny.who.blocks.at(0).block.to_string(), "10.0.0.0/8");
    EXPECT_EQ(deny.who.pods.at(0).namespace_, "web");
    EXPECT_TRUE(deny.covers(model::protocol::tcp, 85, {}));
    EXPECT_FALSE(deny.covers(model::protocol::tcp, 91, {}));
    EXPECT_EQ(deny.ports.at(1).name, "dns");
}

TEST(TierWords, SelectEveryPodInTheAdminTierUnlessTheySayOtherwise) {
    const auto policy = read_tier_words("");
    EXPECT_EQ(policy.in, model::admin_tier);
    EXPECT_EQ(policy.subject, model::pod_query::everything());
    EXPECT_FALSE(policy.ingress_applies || policy.egress_applies);
}

TEST(TierWords, ThatSayNothingAreRefused) {
    EXPECT_THROW(read_tier_words("sideways=deny"), std::invalid_argument);
    EXPECT_THROW(read_tier_words("ingress=refuse"), std::invalid_argument);
    EXPECT_THROW(read_tier_words("ingress=deny;to=10.0.0.0/8"), std::invalid_argument);
}

TEST(TierRule, SpeaksOfAllPortsOfWhicheverOneWhereItAllowsOne) {
    const auto covers_any_port = [](std::string_view rule) {
        return read_tier_words("ingress=" + std::string(rule))
            .ingress.at(0)
            .covers(model::protocol::tcp, 0, {});
    };
    EXPECT_TRUE(covers_any_port("allow;port=TCP/80"));
    EXPECT_TRUE(covers_any_port("log;port=TCP/80"));
    EXPECT_FALSE(covers_any_port("deny;port=TCP/80"));
    EXPECT_FALSE(covers_any_port("pass;port=TCP/80"));
    EXPECT_FALSE(covers_any_port("deny;port=UDP"));
    EXPECT_TRUE(covers_any_port("deny;port=TCP"));
    EXPECT_TRUE(covers_any_port("pass;port=TCP/1-65535"));
    EXPECT_TRUE(covers_any_port("deny"));
}

} // namespace
} // namespace nodewall::test
