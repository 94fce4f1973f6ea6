"""SEMANTICS.md, sections 1, 2 and 4, as plain functions: whom the policies of a cluster admit."""
import ipaddress
import math

from . import calico_oracle as calico
from . import cluster_policy_oracle as above

FINAL = ("Succeeded", "Failed")
LAST_NAME = "\U0010ffff"  # behind every name


class Invalid(Exception):
    """A selector that the API would not take."""


def seniority(pod):
    """Of two live pods with one address the greater one owns it."""
    return not pod.terminating, pod.started, pod.uid


class PolicyOracle:
    def __init__(self, cluster):
        self.cluster = cluster
        self._nodes = {n.name: n.addresses for n in cluster.nodes}
        self.namespaces = {n.name: {**n.labels, "kubernetes.io/metadata.name": n.name}
                           for n in cluster.namespaces}
        self._tiers = sorted([(-math.inf, "", "Pass"), (1_000, "kube-admin", "Pass"), (1_000_000, "default", "Deny"),
                              (10_000_000, "kube-baseline", "Allow"),
                              *((math.inf if t.order is None else t.order, t.name, t.at_end)
                                for t in cluster.calico.tiers if t.name != "default")])

    def owner(self, address):
        """The pod whose address it is: never one that completed or that lives in the host's network."""
        live = [p for p in self.cluster.pods if address in p.addresses and p.phase not in FINAL
                and not p.host_network]
        return max(live, key=seniority, default=None)

    def connection(self, source, target, protocol, port):
        """(admitted, why) of a connection that no front door is on the way of."""
        out, why_out = self.egress(source, target, protocol, port)
        into, why_in = self.ingress(source, target, protocol, port)
        return out and into, [f"egress {out}: {why_out}", f"ingress {into}: {why_in}"]

    def ingress(self, source, target, protocol, port, through_door=False):
        return self._judge("Ingress", target, source, target, protocol, port, through_door)

    def egress(self, source, target, protocol, port, through_door=False):
        return self._judge("Egress", source, target, target, protocol, port, through_door)

    def _judge(self, direction, own, peer, target, protocol, port, through_door):
        """`own`: the subject's address, `peer`: that at the other end. What a node sends to its own pods,
        and what never leaves a pod, nobody judges; a pod's way to its own node, or through a Service to
        itself, is for the tiers, and NetworkPolicies admit it."""
        subject = self.owner(own)
        if subject is None:
            return True, "no pod is subject"
        own_node, itself = peer in self._nodes[subject.node], self.owner(peer) is subject
        if own_node and direction == "Ingress":
            return True, f"{subject.key} and its own node"
        if itself and not through_door:
            return True, f"{subject.key} itself"
        asked = above.Asked(self, direction, subject, own, peer, self.owner(target), protocol, port)
        for _, name, at_end in self._tiers:
            decided = above.judge(asked, name) if name in above.TIERS else \
                self._walk(asked, name, at_end, own_node or itself)
            if decided is not None:
                return decided
        return True, f"no tier decides about {subject.key}"

    def _walk(self, asked, tier, at_end, own):
        """A tier of Calico's, or `default`, where the namespace's own policies stand as one, behind
        Calico's of the same order."""
        steps = [(place, lambda p=policy: calico.judge(asked, p))
                 for place, policy in calico.policies_of(asked, tier)]
        own_policies = [p for p in self.cluster.policies if tier == "default" and not p.staged and
                        self._selects(p, asked.subject, asked.direction)]
        if own_policies:
            steps.append(((calico.NAMESPACES_ORDER, LAST_NAME),
                          lambda: self._network_policies(asked, own_policies, own)))
        for _, step in sorted(steps, key=lambda s: s[0]):
            said = step()
            if said and said[0] == "pass":
                return None
            if said:
                return said[0] == "allow", said[1]
        if not steps or at_end == "Pass":
            return None
        names = ", ".join(p.name for p in own_policies) or f"the end of tier {tier}"
        return False, f"{asked.subject.key} is isolated by {names}"

    def _network_policies(self, asked, policies, own):
        if own:
            return "allow", f"{asked.subject.key} itself, or its own node"
        for policy in policies:
            rules = policy.ingress if asked.direction == "Ingress" else policy.egress
            for index, rule in enumerate(rules or []):
                if self._admits(rule, policy, asked.peer, asked.target, asked.protocol, asked.port):
                    return "allow", f"{policy.namespace}/{policy.name} rule {index}"
        return None

    def _selects(self, policy, pod, direction):
        types = policy.types or ["Ingress"] + (["Egress"] if policy.egress else [])
        try:
            return policy.namespace == pod.namespace and direction in types and \
                matches(policy.selector, pod.labels)
        except Invalid:
            return False

    # ---- rules --------------------------------------------------------------------------------

    def _admits(self, rule, policy, peer, target, protocol, port):
        try:
            matched = [self._is_peer(p, policy, peer) for p in rule.peers or []]
        except Invalid:
            return False
        return (not rule.peers or any(matched)) and \
            (not rule.ports or any(is_port(p, target, protocol, port) for p in rule.ports))

    def _is_peer(self, peer, policy, address):
        if peer.block:
            return in_block(peer.block, address)
        check(peer.pods)
        check(peer.namespaces)
        pod = self.owner(address)
        if pod is None:
            return False
        if peer.namespaces is None and pod.namespace != policy.namespace:
            return False
        if peer.namespaces and not matches(peer.namespaces, self.namespaces[pod.namespace]):
            return False
        return peer.pods is None or matches(peer.pods, pod.labels)


def in_block(block, address):
    """Host bits do not count, and IPv4 written as IPv6 is IPv4."""
    return _in(block.cidr, address) and not any(_in(e, address) for e in block.exceptions)


def _in(cidr, address):
    network = ipaddress.ip_network(cidr, strict=False)
    mapped = network.version == 6 and network.network_address.ipv4_mapped
    if mapped and network.prefixlen >= 96:
        network = ipaddress.ip_network(f"{mapped}/{network.prefixlen - 96}")
    asked = ipaddress.ip_address(address)
    return asked.version == network.version and asked in network


def is_port(entry, target, protocol, port):
    """`target`: the pod that is dialled, which a name is looked up on."""
    if (entry.protocol or "TCP") != protocol:
        return False
    if isinstance(entry.port, str):
        return target is not None and any(
            (p.name, p.protocol, p.number) == (entry.port, protocol, port) and p.where != "init"
            for p in target.ports)
    return entry.port is None or entry.port <= port <= (entry.end or entry.port)


def matches(selector, labels):
    check(selector)
    return all(labels.get(key) == value for key, value in selector.labels.items()) and \
        all(_holds(e, labels) for e in selector.expressions)


def _holds(expression, labels):
    value = labels.get(expression.key)
    return {"In": value in expression.values, "NotIn": value not in expression.values,
            "Exists": value is not None, "DoesNotExist": value is None}[expression.operator]


def check(selector):
    for e in selector.expressions if selector else []:
        if e.operator not in ("In", "NotIn", "Exists", "DoesNotExist") or \
                (e.operator in ("In", "NotIn")) != bool(e.values):
            raise Invalid
