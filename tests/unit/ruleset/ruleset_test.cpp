#include "ruleset/ruleset.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace nodewall::ruleset {
namespace {

using model::family;

key address(const char* text) {
    return {.block = model::cidr::host(model::ip_address::parse(text).value())};
}
model::cidr block(const char* text) {
    return model::cidr::parse(text).value();
}

const members peers{.set = "NW-PEERS-4-0123456789abcdef",
                    .type = key_type::address,
                    .keys = {address("10.42.0.9"), address("10.42.0.10"), address("10.42.0.11")}};

std::shared_ptr<const unit> peers_unit(members m = peers) {
    return make_unit(family::ipv4, std::move(m), block("10.42.0.0/24"));
}

TEST(Unit, IsTheSameWhateverOrderItsMembersCameIn) {
    auto reversed = peers;
    reversed.keys.push_back(reversed.keys.front());
    std::reverse(reversed.keys.begin(), reversed.keys.end());
    EXPECT_EQ(peers_unit(reversed)->digest(), peers_unit()->digest());
    EXPECT_TRUE(peers_unit(reversed)->same_content(*peers_unit()));
}

TEST(Unit, ProvenanceIsInNoDigest) {
    const entry e{.map = "NW-DOORS-4-nodeport", .at = {.proto = 6, .port = 80}, .decision = "NW-D"};
    const auto plain = make_unit("door/ipv4/nodeport/TCP/80", family::ipv4, e, {});
    const auto caused = make_unit("door/ipv4/nodeport/TCP/80", family::ipv4, e,
                                  {{"NetworkPolicy", {"web", "deny"}, 17}});
    EXPECT_EQ(caused->digest(), plain->digest());
    EXPECT_TRUE(caused->same_content(*plain));
}

TEST(Unit, IsNamedForWhatItHolds) {
    EXPECT_EQ(peers_unit()->name, "members/ipv4/NW-PEERS-4-0123456789abcdef/10.42.0.0/24");
    EXPECT_EQ(
        make_unit(family::ipv6, members{.set = "NW-EXEMPT-6", .keys = {}}, std::nullopt)->name,
        "members/ipv6/NW-EXEMPT-6");
    EXPECT_EQ(make_unit(set{.name = "NW-EXEMPT-6", .fam = family::ipv6})->name,
              "set/ipv6/NW-EXEMPT-6");
    EXPECT_EQ(make_unit(family::ipv4, chain{.name = "NW-DOORS", .rules = {}, .at = {}})->name,
              "chain/ipv4/NW-DOORS");
    const auto d = named_by_content({{{.then = drop{}}}});
    EXPECT_EQ(make_unit(family::ipv4, d, {})->name, "decision/ipv4/" + d.name());
}

TEST(Unit, SaysItsContentInLines) {
    EXPECT_EQ(peers_unit()->text(), "members NW-PEERS-4-0123456789abcdef address\n"
                                    "10.42.0.9\n10.42.0.10\n10.42.0.11\n");
    EXPECT_EQ(make_unit(set{.name = "NW-DOORS-6-external",
                            .fam = family::ipv6,
                            .what = purpose::dispatch,
                            .type = key_type::address_port})
                  ->text(),
              "set NW-DOORS-6-external ipv6 dispatch address,port\n");
    const entry e{.map = "NW-DOORS-6-external",
                  .type = key_type::address_port,
                  .at = {.block = block("2001:db8::5/128"), .proto = 17, .port = 53},
                  .decision = "NW-D-0123456789abcdef"};
    EXPECT_EQ(make_unit("door", family::ipv6, e, {})->text(),
              "entry NW-DOORS-6-external address,port 2001:db8::5,udp:53: NW-D-0123456789abcdef\n");
}

TEST(Unit, CountsItsRulesAndMembers) {
    EXPECT_EQ(peers_unit()->member_count(), 3U);
    EXPECT_EQ(peers_unit()->rule_count(), 0U);
    const auto d = make_unit(
        family::ipv4,
        named_by_content({{{.then = go_to{"1"}}}, {{.then = note{1}}, {.then = drop{}}}}), {});
    EXPECT_EQ(d->rule_count(), 3U);
    EXPECT_EQ(make_unit("door", family::ipv4, entry{}, {})->member_count(), 1U);
}

TEST(Unit, TheDigestOfEveryKindOfContentTellsEachPartOfIt) {
    const std::vector<std::shared_ptr<const unit>> all{
        peers_unit(),
        peers_unit({.set = "NW-PEERS-4-X", .keys = peers.keys}),
        peers_unit({.set = peers.set, .keys = {}}),
        make_unit(set{.name = "NW-X"}),
        make_unit(set{.name = "NW-X", .fam = family::ipv6}),
        make_unit(set{.name = "NW-X", .what = purpose::blocks}),
        make_unit(set{.name = "NW-X", .type = key_type::block}),
        make_unit(family::ipv4, chain{.name = "NW-X", .rules = {}, .at = {}}),
        make_unit(family::ipv4, chain{.name = "NW-X", .rules = {}, .at = hook::input}),
        make_unit(family::ipv4, chain{.name = "NW-X", .rules = {{}}, .at = {}}),
        make_unit("door", family::ipv4, entry{.map = "NW-M", .at = {.port = 1}, .decision = "a"},
                  {}),
        make_unit("door", family::ipv4, entry{.map = "NW-M", .at = {.port = 1}, .decision = "b"},
                  {}),
        make_unit("door", family::ipv4, entry{.map = "NW-M", .at = {.port = 2}, .decision = "a"},
                  {}),
    };
    for (const auto& a : all)
        for (const auto& b : all) {
            EXPECT_EQ(a->same_content(*b), a == b) << a->text() << b->text();
            EXPECT_EQ(a->digest() == b->digest(), a == b) << a->text() << b->text();
        }
}

TEST(Rule, ReadsAsOneLine) {
    EXPECT_EQ((rule{{in_interface{"lo"}}, return_{}}).to_string(), "from lo: return");
    EXPECT_EQ((rule{{original_direction{}}, jump{"NW-DOORS"}}).to_string(),
              "original-direction: jump NW-DOORS");
    EXPECT_EQ((rule{{destination_local{}, destination_in{block("192.0.2.0/24")}},
                    dispatch_by{"NW-DOORS-4-nodeport"}})
                  .to_string(),
              "to local, to 192.0.2.0/24: dispatch by NW-DOORS-4-nodeport");
    EXPECT_EQ((rule{{protocol_is{model::protocol::udp}, destination_ports{{53, 5353}}}, drop{}})
                  .to_string(),
              "udp, to ports 53,5353: drop");
    EXPECT_EQ(
        (rule{{source_in{{"NW-PEERS-4-X"}, {block("10.0.0.0/8")}}}, go_to{"NW-D-1"}}).to_string(),
        "source in {NW-PEERS-4-X 10.0.0.0/8}: goto NW-D-1");
    EXPECT_EQ((rule{{source_in{}}, note{7}}).to_string(), "source in {}: note 7");
    EXPECT_EQ((rule{{}, drop{}}).to_string(), "drop");
}

TEST(Decision, IsNamedByItsContentAndItsStagesByItsName) {
    const std::vector<std::vector<rule>> stages{
        {{{source_in{{"NW-PEERS-4-b", "NW-PEERS-4-a"}, {}}}, go_to{"1"}}, {{}, return_{}}},
        {{{}, drop{}}},
    };
    const auto d = named_by_content(stages);
    EXPECT_EQ(d.name().size(), 21U);
    EXPECT_TRUE(d.name().starts_with("NW-D-"));
    ASSERT_EQ(d.chains.size(), 2U);
    EXPECT_EQ(d.chains[1].name, d.name() + "-1");
    EXPECT_EQ(d.chains[0].rules[0].then, verdict(go_to{d.name() + "-1"}));

    auto sorted = stages;
    sorted[0][0].matches = {source_in{{"NW-PEERS-4-a", "NW-PEERS-4-b"}, {}}};
    EXPECT_EQ(named_by_content(sorted), d) << "the order of sets means nothing";
    auto swapped = stages;
    std::swap(swapped[0][0], swapped[0][1]);
    EXPECT_NE(named_by_content(swapped).name(), d.name()) << "the order of rules does";
}

TEST(Decision, ThatLeadsToAStageItHasNotIsRefused) {
    EXPECT_THROW(named_by_content({}), std::invalid_argument);
    for (const auto* stage : {"1", "", "0x", "NW-DOORS"})
        EXPECT_THROW(named_by_content({{{{}, go_to{stage}}}}), std::invalid_argument) << stage;
}

TEST(Set, ItsNameTellsWhatItIsFor) {
    for (const auto f : model::families) {
        const auto digit = f == family::ipv4 ? "4" : "6";
        EXPECT_EQ(purpose_of(hashed_set_name(purpose::peers, f, "a query")), purpose::peers);
        EXPECT_EQ(purpose_of(hashed_set_name(purpose::blocks, f, "a union")), purpose::blocks);
        EXPECT_EQ(purpose_of(std::string("NW-EXEMPT-") + digit), purpose::exempt);
        EXPECT_EQ(purpose_of(std::string("NW-DOORS-") + digit + "-nodeport"), purpose::dispatch);
    }
    for (const auto* other :
         {"", "NW-DOORS", "NW-DOORS-", "NW-DOORS-4", "NW-DOORS-4-", "NW-EXEMPT-5", "NW-EXEMPT-44",
          "NW-PEERS-x-1", "NW-SLOT-4-0001-i0", "PEERS-4-1"})
        EXPECT_EQ(purpose_of(other), std::nullopt) << other;
}

TEST(Set, WhoseIdentityDiffersHasAnotherName) {
    const auto name = hashed_set_name(purpose::peers, family::ipv4, "a");
    EXPECT_EQ(name.size(), 27U);
    EXPECT_EQ(name, hashed_set_name(purpose::peers, family::ipv4, "a"));
    EXPECT_NE(name, hashed_set_name(purpose::peers, family::ipv4, "b"));
    EXPECT_NE(name, hashed_set_name(purpose::peers, family::ipv6, "a"));
}

TEST(Set, MembersOfOneBlockAreOneUnit) {
    EXPECT_EQ(model::members_block(model::ip_address::parse("10.42.3.4").value()),
              block("10.42.3.0/24"));
    EXPECT_EQ(model::members_block(model::ip_address::parse("fd00::1:2345").value()),
              block("fd00::1:2300/120"));
}

TEST(Ruleset, DigestIsThatOfItsDigestLines) {
    ruleset rules;
    rules.put(peers_unit());
    rules.put(make_unit(set{.name = peers.set}));
    EXPECT_EQ(rules.digest_lines(),
              "members/ipv4/NW-PEERS-4-0123456789abcdef/10.42.0.0/24 " +
                  to_hex(sha256(peers_unit()->text())) + "\nset/ipv4/NW-PEERS-4-0123456789abcdef " +
                  to_hex(sha256("set NW-PEERS-4-0123456789abcdef ipv4 peers address\n")) + "\n");
    EXPECT_EQ(rules.digest(), sha256(rules.digest_lines()));
}

TEST(Ruleset, CountsFollowWhatIsReplacedAndTakenOut) {
    ruleset rules;
    rules.put(peers_unit());
    rules.put(make_unit(family::ipv4, chain{.name = "NW-DOORS", .rules = {{}, {}}, .at = {}}));
    EXPECT_EQ(rules.member_count(), 3U);
    EXPECT_EQ(rules.rule_count(), 2U);
    rules.put(peers_unit({.set = peers.set, .keys = {peers.keys.front()}}));
    EXPECT_EQ(rules.member_count(), 1U);
    rules.erase("chain/ipv4/NW-DOORS");
    rules.erase("chain/ipv4/NW-DOORS");
    EXPECT_EQ(rules.rule_count(), 0U);
}

} // namespace
} // namespace nodewall::ruleset
