"""Random clusters with policies of every kind: `explain`, an oracle that read only the specification, and the
compiled rules say the same of each connection. The rules have four voices: the printed text evaluated as
iptables would, the program's own evaluator on some, and on a sample the kernel itself, by iptables and by the
text for nft. A cluster of which they differ is made smaller as long as they do, and printed as YAML.
NODEWALL_SEED=N repeats one seed, with all voices."""
import itertools
import random
from collections import Counter

import pytest

from harness.backends import BACKENDS
from harness.differences import differences, story, written
from harness.nodewall import Nodewall
from harness.oracle import ALLOW, DENY, MIXED, Oracle
from harness.random_cluster import NODES, random_cluster
from harness.random_questions import ALSO_LOCAL, packet_of, random_questions
from harness.render import render
from harness.ruleset import Ruleset
from harness.seeds import ALONE, seeds
from harness.shrink import shrunk, yaml_text
from harness.wire import Wire
from harness.xtables_lock import XtablesLock

CLUSTERS, QUESTIONS = 200, 500
ASKED_ALONE = 3  # of the program's evaluator: a process each
SAMPLE = 4  # every so manieth cluster meets real packets
FOREIGN_MARK = 0x4F00C0FF | 0x30FF  # what others leave in packets, the bits that are ours included


@pytest.fixture(scope="module")
def wires():
    lock, made = XtablesLock(), {}
    try:
        for name in BACKENDS:
            made[name] = Wire(NODES["node-1"] + ALSO_LOCAL, name, FOREIGN_MARK)
        yield made
    finally:
        for wire in made.values():
            wire.close()
        lock.close()


def test_explain_the_rules_and_the_specification_agree(tmp_path, wires):
    verdicts, gates = Counter(), Counter()
    for seed in seeds(CLUSTERS):
        nodewall = Nodewall(tmp_path / f"{seed}.db")
        cluster = random_cluster(seed)
        connections = judge(nodewall, cluster, seed, verdicts, gates)
        if ALONE or seed % SAMPLE == 0:
            for name, wire in wires.items():
                meet(nodewall, wire, name, cluster, seed, connections)
    if not ALONE:
        asked = sum(verdicts.values())
        assert verdicts[ALLOW] > asked / 5 and verdicts[DENY] > asked / 5, verdicts
        assert verdicts[MIXED] > asked / 100 and verdicts[None] < asked / 5, verdicts
        assert gates[DENY] > asked / 20 and gates[ALLOW] > asked / 5, gates


def judge(nodewall, cluster, seed, verdicts, gates):
    """Returns the packets that tell who may pass: (question, answer, packet) each."""
    chance = random.Random(seed)
    questions = random_questions(cluster, chance, QUESTIONS)
    connections = []
    for asked, answer, packet, said, found in compared(nodewall, cluster, seed, questions):
        assert not found, failure(nodewall.db, cluster, seed, asked)
        if packet:
            connections.append((asked, answer, packet))
        verdicts[answer.verdict] += 1
        gates[answer.gate] += 1
    # --ask speaks of what comes from elsewhere, and knows the node's addresses by its Node object.
    asked_alone = [c for c in connections if c[2].interface != "lo" and c[2].destination not in ALSO_LOCAL]
    for asked, answer, packet in chance.sample(asked_alone, min(ASKED_ALONE, len(asked_alone))):
        passed = nodewall.rules_pass(packet.source, packet.destination, packet.port, packet.protocol)
        found = rule_differences("rules --ask", passed, answer)
        assert not found, told(cluster, seed, f"{packet} {found} {answer}")
    return connections


def compared(nodewall, cluster, seed, questions):
    """(question, the specification's answer, the packet that tells, what explain says, what differs)."""
    nodewall.import_objects(render(cluster, seed))
    oracle, rules = Oracle(cluster), Ruleset(nodewall.rules())
    for asked, said in zip(questions, nodewall.explain_lines(map(written, questions)), strict=True):
        answer, packet = oracle.ask(asked), packet_of(oracle, asked)
        packet = None if answer.left_open else packet
        found = list(differences(answer, said))
        if packet:
            found += rule_differences("the rules", rules.passes(packet), answer)
        yield asked, answer, packet, said, found


def failure(db, cluster, seed, asked):
    """What differs of the question in the smallest cluster in which anything does."""
    numbers = itertools.count()

    def ask(tried):
        (all_of_it,) = compared(Nodewall(f"{db}-{next(numbers)}"), tried, seed, [asked])
        return all_of_it
    smallest = shrunk(cluster, lambda tried: bool(ask(tried)[-1]))
    _, answer, _, said, found = ask(smallest)
    return told(smallest, seed, story(seed, asked, answer, said, found))


def told(cluster, seed, text):
    return f"NODEWALL_SEED={seed}\n{yaml_text(render(cluster, seed))}\n{text}"


def rule_differences(who, passed, answer):
    """Only a front door that is shut drops; nothing else does."""
    if passed != (answer.gate != DENY):
        return [f"{who} {'let pass' if passed else 'drop'} it, expected gate {answer.gate}"]
    return []


def meet(nodewall, wire, name, cluster, seed, connections):
    """The kernel does to real packets what was said of them, and leaves no mark of ours behind."""
    nodewall = Nodewall(nodewall.db, namespace=wire.node)
    BACKENDS[name](nodewall)
    for (asked, answer, packet), (passed, mark) in zip(
            connections, wire.judge(packet for _, _, packet in connections), strict=True):
        found = rule_differences(f"the kernel by {name}", passed, answer)
        if passed and mark != FOREIGN_MARK & ~0x30FF and name == "iptables" and packet.interface != "lo":
            found.append(f"passed with mark {mark:#x}")
        assert not found, told(cluster, seed, "\n".join([f"{packet} {found}", *answer.why]))
    nodewall.call("reset")
