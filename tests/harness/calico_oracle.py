"""SEMANTICS.md, section 4, and POLICY-APIS.md, section 5: what Calico's policies decide."""
import ipaddress
import math

from . import policy_oracle as plain
from .calico_selector import Malformed, check, holds, means_global

NUMBERS = {"TCP": 6, "UDP": 17, "SCTP": 132, "ICMP": 1, "ICMPv6": 58, "UDPLite": 136}
WITH_PORTS = [NUMBERS[name] for name in ("TCP", "UDP", "SCTP")]
NAMESPACES_ORDER = 1000  # of NetworkPolicies in tier `default`


class NotUnderstood(Exception):
    pass


def policies_of(asked, tier):
    """Those of a tier that apply, each behind its place in it."""
    return [(_place(p), p) for p in asked.oracle.cluster.calico.policies
            if (p.tier or "default") == tier and not p.staged and _applies(p, asked)]


def _place(policy):
    order = math.inf if policy.order is None else policy.order
    return order, policy.name, policy.namespace or "", policy.kind


def _applies(policy, asked):
    """It selects the subject and speaks of the direction."""
    if asked.direction not in _types(policy) or policy.hosts:
        return False
    if policy.namespace and policy.namespace != asked.subject.namespace:
        return False
    oracle = asked.oracle
    try:
        for selector in (policy.selector, policy.namespaces, policy.accounts):
            check(selector)
        return _is_meant(oracle, asked.subject, policy.selector, None if policy.namespace else policy.namespaces) \
            and (policy.accounts is None or _account_holds(oracle, asked.subject, policy.accounts))
    except (Malformed, NotUnderstood):
        return False


def _types(policy):
    if policy.types:
        return policy.types
    return [d for d, rules in (("Ingress", policy.ingress or not policy.egress), ("Egress", policy.egress))
            if rules]


def judge(asked, policy):
    """(action, which rule); None: it says nothing of the connection."""
    for index, rule in enumerate((policy.ingress if asked.direction == "Ingress" else policy.egress) or []):
        action = _acts(policy, rule, asked)
        if action:
            where = f"{policy.namespace}/{policy.name}" if policy.namespace else policy.name
            return action, f"Calico's {where} rule {index}"
    return None


def _acts(policy, rule, asked):
    try:
        _check(rule, asked)
        matched = _matches(policy, rule, asked)
    except (Malformed, NotUnderstood, plain.Invalid):
        return None if rule.action in ("Allow", "Log") else "deny"
    action = rule.action.lower()
    if rule.source.ports or rule.source.not_ports:  # which nobody can tell here
        action = None if action in ("allow", "log") else "deny"
    return action if matched and action != "log" else None


# ---- what is understood ---------------------------------------------------------------------------


def _check(rule, asked):
    """Throws where any part of the rule is not understood."""
    if rule.odd or rule.action not in ("Allow", "Deny", "Pass", "Log") or rule.ip_version not in (None, 4, 6):
        raise NotUnderstood
    protocol = _number(rule.protocol)
    _number(rule.not_protocol)
    if (rule.icmp or rule.not_icmp) and rule.protocol not in ("ICMP", "ICMPv6", 1, 58):
        raise NotUnderstood
    for end in (rule.source, rule.destination):
        if end.odd:
            raise NotUnderstood
        for port in (end.ports or []) + (end.not_ports or []):
            if not isinstance(port, str) and protocol not in WITH_PORTS:
                raise NotUnderstood
        for selector in (end.selector, end.not_selector, end.namespaces, end.accounts and end.accounts.selector):
            check(selector)
        if end.accounts and end.accounts.selector and not asked.oracle.cluster.calico.accounts:
            raise NotUnderstood


def _number(protocol):
    if protocol is None or isinstance(protocol, int):
        if protocol is not None and not 1 <= protocol <= 255:
            raise NotUnderstood
        return protocol
    if protocol not in NUMBERS:
        raise NotUnderstood
    return NUMBERS[protocol]


# ---- what a rule matches --------------------------------------------------------------------------


def _matches(policy, rule, asked):
    """All that it says holds of the connection, which is one of TCP, UDP or SCTP."""
    protocol = NUMBERS[asked.protocol]
    if rule.protocol is not None and _number(rule.protocol) != protocol or \
            rule.not_protocol is not None and _number(rule.not_protocol) == protocol:
        return False
    if rule.ip_version and rule.ip_version != ipaddress.ip_address(asked.peer).version:
        return False
    source, target = (asked.peer, asked.own) if asked.direction == "Ingress" else (asked.own, asked.peer)
    return _is_end(policy, rule.source, source, asked, False) and \
        _is_end(policy, rule.destination, target, asked, asked.direction == "Egress") and _is_port(rule, asked)


def _is_end(policy, end, address, asked, dialled):
    oracle = asked.oracle
    if end.nets and not any(in_net(net, address) for net in end.nets):
        return False
    if end.not_nets and any(in_net(net, address) for net in end.not_nets):
        return False
    if end.service and not _is_endpoint(policy, end.service, address, asked, dialled):
        return False
    accounts = end.accounts if end.accounts and (end.accounts.names or end.accounts.selector) else None
    selects = end.selector or end.namespaces or accounts
    if (selects or policy.namespace and end.not_selector) and not any(
            _is_selected(policy, end, thing, accounts, oracle) for thing in _things(oracle, address)):
        return False
    return not end.not_selector or not any(
        holds(end.not_selector, labels_of(thing)) for thing in _things(oracle, address))


def _things(oracle, address):
    """The pod and the network sets that have the address."""
    pod = oracle.owner(address)
    return ([pod] if pod else []) + [s for s in oracle.cluster.calico.sets
                                     if any(in_net(net, address) for net in s.nets or [])]


def _is_selected(policy, end, thing, accounts, oracle):
    """Everything that selects must hold of one thing."""
    if end.namespaces is None and policy.namespace and thing.namespace != policy.namespace:
        return False
    if not _is_meant(oracle, thing, end.selector, end.namespaces):
        return False
    if accounts is None:
        return True
    if not hasattr(thing, "service_account"):
        return False  # a network set has none
    return (not accounts.names or thing.service_account in accounts.names) and \
        (not accounts.selector or _account_holds(oracle, thing, accounts.selector))


def _is_meant(oracle, thing, selector, namespaces):
    if namespaces is not None:
        if thing.namespace is None:
            return means_global(namespaces) and (not selector or holds(selector, labels_of(thing)))
        known = oracle.namespaces.get(thing.namespace, {"kubernetes.io/metadata.name": thing.namespace})
        if not holds(namespaces, {**known, "projectcalico.org/name": thing.namespace}):
            return False
    return not selector or holds(selector, labels_of(thing))


def labels_of(thing):
    """As Calico's selectors see them."""
    labels = dict(thing.labels)
    if thing.namespace is not None:
        labels["projectcalico.org/namespace"] = thing.namespace
    if hasattr(thing, "service_account"):
        labels["projectcalico.org/orchestrator"] = "k8s"
        if thing.service_account:
            labels["projectcalico.org/serviceaccount"] = thing.service_account
    return labels


def _account_holds(oracle, pod, selector):
    known = oracle.cluster.calico.accounts
    if not known:
        raise NotUnderstood
    return any(a.namespace == pod.namespace and a.name == pod.service_account and
               holds(selector, {**a.labels, "projectcalico.org/name": a.name}) for a in known)


def _is_endpoint(policy, service, address, asked, dialled):
    """Of a Service that the subject dials the endpoints' own ports count too."""
    wanted = (service[0] or policy.namespace, service[1])
    there = [s for s in asked.oracle.cluster.slices or []
             if (s.namespace, s.service) == wanted and s.kind != "FQDN" and
             any(e.address == address for e in s.endpoints)]
    return any(not dialled or (number, protocol) == (asked.port, asked.protocol)
               for s in there for _, number, protocol in s.ports)


def in_net(net, address):
    return plain.in_block(_Whole(net), address)


class _Whole:
    exceptions = ()

    def __init__(self, cidr):
        self.cidr = cidr


def _is_port(rule, asked):
    end = rule.destination
    return (not end.ports or any(_is_one(p, asked) for p in end.ports)) and \
        not any(_is_one(p, asked) for p in end.not_ports or [])


def _is_one(port, asked):
    """A name is looked up on the pod that is dialled, for the connection's protocol."""
    if isinstance(port, str):
        return asked.target is not None and any(
            (p.name, p.protocol, p.number) == (port, asked.protocol, asked.port) and p.where != "init"
            for p in asked.target.ports)
    first, last = port if isinstance(port, tuple) else (port, port)
    return first <= asked.port <= last
