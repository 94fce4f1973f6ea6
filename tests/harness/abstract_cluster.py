"""A cluster as the specification speaks of it: plain values, no Kubernetes JSON.

The generator makes it, the oracle reads it, and only the renderer knows how the API writes it down. So
nothing that the program decodes wrongly can be decoded wrongly here too. None always means "absent".
"""
import ipaddress
from dataclasses import dataclass, field

from .abstract_calico import Calico


def address(text):
    return ipaddress.ip_address(text)


def family(text):
    return address(text).version


@dataclass
class Requirement:
    key: str
    operator: str
    values: list


@dataclass
class Selector:
    labels: dict
    expressions: list


@dataclass
class Block:
    cidr: str
    exceptions: list


@dataclass
class Peer:
    """One of: `block`, or `pods`, `namespaces` or both."""
    pods: Selector = None
    namespaces: Selector = None
    block: Block = None


@dataclass
class Port:
    """`port`: a number, a name, or absent."""
    protocol: str = None
    port: object = None
    end: int = None


@dataclass
class Rule:
    peers: list = None
    ports: list = None


@dataclass
class Policy:
    namespace: str
    name: str
    selector: Selector
    types: list = None
    ingress: list = None
    egress: list = None
    staged: bool = False


@dataclass
class ClusterPeer:
    """One of: `namespaces`, with `pods` or without; `networks`; `nodes`; or `odd`, the name of something
    that nobody understands."""
    namespaces: Selector = None
    pods: Selector = None
    networks: list = None
    nodes: Selector = None
    odd: str = None


@dataclass
class ClusterPort:
    """Numbers from `first` to `last`; or a `name`, of whatever protocol; or `odd`."""
    protocol: str = "TCP"
    first: int = None
    last: int = None
    name: str = None
    odd: str = None


@dataclass
class ClusterRule:
    """`action`: "allow", "deny", "pass", or another word, which nobody understands."""
    action: str
    peers: list
    ports: list = None
    odd: str = None  # a field more


@dataclass
class ClusterPolicy:
    """`kind`: "AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy". `subject`: a
    peer of namespaces or pods, or an odd one. `priority`: of a number, or what is none."""
    kind: str
    name: str
    tier: str  # "Admin" or "Baseline", or another word
    priority: object
    subject: ClusterPeer
    ingress: list = None
    egress: list = None
    staged: bool = False


@dataclass
class Namespace:
    name: str
    labels: dict
    labelled_by_name: bool = True  # the object itself has kubernetes.io/metadata.name


@dataclass
class Node:
    name: str
    addresses: list
    labels: dict = field(default_factory=dict)


@dataclass
class ContainerPort:
    """`where`: "container", "sidecar" (a restartable init container) or "init". `host_ip`: None for every
    address of the node."""
    name: str
    number: int
    protocol: str
    where: str = "container"
    host_port: int = None
    host_ip: str = None


@dataclass
class Pod:
    namespace: str
    name: str
    uid: str
    labels: dict
    addresses: list
    node: str
    ports: list = field(default_factory=list)
    phase: str = "Running"
    host_network: bool = False
    terminating: bool = False
    started: int = 0  # seconds after the first
    service_account: str = "default"

    @property
    def key(self):
        return f"{self.namespace}/{self.name}"


@dataclass
class ServicePort:
    name: str
    protocol: str
    port: int
    target: object
    node_port: int = None


@dataclass
class Balancer:
    address: str
    ip_mode: str = None


@dataclass
class Service:
    namespace: str
    name: str
    kind: str
    selector: dict
    ports: list
    headless: bool = False
    cluster_ips: list = field(default_factory=list)
    external_ips: list = field(default_factory=list)
    balancers: list = field(default_factory=list)
    local: bool = False  # externalTrafficPolicy
    ignored: str = None  # the label by which kube-proxy passes over it


@dataclass(frozen=True)
class Endpoint:
    """`pod`: namespace/name of its targetRef."""
    address: str
    node: str
    pod: str = None


@dataclass
class Slice:
    """`ports`: (name, number, protocol) each."""
    namespace: str
    name: str
    service: str
    kind: str  # IPv4, IPv6 or FQDN
    endpoints: list
    ports: list
    ignored: str = None  # the label by which kube-proxy passes over it


@dataclass
class AbstractCluster:
    """`slices` absent: the log has none at all."""
    nodes: list = field(default_factory=list)
    namespaces: list = field(default_factory=list)
    pods: list = field(default_factory=list)
    policies: list = field(default_factory=list)
    cluster_policies: list = field(default_factory=list)
    calico: Calico = field(default_factory=Calico)
    services: list = field(default_factory=list)
    slices: list = None
    this_node: str = "node-1"


@dataclass(frozen=True)
class Question:
    """Who dials whom, as `explain` is asked: `source` an address or namespace/pod; `target` those or
    "nodeport" or "nodeport:ADDRESS" of this node."""
    source: str
    target: str
    protocol: str
    port: int
    backend: str = None  # only the connection that ends at this backend of the door
