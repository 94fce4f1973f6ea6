// POLICY-APIS section 5 at a front door: what explain says of it, and what the compiled rules do.
#include "cluster.hpp"

#include "compiler/compiler.hpp"
#include "ruleset/evaluator.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace nodewall::test {
namespace {

std::string calico(std::string_view kind, std::string_view key, std::string_view labels,
                   std::string_view spec, std::string_view group = "projectcalico.org/v3") {
    const auto slash = key.find('/');
    const auto name = slash == std::string_view::npos ? key : key.substr(slash + 1);
    const auto space = slash == std::string_view::npos
                           ? std::string()
                           : fmt::format("namespace: {}, ", key.substr(0, slash));
    return fmt::format("{{apiVersion: {}, kind: {}, metadata: {{{}name: {}, uid: {}, labels: "
                       "{{{}}}}}, spec: {{{}}}}}",
                       group, kind, space, name, key, labels, spec);
}

std::string global_policy(std::string_view name, std::string_view spec) {
    return calico("GlobalNetworkPolicy", name, "", spec);
}
std::string policy(std::string_view key, std::string_view spec) {
    return calico("NetworkPolicy", key, "", spec);
}

/// A NodePort 30051 to web/site. Sources: 10.0.0.2 is web/client, 10.0.1.2 is lab/client (team
/// blue), 10.0.1.3 is lab/other, 203.0.113.7 is outside.
cluster a_cluster() {
    return {a_namespace("web", "team: red"),
            a_namespace("lab", "team: blue"),
            a_pod("web/site", "10.0.0.1, fd00::1", "app: site",
                  "serviceAccountName: server, "
                  "containers: [{ports: [{name: http, containerPort: 8080}]}]"),
            a_pod("web/client", "10.0.0.2", "role: client", "serviceAccountName: reader"),
            a_pod("lab/client", "10.0.1.2", "role: client", "serviceAccountName: reader"),
            a_pod("lab/other", "10.0.1.3", "role: other", "serviceAccountName: writer"),
            a_service("web/site"),
            a_slice("web/site", "10.0.0.1@site@node-1")};
}

bool compiled_admits(const cluster& c, std::string_view source, std::uint16_t port = 30051) {
    compiler::compiler compiler(c.settings);
    const auto rules = compiler.compile(c.state());
    return ruleset::evaluator(rules).admits(
        {.source = model::ip_address::parse(source).value(),
         .destination = model::ip_address::parse("192.0.2.250").value(),
         .proto = model::protocol::tcp,
         .port = port,
         .destination_local = true});
}

void expect_door(const cluster& c, std::string_view source, bool open, std::string_view what) {
    const auto answer = c.answer(source, "nodeport:TCP/30051");
    EXPECT_EQ(answer.gate_admits, std::optional(open)) << what << ": explain of " << source << "\n"
                                                       << steps(answer);
    EXPECT_EQ(compiled_admits(c, source), open) << what << ": the rules, of " << source;
}

struct story {
    const char* name;
    std::vector<std::string> objects;
    std::vector<const char*> admitted, refused;
};

const char* const web = "10.0.0.2";
const char* const blue = "10.0.1.2";
const char* const other = "10.0.1.3";
const char* const outside = "203.0.113.7";
const char* const farther = "198.51.100.7";

std::string deny_all() {
    return a_policy("web/deny", "podSelector: {}");
}
/// Of the pod behind the door, for ingress.
std::string rules_of_site(std::string_view rules, std::string_view more = {}) {
    return global_policy("gnp", fmt::format("selector: \"app == 'site'\", types: [Ingress], "
                                            "ingress: [{}]{}",
                                            rules, more));
}

std::vector<story> stories() {
    const std::vector<const char*> everyone{web, blue, other, outside, farther};
    std::vector<story> all;
    const auto tell = [&](const char* name, std::vector<std::string> objects,
                          const std::vector<const char*>& admitted) {
        story s{name, std::move(objects), admitted, {}};
        for (const auto* source : everyone)
            if (std::find(admitted.begin(), admitted.end(), source) == admitted.end())
                s.refused.push_back(source);
        all.push_back(std::move(s));
    };
    // Order: above and below a namespace's own policies, which stand at 1000.
    tell("NetsOpenAboveADefaultDeny",
         {deny_all(),
          rules_of_site("{action: Allow, source: {nets: [203.0.113.0/24]}}", ", order: 10")},
         {outside});
    tell("AllowBelowADefaultDenyIsInTheSameTier",
         {deny_all(),
          rules_of_site("{action: Allow, source: {nets: [203.0.113.0/24]}}", ", order: 2000")},
         {outside});
    tell("DenyAboveWhatANamespaceAllows",
         {a_policy("web/open", "podSelector: {}, ingress: [{}]"),
          rules_of_site("{action: Deny, source: {nets: [203.0.113.0/24]}}", ", order: 999.5")},
         {web, blue, other, farther});
    tell("DenyBelowWhatANamespaceAllowsComesTooLate",
         {a_policy("web/open", "podSelector: {}, ingress: [{}]"),
          rules_of_site("{action: Deny, source: {nets: [203.0.113.0/24]}}", ", order: 1000.5")},
         everyone);
    tell("AbsentOrderIsLast",
         {a_policy("web/open", "podSelector: {}, ingress: [{}]"), rules_of_site("{action: Deny}")},
         everyone);
    tell("FractionsOfOrdersCount",
         {global_policy("a", "order: 1.5, ingress: [{action: Deny}]"),
          global_policy("b",
                        "order: 1.25, ingress: [{action: Allow, source: {nets: [203.0.113.7]}}]")},
         {outside});
    tell("EqualOrdersGoByName",
         {global_policy("b", "order: 1, ingress: [{action: Deny}]"),
          global_policy("a", "order: 1, ingress: [{action: Allow}]")},
         everyone);
    tell("NoRuleMeansThatTheTierDenies", {rules_of_site("")}, {});
    tell("AnEgressPolicyAloneLeavesIngress",
         {global_policy("gnp", "types: [Egress], egress: [{action: Deny}]")}, everyone);
    tell("OnlyEgressRulesAreForEgress", {global_policy("gnp", "egress: [{action: Deny}]")},
         everyone);
    tell("NoRulesAtAllAreForIngress", {global_policy("gnp", "selector: \"app == 'site'\"")}, {});
    tell("LogDecidesNothing",
         {rules_of_site("{action: Log}, {action: Allow, source: {nets: [203.0.113.0/24]}}")},
         {outside});
    tell("LogAloneEndsInTheTiersDeny", {rules_of_site("{action: Log}")}, {});

    // Tiers.
    const auto security = calico("Tier", "security", "", "order: 100");
    const auto passing = calico("Tier", "passing", "", "order: 50, defaultAction: Pass");
    tell("ATierDeniesWhatItsPoliciesLeave",
         {security, global_policy("gnp", "tier: security, selector: \"app == 'site'\", ingress: "
                                         "[{action: Allow, source: {nets: [203.0.113.0/24]}}]")},
         {outside});
    tell("PassGoesToTheNextTier",
         {security, deny_all(),
          global_policy("gnp", "tier: security, ingress: [{action: Pass, source: {nets: "
                               "[203.0.113.0/24]}}, {action: Allow}]")},
         {web, blue, other, farther});
    tell("ATierThatPassesAtItsEnd",
         {passing, deny_all(),
          global_policy("gnp", "tier: passing, ingress: [{action: Allow, source: {nets: "
                               "[203.0.113.0/24]}}]")},
         {outside});
    tell("TiersGoByTheirOrder",
         {security, passing, global_policy("a", "tier: security, ingress: [{action: Allow}]"),
          global_policy("b", "tier: passing, ingress: [{action: Deny, source: {nets: "
                             "[203.0.113.0/24]}}]")},
         {web, blue, other, farther});
    tell("ATierWithoutAnOrderIsLast",
         {calico("Tier", "late", "", ""), a_policy("web/open", "podSelector: {}, ingress: [{}]"),
          global_policy("gnp", "tier: late, ingress: [{action: Deny}]")},
         everyone);
    tell("ATierThatDoesNotExistEnforcesNothing",
         {global_policy("gnp", "tier: nowhere, ingress: [{action: Deny}]")}, everyone);
    tell("APolicyThatSelectsOthersMakesNoTierApply",
         {security, global_policy("gnp", "tier: security, selector: \"app == 'else'\"")}, everyone);

    // Subjects.
    tell("APolicyOfANamespaceActsThereAlone", {policy("lab/np", "ingress: [{action: Deny}]")},
         everyone);
    tell("APolicyOfItsOwnNamespace",
         {policy("web/np", "selector: \"app == 'site' || has(x)\", ingress: [{action: Deny}]")},
         {});
    tell("ANamespaceSelectorNarrowsTheSubjects",
         {global_policy("gnp", "namespaceSelector: \"team == 'blue'\", ingress: [{action: Deny}]")},
         everyone);
    tell("ANamespaceSelectorThatMeansThem",
         {global_policy(
             "gnp",
             "namespaceSelector: \"projectcalico.org/name == 'web'\", ingress: [{action: Deny}]")},
         {});
    tell(
        "SubjectsByTheLabelOfTheirNamespace",
        {global_policy(
            "gnp",
            "selector: \"projectcalico.org/namespace not in {'lab'}\", ingress: [{action: Deny}]")},
        {});
    tell("SubjectsByTheOrchestrator",
         {global_policy(
             "gnp",
             "selector: \"projectcalico.org/orchestrator == 'k8s'\", ingress: [{action: Deny}]")},
         {});
    tell("SubjectsByTheNameOfTheirAccount",
         {global_policy("gnp", "selector: \"projectcalico.org/serviceaccount == 'reader'\", "
                               "ingress: [{action: Deny}]")},
         everyone);
    tell("SubjectsByTheLabelsOfTheirAccount",
         {calico("ServiceAccount", "web/server", "tier: back", "", "v1"),
          calico("ServiceAccount", "web/reader", "tier: front", "", "v1"),
          global_policy("gnp",
                        "serviceAccountSelector: \"tier == 'back'\", ingress: [{action: Deny}]")},
         {});
    tell("SubjectsByTheLabelsOfAnotherAccount",
         {calico("ServiceAccount", "web/server", "tier: back", "", "v1"),
          calico("ServiceAccount", "lab/server", "tier: front", "", "v1"),
          global_policy("gnp",
                        "serviceAccountSelector: \"tier == 'front'\", ingress: [{action: Deny}]")},
         everyone);
    tell("AnInvalidSelectorSelectsNobody",
         {global_policy("gnp", "selector: \"app = 'site'\", ingress: [{action: Deny}]")}, everyone);
    tell("PreDNATSaysNothingOfPods",
         {global_policy("gnp", "preDNAT: true, applyOnForward: true, ingress: [{action: Deny}]")},
         everyone);
    tell(
        "DoNotTrackSaysNothingOfPods",
        {global_policy("gnp", "doNotTrack: true, applyOnForward: true, ingress: [{action: Deny}]")},
        everyone);
    tell("ApplyOnForwardIsForPodsToo",
         {global_policy("gnp", "applyOnForward: true, ingress: [{action: Deny}]")}, {});

    // Sources.
    tell("NetsWithoutOthers",
         {rules_of_site("{action: Allow, source: {nets: [203.0.113.0/24, 198.51.100.0/24], "
                        "notNets: [203.0.113.0/29]}}")},
         {farther});
    tell("NotNetsAlone", {rules_of_site("{action: Allow, source: {notNets: [203.0.113.0/24]}}")},
         {web, blue, other, farther});
    tell("ABareAddressIsANet", {rules_of_site("{action: Allow, source: {nets: [203.0.113.7]}}")},
         {outside});
    tell("ASelectorOfAGlobalPolicyMeansEveryNamespace",
         {rules_of_site("{action: Allow, source: {selector: \"role == 'client'\"}}")}, {web, blue});
    tell("NotEqualsMeansPodsWithoutTheLabelAndNoOutsider",
         {rules_of_site("{action: Allow, source: {selector: \"role != 'client'\"}}")}, {other});
    tell("ANotSelectorMeansOutsidersToo",
         {rules_of_site("{action: Allow, source: {notSelector: \"role == 'client'\"}}")},
         {other, outside, farther});
    tell("ASelectorAndANotSelector",
         {rules_of_site("{action: Allow, source: {selector: \"has(role)\", notSelector: \"role == "
                        "'other'\"}}")},
         {web, blue});
    tell("ASelectorAndNets",
         {rules_of_site(
             "{action: Allow, source: {selector: \"role == 'client'\", nets: [10.0.1.0/24]}}")},
         {blue});
    tell("ANotSelectorAndNets",
         {rules_of_site("{action: Deny, source: {notSelector: \"role == 'client'\", nets: "
                        "[10.0.0.0/16]}}, {action: Allow}")},
         {web, blue, outside, farther});
    tell("AllOfThem",
         {rules_of_site(
             "{action: Allow, source: {selector: \"has(role)\", notSelector: \"role == 'other'\", "
             "nets: [10.0.0.0/8], notNets: [10.0.0.2/32]}}, {action: Deny, source: {nets: "
             "[203.0.113.0/24]}}, {action: Allow, source: {notSelector: \"all()\"}}")},
         {blue, farther});
    tell("ANamespaceSelectorOfARule",
         {rules_of_site("{action: Allow, source: {namespaceSelector: \"team == 'blue'\"}}")},
         {blue, other});
    tell("ANamespaceSelectorAndASelector",
         {rules_of_site("{action: Allow, source: {namespaceSelector: \"team == 'blue'\", selector: "
                        "\"role == 'other'\"}}")},
         {other});
    tell("ANegatedNamespaceSelectorMeansNamespacesAlone",
         {rules_of_site("{action: Allow, source: {namespaceSelector: \"team != 'red'\"}}")},
         {blue, other});
    tell("AllNamespaces", {rules_of_site("{action: Allow, source: {namespaceSelector: all()}}")},
         {web, blue, other});
    tell("GlobalMeansNoPod",
         {rules_of_site("{action: Allow, source: {namespaceSelector: global()}}")}, {});
    tell("ASelectorOfANamespacedPolicyMeansItsOwn",
         {policy("web/np", "ingress: [{action: Allow, source: {selector: \"has(role)\"}}]")},
         {web});
    tell("ANotSelectorOfANamespacedPolicyMeansItsOwn",
         {policy("web/np", "ingress: [{action: Allow, source: {notSelector: \"role == 'x'\"}}]")},
         {web});
    tell(
        "NetsOfANamespacedPolicyHaveNoScope",
        {policy(
            "web/np",
            "ingress: [{action: Allow, source: {nets: [0.0.0.0/0], notNets: [198.51.100.0/24]}}]")},
        {web, blue, other, outside});
    tell("AllNamespacesInANamespacedPolicy",
         {policy("web/np", "ingress: [{action: Allow, source: {namespaceSelector: all(), selector: "
                           "\"role == 'client'\"}}]")},
         {web, blue});
    tell("AccountsByName",
         {rules_of_site("{action: Allow, source: {serviceAccounts: {names: [reader]}}}")},
         {web, blue});
    tell("AccountsByNameInANamespacedPolicy",
         {policy("web/np",
                 "ingress: [{action: Allow, source: {serviceAccounts: {names: [reader]}}}]")},
         {web});
    tell("AccountsByLabelsAndName",
         {calico("ServiceAccount", "web/reader", "tier: front", "", "v1"),
          calico("ServiceAccount", "lab/reader", "tier: back", "", "v1"),
          calico("ServiceAccount", "lab/writer", "tier: front", "", "v1"),
          rules_of_site("{action: Allow, source: {serviceAccounts: {names: [reader], selector: "
                        "\"tier == 'front'\"}}}")},
         {web});
    tell("AccountsByLabelsThatNobodyKnows",
         {rules_of_site("{action: Allow, source: {serviceAccounts: {selector: \"has(x)\"}}}")}, {});
    tell("AccountsByLabelsThatNobodyKnowsInADeny",
         {rules_of_site(
             "{action: Deny, source: {serviceAccounts: {selector: \"has(x)\"}}}, {action: Allow}")},
         {});
    tell("TheEndpointsOfAService",
         {a_slice("lab/front", "10.0.1.3@other"),
          rules_of_site("{action: Allow, source: {services: {name: front, namespace: lab}}}")},
         {other});
    tell("TheEndpointsOfAServiceOfItsOwn",
         {a_slice("web/front", "10.0.0.2@client"), a_slice("lab/front", "10.0.1.3@other"),
          policy("web/np", "ingress: [{action: Allow, source: {services: {name: front}}}]")},
         {web});

    // Network sets.
    const auto partners = calico("GlobalNetworkSet", "partners", "role: partner",
                                 "nets: [203.0.113.0/24, '2001:db8::/32']");
    tell("AGlobalNetworkSetIsMeantByItsLabels",
         {partners, rules_of_site("{action: Allow, source: {selector: \"role == 'partner'\"}}")},
         {outside});
    tell("ASelectorMeansPodsAndSets",
         {partners,
          rules_of_site("{action: Allow, source: {selector: \"role in {'partner', 'client'}\"}}")},
         {web, blue, outside});
    tell("ANotSelectorMeansWhatIsInNoSet",
         {partners, rules_of_site("{action: Allow, source: {notSelector: \"role == 'partner'\"}}")},
         {web, blue, other, farther});
    tell("GlobalMeansAGlobalSet",
         {partners, rules_of_site("{action: Allow, source: {namespaceSelector: global()}}")},
         {outside});
    tell("AllNamespacesMeanNoGlobalSet",
         {partners, rules_of_site("{action: Allow, source: {namespaceSelector: all()}}")},
         {web, blue, other});
    tell("ANegatedNamespaceSelectorMeansNoGlobalSet",
         {partners,
          rules_of_site("{action: Allow, source: {namespaceSelector: \"team != 'red'\"}}")},
         {blue, other});
    tell(
        "ANamespacedPolicyMeansNoGlobalSet",
        {partners,
         policy("web/np", "ingress: [{action: Allow, source: {selector: \"role == 'partner'\"}}]")},
        {});
    tell("ANamespacedPolicyMeansAGlobalSetWithGlobal",
         {partners, policy("web/np", "ingress: [{action: Allow, source: {namespaceSelector: "
                                     "global(), selector: \"role == 'partner'\"}}]")},
         {outside});
    tell(
        "ANetworkSetOfItsNamespace",
        {calico("NetworkSet", "web/set", "role: partner", "nets: [198.51.100.0/24]"), partners,
         policy("web/np", "ingress: [{action: Allow, source: {selector: \"role == 'partner'\"}}]")},
        {farther});
    tell("ANetworkSetByTheLabelsOfItsNamespace",
         {calico("NetworkSet", "web/set", "", "nets: [198.51.100.0/24]"),
          calico("NetworkSet", "lab/set", "", "nets: [203.0.113.0/24]"),
          rules_of_site("{action: Allow, source: {namespaceSelector: \"team == 'red'\"}}")},
         {web, farther});
    tell("ANetworkSetHoldsPodsToo",
         {calico("GlobalNetworkSet", "s", "role: partner", "nets: [10.0.1.3]"),
          rules_of_site("{action: Allow, source: {selector: \"role == 'partner'\"}}")},
         {other});

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

class CalicoDoors : public testing::TestWithParam<story> {};

TEST_P(CalicoDoors, OpenToExactlyWhomTheyShould) {
    // In which order the objects become known does not matter.
    auto objects = GetParam().objects;
    for (const bool reversed : {false, true}) {
        auto c = a_cluster();
        for (const auto& object : objects)
            c.add(object);
        for (const auto* source : GetParam().admitted)
            expect_door(c, source, true, reversed ? "reversed" : "in order");
        for (const auto* source : GetParam().refused)
            expect_door(c, source, false, reversed ? "reversed" : "in order");
        std::reverse(objects.begin(), objects.end());
    }
}

INSTANTIATE_TEST_SUITE_P(Stories, CalicoDoors, testing::ValuesIn(stories()),
                         [](const auto& told) { return std::string(told.param.name); });

} // namespace
} // namespace nodewall::test
