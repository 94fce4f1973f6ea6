"""SEMANTICS.md, section 4, line by line, as packets at front doors: policies above and below namespaces, of
Kubernetes' kinds and of Calico's."""
import pytest

from harness import calico, objects
from harness.backends import BACKENDS
from harness.calico import rule
from harness.door_stories import (EVERYONE, NOBODY, NORTH, OUTSIDE, PODS, SOUTH, Story, Table, allowing, blocks,
                                  in_story, policy)

BLUE, ALL_PODS = {"namespaces": {"matchLabels": {"house": "blue"}}}, {"namespaces": {}}
HOUSES = {"namespaceSelector": "has(house)"}
NET_NORTH, NET_SOUTH = {"nets": list(NORTH)}, {"nets": list(SOUTH)}


# ---- what stands there, of the namespace `here` ---------------------------------------------------


def all_of(*put):
    return lambda here: [thing for each in put for thing in each(here)]


def denied(here):
    return [policy(here)]


def opened(here):
    return [policy(here, [{}])]


def admits(*cidrs):
    return lambda here: [policy(here, allowing(*blocks(*cidrs)))]


def anp(*rules, priority=10, name="anp", subject=in_story, **more):
    """AdminNetworkPolicy; a rule is (action, peers) or a whole one."""
    return lambda here: [objects.cluster_policy("AdminNetworkPolicy", f"{name}-{here}", subject(here), [
        r if isinstance(r, dict) else {"action": r[0], "from": list(r[1:])} for r in rules], priority=priority, **more)]


def cnp(tier, *rules, priority=10, name="cnp", version="v1alpha2"):
    def put(here):
        (made,) = anp(*rules, priority=priority, name=name)(here)
        made["kind"], made["apiVersion"] = "ClusterNetworkPolicy", f"policy.networking.k8s.io/{version}"
        made["spec"]["tier"] = tier
        made["metadata"]["name"] = f"{tier}-{name}-{here}".lower()
        return [made]
    return put


def gnp(*rules, tier=None, order=None, name="gnp", **spec):
    """Calico's GlobalNetworkPolicy for the story's pods."""
    def put(here):
        made = calico.global_policy(f"{name}-{here}", list(rules), "app == 'site'", order,
                                    f"{tier}-{here}" if tier else None)
        made["spec"].update({"namespaceSelector": f"story == '{here}'", **spec})
        return [made]
    return put


def cal(*rules, order=None, name="own", **spec):
    """Calico's NetworkPolicy."""
    def put(here):
        made = calico.policy(name, here, list(rules), order=order)
        made["spec"].update(spec)
        return [made]
    return put


def tier(name, order=None, at_end=None):
    return lambda here: [calico.tier(f"{name}-{here}", order, at_end)]


def staged(put):
    return lambda here: [objects.staged(thing) for thing in put(here)]


def staged_kind(put):
    def made(here):
        things = put(here)
        for thing in things:
            thing["kind"] = "Staged" + thing["kind"]
        return things
    return made


def net_set(kind, labels, nets):
    return lambda here: [calico.made(kind, f"set-{here}", {"nets": list(nets)},
                                     here if kind == "NetworkSet" else None, {**labels, "of": here})]


def from_selector(action, **source):
    """A rule that means the story's own sets alone."""
    return lambda here: gnp(rule(action, {key: text.replace("HERE", here) for key, text in source.items()}))(here)


def egress_alone(here):
    return [policy(here, types=["Egress"])]


def kept_in_annotation(put):
    """As Calico's API server stores it."""
    def made(here):
        things = put(here)
        for thing in things:
            labels = ", ".join(f'"{k}": "{v}"' for k, v in thing["metadata"].pop("labels").items())
            thing["apiVersion"] = calico.OFFERED
            thing["metadata"]["annotations"] = {"projectcalico.org/metadata": "{\"labels\": {%s}}" % labels}
        return things
    return made


UNKNOWN = {"fromTheFuture": {}}
LOG = rule("Log")

STORIES = [
    # A namespace's own default-deny, and cluster-wide policies.
    Story("an Admin Deny beats a namespace's allow", tuple(w for w in EVERYONE if w != "blue"),
          all_of(opened, anp(("Deny", BLUE)))),
    Story("an Admin Allow opens what the namespace denies", ("blue",), all_of(denied, anp(("Allow", BLUE)))),
    Story("an Admin Allow opens to pods alone", PODS, all_of(denied, anp(("Allow", ALL_PODS)))),
    Story("an Admin Deny has no peers outside", OUTSIDE, anp(("Deny", ALL_PODS))),
    Story("Pass hands the decision back", ("north",), all_of(admits(*NORTH), anp(("Pass", BLUE), ("Deny", ALL_PODS)))),
    Story("Pass leaves the rest of the tier", tuple(w for w in EVERYONE if w not in ("red", "own")),
          anp(("Pass", BLUE), ("Deny", ALL_PODS))),
    Story("rules are asked as they are written", tuple(w for w in EVERYONE if w not in ("red", "own")),
          anp(("Allow", BLUE), ("Deny", ALL_PODS))),
    Story("the smaller priority is asked first", OUTSIDE,
          all_of(anp(("Allow", BLUE), priority=11, name="b"), anp(("Deny", ALL_PODS), priority=10, name="c"))),
    Story("equal priorities are asked by name", (*OUTSIDE, "blue"),
          all_of(anp(("Allow", BLUE), name="b"), anp(("Deny", ALL_PODS), name="c"))),
    Story("ClusterNetworkPolicy of tier Admin", ("blue",), all_of(denied, cnp("Admin", ("Accept", BLUE)))),
    Story("ClusterNetworkPolicy of v1beta1", ("blue",),
          all_of(denied, cnp("Admin", ("Accept", BLUE), version="v1beta1"))),
    Story("both kinds stand in one tier", OUTSIDE,
          all_of(cnp("Admin", ("Deny", ALL_PODS), priority=9), anp(("Allow", BLUE), priority=10))),
    # The Baseline tier.
    Story("Baseline decides where no NetworkPolicy does", tuple(w for w in EVERYONE if w != "blue"),
          cnp("Baseline", ("Deny", BLUE))),
    Story("a NetworkPolicy stands above Baseline", EVERYONE, all_of(opened, cnp("Baseline", ("Deny", ALL_PODS)))),
    Story("Baseline opens nothing that a NetworkPolicy denies", NOBODY,
          all_of(denied, cnp("Baseline", ("Accept", ALL_PODS)))),
    Story("what isolates for egress leaves ingress to Baseline", OUTSIDE,
          all_of(egress_alone, cnp("Baseline", ("Deny", ALL_PODS)))),
    Story("Admin's Pass ends at Baseline", OUTSIDE,
          all_of(anp(("Pass", ALL_PODS)), cnp("Baseline", ("Deny", ALL_PODS)))),
    # What is not understood.
    Story("an Allow that is not understood matches nothing", NOBODY, all_of(denied, anp(("Allow", BLUE, UNKNOWN)))),
    Story("a Deny that is not understood denies all", NOBODY, anp(("Deny", UNKNOWN))),
    Story("a Pass that is not understood denies all", NOBODY, all_of(opened, anp(("Pass", BLUE, UNKNOWN)))),
    Story("an action that nobody knows denies all", NOBODY, anp(("Log", BLUE))),
    Story("a field that nobody knows", NOBODY, anp({"action": "Deny", "from": [BLUE], "fromTheFuture": 1})),
    Story("a subject that is not understood selects nobody", EVERYONE,
          anp(("Deny", ALL_PODS), subject=lambda here: UNKNOWN)),
    Story("a port that is not understood", NOBODY,
          anp({"action": "Deny", "from": [BLUE], "ports": [{"portNumber": {"port": 8080, "endPort": 9}}]})),
    Story("a rule of Calico that is not understood admits nobody", NOBODY,
          gnp(rule("Allow", {"nets": ["10.0.0.0/99"]}))),
    Story("a rule of Calico that is not understood denies all", NOBODY,
          gnp(rule("Deny", {"selector": "app =="}), rule("Allow"))),
    Story("a Log that is not understood is passed over", EVERYONE, gnp(rule("Log", UNKNOWN), rule("Allow"))),
    Story("http is not understood", NOBODY, gnp(rule("Deny", NET_NORTH, http={"methods": ["GET"]}), rule("Allow"))),
    Story("a selector of Calico that is not valid selects nobody", EVERYONE, gnp(rule("Deny"), selector="app ==")),
    # Calico's tiers.
    Story("nets open doors to outsiders", ("north",), all_of(denied, gnp(rule("Allow", NET_NORTH), order=5))),
    Story("the tier's end denies", ("north",), all_of(tier("t", 10), gnp(rule("Allow", NET_NORTH), tier="t"))),
    Story("the tier's end passes on", ("north", "south"),
          all_of(tier("t", 10, "Pass"), gnp(rule("Allow", NET_NORTH), tier="t"), admits(*SOUTH))),
    Story("a tier that applies to nobody decides nothing", EVERYONE,
          all_of(tier("t", 10), gnp(rule("Deny"), tier="t", selector="app == 'nobody'"))),
    Story("a policy without its tier selects nobody", EVERYONE, gnp(rule("Deny"), tier="missing")),
    Story("Pass leaves the tier", ("south",), all_of(tier("t", 10), gnp(
        rule("Pass", NET_NORTH), rule("Allow", NET_SOUTH), tier="t"), denied)),
    Story("Log decides nothing", NOBODY, all_of(tier("t", 10), gnp(LOG, tier="t"))),
    Story("Log goes on with the next rule", ("north",), all_of(tier("t", 10), gnp(
        LOG, rule("Allow", NET_NORTH), tier="t"))),
    Story("tiers are asked by their order", ("north",), all_of(
        tier("b", 10, "Pass"), tier("a", 20), gnp(rule("Allow", NET_NORTH), tier="b", name="x"),
        gnp(rule("Deny"), tier="a", name="w"))),
    Story("a tier without an order is the last", ("north",), all_of(
        tier("b", 20, "Pass"), tier("a"), gnp(rule("Allow", NET_NORTH), tier="b", name="x"),
        gnp(rule("Deny"), tier="a", name="w"))),
    Story("a tier above Admin", (*OUTSIDE, "own"), all_of(
        tier("t", 999, "Pass"), gnp(rule("Deny", HOUSES), tier="t"), anp(("Allow", BLUE)))),
    Story("a tier below Admin", ("blue", *OUTSIDE, "own"), all_of(
        tier("t", 1001, "Pass"), gnp(rule("Deny", HOUSES), tier="t"), anp(("Allow", BLUE)))),
    # Tier default, with the namespaces' own.
    Story("an order below 1000 stands above NetworkPolicies", tuple(w for w in EVERYONE if w != "north"),
          all_of(opened, gnp(rule("Deny", NET_NORTH), order=999.5))),
    Story("an order above 1000 stands below them", EVERYONE,
          all_of(opened, gnp(rule("Deny", NET_NORTH), order=1000.5))),
    Story("order 1000 stands above them", tuple(w for w in EVERYONE if w != "north"),
          all_of(opened, gnp(rule("Deny", NET_NORTH), order=1000, name="z"))),
    Story("what none of them decides is denied", ("north", "south"),
          all_of(admits(*SOUTH), gnp(rule("Allow", NET_NORTH), order=2000))),
    Story("policies are asked by their order", ("north",), all_of(
        gnp(rule("Deny"), order=20, name="a"), gnp(rule("Allow", NET_NORTH), order=10, name="b"))),
    Story("an absent order is the last", ("north",), all_of(
        gnp(rule("Deny"), name="a"), gnp(rule("Allow", NET_NORTH), order=10, name="b"))),
    Story("equal orders are asked by name", NOBODY, all_of(
        gnp(rule("Deny"), order=10, name="a"), gnp(rule("Allow", NET_NORTH), order=10, name="b"))),
    Story("a NetworkPolicy of Calico acts in its namespace", ("own",),
          cal(rule("Allow", {"selector": "app == 'own'"}))),
    Story("with a namespaceSelector it means others", ("blue",),
          cal(rule("Allow", {"namespaceSelector": "house == 'blue'"}))),
    Story("types of egress alone leave ingress", EVERYONE, gnp(rule("Deny"), types=["Egress"])),
    Story("types absent with rules for egress alone", EVERYONE, gnp(types=None, ingress=None, egress=[rule("Deny")])),
    Story("types absent without rules", NOBODY, gnp(types=None, ingress=None)),
    Story("Calico's tier default passes to Baseline by Pass", OUTSIDE,
          all_of(gnp(rule("Pass")), cnp("Baseline", ("Deny", ALL_PODS)))),
    # What a rule of Calico asks.
    Story("notNets", ("south",), gnp(rule("Allow", {"notNets": [*NORTH, "10.0.0.0/8", "fd00::/8", "192.0.2.0/24",
                                                               "2001:db8:2::/64"]}))),
    Story("notSelector means every other address too", tuple(w for w in EVERYONE if w not in ("blue", "red")),
          gnp(rule("Allow", {"notSelector": "app == 'client'"}))),
    Story("a negated selector means what is known", ("own",),
          from_selector("Allow", selector="!has(house)", namespaceSelector="story == 'HERE'")),
    Story("a GlobalNetworkSet by its labels", ("north",), all_of(
        net_set("GlobalNetworkSet", {"role": "partner"}, NORTH),
        from_selector("Allow", selector="of == 'HERE' && role == 'partner'"))),
    Story("labels as Calico's API server stores them are those of its own group", NOBODY, all_of(
        kept_in_annotation(net_set("GlobalNetworkSet", {"role": "partner"}, NORTH)),
        from_selector("Allow", selector="of == 'HERE'"))),
    Story("a NetworkSet belongs to its namespace", ("north",), all_of(
        net_set("NetworkSet", {}, NORTH), from_selector("Allow", namespaceSelector="story == 'HERE'",
                                                        selector="of == 'HERE'"))),
    Story("global() means what is in no namespace", NOBODY, all_of(
        net_set("NetworkSet", {}, NORTH), from_selector("Allow", namespaceSelector="global()",
                                                        selector="of == 'HERE'"))),
    Story("a service account by its name", ("own",), gnp(rule("Allow", {"serviceAccounts": {"names": ["builder"]}})),
          lambda site: site.more[0]["spec"].update(serviceAccountName="builder")),
    Story("ports and protocol", ("north",), gnp(rule("Allow", NET_NORTH, protocol=6, destination={
        "ports": ["8000:8080"], "notPorts": [8000]}))),
    Story("a named port", ("north",), gnp(rule("Allow", NET_NORTH, destination={"ports": ["http"]}))),
    Story("another protocol", NOBODY, gnp(rule("Allow", NET_NORTH, protocol="UDP"))),
    Story("ICMP is none of them", EVERYONE, gnp(rule("Deny", protocol="ICMP", icmp={"type": 8}), rule("Allow"))),
    Story("ipVersion", ("north",), gnp(rule("Allow", NET_NORTH, ipVersion=4)), versions=(4,)),
    Story("ipVersion of the other family", NOBODY, gnp(rule("Allow", NET_NORTH, ipVersion=4)), versions=(6,)),
    Story("a destination narrows the subjects", EVERYONE, gnp(
        rule("Deny", destination={"selector": "app == 'own'"}), rule("Allow"))),
    # What enforces nothing.
    Story("a staged Admin policy", EVERYONE, staged(anp(("Deny", ALL_PODS)))),
    Story("a staged NetworkPolicy", EVERYONE, staged(denied)),
    Story("Calico's staged kinds", EVERYONE, staged_kind(gnp(rule("Deny")))),
    Story("preDNAT is about hosts", EVERYONE, gnp(rule("Deny"), preDNAT=True, applyOnForward=True)),
]


@pytest.fixture(scope="module", params=BACKENDS)
def table(request, tmp_path_factory):
    made = Table(tmp_path_factory.mktemp("stories"), request.param, STORIES)
    try:
        yield made
    finally:
        made.close()


@pytest.mark.parametrize("story", STORIES, ids=lambda s: s.name)
def test_section_4(table, story):
    table.judge(story)
