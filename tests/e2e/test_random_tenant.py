"""Random clusters with and without a tenant who does anything that the API server accepts: nobody reaches
more of the others for it, and nobody less, but where its doors are equal to theirs. `explain`, the
specification and the compiled rules agree about the cluster with the tenant. NODEWALL_SEED=N repeats one
seed."""
import random
from collections import Counter

from harness.differences import differences, gate_of, story, written
from harness.nodewall import Nodewall
from harness.oracle import DENY, Oracle
from harness.random_cluster import random_cluster
from harness.random_questions import packet_of, random_questions
from harness.random_tenant import NAMESPACE, with_tenant
from harness.render import render
from harness.ruleset import Ruleset
from harness.seeds import ALONE, seeds

CLUSTERS, QUESTIONS = 60, 400


def test_a_tenant_changes_nothing_for_others(tmp_path):
    met = Counter()
    for seed in seeds(CLUSTERS):
        judge(tmp_path, seed, met)
    if not ALONE:
        assert met["the same, refused"] > sum(met.values()) / 50, met
        assert met["shut by an equal door"] and met["the same, the tenant's door is there"], met


def judge(folder, seed, met):
    alone = random_cluster(seed)
    both = with_tenant(alone, seed)
    before, after = Nodewall(folder / f"{seed}-alone.db"), Nodewall(folder / f"{seed}.db")
    before.import_objects(render(alone, seed))
    after.import_objects(render(both, seed))
    oracle, rules = Oracle(both), Ruleset(after.rules())
    questions = random_questions(alone, random.Random(seed), QUESTIONS)
    lines = list(map(written, questions))
    answers = zip(questions, before.explain_lines(lines), after.explain_lines(lines), strict=True)
    for asked, without, with_it in answers:
        answer = oracle.ask(asked)
        claims = oracle.claims(asked) if oracle.by_address(asked) else []
        if len(claims) > len(oracle.doors(asked)):  # kube-proxy may send to who does not have the door
            answer.verdict = answer.backends = None
        found = list(differences(answer, with_it))
        packet = packet_of(oracle, asked)
        anywhere = asked.target == "nodeport"  # at whatever address, the tenant's doors apart
        told = packet and not answer.left_open and not anywhere
        if told and rules.passes(packet) != (answer.gate != DENY):
            found.append(f"the rules say something else than gate {answer.gate}")
        found += harm(without, with_it, claims, met)
        assert not found, story(seed, asked, answer, with_it, found)


def harm(without, with_it, claims, met):
    """What the tenant changed for others."""
    tenants = any(service.namespace == NAMESPACE for _, service, _ in claims)
    gates = gate_of(without), gate_of(with_it)
    if gates == ("allow", "deny") and tenants:
        met["shut by an equal door"] += 1  # their authors choose the numbers
    elif gates[0] != gates[1] and not (tenants and gates[0] is None):
        yield f"gate {gates[0]} without the tenant, {gates[1]} with it"
    elif without["verdict"] != with_it["verdict"] and not tenants:
        yield f"verdict {without['verdict']} without the tenant, {with_it['verdict']} with it"
    else:
        met["the same, the tenant's door is there" if tenants else
            "the same, refused" if gates[0] == "deny" else "the same"] += 1
