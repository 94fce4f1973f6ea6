"""What `nodewall rules` prints, evaluated: what becomes of one packet at mangle PREROUTING.

Knows what iptables(8) and ipset(8) say of the matches, targets and set types that are printed, and
nothing of nodewall. A word it does not know is an error, never passed over.
"""
import ipaddress
import re
import shlex
from dataclasses import dataclass

DROP, PASSED = "DROP", "passed"
SECTIONS = re.compile(r"^# (iptables-legacy-save, IPv4|ip6tables-legacy-save, IPv6|ipset save)\n", re.M)


@dataclass
class Packet:
    """The first packet of a connection; `to_host`: its destination is an address of the host."""
    interface: str
    source: str
    destination: str
    protocol: str
    port: int
    to_host: bool


class Ruleset:
    def __init__(self, text):
        parts = SECTIONS.split(text)
        assert parts[0] == "" and len(parts) == 7, "rules are printed in three sections"
        sections = dict(zip(parts[1::2], parts[2::2]))
        self._sets = _sets(sections["ipset save"])
        self._chains = {4: _chains(sections["iptables-legacy-save, IPv4"]),
                        6: _chains(sections["ip6tables-legacy-save, IPv6"])}

    def passes(self, packet):
        chains = self._chains[ipaddress.ip_address(packet.source).version]
        return self._walk(chains, "PREROUTING", packet) != DROP

    def _walk(self, chains, name, packet):
        """DROP, or PASSED at the chain's end. What returns goes on behind the jump, also out of a chain
        that was gone to: nothing comes after a goto."""
        for rule in chains.get(name, []):
            if not all(self._holds(match, packet) for match in rule.matches):
                continue
            if rule.target in ("RETURN", DROP):
                return DROP if rule.target == DROP else PASSED
            said = self._walk(chains, rule.target, packet)
            if said == DROP or rule.goes:
                return said
        return PASSED

    def _holds(self, match, packet):
        option, value = match
        if option == "-i":
            return packet.interface == value
        if option == "-p":
            return packet.protocol.lower() == value
        if option == "--ctdir":
            return _known(value, "ORIGINAL")  # the first packet of a connection is
        if option == "--dst-type":
            return _known(value, "LOCAL") and packet.to_host
        if option == "--dports":
            return packet.port in map(int, value.split(","))
        assert option == "--match-set", option
        name, directions = value
        return self._sets[name].holds(packet, directions.split(","))


def _known(value, *values):
    assert value in values, value
    return True


@dataclass
class _Rule:
    matches: list
    target: str
    goes: bool  # -g instead of -j


def _chains(text):
    lines = text.splitlines()
    assert lines[0] == "*mangle" and lines[-1] == "COMMIT", "one table"
    chains = {}
    for line in lines[1:-1]:
        if line.startswith(":"):
            chains.setdefault(line[1:].split()[0], [])
        else:
            words = shlex.split(line)
            assert words[0] == "-A", line
            chains.setdefault(words[1], []).append(_rule(words[2:]))
    return chains


def _rule(words):
    matches, modules = [], []
    words = iter(words)
    for word in words:
        if word == "-m":
            modules.append(next(words))
        elif word == "--match-set":
            matches.append((word, (next(words), next(words))))
        elif word in ("-i", "-p", "--ctdir", "--dst-type", "--dports"):
            matches.append((word, next(words)))
        else:
            assert word in ("-j", "-g"), word
            target = next(words)
            assert not list(words), "the target is last"
            return _Rule(matches, target, word == "-g")
    raise AssertionError("a rule without a target")


# ---- sets -----------------------------------------------------------------------------------------


class _Set:
    """Members as tuples, one part for each dimension of the type: a network, or (protocol, port)."""

    def __init__(self, kind):
        self._kinds = kind.removeprefix("hash:").split(",")
        self._members = []

    def add(self, text):
        parts = text.split(",")
        assert len(parts) == len(self._kinds), text
        self._members.append([_part(kind, part) for kind, part in zip(self._kinds, parts)])

    def holds(self, packet, directions):
        assert len(directions) == len(self._kinds), directions
        return any(all(self._fits(*each, packet) for each in zip(self._kinds, member, directions))
                   for member in self._members)

    @staticmethod
    def _fits(kind, part, direction, packet):
        if kind == "port":
            assert direction == "dst", "a packet's source port is nobody's business"
            return part == (packet.protocol.lower(), packet.port)
        where = {"src": packet.source, "dst": packet.destination}[direction]
        return ipaddress.ip_address(where) in part


def _part(kind, text):
    if kind == "port":
        protocol, port = text.split(":")
        return protocol, int(port)
    network = ipaddress.ip_network(text)
    assert kind == "net" and network.prefixlen > 0 or kind == "ip" and network.num_addresses == 1, text
    return network


def _sets(text):
    sets = {}
    for line in text.splitlines():
        verb, name, rest = line.split(maxsplit=2)
        if verb == "create":
            sets[name] = _Set(rest.split()[0])
        else:
            assert verb == "add", line
            sets[name].add(rest)
    return sets
