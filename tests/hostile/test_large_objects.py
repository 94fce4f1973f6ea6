"""A tenant writes as much as the API server takes."""
from harness import objects

BYTES = 1_300_000  # etcd takes 1.5 MiB


def large_pod(name, namespace):
    pod = objects.pod(name, namespace, [], {"app": "large"}, phase="Pending")
    pod["spec"]["containers"][0]["env"] = [{"name": "X", "value": "x" * BYTES}]
    return pod


def test_a_list_that_no_answer_holds_keeps_no_new_node_waiting(victim, mallory, patience):
    """Ninety pods of 1.3 MB: a page of them is over the limit. The service begins with a new log."""
    for number in range(90):
        mallory.create(large_pod(f"large-{number}", mallory.namespace))
    victim.guard()
    with victim.watch() as watch:
        victim.unharmed(watch, patience)
    known = {e["name"] for e in victim.cluster.nodewall.events("--stream", "pods", "--type", "ADDED")}
    assert {f"large-{number}" for number in range(90)} <= known
