"""The verdict on one connection, read straight from SEMANTICS.md, sections 1 to 4.

Written from the specification alone, without a look at the program: a third voice, small and slow. Each
answer says why. What the specification leaves open is None: nobody is held to it.
"""
from dataclasses import dataclass, field, replace

from .abstract_cluster import family
from .endpoints import selected
from .policy_oracle import FINAL, PolicyOracle

ALLOW, DENY, MIXED, UNKNOWN = "allow", "deny", "mixed", "unknown"
VITAL_PORTS = (22, 179, 2379, 2380, 6443, 10250)


@dataclass
class Answer:
    """`backends`: {(address, verdict)} of a front door's. `gate`: what the door on this node does; None
    where no door is dialled. `left_open`: nobody is held to any of it."""
    verdict: str
    backends: set = field(default_factory=set)
    gate: str = None
    why: list = field(default_factory=list)
    left_open: bool = False


@dataclass(frozen=True)
class Backend:
    address: str
    number: int
    node: str
    unknown: bool  # its targetRef names a pod that is not there, or another than the address's owner
    namespace: str  # of its pod, or of the pod that it is said to be; else the Service's
    nobodys: bool = False  # no live pod owns the address
    foreign: bool = False  # of another namespace than the Service's


class Oracle:
    def __init__(self, cluster):
        self.cluster, self.policies = cluster, PolicyOracle(cluster)
        self.nodes = {n.name: n.addresses for n in cluster.nodes}
        self._here = self.nodes[cluster.this_node]

    def by_address(self, asked):
        """The question with addresses for names: of two pods' the first of one family. None: there are
        none, as for a pod that has completed, or that has no address yet."""
        pairs = [(source, target) for source in self._addresses(asked.source)
                 for target in self._addresses(asked.target)
                 if target == "nodeport" or family(source) == family(target.removeprefix("nodeport:"))]
        return replace(asked, source=pairs[0][0], target=pairs[0][1]) if pairs else None

    def _addresses(self, party):
        named = [p for p in self.cluster.pods if p.key == party]
        return [a for p in named for a in p.addresses if p.phase not in FINAL] if named else [party]

    def ask(self, asked):
        asked = self.by_address(asked)
        if asked is None:
            return Answer(UNKNOWN, why=["no addresses, or none of one family"])
        doors = self.doors(asked)
        if doors:
            return self._through(asked, doors)
        allowed, why = self.policies.connection(asked.source, asked.target, asked.protocol, asked.port)
        return Answer(ALLOW if allowed else DENY, why=why)

    # ---- front doors --------------------------------------------------------------------------

    def doors(self, asked):
        """(kind, service, port) of each front door that is dialled: "nodeport", "external", "clusterip", or
        "hostport" with a pod for a Service. More than one is one door; whom the cluster, or else a load
        balancer, gave the address has it alone."""
        found = self.claims(asked)
        ranks = [self._rank(kind, service, asked.target) for kind, service, _ in found]
        return [door for door, rank in zip(found, ranks) if rank == max(ranks)]

    def claims(self, asked):
        """Those that have the door, and those that would like to."""
        at_node = asked.target.startswith("nodeport")
        address = asked.target.partition(":")[2] if at_node else asked.target
        local = at_node or address in self._here
        found = [(kind, service, port) for service in self.cluster.services
                 if not service.headless and service.kind != "ExternalName" and not service.ignored
                 for port in service.ports if port.protocol == asked.protocol
                 for kind in self._kinds(service, port, address, local, asked.port)]
        return found + [("hostport", pod, port) for pod in self.cluster.pods if local and self._is_here(pod)
                        for port in pod.ports
                        if (port.protocol, port.host_port) == (asked.protocol, asked.port) and
                        port.host_ip in (None, address)]

    def _is_here(self, pod):
        return pod.node == self.cluster.this_node and pod.addresses and not pod.host_network and \
            pod.phase not in FINAL

    @staticmethod
    def _rank(kind, service, target):
        address = target.partition(":")[2] if target.startswith("nodeport") else target
        if kind == "external":
            return int(any(b.address == address and b.ip_mode != "Proxy" for b in service.balancers))
        return 2 if kind == "clusterip" else 0

    @staticmethod
    def _kinds(service, port, address, local, number):
        served = [b.address for b in service.balancers if b.ip_mode != "Proxy"]
        if local and service.kind in ("NodePort", "LoadBalancer") and port.node_port == number:
            yield "nodeport"
        if port.port == number and address in service.external_ips + served:
            yield "external"
        if port.port == number and address in service.cluster_ips:
            yield "clusterip"

    def backends(self, door, source, owners=frozenset()):
        """Those of the source's family that judge a connection from there. `owners`: the namespaces of the
        pods behind the doors that are one with this; beside those of another than the Service's, what
        nobody owns does not count. clusterIPs are no external traffic: externalTrafficPolicy does not
        speak of them. Where Local leaves an outsider none at all (kube-proxy sends it nowhere), all judge:
        the door stays shut while endpoints move."""
        kind, service, _ = door
        everywhere = {b for b in self._everywhere(door, source)
                      if not b.nobodys or owners <= {b.namespace}}
        if kind == "hostport":
            return everywhere
        outsider = not self.policies.owner(source) and source not in self._here
        if not service.local or not outsider or kind == "clusterip":
            return everywhere
        return {b for b in everywhere if b.node == self.cluster.this_node} or everywhere

    def _everywhere(self, door, source):
        kind, service, port = door
        if kind == "hostport":
            return {Backend(a, port.number, service.node, False, service.namespace)
                    for a in service.addresses if family(a) == family(source)}
        return {self._backend(e, number, service) for e, number in self._endpoints(service, port)
                if family(e.address) == family(source)}

    def _backend(self, endpoint, number, service):
        """The owner of the address is who stands there; a name counts only where nobody owns it."""
        owner = self.policies.owner(endpoint.address)
        if owner:
            return Backend(endpoint.address, number, endpoint.node, endpoint.pod not in (None, owner.key),
                           owner.namespace, False, owner.namespace != service.namespace)
        named = next((p for p in self.cluster.pods if p.key == endpoint.pod), None)
        if endpoint.pod and (named is None or endpoint.address in named.addresses):
            namespace = endpoint.pod.partition("/")[0]
            return Backend(endpoint.address, number, endpoint.node, named is None, namespace, False,
                           namespace != service.namespace)
        return Backend(endpoint.address, number, endpoint.node, False, service.namespace, True)

    def _endpoints(self, service, port):
        if self.cluster.slices is None:
            return selected(self.cluster, service, port) if service.selector else []
        return [(e, number) for s in self.cluster.slices if s.kind != "FQDN" and not s.ignored
                and (s.namespace, s.service) == (service.namespace, service.name)
                for name, number, protocol in s.ports
                if (name, protocol) == (port.name, port.protocol) for e in s.endpoints]

    def _through(self, asked, doors):
        owners = {b.namespace for d in doors for b in self._everywhere(d, asked.source) if not b.nobodys}
        backends = sorted({b for d in doors for b in self.backends(d, asked.source, owners)},
                          key=lambda b: (b.address, b.number))
        why = [f"{kind} of {s.namespace}/{s.name}" for kind, s, _ in doors]
        verdicts, admitted, foreign = set(), {}, False
        for b in backends:
            into, why_in = self._ingress(b, asked)
            out, why_out = self.policies.egress(asked.source, b.address, asked.protocol, b.number, True)
            key = b if b.foreign else b.namespace  # within a namespace the union
            admitted[key] = admitted.get(key) or into
            foreign = foreign or self._from_the_node_of(b, asked)
            if asked.backend in (None, b.address):
                verdicts.add((b.address, ALLOW if into and out else DENY))
            why.append(f"{b.address} port {b.number}: ingress {into}: {why_in}; egress {out}: {why_out}")
        if foreign:
            return Answer(None, None, None, why, left_open=True)
        if self._is_vital(asked):
            return Answer(None, None, ALLOW, why)
        gate = self._gate(asked, doors, all(admitted.values()))
        if gate == DENY:
            verdicts = {(address, DENY) for address, _ in verdicts}
        return Answer(self._verdict(asked, verdicts), verdicts, gate, why)

    def _verdict(self, asked, verdicts):
        kinds = {verdict for _, verdict in verdicts}
        if not kinds and asked.backend:
            return UNKNOWN  # no backend of this door
        if not kinds:  # open; of a pod's egress to a door that leads nowhere nothing is said
            return None if self.policies.owner(asked.source) else ALLOW
        return MIXED if len(kinds) > 1 else kinds.pop()

    def _ingress(self, backend, asked):
        if backend.unknown:
            return False, "names a pod that is not there"
        return self.policies.ingress(asked.source, backend.address, asked.protocol, backend.number, True)

    def _gate(self, asked, doors, admitted):
        from_pod = self.policies.owner(asked.source) is not None
        if from_pod and all(kind == "clusterip" for kind, _, _ in doors):
            return ALLOW  # pods are judged behind clusterIPs
        return ALLOW if admitted or asked.source in self._here else DENY

    def _is_vital(self, asked):
        """Never shut; whether the pods' ingress is still judged is left open."""
        return asked.protocol == "TCP" and asked.port in VITAL_PORTS and asked.target in self._here

    def _from_the_node_of(self, backend, asked):
        """Another node dials a pod of its own through this one: "always reaches it" and "Processes on
        other nodes are ordinary sources" both speak of that."""
        pod = self.policies.owner(backend.address)
        return pod and pod.node != self.cluster.this_node and asked.source in self.nodes[pod.node]
