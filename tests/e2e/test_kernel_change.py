"""A cluster changes under packets: who is admitted before and after is admitted all the time, and who is
refused before and after is refused all the time. NODEWALL_SEED=N repeats one seed."""
import random
from collections import Counter

import pytest

from harness.nodewall import Nodewall
from harness.oracle import DENY, Oracle
from harness.random_change import random_change
from harness.random_cluster import NODES, random_cluster
from harness.random_questions import ALSO_LOCAL, packet_of, random_questions
from harness.render import render
from harness.seeds import ALONE, seeds
from harness.wire import Wire
from harness.xtables_lock import XtablesLock

CHANGES, QUESTIONS, AT_MOST = 10, 1500, 100


@pytest.fixture
def wire():
    lock, made = XtablesLock(), Wire(NODES["node-1"] + ALSO_LOCAL)
    try:
        yield made
    finally:
        made.close()
        lock.close()


def test_a_change_does_to_each_connection_what_one_of_its_ends_does(tmp_path, wire):
    met = Counter()
    for seed in seeds(CHANGES):
        chance = random.Random(seed)
        before = random_cluster(seed)
        after = random_change(before, chance)
        watched = connections(before, after, chance)
        nodewall = Nodewall(tmp_path / f"{seed}.db", namespace=wire.node)
        write(nodewall, [], render(before, seed))
        nodewall.apply()
        for there_and_back, (old, new) in enumerate(((before, after), (after, before))):
            write(nodewall, render(old, seed), render(new, seed))
            for (_, *ends), passed in wire.during(nodewall.apply, watched):
                assert passed in ends, f"NODEWALL_SEED={seed} {watched}"
                met[ends[there_and_back], ends[1 - there_and_back]] += 1
            nodewall.check_all()
        nodewall.call("reset")
    if not ALONE:
        assert min(met[True, True], met[False, False]) > sum(met.values()) / 10, met
        assert met[True, False] and met[False, True], met


def connections(before, after, chance):
    """(packet, whether it is admitted before, and after): those that somebody is refused, and as many that
    nobody is."""
    questions = random_questions(before, chance, QUESTIONS)
    verdicts = [verdicts_of(cluster, questions) for cluster in (before, after)]
    both = [(packet, passes, verdicts[1][key][1]) for key, (packet, passes) in verdicts[0].items()
            if key in verdicts[1]]
    refused, admitted = ([c for c in both if all(c[1:]) == passes] for passes in (False, True))
    return refused[:AT_MOST] + chance.sample(admitted, min(len(admitted), len(refused) + 10, AT_MOST))


def verdicts_of(cluster, questions):
    """{connection: (packet, whether it is admitted)}"""
    oracle, made = Oracle(cluster), {}
    for asked in questions:
        answer, packet = oracle.ask(asked), packet_of(oracle, asked)
        if packet and not answer.left_open:
            made[str(packet)] = packet, answer.gate != DENY
    return made


def write(nodewall, old, new):
    def key(thing):
        return thing["kind"], thing["metadata"].get("namespace"), thing["metadata"]["name"]
    kept = set(map(key, new))
    gone = [thing for thing in old if key(thing) not in kept]
    if gone:
        nodewall.import_objects(gone, "--delete")
    nodewall.import_objects(new)
