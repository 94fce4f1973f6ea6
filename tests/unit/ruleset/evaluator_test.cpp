#include "ruleset/evaluator.hpp"

#include "harness/gate.hpp"

#include <gtest/gtest.h>

namespace nodewall::ruleset {
namespace {

using model::family;
using model::protocol;

/// To a NodePort of the node.
packet from(const char* source, std::uint16_t port = 30051) {
    const auto address = ip(source);
    return {.source = address,
            .destination = ip(address.fam() == family::ipv4 ? "192.0.2.1" : "2001:db8:2::1"),
            .port = port,
            .destination_local = true};
}

bool admits(const gate& g, const packet& p) {
    return evaluator(g.rules).admits(p);
}

source_in only(const char* b) {
    return {{}, {block(b)}};
}

TEST(Evaluator, AFrontDoorDecidesByItsSources) {
    gate g;
    const auto pods = g.peers(family::ipv4, "pods", {ip("10.42.0.9"), ip("10.42.1.9")});
    const auto offices =
        g.blocks(family::ipv4, {block("203.0.113.0/25"), block("203.0.113.192/26")});
    g.shut(nodeport(30051),
           g.decide(family::ipv4, admit_only({{offices, pods}, {block("198.51.100.7/32")}})));
    for (const auto* admitted : {"10.42.0.9", "10.42.1.9", "203.0.113.0", "203.0.113.127",
                                 "203.0.113.192", "203.0.113.255", "198.51.100.7"})
        EXPECT_TRUE(admits(g, from(admitted))) << admitted;
    for (const auto* refused : {"10.42.0.8", "203.0.113.128", "203.0.113.191", "198.51.100.8",
                                "203.0.112.255", "203.0.114.0", "0.0.0.0", "255.255.255.255"})
        EXPECT_FALSE(admits(g, from(refused))) << refused;
}

TEST(Evaluator, ADoorIsItsKeyWholly) {
    gate g;
    const auto nobody = g.decide(family::ipv4, {{{{}, drop{}}}});
    g.shut(nodeport(30051), nobody);
    g.shut(external("192.0.2.99", 80), nobody);
    auto p = from("203.0.113.7");
    EXPECT_FALSE(admits(g, p));
    p.proto = protocol::udp;
    EXPECT_TRUE(admits(g, p)) << "another protocol is another door";
    p = from("203.0.113.7", 30052);
    EXPECT_TRUE(admits(g, p)) << "another port too";
    p = from("203.0.113.7");
    p.destination_local = false;
    EXPECT_TRUE(admits(g, p)) << "a NodePort answers on local addresses only";
    EXPECT_TRUE(admits(g, from("2001:db8::7"))) << "and in its family";
    p.destination = ip("192.0.2.99");
    p.port = 80;
    EXPECT_FALSE(admits(g, p));
    p.destination = ip("192.0.2.98");
    EXPECT_TRUE(admits(g, p));
}

TEST(Evaluator, WhatComesBeforeTheDoorsIsAskedFirst) {
    gate g;
    g.exempt(family::ipv4, {block("198.51.100.0/24")});
    g.shut(nodeport(30051), g.decide(family::ipv4, {{{{}, drop{}}}}));
    EXPECT_TRUE(admits(g, from("198.51.100.7")));
    auto p = from("203.0.113.7");
    EXPECT_FALSE(admits(g, p));
    p.in_interface = "lo";
    EXPECT_TRUE(admits(g, p));
    p = from("203.0.113.7");
    p.original_direction = false;
    EXPECT_TRUE(admits(g, p)) << "an answer to a connection of the node's";
    p = from("203.0.113.7");
    p.at = hook::forward;
    EXPECT_TRUE(admits(g, p)) << "no chain stands at that hook";
}

TEST(Evaluator, TheFirstMapThatHasTheDoorDecides) {
    gate g;
    g.shut(nodeport(80), g.decide(family::ipv4, {{{{}, drop{}}}}));
    g.shut(external("192.0.2.1", 80), g.decide(family::ipv4, {{{{}, return_{}}}}));
    EXPECT_TRUE(admits(g, from("203.0.113.7", 80)));
}

TEST(Evaluator, AReturnBehindGotosIsThatOfTheLastJump) {
    gate g;
    g.shut(nodeport(30051), g.decide(family::ipv4, {
                                                       {{{}, go_to{"1"}}, {{}, drop{}}},
                                                       {{{}, go_to{"2"}}, {{}, drop{}}},
                                                       {{{only("203.0.113.0/24")}, return_{}}},
                                                   }));
    const chain last{.name = "NW-PREROUTING",
                     .rules = {{{}, jump{"NW-DOORS"}}, {{only("203.0.113.7/32")}, drop{}}},
                     .at = hook::prerouting};
    g.rules.put(make_unit(family::ipv4, last));
    EXPECT_TRUE(admits(g, from("203.0.113.8")));
    EXPECT_FALSE(admits(g, from("203.0.113.7"))) << "the rule behind the jump is asked";
    EXPECT_TRUE(admits(g, from("198.51.100.7"))) << "a chain that ends returns as well";
}

TEST(Evaluator, JumpsAreLeftOneByOne) {
    ruleset rules;
    const auto put = [&](const char* name, std::vector<rule> list, std::optional<hook> at = {}) {
        rules.put(make_unit(family::ipv4, chain{.name = name, .rules = std::move(list), .at = at}));
    };
    put("NW-A", {{{}, jump{"NW-B"}}, {{}, note{1}}, {{}, drop{}}}, hook::forward);
    put("NW-B", {{{}, jump{"NW-C"}}, {{only("203.0.113.7/32")}, return_{}}, {{}, go_to{"NW-D"}}});
    put("NW-C", {{{}, go_to{"NW-E"}}, {{}, drop{}}});
    put("NW-D", {});
    put("NW-E", {{{}, note{2}}});
    auto p = from("203.0.113.7");
    p.at = hook::forward;
    const auto steps_of = [&] {
        std::string text;
        const auto answer = evaluator(rules).ask(p);
        EXPECT_FALSE(answer.admitted);
        for (const auto& s : answer.steps)
            text += s.chain + " " + std::to_string(s.number) + " " + s.rule + "\n";
        return text;
    };
    EXPECT_EQ(steps_of(),
              "NW-A 1 jump NW-B\nNW-B 1 jump NW-C\nNW-C 1 goto NW-E\nNW-E 1 note 2\n"
              "NW-B 2 source in {203.0.113.7/32}: return\nNW-A 2 note 1\nNW-A 3 drop\n");
    p.source = ip("203.0.113.8");
    EXPECT_EQ(steps_of(), "NW-A 1 jump NW-B\nNW-B 1 jump NW-C\nNW-C 1 goto NW-E\nNW-E 1 note 2\n"
                          "NW-B 3 goto NW-D\nNW-A 2 note 1\nNW-A 3 drop\n");
}

TEST(Evaluator, ACircleEnds) {
    ruleset rules;
    rules.put(make_unit(family::ipv4, chain{.name = "NW-A",
                                            .rules = {{{only("203.0.113.0/24")}, go_to{"NW-A"}},
                                                      {{}, jump{"NW-A"}}},
                                            .at = hook::prerouting}));
    EXPECT_TRUE(evaluator(rules).admits(from("203.0.113.7")));
    EXPECT_TRUE(evaluator(rules).admits(from("198.51.100.7")));
}

TEST(Evaluator, WhatLeadsNowhereIsPassedOver) {
    ruleset rules;
    rules.put(
        make_unit(family::ipv4, chain{.name = "NW-A",
                                      .rules = {{{}, jump{"NW-GONE"}},
                                                {{}, dispatch_by{"NW-DOORS-4-gone"}},
                                                {{source_in{{"NW-PEERS-4-gone"}, {}}}, return_{}},
                                                {{source_in{}}, return_{}},
                                                {{}, drop{}}},
                                      .at = hook::prerouting}));
    EXPECT_FALSE(evaluator(rules).admits(from("203.0.113.7")));
}

TEST(Evaluator, EveryMatchOfARuleMustHold) {
    ruleset rules;
    rules.put(make_unit(family::ipv6,
                        chain{.name = "NW-A",
                              .rules = {{{protocol_is{protocol::udp}, destination_ports{{53, 5353}},
                                          destination_in{block("2001:db8:2::/64")}},
                                         drop{}}},
                              .at = hook::output}));
    const evaluator ruled(rules);
    auto p = from("2001:db8::7", 5353);
    p.at = hook::output;
    p.proto = protocol::udp;
    EXPECT_FALSE(ruled.admits(p));
    for (const auto change :
         {+[](packet& q) { q.proto = protocol::tcp; }, +[](packet& q) { q.port = 54; },
          +[](packet& q) { q.destination = ip("2001:db8:3::1"); },
          +[](packet& q) { q.at = hook::input; }}) {
        auto other = p;
        change(other);
        EXPECT_TRUE(ruled.admits(other));
    }
}

TEST(Evaluator, TellsTheStepsTheDoorAndTheDecision) {
    gate g;
    const auto name = g.decide(
        family::ipv4, {{{{only("203.0.113.0/24")}, go_to{"1"}}, {{}, drop{}}}, {{{}, return_{}}}});
    g.shut(nodeport(30051), name);
    const evaluator ruled(g.rules);
    g.rules.erase("door/ipv4/nodeport/TCP/30051"); // the evaluator has its own

    const auto admitted = ruled.ask(from("203.0.113.7"));
    EXPECT_TRUE(admitted.admitted);
    ASSERT_NE(admitted.door, nullptr);
    EXPECT_EQ(admitted.door->name, "door/ipv4/nodeport/TCP/30051");
    ASSERT_NE(admitted.decided_by, nullptr);
    EXPECT_EQ(admitted.decided_by->name, "decision/ipv4/" + name);
    ASSERT_EQ(admitted.steps.size(), 4U);
    EXPECT_EQ(admitted.steps[1].rule, "to local: dispatch by NW-DOORS-4-nodeport");
    EXPECT_EQ(admitted.steps[1].chain, "NW-DOORS");
    EXPECT_EQ(admitted.steps[1].number, 4U);
    EXPECT_EQ(admitted.steps[3].chain, name + "-1");

    const auto refused = ruled.ask(from("198.51.100.7"));
    EXPECT_FALSE(refused.admitted);
    EXPECT_EQ(refused.steps.back().rule, "drop");

    const auto open = ruled.ask(from("203.0.113.7", 80));
    EXPECT_TRUE(open.admitted);
    EXPECT_EQ(open.door, nullptr);
    EXPECT_EQ(open.decided_by, nullptr);
}

} // namespace
} // namespace nodewall::ruleset
