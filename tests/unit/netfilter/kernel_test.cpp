#include "kernel_fixture.hpp"

#include "../applier/layout_ruleset.hpp"
#include "applier/plan.hpp"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace nodewall::test {

namespace {

namespace layout = model::layout;
using model::dataplane_errc;
using model::family;
using model::protocol;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

model::ruleset example() {
    auto rules = bare_layout();
    put_door(rules, nodeport(protocol::tcp, 30051), {block("10.0.0.0/8"), block("192.0.2.1/32")});
    put_door(rules, nodeport(protocol::udp, 30051, family::ipv6), {block("fd00::/8")});
    put_door(rules,
             {.what = layout::door_class::external, .address = ip("203.0.113.7"), .port = 443},
             {block("198.51.100.0/24")});
    put_pods(rules, {ip("fd00::1")});
    return rules;
}

class Kernel : public KernelTest {};

TEST_F(Kernel, HasEverythingThatIsNeeded) {
    const auto probed = kernel->probe();
    EXPECT_TRUE(probed) << probed.error().message();
}

TEST_F(Kernel, ReadsBackWhatWasAppliedByDigestAndCommitsNothingTheSecondTime) {
    const auto rules = example();
    EXPECT_EQ(apply(rules), 2U);
    EXPECT_EQ(read_back().digest_lines(), rules.digest_lines());
    EXPECT_THAT(remarks(), IsEmpty());
    EXPECT_TRUE(applier::make_plan(read_back(), rules).empty());
}

TEST_F(Kernel, HoldsNothingBeforeAndNothingAfterReset) {
    EXPECT_TRUE(read_back().units().empty());
    apply(example());
    EXPECT_TRUE(netfilter::reset_kernel(*kernel));
    EXPECT_TRUE(read_back().units().empty());
    EXPECT_EQ(lines_with(shell("iptables-legacy-save; ip6tables-legacy-save"), "NW-"), "");
    EXPECT_EQ(shell("ipset save"), "");
    EXPECT_TRUE(netfilter::reset_kernel(*kernel));
}

TEST_F(Kernel, PrintsTheRulesInIptablesAsTheRulesetDoes) {
    const auto rules = example();
    apply(rules);
    for (const auto f : model::families) {
        const auto printed =
            shell(f == family::ipv4 ? "iptables-legacy-save" : "ip6tables-legacy-save");
        for (const auto& u : rules.units()) {
            if (!u->chain || u->fam != f)
                continue;
            for (const auto& rule : u->chain->rules)
                EXPECT_THAT(printed,
                            HasSubstr("-A " + u->chain->name + " " + rule.to_string() + "\n"));
        }
        EXPECT_THAT(printed, HasSubstr("-A PREROUTING -j NW-PREROUTING\n"));
    }
}

TEST_F(Kernel, LeavesForeignChainsRulesSetsAndAllCountersAsTheyAre) {
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
        for (const auto* part : {"FOREIGN", "MARK", "PREROUTING ACCEPT"})
            text += lines_with(shell("iptables-legacy-save -c -t mangle"), part);
        return text + shell("ipset save foreign");
    };
    const auto before = foreign_lines();
    EXPECT_THAT(before, HasSubstr("[7:700]"));
    EXPECT_THAT(before, HasSubstr("[11:1100]"));

    apply(example());
    EXPECT_EQ(foreign_lines(), before);
    auto other = example();
    put_layout(other, family::ipv4, {22, 179, 6443});
    EXPECT_EQ(apply(other), 1U);
    EXPECT_EQ(foreign_lines(), before);
    EXPECT_TRUE(netfilter::reset_kernel(*kernel));
    EXPECT_EQ(foreign_lines(), before);
}

TEST_F(Kernel, KeepsTheCountersOfItsRulesThatStay) {
    apply(example());
    shell("ip link set lo up && bash -c 'echo hello > /dev/udp/127.0.0.1/9'");
    const auto counted = [] {
        return lines_with(shell("iptables-legacy-save -c -t mangle"), "-i lo -j RETURN");
    };
    const auto before = counted();
    ASSERT_THAT(before, Not(HasSubstr("[0:0]")));

    auto other = example();
    auto chain =
        *other.units().at(layout::chain_unit_name(family::ipv4, layout::chain_prerouting))->chain;
    chain.rules.insert(chain.rules.begin(), {.destination = block("198.51.100.9/32")});
    chain.rules.pop_back();
    other.put(model::seal({.name = layout::chain_unit_name(family::ipv4, chain.name),
                           .fam = family::ipv4,
                           .chain = chain}));
    EXPECT_EQ(apply(other), 1U);
    EXPECT_EQ(counted(), before);
    EXPECT_EQ(read_back().digest_lines(), other.digest_lines());
}

TEST_F(Kernel, PutsADeletedJumpBackAtTheHead) {
    apply(example());
    shell("iptables-legacy -t mangle -A PREROUTING -j MARK --set-mark 1");
    shell("iptables-legacy -t mangle -D PREROUTING -j NW-PREROUTING");
    EXPECT_THAT(remarks(), ElementsAre("ipv4: no rule leads to NW-PREROUTING"));
    EXPECT_EQ(apply(example()), 1U);
    EXPECT_EQ(shell("iptables-legacy -t mangle -S PREROUTING 1"),
              "-A PREROUTING -j NW-PREROUTING\n");
    EXPECT_EQ(read_back().digest_lines(), example().digest_lines());
}

TEST_F(Kernel, NamesAJumpThatIsNotFirstAndLeavesItWhereItIs) {
    apply(example());
    shell("iptables-legacy -t mangle -I PREROUTING -j ACCEPT");
    EXPECT_THAT(remarks(), ElementsAre(HasSubstr("NW-PREROUTING is not the first rule of "
                                                 "PREROUTING: one with target 'ACCEPT'")));
    EXPECT_EQ(apply(example()), 0U);
    EXPECT_EQ(read_back().digest_lines(), example().digest_lines());
}

TEST_F(Kernel, RemovesASecondJumpAndOneInAnotherChain) {
    apply(example());
    shell("iptables-legacy -t mangle -A PREROUTING -j NW-PREROUTING");
    shell("iptables-legacy -t mangle -A INPUT -p tcp -j NW-PREROUTING");
    EXPECT_THAT(remarks(), ElementsAre(HasSubstr("3 jumps to NW-PREROUTING")));
    EXPECT_EQ(apply(example()), 1U);
    EXPECT_EQ(lines_with(shell("iptables-legacy-save -t mangle"), "-j NW-PREROUTING"),
              "-A PREROUTING -j NW-PREROUTING\n");
}

TEST_F(Kernel, RepairsAChainThatHoldsARuleNodewallWouldNeverWrite) {
    apply(example());
    shell("iptables-legacy -t mangle -I NW-DOORS 2 -s 10.0.0.0/8 -j ACCEPT");
    shell("ip6tables-legacy -t mangle -I NW-NODEPORT -m comment --comment hello -j RETURN");
    EXPECT_THAT(remarks(),
                ElementsAre("ipv4: rule 2 of NW-DOORS (target 'ACCEPT') is not nodewall's",
                            "ipv6: rule 1 of NW-NODEPORT (target 'RETURN') is not nodewall's"));
    EXPECT_EQ(apply(example()), 2U);
    EXPECT_EQ(read_back().digest_lines(), example().digest_lines());
    EXPECT_THAT(remarks(), IsEmpty());
}

TEST_F(Kernel, RemovesChainsAndSetsOfAnotherVersion) {
    shell("ipset create NW-OLD-4 hash:net");
    shell("iptables-legacy-restore <<'EOF'\n"
          "*mangle\n"
          ":NW-OLD - [0:0]\n"
          ":NW-OLDER - [0:0]\n"
          "-A PREROUTING -j NW-OLD\n"
          "-A NW-OLD -m set --match-set NW-OLD-4 src -g NW-OLDER\n"
          "-A NW-OLDER -p tcp -j DROP\n"
          "COMMIT\n"
          "EOF");
    apply(example());
    EXPECT_EQ(read_back().digest_lines(), example().digest_lines());
}

TEST_F(Kernel, IsBusyWhileAnotherProgramHoldsTheXtablesLockAndGoesOnFromThere) {
    const int file = ::open(std::getenv("XTABLES_LOCKFILE"), O_RDONLY);
    ASSERT_EQ(::flock(file, LOCK_EX), 0);
    const auto plan = applier::make_plan({}, example());
    const auto stopped = kernel->apply(plan);
    ASSERT_EQ(stopped.failures.size(), 1U);
    EXPECT_TRUE(stopped.failures[0].is(dataplane_errc::busy));
    EXPECT_TRUE(std::holds_alternative<model::commit_table>(plan.steps[stopped.steps_done]));
    EXPECT_EQ(stopped.commits, 0U);

    ::close(file);
    const auto rest = kernel->apply(plan, stopped.steps_done);
    EXPECT_THAT(rest.failures, IsEmpty());
    EXPECT_EQ(rest.steps_done, plan.steps.size());
    EXPECT_EQ(read_back().digest_lines(), example().digest_lines());
}

TEST_F(Kernel, NamesASetOfAnotherTypeOrFamilyAndTheWayOut) {
    for (const auto* other : {"hash:net family inet", "hash:ip family inet6", "hash:mac"}) {
        shell("ipset destroy");
        if (!shell_succeeds(std::string("ipset create NW-PODS-4 ") + other))
            continue; // not every kernel has every type
        const auto plan = applier::make_plan(read_back(), example());
        const auto outcome = kernel->apply(plan);
        ASSERT_EQ(outcome.failures.size(), 1U) << other;
        EXPECT_TRUE(outcome.failures[0].is(dataplane_errc::foreign));
        EXPECT_THAT(outcome.failures[0].message(), HasSubstr("ipset destroy NW-PODS-4"));
    }
}

TEST_F(Kernel, SaysThatPermissionIsMissing) {
    const auto child = ::fork();
    if (child == 0) {
        __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
        const std::array<__user_cap_data_struct, 2> none{};
        const bool dropped = ::syscall(SYS_capset, &header, none.data()) == 0;
        const auto denied = [](const auto& outcome) {
            return !outcome && outcome.error().is(dataplane_errc::no_permission);
        };
        const auto unprivileged = netfilter::open_kernel({});
        ::_exit(dropped && denied(unprivileged->probe()) && denied(unprivileged->read()) ? 0 : 1);
    }
    int status = 1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
}

} // namespace

} // namespace nodewall::test
