"""A real kube-apiserver with its etcd, on loopback inside a network namespace.

scripts/lib/kube-apiserver says where the binary is ($KUBE_APISERVER). Requests go through a small
client with a token; the audit log tells what clients asked for.
"""
import base64
import copy
import http.client
import json
import os
import shutil
import signal
import ssl
import subprocess
import time
import uuid
from pathlib import Path

from .namespaces import run

ROOT = Path(__file__).resolve().parents[2]
PORT, ETCD_PORT = 6443, 2379

AUDIT_POLICY = {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"],
                "rules": [{"level": "Metadata", "verbs": ["list", "watch", "get"]}, {"level": "None"}]}

# What nodewall asks for, and nothing more.
READER = [
    {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
     "metadata": {"name": "nodewall"}, "rules": [
         {"apiGroups": [""], "resources": ["namespaces", "nodes", "pods", "services"],
          "verbs": ["list", "watch", "get"]},
         {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"],
          "verbs": ["list", "watch", "get"]},
         {"apiGroups": ["networking.k8s.io"], "resources": ["networkpolicies"],
          "verbs": ["list", "watch", "get"]},
         {"apiGroups": ["policy.networking.k8s.io"],
          "resources": ["adminnetworkpolicies", "baselineadminnetworkpolicies", "clusternetworkpolicies"],
          "verbs": ["list", "watch", "get"]},
         {"apiGroups": ["projectcalico.org", "crd.projectcalico.org"],
          "resources": ["tiers", "globalnetworkpolicies", "networkpolicies", "globalnetworksets",
                        "networksets", "hostendpoints", "stagedglobalnetworkpolicies",
                        "stagednetworkpolicies", "stagedkubernetesnetworkpolicies"],
          "verbs": ["list", "watch", "get"]},
         {"apiGroups": [""], "resources": ["serviceaccounts"], "verbs": ["list", "watch", "get"]},
         {"apiGroups": ["apiregistration.k8s.io"], "resources": ["apiservices"],
          "resourceNames": ["v3.projectcalico.org"], "verbs": ["get"]}]},
    {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
     "metadata": {"name": "nodewall"},
     "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "nodewall"},
     "subjects": [{"kind": "User", "name": "nodewall", "apiGroup": "rbac.authorization.k8s.io"}]},
]

PATHS = {"Namespace": "/api/v1/namespaces", "Node": "/api/v1/nodes", "Pod": "/api/v1/pods",
         "Service": "/api/v1/services",
         "EndpointSlice": "/apis/discovery.k8s.io/v1beta1/endpointslices",
         "NetworkPolicy": "/apis/networking.k8s.io/v1/networkpolicies",
         "Role": "/apis/rbac.authorization.k8s.io/v1/roles",
         "RoleBinding": "/apis/rbac.authorization.k8s.io/v1/rolebindings",
         "ClusterRole": "/apis/rbac.authorization.k8s.io/v1/clusterroles",
         "ClusterRoleBinding": "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"}


class ApiError(Exception):
    def __init__(self, code, text):
        super().__init__(f"{code}: {text[:500]}")
        self.code = code


class ApiServer:
    def __init__(self, namespace, folder, advertise):
        self.namespace, self.advertise = namespace, advertise
        self._token = "admin-token"
        self.folder = Path(folder) / "api-server"
        self.folder.mkdir()
        self.audit_path = self.folder / "audit.log"
        self._etcd = self._server = None
        self._make_credentials()
        self.start()
        for thing in READER:
            self.create(thing)

    def close(self):
        self.stop()

    # ---- processes -----------------------------------------------------------------------------

    def start(self, *options):
        self.start_etcd()
        self.start_server(*options)

    def stop(self):
        self.stop_server()
        self.stop_etcd()

    def start_etcd(self):
        url = f"http://127.0.0.1:{ETCD_PORT}"
        self._etcd = self._spawn(
            "etcd", "etcd", "--data-dir", self.folder / "etcd", "--listen-client-urls", url,
            "--advertise-client-urls", url, "--listen-peer-urls", "http://127.0.0.1:2380",
            "--unsafe-no-fsync")

    def start_server(self, *options):
        binary = os.environ.get("KUBE_APISERVER") or run(ROOT / "scripts/lib/kube-apiserver",
                                                         timeout=1800).strip()
        self._server = self._spawn(
            "kube-apiserver", binary, f"--etcd-servers=http://127.0.0.1:{ETCD_PORT}",
            f"--secure-port={PORT}", "--bind-address=127.0.0.1", f"--advertise-address={self.advertise}",
            f"--tls-cert-file={self.folder}/server.crt",
            f"--tls-private-key-file={self.folder}/server.key",
            f"--client-ca-file={self.folder}/ca.crt", f"--token-auth-file={self.folder}/tokens",
            "--authorization-mode=RBAC", "--disable-admission-plugins=ServiceAccount",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={self.folder}/service-account.key",
            f"--service-account-signing-key-file={self.folder}/service-account.key",
            "--service-cluster-ip-range=10.96.0.0/16,fd96::/108",
            "--feature-gates=IPv6DualStack=true", "--etcd-compaction-interval=0",
            f"--audit-policy-file={self.folder}/audit-policy.json",
            f"--audit-log-path={self.audit_path}", "--audit-log-mode=blocking-strict",
            "--anonymous-auth=false", *options)
        deadline = time.monotonic() + 240
        while True:
            try:
                if self.request("GET", "/readyz", raw=True) == b"ok":
                    return
            except (ApiError, OSError, http.client.HTTPException):
                pass
            if time.monotonic() > deadline or self._server.poll() is not None:
                raise RuntimeError((self.folder / "kube-apiserver.log").read_text()[-5000:])
            time.sleep(0.1)

    def stop_server(self):
        self._server = _end(self._server)

    def stop_etcd(self):
        self._etcd = _end(self._etcd)

    def copy_etcd(self):
        """A backup of etcd's data, to be restored later; the server is away meanwhile."""
        self.stop()
        shutil.rmtree(self.folder / "backup", ignore_errors=True)
        shutil.copytree(self.folder / "etcd", self.folder / "backup")
        self.start()

    def restore_etcd(self):
        self.stop()
        shutil.rmtree(self.folder / "etcd")
        shutil.copytree(self.folder / "backup", self.folder / "etcd")
        self.start()

    def compact_etcd(self):
        """Forgets all history before now. The server's own cache of it needs a restart to go."""
        revision = self._ask_etcd("range", {"key": "AA=="})["header"]["revision"]
        self._ask_etcd("compaction", {"revision": revision, "physical": True})

    def become_another_cluster(self):
        """Gives the namespace kube-system another UID, which the API server itself never would."""
        key = base64.b64encode(b"/registry/namespaces/kube-system").decode()
        stored = base64.b64decode(self._ask_etcd("range", {"key": key})["kvs"][0]["value"])
        system = self.request("GET", "/api/v1/namespaces/kube-system")
        old, new = system["metadata"]["uid"].encode(), str(uuid.uuid4()).encode()
        assert stored.count(old) == 1, stored
        value = base64.b64encode(stored.replace(old, new)).decode()
        self._ask_etcd("put", {"key": key, "value": value})

    def _ask_etcd(self, what, body):
        def post():
            connection = http.client.HTTPConnection("127.0.0.1", ETCD_PORT, timeout=10)
            connection.request("POST", "/v3/kv/" + what, json.dumps(body))
            return json.loads(connection.getresponse().read())

        answer = self.namespace.call(post)
        assert "header" in answer, answer
        return answer

    def _spawn(self, name, *command):
        with open(self.folder / f"{name}.log", "ab") as log:
            return subprocess.Popen(self.namespace.command(*command), stdout=log, stderr=log,
                                    stdin=subprocess.DEVNULL)

    # ---- credentials -----------------------------------------------------------------------------

    def _make_credentials(self):
        openssl = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                   "-nodes", "-days", "2"]
        at = self.folder
        run(*openssl, "-subj", "/CN=test-ca", "-keyout", at / "ca.key", "-out", at / "ca.crt")
        run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
            "/CN=kube-apiserver", "-keyout", at / "server.key", "-out", at / "server.csr")
        (at / "san").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        run("openssl", "x509", "-req", "-in", at / "server.csr", "-CA", at / "ca.crt", "-CAkey",
            at / "ca.key", "-CAcreateserial", "-days", "2", "-extfile", at / "san", "-out",
            at / "server.crt")
        run("openssl", "genrsa", "-out", at / "service-account.key", "2048")
        (at / "tokens").write_text('admin-token,admin,1,"system:masters"\nnodewall-token,nodewall,2\n'
                                   "nobody-token,nobody,3\nmallory-token,mallory,4\n")
        (at / "audit-policy.json").write_text(json.dumps(AUDIT_POLICY))
        self._tls = ssl.create_default_context(cafile=str(at / "ca.crt"))

    def kubeconfig(self, path, token="nodewall-token", server=f"https://127.0.0.1:{PORT}", ca=None):
        """Writes a kubeconfig; JSON is YAML."""
        Path(path).write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [{"name": "test", "cluster": {
                "server": server, "certificate-authority": str(ca or self.folder / "ca.crt")}}],
            "users": [{"name": "nodewall", "user": {"token": token}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "nodewall"}}]}))
        return str(path)

    # ---- requests --------------------------------------------------------------------------------

    def as_user(self, name):
        """The requests of this object, made by another user (`_make_credentials` lists them)."""
        made = copy.copy(self)
        made._token = name + "-token"
        return made

    def request(self, method, path, body=None, raw=False, content="application/json"):
        return self.namespace.call(self._request, method, path, body, raw, content)

    def _request(self, method, path, body, raw, content):
        connection = http.client.HTTPSConnection("127.0.0.1", PORT, context=self._tls, timeout=20)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None,
                               {"Authorization": f"Bearer {self._token}", "Content-Type": content})
            answer = connection.getresponse()
            data = answer.read()
            if answer.status >= 300:
                raise ApiError(answer.status, data.decode(errors="replace"))
            return data if raw else json.loads(data)
        finally:
            connection.close()

    def create(self, thing):
        """Creates the object, its status included; what the server made of it."""
        thing = json.loads(json.dumps(thing))
        for key in ("uid", "resourceVersion", "creationTimestamp"):
            thing["metadata"].pop(key, None)
        made = self.request("POST", self._folder_of(thing), thing)
        if thing.get("status") and thing["kind"] in ("Pod", "Service", "Node"):
            made = self.request("PATCH", self.path_of(thing) + "/status",
                                {"status": thing["status"]}, content="application/merge-patch+json")
        return made

    def patch(self, thing, change):
        return self.request("PATCH", self.path_of(thing), change,
                            content="application/merge-patch+json")

    def delete(self, thing):
        self.request("DELETE", self.path_of(thing), {"gracePeriodSeconds": 0})

    @staticmethod
    def _folder_of(thing):
        base, kind = PATHS[thing["kind"]].rsplit("/", 1)
        namespace = thing["metadata"].get("namespace")
        return f"{base}/namespaces/{namespace}/{kind}" if namespace else f"{base}/{kind}"

    def path_of(self, thing):
        return f"{self._folder_of(thing)}/{thing['metadata']['name']}"

    # ---- audit -----------------------------------------------------------------------------------

    def requests_since(self, when, user="nodewall"):
        """(verb, resource, URI, status) of each request of that user that arrived after `when` (UTC),
        in order. A watch without events is in the log only when it has ended."""
        with open(self.audit_path) as file:
            entries = [json.loads(line) for line in file if line.endswith("\n")]
        since = when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        seen, made = set(), []
        for entry in sorted(entries, key=lambda e: e["requestReceivedTimestamp"]):
            if entry["user"]["username"] == user and entry["auditID"] not in seen and \
                    entry["requestReceivedTimestamp"] >= since:
                seen.add(entry["auditID"])
                made.append((entry["verb"], entry.get("objectRef", {}).get("resource", ""),
                             entry["requestURI"], entry.get("responseStatus", {}).get("code")))
        return made


def _end(process):
    if process and process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return None
