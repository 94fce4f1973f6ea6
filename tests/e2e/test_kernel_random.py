"""Random clusters on a real kernel, with pods that answer and kube-proxy's DNAT: a front door lets through
whom the specification admits, and what `explain` says of it is what connections meet, by iptables and by
the text for nft. NODEWALL_SEED=N repeats one seed."""
import random
from collections import Counter

import pytest

from harness.backends import BACKENDS
from harness.cluster import Cluster
from harness.differences import differences, story, written
from harness.oracle import ALLOW, DENY, Oracle
from harness.random_cluster import random_cluster
from harness.random_network import RandomNetwork
from harness.random_questions import random_questions
from harness.render import render
from harness.seeds import ALONE, seeds
from harness.shrink import yaml_text

CLUSTERS, QUESTIONS, PROBES = 4, 1500, 150


@pytest.mark.parametrize("backend", BACKENDS)
def test_packets_meet_what_explain_and_the_specification_say(backend):
    gates = Counter()
    for seed in seeds(CLUSTERS):
        cluster = Cluster(backend)
        try:
            judge(cluster, seed, gates)
        finally:
            cluster.close()
    if not ALONE:
        assert min(gates[ALLOW], gates[DENY]) > sum(gates.values()) / 10, gates


def judge(cluster, seed, gates):
    abstract = random_cluster(seed, for_packets=True)
    oracle = Oracle(abstract)
    network = RandomNetwork(cluster, abstract, oracle, seed)
    by_address = map(oracle.by_address, random_questions(abstract, random.Random(seed), QUESTIONS))
    questions = [q for q in dict.fromkeys(by_address) if q and not q.backend and network.can_be_seen(q)]
    asked = [(q, oracle.ask(q)) for q in questions[:PROBES]]
    explained = cluster.nodewall.explain_lines(written(q) for q, _ in asked)
    for (question, answer), said, met in zip(asked, explained, network.probe(asked), strict=True):
        found = list(differences(answer, said))
        expected = network.expected(question, answer)
        if met not in expected:
            found.append(f"packets: {met}, expected {' or '.join(sorted(expected))}")
        assert not found, yaml_text(render(abstract, seed)) + story(seed, question, answer, said, found)
        gates[answer.gate] += 1
