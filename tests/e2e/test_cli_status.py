"""`nodewall status`, and the socket that it asks."""
import http.client
import json
import os
import re
import socket
import stat
import time

import pytest

from harness import objects
from harness.nodewall import FAILED, NEGATIVE, USAGE
from harness.service import LISTEN, eventually
from harness.small_cluster import SmallCluster


def page_over(path, target):
    """(status, text) of a page over a Unix socket."""
    connection = http.client.HTTPConnection("localhost", timeout=5)
    connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.sock.connect(path)
    try:
        connection.request("GET", target)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_status_of_a_service_that_is_ready(small):
    service = small.run()
    said = service.status("-o", "json").json()
    assert said["ready"] is True and said["reasons"] == []
    assert said["node"] == "node-1" and said["pid"] == service.process.pid
    streams = {s["stream"]: s for s in said["streams"] if s["expected"]}
    assert len(streams) == 6
    assert all(s["caughtUp"] and s["resourceVersion"] and s["lastError"] == "" for s in streams.values())
    small.pod("web-2", "10.42.0.3")

    def followed():
        pods = {s["stream"]: s for s in service.status("-o", "json").json()["streams"]}["pods"]
        assert pods["events"]["ADDED"] == 1 and pods["lastEvent"]
    eventually(followed)

    def applied():
        said = service.status("-o", "json").json()
        act = small.nodewall.events("--type", "APPLIED")[-1]["body"]
        assert said["applied"]["digest"] == act["digest"]
        assert said["applied"]["rules"] == act["rules"] > 0
        assert said["applied"]["members"] == act["members"] > 0
        assert said["applied"]["seq"] >= act["seq"]
    eventually(applied)
    for stage in ("decode", "log", "project", "compile", "apply", "total"):
        assert service.metric(f'nodewall_event_to_kernel_seconds_count{{stage="{stage}"}}') >= 1, stage
    text = service.status().stdout
    assert re.search(r"^node node-1, nodewall \S+, pid \d+, since \S+Z: ready$", text, re.M)
    assert re.search(r"^STREAM +STATE +RESOURCEVERSION +LAST EVENT +EVENTS +RELISTS", text, re.M)
    assert re.search(r"^pods +\S.*\d{4}-\d\d-\d\dT", text, re.M)
    assert re.search(r"^applied +seq \d+, \d+ rules, \d+ members", text, re.M)


def test_the_socket_serves_what_listen_serves_and_is_its_owners_alone(small):
    service = small.run()
    assert stat.S_IMODE(os.stat(service.socket).st_mode) == 0o600
    assert page_over(service.socket, "/healthz") == (200, "ok\n")
    assert page_over(service.socket, "/readyz") == service.page("/readyz") == (200, "ok\n")
    assert "\nnodewall_ready 1\n" in page_over(service.socket, "/metrics")[1]
    assert json.loads(service.page("/status")[1])["ready"] is True
    assert page_over(service.socket, "/nothing")[0] == 404
    service.stop()
    assert not os.path.exists(service.socket)


def connections_that_begin(address, count):
    """Each has sent one byte of a request."""
    held = [socket.create_connection(address, 5) for _ in range(count)]
    for connection in held:
        connection.sendall(b"G")
    return held


def answer_to(address, request):
    with socket.create_connection(address, 5) as connection:
        connection.sendall(request)
        return connection.recv(100)


def test_connections_that_say_nothing_delay_no_probe(small):
    """More than there may be; a request that began has five seconds, so none of them ends by itself."""
    service = small.run()
    held = small.namespace.call(connections_that_begin, LISTEN, 80)
    try:
        started = time.monotonic()
        for path in ("/healthz", "/readyz"):
            assert service.page(path) == (200, "ok\n")
        assert time.monotonic() - started < 4
    finally:
        for connection in held:
            connection.close()


def test_a_request_with_a_body_is_refused_before_the_body_comes(small):
    small.run()
    for length in (b"Content-Length: 4000000", b"Transfer-Encoding: chunked"):
        request = b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + length + b"\r\n\r\n1"
        assert small.namespace.call(answer_to, LISTEN, request).startswith(b"HTTP/1.1 413 "), length


def test_status_says_what_a_service_waits_for(small):
    small.nodewall.node = "node-9"
    service = small.run(ready=False)

    def waits():
        text = service.status(expect=NEGATIVE).stdout
        assert ": not ready" in text and "no Node named 'node-9'" in text and "stream" not in \
            text.split("STREAM")[0], text
    eventually(waits)
    said = service.status("-o", "json", expect=NEGATIVE).json()
    assert said["ready"] is False and len(said["reasons"]) == 1


def test_without_its_api_server_it_enforces_and_names_each_stream(small):
    service = small.run()
    service.stop()
    small.api.close()
    service = small.run(ready=False)

    def waits():
        said = service.status("-o", "json", expect=NEGATIVE).json()
        assert said["applied"]["rules"] > 0, "what the log knows is enforced"
        assert sum(r.startswith("stream ") for r in said["reasons"]) == 6, said["reasons"]
    eventually(waits)


def test_no_service_is_an_error_that_says_how_to_start_one(nodewall, tmp_path):
    path = tmp_path / "none.sock"
    said = nodewall.call("status", "--socket", path, expect=FAILED).stderr
    assert str(path) in said and "nodewall run" in said and "systemctl start" in said
    said = nodewall.call("status", "--socket", "/" + "x" * 300, expect=FAILED).stderr
    assert "xxx" in said


def test_the_socket_of_a_killed_service_is_replaced_and_a_live_one_refused(small, tmp_path):
    service = small.run()
    service.kill()
    assert os.path.exists(service.socket)
    small.nodewall.call("status", "--socket", service.socket, expect=FAILED)
    second = small.run(socket=service.socket)
    assert second.status("-o", "json").json()["pid"] == second.process.pid

    small.nodewall.db = str(tmp_path / "other/nodewall.db")
    third = small.run("--dry-run", socket=service.socket, listen=("127.0.0.1", 9732), ready=False)
    assert third.process.wait(10) == FAILED
    assert service.socket in third.said() and "--socket" in third.said()
    assert second.status("-o", "json").json()["pid"] == second.process.pid


def test_a_socket_that_was_asked_for_and_cannot_be_had_is_an_error(small, tmp_path):
    (tmp_path / "file").write_text("mine")
    for path in (tmp_path / "file", tmp_path / "no/folder/x.sock"):
        service = small.run("--dry-run", socket=str(path), ready=False)
        assert service.process.wait(10) == FAILED
        assert str(path) in service.said()
    assert (tmp_path / "file").read_text() == "mine"


def in_private_run(how):
    """A command before the service: /run is a file system of its own."""
    return ("unshare", "--mount", "sh", "-c",
            f'mount -t tmpfs -o {how} tmpfs /run && exec "$@"', "sh")


@pytest.mark.parametrize("how", ["rw", "ro"])
def test_the_default_socket_is_made_where_it_can_be_and_done_without_elsewhere(small, how):
    service = small.run("--dry-run", prefix=in_private_run(how), no_socket=True)
    inside = f"/proc/{service.process.pid}/root/run/nodewall"
    if how == "ro":
        assert not os.path.exists(inside)
        assert "/run/nodewall/nodewall.sock" in service.said() and "status" in service.said()
        return
    assert stat.S_IMODE(os.stat(inside).st_mode) == 0o755
    assert stat.S_IMODE(os.stat(inside + "/nodewall.sock").st_mode) == 0o600
    assert small.nodewall.call("status", "--socket", inside + "/nodewall.sock")
    service.stop()


@pytest.mark.parametrize("words,meant", [
    (["stauts"], "unknown verb 'stauts' (did you mean status?)"),
    (["run", "--nod=x"], "unknown flag '--nod' (did you mean --node?)"),
    (["log", "verfy"], "unknown verb 'verfy' (did you mean verify?)"), (["rules", "--digset"], "(did you mean --digest?)"),
    (["frobnicate"], "unknown verb 'frobnicate'"), ([], "subcommand"),
])
def test_an_unknown_word_is_named_with_what_was_meant(nodewall, words, meant):
    assert meant in nodewall.call(*words, expect=USAGE).stderr


def test_a_flood_of_findings_does_not_flood_the_log(tmp_path):
    """5,000 policies with the same fault."""
    policies = [objects.network_policy(f"p{i}", "web", {"app": "web"}, [{"from": [{"ipBlock": {
        "cidr": f"10.0.0.{i % 256}/99"}}]}]) for i in range(5000)]
    cluster = SmallCluster(tmp_path, policies)
    try:
        service = cluster.run("--dry-run")

        def found():
            said = service.status("-o", "json").json()["findings"]
            assert said["byKind"]["notUnderstood"] == 5000 and len(said["listed"]) == 100
        eventually(found)
        eventually(lambda: left_out(service), 20)
        lines = [line for line in service.said().splitlines() if "NetworkPolicy" in line]
        assert 1 <= len(lines) <= 20, len(lines)
        assert service.metric('nodewall_findings{kind="notUnderstood"}') == 5000
        assert len(service.said()) < 100_000
    finally:
        cluster.close()


def left_out(service):
    found = re.search(r"(\d+) more lines like .* were left out", service.said())
    assert found and int(found.group(1)) >= 4980, service.said()[-2000:]
