"""What `nodewall rules` prints, evaluated: what becomes of one packet at mangle PREROUTING.

Knows what iptables(8), iptables-extensions(8) and ipset(8) say of the matches, targets and set types
that are printed, and nothing of nodewall. A word it does not know is an error, never passed over.
"""
import functools
import ipaddress
import re
import shlex
from dataclasses import dataclass

from .ipset import Flight, sets_of

DROP, PASSED = "DROP", "passed"
SECTIONS = re.compile(r"^# (iptables-legacy-save, IPv4|ip6tables-legacy-save, IPv6|ipset save)\n", re.M)
NAME_MAX = 28
FULL = 0xFFFFFFFF


@dataclass
class Packet:
    """The first packet of a connection; `to_host`: its destination is an address of the host."""
    interface: str
    source: str
    destination: str
    protocol: str
    port: int
    to_host: bool
    mark: int = 0


class Ruleset:
    def __init__(self, text):
        parts = SECTIONS.split(text)
        assert parts[0] == "" and len(parts) == 7, "rules are printed in three sections"
        sections = dict(zip(parts[1::2], parts[2::2]))
        sets = sets_of(sections["ipset save"])
        self._chains = {4: _chains(sections["iptables-legacy-save, IPv4"], sets),
                        6: _chains(sections["ip6tables-legacy-save, IPv6"], sets)}

    def passes(self, packet):
        return self.judge(packet)[0]

    def judge(self, packet):
        """(whether it passes, the mark that it then has)."""
        source, destination = map(ipaddress.ip_address, (packet.source, packet.destination))
        flight = Flight(source.version, packet.interface,
                        {"src": int(source), "dst": int(destination)}, packet.protocol.lower(),
                        packet.port, packet.to_host, packet.mark)
        passed = self._walk(self._chains[source.version], "PREROUTING", flight) != DROP
        return passed, flight.mark

    def _walk(self, chains, name, flight):
        """DROP, or PASSED at the chain's end. What returns goes on behind the jump, also out of a chain
        that was gone to: nothing comes after a goto."""
        for rule in chains.get(name, ()):
            if not all(holds(flight) for holds in rule.matches):
                continue
            if rule.target in ("RETURN", DROP):
                return DROP if rule.target == DROP else PASSED
            if rule.act:
                rule.act(flight)
                continue
            said = self._walk(chains, rule.target, flight)
            if said == DROP or rule.goes:
                return said
        return PASSED


def kernel_ruleset(namespace):
    """What the kernel of a network namespace holds, as the tools print it."""
    def table(tool):
        lines = namespace.run(tool, "-t", "mangle").splitlines()
        return "\n".join(line for line in lines if not line.startswith("#"))
    return Ruleset("\n".join(["# iptables-legacy-save, IPv4", table("iptables-legacy-save"),
                              "# ip6tables-legacy-save, IPv6", table("ip6tables-legacy-save"),
                              "# ipset save", namespace.run("ipset", "save")]))


@dataclass
class _Rule:
    matches: list  # functions of a flight; all must hold
    target: str
    goes: bool  # -g instead of -j
    act: object = None  # what the target does to a flight that goes on


def _chains(text, sets):
    lines = text.splitlines()
    assert lines[0] == "*mangle" and lines[-1] == "COMMIT", "one table"
    chains = {}
    for line in lines[1:-1]:
        if line.startswith(":"):
            name = line[1:].split()[0]
            assert name not in chains and len(name) <= NAME_MAX, line
            chains[name] = []
        else:
            words = shlex.split(line)
            assert words[0] == "-A" and (words[1] == "PREROUTING" or words[1] in chains), line
            chains.setdefault(words[1], []).append(_rule(words[2:], sets))
    for rule in (rule for rules in chains.values() for rule in rules):
        assert rule.act or rule.target in chains or rule.target in ("RETURN", DROP), rule.target
    return chains


def _rule(words, sets):
    matches, words, inverted = [], iter(words), False
    for word in words:
        if word == "-m":
            next(words)  # the options behind it tell which
        elif word == "!":
            inverted = True
        elif word in ("-j", "-g"):
            assert not inverted, "a target is not inverted"
            target = next(words)
            act = _target(target, list(words), sets)
            return _Rule(matches, target, word == "-g", act)
        else:
            match = _match(word, words, sets)
            matches.append(_inverted(match) if inverted else match)
            inverted = False
    raise AssertionError("a rule without a target")


def _inverted(match):
    return lambda flight: not match(flight)


def _match(option, words, sets):
    value = next(words)
    if option == "-i":
        return lambda flight: flight.interface == value
    if option == "-p":
        return lambda flight: flight.protocol == value
    if option == "-d":
        network = ipaddress.ip_network(value)
        return lambda flight: _is_in(network, flight.addresses["dst"])
    if option == "--ctdir":
        assert value == "ORIGINAL", value
        return lambda flight: True  # the first packet of a connection is
    if option == "--dst-type":
        assert value == "LOCAL", value
        return lambda flight: flight.to_host
    if option == "--dports":
        ports = set(map(int, value.split(",")))
        return lambda flight: flight.port in ports
    if option == "--mark":
        wanted, mask = _marks(value)
        return lambda flight: flight.mark & mask == wanted
    assert option == "--match-set", option
    asked, directions = sets[value], next(words).split(",")
    return lambda flight: asked.find(flight, directions)[0]


def _is_in(network, address):
    bits = network.max_prefixlen - network.prefixlen
    return address >> bits == int(network.network_address) >> bits


def _target(target, options, sets):
    """What it does to a flight that goes on with the next rule; None for one that ends or leads on."""
    if target == "MARK":
        option, value = options
        assert option == "--set-xmark", option
        return functools.partial(_set_mark, *_marks(value))
    if target == "SET":
        option, name, directions, mapped = options
        assert (option, mapped) == ("--map-set", "--map-mark"), options
        return functools.partial(_map_mark, sets[name], directions.split(","))
    if target == "NFLOG":
        assert not options or options[0] == "--nflog-group" and len(options) == 2, options
        return lambda flight: None
    assert not options, "the target is last"
    return None


def _set_mark(value, mask, flight):
    flight.mark = flight.mark & ~mask & FULL ^ value


def _map_mark(asked, directions, flight):
    found, mark = asked.find(flight, directions)
    if found:
        _set_mark(*(mark or (0, 0)), flight)


def _marks(text):
    value, _, mask = text.partition("/")
    return int(value, 0), int(mask or "0xffffffff", 0)
