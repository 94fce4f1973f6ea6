"""Calico's policies as the specification speaks of them: plain values, in which None always means
"absent", and `odd` names something that nobody understands.

A selector is a tree of tuples: ("all",), ("global",), ("has", KEY), (OPERATOR, KEY, TEXT) with "==", "!=",
"contains", "starts with" or "ends with", ("in" or "not in", KEY, [TEXT]), ("!", TREE), ("&&" or "||", [TREE]),
and ("odd", TEXT), which is no selector.
"""
from dataclasses import dataclass, field

OFFERED, STORED = "projectcalico.org/v3", "crd.projectcalico.org/v1"


@dataclass
class Tier:
    name: str
    order: float = None
    at_end: str = None


@dataclass
class NetworkSet:
    """Without a namespace it is a GlobalNetworkSet."""
    namespace: str
    name: str
    labels: dict
    nets: list = None


@dataclass
class ServiceAccount:
    namespace: str
    name: str
    labels: dict


@dataclass
class Accounts:
    names: list = None
    selector: tuple = None


@dataclass
class Entity:
    """One end of a rule. `ports`: numbers, names, or (first, last)."""
    nets: list = None
    not_nets: list = None
    selector: tuple = None
    not_selector: tuple = None
    namespaces: tuple = None
    accounts: Accounts = None
    service: tuple = None  # (namespace or None, name)
    ports: list = None
    not_ports: list = None
    odd: str = None


@dataclass
class CalicoRule:
    """`protocol`: the name or number of one. `icmp`: the rule says something of ICMP's types."""
    action: str
    protocol: object = None
    not_protocol: object = None
    ip_version: int = None
    icmp: dict = None
    not_icmp: dict = None
    source: Entity = field(default_factory=Entity)
    destination: Entity = field(default_factory=Entity)
    odd: str = None


@dataclass
class CalicoPolicy:
    """Without a namespace it is a GlobalNetworkPolicy. `hosts`: "preDNAT" or "doNotTrack"."""
    namespace: str
    name: str
    tier: str = None
    order: float = None
    selector: tuple = None
    namespaces: tuple = None
    accounts: tuple = None
    types: list = None
    ingress: list = None
    egress: list = None
    hosts: str = None
    on_forward: bool = False
    staged: str = None  # "kind" or "annotation"

    @property
    def kind(self):
        return "NetworkPolicy" if self.namespace else "GlobalNetworkPolicy"


@dataclass
class Calico:
    """All of them in a cluster, of one API group."""
    group: str = OFFERED
    tiers: list = field(default_factory=list)
    policies: list = field(default_factory=list)
    sets: list = field(default_factory=list)
    accounts: list = field(default_factory=list)
