"""A cluster for policies above namespaces: four namespaces of two pods each, which answer on two ports of
each protocol, and a Service with NodePorts for the pods of the namespace that policies are about."""
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from . import objects
from .cluster import Cluster
from .differences import gate_of
from .objects import cluster_policy, service_port
from .probes import DROPPED, OPEN_SECONDS, SHUT_SECONDS, Probe

SUBJECT, OTHERS = "red", ("blue", "green", "yellow")
PORTS = {"TCP": (80, 8080), "UDP": (53, 5353), "SCTP": (9003, 9005)}
NAMES = {80: "web", 8080: "web-alt", 53: "dns", 5353: "dns-alt", 9003: "sctp", 9005: "sctp-alt"}
NODE_PORT = {80: 30080, 8080: 30081, 53: 30053, 5353: 30054, 9003: 30003, 9005: 30005}
PROTOCOL = {number: protocol for protocol, numbers in PORTS.items() for number in numbers}
AT_ONCE = 64
KINDS = {("Admin", "v1alpha1"): "AdminNetworkPolicy", ("Baseline", "v1alpha1"): "BaselineAdminNetworkPolicy",
         ("Admin", "v1alpha2"): "ClusterNetworkPolicy", ("Baseline", "v1alpha2"): "ClusterNetworkPolicy"}


class School:
    def __init__(self):
        self.cluster = Cluster()
        self.node = self.cluster.network.node
        self._put = []
        node = objects.node("node-1", [self.node.ipv4, self.node.ipv6], labels={"os": "linux"})
        self.cluster.put(node)
        self.cluster.put(objects.node("node-2", ["192.0.2.2"], labels={"os": "other"}))
        self.hosts = {"outside": self.cluster.network.north, "node": self.node}
        for space in (SUBJECT, *OTHERS):
            self.cluster.namespace(space, house=space)
            for number in range(2):
                pod = self.cluster.pod(f"{space}-{number}", space, {"house": space, "number": str(number)},
                                       [(NAMES[n], n, PROTOCOL[n]) for n in NAMES])
                self.hosts[space, number] = self.cluster.host_of(pod)
        self.cluster.service("doors", SUBJECT, {"number": "0"},
                             [service_port(n, n, NODE_PORT[n], PROTOCOL[n], NAMES[n]) for n in NAMES])

        self.cluster.apply()  # Services stay what they are, and so does the DNAT

    def close(self):
        try:
            self.cluster.apply()  # which asks whether log and kernel agree, of all that was applied
        finally:
            self.cluster.close()

    @contextmanager
    def under(self, *policies, packets=True):
        """While these policies are enforced, in place of all others; without packets, only the log has
        them."""
        for thing in self._put:
            self.cluster.delete(thing)
        self._put = [self.cluster.put(p) for p in policies]
        self.cluster.write_log()
        if packets:
            self.cluster.nodewall.apply()
        yield

    # ---- what happens -------------------------------------------------------------------------

    def explain(self, questions):
        """The verdicts on (source, target, port), each a namespace and a number or an address."""
        return [said["verdict"] for said in self.cluster.nodewall.explain_lines(map(self._line, questions))]

    def _line(self, asked):
        source, target, port = asked
        return {"from": self._name(source), "to": self._name(target), "port": port, "protocol": PROTOCOL[port]}

    @staticmethod
    def _name(party):
        return party if isinstance(party, str) else f"{party[0]}/{party[0]}-{party[1]}"

    def egress(self, expected):
        self.holds(egress=expected)

    def ingress(self, expected):
        self.holds(ingress=expected)

    def holds(self, ingress=None, egress=None, outside=None, packets=True):
        """{(namespace, port): whether its pods reach the subject's}, {(namespace, port): whether pods of the
        subject reach its pods}, {port: whether who is no pod reaches the subject's}: as explain says, and as
        packets at the doors of the subject."""
        pods = {((SUBJECT, n), (space, 1 - n), port): opens
                for (space, port), opens in (egress or {}).items() for n in range(2)}
        pods.update({((space, n), (SUBJECT, 1 - n), port): opens
                     for (space, port), opens in (ingress or {}).items() for n in range(2)})
        doors = {((space, 0), port): opens for (space, port), opens in (ingress or {}).items()}
        doors.update({("outside", port): opens for port, opens in (outside or {}).items()})
        self._judge(pods, doors if packets else {})

    def _judge(self, pods, doors):
        """`doors`: {(who dials, port): whether packets of both families pass the NodePort that leads to this
        port}, and explain says of each gate what they met. Who dials is a pod, "outside" or the "node"
        itself."""
        dialled = [(self.hosts[who], address, port, opens)
                   for (who, port), opens in doors.items() for address in (self.node.ipv4, self.node.ipv6)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            met = pool.map(self._probe, dialled)
            lines = [self._line(asked) for asked in pods] + [
                {"from": client.address(6 if ":" in address else 4),
                 "to": f"nodeport:{address}:{PROTOCOL[port]}/{NODE_PORT[port]}"}
                for client, address, port, _ in dialled]
            said = iter(self.cluster.nodewall.explain_lines(lines))
        for (asked, opens), answer in zip(pods.items(), said):
            assert answer["verdict"] == ("allow" if opens else "deny"), asked
        for (client, address, port, opens), got, answer in zip(dialled, met, said, strict=True):
            assert (got != DROPPED) == opens, (client.namespace.role, address, port, got)
            assert (gate_of(answer) == "allow") == opens, answer

    def _probe(self, asked):
        client, address, port, opens = asked
        probe = Probe(self.cluster.servers, client.namespace, None)
        return probe.ask(PROTOCOL[port], address, NODE_PORT[port], OPEN_SECONDS if opens else SHUT_SECONDS)

    def door(self, who, port, opens):
        self._judge({}, {(who, port): opens})

    def outside(self, ports, opens):
        self.holds(outside={port: opens for port in ports})


def spaces(name):
    return {"namespaces": {"matchLabels": {"house": name}}}


def pods(name):
    labels = {"matchLabels": {"house": name}}
    return {"pods": {"namespaceSelector": labels, "podSelector": labels}}


class Words:
    """Policies in the words of one version: (action, peers, ports) for a rule, `ports` being numbers, names
    or (first, last) of one protocol each."""

    def __init__(self, version, tier):
        self.version, self.tier, self.kind = version, tier, KINDS[tier, version]

    def policy(self, name="policy", priority=10, subject=None, **rules):
        fields = {} if self.kind == "BaselineAdminNetworkPolicy" else {"priority": priority}
        if self.version != "v1alpha1":
            fields["tier"] = self.tier
        name = "default" if self.kind == "BaselineAdminNetworkPolicy" else f"{self.tier}-{name}".lower()
        made = {direction: [self._rule(direction, *rule) for rule in listed]
                for direction, listed in rules.items()}
        return cluster_policy(self.kind, name, spaces(SUBJECT) if subject is None else subject, **made, **fields)

    def _rule(self, direction, action, peers, ports=None):
        accept = "Allow" if self.version == "v1alpha1" else "Accept"
        made = {"action": accept if action == "Allow" else action,
                "from" if direction == "ingress" else "to": peers}
        if ports:
            key = "ports" if self.version == "v1alpha1" else "protocols"
            made[key] = [self._port(p) for p in ports]
        return made

    def _port(self, port):
        old = self.version == "v1alpha1"
        if isinstance(port, str):
            return {"namedPort" if old else "destinationNamedPort": port}
        first, last = port if isinstance(port, tuple) else (port, port)
        if old:
            protocol = {"protocol": PROTOCOL[last]}
            return {"portNumber": {**protocol, "port": first}} if first == last else \
                {"portRange": {**protocol, "start": first, "end": last}}
        number = {"number": first} if first == last else {"range": {"start": first, "end": last}}
        return {PROTOCOL[last].lower(): {"destinationPort": number}}
