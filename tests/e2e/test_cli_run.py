"""`nodewall run` with what it cannot work with: kubeconfigs, configurations and servers that are
broken in every way. It says what is wrong, waits where waiting helps, and loses nothing."""
import base64
import http.server
import json
import os
import signal
import socket
import stat
import subprocess
import threading
import time
from collections import Counter

import pytest

from harness import kubeconfig, objects
from harness.namespaces import Namespace
from harness.nodewall import FAILED, ROOT, USAGE, Nodewall
from harness.service import Service, eventually


@pytest.fixture
def place(tmp_path):
    namespace = Namespace("run")
    try:
        yield Nodewall(tmp_path / "log/nodewall.db", namespace=namespace)
    finally:
        namespace.close()


def run_once(place, *arguments, code=(USAGE, FAILED)):
    """Expects it to end by itself with an error; what it said."""

    done = subprocess.run(place.command("run", "--db", place.db, "--node", "n", "--socket", "",
                                        *arguments),
                          capture_output=True, text=True, timeout=20)
    assert done.returncode in code, (done.returncode, done.stderr)
    assert done.stderr.strip(), "no word about it"
    return done.stderr


BROKEN_KUBECONFIGS = {
    "not yaml": "a: [",
    "text": "hello",
    "another kind": '{"apiVersion": "v1", "kind": "Secret"}',
    "no such context": '{"apiVersion": "v1", "kind": "Config", "current-context": "x"}',
    "no such user": json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}], "users": [],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "ghost"}}]}),
    "no such cluster": json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "c", "clusters": [],
        "users": [{"name": "u", "user": {}}],
        "contexts": [{"name": "c", "context": {"cluster": "ghost", "user": "u"}}]}),
}


@pytest.mark.parametrize("text", BROKEN_KUBECONFIGS.values(), ids=BROKEN_KUBECONFIGS)
def test_a_broken_kubeconfig_is_named(place, tmp_path, text):
    (tmp_path / "kubeconfig").write_text(text)
    said = run_once(place, "--dry-run", "--kubeconfig", tmp_path / "kubeconfig")
    assert str(tmp_path / "kubeconfig") in said


def test_a_kubeconfig_that_is_missing_or_a_folder(place, tmp_path):
    for path in (tmp_path / "nowhere", tmp_path):
        assert str(path) in run_once(place, "--dry-run", "--kubeconfig", path)


def test_what_cannot_start_is_not_restarted_without_end(place, tmp_path, monkeypatch):
    """The unit has RestartSec=0: under a service manager a failed start takes a second."""
    took = []
    for manager in (None, tmp_path / "nobody listens"):
        if manager:
            monkeypatch.setenv("NOTIFY_SOCKET", str(manager))
        begun = time.monotonic()
        run_once(place, "--dry-run", "--kubeconfig", tmp_path / "nowhere")
        took.append(time.monotonic() - begun)
    assert took[0] < 1 <= took[1], took


def test_of_several_kubeconfigs_a_missing_one_is_left_out_and_a_broken_one_named(
        place, tmp_path, monkeypatch):
    (tmp_path / "broken").write_text('{"kind": "Pod"}')
    monkeypatch.setenv("KUBECONFIG", f"{tmp_path / 'nowhere'}:{tmp_path / 'broken'}")
    said = run_once(place, "--dry-run")
    assert f"{tmp_path / 'broken'}: kind is not Config" in said
    monkeypatch.setenv("KUBECONFIG", f"{tmp_path / 'nowhere'}:{tmp_path / 'nor_there'}")
    assert "does not exist" in run_once(place, "--dry-run")


def test_a_broken_certificate_is_named(place, tmp_path):
    junk = base64.b64encode(b"junk").decode()
    path = kubeconfig.write(tmp_path / "kubeconfig", "https://127.0.0.1:1",
                      **{"client-certificate-data": junk, "client-key-data": junk})
    said = run_once(place, "--dry-run", "--kubeconfig", path)
    assert "certificate" in said and junk not in said


def test_the_example_configuration_is_accepted(place, tmp_path):
    """Whole: only the kubeconfig that it names is missing."""
    text = (ROOT / "packaging/nodewall.yaml").read_text().replace("/etc/kubernetes", str(tmp_path))
    text = text.replace("/var/lib/nodewall", str(tmp_path / "log"))
    for uncomment in (False, True):
        if uncomment:
            lines = [line[1:] if line.startswith("#") and ": " in line and line[1].islower() and
                     " " not in line.split(":")[0] else line for line in text.splitlines()]
            text = "\n".join(lines)
        (tmp_path / "nodewall.yaml").write_text(text)
        said = run_once(place, "--dry-run", "--config", tmp_path / "nodewall.yaml")
        assert "nodewall.kubeconfig" in said, said
    assert "\nlisten: 127.0.0.1" in text and "\ndryRun: false" in text and "\nsocket: /" in text


class Answering(http.server.BaseHTTPRequestHandler):
    """Answers each request as the test says, and remembers it."""
    how, asked, agents = None, [], set()

    def do_GET(self):
        type(self).asked.append(self.path)
        type(self).agents.add(self.headers.get("User-Agent", ""))
        self.how(self)

    def log_message(self, *_):
        pass


def plain(status, body, content="application/json", **headers):
    def how(handler):
        handler.send_response(status)
        handler.send_header("Content-Type", content)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)
    return how


def status(code, reason):
    return json.dumps({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code,
                       "reason": reason, "message": f"said {reason}"}).encode()


def closing(handler):
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def cut(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b'{"kind": "List"')
    handler.close_connection = True


SERVERS = {
    "HTML": (plain(200, b"<html>Sign in</html>", "text/html"), ["HTML", "html", "JSON"]),
    "401": (plain(401, status(401, "Unauthorized")), ["401"]),
    "403": (plain(403, status(403, "Forbidden")), ["403"]),
    "404": (plain(404, status(404, "NotFound")), ["404"]),
    "500": (plain(500, b"boom"), ["500"]),
    "503": (plain(503, status(503, "ServiceUnavailable"), Retry_After="1"), ["503"]),
    "closes": (closing, ["closed", "end of", "reset", "EOF"]),
    "cut": (cut, ["closed", "end of", "partial", "cut", "EOF"]),
    "an endless redirect": (plain(302, b"", Location="/"), ["302"]),
    "a list of another shape": (plain(200, b'{"items": 7}'), ["items", "shape", "list"]),
}


@pytest.fixture
def log_with_a_pod(place):
    place.import_objects([objects.namespace("web"), objects.pod("p", "web", ["10.42.0.2"])])
    return place


def serve(place, how):
    """A server on loopback of the namespace, one thread for each connection."""
    handler = type("Handler", (Answering,), {"how": staticmethod(how), "asked": [], "agents": set()})
    server = place.namespace.call(http.server.ThreadingHTTPServer, ("127.0.0.1", 8001), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server, handler


@pytest.mark.parametrize("how,words", SERVERS.values(), ids=SERVERS)
def test_a_server_that_answers_nonsense(log_with_a_pod, tmp_path, how, words):
    place = log_with_a_pod
    before = [e for e in place.events() if e["stream"] != "nodewall"]
    server, handler = serve(place, how)
    service = Service(place, "--dry-run", "--kubeconfig", kubeconfig.write(tmp_path / "k", token="geheim"),
                      log_path=tmp_path / "said")
    try:
        def named():
            said = service.said()
            assert any(word in said for word in words), said
        eventually(named)
        time.sleep(1)
        # Each path is asked again after pauses of its own, which double; without them it would be hundreds.
        often = {path: times for path, times in Counter(handler.asked).items() if times > 12}
        assert not often, "it does not hammer the server"
        assert all(agent.startswith("nodewall/") and "(node-1)" in agent for agent in handler.agents)
        assert "geheim" not in service.said()
        assert service.page("/healthz")[0] == 200 and service.page("/readyz")[0] == 503
        assert service.stop() < 2
    finally:
        service.close()
        server.shutdown()
        server.server_close()
    after = [e for e in place.events() if e["stream"] != "nodewall" and e["type"] != "ERROR"]
    assert after == before, "an error deletes nothing"
    place.call("log", "verify", "--db", place.db)


@pytest.mark.parametrize("listening", [True, False], ids=["hangs", "refuses"])
def test_a_server_that_hangs_or_refuses(log_with_a_pod, tmp_path, listening):
    place = log_with_a_pod
    silent = place.namespace.socket(socket.AF_INET, socket.SOCK_STREAM)
    if listening:
        silent.bind(("127.0.0.1", 8001))
        silent.listen(100)
    service = Service(place, "--dry-run", "--kubeconfig", kubeconfig.write(tmp_path / "k"),
                      log_path=tmp_path / "said")
    try:
        eventually(lambda: alive(service))
        if not listening:
            eventually(lambda: refused(service))
        assert service.stop(signal.SIGINT) < 2
    finally:
        service.close()
        silent.close()
    place.call("log", "verify", "--db", place.db)


def alive(service):
    assert service.page("/healthz")[0] == 200


def refused(service):
    assert "refused" in service.said(), service.said()


def test_a_log_made_by_run_is_its_owners_alone(place, tmp_path):
    service = Service(place, "--dry-run", "--kubeconfig", kubeconfig.write(tmp_path / "k"),
                      log_path=tmp_path / "said")
    try:
        eventually(lambda: alive(service))
        service.stop()
    finally:
        service.close()
    assert stat.S_IMODE(os.stat(place.db).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(os.path.dirname(place.db)).st_mode) == 0o700
    types = [e["type"] for e in place.events()]
    assert "STARTED" in types and "CONFIGURED" in types and types[-1] == "STOPPED"
