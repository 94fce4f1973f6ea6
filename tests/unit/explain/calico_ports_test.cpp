// POLICY-APIS section 5 at a front door: the destination of a rule, ports and protocols, and what
// is not understood.
#include "calico_door.hpp"

#include <fmt/core.h>

namespace nodewall::test {
namespace {

std::vector<story> stories() {
    std::vector<story> all;
    const auto tell = teller_into(all);
    // The destination of an ingress rule is the subject.
    tell("ADestinationThatIsTheSubject",
         {rules_of_site("{action: Allow, destination: {selector: \"app == 'site'\"}}")}, everyone);
    tell("ADestinationThatIsNot",
         {rules_of_site("{action: Allow, destination: {selector: \"app == 'else'\"}}")}, {});
    tell("ADenyForAnotherDestination",
         {rules_of_site(
             "{action: Deny, destination: {notSelector: \"app == 'site'\"}}, {action: Allow}")},
         everyone);
    tell("ADestinationByItsAddress",
         {rules_of_site("{action: Deny, destination: {nets: [10.0.0.0/24], notNets: "
                        "[10.0.0.1/32]}}, {action: Allow}")},
         everyone);
    tell("ADestinationByItsAddressThatIsIt",
         {rules_of_site("{action: Deny, destination: {nets: [10.0.0.0/24]}}, {action: Allow}")},
         {});
    tell("ADestinationByItsNamespace",
         {rules_of_site("{action: Deny, destination: {namespaceSelector: \"team == 'red'\"}}, "
                        "{action: Allow}")},
         {});

    // Ports, protocols.
    const auto with_ports = [](std::string_view protocol, std::string_view destination,
                               std::string_view more = "") {
        return rules_of_site(
            fmt::format("{{action: Allow, {}destination: {{{}}}{}}}", protocol, destination, more));
    };
    tell("APort", {with_ports("protocol: TCP, ", "ports: [8080]")}, everyone);
    tell("AnotherPort", {with_ports("protocol: TCP, ", "ports: [80]")}, {});
    tell("ARangeOfPorts", {with_ports("protocol: TCP, ", "ports: ['8000:8100']")}, everyone);
    tell("DigitsAreANumber", {with_ports("protocol: TCP, ", "ports: ['8080']")}, everyone);
    tell("ProtocolsByNumber", {with_ports("protocol: 6, ", "ports: [8080]")}, everyone);
    tell("AnotherProtocol", {with_ports("protocol: UDP, ", "ports: [8080]")}, {});
    tell("ANamedPort", {with_ports("protocol: TCP, ", "ports: [http]")}, everyone);
    tell("ANamedPortWithoutAProtocol", {with_ports("", "ports: [http]")}, everyone);
    tell("ANameOfAnotherProtocol", {with_ports("protocol: UDP, ", "ports: [http]")}, {});
    tell("ANumberWithoutAProtocolIsNotUnderstood", {with_ports("", "ports: [8080]")}, {});
    tell("ANumberOfAProtocolWithoutPortsIsNotUnderstood",
         {rules_of_site(
             "{action: Deny, protocol: ICMP, destination: {ports: [80]}}, {action: Allow}")},
         {});
    tell("ANumberOfTheSourceWithoutAProtocolIsNotUnderstood",
         {rules_of_site("{action: Deny, source: {nets: [192.0.2.0/24], ports: [80]}}, "
                        "{action: Allow}")},
         {});
    tell("NotPorts", {with_ports("protocol: TCP, ", "notPorts: [80, '8000:8100']")}, {});
    tell("NotPortsOfOthers", {with_ports("protocol: TCP, ", "notPorts: [80, 8081]")}, everyone);
    tell("NotPortsByName", {with_ports("protocol: TCP, ", "notPorts: [http]")}, {});
    tell("PortsAndNotPorts",
         {with_ports("protocol: TCP, ", "ports: ['8000:9000'], notPorts: [8080]")}, {});
    tell("PortsByNameAndNotPorts",
         {with_ports("protocol: TCP, ", "ports: [http], notPorts: [8080]")}, {});
    tell("MoreThanFifteenPorts",
         {with_ports("protocol: TCP, ",
                     "ports: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 8080]")},
         everyone);
    tell("NotProtocol", {with_ports("notProtocol: TCP, ", "")}, {});
    tell("NotProtocolOfAnother", {with_ports("notProtocol: UDP, ", "")}, everyone);
    tell("NotProtocolICMP", {with_ports("notProtocol: ICMP, ", "")}, everyone);
    tell("ICMPNeverMeansTCP", {rules_of_site("{action: Allow, protocol: ICMP, icmp: {type: 8}}")},
         {});
    tell("ADenyOfICMPLeavesTCP",
         {rules_of_site(
             "{action: Deny, protocol: ICMP, notICMP: {type: 8, code: 0}}, {action: Allow}")},
         everyone);
    tell("IPVersion4", {rules_of_site("{action: Allow, ipVersion: 4}")}, everyone);
    tell("IPVersion6", {rules_of_site("{action: Allow, ipVersion: 6}")}, {});
    tell("IPVersion6WithNets",
         {rules_of_site(
             "{action: Deny, ipVersion: 6, source: {nets: [203.0.113.0/24]}}, {action: Allow}")},
         everyone);

    // What is not understood fails closed.
    tell("HTTPInAnAllow", {rules_of_site("{action: Allow, http: {methods: [GET]}}")}, {});
    tell("HTTPInADeny", {rules_of_site("{action: Deny, http: {methods: [GET]}}, {action: Allow}")},
         {});
    tell("HTTPInAPass",
         {deny_all(),
          rules_of_site("{action: Pass, http: {methods: [GET]}}, {action: Allow}", ", order: 1")},
         {});
    tell("HTTPInALogIsSkipped",
         {rules_of_site("{action: Log, http: {methods: [GET]}}, {action: Allow}")}, everyone);
    tell("AnUnknownFieldInAnAllow",
         {rules_of_site("{action: Allow, source: {domains: [example.com]}}")}, {});
    tell("AnUnknownActionDenies", {rules_of_site("{action: Permit}, {action: Allow}")}, {});
    tell("AMalformedNetInAnAllow",
         {rules_of_site("{action: Allow, source: {nets: [203.0.113.0/33]}}")}, {});
    tell("AMalformedNetInADeny",
         {rules_of_site("{action: Deny, source: {nets: [x]}}, {action: Allow}")}, {});
    tell("AMalformedSelectorInADeny",
         {rules_of_site("{action: Deny, source: {selector: 'x ='}}, {action: Allow}")}, {});
    tell("PortsOfTheSourceInAnAllow",
         {rules_of_site("{action: Allow, protocol: TCP, source: {ports: [1024]}}")}, {});
    tell("PortsOfTheSourceInADeny",
         {rules_of_site("{action: Deny, protocol: TCP, source: {ports: [1024], nets: "
                        "[203.0.113.0/24]}}, {action: Allow}")},
         {web, blue, other, farther});

    // Staged.
    tell("AStagedPolicyEnforcesNothing",
         {calico("StagedGlobalNetworkPolicy", "gnp", "", "ingress: [{action: Deny}]"),
          calico("StagedNetworkPolicy", "web/np", "", "ingress: [{action: Deny}]"),
          calico("StagedKubernetesNetworkPolicy", "web/np", "", "podSelector: {}")},
         everyone);

    // The other group; a prefix of the tier is a part of the name.
    tell("TheOtherGroup",
         {calico("Tier", "security", "", "order: 100", "crd.projectcalico.org/v1"),
          calico("GlobalNetworkSet", "s", "role: partner", "nets: [203.0.113.0/24]",
                 "crd.projectcalico.org/v1"),
          calico("NetworkPolicy", "web/security.np", "",
                 "tier: security, ingress: [{action: Allow, source: {namespaceSelector: global(), "
                 "selector: \"role == 'partner'\"}}]",
                 "crd.projectcalico.org/v1")},
         {outside});
    tell("TwoKindsOfOneNameAreTwoPolicies",
         {a_policy("web/same",
                   "podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 198.51.100.0/24}}]}]"),
          policy("web/same", "ingress: [{action: Allow, source: {nets: [203.0.113.0/24]}}]")},
         {outside, farther});
    return all;
}

INSTANTIATE_TEST_SUITE_P(CalicoPorts, CalicoDoor, testing::ValuesIn(stories()), name_of_story);

} // namespace
} // namespace nodewall::test
