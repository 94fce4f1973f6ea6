"""The same ruleset as a text for nft: the nft program takes it, and packets meet what the evaluator says.
NODEWALL_SEED=N repeats one of the random rulesets."""
import itertools
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.network import Network
from harness.nflog import Notes
from harness.nft_ruleset import load, rendered
from harness.probes import DROPPED, OPEN_SECONDS, SHUT_SECONDS, Probe, Servers
from harness.seeds import ALONE, seeds

EXTERNAL4, EXTERNAL6 = "203.0.113.7", "2001:db8:f::7"
NORTH4, SOUTH4 = "192.0.2.10", "198.51.100.10"
NORTH6 = "2001:db8:2::10"
NORTH = [NORTH4, "192.0.2.77", "192.0.2.140", NORTH6, "2001:db8:2::77"]
SOUTH = [SOUTH4, "2001:db8:51::10"]
PORTS, PROTOCOLS = [30051, 30052], ["TCP", "UDP", "SCTP"]
RULESETS, DOORS, PROBES, AT_ONCE = 6, 24, 60, 16


# External addresses are the node's behind DNAT, as kube-proxy would have it; doors are asked before it.
DNAT = f"""table inet service {{
    chain prerouting {{
        type nat hook prerouting priority dstnat
        ip daddr {EXTERNAL4} redirect
        ip6 daddr {EXTERNAL6} redirect
    }}
}}
"""


def node_of(source):
    """The node's address on the client's side."""
    return source[:source.rindex(":" if ":" in source else ".") + 1] + "1"


class Node:
    """A node that answers for itself on every door, and clients with several addresses."""

    def __init__(self):
        self.network, self.servers = Network(), Servers()
        self.namespace = self.network.node.namespace
        for address in NORTH:
            if not address.endswith(".10") and not address.endswith("::10"):
                self.network.add_client_address(self.network.north, address)
        load(self.namespace, DNAT)
        for protocol in PROTOCOLS:
            for port in PORTS:
                self.servers.add(self.namespace, "node", protocol, port)

    def close(self):
        self.network.close()
        self.servers.close()

    def load(self, *lines):
        text, _ = rendered(lines)
        load(self.namespace, text)

    def admits(self, source, destination=None, protocol="TCP", port=PORTS[0], expected=False):
        """The node's own address where no destination is told. How long is waited depends on what is
        expected."""
        client = self.network.north if source in NORTH else self.network.south
        probe = Probe(self.servers, client.namespace, source)
        met = probe.ask(protocol, destination or node_of(source), port,
                        OPEN_SECONDS if expected else SHUT_SECONDS)
        assert met in ("node", DROPPED), met
        return met == "node"

    def opens(self, *door):
        assert self.admits(*door, expected=True)

    def shuts(self, *door):
        assert not self.admits(*door)


@pytest.fixture
def node():
    made = Node()
    try:
        yield made
    finally:
        made.close()


def test_a_door_admits_its_sources_and_the_next_text_replaces_the_table(node):
    node.load()
    node.opens(NORTH4)
    web = ["decision 4 web", "rule return : clients 192.0.2.64/26 192.0.2.128/25", "rule drop"]
    node.load("peers clients " + SOUTH4, *web, "nodeport 4 TCP 30051 web", f"external {EXTERNAL4} UDP 30052 web")
    for door in ((None, "TCP", 30051), (EXTERNAL4, "UDP", 30052)):
        node.shuts(NORTH4, *door)
        for admitted in ("192.0.2.77", "192.0.2.140", SOUTH4):
            node.opens(admitted, *door)
    node.opens(NORTH4, None, "UDP", 30052)
    node.opens(NORTH4, EXTERNAL4, "TCP", 30051)
    node.load("blocks clients 192.0.2.0/26 198.51.100.8/30", *web, "nodeport 4 TCP 30051 web")
    for admitted in (NORTH4, "192.0.2.77", SOUTH4):
        node.opens(admitted)
    node.load("blocks clients 198.51.100.8/32", *web, "nodeport 4 TCP 30051 web", "exempt 192.0.2.0/28")
    node.opens(NORTH4)
    node.shuts(SOUTH4)


def test_every_protocol_and_both_families_have_doors_of_their_own(node):
    node.load("decision 4 nobody", "rule drop", "decision 6 nobody6", "rule drop",
              "nodeport 4 SCTP 30051 nobody", "nodeport 6 UDP 30051 nobody6",
              f"external {EXTERNAL6} TCP 30052 nobody6")
    shut = {(NORTH4, None, "SCTP", 30051), (NORTH6, None, "UDP", 30051), (NORTH6, EXTERNAL6, "TCP", 30052)}
    for door in itertools.product((NORTH4, NORTH6), (None, EXTERNAL4, EXTERNAL6), PROTOCOLS, PORTS):
        if door[1] is None or (":" in door[0]) == (":" in door[1]):
            (node.shuts if door in shut else node.opens)(*door)


def test_a_block_of_the_whole_family_is_everyone(node):
    for everyone, source, door in (("0.0.0.0/1 128.0.0.0/1", SOUTH4, "nodeport 4"),
                                   ("0.0.0.0/0", NORTH4, "nodeport 4"),
                                   ("::/1 8000::/1", NORTH6, "nodeport 6")):
        family = door[-1]
        for set_line, name in (("", everyone), ("blocks all " + everyone, "all")):
            for verdict, check in (("return", node.opens), ("drop", node.shuts)):
                other = "drop" if verdict == "return" else "return"
                node.load(set_line, f"decision {family} d", f"rule {verdict} : {name}", f"rule {other}",
                          f"{door} TCP 30051 d")
                check(source)


def test_stages_pass_on_and_a_return_out_of_them_leaves_the_doors(node):
    # The external door stands at the node's northern address; behind it the NodePort's own decision
    # would drop, and does so in the south.
    node.load("peers clients 192.0.2.140",
              "decision 4 tiers", "rule goto 1 : 192.0.2.0/25", "rule return : clients", "rule drop",
              "stage", "rule goto 2 : 192.0.2.0/28", "rule drop",
              "stage", "rule return",
              "decision 4 nobody", "rule drop",
              f"external {node_of(NORTH4)} TCP 30051 tiers", "nodeport 4 TCP 30051 nobody")
    node.opens(NORTH4)
    node.shuts("192.0.2.77")
    node.opens("192.0.2.140")
    node.shuts(SOUTH4)


def test_a_note_is_made_once_and_the_packet_goes_on(node):
    node.load("peers clients " + NORTH4, "blocks office 192.0.2.0/28",
              "decision 4 noted", "rule note 7 : clients office 192.0.2.10/32", "rule note 8 : clients",
              "rule return : office", "rule note 7", "rule drop", "nodeport 4 UDP 30051 noted")
    seven, eight = Notes(node.namespace, 7), Notes(node.namespace, 8)
    node.opens(NORTH4, None, "UDP")
    assert (seven.count(), eight.count()) == (1, 1)
    node.shuts("192.0.2.77", None, "UDP")
    assert seven.count() >= 1, "a note for each attempt"
    assert eight.count() == 0
    seven.close()
    eight.close()


def test_packets_meet_what_the_evaluator_says_of_random_rulesets(node):
    met = Counter()
    for seed in seeds(RULESETS):
        rng = random.Random(seed)
        asked = list({drawn_question(rng) for _ in range(PROBES)})
        lines = drawn_ruleset(rng)
        lines += ["ask {} {} {} {} {}".format(*q, "" if q[1] in (EXTERNAL4, EXTERNAL6) else "local") for q in asked]
        text, answers = rendered(lines)
        load(node.namespace, text)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            admitted = list(pool.map(lambda q, said: node.admits(*q, expected=said), asked, answers))
        for question, said, was in zip(asked, answers, admitted, strict=True):
            assert said == was, f"seed {seed}, {question}: admitted is {was}\n" + "\n".join(lines)
        met.update(answers)
    if not ALONE:
        assert min(met[True], met[False]) > sum(met.values()) / 10, met


def drawn_question(rng):
    """(source, destination, protocol, port)"""
    source = rng.choice(NORTH + SOUTH)
    return (source, rng.choice([node_of(source), EXTERNAL6 if ":" in source else EXTERNAL4]),
            rng.choice(PROTOCOLS), rng.choice(PORTS))


def drawn_ruleset(rng):
    lines, doors = [], set()
    for family in (4, 6):
        sources = [s for s in NORTH + SOUTH if (":" in s) == (family == 6)]
        blocks = (["192.0.2.0/25", "192.0.2.128/25", "198.51.100.8/29", "203.0.113.0/24"] if family == 4 else
                  ["2001:db8:2::/124", "2001:db8:2::10/128", "2001:db8:51::/64", "2001:db8:f::/48"])
        names = [f"p{family}{i}" for i in range(3)] + [f"b{family}"]
        lines += [f"peers {n} " + " ".join(rng.sample(sources, rng.randint(1, 2))) for n in names[:3]]
        lines.append(f"blocks {names[3]} " + " ".join(rng.sample(blocks, 2)))
        if rng.random() < 0.2:
            lines.append("exempt " + rng.choice(blocks))
        for number in range(DOORS // 2):
            name = f"d{family}{number}"
            lines += [f"decision {family} {name}", *drawn_stages(rng, names, blocks)]
            protocol, port = rng.choice(PROTOCOLS), rng.choice(PORTS)
            external = EXTERNAL6 if family == 6 else EXTERNAL4
            door = rng.choice([f"nodeport {family} {protocol} {port}", f"external {external} {protocol} {port}"])
            if door not in doors:
                lines.append(f"{door} {name}")
            doors.add(door)
    return lines


def drawn_stages(rng, names, blocks):
    count = rng.randint(1, 4)
    for stage in range(count):
        if stage:
            yield "stage"
        for _ in range(rng.randint(0, 4)):
            verdict = rng.choice(["return", "return", "drop", "note 7", f"goto {rng.randrange(stage + 1, 5)}"])
            if verdict.startswith("goto") and int(verdict[5:]) >= count:
                verdict = "drop"
            source = rng.sample(names, rng.randint(0, 2)) + rng.sample(blocks, rng.randint(0, 2))
            yield f"rule {verdict} : " + " ".join(source)  # of nobody where nothing was drawn
        if rng.random() < 0.8:
            yield "rule " + rng.choice(["return", "drop", "drop"])
