"""The service: readiness, signals, one writer, dry runs, and servers that refuse it."""
import json
import os
import signal
from pathlib import Path

import pytest

from doors import NODEPORT, node_ports, opens, shuts, wait_shut
from harness import objects
from harness.namespaces import run
from harness.service import eventually


def test_readiness_waits_for_the_node_and_says_so(cluster, web):
    cluster.nodewall.node = "node-9"
    try:
        service = cluster.run_service(ready=False)
        status, text = eventually(lambda: not_ready(service, "node-9"))
        cluster.put(objects.node("node-9", ["192.0.2.1"]))
        cluster.push()
        service.ready()
        assert service.page("/healthz")[0] == 200 and service.page("/nothing")[0] == 404
        assert service.metric("nodewall_log_seq") >= 1
    finally:
        cluster.end_test()
        cluster.new_log()
        cluster.nodewall.node = "node-1"


def not_ready(service, word):
    status, text = service.page("/readyz")
    assert status == 503 and word in text, text
    return status, text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_within_two_seconds_and_the_rules_stay(cluster, web, number):
    cluster.policy("deny", web)
    cluster.push_all()
    service = cluster.run_service()
    wait_shut(cluster, node_ports(cluster))
    assert service.stop(number) < 2
    shuts(cluster, node_ports(cluster))
    assert cluster.nodewall.events()[-1]["type"] == "STOPPED"


def test_one_writer_for_one_log(cluster, web):
    cluster.run_service()
    second = cluster.run_service(ready=False, listen=("127.0.0.1", 9732))
    assert second.process.wait(10) == 3
    assert cluster.nodewall.db in second.said()
    cluster.nodewall.import_objects([objects.namespace("a")], expect=3)
    cluster.nodewall.call("log", "verify", "--db", cluster.nodewall.db)
    copy = cluster.log_folder + "/copy.db"
    cluster.nodewall.call("log", "copy", copy, "--db", cluster.nodewall.db)
    cluster.nodewall.call("log", "verify", "--db", copy)


def test_a_dry_run_leaves_the_kernel_alone(cluster, web):
    cluster.policy("deny", web)
    cluster.push_all()
    service = cluster.run_service("--dry-run")
    opens(cluster, node_ports(cluster))
    assert "NW-" not in cluster.network.node.namespace.run("iptables-legacy-save")
    assert "deny" in {e["name"] for e in cluster.nodewall.events()}
    service.stop()
    cluster.nodewall.apply()
    shuts(cluster, node_ports(cluster))


@pytest.mark.parametrize("token,word", [("wrong-token", "401"), ("nobody-token", "403")])
def test_a_refused_user_is_named_and_deletes_nothing(cluster, web, token, word):
    cluster.policy("deny", web)
    cluster.push_all()
    service = cluster.run_service()
    wait_shut(cluster, node_ports(cluster))
    service.stop()
    other = cluster.api.kubeconfig(cluster.log_folder + "/other", token=token)
    mine, cluster.kubeconfig = cluster.kubeconfig, other
    try:
        service = cluster.run_service(ready=False)
        eventually(lambda: holds(word in service.said(), service.said()))
        assert token not in service.said()
        shuts(cluster, node_ports(cluster))
        assert not [e for e in cluster.nodewall.events() if e["type"] == "DELETED"]
    finally:
        cluster.kubeconfig = mine


def test_a_certificate_of_another_authority_is_refused(cluster, web):
    foreign = cluster.log_folder + "/foreign"
    os.mkdir(foreign)

    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=other",
        "-keyout", foreign + "/key", "-out", foreign + "/crt")
    mine = cluster.kubeconfig
    cluster.kubeconfig = cluster.api.kubeconfig(foreign + "/kubeconfig", ca=foreign + "/crt")
    try:
        service = cluster.run_service(ready=False)
        eventually(lambda: holds("certificate" in service.said(), service.said()))
        assert not [e for e in cluster.nodewall.events() if e["origin"] in ("list", "watch")]
    finally:
        cluster.kubeconfig = mine


def holds(condition, text):
    assert condition, text[-3000:]


def test_the_configuration_counts_and_is_part_of_the_log(cluster, web):
    """Replays compile with what was in force then, without being told again."""
    path = cluster.log_folder + "/nodewall.yaml"
    Path(path).write_text(json.dumps({
        "log": {"bodies": "whole"},
        "gate": {"alwaysAdmit": ["192.0.2.10/32"], "nodePortAddresses": ["192.0.2.0/24"]}}))
    cluster.policy("deny", web)
    cluster.push_all()
    service = cluster.run_service("--config", path)
    network = cluster.network
    network.add_client_address(network.north, "192.0.2.20")
    eventually(lambda: cluster.shuts(network.north, network.node.ipv4, NODEPORT, source="192.0.2.20"))
    cluster.opens(network.north, network.node.ipv4, NODEPORT, source="192.0.2.10")
    # Where NodePorts do not answer there is no door to shut.
    cluster.opens(network.south, "198.51.100.1", NODEPORT)
    service.stop()
    body = cluster.nodewall.events("--type", "CONFIGURED")[-1]["body"]
    assert body["settings"]["alwaysAdmit"] == ["192.0.2.10/32"] and body["log"]["bodies"] == "whole"
    assert "image" in json.dumps(cluster.nodewall.events("--stream", "pods")[0]["body"])
    cluster.nodewall.call("check", "--db", cluster.nodewall.db)
