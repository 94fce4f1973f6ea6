// What a plan is, on a kernel in memory: which steps, in which order, how many.
#include "harness/gate.hpp"
#include "harness/xt_evaluator.hpp"
#include "netfilter/iptables/dataplane.hpp"
#include "netfilter/iptables/plan/planner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>

namespace nodewall::test {

namespace {

namespace ipt = netfilter::iptables;
using model::family;
using ruleset::admit_only;
using ruleset::block;
using ruleset::gate;
using ruleset::ip;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Planning : public testing::Test {
protected:
    Planning() {
        kernel.before_act = [this](const std::string& act) {
            acts.push_back(act);
            return std::nullopt;
        };
        backend->read().value();
    }

    ruleset::apply_outcome apply(const gate& g) {
        acts.clear();
        auto outcome = backend->apply(std::make_shared<const ruleset::ruleset>(g.rules));
        EXPECT_FALSE(outcome.failure) << outcome.failure->message();
        return outcome;
    }
    void tidy() { EXPECT_FALSE(backend->tidy().failure); }
    bool admits(const char* source) const {
        const auto from = ip(source);
        return xt_evaluator(kernel)
            .evaluate({.source = from,
                       .destination = ip("192.0.2.1"),
                       .port = 30051,
                       .destination_local = true})
            .admitted;
    }

    ipt::memory_kernel kernel;
    std::unique_ptr<ruleset::dataplane> backend = ipt::dataplane_on(kernel);
    std::vector<std::string> acts;
};

/// SEMANTICS section 5: an address that goes from {D, A} to {P} is refused before and after, and no
/// fixed order of phases keeps it so in between.
TEST_F(Planning, KeepsARelabelledAddressRefusedBetweenPassDenyAndAllow) {
    const auto with = [](bool d, bool a, bool p) {
        gate g;
        const std::vector one{ip("10.42.0.9")};
        const std::vector<model::ip_address> none;
        const auto pass = g.peers(family::ipv4, "P", p ? one : none);
        const auto deny = g.peers(family::ipv4, "D", d ? one : none);
        const auto allow = g.peers(family::ipv4, "A", a ? one : none);
        const auto from = [](const std::string& set) {
            return std::vector<ruleset::match>{ruleset::source_in{{set}, {}}};
        };
        g.shut(ruleset::nodeport(30051), g.decide(family::ipv4, {{{from(pass), ruleset::go_to{"1"}},
                                                                  {from(deny), ruleset::drop{}},
                                                                  {{}, ruleset::go_to{"1"}}},
                                                                 {{from(allow), ruleset::return_{}},
                                                                  {{}, ruleset::drop{}}}}));
        return g;
    };
    apply(with(true, true, false));
    std::size_t instants = 0;
    kernel.on_change = [&] {
        ++instants;
        EXPECT_FALSE(admits("10.42.0.9")) << "after " << testing::PrintToString(acts);
    };
    const auto outcome = apply(with(false, false, true));
    EXPECT_EQ(outcome.commits, 0U);
    EXPECT_EQ(instants, 3U) << "three members, and no set anew";
    apply(with(true, true, false)); // and back
    EXPECT_EQ(instants, 6U);
}

/// A policy goes from one query to another while a pod goes from the second to the first: it stays
/// refused. And a pod that goes along stays admitted.
TEST_F(Planning, ServesDoorsThatTurnWhileMembershipsChange) {
    const auto with = [](const char* policy, const std::vector<model::ip_address>& a,
                         const std::vector<model::ip_address>& b) {
        gate g;
        std::map<std::string, std::string> sets{{"A", g.peers(family::ipv4, "A", a)},
                                                {"B", g.peers(family::ipv4, "B", b)}};
        g.shut(ruleset::nodeport(30051),
               g.decide(family::ipv4, admit_only({{sets.at(policy)}, {}})));
        const auto other = std::string(policy) == "A" ? "B" : "A";
        g.shut(ruleset::nodeport(30052),
               g.decide(family::ipv4, admit_only({{sets.at(other)}, {}})));
        return g;
    };
    const auto against = ip("10.42.0.1");
    const auto along = ip("10.42.0.2");
    apply(with("A", {along}, {against}));
    kernel.on_change = [&] {
        EXPECT_FALSE(admits("10.42.0.1")) << testing::PrintToString(acts);
        EXPECT_TRUE(admits("10.42.0.2")) << testing::PrintToString(acts);
    };
    apply(with("B", {against}, {along}));
    EXPECT_FALSE(admits("10.42.0.1"));
}

gate with_door(const std::vector<const char*>& admitted) {
    gate g;
    ruleset::source_in who;
    for (const auto* each : admitted)
        who.blocks.push_back(block(each));
    g.shut(ruleset::nodeport(30051), g.decide(family::ipv4, admit_only(who)));
    return g;
}

TEST_F(Planning, ChangesBlocksInPlaceFirstWhatComesThenWhatGoes) {
    apply(with_door({"10.0.0.0/8"}));
    const auto outcome = apply(with_door({"10.0.0.0/9", "192.0.2.0/24"}));
    EXPECT_THAT(acts, ElementsAre(HasSubstr("add to NW-SLOT-4-0001-i0"),
                                  HasSubstr("remove from NW-SLOT-4-0001-i0")));
    EXPECT_EQ(outcome.members_changed, 3U);
    EXPECT_FALSE(outcome.untidy);
}

TEST_F(Planning, LetsAFreedSlotRestUntilItIsTidied) {
    apply(with_door({"10.0.0.0/8"}));
    EXPECT_TRUE(apply(gate()).untidy);
    EXPECT_FALSE(kernel.sets.at("NW-SLOT-4-0001-i0").members.empty());
    apply(with_door({"10.0.0.0/8"}));
    EXPECT_THAT(acts, ElementsAre("add to NW-DOORS-4-nodeport")) << "it still holds the decision";
    apply(gate());
    tidy();
    EXPECT_TRUE(kernel.sets.at("NW-SLOT-4-0001-i0").members.empty());
}

TEST_F(Planning, ShutsDoorsBeforeItOpensOthers) {
    gate g;
    const auto nobody = g.decide(family::ipv4, {{{{}, ruleset::drop{}}}});
    const auto nobody_6 = g.decide(family::ipv6, {{{{}, ruleset::drop{}}}});
    g.shut(ruleset::nodeport(30051), nobody);
    g.shut(ruleset::nodeport(30052, family::ipv6), nobody_6);
    apply(g);
    gate h;
    h.shut(ruleset::nodeport(30053), h.decide(family::ipv4, {{{{}, ruleset::drop{}}}}));
    h.shut(ruleset::nodeport(30054, family::ipv6),
           h.decide(family::ipv6, {{{{}, ruleset::drop{}}}}));
    apply(h);
    EXPECT_THAT(acts,
                ElementsAre("add to NW-DOORS-4-nodeport", "add to NW-DOORS-6-nodeport",
                            "remove from NW-DOORS-4-nodeport", "remove from NW-DOORS-6-nodeport"));
}

/// Rules and sets grow by a part of what is there, commits get rare.
TEST_F(Planning, GrowsByAPartOfWhatIsUsed) {
    gate g;
    std::size_t commits = apply(g).commits;
    constexpr unsigned decisions = 600;
    for (unsigned n = 0; n < decisions; ++n) {
        const std::array<std::uint8_t, 4> bytes{172, 16, static_cast<std::uint8_t>(n >> 8U),
                                                static_cast<std::uint8_t>(n)};
        const auto own =
            model::cidr::host(model::ip_address::from_bytes(family::ipv4, bytes.data()));
        g.shut(ruleset::nodeport(static_cast<std::uint16_t>(20'000 + n)),
               g.decide(family::ipv4, admit_only({{}, {own}})));
        const auto outcome = apply(g);
        EXPECT_EQ(outcome.commits, 0U) << "decision " << n;
        EXPECT_LE(outcome.steps, 2U);
        const auto before = acts.size();
        tidy();
        commits += static_cast<std::size_t>(std::count(
            acts.begin() + static_cast<std::ptrdiff_t>(before), acts.end(), "commit ipv4"));
    }
    EXPECT_LE(commits, 40U);
    EXPECT_LE(kernel.sets.size(), 2 * decisions);
}

/// More decisions than the mark's bits tell apart: doors are found by pages from then on.
TEST_F(Planning, LaysOutLittleRoomForDecisionsOfManySources) {
    apply({});
    const auto before = kernel.sets.size();
    gate g;
    gate::stages decision(1);
    constexpr std::size_t sources = 100;
    for (std::size_t i = 0; i < sources; ++i) {
        const auto set = g.peers(family::ipv4, std::to_string(i), {ip("10.42.0.9")});
        decision[0].push_back({{ruleset::source_in{{set}, {}}},
                               i % 2 == 0 ? ruleset::verdict(ruleset::drop{})
                                          : ruleset::verdict(ruleset::return_{})});
    }
    decision[0].push_back({{}, ruleset::drop{}});
    g.shut(ruleset::nodeport(30051), g.decide(family::ipv4, std::move(decision)));
    apply(g);
    // The peer sets, its slot's lists and blocks, and those of one more.
    EXPECT_LE(kernel.sets.size(), before + 5 * sources);
}

TEST_F(Planning, GoesOverToTwoStepsWhenTheNumbersAreUsedUp) {
    gate g;
    constexpr unsigned decisions = 1030;
    for (unsigned n = 0; n < decisions; ++n) {
        const std::array<std::uint8_t, 4> bytes{172, 16, static_cast<std::uint8_t>(n >> 8U),
                                                static_cast<std::uint8_t>(n)};
        const auto own =
            model::cidr::host(model::ip_address::from_bytes(family::ipv4, bytes.data()));
        g.shut(ruleset::nodeport(static_cast<std::uint16_t>(30'000 + n)),
               g.decide(family::ipv4, admit_only({{}, {own}})));
    }
    apply(g);
    EXPECT_TRUE(kernel.sets.contains("NW-DOORS-4-nodeport.pages"));
    EXPECT_TRUE(kernel.sets.contains("NW-DOORS-4-nodeport.p1"));
    EXPECT_EQ(backend->read().value().rules.digest(), g.rules.digest());
    EXPECT_TRUE(admits("172.16.0.51"));
    EXPECT_FALSE(admits("172.16.0.52"));
}

TEST_F(Planning, DoesNotWaitForAFamilyThatTheKernelLacks) {
    ipt::memory_kernel old({family::ipv4});
    const auto on_old = ipt::dataplane_on(old);
    const auto view = on_old->read().value();
    EXPECT_THAT(view.families, ElementsAre(family::ipv4));
    EXPECT_THAT(view.remarks, ElementsAre("the kernel has no ipv6: its rules are not applied"));
    const auto outcome =
        on_old->apply(std::make_shared<const ruleset::ruleset>(with_door({"10.0.0.0/8"}).rules));
    EXPECT_FALSE(outcome.failure);
    EXPECT_EQ(outcome.commits, 1U);
}

TEST_F(Planning, WantsTheKernelReadFirstAndAfterAFailure) {
    const auto fresh = ipt::dataplane_on(kernel);
    const auto rules = std::make_shared<const ruleset::ruleset>(gate().rules);
    EXPECT_TRUE(fresh->apply(rules).failure);
    fresh->read().value();
    kernel.before_act = [](const std::string&) {
        return std::optional(error(ruleset::dataplane_errc::kernel_refused, "test"));
    };
    EXPECT_TRUE(fresh->apply(rules).failure);
    kernel.before_act = nullptr;
    EXPECT_TRUE(fresh->apply(rules).failure) << "nothing is known of the kernel any more";
    fresh->read().value();
    EXPECT_FALSE(fresh->apply(rules).failure);
}

/// While somebody holds the xtables lock every ruleset is another: what was prepared for the one
/// before stands in the way of nobody, and does not pile up.
TEST_F(Planning, BoundsWhatPlansThatWereGivenUpLeaveBehind) {
    apply({});
    bool locked = true;
    kernel.before_act = [&](const std::string& act) -> std::optional<error> {
        if (locked && act.starts_with("commit"))
            return error(ruleset::dataplane_errc::busy, "test");
        return std::nullopt;
    };
    const auto rules_of = [](unsigned n) {
        gate g;
        const auto peers = g.peers(family::ipv4, std::to_string(n), {ip("10.42.0.9")});
        const ruleset::source_in who{.sets = {peers}, .blocks = {}};
        g.shut(ruleset::nodeport(30051),
               g.decide(family::ipv4,
                        {{{{who}, ruleset::drop{}}, {{}, ruleset::return_{}}}})); // a new shape
        return std::make_shared<const ruleset::ruleset>(g.rules);
    };
    for (unsigned n = 0; n < 100; ++n) {
        const auto outcome = backend->apply(rules_of(n));
        ASSERT_TRUE(outcome.failure && outcome.failure->is(ruleset::dataplane_errc::busy));
        ASSERT_LT(kernel.sets.size(), 2 * ipt::left_over_max) << n;
    }
    locked = false;
    const auto last = rules_of(100);
    EXPECT_FALSE(backend->apply(last).failure);
    EXPECT_FALSE(admits("10.42.0.9"));
    EXPECT_TRUE(admits("203.0.113.9"));
}

/// Tidying waits for a second without an apply, which a busy cluster may never leave.
TEST_F(Planning, BoundsWhatAppliesWithoutAPauseLeaveBehind) {
    for (unsigned n = 0; n < 4 * ipt::left_over_max; ++n) {
        gate g;
        const auto peers = g.peers(family::ipv4, std::to_string(n), {ip("10.42.0.9")});
        g.shut(ruleset::nodeport(30051),
               g.decide(family::ipv4, admit_only({.sets = {peers}, .blocks = {}})));
        apply(g);
        ASSERT_LT(kernel.sets.size(), 6 * ipt::left_over_max) << n;
    }
    EXPECT_TRUE(admits("10.42.0.9"));
    tidy();
    while (backend->apply(std::make_shared<const ruleset::ruleset>(gate().rules)).untidy)
        tidy();
    EXPECT_THAT(backend->read().value().remarks, testing::IsEmpty());
}

TEST_F(Planning, PrintsTheSameTextsForTheSameRuleset) {
    const auto g = with_door({"10.0.0.0/8", "192.0.2.1/32"});
    EXPECT_EQ(ipt::iptables_text(g.rules, family::ipv4),
              "*mangle\n"
              ":NW-DOORS - [0:0]\n"
              ":NW-PREROUTING - [0:0]\n"
              ":NW-SLOT-0001 - [0:0]\n"
              ":NW-SLOTS - [0:0]\n"
              "-A PREROUTING -j NW-PREROUTING\n"
              "-A NW-DOORS -m addrtype --dst-type LOCAL -j SET --map-set NW-DOORS-4-local "
              "dst,dst --map-mark\n"
              "-A NW-DOORS -m mark ! --mark 0x0/0x30ff -g NW-SLOTS\n"
              "-A NW-DOORS -j SET --map-set NW-DOORS-4-external dst,dst --map-mark\n"
              "-A NW-DOORS -m mark ! --mark 0x0/0x30ff -g NW-SLOTS\n"
              "-A NW-DOORS -j SET --map-set NW-DOORS-4-clusterip dst,dst --map-mark\n"
              "-A NW-DOORS -m mark ! --mark 0x0/0x30ff -g NW-SLOTS\n"
              "-A NW-DOORS -m addrtype --dst-type LOCAL -j SET --map-set NW-DOORS-4-nodeport "
              "src,dst --map-mark\n"
              "-A NW-DOORS -m mark ! --mark 0x0/0x30ff -g NW-SLOTS\n"
              "-A NW-DOORS -m addrtype --dst-type LOCAL -j SET --map-set NW-DOORS-4-hostport "
              "src,dst --map-mark\n"
              "-A NW-DOORS -m mark ! --mark 0x0/0x30ff -g NW-SLOTS\n"
              "-A NW-PREROUTING -i lo -j RETURN\n"
              "-A NW-PREROUTING -m mark ! --mark 0x0/0x30ff -j MARK --set-xmark 0x0/0x30ff\n"
              "-A NW-PREROUTING -m conntrack --ctdir ORIGINAL -j NW-DOORS\n"
              "-A NW-PREROUTING -m mark ! --mark 0x0/0x30ff -j MARK --set-xmark 0x0/0x30ff\n"
              "-A NW-SLOT-0001 -m set --match-set NW-SLOT-4-0001-i0 src -j RETURN\n"
              "-A NW-SLOT-0001 -j DROP\n"
              "-A NW-SLOTS -m mark --mark 0x1/0x3 -g NW-SLOT-0001\n"
              "COMMIT\n");
    const auto sets = ipt::ipset_text(g.rules);
    EXPECT_THAT(sets, HasSubstr("create NW-DOORS-4-nodeport hash:net,port family inet maxelem "
                                "2097152 skbinfo\n"));
    EXPECT_THAT(sets, HasSubstr("add NW-DOORS-4-nodeport 128.0.0.0/1,tcp:30051 skbmark "
                                "0x1/0x30ff\n"));
    EXPECT_THAT(sets, HasSubstr("add NW-SLOT-4-0001-i0 192.0.2.1\n"));
    EXPECT_THAT(sets, Not(HasSubstr("NW-SLOT-4-0002")));
}

} // namespace

} // namespace nodewall::test
