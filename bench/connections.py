"""New connections a second of an admitted client, through more and more decisions and peer sets.

Each size is a node of its own, with a client on the other end of a wire; all stand at once, and rounds take
turns with them. `connections`: TCP, made one after another to all doors and from all admitted sources in
turn, up to a server on the node. `first packets`: datagrams of new connections as fast as a client can
send them, dropped behind the door: hardly more than the door itself, so every difference is larger here.
"""
import json
import subprocess

from figures import Program, median
from harness import objects
from harness.namespaces import Namespace, connect

DECISIONS, PEER_SETS = (1, 100, 1_000), (1, 10, 100)
FIRST_PORT, SERVER_PORT, NODE, NODE_ADDRESS = 30_000, 8080, "node-0", "192.0.2.1"
COUNTS = {"connect": 4_000, "flood": 60_000}
WITHIN = 0.85  # of the fewest decisions' rate


def measure(programs, figures, probe, rounds):
    kinds = [("decisions", n) for n in DECISIONS] + [("peer sets", n) for n in PEER_SETS]
    sites = {}
    try:
        for p in programs:
            for kind, n in kinds:
                sites[p, kind, n] = Site(p, kind, n, probe)
        rates = {}
        for _ in range(rounds):
            for key, site in sites.items():
                for mode in COUNTS:
                    rates.setdefault((*key, mode), []).append(site.rate(mode))
        for mode, name in (("connect", "connections"), ("flood", "first packets")):
            for kind, n in kinds:
                found = [round(median(rates[p, kind, n, mode])) for p in programs]
                first = median(rates[programs[0], kind, DECISIONS[0], mode]) if kind == "decisions" else None
                figures.add(f"{name} a second, {n} {kind}", found, "",
                            at_least=round(WITHIN * first) if first and mode == "connect" else None)
        figures.add(f"sets in the kernel, {DECISIONS[-1]} decisions",
                    [sites[p, "decisions", DECISIONS[-1]].sets for p in programs], "", at_most=2_000)
    finally:
        for site in sites.values():
            site.close()


class Site:
    """A node whose rules are a program's, and a client."""

    def __init__(self, program, kind, n, probe):
        self._probe, self._doors, self._sources = probe, (n if kind == "decisions" else 1), 1
        self._source = "198.18.0.10"
        self.node, self._client = Namespace(f"node-{n}"), Namespace(f"client-{n}")
        self._server = None
        things = list(decisions(n) if kind == "decisions" else peer_sets(n))
        if kind == "peer sets":
            self._source, self._sources = dialer(0), n
        self._lay()
        inside = Program(program._spawner, program.path, f"{program.db}-{kind}-{n}".replace(" ", "-"))
        inside.namespace = self.node
        inside.run("import", "-", "--db", inside.db, given=json.dumps(
            {"apiVersion": "v1", "kind": "List", "items": things}))
        inside.run("replay", "--apply", "--db", inside.db, "--node", NODE)
        self.sets = inside.held().sets

    def _lay(self):
        connect(self.node, "eth0", self._client, "eth0")
        self.node.ip("address", "add", NODE_ADDRESS + "/24", "dev", "eth0")
        self._client.ip("address", "add", "192.0.2.10/24", "dev", "eth0")
        for network in ("198.18.0.0/16", "10.43.0.0/16"):
            self.node.ip("route", "add", network, "dev", "eth0")
        first = [int(part) for part in self._source.split(".")]
        for n in range(self._sources):
            self._client.ip("address", "add", ".".join(map(str, [*first[:3], first[3] + n])) + "/32", "dev", "eth0")
        for rule in (f"-t nat -A PREROUTING -p tcp -j REDIRECT --to-ports {SERVER_PORT}",
                     "-t filter -A INPUT -p udp -j DROP"):
            self.node.run("iptables-legacy", *rule.split())
        self.node.sysctl("net.netfilter.nf_conntrack_tcp_timeout_close", 1)
        self._server = subprocess.Popen(self.node.command(self._probe, "listen", SERVER_PORT),
                                        stdout=subprocess.PIPE, text=True)
        assert self._server.stdout.readline() == "ready\n"

    def rate(self, mode):
        """That every one of them was admitted shows in connections that stand, and in what arrived."""
        before = self._arrived()
        said = self._client.run(self._probe, mode, NODE_ADDRESS, FIRST_PORT, self._doors, self._source,
                                self._sources, COUNTS[mode])
        if mode == "flood":
            assert self._arrived() - before == COUNTS[mode], "not all were admitted"
        return float(said)

    def _arrived(self):
        said = self.node.run("iptables-legacy", "-t", "filter", "-nvxL", "INPUT")
        return int(said.splitlines()[2].split()[0])

    def close(self):
        if self._server:
            self._server.kill()
            self._server.wait()
            self._server.stdout.close()
        self.node.close()
        self._client.close()


# ---- clusters -------------------------------------------------------------------------------------


def door(n):
    """A Service and its one pod."""
    address = f"10.42.{n // 250}.{n % 250 + 1}"
    return [objects.pod(f"pod-{n}", "load", [address], {"app": f"app-{n}"}, [("web", 8080, "TCP")], node="node-1"),
            objects.service(f"service-{n}", "load", {"app": f"app-{n}"},
                            [objects.service_port(80, 8080, FIRST_PORT + n),
                             objects.service_port(80, 8080, FIRST_PORT + n, "UDP", "udp")], families=(4,)),
            objects.endpoint_slice(f"service-{n}-1", "load", f"service-{n}", 4, [(address, "node-1", f"pod-{n}")],
                                   [("", 8080, "TCP"), ("udp", 8080, "UDP")])]


def ports():
    return [("TCP", 8080), ("UDP", 8080)]


def decisions(count):
    """Doors that each admit the clients and one address more, another for each."""
    yield objects.node(NODE, [NODE_ADDRESS])
    yield objects.namespace("load")
    for n in range(count):
        yield from door(n)
        yield objects.network_policy(f"admit-{n}", "load", {"app": f"app-{n}"}, [objects.rule(
            [objects.block("198.18.0.0/24"), objects.block(f"203.0.{n // 250}.{n % 250}/32")], ports())])


def dialer(n):
    return f"10.43.0.{n + 1}"


def peer_sets(count):
    """One door that admits pods of so many selectors; of each the first pod dials."""
    yield objects.node(NODE, [NODE_ADDRESS])
    yield objects.namespace("load")
    yield from door(0)
    for n in range(count):
        for member in range(10):
            address = f"10.43.{member}.{n + 1}"
            yield objects.pod(f"dialer-{n}-{member}", "load", [address], {"group": f"group-{n}"}, node="node-1")
    yield objects.network_policy("admit", "load", {"app": "app-0"}, [objects.rule(
        [{"podSelector": {"matchLabels": {"group": f"group-{n}"}}} for n in range(count)], ports())])
