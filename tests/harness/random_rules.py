"""Rules by chance, as iptables-save and ipset save print them: whatever `harness.ruleset` knows, in whatever
order, to hold it against the kernel. They mean nothing."""
from .ruleset import Packet

SOURCES = {4: ["10.0.0.1", "10.0.1.1", "10.128.0.1", "192.0.2.10"],
           6: ["fd42::1", "fd42::ff01", "2001:db8::1"]}
OWN = {4: "192.0.2.1", 6: "2001:db8:2::1"}
DESTINATIONS = {4: [OWN[4], "203.0.113.7"], 6: [OWN[6], "2001:db8:f::7"]}
BLOCKS = {4: ["0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "10.0.0.0/24", "10.0.0.1", "192.0.2.0/28"],
          6: ["::/1", "8000::/1", "fd42::/64", "fd42::ff00/120", "fd42::1", "2001:db8::/32"]}
PORTS, PROTOCOLS = [80, 30080], ["tcp", "udp", "sctp"]
CHAINS = 7
MASK = 0x30FF
TYPES = ["hash:ip", "hash:net", "hash:ip,port", "hash:net,port", "list:set"]


def random_rules(chance):
    return _Maker(chance).make()


def random_packets(chance, count):
    """From a wire, and some of the node's own."""
    made = []
    for _ in range(count):
        version, protocol = chance.choice([4, 6]), chance.choice(PROTOCOLS).upper()
        destination = chance.choice(DESTINATIONS[version])
        interface, source = "eth0", chance.choice(SOURCES[version])
        if chance.random() < 0.1:
            interface, source = "lo", OWN[version]
        made.append(Packet(interface, source, destination, protocol, chance.choice(PORTS),
                           destination == OWN[version]))
    return made


class _Maker:
    def __init__(self, chance):
        self.chance = chance
        self._sets = {4: {}, 6: {}}  # names by type

    def make(self):
        sets = [line for version in (4, 6) for line in self._make_sets(version)]
        return "\n".join(["# iptables-legacy-save, IPv4", *self._table(4), "# ip6tables-legacy-save, IPv6",
                          *self._table(6), "# ipset save", *sets, ""])

    # ---- sets ---------------------------------------------------------------------------------

    def _make_sets(self, version):
        for kind in TYPES[:4]:
            for number in range(2):
                yield from self._hash(version, kind, f"{kind.replace(':', '-')}-{version}-{number}")
        for number in range(2):
            name = f"list-{version}-{number}"
            self._sets[version].setdefault("list:set", []).append(name)
            yield f"create {name} list:set size 8"
            ours = self._sets[version]["hash:ip"] + self._sets[version]["hash:net"]
            yield from (f"add {name} {member}" for member in self._some(ours))

    def _hash(self, version, kind, name):
        family = "inet" if version == 4 else "inet6"
        self._sets[version].setdefault(kind, []).append(name)
        with_marks = kind.endswith(",port")
        yield f"create {name} {kind} family {family} maxelem 64{' skbinfo' if with_marks else ''}"
        where = BLOCKS[version] + SOURCES[version] if "net" in kind else \
            SOURCES[version] + DESTINATIONS[version]
        for key in self._some(dict.fromkeys(where)):
            for port in self._some([f",{p}:{n}" for p in PROTOCOLS for n in PORTS]) if with_marks else [""]:
                mark = f" skbmark {self._mark()}" if with_marks and self.chance.random() < 0.9 else ""
                yield f"add {name} {key}{port}{mark}"

    def _some(self, things):
        things = list(things)
        return self.chance.sample(things, self.chance.randint(0, len(things)))

    def _mark(self):
        return f"{self.chance.choice([0, 1, 2, 0x1001, 0x3000]):#x}/{self.chance.choice([MASK, 0xff, 1]):#x}"

    # ---- rules --------------------------------------------------------------------------------

    def _table(self, version):
        """Chains lead only to later ones."""
        yield "*mangle"
        yield from (f":C{n} - [0:0]" for n in range(CHAINS))
        for n in range(-1, CHAINS):
            name = "PREROUTING" if n < 0 else f"C{n}"
            for _ in range(self.chance.randint(1, 5)):
                yield f"-A {name} {self._matches(version)}{self._target(version, n)}"
        yield "COMMIT"

    def _matches(self, version):
        """In iptables-save's order."""
        text, chance = "", self.chance
        for share, match in (
                (0.1, f"-d {chance.choice(BLOCKS[version])} "),
                (0.05, f"-i {chance.choice(['lo', 'eth0'])} "),
                (0.2, f"-p {chance.choice(PROTOCOLS)} "), (0.1, "-m addrtype --dst-type LOCAL "),
                (0.1, "-m conntrack --ctdir ORIGINAL "),
                (0.3, f"-m mark {self._not()}--mark {self._compared()} "),
                (0.3, f"-m set {self._not()}--match-set {self._directed(version, TYPES)} ")):
            text += match if chance.random() < share else ""
        if chance.random() < 0.1 and " -p " not in f" {text}":
            ports = chance.choice(["80", "80,30080"])
            text += f"-p {chance.choice(PROTOCOLS)} -m multiport --dports {ports} "
        return text

    def _not(self):
        return self.chance.choice(["", "! "])

    def _compared(self):
        mask = self.chance.choice([MASK, 3, 0x3000])
        return f"{self.chance.choice([0, 1, 2, 0x1000]) & mask:#x}/{mask:#x}"

    def _directed(self, version, types):
        """A set and as many directions as its keys have parts; a port is always the destination's."""
        kind = self.chance.choice(types)
        directions = self.chance.choice(["src", "dst"]) + (",dst" if kind.endswith(",port") else "")
        return f"{self.chance.choice(self._sets[version][kind])} {directions}"

    def _target(self, version, n):
        later = [f"C{m}" for m in range(n + 1, CHAINS)]
        kind = self.chance.choices(["RETURN", "DROP", "MARK", "SET", "NFLOG", "-j", "-g"],
                                   [2, 2, 3, 4, 1, 6 if later else 0, 5 if later else 0])[0]
        if kind in ("-j", "-g"):
            return f"{kind} {self.chance.choice(later)}"
        if kind == "MARK":
            return f"-j MARK --set-xmark {self._mark()}"
        if kind == "SET":
            return f"-j SET --map-set {self._directed(version, TYPES[2:4])} --map-mark"
        return f"-j {kind}"
