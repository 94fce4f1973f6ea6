"""Ends and beginnings: kills, restarts, an API server that is away, history that is lost."""
import time
from datetime import datetime, timezone

import pytest

from doors import (NORTH, node_ports, north_doors, opens, shuts, south_doors, wait_open, wait_shut)
from harness import objects
from harness.objects import rule
from harness.service import eventually

STREAMS = {"namespaces", "nodes", "pods", "services", "endpointslices", "networkpolicies"}


def test_killed_and_started_again_it_resumes_without_a_list(cluster, web):
    cluster.policy("deny", web)
    cluster.push_all()
    service = cluster.run_service()
    wait_shut(cluster, node_ports(cluster))
    service.kill()
    shuts(cluster, node_ports(cluster))
    # What happens meanwhile is not lost.
    admit = cluster.policy("admit", web, {}, [rule(NORTH, ["http"])])
    cluster.push()
    gone = cluster.pod("short", web)
    cluster.push()
    cluster.delete(gone)
    cluster.push()
    shuts(cluster, node_ports(cluster))
    last = {e["stream"].split(".")[0]: e for e in cluster.nodewall.events()
            if e["resource_version"] and e["stream"] != "nodewall"}

    restarted = datetime.now(timezone.utc)
    service = cluster.run_service()
    wait_open(cluster, north_doors(cluster))
    shuts(cluster, south_doors(cluster))
    service.stop()
    asked = eventually(lambda: resumed(cluster, restarted))
    for stream in STREAMS:
        lists = [uri for verb, resource, uri, _ in asked if (verb, resource) == ("list", stream)]
        watches = [uri for verb, resource, uri, _ in asked if (verb, resource) == ("watch", stream)]
        assert len(lists) == 1 and "limit=1&" in lists[0] + "&", lists
        version = last[stream]["resource_version"]
        assert f"resourceVersion={version}" in lists[0] and "NotOlderThan" in lists[0], lists
        assert f"resourceVersion={version}&" in watches[0] + "&", (watches, version)
        assert "allowWatchBookmarks=true" in watches[0]
    events = cluster.nodewall.events()
    short = [e["type"] for e in events if e["name"] == "short"]
    assert short[0] == "ADDED" and short[-1] == "DELETED"
    assert not [e for e in events if e["origin"] == "relist" or e["type"] == "GAP"]
    assert admit["metadata"]["name"] in {e["name"] for e in events if e["origin"] == "watch"}


def resumed(cluster, when):
    asked = cluster.api.requests_since(when)
    assert {resource for verb, resource, _, _ in asked if verb == "watch"} == STREAMS
    return asked


def test_without_an_api_server_the_log_protects_the_node(cluster, web):
    """A node that boots while its API server is away: the rules come from the log alone."""
    cluster.policy("deny", web)
    cluster.push_all()
    service = cluster.run_service()
    wait_shut(cluster, node_ports(cluster))
    service.stop()
    cluster.nodewall.call("reset")
    with cluster.explained_by(None):
        opens(cluster, node_ports(cluster))
    cluster.api.stop_server()
    try:
        service = cluster.run_service(ready=False)
        wait_shut(cluster, node_ports(cluster))
        assert service.page("/healthz")[0] == 200
        assert service.page("/readyz")[0] == 503
        cluster.nodewall.call("check", "--db", cluster.nodewall.db, "--node", "node-1")
    finally:
        cluster.api.start_server()
    service.ready()
    cluster.delete(cluster._objects["NetworkPolicy", web, "deny"])
    cluster.push()
    wait_open(cluster, node_ports(cluster))


def test_a_restart_with_nothing_changed_commits_nothing(cluster, web):
    cluster.policy("deny", web)
    cluster.push_all()
    cluster.run_service().stop()
    service = cluster.run_service()
    time.sleep(0.5)
    assert service.metric("nodewall_table_commits_total") == 0
    shuts(cluster, node_ports(cluster))


def lose_history(cluster):
    """Nothing before now can be watched any more."""
    cluster.api.stop_server()
    cluster.api.compact_etcd()
    cluster.api.start_server()


def lose_history_without_a_cache(cluster):
    """The same where etcd itself answers: 410 comes as an event inside the stream."""
    cluster.api.stop_server()
    cluster.api.start_server("--watch-cache=false")
    cluster.api.compact_etcd()


@pytest.mark.parametrize("lose", [lose_history, lose_history_without_a_cache])
def test_compaction_leads_to_a_relist_that_finds_what_was_missed(cluster, web, lose):
    deny = cluster.policy("deny", web)
    cluster.push_all()
    service = cluster.run_service()
    wait_shut(cluster, node_ports(cluster))
    service.kill()
    cluster.delete(deny)
    cluster.policy("admit", web, {}, [rule(NORTH)])
    cluster.pod("new", web)
    cluster.push()
    lose(cluster)
    try:
        cluster.run_service()
        wait_open(cluster, north_doors(cluster))
        shuts(cluster, south_doors(cluster))
        events = cluster.nodewall.events()
        relisted = {(e["type"], e["name"]) for e in events if e["origin"] == "relist"}
        assert {("DELETED", "deny"), ("ADDED", "admit"), ("ADDED", "new")} <= relisted
        gaps = {e["stream"] for e in events if e["type"] == "GAP"}
        assert "networkpolicies.networking.k8s.io" in gaps
        cluster.policy("late", web, {}, [rule()])
        cluster.push()
        wait_open(cluster, south_doors(cluster))
    finally:
        cluster.api.stop_server()
        cluster.api.start_server()


@pytest.mark.parametrize("running", [True, False], ids=["running", "stopped"])
def test_etcd_restored_from_an_earlier_copy(cluster, web, running):
    """The server's clock went back: a watch from the cursor would wait in silence for ever."""
    cluster.api.copy_etcd()
    service = cluster.run_service()
    opens(cluster, node_ports(cluster))
    cluster.policy("deny", web)
    for number in range(20):
        cluster.put(objects.network_policy(f"p{number}", web, {"n": "n"}))
    cluster.push()
    wait_shut(cluster, node_ports(cluster))
    if not running:
        service.kill()
    cluster.api.restore_etcd()
    for thing in cluster._of_kind("NetworkPolicy"):
        cluster.forget(thing)
    if not running:
        cluster.run_service()
    # While the server was away the pause between two attempts grew.
    wait_open(cluster, node_ports(cluster), seconds=45)
    events = cluster.nodewall.events("--name", "deny")
    assert [(e["type"], e["origin"]) for e in events][-1] == ("DELETED", "relist")
    cluster.policy("deny", web)
    cluster.push()
    wait_shut(cluster, node_ports(cluster))
