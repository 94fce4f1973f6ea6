"""The scene of scripts/demo: the node, the pod, the clients, the API server and nodewall."""
import contextlib
import http.client
import json
import os
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness import objects  # noqa: E402
from harness.network import Network  # noqa: E402
from harness.nodewall import Nodewall  # noqa: E402
from harness.service import Service  # noqa: E402

NODE_PORT = 30051
API = ("127.0.0.1", 6443)
PATHS = {"NetworkPolicy": "/apis/networking.k8s.io/v1/namespaces/{}/networkpolicies"}

# What kube-proxy writes for one Service with one endpoint, in iptables mode.
KUBE_PROXY = """*nat
:KUBE-SERVICES - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-SVC-APACHE - [0:0]
:KUBE-SEP-APACHE - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-POSTROUTING - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A OUTPUT -j KUBE-SERVICES
-A POSTROUTING -j KUBE-POSTROUTING
-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
-A KUBE-NODEPORTS -p tcp -m tcp --dport {node_port} -j KUBE-MARK-MASQ
-A KUBE-NODEPORTS -p tcp -m tcp --dport {node_port} -j KUBE-SVC-APACHE
-A KUBE-SVC-APACHE -j KUBE-SEP-APACHE
-A KUBE-SEP-APACHE -p tcp -m tcp -j DNAT --to-destination {pod}:80
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE
COMMIT
"""

KUBECONFIG = """apiVersion: v1
kind: Config
clusters: [{{name: demo, cluster: {{server: "http://{}:{}"}}}}]
users: [{{name: demo, user: {{}}}}]
contexts: [{{name: demo, context: {{cluster: demo, user: demo}}}}]
current-context: demo
"""


@dataclass(frozen=True)
class Client:
    name: str
    namespace: object
    address: str  # of the node, as this client sees it

    @property
    def door(self):
        return f"{self.address}:{NODE_PORT}"


class Attempts:
    """What became of one client's connections: (start in ns, passed), in order."""

    def __init__(self, attempts):
        self._attempts = attempts
        assert len(attempts) > 100, f"only {len(attempts)} connections were tried"

    def none_passed(self):
        return not any(passed for _, passed in self._attempts)

    def all_passed(self):
        return all(passed for _, passed in self._attempts)

    def shut_after(self, when):
        """Milliseconds from `when` to the first of the connections that all failed to the end."""
        passed = [start for start, passed in self._attempts if passed]
        failed = [start for start, _ in self._attempts if not passed or start > passed[-1]]
        return (failed[0] - when) / 1e6 if passed and len(failed) > 100 else None

    def open_after(self, when):
        """Milliseconds from `when` to the first connection that passed, where none did before."""
        passed = [start for start, passed in self._attempts if passed]
        return (passed[0] - when) / 1e6 if passed and passed[0] >= when else None


class Dialling:
    def __init__(self):
        self.attempts = {}


@dataclass(frozen=True)
class Request:
    """A line of the API server's request log: METHOD TARGET USER-AGENT."""
    text: str

    @property
    def what(self):
        return self.text.rpartition(" nodewall/")[0]

    @property
    def _target(self):
        return self.what.partition(" ")[2]

    @property
    def is_list(self):
        path = self._target.partition("?")[0]
        plural = path.rsplit("/", 1)[1]
        return "watch=" not in self._target and plural in (
            "namespaces", "nodes", "pods", "services", "endpointslices", "networkpolicies")

    @property
    def is_probe(self):
        return "limit=1&" in self._target + "&" and "resourceVersionMatch=NotOlderThan" in self._target

    def watches(self, stream, version):
        path, _, query = self._target.partition("?")
        return path.endswith("/" + stream.partition(".")[0]) and "watch=" in query and \
            f"resourceVersion={version}" in query.split("&")


class Scene:
    def __init__(self):
        self._ends = contextlib.ExitStack()

    def __enter__(self):
        try:
            self._set_up()
        except BaseException:
            self._ends.close()
            raise
        return self

    def __exit__(self, kind, *_):
        said = self.folder / "nodewall.log"
        if kind and said.exists():
            print("\nWhat nodewall said last:", *said.read_text().splitlines()[-20:], sep="\n  ")
        self._ends.close()

    def _set_up(self):
        network = self._ends.enter_context(contextlib.closing(Network()))
        self.node_name, self._node = "demo-node", network.node.namespace
        self.folder = Path(network.folder)
        self.clients = (Client("client one", network.north.namespace, "192.0.2.1"),
                        Client("client two", network.south.namespace, "198.51.100.1"))
        pod = network.add_pod()
        self._node.run("iptables-legacy-restore", "--noflush",
                       input=KUBE_PROXY.format(node_port=NODE_PORT, pod=pod.ipv4))
        self._start(pod.namespace, sys.executable, "-B", _client(), "serve", 80)
        self._start_api_server(pod.ipv4)
        (self.folder / "kubeconfig").write_text(KUBECONFIG.format(*API))
        self._program = Nodewall(self.folder / "events.db", self.node_name, self._node)
        self._service = None
        _eventually(lambda: all(self.page(client) for client in self.clients))

    def _start(self, namespace, *command, **options):
        process = subprocess.Popen(namespace.command(*command), **options)
        self._ends.callback(_end, process)
        return process

    def _start_api_server(self, pod):
        things = {"apiVersion": "v1", "kind": "List", "items": [
            objects.namespace("policy-namespace"),
            objects.node(self.node_name, ["192.0.2.1", "198.51.100.1"]),
            objects.pod("apache-web-1", "policy-namespace", [pod], {"name": "apache-web"},
                        [("http", 80, "TCP")], node=self.node_name),
            objects.service("apache-web", "policy-namespace", {"name": "apache-web"},
                            [objects.service_port(80, 80, NODE_PORT, name="http")]),
            objects.endpoint_slice("apache-web-4", "policy-namespace", "apache-web", 4,
                                   [(pod, self.node_name, "apache-web-1")], [("http", 80, "TCP")])]}
        (self.folder / "cluster.json").write_text(json.dumps(things))
        server = self._start(self._node, os.environ["SMALL_API_SERVER"], "--listen", "%s:%d" % API,
                             "--request-log", self.folder / "requests.log", "--bookmark-seconds", 1,
                             self.folder / "cluster.json", stdout=subprocess.PIPE, text=True)
        assert server.stdout.readline().startswith("ready"), "the API server did not start"

    # ---- the network ---------------------------------------------------------------------------

    def page(self, client):
        """The pod's page as this client gets it, or None."""
        return client.namespace.call(_get, client.address, NODE_PORT)

    @contextlib.contextmanager
    def rule(self, rule):
        """A rule on the node for a while; gives a function that counts the packets it met."""
        chain = rule.split()[0]
        self._node.run("iptables-legacy", "-A", *rule.split())
        yield lambda: int(self._node.run("iptables-legacy", "-nvxL", chain).splitlines()[-1].split()[0])
        self._node.run("iptables-legacy", "-D", *rule.split())

    @contextlib.contextmanager
    def dialling(self):
        """Both clients dial while the body runs, a moment before and a while after."""
        dialling = Dialling()
        running = [(client, self._start(client.namespace, sys.executable, "-B", _client(), "dial",
                                        client.address, NODE_PORT, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True))
                   for client in self.clients]
        for _, process in running:
            process.stdout.readline()  # on a busy machine its start takes a while
        time.sleep(0.5)
        yield dialling
        time.sleep(1)
        for _, process in running:
            process.stdin.close()
        for client, process in running:
            dialling.attempts[client] = Attempts(json.loads(process.stdout.read()))

    # ---- the API server ------------------------------------------------------------------------

    def create(self, thing):
        """Posts it; when that was, in nanoseconds of CLOCK_MONOTONIC."""
        return self._ask("POST", _collection(thing), json.dumps(thing))

    def delete(self, thing):
        return self._ask("DELETE", f"{_collection(thing)}/{thing['metadata']['name']}")

    def _ask(self, method, path, body=None):
        return self._node.call(_api, method, path, body)

    def requests(self):
        """What the API server was asked by nodewall so far."""
        lines = (self.folder / "requests.log").read_text().splitlines()
        return [Request(line) for line in lines if " nodewall/" in line]

    # ---- nodewall ------------------------------------------------------------------------------

    def start_nodewall(self):
        self._service = Service(self._program, "--kubeconfig", str(self.folder / "kubeconfig"),
                                "--enforce", "nodeports", log_path=self.folder / "nodewall.log")
        self._ends.callback(self._service.close)
        self._service.ready()
        _eventually(self._watches_all)

    def _watches_all(self):
        """Whether each kind is being watched: only then does a POST measure what it should."""
        return self._node.call(_control)["watches"] == 6

    def kill_nodewall(self):
        self._service.kill()

    def stop_nodewall(self):
        self._service.stop()

    def nodewall(self, *arguments):
        """The lines that a verb printed."""
        return self._program.call(*arguments, "--db", self._program.db).stdout.splitlines()

    def cursors(self):
        """stream: the resourceVersion that its watch goes on from, as the log has it."""
        copy = self.folder / "copy.db"
        self.nodewall("log", "copy", str(copy))
        with contextlib.closing(sqlite3.connect(copy)) as log:
            return dict(log.execute("SELECT stream, resource_version FROM cursor"))


def _client():
    return str(Path(__file__).with_name("demo_client.py"))


def _collection(thing):
    return PATHS[thing["kind"]].format(thing["metadata"]["namespace"])


def _get(address, port):
    connection = http.client.HTTPConnection(address, port, timeout=1)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read().decode()
    except OSError:
        return None
    finally:
        connection.close()


def _api(method, path, body):
    connection = http.client.HTTPConnection(*API, timeout=5)
    try:
        connection.connect()
        asked = time.monotonic_ns()
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
        assert answer.status in (200, 201), f"{method} {path}: {answer.status} {text}"
        return asked
    finally:
        connection.close()


def _control():
    connection = http.client.HTTPConnection(*API, timeout=5)
    try:
        connection.request("POST", "/_control", "{}")
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def _eventually(check, seconds=15):
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def _end(process):
    process.kill()
    process.wait()
