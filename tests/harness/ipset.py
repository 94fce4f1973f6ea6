"""What `ipset save` prints, as ipset(8) says what it means: does a set hold the key of a packet, and which
mark does the member carry? A word that is not known here is an error, never passed over.
"""
import ipaddress
import itertools
from dataclasses import dataclass, field

FAMILIES = {"inet": 4, "inet6": 6}
TUNING = {"hashsize", "bucketsize", "initval"}  # what the kernel adds; no part of what a set means
NAME_MAX = 31


@dataclass
class Flight:
    """A packet on its way through the rules. `addresses`: of "src" and "dst" as numbers; `port`: its
    destination's; `mark`: as the rules so far have left it."""
    version: int
    interface: str
    addresses: dict
    protocol: str  # in small letters
    port: int
    to_host: bool
    mark: int = 0


@dataclass
class Hash:
    """A set of a hash: type. `members`: for each key, one part for each dimension, its mark (value,
    mask), or None. `lengths`: for each dimension, the prefix lengths that occur, the longest first."""
    dimensions: list
    version: int
    room: int
    marks: bool
    members: dict = field(default_factory=dict)
    lengths: list = None

    def __post_init__(self):
        self.lengths = [[] for _ in self.dimensions]

    def add(self, text, options):
        parts = text.split(",")
        assert len(parts) == len(self.dimensions), text
        key = tuple(self._part(n, part) for n, part in enumerate(parts))
        assert key not in self.members, f"{text} twice"
        assert not options or self.marks, f"{text}: the set was made without skbinfo"
        self.members[key] = _mark(options)
        assert len(self.members) <= self.room, f"more than {self.room} members"

    def _part(self, dimension, text):
        if self.dimensions[dimension] == "port":
            protocol, port = text.split(":")
            return protocol, int(port)
        network = ipaddress.ip_network(text)
        assert network.version == self.version, text
        if self.dimensions[dimension] == "ip":
            assert network.num_addresses == 1, text
        assert network.prefixlen > 0, "the kernel takes no /0"
        lengths = self.lengths[dimension]
        if network.prefixlen not in lengths:
            lengths.append(network.prefixlen)
            lengths.sort(reverse=True)
        return int(network.network_address), network.prefixlen

    def find(self, flight, directions):
        """(whether it holds the packet's key, the mark of the member): of several blocks around one
        address the smallest counts."""
        assert len(directions) == len(self.dimensions), directions
        if flight.version != self.version:
            return False, None
        parts = [self._keys(n, direction, flight) for n, direction in enumerate(directions)]
        for key in itertools.product(*parts):
            if key in self.members:
                return True, self.members[key]
        return False, None

    def _keys(self, dimension, direction, flight):
        if self.dimensions[dimension] == "port":
            assert direction == "dst", "a packet's source port is nobody's business"
            return [(flight.protocol, flight.port)]
        address, bits = flight.addresses[direction], 32 if self.version == 4 else 128
        return [(address >> bits - length << bits - length, length) for length in self.lengths[dimension]]


@dataclass
class List:
    """A list:set: holds what one of its sets holds."""
    room: int
    sets: dict = field(default_factory=dict)

    def find(self, flight, directions):
        return next((found for s in self.sets.values() if (found := s.find(flight, directions))[0]),
                    (False, None))


def sets_of(text):
    """The sets that the text makes, by name."""
    sets = {}
    for line in text.splitlines():
        verb, name, *words = line.split()
        if verb == "create":
            assert name not in sets and len(name) <= NAME_MAX, line
            sets[name] = _made(*words)
            continue
        assert verb == "add", line
        if isinstance(made := sets[name], List):
            (member,) = words
            assert member not in made.sets and isinstance(sets[member], Hash), line
            made.sets[member] = sets[member]
            assert len(made.sets) <= made.room, line
        else:
            made.add(words[0], words[1:])
    return sets


def _made(kind, *words):
    options = iter(words)
    said = {word: word == "skbinfo" or next(options) for word in options}
    for word in TUNING & set(said):
        del said[word]
    if kind == "list:set":
        assert set(said) == {"size"}, said
        return List(int(said["size"]))
    dimensions = kind.removeprefix("hash:").split(",")
    assert kind.startswith("hash:") and set(dimensions) <= {"ip", "net", "port"}, kind
    assert {"family", "maxelem"} <= set(said) <= {"family", "maxelem", "skbinfo"}, said
    return Hash(dimensions, FAMILIES[said["family"]], int(said["maxelem"]), "skbinfo" in said)


def _mark(options):
    if not options:
        return None
    word, mark = options
    assert word == "skbmark", word
    value, _, mask = mark.partition("/")
    return int(value, 16), int(mask or "0xffffffff", 16)
