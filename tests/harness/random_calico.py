"""Calico's policies by chance: its own tiers among the others, both kinds of policies, whatever a rule may
ask of its two ends, and now and then something that nobody understands."""
import ipaddress

from .abstract_calico import (OFFERED, STORED, Accounts, Calico, CalicoPolicy, CalicoRule, Entity, NetworkSet,
                              ServiceAccount, Tier)
from .random_policy import NAMED, NAMESPACE_LABELS, NETWORKS, POD_LABELS, PORTS, random_labels, written

TIERS = ["security", "audit", "kube-z", "last"]  # "kube-z" stands behind a tier of the same order
ORDERS = [10, 1000, 1000.5, 500_000, 1_000_000, 10_000_000, 20_000_000, None]
POLICY_ORDERS = [None, None, 5, 5, 10.5, 999, 1000, 1000, 1001, -3]
ACCOUNTS = ["builder", "default"]
ACCOUNT_LABELS = {"trust": ["high", "low"]}
SET_LABELS = {"role": ["front", "partner"], "zone": ["east"]}
LABELS = {**POD_LABELS, "role": ["front", "back", "partner"]}
ALREADY = "projectcalico.org/"
NETS = [*NETWORKS, "192.0.2.10", "10.42.0.3", "fd42::3", "2001:db8:2::10"]
ODD_ENDS = ["future", "net", "null net", "port", "range", "text", "service beside", "selector type"]
ODD_SELECTORS = ["app ==", "app == web", "has(app", "'web' == app", "app", "all(", "app = 'web'", "app in 'web'",
                 "(app == 'web'", "&& all()", "app == 'web' && ", "app in {'web' 'db'}"]
ODD_RULES = ["http", "future", "ip version", "protocol", "icmp alone"]


def random_calico(chance, namespaces):
    made = Calico(chance.choice([OFFERED, STORED]))
    if chance.random() < 0.35:  # a cluster without Calico
        return made
    made.tiers = [Tier(name, chance.choice(ORDERS), chance.choice([None, "Deny", "Pass", "Pass"]))
                  for name in chance.sample(TIERS, chance.choice([0, 1, 2, 3]))]
    if chance.random() < 0.3:
        made.tiers.append(Tier("default", 1_000_000, "Deny"))
    made.sets = _unique(_set(chance, number, namespaces) for number in range(chance.randint(0, 4)))
    if chance.random() < 0.7:
        made.accounts = [ServiceAccount(space, name, random_labels(chance, ACCOUNT_LABELS, 1))
                         for space in namespaces for name in ACCOUNTS]
    made.policies = _unique(random_calico_policy(chance, namespaces)
                            for _ in range(chance.choice([1, 2, 2, 3, 4])))
    return made


def _unique(things):
    made = {(type(t), t.namespace, t.name): t for t in things}
    return list(made.values())


def _set(chance, number, namespaces):
    nets = chance.choice([None, 0, 1, 2, 3])
    return NetworkSet(chance.choice([None, None, *namespaces]), f"set-{number}", random_labels(chance, SET_LABELS),
                      nets if nets is None else [_net(chance) for _ in range(nets)])


def random_calico_policy(chance, namespaces, name=None):
    made = CalicoPolicy(chance.choice([None, None, *namespaces]),
                        name or chance.choice(["first", "second", "third", "b-first", "default.fourth"]))
    made.tier = chance.choice([None, None, "default", "default", *TIERS[:2], *TIERS])
    made.order = chance.choice(POLICY_ORDERS)
    made.selector = _maybe(chance, 0.7, lambda: _pods(chance))
    if made.namespace is None:
        made.namespaces = _maybe(chance, 0.3, lambda: _spaces(chance))
    made.accounts = _maybe(chance, 0.1, lambda: _accounts_selector(chance))
    made.types = chance.choice([None, None, ["Ingress"], ["Ingress"], ["Egress"], ["Ingress", "Egress"]])
    made.ingress, made.egress = (_rules(chance, namespaces) for _ in range(2))
    if chance.random() < 0.04 and made.namespace is None:
        made.hosts = chance.choice(["preDNAT", "doNotTrack"])
    made.on_forward = made.hosts is not None or chance.random() < 0.03 and made.namespace is None
    made.staged = _maybe(chance, 0.07, lambda: chance.choice(["kind", "annotation"]))
    return made


def _maybe(chance, share, make):
    return make() if chance.random() < share else None


# ---- selectors ------------------------------------------------------------------------------------


def _pods(chance):
    added = {ALREADY + "namespace": ["a", "b"], ALREADY + "orchestrator": ["k8s", "cni"],
             ALREADY + "serviceaccount": ACCOUNTS} if chance.random() < 0.1 else {}
    return _selector(chance, {**LABELS, **added})


def _spaces(chance):
    if chance.random() < 0.12:
        return ("global",)
    keys = {ALREADY + "name": ["a", "b", "a-b"], "kubernetes.io/metadata.name": ["a", "b"]} \
        if chance.random() < 0.3 else NAMESPACE_LABELS
    made = _selector(chance, keys)
    return ("||", [("global",), made]) if chance.random() < 0.05 else made


def _accounts_selector(chance):
    keys = {ALREADY + "name": ACCOUNTS} if chance.random() < 0.2 else ACCOUNT_LABELS
    return _selector(chance, keys)


def _selector(chance, labels, depth=2):
    if chance.random() < 0.015:
        return ("odd", chance.choice(ODD_SELECTORS))
    if depth and chance.random() < 0.25:
        word = chance.choice(["&&", "||", "!"])
        if word == "!":
            return "!", _selector(chance, labels, depth - 1)
        return word, [_selector(chance, labels, depth - 1) for _ in range(2)]
    key = chance.choice(list(labels))
    text = chance.choice(labels[key])
    word = chance.choice(["all", "has", "==", "==", "==", "!=", "in", "not in", "contains", "starts with",
                          "ends with"])
    if word == "all":
        return ("all",)
    if word == "has":
        return "has", key
    if word in ("in", "not in"):
        return word, key, chance.sample(labels[key], chance.randint(0, len(labels[key])))
    at = chance.randint(1, len(text))
    parts = {"contains": text[at - 1:at + 1], "starts with": text[:at], "ends with": text[-at:]}
    return word, key, parts.get(word, text)


# ---- rules ----------------------------------------------------------------------------------------


def _rules(chance, namespaces):
    count = chance.choice([None, 0, 1, 1, 2, 3])
    return None if count is None else [_rule(chance, namespaces) for _ in range(count)]


def _rule(chance, namespaces):
    made = CalicoRule(chance.choice(["Allow", "Allow", "Deny", "Deny", "Pass", "Log"]))
    made.protocol = chance.choice([None, None, "TCP", "TCP", "TCP", "UDP", "SCTP", 6, 17, "ICMP", "UDPLite"])
    if chance.random() < 0.08:
        made.not_protocol = chance.choice(["TCP", "UDP", 6, 132, "ICMPv6"])
    made.ip_version = _maybe(chance, 0.1, lambda: chance.choice([4, 6]))
    if made.protocol == "ICMP" and chance.random() < 0.5:
        made.icmp = {"type": 8}
    if chance.random() < 0.75:
        made.source = _end(chance, namespaces)
    if chance.random() < 0.4:
        made.destination = _end(chance, namespaces)
    if chance.random() < 0.5:
        made.destination.ports = _ports(chance, made.protocol)
    if chance.random() < 0.12:
        made.destination.not_ports = _ports(chance, made.protocol)
    if chance.random() < 0.02:
        made.source.ports = [8080]
    if chance.random() < 0.03:
        made.odd = chance.choice(ODD_RULES)
    if chance.random() < 0.02:
        made.action = "Reject"
    if made.destination.service:  # which stands alone
        made.destination.ports = made.destination.not_ports = None
    return made


def _end(chance, namespaces):
    made = Entity()
    if chance.random() < 0.06:
        made.service = chance.choice([*namespaces, None]), f"service-{chance.randrange(3)}"
        return made
    made.nets = _maybe(chance, 0.4, lambda: [_net(chance) for _ in range(chance.choice([0, 1, 2, 3]))])
    made.not_nets = _maybe(chance, 0.15, lambda: [_net(chance) for _ in range(chance.choice([1, 2]))])
    made.selector = _maybe(chance, 0.4, lambda: _selector(chance, {**LABELS, **SET_LABELS}))
    made.not_selector = _maybe(chance, 0.15, lambda: _selector(chance, {**LABELS, **SET_LABELS}))
    made.namespaces = _maybe(chance, 0.2, lambda: _spaces(chance))
    if chance.random() < 0.1:
        names = chance.choice([None, ACCOUNTS[:1], ACCOUNTS])
        made.accounts = Accounts(names, _maybe(chance, 0.5, lambda: _accounts_selector(chance)))
    if chance.random() < 0.02:
        made.odd = chance.choice(ODD_ENDS)
    return made


def _ports(chance, protocol):
    """Numbers need a protocol, which is forgotten now and then."""
    numbers = protocol in ("TCP", "UDP", "SCTP", 6, 17) or chance.random() < 0.1
    made = []
    for _ in range(chance.choice([0, 1, 1, 2, 3])):
        if numbers and chance.random() < 0.7:
            first, last = sorted([chance.choice(PORTS), chance.choice(PORTS)])
            made.append(chance.choice([first, (first, last)]))
        else:
            made.append(chance.choice(NAMED))
    if numbers and chance.random() < 0.05:
        made += range(8000, 8020, 1)  # more than iptables' multiport takes
    return made


def _net(chance):
    net = chance.choice(NETS)
    return written(chance, ipaddress.ip_network(net)) if "/" in net else net
