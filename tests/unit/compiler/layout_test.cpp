// What the ruleset holds whatever the cluster holds, its peer sets, and its bounds.
#include "cluster.hpp"
#include "compiler/layout/bounds.hpp"
#include "compiler/layout/fixed_chains.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace nodewall::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// The rules of a fixed chain.
std::vector<std::string> rules_of(const model::gate_settings& s, std::string_view name) {
    std::vector<std::string> texts;
    for (const auto& unit : compiler::fixed_units(s))
        if (unit->name == name)
            for (const auto& rule : std::get<ruleset::chain>(unit->content).rules)
                texts.push_back(rule.to_string());
    return texts;
}

std::vector<std::string> members_of(const ruleset::ruleset& rules, std::string_view unit) {
    std::vector<std::string> texts;
    const auto& members = std::get<ruleset::members>(rules.units().at(unit)->content);
    for (const auto& key : members.keys)
        texts.push_back(key.to_string(members.type));
    return texts;
}

std::string every_pod(model::family f) {
    return ruleset::hashed_set_name(ruleset::purpose::peers, f,
                                    model::pod_query::everything().identity());
}

constexpr auto shut_together = "to in NW-SHUT-4-addresses, to in NW-SHUT-4-ports: drop";

TEST(FixedChains, LeadFromPreroutingToTheDoors) {
    const model::gate_settings s{.node_name = "here", .always_admit = {net("192.0.2.0/24")}};
    EXPECT_THAT(rules_of(s, "chain/ipv4/NW-PREROUTING"),
                ElementsAre("from lo: return", "source in {NW-EXEMPT-4}: return",
                            "original-direction: jump NW-DOORS"));
    EXPECT_THAT(rules_of(s, "chain/ipv6/NW-PREROUTING"),
                ElementsAre("from lo: return", "original-direction: jump NW-DOORS"));
    EXPECT_THAT(rules_of(s, "chain/ipv4/NW-DOORS"),
                ElementsAre("to local: dispatch by NW-DOORS-4-local",
                            "dispatch by NW-DOORS-4-external", "dispatch by NW-DOORS-4-clusterip",
                            "to local: dispatch by NW-DOORS-4-nodeport",
                            "to local: dispatch by NW-DOORS-4-hostport", shut_together));
}

TEST(FixedChains, ExemptingAFamilyTakesOneBlock) {
    const model::gate_settings s{.always_admit = {net("0.0.0.0/0"), net("10.0.0.0/8")}};
    ruleset::ruleset rules;
    for (const auto& unit : compiler::fixed_units(s))
        rules.put(unit);
    EXPECT_THAT(members_of(rules, ruleset::members_unit_name(model::family::ipv4, "NW-EXEMPT-4",
                                                             std::nullopt)),
                ElementsAre("0.0.0.0/0"));
}

TEST(FixedChains, HaveOneRuleForEachConfiguredNodePortBlock) {
    const model::gate_settings s{.node_port_addresses = {net("10.2.0.0/16"), net("10.1.0.0/16"),
                                                         net("10.2.0.0/16"), net("fd00::/8")}};
    EXPECT_THAT(rules_of(s, "chain/ipv4/NW-DOORS"),
                ElementsAre("to local: dispatch by NW-DOORS-4-local",
                            "dispatch by NW-DOORS-4-external", "dispatch by NW-DOORS-4-clusterip",
                            "to 10.1.0.0/16, to local: dispatch by NW-DOORS-4-nodeport",
                            "to 10.2.0.0/16, to local: dispatch by NW-DOORS-4-nodeport",
                            "to local: dispatch by NW-DOORS-4-hostport", shut_together));
}

TEST(FixedChains, ExistInBothFamiliesWithoutAnyDoor) {
    cluster c;
    // Two chains, five maps, the set of every pod, and two of what is shut together.
    EXPECT_THAT(c.compile().units(), SizeIs(2 * (2 + 5 + 1 + 2)));
}

TEST(PeerSets, OfEveryPodHoldTheAddressesThatPodsOwn) {
    cluster c;
    c.add(a_pod("web/a", {"10.0.0.2", "fd00::2"}));
    c.add(a_pod("web/b", {"10.0.0.1"}));
    auto host = a_pod("web/host", {"198.51.100.1"});
    host.host_network = true;
    c.add(host);
    const auto rules = c.compile();
    const auto v4 = every_pod(model::family::ipv4);
    const auto v6 = every_pod(model::family::ipv6);
    EXPECT_THAT(members_of(rules, "members/ipv4/" + v4 + "/10.0.0.0/24"),
                ElementsAre("10.0.0.1", "10.0.0.2"));
    EXPECT_THAT(members_of(rules, "members/ipv6/" + v6 + "/fd00::/120"), ElementsAre("fd00::2"));
    EXPECT_FALSE(rules.units().contains("members/ipv4/" + v4 + "/198.51.100.0/24"))
        << "the node's own";
}

TEST(PeerSets, AreThereWhileADecisionReadsThem) {
    cluster c;
    const auto pod = a_pod("web/site", {"10.0.0.1"}, {{"app", "web"}});
    c.add(pod);
    c.add(a_pod("web/client", {"10.0.0.2"}, {{"app", "client"}}));
    c.add(a_service("web/site"));
    c.add(a_slice("web/site", {to_pod(pod)}));
    c.add(a_policy("web/p", {{{pods({{"app", "client"}})}, {}}}));
    const model::pod_query clients{
        .namespace_ = "web", .namespaces = {}, .pods = with_labels({{"app", "client"}})};
    const auto set =
        ruleset::hashed_set_name(ruleset::purpose::peers, model::family::ipv4, clients.identity());
    const auto before = c.compile();
    EXPECT_THAT(members_of(before, "members/ipv4/" + set + "/10.0.0.0/24"),
                ElementsAre("10.0.0.2"));
    EXPECT_TRUE(dial_node(before, "10.0.0.2", 30051));
    EXPECT_FALSE(dial_node(before, "10.0.0.3", 30051));
    c.add(a_policy("web/p", {{{}, {}}}));
    EXPECT_FALSE(c.compile().units().contains(ruleset::set_unit_name(model::family::ipv4, set)));
}

/// Three NodePorts, each with a decision of its own.
class Bounds : public testing::Test {
protected:
    Bounds() {
        for (const auto number : {1, 2, 3}) {
            const auto name = "s" + std::to_string(number);
            const auto pod =
                a_pod("web/" + name, {"10.0.0." + std::to_string(number)}, {{"app", name}});
            c.add(pod);
            auto service = a_service("web/" + name, static_cast<std::uint16_t>(30000 + number));
            service.cluster_ips.clear();
            c.add(service);
            c.add(a_slice("web/" + name, {to_pod(pod)}));
        }
        c.add(a_policy("web/p", {{{block("192.0.2.0/24"), namespaces({})}, {}}}));
        c.add(a_namespace("web", {}));
        rules = c.compile();
    }
    cluster c;
    ruleset::ruleset rules;
};

TEST_F(Bounds, LeaveAloneWhatFits) {
    auto cut = rules;
    EXPECT_THAT(compiler::keep_within(cut, {.members_max = 3, .decisions_max = 16}), IsEmpty());
    EXPECT_EQ(cut.units(), rules.units());
}

TEST_F(Bounds, ADecisionThatDoesNotFitRefusesEveryone) {
    auto cut = rules;
    // There are three; two places are kept aside.
    const auto findings = compiler::keep_within(cut, {.members_max = 100, .decisions_max = 4});
    ASSERT_FALSE(findings.empty());
    for (const auto& f : findings)
        EXPECT_EQ(f.what, compiler::finding::kind::too_many);
    int open = 0;
    for (const std::uint16_t port : std::array<std::uint16_t, 3>{30001, 30002, 30003})
        open += dial_node(cut, "192.0.2.9", port) ? 1 : 0;
    EXPECT_EQ(open + static_cast<int>(findings.size()), 3);
    EXPECT_GT(open, 0);
}

TEST_F(Bounds, ANamespaceWithManyDecisionsTakesNoneFromAnother) {
    const auto pod = a_pod("zoo/pod", {"10.0.0.9"});
    c.add(pod);
    auto service = a_service("zoo/site", 30009);
    service.cluster_ips.clear();
    c.add(service);
    c.add(a_slice("zoo/site", {to_pod(pod)}));
    c.add(a_policy("zoo/p", {{{block("192.0.2.0/24")}, {}}}));
    auto cut = c.compile();
    const auto findings = compiler::keep_within(cut, {.members_max = 100, .decisions_max = 4});
    EXPECT_EQ(findings.size(), 2U) << "one place is for each namespace";
    EXPECT_TRUE(dial_node(cut, "192.0.2.9", 30009)) << "the last by name";
}

TEST_F(Bounds, ASetThatHoldsTooMuchShutsTheDoorsThatReadIt) {
    auto cut = rules;
    const auto findings = compiler::keep_within(cut, {.members_max = 2, .decisions_max = 100});
    EXPECT_FALSE(findings.empty());
    EXPECT_FALSE(dial_node(cut, "192.0.2.9", 30001));
    EXPECT_FALSE(dial_node(cut, "10.0.0.2", 30001));
}

} // namespace
} // namespace nodewall::test
