"""A cluster from a seed: few names, labels, ports and networks, so that things meet and matter.

Whatever SEMANTICS.md gives a meaning to comes up sooner or later; what it leaves open does not.
`for_packets` leaves out what a network of one node and its pods cannot show.
"""
import random

from . import random_policy
from .abstract_cluster import (AbstractCluster, Balancer, ContainerPort, Endpoint, Namespace, Node, Pod,
                               Service, ServicePort, Slice, family)
from .endpoints import selected
from .policy_oracle import FINAL, seniority
from .random_calico import ACCOUNTS, random_calico
from .random_cluster_policy import NODE_LABELS, random_cluster_policies

# One is larger, so that there are doors of many backends. "a" with "b-pod-1" is spelt as "a-b" with "pod-1".
NAMESPACES = ["a", "a", "a", "a", "b", "a-b"]
NODES = {"node-1": ["192.0.2.1", "2001:db8:2::1"], "node-2": ["192.0.2.2", "2001:db8:2::2"]}
OUTSIDE = ["192.0.2.10", "192.0.2.77", "198.51.100.10", "203.0.113.99", "2001:db8:2::10",
           "2001:db8:2::77", "2001:db8:51::10"]
NUMBERS = [53, 8080, 8081, 9090]
NODE_PORTS = [30080, 30081, 30082]
HOST_PORTS = [30090, 30091]
ALSO_LOCAL = ["198.51.100.1", "2001:db8:51::1"]  # addresses of the node that its object does not tell
LONGEST = 253  # bytes of a name
LEAVING = {"app": "leaving"}
VITAL, ORDINARY = 22, 80  # ports of Services


def random_cluster(seed, for_packets=False):
    return _Maker(random.Random(seed), for_packets).make()


class _Maker:
    def __init__(self, chance, for_packets):
        self.chance, self.for_packets, self.cluster = chance, for_packets, AbstractCluster()
        self._doors = [(p, n) for n in NODE_PORTS for p in ("TCP", "UDP", "SCTP")
                       if p != "SCTP" or n == NODE_PORTS[0] and not for_packets]
        chance.shuffle(self._doors)
        self._host_ports = {(node, protocol, number) for node in NODES for protocol in ("TCP", "UDP")
                            for number in HOST_PORTS}

    def likely(self, share, in_packets_too=False):
        return self.chance.random() < share and (in_packets_too or not self.for_packets)

    def make(self):
        cluster, chance = self.cluster, self.chance
        cluster.nodes = [Node(name, list(addresses)) for name, addresses in NODES.items()]
        cluster.namespaces = [Namespace(name, random_policy.random_labels(
            chance, random_policy.NAMESPACE_LABELS), self.likely(0.7, True))
            for name in sorted(set(NAMESPACES))]
        for number in range(chance.randint(6, 7 if self.for_packets else 11)):
            cluster.pods.append(self._pod(number))
        self._reuse_addresses()
        self._host_doors()
        for _ in range(chance.randint(3, 8)):
            key = self._free_key("policy", cluster.policies)
            cluster.policies.append(random_policy.random_policy(chance, *key))
        cluster.slices = None if self.likely(0.2) else []
        for number in range(chance.randint(2, 4)):
            self._service(number)
        self._unite_doors()
        cluster.slices = cluster.slices or None
        self._tiers()
        return cluster

    def _tiers(self):
        """Last, so that a seed's other parts are what they are without."""
        cluster, chance = self.cluster, self.chance
        cluster.cluster_policies = random_cluster_policies(chance)
        cluster.calico = random_calico(chance, sorted(set(NAMESPACES)))
        for node in cluster.nodes:
            node.labels = random_policy.random_labels(chance, NODE_LABELS)
        for policy in cluster.policies:
            policy.staged = self.likely(0.03, True)

    def _free_key(self, kind, taken):
        """Names come again in other namespaces, never in the same."""
        names = [f"{before}{kind}-{i}" for before in ("", "b-") for i in range(3)]
        if kind != "service":  # those have 63 bytes
            names.append((kind + "-long" * 63)[:LONGEST - 1] + "x")
        keys = [(space, name) for space in NAMESPACES for name in names]
        return next(k for k in self.chance.sample(keys, len(keys))
                    if all((t.namespace, t.name) != k for t in taken))

    # ---- pods ---------------------------------------------------------------------------------

    def _pod(self, number):
        chance = self.chance
        node = "node-2" if self.likely(0.4) else "node-1"
        if node == "node-1":
            addresses = [f"10.42.0.{number + 2}", f"fd42::{number + 2:x}"]
        else:
            addresses = [f"10.42.1.{number + 2}", f"fd42:1::{number + 2:x}"]
        if self.likely(0.15):
            addresses = [chance.choice(addresses)]
        on_host = self.likely(0.07)
        if on_host or self.likely(0.05):
            addresses = list(NODES[node]) if on_host else []
        phase = chance.choice([*FINAL, "Pending"]) if self.likely(0.2) else "Running"
        return Pod(*self._free_key("pod", self.cluster.pods), f"uid-{number}",
                   random_policy.random_labels(chance, random_policy.POD_LABELS), addresses, node,
                   self._container_ports(), phase, on_host, self.likely(0.1, True), chance.randint(0, 3),
                   chance.choice(ACCOUNTS))

    def _host_doors(self):
        """hostPorts of pods whose addresses nobody else has: no two of one number on a node."""
        chance = self.chance
        for pod in self.cluster.pods:
            for port in pod.ports:
                free = sorted(d for d in self._host_ports if d[:2] == (pod.node, port.protocol))
                alone = not any(p is not pod and set(p.addresses) & set(pod.addresses) for p in self.cluster.pods)
                if not free or not alone or pod.host_network or port.where == "init" or \
                        port.where == "sidecar" and self.for_packets or not self.likely(0.15, True):
                    continue
                door = chance.choice(free)
                self._host_ports.remove(door)
                port.host_port = door[2]
                if self.likely(0.3, True):
                    port.host_ip = chance.choice([*NODES[pod.node], *ALSO_LOCAL])

    def _container_ports(self):
        """`web` has one number for a protocol, `multi` several; their numbers differ from pod to pod."""
        chance, made = self.chance, []
        for protocol in ("TCP", "UDP"):
            if self.likely(0.8, True):
                made.append(ContainerPort("web", chance.choice(NUMBERS), protocol))
        for number in chance.sample(NUMBERS, chance.randint(0, 3)):
            made.append(ContainerPort("multi", number, chance.choice(["TCP", "TCP", "UDP"])))
        if self.likely(0.3, True):
            made.append(ContainerPort(chance.choice(["side", ""]), chance.choice(NUMBERS), "TCP"))
        for port in made:
            port.where = chance.choices(["container", "sidecar", "init"], [3, 1, 1])[0]
        return made

    def _reuse_addresses(self):
        """The addresses of pods that completed, or that are about to go, belong to others again. No
        Service selects the one of two live pods that lost: whose policies count is left open."""
        for old in [p for p in self.cluster.pods if p.addresses and not p.host_network]:
            share = 0.7 if old.phase in FINAL else 0.5 if old.terminating else 0.03
            if not self.likely(share):
                continue
            new = self._pod(100 + len(self.cluster.pods))
            new.addresses, new.node, new.host_network = list(old.addresses), old.node, False
            new.phase = "Running"
            if old.phase not in FINAL:
                min(old, new, key=seniority).labels = dict(LEAVING)
            self.cluster.pods.append(new)

    # ---- services -----------------------------------------------------------------------------

    def _service(self, number):
        chance = self.chance
        kind = chance.choice(["ClusterIP", "NodePort", "NodePort", "LoadBalancer"])
        if self.likely(0.05):
            kind = "ExternalName"
        key = self._free_key("service", self.cluster.services)
        written = kind == "ExternalName" or self.likely(0.15)
        made = Service(*key, kind, None if written else self._labels_in(key[0]), self._ports(kind))
        made.headless = kind == "ClusterIP" and self.likely(0.15)
        if not made.headless and kind != "ExternalName":
            made.cluster_ips = [f"10.96.0.{number + 10}", f"fd96::{number + 10}"]
        if self.likely(0.5, True):
            mine = [f"203.0.113.7{number}", f"2001:db8:f::7{number}"]
            made.external_ips = chance.choice([mine, mine[:1], self._node_addresses()])
        if kind == "LoadBalancer":
            made.balancers = [Balancer(f"203.0.113.8{number}", "VIP"), Balancer(f"2001:db8:f::8{number}")]
            if self.likely(0.2):
                made.balancers[0].ip_mode = "Proxy"
        made.local = kind in ("NodePort", "LoadBalancer") and self.likely(0.3, True)
        self.cluster.services.append(made)
        if self.cluster.slices is not None and kind != "ExternalName" and not self.likely(0.05):
            self._slices(made)

    def _unite_doors(self):
        """A NodePort and an external address of the node, of two Services, with one number."""
        services = self.cluster.services
        for service in [s for s in services if s.external_ips == NODES["node-1"] and self.likely(0.6)]:
            port = service.ports[0]
            numbers = [p.node_port for s in services if s is not service for p in s.ports
                       if p.node_port and p.protocol == port.protocol]
            port.port = self.chance.choice(numbers or [port.port])

    def _labels_in(self, namespace):
        """A label that pods there have, most of the time."""
        there = [p.labels for p in self.cluster.pods if p.namespace == namespace and p.labels
                 and p.labels != LEAVING]
        labels = self.chance.choice(there) if there else {"app": "web"}
        key = self.chance.choice(list(labels))
        return {key: labels[key]}

    def _node_addresses(self):
        """The node's own, for one Service: of two with one address another rule chooses."""
        taken = any(s.external_ips == NODES["node-1"] for s in self.cluster.services)
        return [] if taken else list(NODES["node-1"])

    def _ports(self, kind):
        made = []
        for _ in range(1 if self.likely(0.6, True) else 2):
            protocol, node_port = self._doors.pop() if self._doors else ("TCP", None)
            port = self.chance.choice([VITAL, ORDINARY, ORDINARY])
            if any((p.port, p.protocol) == (port, protocol) for p in made):
                continue
            target = self.chance.choice([*NUMBERS, "web", "web", "web", None])
            given = kind == "NodePort" or kind == "LoadBalancer" and not self.likely(0.2)
            made.append(ServicePort("", protocol, port, target, node_port if given else None))
        for number, port in enumerate(made if len(made) > 1 or self.likely(0.3, True) else []):
            port.name = f"port-{number}"
        return made

    def _slices(self, service):
        """What the endpoint slice controller writes, or, without a selector, somebody: a slice for each
        family and each set of numbers that the ports have on a pod."""
        numbers = {}
        for port in service.ports:
            found = selected(self.cluster, service, port) if service.selector else self._written(service)
            for endpoint, number in found:
                numbers.setdefault(endpoint, []).append((port.name, number, port.protocol))
        by_ports = {}
        for endpoint, ports in numbers.items():
            by_ports.setdefault((family(endpoint.address), tuple(ports)), []).append(endpoint)
        families = [self.chance.choice([4, 6])] if self.likely(0.2) else [4, 6]
        for index, ((version, ports), endpoints) in enumerate(by_ports.items()):
            if version in families:
                self._slice(service, index, f"IPv{version}", endpoints, ports)
        if self.likely(0.1):
            ports = [(p.name, 8080, p.protocol) for p in service.ports]
            self._slice(service, "fqdn", "FQDN", [Endpoint("example.com", "node-1")], ports)

    def _slice(self, service, index, kind, endpoints, ports):
        self.cluster.slices.append(Slice(service.namespace, f"{service.name}-{index}", service.name, kind,
                                         endpoints, list(ports)))

    def _written(self, service):
        pods = [a for p in self.cluster.pods if not p.host_network for a in p.addresses]
        for where in self.chance.sample(pods + OUTSIDE, self.chance.randint(0, 4)):
            namespace = self.chance.choice(self.cluster.namespaces).name
            unknown = f"{namespace}/nobody" if self.likely(0.2) else None
            yield (Endpoint(where, self.chance.choice(["node-1", "node-2"]), unknown),
                   self.chance.choice(NUMBERS[:2]))
