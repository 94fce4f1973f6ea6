// POLICY-APIS section 5 at a front door: the source of a rule, network sets among them.
#include "calico_door.hpp"

namespace nodewall::test {
namespace {

std::vector<story> stories() {
    std::vector<story> all;
    const auto tell = teller_into(all);
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

    return all;
}

INSTANTIATE_TEST_SUITE_P(CalicoSources, CalicoDoor, testing::ValuesIn(stories()), name_of_story);

} // namespace
} // namespace nodewall::test
