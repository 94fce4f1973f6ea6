"""The cases that the upstream suite of policy.networking.k8s.io names for its tiers, written anew from their
descriptions: `explain` for pods in both directions, and packets at doors where pods of the subject are
dialled. In the words of v1alpha1 (AdminNetworkPolicy and its baseline) and of v1alpha2
(ClusterNetworkPolicy)."""
import pytest

from harness import objects
from harness.school import NODE_PORT, OTHERS, PORTS, SUBJECT, School, Words, pods, spaces

TIERS = ("Admin", "Baseline")
EVERYWHERE = {"networks": ["0.0.0.0/0", "::/0"]}


@pytest.fixture(scope="module")
def school():
    made = School()
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(params=["v1alpha1", "v1alpha2"])
def version(request):
    return request.param


def swapped(rules, first, second):
    made = list(rules)
    made[first], made[second] = made[second], made[first]
    return made


def rules_for(tier, low, high):
    """One rule for all ports and one for some, of each action that the tier has; `low` and `high` are lists
    of ports. What stands first for a namespace decides."""
    blue, green, yellow = ([spaces(name)] for name in OTHERS)
    made = [("Allow", blue), ("Deny", blue), ("Deny", green, low), ("Allow", yellow, high), ("Deny", yellow)]
    return made + [("Pass", blue), ("Pass", green, low)] if tier == "Admin" else made


def expected(low, high, blue=True, green_low=False):
    return {**{("blue", p): blue for p in low + high},
            **{("green", p): green_low for p in low}, **{("green", p): True for p in high},
            **{("yellow", p): False for p in low}, **{("yellow", p): True for p in high}}


def orders_of(tier, low, high):
    """(rules, what they come to): as written, the denial first, and a Pass before all others."""
    rules = rules_for(tier, low, high)
    yield rules, expected(low, high)
    yield swapped(rules, 0, 1), expected(low, high, blue=False)
    if tier == "Admin":
        yield swapped(rules, 0, 5), expected(low, high)
        yield swapped(rules, 2, 6), expected(low, high, green_low=True)


@pytest.mark.parametrize("protocol", PORTS)
@pytest.mark.parametrize("tier", TIERS)
class TestOneProtocol:
    """CNPAdminTierEgressTCP, -UDP, -SCTP, CNPAdminTierIngressTCP, ... and the same of CNPBaselineTier."""

    def test_egress(self, school, version, tier, protocol):
        low, high = ([port] for port in PORTS[protocol])
        for rules, outcome in orders_of(tier, low, high):
            with school.under(Words(version, tier).policy(egress=rules), packets=False):
                school.holds(egress=outcome, ingress=dict.fromkeys(outcome, True), packets=False)

    def test_ingress(self, school, version, tier, protocol):
        low, high = ([port] for port in PORTS[protocol])
        for rules, outcome in orders_of(tier, low, high):
            with school.under(Words(version, tier).policy(ingress=rules)):
                school.holds(ingress=outcome, egress=dict.fromkeys(outcome, True),
                             outside=dict.fromkeys(low + high, True))


@pytest.mark.parametrize("tier", TIERS)
def test_gress(school, version, tier):
    """CNPAdminTierGress, CNPBaselineTierGress: both directions and all protocols in one policy."""
    low, high = ([ports[i] for ports in PORTS.values()] for i in range(2))
    for rules, outcome in orders_of(tier, low, high):
        with school.under(Words(version, tier).policy(ingress=rules, egress=rules)):
            school.holds(ingress=outcome, egress=outcome)


@pytest.mark.parametrize("tier", TIERS)
def test_port_ranges(school, version, tier):
    """Ranges include both of their ends."""
    with school.under(Words(version, tier).policy(
            ingress=[("Allow", [spaces("blue")], [(80, 8080)]), ("Deny", [spaces("blue")])],
            egress=[("Deny", [spaces("blue")], [(54, 5353), (9004, 9005)])])):
        school.holds(ingress={("blue", 80): True, ("blue", 8080): True, ("blue", 53): False},
                     egress={("blue", 53): True, ("blue", 5353): False, ("blue", 9003): True,
                             ("blue", 9005): False, ("blue", 80): True})


@pytest.mark.parametrize("tier", TIERS)
def test_egress_inline_cidr_peers(school, version, tier):
    """CNPAdminTierEgressInlineCIDRPeers, CNPBaselineTierEgressInlineCIDRPeers: networks mean pods too."""
    words = Words(version, tier)
    rules = [("Allow", [pods("green")]), ("Deny", [EVERYWHERE])]
    subject = pods(SUBJECT)
    blue, yellow = school.hosts["blue", 0], school.hosts["yellow", 0]
    with school.under(words.policy(subject=subject, egress=rules), packets=False):
        school.egress({("green", 80): True, ("blue", 80): False, ("yellow", 5353): False})
        assert school.explain([((SUBJECT, 0), a, 80) for a in ("203.0.113.9", blue.ipv6, school.node.ipv4)]) \
            == ["deny"] * 3
    blocks = [f"{blue.ipv4}/32", f"{blue.ipv6}/128", f"{yellow.ipv4}/32"]
    with school.under(words.policy(subject=subject, egress=[("Allow", [{"networks": blocks}]), *rules]),
                      packets=False):
        asked = [((SUBJECT, 0), address, 80) for address in
                 (blue.ipv4, blue.ipv6, yellow.ipv4, yellow.ipv6, school.hosts["blue", 1].ipv4)]
        assert school.explain(asked) == ["allow", "allow", "allow", "deny", "deny"]


def test_priority_field(school, version):
    """CNPAdminTierPriorityField: the smaller number is asked first, and a change of it takes effect."""
    admin, base = Words(version, "Admin"), Words(version, "Baseline")
    both = {"subject": pods(SUBJECT)}
    green = [pods("green")]

    def with_second_at(priority):
        return school.under(
            admin.policy("deny", 50, **both, ingress=[("Deny", green)], egress=[("Deny", green)]),
            admin.policy("pass", priority, **both, ingress=[("Pass", green)], egress=[("Pass", green)]),
            base.policy(**both, ingress=[("Allow", green)], egress=[("Allow", green)]))
    for priority, opens in ((60, False), (40, True)):
        with with_second_at(priority):
            school.holds(ingress={("green", 80): opens, ("green", 5353): opens, ("blue", 80): True},
                         egress={("green", 80): opens, ("green", 9003): opens, ("blue", 80): True})


def test_equal_priorities_are_asked_by_name_and_reported(school, version):
    words, green = Words(version, "Admin"), [spaces("green")]
    with school.under(words.policy("b", 5, ingress=[("Deny", green)]),
                      words.policy("a", 5, ingress=[("Allow", green)])):
        school.ingress({("green", 80): True})
        (found,) = state(school)["findings"]
        assert found["kind"] == "equalPriority" and found["subject"].endswith("admin-b"), found


def test_integration(school, version):
    """CNPAdminTierIntegration: Admin before the NetworkPolicy, Pass hands it over, and Baseline decides
    where no NetworkPolicy selects."""
    admin, base, green = Words(version, "Admin"), Words(version, "Baseline"), [spaces("green")]
    baseline = base.policy(ingress=[("Deny", green)], egress=[("Deny", green)])
    peer = [{"namespaceSelector": {"matchLabels": {"house": "green"}}}]
    allowing = objects.network_policy("allow", SUBJECT, None, [{"from": peer}], [{"to": peer}],
                                      ["Ingress", "Egress"])

    def stack(into, out, *more):
        return school.under(admin.policy(ingress=[(into, green)], egress=[(out, green)]), baseline, *more)
    with stack("Deny", "Deny", allowing):
        school.ingress({("green", 80): False, ("blue", 80): False})
        school.egress({("green", 80): False, ("blue", 80): False})
    with stack("Pass", "Deny", allowing):
        school.ingress({("green", 80): True, ("green", 5353): True, ("blue", 80): False})
        school.egress({("green", 80): False})
    with stack("Pass", "Pass", allowing):
        school.egress({("green", 80): True, ("blue", 80): False})
    with stack("Pass", "Pass"):
        school.ingress({("green", 80): False, ("blue", 80): True})
        school.egress({("green", 80): False, ("blue", 80): True})
    # Isolated for egress alone, the pod meets Baseline for ingress still.
    outward = objects.network_policy("out", SUBJECT, None, None, [{"to": peer}], ["Egress"])
    with stack("Pass", "Pass", outward):
        school.ingress({("green", 80): False, ("blue", 80): True})
        school.egress({("green", 80): True, ("blue", 80): False})


@pytest.mark.parametrize("tier", TIERS)
def test_named_ports(school, version, tier):
    """CNPAdminTierIngressNamedPort, CNPAdminTierEgressNamedPort: the container port of that name, with its
    own protocol."""
    for name, same, others in (("web", 80, (8080, 53)), ("dns", 53, (5353, 80)), ("sctp", 9003, (9005, 80))):
        rules = [("Allow", [spaces("yellow")], [name]), ("Deny", [spaces("yellow")])]
        outcome = {("yellow", same): True, **{("yellow", port): False for port in others}}
        with school.under(Words(version, tier).policy(ingress=rules)):
            school.ingress(outcome)
        with school.under(Words(version, tier).policy(egress=rules), packets=False):
            school.egress(outcome)


@pytest.mark.parametrize("tier", TIERS)
def test_egress_node_peers(school, version, tier):
    """CNPAdminTierEgressNodePeers: every address of the nodes that the selector means, whoever answers."""
    nodes = {"nodes": {"matchLabels": {"os": "linux"}}}
    rules = [("Allow", [nodes], [80]), ("Deny", [pods("green"), nodes])]
    host = objects.pod("agent", "blue", [school.node.ipv4], host_network=True)
    with school.under(Words(version, tier).policy(egress=rules), host, packets=False):
        red = (SUBJECT, 0)
        asked = [(red, school.node.ipv4, 80), (red, school.node.ipv4, 8080), (red, school.node.ipv6, 53),
                 (red, "blue/agent", 8080), (red, "192.0.2.2", 8080), (red, ("green", 0), 80)]
        assert school.explain(asked) == ["allow", "deny", "deny", "deny", "allow", "deny"]
    everyone = [("Deny", [{"nodes": {}}])]
    with school.under(Words(version, tier).policy(egress=everyone), packets=False):
        assert school.explain([((SUBJECT, 0), "192.0.2.2", 80)]) == ["deny"]


def state(school):
    nodewall = school.cluster.nodewall
    return nodewall.call("state", "--db", nodewall.db, "--node", nodewall.node, "-o", "json").json()


# ---- what SEMANTICS.md says besides --------------------------------------------------------------


def test_a_namespaces_default_deny_and_the_tiers(school, version):
    """An Admin Allow opens what the namespace denies, to the pods that it means and to nobody outside."""
    admin, base = Words(version, "Admin"), Words(version, "Baseline")
    denied = objects.network_policy("deny", SUBJECT)
    with school.under(denied, admin.policy(ingress=[("Allow", [spaces("blue")], [80])]),
                      base.policy(ingress=[("Allow", [spaces("yellow")])])):
        school.ingress({("blue", 80): True, ("blue", 8080): False, ("yellow", 80): False})
        school.outside([80], False)
        (red,) = [n for n in state(school)["namespaces"] if n["name"] == SUBJECT]
        assert red["ingress"] == {
            "defaultDeny": True, "policies": ["NetworkPolicy red/deny"], "policiesNotListed": 0,
            "above": [f"{admin.kind} admin-policy"],
            "below": [f"{base.kind} " + ("default" if version == "v1alpha1" else "baseline-policy")]}


def test_a_pod_that_dials_itself_through_a_service_is_judged(school, version):
    """NetworkPolicy admits it, the tiers may refuse it."""
    itself = (SUBJECT, 0)
    with school.under(objects.network_policy("deny", SUBJECT)):
        school.door(itself, 80, True)
    with school.under(Words(version, "Admin").policy(ingress=[("Deny", [spaces(SUBJECT)])])):
        school.door(itself, 80, False)
        assert school.explain([(itself, itself, 80)]) == ["allow"], "directly it never leaves the pod"


def test_a_pods_own_node_may_be_refused_to_it_and_never_the_pod_to_its_node(school, version):
    with school.under(Words(version, "Admin").policy(
            ingress=[("Deny", [{"namespaces": {}}])], egress=[("Deny", [EVERYWHERE])])):
        red = (SUBJECT, 0)
        assert school.explain([(red, school.node.ipv4, 80), (school.node.ipv4, red, 80)]) == ["deny", "allow"]
        school.door("node", 80, True)


ODD = {"domain names": {"domainNames": ["example.org"]}, "no field": {}, "unknown": {"fromTheFuture": {}},
       "release v0.1.1": {"namespaces": {"namespaceSelector": {}}}, "null": {"namespaces": None}}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_not_understood_fails_closed(school, version, odd):
    words, odd = Words(version, "Admin"), ODD[odd]
    with school.under(words.policy(ingress=[("Allow", [spaces("blue"), odd]), ("Deny", [spaces("blue")])])):
        school.ingress({("blue", 80): False, ("green", 80): True})
        assert "matches nothing" in state(school)["findings"][0]["text"]
    for action in ("Deny", "Pass"):
        with school.under(words.policy(ingress=[(action, [odd], [8080])])):
            school.ingress({("blue", 80): False, ("green", 8080): False})
            school.outside([80], False)
    odd_subject = words.policy(subject=odd, ingress=[("Deny", [{"namespaces": {}}])])
    with school.under(odd_subject):
        school.ingress({("blue", 80): True})
        (found,) = state(school)["findings"]
        assert found["kind"] == "notEnforced" and "selects no pod" in found["text"]


def test_a_staged_policy_enforces_nothing_and_tells_what_it_would_do(school, version):
    policy = Words(version, "Admin").policy(ingress=[("Deny", [{"namespaces": {}}])])
    with school.under(objects.staged(policy)):
        school.ingress({("blue", 80): True})
        nodewall = school.cluster.nodewall
        said = nodewall.explain("--from", "blue/blue-0", "--to", "red/red-0", "--port", "80")
        assert [s["why"] for s in said["steps"] if s["action"] == "staged"][0].startswith(
            "staged: ingress[0] would deny pod blue/blue-0")
        found = state(school)
        assert [p["staged"] for p in found["policies"]] == [True]
        doors = [d for d in found["frontDoors"] if d["class"] == "nodeport" and d["port"] == NODE_PORT[80]]
        assert [(d["state"], d["staged"]["state"]) for d in doors] == [("open", "shut")] * 2
        text = nodewall.call("state", "--db", nodewall.db, "--node", nodewall.node).stdout
        assert "staged policies would make it: shut but for" in text or \
            "staged policies would make it: shut" in text
        assert "staged, enforces nothing; would judge ingress" in text
    del policy["metadata"]["annotations"]
    with school.under(policy):
        school.ingress({("blue", 80): False})
