"""Costs belong to whoever causes them (SEMANTICS section 6): what exceeds the budget of an object or of a
namespace refuses as a whole, is named, and costs others nothing. Rules, explain and the kernel agree."""
import random

import pytest

from harness import objects
from harness.namespaces import Namespace
from harness.nodewall import Nodewall
from harness.ruleset import Packet, kernel_ruleset

OUTSIDE, FRIEND, NODE = "203.0.113.7", "198.51.100.1", "192.0.2.1"
VICTIM, ATTACKER = 30051, 30052
ADDRESSES, PORTS = 1025, 1030


def address(number):
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def tenant(name, pod, node_port):
    return [objects.namespace(name), objects.pod("pod", name, [pod], {"app": "web"}),
            objects.service("site", name, {"app": "web"}, [objects.service_port(80, 8080, node_port)], families=(4,)),
            objects.endpoint_slice("site-1", name, "site", 4, [(pod, "node-1", "pod")], [("", 8080, "TCP")])]


def admit(namespace, *blocks, name="admit"):
    return objects.network_policy(name, namespace, ingress=[{"from": [{"ipBlock": b} for b in blocks]}])


def cluster():
    return [objects.node("node-1", [NODE]), *tenant("victim", "10.42.0.1", VICTIM),
            admit("victim", {"cidr": f"{FRIEND}/32"}), *tenant("attacker", "10.42.0.2", ATTACKER)]


def million_doors():
    """A Service of 85 KB that leads to the victim's pod, on addresses of its own and one of the node's."""
    made = objects.service("many", "attacker", None, [
        {"name": f"p{i}", "port": 1000 + i, "targetPort": 8080, "protocol": "TCP"} for i in range(PORTS)],
        kind="ClusterIP", cluster_ips=["10.96.0.9"], families=(4,))
    made["spec"]["externalIPs"] = [NODE] + [f"100.64.{i // 100}.{i % 100 * 2}" for i in range(ADDRESSES - 1)]
    return [made, objects.endpoint_slice("many-1", "attacker", "many", 4, [("10.42.0.1", "node-1", "pod")],
                                         [(f"p{i}", 8080, "TCP") for i in range(PORTS)])]


@pytest.fixture
def node(tmp_path):
    namespace = Namespace("budgets")
    try:
        made = Nodewall(tmp_path / "nodewall.db", namespace=namespace)
        made.import_objects(cluster())
        yield made
    finally:
        namespace.close()


def agree(node, source, target, port):
    """What rules and explain say of one connection, which is the same."""
    passes = node.rules_pass(source, target, port)
    to = ["--to", f"nodeport:TCP/{port}"] if target == "node" else ["--to", target, "--port", port]
    assert node.explain("--from", source, *to)["verdict"] == ("allow" if passes else "deny"), (source, target, port)
    return passes


def victim_stands(node):
    assert agree(node, FRIEND, "node", VICTIM)
    assert not agree(node, OUTSIDE, "node", VICTIM)


def named(node, kind):
    findings = node.call("state", "--db", node.db, "--node", node.node, "-o", "json").json()["findings"]
    return [f["text"] for f in findings if f["kind"] == kind]


def test_a_service_of_a_million_doors_refuses_at_all_of_them(node):
    node.import_objects(million_doors())
    (text,) = named(node, "overBudget")
    assert text.startswith("refuses everyone: it has 1056780 front doors")
    for door in (("100.64.0.0", 1000), ("100.64.10.46", 1000 + PORTS - 1), (NODE, 1500), ("10.96.0.9", 1000)):
        assert not node.rules_pass(OUTSIDE, *door), door
        assert not node.rules_pass(FRIEND, *door), door
    assert node.rules_pass(OUTSIDE, "100.64.0.1", 1000), "nobody's address"
    assert node.rules_pass(OUTSIDE, "100.64.0.0", 999), "nobody's port"
    victim_stands(node)
    node.apply()
    node.check_all()
    kernel = kernel_ruleset(node.namespace)
    assert not kernel.passes(Packet("eth0", OUTSIDE, "100.64.0.0", "TCP", 1000, to_host=False))
    assert kernel.passes(Packet("eth0", OUTSIDE, "100.64.0.1", "TCP", 1000, to_host=False))
    assert kernel.passes(Packet("eth0", FRIEND, NODE, "TCP", VICTIM, to_host=True))
    assert not kernel.passes(Packet("eth0", OUTSIDE, NODE, "TCP", VICTIM, to_host=True))


def test_a_policy_over_its_budget_refuses_and_is_named(node):
    chance = random.Random(10)
    without = [f"{address(chance.getrandbits(32))}/32" for _ in range(20_000)]
    node.import_objects([admit("attacker", {"cidr": "0.0.0.0/0", "except": without})])
    (text,) = named(node, "overBudget")
    assert text.startswith("refuses everyone: it has ") and "blocks of addresses" in text and "budget of 131072" in text
    assert not agree(node, OUTSIDE, "node", ATTACKER)
    victim_stands(node)


def test_thousands_of_exceptions_are_within_it(node):
    without = [f"203.0.{i // 128}.{i % 128 * 2}/32" for i in range(8_000)]
    node.import_objects([admit("attacker", {"cidr": "203.0.0.0/16", "except": without})])
    assert not named(node, "overBudget")
    assert agree(node, "203.0.0.1", "node", ATTACKER)
    assert not agree(node, "203.0.0.2", "node", ATTACKER)


def test_policies_over_their_namespaces_budget_refuse_and_leave_others_alone(node):
    def wide(name):
        return objects.network_policy(name, "attacker", ingress=[{"from": [
            {"namespaceSelector": {"matchExpressions": [{"key": f"{name}-{i}", "operator": "DoesNotExist"}]}}
            for i in range(200)]}])
    node.import_objects([wide("a"), wide("b")])
    assert not named(node, "overBudget")
    node.import_objects([wide("c")])
    (text,) = named(node, "overBudget")
    assert "of namespace attacker" in text
    assert agree(node, "10.42.0.1", "node", ATTACKER), "the first two admit every pod"
    victim_stands(node)
