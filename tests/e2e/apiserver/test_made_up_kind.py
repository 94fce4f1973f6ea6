"""A kind that only this test knows: its definition comes and goes in the API server, its rows are in
a program of its own (made_up_kind/program.cpp), and packets meet it."""
import json
from pathlib import Path

import pytest

from doors import node_ports, north_doors, opens, shuts, south_doors, wait_open
from harness.api_server import PATHS, ApiError
from harness.nodewall import PROGRAM
from harness.service import eventually

STREAM = "blockades.example.org"
# A definition is noticed by the next discovery, and its end by the second one that lacks it.
DISCOVERED, GONE = 75, 75

DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
    "metadata": {"name": STREAM},
    "spec": {"group": "example.org", "scope": "Cluster",
             "names": {"kind": "Blockade", "plural": "blockades", "singular": "blockade"},
             "versions": [{"name": "v1", "served": True, "storage": True, "schema": {
                 "openAPIV3Schema": {"type": "object",
                                     "x-kubernetes-preserve-unknown-fields": True}}}]}}

READER = [
    {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
     "metadata": {"name": "nodewall-blockades"}, "rules": [
         {"apiGroups": ["example.org"], "resources": ["blockades"],
          "verbs": ["list", "watch", "get"]}]},
    {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
     "metadata": {"name": "nodewall-blockades"},
     "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                 "name": "nodewall-blockades"},
     "subjects": [{"kind": "User", "name": "nodewall", "apiGroup": "rbac.authorization.k8s.io"}]}]


@pytest.fixture(autouse=True)
def program(monkeypatch):
    """The test's log is read and written by the program that knows the kind, to the last check of it:
    what is set here is undone after everything else."""
    made_up = Path(PROGRAM).parents[2] / "tests/e2e/made_up_kind/nodewall_made_up_kind"
    assert made_up.exists(), f"{made_up} is not built"
    monkeypatch.setattr("harness.nodewall.PROGRAM", str(made_up))
    monkeypatch.setattr("harness.service.PROGRAM", str(made_up))
    monkeypatch.setitem(PATHS, "CustomResourceDefinition",
                        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions")
    monkeypatch.setitem(PATHS, "Blockade", "/apis/example.org/v1/blockades")


@pytest.fixture
def made_up(cluster):
    for thing in READER:
        cluster.api.create(thing)
    yield cluster
    if served(cluster):
        uninstall(cluster)
    for thing in READER:
        cluster.api.delete(thing)


def served(cluster):
    try:
        cluster.api.request("GET", PATHS["Blockade"])
        return True
    except ApiError as refused:
        assert refused.code == 404, refused
        return False


def wait_until_served(cluster, wanted):
    def check():
        assert served(cluster) == wanted
    eventually(check)


def install(cluster):
    cluster.api.create(DEFINITION)
    wait_until_served(cluster, True)


def uninstall(cluster):
    cluster.api.delete(DEFINITION)
    wait_until_served(cluster, False)


def blockade(cluster, namespace, *sources):
    made = {"apiVersion": "example.org/v1", "kind": "Blockade", "metadata": {"name": "north"},
            "spec": {"namespace": namespace, "sources": list(sources)}}
    cluster.api.create(made)
    return made


def stream_of(service):
    status = json.loads(service.page("/status")[1])
    return next(s for s in status["streams"] if s["stream"] == STREAM)


def test_a_kind_made_up_by_a_test_works_end_to_end(made_up, web):
    cluster = made_up
    north = cluster.network.north
    service = cluster.run_service()
    assert stream_of(service)["state"] == "not served by this API server"
    opens(cluster, node_ports(cluster), by="apache")

    install(cluster)
    made = blockade(cluster, web, f"{north.ipv4}/32", f"{north.ipv6}/128")
    eventually(lambda: shuts(cluster, north_doors(cluster)), DISCOVERED)
    opens(cluster, south_doors(cluster), by="apache")
    answer = cluster.nodewall.explain("--from", north.ipv4, "--to", cluster.network.node.ipv4,
                                      "--port", "30080", "--protocol", "TCP")
    assert answer["verdict"] == "deny", answer
    assert "Blockade" in json.dumps(answer)

    cluster.api.delete(made)
    wait_open(cluster, node_ports(cluster), by="apache")
    blockade(cluster, web, f"{north.ipv4}/32", f"{north.ipv6}/128")
    eventually(lambda: shuts(cluster, north_doors(cluster)))

    uninstall(cluster)  # which deletes the object first
    wait_open(cluster, node_ports(cluster), seconds=GONE, by="apache")

    def recorded():
        events = cluster.nodewall.events("--type", "UNSERVED")
        assert [e["stream"] for e in events] == [STREAM]
    eventually(recorded, GONE)
    assert stream_of(service)["state"] == "not served by this API server"
    assert service.page("/readyz")[0] == 200


def test_objects_of_a_kind_that_went_while_the_service_was_down_are_ended(made_up, web):
    cluster = made_up
    north = cluster.network.north
    install(cluster)
    blockade(cluster, web, f"{north.ipv4}/32", f"{north.ipv6}/128")
    service = cluster.run_service()
    eventually(lambda: shuts(cluster, north_doors(cluster)))
    service.stop()
    uninstall(cluster)
    cluster.run_service()
    shuts(cluster, north_doors(cluster))  # what the log knew, until it is certain
    wait_open(cluster, node_ports(cluster), seconds=GONE, by="apache")
    ended = [e for e in cluster.nodewall.events("--stream", STREAM)
             if e["type"] in ("DELETED", "UNSERVED")]
    assert [(e["type"], e["origin"]) for e in ended] == [("DELETED", "relist"), ("UNSERVED", "agent")]
