"""Lists that are larger than one answer may be, from a real API server."""
import re
from pathlib import Path

from harness import objects
from harness.service import eventually

PODS, ENVIRONMENT = 90, 1_300_000  # etcd takes 1.5 MiB; together about 110 MiB, a page has 64


def large_pod(number, namespace):
    pod = objects.pod(f"large-{number}", namespace, [f"10.50.0.{number + 1}"], {"app": "large"})
    for container in pod["spec"]["containers"]:
        container["env"] = [{"name": "X", "value": "x" * ENVIRONMENT}]
    return pod


def test_a_page_over_the_limit_is_taken_in_smaller_pages(cluster, web):
    for number in range(PODS):
        cluster.put(large_pod(number, web))
    cluster.push()
    service = cluster.run_service()
    eventually(lambda: all_listed(cluster))
    assert "pods at" not in service.said(), service.said()
    assert peak_bytes(service) < 300 << 20
    service.stop()
    cluster.nodewall.check_all()


def all_listed(cluster):
    known = {e["name"] for e in cluster.nodewall.events("--stream", "pods", "--type", "ADDED")}
    assert {f"large-{number}" for number in range(PODS)} <= known


def peak_bytes(service):
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) << 10
