"""A tenant beside a random cluster who does anything that the API server accepts of a namespace's own
writer: Services with others' addresses, ports and labels, EndpointSlices with others' pods, policies.

What its kubelet writes is right: a pod's address is its own, and no other pod's.
"""
import copy
import random

from . import random_policy
from .abstract_cluster import ContainerPort, Endpoint, Namespace, Pod, Service, ServicePort, Slice, family
from .random_cluster import NODES, NUMBERS, OUTSIDE
from .random_questions import ALSO_LOCAL

NAMESPACE = "mallory"
IGNORED = ["service.kubernetes.io/service-proxy-name", "service.kubernetes.io/headless"]
OWN_NODE_PORTS = range(30090, 30100)  # the server gives a NodePort to one Service alone


def with_tenant(cluster, seed):
    """The same cluster, and the tenant in it."""
    return _Tenant(copy.deepcopy(cluster), random.Random(f"tenant {seed}")).make()


class _Tenant:
    def __init__(self, cluster, chance):
        self.cluster, self.chance = cluster, chance
        self._others = [a for p in cluster.pods if not p.host_network for a in p.addresses]
        self._node_ports = list(OWN_NODE_PORTS)
        self._places = list(_places(cluster))

    def likely(self, share):
        return self.chance.random() < share

    def make(self):
        cluster, chance = self.cluster, self.chance
        labels = random_policy.random_labels(chance, random_policy.NAMESPACE_LABELS)
        cluster.namespaces.append(Namespace(NAMESPACE, labels))
        cluster.pods += [self._pod(number) for number in range(chance.randint(1, 4))]
        cluster.policies += [random_policy.random_policy(chance, NAMESPACE, f"policy-{i}")
                             for i in range(chance.randint(0, 3))]
        for number in range(chance.randint(1, 4)):
            self._service(number)
        return cluster

    def _pod(self, number):
        on_host = self.likely(0.2)
        addresses = list(NODES["node-1"]) if on_host else [f"10.42.0.{200 + number}", f"fd42::c{number}"]
        return Pod(NAMESPACE, f"pod-{number}", f"tenant-{number}",
                   random_policy.random_labels(self.chance, random_policy.POD_LABELS), addresses, "node-1",
                   [ContainerPort("web", self.chance.choice(NUMBERS), "TCP")],
                   "Succeeded" if self.likely(0.2) else "Running", on_host)

    def _service(self, number):
        chance = self.chance
        kind = chance.choice(["ClusterIP", "ClusterIP", "NodePort"])
        address, protocol, port = chance.choice(self._places)
        node_port = self._node_ports.pop() if kind == "NodePort" else None
        made = Service(NAMESPACE, f"service-{number}", kind, None,
                       [ServicePort("", protocol, port, chance.choice(NUMBERS), node_port)],
                       cluster_ips=[f"10.96.0.{200 + number}", f"fd96::{200 + number}"],
                       external_ips=[address] if self.likely(0.9) else [], local=kind == "NodePort" and
                       self.likely(0.3), ignored=chance.choice([None, None, *IGNORED]))
        self.cluster.services.append(made)
        for index in range(chance.randint(0, 3) if self.cluster.slices is not None else 0):
            version = chance.choice([4, 6])
            ignored = made.ignored if self.likely(0.7) else chance.choice([None, *IGNORED])
            self.cluster.slices.append(Slice(
                NAMESPACE, f"{made.name}-{index}", made.name, f"IPv{version}",
                [self._endpoint(version) for _ in range(chance.randint(0, 3))],
                [("", chance.choice(NUMBERS), protocol)], ignored))

    def _endpoint(self, version):
        chance = self.chance
        mine = [p for p in self.cluster.pods if p.namespace == NAMESPACE]
        anywhere = [a for a in self._others + [a for p in mine for a in p.addresses] + OUTSIDE
                    if family(a) == version]
        names = [None, None, f"{NAMESPACE}/nobody"]
        where = chance.choice(anywhere)
        # Where nobody owns the address, how a named pod is judged there is its own question.
        if where in self._others:
            names += [chance.choice(mine).key, chance.choice(self.cluster.pods).key]
        return Endpoint(where, chance.choice(["node-1", "node-2"]), chance.choice(names))


def _places(cluster):
    """(address, protocol, port) at which others have doors."""
    local = NODES["node-1"] + ALSO_LOCAL
    for service in cluster.services:
        addresses = service.cluster_ips + service.external_ips + [b.address for b in service.balancers]
        for port in service.ports:
            yield from ((a, port.protocol, port.port) for a in addresses)
            if port.node_port:
                yield from ((a, port.protocol, port.node_port) for a in local)
    yield local[0], "TCP", 80  # where nobody has one
