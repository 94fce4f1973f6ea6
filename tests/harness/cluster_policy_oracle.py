"""SEMANTICS.md, section 4: what the cluster-wide policies above and below the namespaces' own decide."""
from dataclasses import dataclass

from . import policy_oracle as plain

TIERS = {"": "", "kube-admin": "Admin", "kube-baseline": "Baseline"}
STREAMS = ["AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy"]


@dataclass
class Asked:
    """One end of a connection: a pod and its address `own`. `peer`: the address of the other; `target`: the
    pod that is dialled."""
    oracle: object
    direction: str
    subject: object
    own: str
    peer: str
    target: object
    protocol: str
    port: int


def judge(asked, name):
    """(admitted, why), or None: the tier decides nothing, or passes on. The Baseline tier admits at its end
    whom one of its policies speaks of."""
    tier = TIERS[name]
    there = [p for p in asked.oracle.cluster.cluster_policies
             if place(p)[0] == tier and not p.staged and _selects(p, asked)]
    for policy in sorted(there, key=lambda p: (place(p)[1], p.name, STREAMS.index(p.kind))):
        for index, rule in enumerate(_rules(policy, asked)):
            action = _acts(policy, rule, asked)
            if action == "pass":
                return None
            if action:
                return action == "allow", f"{policy.kind} {policy.name} rule {index}"
    if tier == "Baseline" and any(_rules(p, asked) for p in there):
        return True, "the end of the Baseline tier"
    return None


def _rules(policy, asked):
    return (policy.ingress if asked.direction == "Ingress" else policy.egress) or []


def place(policy):
    """(tier, priority): what is not understood stands in a tier of its own, before all others."""
    if not _is_placed(policy):
        return "", 0
    return policy.tier, 0 if policy.kind == "BaselineAdminNetworkPolicy" else policy.priority


def _is_placed(policy):
    return policy.tier in ("Admin", "Baseline") and isinstance(policy.priority, int) and \
        0 <= policy.priority <= 1000


def _selects(policy, asked):
    if policy.kind == "BaselineAdminNetworkPolicy" and policy.name != "default":
        return False
    try:
        return not policy.subject.odd and _is_pod(policy.subject, asked.subject, asked.oracle)
    except plain.Invalid:
        return False


def _acts(policy, rule, asked):
    """What the rule does with the connection; None: it says nothing of it."""
    try:
        understood = rule.action in ("allow", "deny", "pass") and not rule.odd and \
            (rule.action != "pass" or policy.kind != "BaselineAdminNetworkPolicy")
        matched = [_is_peer(p, asked) for p in rule.peers]
        on_port = [_is_port(p, asked) for p in rule.ports or []]
        understood = understood and (rule.action == "deny" or _is_placed(policy))
    except plain.Invalid:
        understood = False
    if not understood:
        return None if rule.action == "allow" else "deny"
    return rule.action if any(matched) and (rule.ports is None or any(on_port)) else None


def _is_peer(peer, asked):
    if peer.odd:
        raise plain.Invalid
    if peer.networks is not None:
        return any([plain.in_block(_Whole(n), asked.peer) for n in peer.networks])
    if peer.nodes is not None:
        plain.check(peer.nodes)
        return any([asked.peer in n.addresses and plain.matches(peer.nodes, n.labels)
                    for n in asked.oracle.cluster.nodes])
    return _is_pod(peer, asked.oracle.owner(asked.peer), asked.oracle)


@dataclass
class _Whole:
    """A network without exceptions, as an ipBlock."""
    cidr: str
    exceptions: tuple = ()


def _is_pod(peer, pod, oracle):
    plain.check(peer.namespaces)
    plain.check(peer.pods)
    return pod is not None and plain.matches(peer.namespaces, oracle.namespaces[pod.namespace]) and \
        (peer.pods is None or plain.matches(peer.pods, pod.labels))


def _is_port(port, asked):
    if port.odd:
        raise plain.Invalid
    if port.name:
        return asked.target is not None and any(
            (p.name, p.protocol, p.number) == (port.name, asked.protocol, asked.port) and p.where != "init"
            for p in asked.target.ports)
    return port.protocol == asked.protocol and port.first <= asked.port <= port.last
