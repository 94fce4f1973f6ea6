"""Random clusters: `explain`, an oracle that read only the specification, and the compiled rules say the
same of each connection. NODEWALL_SEED=N repeats one seed."""
import random
from collections import Counter

from harness.abstract_cluster import family
from harness.differences import differences, story, written
from harness.nodewall import Nodewall
from harness.oracle import ALLOW, DENY, MIXED, Oracle
from harness.random_cluster import random_cluster
from harness.random_questions import ALSO_LOCAL, random_questions
from harness.render import render
from harness.ruleset import Packet, Ruleset
from harness.seeds import ALONE, seeds

CLUSTERS, QUESTIONS = 100, 300


def test_explain_the_rules_and_the_specification_agree(tmp_path):
    verdicts, gates = Counter(), Counter()
    for seed in seeds(CLUSTERS):
        judge(Nodewall(tmp_path / f"{seed}.db"), seed, verdicts, gates)
    if not ALONE:
        asked = sum(verdicts.values())
        assert verdicts[ALLOW] > asked / 5 and verdicts[DENY] > asked / 5, verdicts
        assert verdicts[MIXED] > asked / 100 and verdicts[None] < asked / 5, verdicts
        assert gates[DENY] > asked / 20 and gates[ALLOW] > asked / 5, gates


def judge(nodewall, seed, verdicts, gates):
    cluster = random_cluster(seed)
    nodewall.import_objects(render(cluster, seed))
    oracle, rules = Oracle(cluster), Ruleset(nodewall.rules())
    questions = random_questions(cluster, random.Random(seed), QUESTIONS)
    for asked, said in zip(questions, nodewall.explain_lines(map(written, questions)), strict=True):
        answer = oracle.ask(asked)
        found = [*differences(answer, said), *rule_differences(oracle, asked, answer, rules)]
        assert not found, story(seed, asked, answer, said, found)
        verdicts[answer.verdict] += 1
        gates[answer.gate] += 1


def rule_differences(oracle, asked, answer, rules):
    """Only a front door that is shut drops; nothing else does."""
    asked = oracle.by_address(asked)
    if asked is None or answer.left_open:
        return
    here = oracle.nodes[oracle.cluster.this_node]
    at_node = asked.target.startswith("nodeport")
    default = next(a for a in ALSO_LOCAL if family(a) == family(asked.source))
    destination = (asked.target.partition(":")[2] or default) if at_node else asked.target
    passed = rules.passes(Packet("lo" if asked.source in here else "eth0", asked.source, destination,
                                 asked.protocol, asked.port, at_node or destination in here))
    if passed != (answer.gate != DENY):
        yield f"the rules {'let pass' if passed else 'drop'} it, expected gate {answer.gate}"
