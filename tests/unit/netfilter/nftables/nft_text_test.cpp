#include "netfilter/nftables/nft_text.hpp"

#include "harness/gate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::netfilter {
namespace {

using model::family;
using ruleset::block;
using ruleset::gate;
using ruleset::ip;
using testing::HasSubstr;
using testing::Not;

TEST(NftText, WithoutDoorsHasWhatStandsFromTheStart) {
    EXPECT_EQ(to_nft(gate().rules), R"(table inet nodewall {}
delete table inet nodewall
table inet nodewall {
    map NW-DOORS-4-clusterip {
        type ipv4_addr . inet_proto . inet_service : verdict
    }
    map NW-DOORS-4-external {
        type ipv4_addr . inet_proto . inet_service : verdict
    }
    map NW-DOORS-4-hostport {
        type inet_proto . inet_service : verdict
    }
    map NW-DOORS-4-local {
        type ipv4_addr . inet_proto . inet_service : verdict
    }
    map NW-DOORS-4-nodeport {
        type inet_proto . inet_service : verdict
    }
    map NW-DOORS-6-clusterip {
        type ipv6_addr . inet_proto . inet_service : verdict
    }
    map NW-DOORS-6-external {
        type ipv6_addr . inet_proto . inet_service : verdict
    }
    map NW-DOORS-6-hostport {
        type inet_proto . inet_service : verdict
    }
    map NW-DOORS-6-local {
        type ipv6_addr . inet_proto . inet_service : verdict
    }
    map NW-DOORS-6-nodeport {
        type inet_proto . inet_service : verdict
    }
    chain NW-DOORS-4 {
        fib daddr type local ip daddr . meta l4proto . th dport vmap @NW-DOORS-4-local
        ip daddr . meta l4proto . th dport vmap @NW-DOORS-4-external
        ip daddr . meta l4proto . th dport vmap @NW-DOORS-4-clusterip
        fib daddr type local meta l4proto . th dport vmap @NW-DOORS-4-nodeport
        fib daddr type local meta l4proto . th dport vmap @NW-DOORS-4-hostport
    }
    chain NW-PREROUTING-4 {
        iifname "lo" return
        ct direction original jump NW-DOORS-4
    }
    chain NW-DOORS-6 {
        fib daddr type local ip6 daddr . meta l4proto . th dport vmap @NW-DOORS-6-local
        ip6 daddr . meta l4proto . th dport vmap @NW-DOORS-6-external
        ip6 daddr . meta l4proto . th dport vmap @NW-DOORS-6-clusterip
        fib daddr type local meta l4proto . th dport vmap @NW-DOORS-6-nodeport
        fib daddr type local meta l4proto . th dport vmap @NW-DOORS-6-hostport
    }
    chain NW-PREROUTING-6 {
        iifname "lo" return
        ct direction original jump NW-DOORS-6
    }
    chain NW-PREROUTING {
        type filter hook prerouting priority mangle
        meta nfproto ipv4 jump NW-PREROUTING-4
        meta nfproto ipv6 jump NW-PREROUTING-6
    }
}
)");
}

TEST(NftText, ADoorIsAnElementThatLeadsToItsDecision) {
    gate g;
    const auto pods = g.peers(family::ipv4, "pods", {ip("10.42.0.9"), ip("10.42.1.9")});
    const auto offices = g.blocks(family::ipv4, {block("198.51.100.0/24"), block("192.0.2.0/25")});
    const auto name = g.decide(
        family::ipv4,
        ruleset::admit_only({{offices, pods}, {block("10.0.0.0/8"), block("203.0.113.7/32")}}));
    g.shut(ruleset::nodeport(30051), name);
    g.shut(ruleset::nodeport(30052, family::ipv4, model::protocol::sctp), name);
    g.shut(ruleset::external("192.0.2.99", 53, model::protocol::udp), name);
    const auto text = to_nft(g.rules);
    EXPECT_THAT(text, HasSubstr("set " + pods + R"( {
        type ipv4_addr
        elements = {
            10.42.0.9,
            10.42.1.9
        }
    }
)"));
    EXPECT_THAT(text, HasSubstr("set " + offices + R"( {
        type ipv4_addr
        flags interval
        elements = {
            192.0.2.0/25,
            198.51.100.0/24
        }
    }
)"));
    EXPECT_THAT(text, HasSubstr("            sctp . 30052 : goto " + name + ",\n" +
                                "            tcp . 30051 : goto " + name + "\n"));
    EXPECT_THAT(text, HasSubstr("            192.0.2.99 . udp . 53 : goto " + name + "\n"));
    EXPECT_THAT(text, HasSubstr("    chain " + name + " {\n" +                 //
                                "        ip saddr @" + offices + " return\n" + //
                                "        ip saddr @" + pods + " return\n" +
                                "        ip saddr { 10.0.0.0/8, 203.0.113.7/32 } return\n"
                                "        drop\n    }\n"));
}

TEST(NftText, ARuleThatCanHoldInTwoWaysNotesOnce) {
    gate g;
    const auto pods = g.peers(family::ipv6, "pods", {ip("fd42::9")});
    const auto name = g.decide(
        family::ipv6, {{{{ruleset::source_in{{pods}, {block("fd42::/64")}}}, ruleset::note{7}},
                        {{ruleset::source_in{{pods}, {}}}, ruleset::note{8}},
                        {{ruleset::source_in{}}, ruleset::drop{}}}});
    EXPECT_THAT(to_nft(g.rules),
                HasSubstr("    chain " + name + ".1.then {\n" + //
                          "        log group 7\n    }\n" +      //
                          "    chain " + name + ".1 {\n" + "        ip6 saddr @" + pods + " goto " +
                          name + ".1.then\n" +                                                  //
                          "        ip6 saddr { fd42::/64 } goto " + name + ".1.then\n    }\n" + //
                          "    chain " + name + " {\n" + "        jump " + name + ".1\n" +      //
                          "        ip6 saddr @" + pods + " log group 8\n    }\n"));
}

TEST(NftText, ADecisionThatIsTheSameInBothFamiliesStandsOnce) {
    gate g;
    const ruleset::gate::stages two{{{{}, ruleset::go_to{"1"}}}, {{{}, ruleset::drop{}}}};
    const auto name = g.decide(family::ipv4, two);
    EXPECT_EQ(g.decide(family::ipv6, two), name);
    const auto text = to_nft(g.rules);
    const auto chain = "    chain " + name + " {\n        goto " + name + "-1\n    }\n";
    const auto at = text.find(chain);
    ASSERT_NE(at, std::string::npos);
    EXPECT_EQ(text.find(chain, at + 1), std::string::npos);
}

TEST(NftText, EveryMatchHasItsWords) {
    ruleset::ruleset rules;
    rules.put(ruleset::make_unit(
        family::ipv6, ruleset::chain{.name = "NW-OUT",
                                     .rules = {{{ruleset::protocol_is{model::protocol::udp},
                                                 ruleset::destination_ports{{53, 5353}},
                                                 ruleset::destination_in{block("2001:db8::/32")},
                                                 ruleset::destination_local{}},
                                                ruleset::return_{}}},
                                     .at = ruleset::hook::output}));
    const auto text = to_nft(rules);
    EXPECT_THAT(text, HasSubstr("        meta l4proto udp th dport { 53, 5353 } "
                                "ip6 daddr 2001:db8::/32 fib daddr type local return\n"));
    EXPECT_THAT(text, HasSubstr("        type filter hook output priority mangle\n"
                                "        meta nfproto ipv6 jump NW-OUT-6\n"));
    EXPECT_THAT(text, Not(HasSubstr("ipv4")));
}

} // namespace
} // namespace nodewall::netfilter
