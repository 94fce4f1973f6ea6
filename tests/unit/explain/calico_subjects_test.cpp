// POLICY-APIS section 5 at a front door: order and tier, and whom a policy selects.
#include "calico_door.hpp"

namespace nodewall::test {
namespace {

std::vector<story> stories() {
    std::vector<story> all;
    const auto tell = teller_into(all);
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

    return all;
}

INSTANTIATE_TEST_SUITE_P(CalicoSubjects, CalicoDoor, testing::ValuesIn(stories()), name_of_story);

} // namespace
} // namespace nodewall::test
