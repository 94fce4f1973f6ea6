"""A tenant writes as much as the API server takes."""
from harness import objects
from harness.service import eventually

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


def test_changes_of_large_objects_flush_nobody_elses_history(guarded, mallory, cluster, patience):
    """A Service whose annotations take 200 KB, changed until all its versions are larger than the log."""
    cluster.nodewall.call("log", "verify", "--db", cluster.nodewall.db)
    service = objects.service("churn", mallory.namespace, {"app": "x"}, [objects.service_port(80)])
    mallory.create(service)
    before = [e for e in cluster.nodewall.events() if e["namespace"] == guarded.namespace]
    with guarded.watch() as watch:
        for number in range(700):  # 140 MB; its history may take 128 MiB of a log of 4 GiB
            mallory.patch(service, {"metadata": {"annotations": {"x": f"{number:06}" * 33_000}}})
        guarded.unharmed(watch, patience)
    eventually(lambda: told(cluster, mallory.namespace), 60)
    after = [e for e in cluster.nodewall.events("--namespace", guarded.namespace)]
    assert [e["seq"] for e in after][:len(before)] == [e["seq"] for e in before]
    cluster.nodewall.call("log", "verify", "--db", cluster.nodewall.db)


def told(cluster, namespace):
    assert [e["body"]["namespace"] for e in cluster.nodewall.events("--type", "THINNED")] == [namespace]
