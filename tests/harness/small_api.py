"""The small API server (tests/harness/small_api_server.cpp) in a network namespace, on loopback."""
import http.client
import json
import os
import subprocess
from pathlib import Path

from . import kubeconfig
from .nodewall import PROGRAM

SERVER = os.environ.get("SMALL_API_SERVER",
                        str(Path(PROGRAM).resolve().parents[2] / "tests/harness/small_api_server"))
ADDRESS = ("127.0.0.1", 8001)
PATHS = {"Namespace": "/api/v1/namespaces", "Node": "/api/v1/nodes",
         "Pod": "/api/v1/namespaces/{}/pods", "Service": "/api/v1/namespaces/{}/services",
         "EndpointSlice": "/apis/discovery.k8s.io/v1/namespaces/{}/endpointslices",
         "NetworkPolicy": "/apis/networking.k8s.io/v1/namespaces/{}/networkpolicies"}


class SmallApi:
    def __init__(self, namespace, folder, things=()):
        self._namespace = namespace
        given = Path(folder) / "cluster.json"
        given.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": list(things)}))
        self.kubeconfig = kubeconfig.write(Path(folder) / "kubeconfig", "http://%s:%d" % ADDRESS)
        self._given = given
        self.start()

    def start(self):
        """With what it was given at first; what was created since is lost."""
        self._process = subprocess.Popen(
            self._namespace.command(SERVER, "--listen", "%s:%d" % ADDRESS, self._given),
            stdout=subprocess.PIPE, text=True)
        assert self._process.stdout.readline().startswith("ready"), "the small API server"

    def close(self):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    def create(self, *things):
        for thing in things:
            self._ask("POST", _collection(thing), thing)

    def delete(self, thing):
        self._ask("DELETE", f"{_collection(thing)}/{thing['metadata']['name']}")

    def _ask(self, method, path, body=None):
        self._namespace.call(_request, method, path, json.dumps(body) if body else None)


def _collection(thing):
    return PATHS[thing["kind"]].format(thing["metadata"].get("namespace", ""))


def _request(method, path, body):
    connection = http.client.HTTPConnection(*ADDRESS, timeout=5)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
        assert answer.status in (200, 201), f"{method} {path}: {answer.status} {text}"
    finally:
        connection.close()
