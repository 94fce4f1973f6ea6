"""Policies above and below the namespaces' own, by chance: every kind, every peer and port, equal
priorities, and now and then something that nobody understands."""
import ipaddress

from .abstract_cluster import ClusterPeer, ClusterPolicy, ClusterPort, ClusterRule
from .random_policy import (NAMED, NAMES, NAMESPACE_LABELS, NETWORKS, POD_LABELS, PORTS, written,
                            random_selector)

KINDS = ["AdminNetworkPolicy", "ClusterNetworkPolicy", "ClusterNetworkPolicy", "BaselineAdminNetworkPolicy"]
NODE_LABELS = {"role": ["worker", "control-plane"], "zone": ["east"]}
PRIORITIES = [0, 5, 5, 5, 10, 1000]
ODD_PEERS = ["none", "null", "both", "future", "old namespaces", "old pods", "domain names", "text"]
ODD_PORTS = ["none", "null", "both", "future", "zero", "upside down", "number"]
ODD_SUBJECTS = ["none", "null", "both", "future", "absent"]


def random_cluster_policies(chance):
    """Mostly few, and often none; the one BaselineAdminNetworkPolicy that there can be, or another."""
    made = [random_cluster_policy(chance, f"cluster-{i}") for i in range(chance.choice([0, 1, 2, 3, 4]))]
    names = [(p.kind, p.name) for p in made]
    return [p for i, p in enumerate(made) if (p.kind, p.name) not in names[:i]]


def random_cluster_policy(chance, name):
    kind = chance.choice(KINDS)
    if kind == "BaselineAdminNetworkPolicy" and chance.random() < 0.9:
        name = "default"
    tier = chance.choice(["Admin", "Baseline"]) if kind == "ClusterNetworkPolicy" else \
        "Baseline" if kind == "BaselineAdminNetworkPolicy" else "Admin"
    priority = chance.choice(PRIORITIES)
    if chance.random() < 0.03 and kind != "BaselineAdminNetworkPolicy":
        priority = chance.choice([-1, 1001, "5", None])
    elif chance.random() < 0.04 and kind == "ClusterNetworkPolicy":
        tier = "Default"
    made = ClusterPolicy(kind, name, tier, priority, _pods(chance))
    if chance.random() < 0.04:
        made.subject = ClusterPeer(odd=chance.choice(ODD_SUBJECTS))
    made.ingress, made.egress = (_rules(chance, egress) for egress in (False, True))
    made.staged = chance.random() < 0.05
    return made


def _rules(chance, egress):
    count = chance.choice([None, 0, 1, 1, 2, 3])
    return None if count is None else [_rule(chance, egress) for _ in range(count)]


def _rule(chance, egress):
    made = ClusterRule(chance.choice(["allow", "deny", "pass"]),
                       [_peer(chance, egress) for _ in range(chance.choice([1, 1, 2]))])
    if chance.random() < 0.4:
        named = all(p.networks is None and p.nodes is None for p in made.peers)
        made.ports = [_port(chance, named) for _ in range(chance.choice([1, 2]))]
    if chance.random() < 0.04:
        made.action = "log"
    if chance.random() < 0.04:
        made.odd = "future"
    if chance.random() < 0.02:
        made.peers = [ClusterPeer(odd="none")]
    return made


def _peer(chance, egress):
    if chance.random() < 0.04:
        return ClusterPeer(odd=chance.choice(ODD_PEERS))
    if egress and chance.random() < 0.3:
        return ClusterPeer(networks=[written(chance, ipaddress.ip_network(n))
                                     for n in chance.sample(NETWORKS, chance.choice([1, 1, 2]))])
    if egress and chance.random() < 0.2:
        return ClusterPeer(nodes=random_selector(chance, NODE_LABELS))
    return _pods(chance)


def _pods(chance):
    spaces = NAMES if chance.random() < 0.2 else NAMESPACE_LABELS
    pods = random_selector(chance, POD_LABELS) if chance.random() < 0.5 else None
    return ClusterPeer(random_selector(chance, spaces), pods)


def _port(chance, named):
    if chance.random() < 0.04:
        return ClusterPort(odd=chance.choice(ODD_PORTS))
    if named and chance.random() < 0.3:
        return ClusterPort(name=chance.choice(NAMED))
    first, last = sorted([chance.choice([*PORTS, 80]), chance.choice([*PORTS, 80])])
    return ClusterPort(chance.choice(["TCP", "TCP", "UDP", "SCTP"]), first,
                       chance.choice([first, first, last]))
