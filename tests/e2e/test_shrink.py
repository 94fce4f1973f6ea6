"""A random cluster that fails is told small, and as a file that the program takes."""
import random

from harness.differences import written
from harness.nodewall import Nodewall
from harness.random_cluster import random_cluster
from harness.random_questions import random_questions
from harness.render import render
from harness.shrink import shrunk, yaml_text


def test_only_what_makes_it_fail_is_left():
    cluster = next(c for c in map(random_cluster, range(100)) if c.calico.policies and c.policies)
    kept = cluster.calico.policies[0].name

    def fails(tried):
        return any(p.name == kept for p in tried.calico.policies)
    small = shrunk(cluster, fails)
    assert [p.name for p in small.calico.policies] == [kept]
    assert not (small.policies or small.pods or small.services or small.cluster_policies or small.slices)
    assert not (small.calico.policies[0].ingress or small.calico.policies[0].egress)
    assert cluster.policies, "the one that was given is as it was"


def test_what_cannot_be_asked_about_is_no_failure():
    cluster = random_cluster(1)

    def fails(tried):
        return tried.pods[0].name == cluster.pods[0].name  # throws where there are none
    assert len(shrunk(cluster, fails).pods) == 1


def test_the_yaml_is_the_cluster(tmp_path):
    by_json, by_yaml = Nodewall(tmp_path / "json.db"), Nodewall(tmp_path / "yaml.db")
    cluster = random_cluster(3)
    things = render(cluster, 3)
    by_json.import_objects(things)
    by_yaml.call("import", "-", "--db", by_yaml.db, text=yaml_text(things))
    questions = list(map(written, random_questions(cluster, random.Random(3), 200)))
    assert [a["verdict"] for a in by_json.explain_lines(questions)] == \
        [a["verdict"] for a in by_yaml.explain_lines(questions)]
