#include "compiler/static_units.hpp"

#include "cluster.hpp"
#include "compiler/bounds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nodewall::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::string chain_text(const model::gate_settings& s, std::string_view name) {
    for (const auto& unit : compiler::static_units(s))
        if (unit->name == name)
            return unit->text();
    return "absent";
}

TEST(StaticUnits, AreAsTheLayoutDrawsThem) {
    model::gate_settings s{.node_name = "here", .always_admit = {net("192.0.2.0/24")}};
    model::ruleset rules;
    for (const auto& unit : compiler::static_units(s))
        rules.put(unit);
    EXPECT_EQ(rules.iptables_text(model::family::ipv4), R"(*mangle
:NW-CLUSTERIP - [0:0]
:NW-DOORS - [0:0]
:NW-EXTERNAL - [0:0]
:NW-NODEPORT - [0:0]
:NW-PREROUTING - [0:0]
-A PREROUTING -j NW-PREROUTING
-A NW-CLUSTERIP -m set --match-set NW-PODS-4 src -j RETURN
-A NW-CLUSTERIP -m set --match-set NW-CLUSTERIP-ADMIT-4 dst,dst,src -j RETURN
-A NW-CLUSTERIP -j DROP
-A NW-DOORS -m set --match-set NW-EXTERNAL-REFUSE-4 dst,dst -g NW-EXTERNAL
-A NW-DOORS -m set --match-set NW-CLUSTERIP-REFUSE-4 dst,dst -g NW-CLUSTERIP
-A NW-DOORS -m addrtype --dst-type LOCAL -m set --match-set NW-NODEPORT-REFUSE-4 src,dst -g NW-NODEPORT
-A NW-EXTERNAL -p tcp -m addrtype --dst-type LOCAL -m multiport --dports 22,179,2379,2380,6443,10250 -j RETURN
-A NW-EXTERNAL -m set --match-set NW-EXTERNAL-ADMIT-4 dst,dst,src -j RETURN
-A NW-EXTERNAL -j DROP
-A NW-NODEPORT -m set --match-set NW-NODEPORT-ADMIT-4 src,dst -j RETURN
-A NW-NODEPORT -j DROP
-A NW-PREROUTING -i lo -j RETURN
-A NW-PREROUTING -m set --match-set NW-ALWAYS-4 src -j RETURN
-A NW-PREROUTING -m conntrack --ctdir ORIGINAL -g NW-DOORS
COMMIT
)");
}

TEST(StaticUnits, HaveNoRuleForSetsAndPortsThatAreEmpty) {
    model::gate_settings s;
    s.vital_ports.clear();
    EXPECT_EQ(chain_text(s, "chain/ipv6/NW-PREROUTING"),
              "-A PREROUTING -j NW-PREROUTING\n:NW-PREROUTING\n-A NW-PREROUTING -i lo -j RETURN\n"
              "-A NW-PREROUTING -m conntrack --ctdir ORIGINAL -g NW-DOORS\n");
    EXPECT_EQ(chain_text(s, "set/ipv6/NW-ALWAYS-6"), "absent");
    EXPECT_EQ(chain_text(s, "chain/ipv6/NW-EXTERNAL"),
              ":NW-EXTERNAL\n"
              "-A NW-EXTERNAL -m set --match-set NW-EXTERNAL-ADMIT-6 dst,dst,src -j RETURN\n"
              "-A NW-EXTERNAL -j DROP\n");
}

TEST(StaticUnits, AlwaysAdmittingAFamilyTakesTwoHalves) {
    model::gate_settings s{.always_admit = {net("0.0.0.0/0"), net("10.0.0.0/8")}};
    EXPECT_EQ(chain_text(s, "set/ipv4/NW-ALWAYS-4"),
              "create NW-ALWAYS-4 hash:net family inet maxelem 1048576\n"
              "add NW-ALWAYS-4 0.0.0.0/1\nadd NW-ALWAYS-4 128.0.0.0/1\n");
}

TEST(StaticUnits, HaveOneRuleForEachConfiguredNodePortBlock) {
    model::gate_settings s{.node_port_addresses = {net("10.2.0.0/16"), net("10.1.0.0/16"),
                                                   net("10.2.0.0/16"), net("fd00::/8")}};
    const auto text = chain_text(s, "chain/ipv4/NW-DOORS");
    EXPECT_THAT(text,
                testing::HasSubstr("-A NW-DOORS -d 10.1.0.0/16 -m addrtype --dst-type LOCAL -m set "
                                   "--match-set NW-NODEPORT-REFUSE-4 src,dst -g NW-NODEPORT\n"
                                   "-A NW-DOORS -d 10.2.0.0/16 -m addrtype"));
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 5);
}

TEST(StaticUnits, ExistInBothFamiliesWithoutAnyDoor) {
    cluster c;
    const auto rules = c.compile();
    EXPECT_THAT(rules.units(), SizeIs(2 * (5 + 7)));
}

TEST(Pods, AreTheAddressesThatPodsOwn) {
    cluster c;
    c.add(a_pod("web/a", {"10.0.0.2", "fd00::2"}));
    c.add(a_pod("web/b", {"10.0.0.1"}));
    auto host = a_pod("web/host", {"198.51.100.1"});
    host.host_network = true;
    c.add(host);
    const auto rules = c.compile();
    EXPECT_EQ(rules.units().at("set/ipv4/NW-PODS-4")->text(),
              "create NW-PODS-4 hash:ip family inet maxelem 1048576\n");
    EXPECT_EQ(rules.units().at("pods/ipv4/10.0.0.0/24")->text(),
              "add NW-PODS-4 10.0.0.1\nadd NW-PODS-4 10.0.0.2\n");
    EXPECT_EQ(rules.units().at("pods/ipv6/fd00::/120")->text(), "add NW-PODS-6 fd00::2\n");
    EXPECT_FALSE(rules.units().contains("pods/ipv4/198.51.100.0/24")) << "the node's own";
}

TEST(Bounds, DoorsWhoseSourcesDoNotFitAreRefusedToAllInTheOrderOfTheirNames) {
    cluster c;
    const auto pod = a_pod("web/site", {"10.0.0.1"});
    c.add(pod);
    for (const auto number : {1, 2, 3}) {
        const auto name = "web/s" + std::to_string(number);
        auto service = a_service(name, static_cast<std::uint16_t>(30000 + number));
        service.cluster_ips.clear();
        c.add(service);
        c.add(a_slice(name, {to_pod(pod)}));
    }
    c.add(a_policy("web/p", {{{block("192.0.2.0/24")}, {}}}));
    auto rules = c.compile();
    ASSERT_THAT(compiler::keep_within(rules, 6), IsEmpty());
    // Each door has two members in REFUSE and two in ADMIT: the block, and the pod itself.
    EXPECT_EQ(compiler::keep_within(rules, 6).size(), 0U);
    auto cut = rules;
    const auto findings = compiler::keep_within(cut, 5);
    ASSERT_THAT(findings, SizeIs(2)) << "admissions and, with so small a bound, refusal of s3";
    EXPECT_EQ(findings[0].subject, "door/ipv4/nodeport/TCP/30003");
    EXPECT_EQ(findings[0].text, "2 members do not fit into NW-NODEPORT-ADMIT-4, which takes 5");
    EXPECT_TRUE(dial_node(cut, "192.0.2.9", 30002));
    EXPECT_EQ(cut.units().at("door/ipv4/nodeport/TCP/30001"),
              rules.units().at("door/ipv4/nodeport/TCP/30001"));
}

} // namespace
} // namespace nodewall::test
