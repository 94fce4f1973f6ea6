"""A random cluster as a real one: its pods are network namespaces of the node, each answering with its
key on every port that a Service may lead to, and kube-proxy's DNAT follows its Services."""
from concurrent.futures import ThreadPoolExecutor

from .abstract_cluster import family
from .oracle import DENY
from .probes import DROPPED, OPEN_SECONDS, SHUT_SECONDS, Probe
from .random_cluster import NUMBERS, ORDINARY, VITAL
from .render import render

NORTH = ["192.0.2.10", "192.0.2.77", "2001:db8:2::10", "2001:db8:2::77"]
SOUTH = ["198.51.100.10", "2001:db8:51::10"]
AT_ONCE = 16


class RandomNetwork:
    """Lays `abstract` over the empty `cluster` and enforces it."""

    def __init__(self, cluster, abstract, oracle, seed):
        self.cluster, self.abstract, self.oracle = cluster, abstract, oracle
        network = cluster.network
        for address in NORTH[1::2]:
            network.add_client_address(network.north, address)
        # The node dials a Service's address only if it has a route to it, whatever DNAT does then.
        network.node.namespace.ip("route", "add", "default", "via", NORTH[0])
        network.node.namespace.ip("-6", "route", "add", "default", "via", NORTH[2])
        self._clients = {a: network.north.namespace for a in NORTH}
        self._clients.update({a: network.south.namespace for a in SOUTH})
        self._clients.update({a: network.node.namespace for a in oracle.nodes[abstract.this_node]})
        for pod in abstract.pods:
            self._add(pod)
        for thing in render(abstract, seed):
            cluster.put(thing)
        cluster.apply(backends=self._backends)

    def _add(self, pod):
        host = self.cluster.network.add_pod()
        assert pod.addresses == [host.ipv4, host.ipv6], "the generator counts as the network does"
        self._clients.update({a: host.namespace for a in pod.addresses})
        for protocol in ("TCP", "UDP"):
            for number in [*NUMBERS, ORDINARY, VITAL]:
                self.cluster.servers.add(host.namespace, pod.key, protocol, number)

    def _backends(self, service, port, version):
        """(address, number, node) of the endpoints of one port, as kube-proxy asks."""
        meta = service["metadata"]
        for s in self.abstract.services:
            for p in s.ports if (s.namespace, s.name) == (meta["namespace"], meta["name"]) else ():
                if (p.port, p.protocol) == (port["port"], port["protocol"]):
                    return sorted((b.address, b.number, b.node) for b in
                                  self.oracle.backends(("clusterip", s, p), NORTH[0 if version == 4 else 2]))
        raise AssertionError(f"no such port: {meta} {port}")

    def can_be_seen(self, asked):
        """Somebody dials, something stands behind the door, and the answer finds its way back: a pod
        that reaches itself needs masquerade, which Local goes without."""
        backends = {b.address for d in self.oracle.doors(asked)
                    for b in self.oracle.backends(d, asked.source)}
        itself = asked.source in backends and any(
            kind == "hostport" or kind != "clusterip" and service.local
            for kind, service, _ in self.oracle.doors(asked))
        return asked.source in self._clients and backends and not itself

    def probe(self, asked_and_answers):
        """What came back, for each."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(lambda pair: self._probe(*pair), asked_and_answers))

    def _probe(self, asked, answer):
        address = asked.target.removeprefix("nodeport").removeprefix(":") or next(
            a for a in self.oracle.nodes[self.abstract.this_node] if family(a) == family(asked.source))
        seconds = SHUT_SECONDS if answer.gate == DENY else OPEN_SECONDS
        probe = Probe(self.cluster.servers, self._clients[asked.source], asked.source)
        return probe.ask(asked.protocol, address, asked.port, seconds)

    def expected(self, asked, answer):
        """Who may answer: with a door that is shut, nobody."""
        if answer.gate == DENY:
            return {DROPPED}
        keys = {a: p.key for p in self.abstract.pods for a in p.addresses}
        return {keys[b.address] for d in self.oracle.doors(asked)
                for b in self.oracle.backends(d, asked.source)}
