// The backend against the real kernel.
#include "kernel_fixture.hpp"

#include "harness/gate.hpp"
#include "model/pod_query.hpp"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <set>
#include <sstream>

namespace nodewall::test {

namespace {

using model::family;
using model::protocol;
using ruleset::admit_only;
using ruleset::block;
using ruleset::dataplane_errc;
using ruleset::gate;
using ruleset::ip;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Every pod is known in both families; doors of all classes read all forms of sources.
gate example() {
    gate g;
    for (const auto f : model::families) {
        const bool v4 = f == family::ipv4;
        const auto pods =
            g.peers(f, model::pod_query::everything().identity(),
                    {ip(v4 ? "10.42.0.9" : "fd42::9"), ip(v4 ? "10.42.1.9" : "fd42::1:9")});
        const auto web = g.peers(f, "web", {ip(v4 ? "10.42.0.9" : "fd42::9")});
        const auto offices = g.blocks(f, {block(v4 ? "203.0.113.0/25" : "2001:db8:1::/48"),
                                          block(v4 ? "203.0.113.192/26" : "2001:db8:2::/48")});
        const auto everyone = model::cidr::everything(f);
        g.shut(ruleset::nodeport(30051, f),
               g.decide(f, admit_only({{}, {block(v4 ? "10.0.0.0/8" : "fd00::/8")}})));
        g.shut(ruleset::nodeport(30051, f, protocol::udp), g.decide(f, admit_only({{pods}, {}})));
        g.shut(ruleset::nodeport(30052, f, protocol::sctp),
               g.decide(f, admit_only({{offices, web}, {everyone}})));
        g.shut(ruleset::external(v4 ? "192.0.2.7" : "2001:db8:9::7", 443),
               g.decide(f, {{{{}, ruleset::drop{}}}}));
        auto cluster = ruleset::external(v4 ? "10.96.0.10" : "fd96::10", 80);
        cluster.what = model::door_class::clusterip;
        g.shut(cluster, g.decide(f, {{{{ruleset::source_in{{web}, {}}}, ruleset::go_to{"1"}},
                                      {{ruleset::source_in{{pods}, {}}}, ruleset::drop{}},
                                      {{}, ruleset::drop{}}},
                                     {{{ruleset::source_in{{offices}, {}}}, ruleset::return_{}},
                                      {{}, ruleset::drop{}}}}));
        g.exempt(f, {block(v4 ? "198.51.100.0/24" : "2001:db8:51::/48")});
    }
    return g;
}

/// Units with their digests, a line each, so that a failure shows those that differ.
std::vector<std::string> units(const ruleset::ruleset& rules) {
    std::vector<std::string> lines;
    for (const auto& u : rules.units())
        lines.push_back(u->name + " " + to_hex(u->digest()).substr(0, 8));
    return lines;
}

class Dataplane : public KernelTest {
protected:
    void expect_in_kernel(const ruleset::ruleset& rules) {
        EXPECT_EQ(units(read_back().rules), units(rules));
    }
    void expect_not_in_kernel(const ruleset::ruleset& rules) {
        EXPECT_NE(read_back().rules.digest(), rules.digest());
    }
};

TEST_F(Dataplane, HasEverythingThatIsNeeded) {
    const auto probed = backend->probe();
    EXPECT_TRUE(probed) << probed.error().message();
}

TEST_F(Dataplane, ReadsBackWhatWasAppliedByDigestAndCommitsNothingTheSecondTime) {
    const auto rules = example().rules;
    EXPECT_EQ(apply(rules), 2U);
    const auto view = read_back();
    EXPECT_EQ(units(view.rules), units(rules));
    EXPECT_THAT(view.remarks, IsEmpty());
    const auto again = backend->apply(std::make_shared<const ruleset::ruleset>(rules));
    EXPECT_EQ(again.steps, 0U);
    EXPECT_FALSE(again.untidy);
}

TEST_F(Dataplane, HoldsNothingBeforeAndNothingAfterReset) {
    EXPECT_TRUE(read_back().rules.units().empty());
    apply(example().rules);
    EXPECT_TRUE(backend->reset());
    EXPECT_TRUE(read_back().rules.units().empty());
    EXPECT_EQ(lines_with(shell("iptables-legacy-save; ip6tables-legacy-save"), "NW-"), "");
    EXPECT_EQ(shell("ipset save"), "");
    EXPECT_TRUE(backend->reset());
}

/// Lines of ipset or iptables in one order, without what nodewall does not set.
std::set<std::string> lines_of(const std::string& text, const std::string& beginning) {
    std::set<std::string> lines;
    std::istringstream all(text);
    for (std::string line; std::getline(all, line);) {
        for (const auto* detail : {" hashsize ", " bucketsize ", " initval "})
            if (const auto at = line.find(detail); at != std::string::npos) {
                auto end = line.find(' ', at + std::string(detail).size());
                end = end == std::string::npos ? line.size() : end;
                line.erase(at, end - at);
            }
        if (line.starts_with(beginning))
            lines.insert(line);
    }
    return lines;
}

TEST_F(Dataplane, PrintsItsRulesAndSetsAsIptablesAndIpsetDo) {
    const auto rules = example().rules;
    apply(rules);
    const auto sets = shell("ipset save");
    const auto present = lines_of(sets, "");
    for (const auto& line : lines_of(netfilter::iptables::ipset_text(rules), ""))
        EXPECT_TRUE(present.contains(line)) << line << "\n" << sets;
    for (const auto f : model::families) {
        const auto printed = lines_of(
            shell(f == family::ipv4 ? "iptables-legacy-save" : "ip6tables-legacy-save"), "-A");
        for (const auto& line : lines_of(netfilter::iptables::iptables_text(rules, f), "-A"))
            EXPECT_TRUE(printed.contains(line) || line.starts_with("-A NW-SLOTS"))
                << line << ", and only the tree is smaller without room for more";
    }
}

TEST_F(Dataplane, LeavesForeignChainsRulesSetsAndAllCountersAsTheyAre) {
    shell("ipset create foreign hash:ip && ipset add foreign 10.0.0.1");
    shell("iptables-legacy-restore -c <<'EOF'\n"
          "*mangle\n"
          ":PREROUTING ACCEPT [11:1100]\n"
          ":FOREIGN - [0:0]\n"
          "[3:300] -A PREROUTING -p tcp -m tcp --dport 80 -j FOREIGN\n"
          "[5:500] -A PREROUTING -j MARK --set-xmark 0x1/0x1\n"
          "[7:700] -A FOREIGN -m set --match-set foreign src -j RETURN\n"
          "COMMIT\n"
          "EOF");
    const auto foreign_lines = [] {
        std::string text;
        for (const auto* part : {"FOREIGN", "0x1/0x1", "PREROUTING ACCEPT"})
            text += lines_with(shell("iptables-legacy-save -c -t mangle"), part);
        return text + shell("ipset save foreign");
    };
    const auto before = foreign_lines();
    EXPECT_THAT(before, HasSubstr("[7:700]"));
    EXPECT_THAT(before, HasSubstr("[11:1100]"));

    apply(example().rules);
    EXPECT_EQ(foreign_lines(), before);
    EXPECT_EQ(apply(gate().rules), 2U) << "nobody is exempt any more";
    EXPECT_EQ(foreign_lines(), before);
    EXPECT_TRUE(backend->reset());
    EXPECT_EQ(foreign_lines(), before);
}

TEST_F(Dataplane, KeepsTheCountersOfItsRulesThatStay) {
    apply(example().rules);
    shell("ip link set lo up && bash -c 'echo hello > /dev/udp/127.0.0.1/9'");
    const auto counted = [] {
        return lines_with(shell("iptables-legacy-save -c -t mangle"), "-i lo -j RETURN");
    };
    const auto before = counted();
    ASSERT_THAT(before, Not(HasSubstr("[0:0]")));
    EXPECT_EQ(apply(gate().rules), 2U);
    EXPECT_EQ(counted(), before);
}

TEST_F(Dataplane, MakesNoCommitForADecisionThatComesOrGoes) {
    auto g = example();
    apply(g.rules);
    const auto before = shell("iptables-legacy-save; ip6tables-legacy-save");
    g.shut(ruleset::nodeport(31000),
           g.decide(family::ipv4, admit_only({{}, {block("192.0.2.77/32")}})));
    const auto with_door = std::make_shared<const ruleset::ruleset>(g.rules);
    const auto came = backend->apply(with_door);
    ASSERT_FALSE(came.failure) << came.failure->message();
    EXPECT_EQ(came.commits, 0U);
    EXPECT_LE(came.steps, 2U) << "the slot's blocks, the door's two members";
    EXPECT_EQ(came.members_changed, 3U);
    const auto went = backend->apply(std::make_shared<const ruleset::ruleset>(example().rules));
    EXPECT_EQ(went.commits, 0U);
    EXPECT_EQ(went.steps, 1U);
    EXPECT_TRUE(went.untidy);
    const auto tidied = backend->tidy();
    EXPECT_FALSE(tidied.failure);
    EXPECT_FALSE(tidied.untidy);
    EXPECT_EQ(shell("iptables-legacy-save; ip6tables-legacy-save").size(), before.size());
    expect_in_kernel(example().rules);
}

TEST_F(Dataplane, PutsADeletedJumpBackAtTheHead) {
    apply(example().rules);
    shell("iptables-legacy -t mangle -A PREROUTING -j MARK --set-mark 1");
    shell("iptables-legacy -t mangle -D PREROUTING -j NW-PREROUTING");
    EXPECT_THAT(read_back().remarks, ElementsAre("ipv4: no rule leads to NW-PREROUTING"));
    EXPECT_EQ(apply(example().rules), 1U);
    EXPECT_EQ(shell("iptables-legacy -t mangle -S PREROUTING 1"),
              "-A PREROUTING -j NW-PREROUTING\n");
    expect_in_kernel(example().rules);
}

TEST_F(Dataplane, NamesAJumpThatIsNotFirstAndLeavesItWhereItIs) {
    apply(example().rules);
    shell("iptables-legacy -t mangle -I PREROUTING -j ACCEPT");
    EXPECT_THAT(read_back().remarks,
                ElementsAre(HasSubstr("NW-PREROUTING is not the first rule of "
                                      "PREROUTING: one with target 'ACCEPT'")));
    EXPECT_EQ(apply(example().rules), 0U);
    expect_in_kernel(example().rules);
}

TEST_F(Dataplane, RemovesASecondJumpAndOneInAnotherChain) {
    apply(example().rules);
    shell("iptables-legacy -t mangle -A PREROUTING -j NW-PREROUTING");
    shell("iptables-legacy -t mangle -A INPUT -p tcp -j NW-PREROUTING");
    EXPECT_THAT(read_back().remarks, ElementsAre(HasSubstr("3 jumps to NW-PREROUTING")));
    EXPECT_EQ(apply(example().rules), 1U);
    EXPECT_EQ(lines_with(shell("iptables-legacy-save -t mangle"), "-j NW-PREROUTING"),
              "-A PREROUTING -j NW-PREROUTING\n");
}

/// In a fixed chain, in the tree, in a slot that a door leads to, and in one that is empty.
TEST_F(Dataplane, RepairsAChainThatHoldsARuleNodewallWouldNeverWrite) {
    apply(example().rules);
    for (const auto* chain : {"NW-DOORS", "NW-SLOTS", "NW-SLOT-0001", "NW-SLOT-0009"}) {
        SCOPED_TRACE(chain);
        shell(std::string("iptables-legacy -t mangle -I ") + chain + " 1 -s 10.0.0.0/8 -j ACCEPT");
        const auto view = read_back();
        EXPECT_THAT(view.remarks, ElementsAre(std::string("ipv4: rule 1 of ") + chain +
                                              " (target 'ACCEPT') is not nodewall's"));
        EXPECT_NE(view.rules.digest(), example().rules.digest());
        EXPECT_GE(apply(example().rules), 1U);
        EXPECT_EQ(lines_with(shell("iptables-legacy-save -t mangle"), "ACCEPT -s"), "");
        expect_in_kernel(example().rules);
        EXPECT_THAT(read_back().remarks, IsEmpty());
    }
}

TEST_F(Dataplane, RepairsMembersThatSomebodyElseChanged) {
    apply(example().rules);
    for (const auto* command : {
             "for s in $(ipset list -n | grep 4-.*-i); do ipset add $s 192.0.2.0/25; done",
             "for s in $(ipset list -n | grep 4-.*-i); do ipset flush $s; done",
             "ipset del NW-DOORS-4-nodeport 0.0.0.0/1,tcp:30051",
             "ipset flush NW-DOORS-6-external",
             "ipset add -exist NW-DOORS-4-nodeport 0.0.0.0/1,udp:30051 skbmark 0x4000/0x4000",
             "ipset add -exist NW-DOORS-4-nodeport 0.0.0.0/1,tcp:9 skbmark 0x1/0x30ff",
             "ipset add NW-DOORS-4-external 192.0.2.9,tcp:9 skbmark 0x1/0x30ff",
             "ipset add -exist NW-DOORS-4-external 192.0.2.7,tcp:443 skbmark 0x5/0x30ff",
             "ipset flush NW-EXEMPT-6",
             "ipset add NW-EXEMPT-4 9.9.9.0/24",
             "for s in $(ipset list -n | grep NW-PEERS-4); do ipset flush $s; done",
             "for s in $(ipset list -n | grep NW-BLOCKS-6); do ipset add $s 2001::/16; done",
             "for s in $(ipset list -n | grep 4-.*-l); do ipset flush $s; done",
         }) {
        SCOPED_TRACE(command);
        shell(command);
        expect_not_in_kernel(example().rules);
        apply(example().rules);
        expect_in_kernel(example().rules);
        const auto tidied = backend->tidy();
        EXPECT_FALSE(tidied.failure) << tidied.failure->message();
        EXPECT_FALSE(tidied.untidy);
        expect_in_kernel(example().rules);
    }
}

/// The sets that stood are destroyed a few at a time.
TEST_F(Dataplane, StartsAnewWhenTheTableWasFlushedUnderItsSets) {
    apply(example().rules);
    shell("iptables-legacy -t mangle -F; iptables-legacy -t mangle -X");
    const auto before = shell("ipset list -n").size();
    EXPECT_EQ(apply(example().rules), 1U);
    EXPECT_GT(shell("ipset list -n").size(), before);
    auto tidied = backend->tidy();
    for (int calls = 0; tidied.untidy && calls < 20; ++calls)
        tidied = backend->tidy();
    EXPECT_FALSE(tidied.failure) << tidied.failure->message();
    EXPECT_FALSE(tidied.untidy);
    EXPECT_LT(shell("ipset list -n").size(), before + 100) << "longer names, not more";
    expect_in_kernel(example().rules);
}

TEST_F(Dataplane, RemovesChainsAndSetsOfAnotherVersion) {
    shell("ipset create NW-OLD-4 hash:net");
    shell("ipset create NW-NODEPORT-ADMIT-4 hash:net,port");
    shell("ipset create NW-EXTERNAL-ADMIT-4 hash:ip,port,net");
    shell("iptables-legacy-restore <<'EOF'\n"
          "*mangle\n"
          ":NW-OLD - [0:0]\n"
          ":NW-OLDER - [0:0]\n"
          "-A PREROUTING -j NW-OLD\n"
          "-A NW-OLD -m set --match-set NW-OLD-4 src -g NW-OLDER\n"
          "-A NW-OLD -m set --match-set NW-NODEPORT-ADMIT-4 src,dst -g NW-OLDER\n"
          "-A NW-OLDER -p tcp -j DROP\n"
          "COMMIT\n"
          "EOF");
    apply(example().rules);
    EXPECT_FALSE(backend->tidy().failure);
    expect_in_kernel(example().rules);
    const auto sets = shell("ipset list -n");
    for (const auto* old : {"NW-OLD-4", "NW-NODEPORT-ADMIT-4", "NW-EXTERNAL-ADMIT-4"})
        EXPECT_THAT(sets, Not(HasSubstr(old)));
}

/// A set of ours that somebody else's rule uses cannot go; nothing else waits for it.
TEST_F(Dataplane, LeavesASetThatAForeignRuleHoldsOnTo) {
    shell("ipset create NW-PEERS-4-0123456789abcdef hash:ip");
    shell("iptables-legacy -t mangle -A INPUT -m set --match-set NW-PEERS-4-0123456789abcdef src "
          "-j ACCEPT");
    apply(example().rules);
    const auto tidied = backend->tidy();
    EXPECT_FALSE(tidied.failure) << tidied.failure->message();
    EXPECT_FALSE(tidied.untidy);
    expect_in_kernel(example().rules);
}

TEST_F(Dataplane, GoesOnWithMembersWhileAnotherProgramHoldsTheXtablesLock) {
    auto g = example();
    const int file = ::open(std::getenv("XTABLES_LOCKFILE"), O_RDONLY);
    ASSERT_EQ(::flock(file, LOCK_EX), 0);
    backend->read().value();
    const auto first = std::make_shared<const ruleset::ruleset>(g.rules);
    const auto stopped = backend->apply(first);
    ASSERT_TRUE(stopped.failure);
    EXPECT_TRUE(stopped.failure->is(dataplane_errc::busy));
    EXPECT_EQ(stopped.commits, 0U);
    ASSERT_EQ(::flock(file, LOCK_UN), 0);
    const auto rest = backend->apply(first);
    ASSERT_FALSE(rest.failure) << rest.failure->message();
    EXPECT_EQ(rest.commits, 2U);

    // One door gets a decision of a shape that is new, another one of a known shape.
    ASSERT_EQ(::flock(file, LOCK_EX), 0);
    const auto web = g.peers(family::ipv4, "web", {ip("10.42.0.9")});
    g.shut(ruleset::nodeport(31001),
           g.decide(family::ipv4, {{{{ruleset::source_in{{web}, {}}}, ruleset::drop{}},
                                    {{}, ruleset::return_{}}}}));
    g.shut(ruleset::nodeport(31002),
           g.decide(family::ipv4, admit_only({{}, {block("192.0.2.78/32")}})));
    const auto second = std::make_shared<const ruleset::ruleset>(g.rules);
    const auto waits = backend->apply(second);
    ASSERT_TRUE(waits.failure);
    EXPECT_TRUE(waits.failure->is(dataplane_errc::busy));
    const auto doors = shell("ipset save NW-DOORS-4-nodeport");
    EXPECT_THAT(doors, HasSubstr("tcp:31002 ")) << "it needs no table";
    EXPECT_THAT(doors, Not(HasSubstr("tcp:31001 ")));
    ::close(file);
    const auto done = backend->apply(second);
    ASSERT_FALSE(done.failure) << done.failure->message();
    EXPECT_EQ(done.commits, 1U);
    expect_in_kernel(*second);
}

TEST_F(Dataplane, TellsOfPacketsThatArrivedWithAMarkOfOurs) {
    apply(example().rules);
    // What goes out by v1 comes in by v0, where table raw marks it.
    shell("iptables-legacy -t raw -A PREROUTING -j MARK --set-mark 0x11");
    shell("ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up; "
          "ip addr add 198.18.0.1/24 dev v1; "
          "ip neigh add 198.18.0.2 lladdr $(cat /sys/class/net/v0/address) dev v1; "
          // The link takes a moment to come up.
          "bash -c 'for i in {1..20}; do echo hello > /dev/udp/198.18.0.2/9; sleep 0.05; done'");
    EXPECT_THAT(read_back().remarks,
                ElementsAre(HasSubstr("arrived with a mark in 0x30ff, which is nodewall's")));
}

TEST_F(Dataplane, NamesASetOfAnotherTypeOrFamily) {
    for (const auto* other : {"hash:net,port family inet", "hash:ip family inet6", "hash:mac"}) {
        shell("ipset destroy");
        if (!shell_succeeds(std::string("ipset create NW-DOORS-4-external ") + other))
            continue; // not every kernel has every type
        const auto rules = example().rules;
        EXPECT_EQ(apply(rules), 2U) << "under another name";
        expect_in_kernel(rules);
        EXPECT_FALSE(backend->tidy().failure);
        EXPECT_THAT(shell("ipset list -n"), Not(HasSubstr("NW-DOORS-4-external\n")));
        EXPECT_TRUE(backend->reset());
    }
}

} // namespace

} // namespace nodewall::test
