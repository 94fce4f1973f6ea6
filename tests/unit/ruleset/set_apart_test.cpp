#include "ruleset/set_apart.hpp"

#include "harness/gate.hpp"
#include "ruleset/evaluator.hpp"

#include <gtest/gtest.h>

namespace nodewall::ruleset {
namespace {

using model::family;

/// Doors 30001 and 30002 admit the set's members, 30003 a block.
class SetApart : public testing::Test {
protected:
    SetApart() {
        peers = g.peers(family::ipv4, "clients", {ip("10.0.0.2")});
        const auto by_set = g.decide(family::ipv4, admit_only({.sets = {peers}, .blocks = {}}));
        g.shut(nodeport(30001), by_set);
        g.shut(nodeport(30002), by_set);
        g.shut(nodeport(30003),
               g.decide(family::ipv4, admit_only({.sets = {}, .blocks = {block("192.0.2.0/24")}})));
    }
    gate g;
    std::string peers;
};

TEST_F(SetApart, WithoutASetItsDoorsRefuseEveryoneAndTheOthersStand) {
    const auto made = without(g.rules, {set_unit_name(family::ipv4, peers)});
    EXPECT_FALSE(made.rules.units().contains(set_unit_name(family::ipv4, peers)));
    ASSERT_EQ(made.shut.size(), 2U);
    EXPECT_EQ(made.shut.front()->name, "door/ipv4/nodeport/TCP/30001");
    const evaluator before(g.rules), after(made.rules);
    const auto dial = [](std::uint16_t port, const char* source) {
        return packet{.source = ip(source),
                      .destination = ip("192.0.2.1"),
                      .port = port,
                      .destination_local = true};
    };
    EXPECT_TRUE(before.admits(dial(30001, "10.0.0.2")));
    EXPECT_FALSE(after.admits(dial(30001, "10.0.0.2")));
    EXPECT_FALSE(after.admits(dial(30002, "10.0.0.2")));
    EXPECT_TRUE(after.admits(dial(30003, "192.0.2.9")));
    EXPECT_FALSE(after.admits(dial(30003, "10.0.0.2")));
}

TEST_F(SetApart, WithoutADecisionItsDoorsRefuseEveryone) {
    const auto& door = std::get<entry>(g.rules.units().at("door/ipv4/nodeport/TCP/30003")->content);
    const auto made = without(g.rules, {"decision/ipv4/" + door.decision});
    ASSERT_EQ(made.shut.size(), 1U);
    EXPECT_FALSE(made.rules.units().contains("decision/ipv4/" + door.decision));
    EXPECT_TRUE(made.rules.units().contains(set_unit_name(family::ipv4, peers)));
}

TEST_F(SetApart, WithoutNothingItIsTheSame) {
    const auto made = without(g.rules, {});
    EXPECT_TRUE(made.shut.empty());
    EXPECT_EQ(made.rules.digest(), g.rules.digest());
}

} // namespace
} // namespace nodewall::ruleset
