#include "model/layout.hpp"
#include "model/ruleset.hpp"

#include <gtest/gtest.h>

namespace nodewall::model {
namespace {

ip_address ip(const char* text) {
    return ip_address::parse(text).value();
}
cidr block(const char* text) {
    return cidr::parse(text).value();
}

const layout::door web{.what = layout::door_class::nodeport,
                       .fam = family::ipv4,
                       .address = {},
                       .proto = protocol::tcp,
                       .port = 30051};

unit door_unit() {
    unit u;
    u.name = web.unit_name();
    const auto refuse = layout::door_set(web.what, set_role::refuses, web.fam);
    const auto admit = layout::door_set(web.what, set_role::admits, web.fam);
    u.members[refuse.name] = layout::refusal(web);
    u.members[admit.name] = {layout::admission(web, block("203.0.113.0/24"))};
    u.member_types = {{refuse.name, refuse.type}, {admit.name, admit.type}};
    return u;
}

TEST(Unit, IsTheSameWhateverOrderItsMembersCameIn) {
    auto reversed = door_unit();
    auto& list = reversed.members["NW-NODEPORT-REFUSE-4"];
    list.push_back(list.front());
    std::reverse(list.begin(), list.end());
    EXPECT_EQ(seal(reversed)->digest(), seal(door_unit())->digest());
}

TEST(Unit, ProvenanceIsInNoDigest) {
    auto caused = door_unit();
    caused.causes = {{kind::network_policy, {"web", "deny"}, 17}};
    EXPECT_EQ(seal(caused)->digest(), seal(door_unit())->digest());
    EXPECT_TRUE(seal(caused)->same_content(*seal(door_unit())));
}

TEST(Unit, ASetWithoutMembersInItIsNoContent) {
    auto empty = door_unit();
    empty.members["NW-EXTERNAL-ADMIT-4"] = {};
    empty.member_types["NW-EXTERNAL-ADMIT-4"] = set_type::hash_ip_port_net;
    EXPECT_EQ(seal(empty)->digest(), seal(door_unit())->digest());
    EXPECT_TRUE(seal(empty)->same_content(*seal(door_unit())));
}

TEST(Unit, ThatDiffersAnywhereHasOtherContentAndAnotherDigest) {
    const auto original = seal(door_unit());
    const auto expect_another = [&](unit other) {
        const auto changed = seal(std::move(other));
        EXPECT_FALSE(changed->same_content(*original));
        EXPECT_NE(changed->digest(), original->digest());
    };
    auto u = door_unit();
    u.members["NW-NODEPORT-ADMIT-4"].front().port = 30052;
    expect_another(u);
    u = door_unit();
    u.members.erase("NW-NODEPORT-ADMIT-4");
    expect_another(u);
    u = door_unit();
    u.set = set_definition{.name = "NW-PODS-4"};
    expect_another(u);
    u = door_unit();
    u.chain = chain{.name = "NW-DOORS", .rules = {}, .hook = {}};
    expect_another(u);
}

TEST(Unit, SaysItsContentAsIpsetDoes) {
    EXPECT_EQ(seal(door_unit())->text(), "add NW-NODEPORT-ADMIT-4 203.0.113.0/24,tcp:30051\n"
                                         "add NW-NODEPORT-REFUSE-4 0.0.0.0/1,tcp:30051\n"
                                         "add NW-NODEPORT-REFUSE-4 128.0.0.0/1,tcp:30051\n");
}

TEST(Ruleset, DigestIsThatOfItsDigestLines) {
    ruleset rules;
    rules.put(seal(door_unit()));
    EXPECT_EQ(rules.digest_lines(),
              "door/ipv4/nodeport/TCP/30051 " + to_hex(sha256(seal(door_unit())->text())) + "\n");
    EXPECT_EQ(rules.digest(), sha256(rules.digest_lines()));
}

TEST(Rule, ReadsAsIptablesSavePrintsIt) {
    rule r;
    r.proto = protocol::tcp;
    r.destination_local = true;
    r.ports = {22, 6443};
    EXPECT_EQ(r.to_string(),
              "-p tcp -m addrtype --dst-type LOCAL -m multiport --dports 22,6443 -j RETURN");
    rule g;
    g.sets = {{"NW-X", {set_match::direction::src, set_match::direction::dst}, true}};
    g.then = verdict::goto_;
    g.chain = "NW-NODEPORT";
    EXPECT_EQ(g.to_string(), "-m set ! --match-set NW-X src,dst -g NW-NODEPORT");
}

TEST(Layout, ASetsNameTellsItsDefinition) {
    for (const auto f : families)
        for (const auto c : {layout::door_class::nodeport, layout::door_class::external,
                             layout::door_class::clusterip})
            for (const auto role : {set_role::admits, set_role::refuses}) {
                const auto set = layout::door_set(c, role, f);
                EXPECT_LE(set.name.size(), 31U);
                EXPECT_EQ(layout::set_of_name(set.name), set);
            }
    EXPECT_EQ(layout::set_of_name("NW-PODS-6"), layout::pods_set(family::ipv6));
    EXPECT_EQ(layout::set_of_name("NW-OLD"), std::nullopt);
}

TEST(Layout, AMemberTellsItsDoor) {
    for (const auto& member : layout::refusal(web))
        EXPECT_EQ(layout::door_of_member("NW-NODEPORT-REFUSE-4", member)->unit_name(),
                  web.unit_name());
    const layout::door vip{.what = layout::door_class::external,
                           .fam = family::ipv6,
                           .address = ip("2001:db8::5"),
                           .proto = protocol::udp,
                           .port = 53};
    EXPECT_EQ(vip.unit_name(), "door/ipv6/external/2001:db8::5/UDP/53");
    EXPECT_EQ(layout::door_of_member("NW-EXTERNAL-ADMIT-6",
                                     layout::admission(vip, block("2001:db8:1::/48"))),
              vip);
    EXPECT_EQ(layout::door_of_member("NW-PODS-4", {}), std::nullopt);
}

TEST(Evaluation, AWalkFollowsGotosAndReturnsBehindTheJump) {
    ruleset rules;
    rules.put(seal(door_unit()));
    const auto put_set = [&](const set_definition& d) {
        unit u;
        u.name = layout::set_unit_name(d.fam, d.name);
        u.fam = d.fam;
        u.set = d;
        rules.put(seal(u));
    };
    put_set(layout::door_set(web.what, set_role::refuses, web.fam));
    put_set(layout::door_set(web.what, set_role::admits, web.fam));
    const auto put_chain = [&](const char* name, const char* hook, std::vector<rule> list) {
        unit u;
        u.name = layout::chain_unit_name(family::ipv4, name);
        u.chain = chain{name, std::move(list), hook};
        rules.put(seal(u));
    };
    using d = set_match::direction;
    rule refused;
    refused.destination_local = true;
    refused.sets = {{"NW-NODEPORT-REFUSE-4", {d::src, d::dst}, false}};
    refused.then = verdict::goto_;
    refused.chain = "NW-NODEPORT";
    rule admitted;
    admitted.sets = {{"NW-NODEPORT-ADMIT-4", {d::src, d::dst}, false}};
    rule drop;
    drop.then = verdict::drop;
    put_chain("NW-PREROUTING", "PREROUTING", {refused});
    put_chain("NW-NODEPORT", "", {admitted, drop});

    connection c{.source = ip("203.0.113.7"), .destination = ip("192.0.2.1"), .port = 30051};
    c.destination_local = true;
    EXPECT_TRUE(admits(rules, c));
    c.source = ip("198.51.100.7");
    EXPECT_FALSE(admits(rules, c));
    c.proto = protocol::udp;
    EXPECT_TRUE(admits(rules, c)) << "another protocol is another door";
    c.proto = protocol::tcp;
    c.destination_local = false;
    EXPECT_TRUE(admits(rules, c)) << "a NodePort answers on local addresses only";
}

} // namespace
} // namespace nodewall::model
