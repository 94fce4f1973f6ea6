#include "applier/plan.hpp"

#include "layout_ruleset.hpp"
#include "memory_kernel.hpp"

#include <gtest/gtest.h>

namespace nodewall::test {

namespace {

namespace layout = model::layout;
using model::family;
using model::protocol;

std::string members(char sign, const auto& s) {
    std::string text = sign + s.set.name;
    for (const auto& member : s.members)
        text += " " + member.to_string(s.set.type);
    return text;
}
std::string text_of(const model::create_set& s) {
    return "create " + s.set.name;
}
std::string text_of(const model::add_members& s) {
    return members('+', s);
}
std::string text_of(const model::remove_members& s) {
    return members('-', s);
}
std::string text_of(const model::destroy_set& s) {
    return "destroy " + s.set.name;
}
std::string text_of(const model::commit_table& s) {
    return "commit " + std::string(to_string(s.fam)) + " " + std::to_string(s.chains.size());
}

std::string describe(const model::step& step) {
    return std::visit([](const auto& s) { return text_of(s); }, step);
}

std::vector<std::string> steps(const model::ruleset& from, const model::ruleset& to) {
    std::vector<std::string> lines;
    for (const auto& step : applier::make_plan(from, to).steps)
        lines.push_back(describe(step));
    return lines;
}

using lines = std::vector<std::string>;

TEST(Plan, OfEqualRulesetsIsEmpty) {
    EXPECT_TRUE(applier::make_plan(bare_layout(), bare_layout()).empty());
}

TEST(Plan, OfADoorThatIsShutChangesMembersOnlyAndAdmitsBeforeItRefuses) {
    const auto open = bare_layout();
    auto shut = open;
    put_door(shut, nodeport(protocol::tcp, 30051), {block("10.0.0.0/8")});

    EXPECT_EQ(steps(open, shut),
              (lines{"+NW-NODEPORT-ADMIT-4 10.0.0.0/8,tcp:30051",
                     "+NW-NODEPORT-REFUSE-4 0.0.0.0/1,tcp:30051 128.0.0.0/1,tcp:30051"}));
    EXPECT_EQ(steps(shut, open),
              (lines{"-NW-NODEPORT-REFUSE-4 0.0.0.0/1,tcp:30051 128.0.0.0/1,tcp:30051",
                     "-NW-NODEPORT-ADMIT-4 10.0.0.0/8,tcp:30051"}));
}

TEST(Plan, OfAnotherAdmittedSourceTouchesThatMemberAlone) {
    auto before = bare_layout();
    put_door(before, nodeport(protocol::tcp, 30051), {block("10.0.0.0/8"), block("11.0.0.0/8")});
    auto after = before;
    put_door(after, nodeport(protocol::tcp, 30051), {block("11.0.0.0/8"), block("12.0.0.0/8")});

    EXPECT_EQ(steps(before, after), (lines{"+NW-NODEPORT-ADMIT-4 12.0.0.0/8,tcp:30051",
                                           "-NW-NODEPORT-ADMIT-4 10.0.0.0/8,tcp:30051"}));
}

TEST(Plan, FromNothingCreatesSetsThenFillsThemThenCommitsBothFamilies) {
    auto rules = bare_layout();
    put_set(rules, layout::always_set(family::ipv6), {{.net = block("fd00::/8")}});

    auto expected = lines{};
    for (const auto& u : rules.units())
        if (u->set)
            expected.push_back("create " + u->set->name);
    expected.insert(expected.end(), {"+NW-ALWAYS-6 fd00::/8", "commit ipv4 5", "commit ipv6 5"});
    EXPECT_EQ(steps({}, rules), expected);
}

TEST(Plan, ToNothingCommitsEmptyTablesThenDestroysSetsWithoutEmptyingThem) {
    auto rules = bare_layout();
    put_door(rules, nodeport(protocol::udp, 53), {});

    auto expected = lines{"commit ipv4 0", "commit ipv6 0"};
    for (const auto& u : rules.units())
        if (u->set)
            expected.push_back("destroy " + u->set->name);
    EXPECT_EQ(steps(rules, {}), expected);
}

TEST(Plan, OfOneChangedChainCarriesAllChainsOfItsFamilyAndNoneOfTheOther) {
    const auto before = bare_layout();
    auto after = before;
    put_layout(after, family::ipv6, {22, 179});

    EXPECT_EQ(steps(before, after), lines{"commit ipv6 5"});
}

TEST(Plan, LeavesAMemberAloneThatMovesToAnotherUnit) {
    const auto pods = layout::pods_set(family::ipv4);
    auto before = bare_layout();
    model::unit other{.name = "elsewhere/ipv4", .fam = family::ipv4};
    other.members[pods.name] = {{.ip = ip("10.1.0.1")}};
    other.member_types[pods.name] = pods.type;
    before.put(model::seal(other));
    auto after = bare_layout();
    put_pods(after, {ip("10.1.0.1"), ip("10.1.0.2")});

    EXPECT_EQ(steps(before, after), lines{"+NW-PODS-4 10.1.0.2"});
}

TEST(Plan, LeavesOutFamiliesThatTheKernelLacks) {
    const auto plan = applier::only_families(applier::make_plan({}, bare_layout()), {family::ipv4});

    for (const auto& step : plan.steps)
        EXPECT_EQ(describe(step).find('6'), std::string::npos) << describe(step);
    EXPECT_EQ(plan.steps.size(), 8U + 1U);
}

TEST(Plan, OfASetWithAnotherTypeAsksTheKernelToCreateIt) {
    const auto wanted = bare_layout();
    auto present = wanted;
    auto pods = layout::pods_set(family::ipv4);
    pods.type = model::set_type::hash_net;
    put_set(present, pods, {});

    EXPECT_EQ(steps(present, wanted), lines{"create NW-PODS-4"});
}

class KernelUnits : public testing::Test {
protected:
    model::ruleset read_back(const model::ruleset& rules) {
        EXPECT_TRUE(kernel.apply(applier::make_plan({}, rules)).failures.empty());
        return applier::to_ruleset(kernel.read().value());
    }
    memory_kernel kernel;
};

TEST_F(KernelUnits, HaveTheDigestOfWhatWasApplied) {
    auto rules = bare_layout();
    put_door(rules, nodeport(protocol::tcp, 30051), {block("10.0.0.0/8")});
    put_door(rules, nodeport(protocol::sctp, 30051, family::ipv6), {block("fd00::/8")});
    put_door(rules,
             {.what = layout::door_class::external, .address = ip("203.0.113.7"), .port = 443},
             {block("10.0.0.0/8"), block("198.51.100.0/24")});
    put_pods(rules, {ip("10.1.0.1"), ip("10.1.1.1"), ip("fd00::1")});

    const auto found = read_back(rules);
    EXPECT_EQ(found.digest_lines(), rules.digest_lines());
    EXPECT_EQ(to_hex(found.digest()), to_hex(rules.digest()));
}

TEST_F(KernelUnits, TakeMembersInAnyOrderAndMoreThanOnce) {
    auto rules = bare_layout();
    put_door(rules, nodeport(protocol::tcp, 30051), {block("10.0.0.0/8"), block("192.0.2.0/24")});
    put_door(rules, nodeport(protocol::udp, 30051), {block("10.0.0.0/8")});
    put_pods(rules, {ip("10.1.0.1"), ip("10.1.0.2"), ip("10.1.1.1")});
    ASSERT_TRUE(kernel.apply(applier::make_plan({}, rules)).failures.empty());
    auto snapshot = kernel.read().value();
    for (auto& set : snapshot.sets) {
        const auto once = set.members;
        std::reverse(set.members.begin(), set.members.end());
        set.members.insert(set.members.end(), once.begin(), once.end());
    }
    const auto found = applier::to_ruleset(snapshot);
    EXPECT_EQ(found.digest_lines(), rules.digest_lines());
    EXPECT_TRUE(applier::make_plan(found, rules).empty());
}

TEST_F(KernelUnits, KeepASetOfAnUnknownNameSoThatItIsDestroyed) {
    const auto rules = bare_layout();
    auto with_old = rules;
    put_set(with_old, {.name = "NW-OLD-4", .type = model::set_type::hash_ip},
            {{.ip = ip("10.1.0.1")}});

    EXPECT_EQ(steps(read_back(with_old), rules), lines{"destroy NW-OLD-4"});
}

TEST_F(KernelUnits, HoldAMemberOfAForeignProtocolOutsideAllDoors) {
    auto rules = bare_layout();
    put_door(rules, nodeport(protocol::sctp, 30051), {});
    ASSERT_TRUE(kernel.apply(applier::make_plan({}, rules)).failures.empty());
    const auto refuses =
        layout::door_set(layout::door_class::nodeport, model::set_role::refuses, family::ipv4);
    const model::set_member icmp{.net = block("0.0.0.0/1"), .proto = 1, .port = 30051};
    ASSERT_TRUE(kernel.apply({{model::add_members{refuses, {icmp}}}}).failures.empty());

    const auto plan = applier::make_plan(applier::to_ruleset(kernel.now), rules);
    ASSERT_EQ(plan.steps.size(), 1U);
    EXPECT_EQ(std::get<model::remove_members>(plan.steps[0]).members, std::vector{icmp});
}

} // namespace

} // namespace nodewall::test
