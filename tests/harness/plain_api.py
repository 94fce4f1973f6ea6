"""An API server that lists what it is given and streams the frames that it is given, whatever they are
and however large: what the small API server (and a real one) would refuse itself."""
import http.server
import json
import queue
import re
import socket
import threading

from . import objects

ADDRESS = ("127.0.0.1", 8001)
KINDS = {"namespaces": ("/api/v1", "NamespaceList"), "nodes": ("/api/v1", "NodeList"),
         "pods": ("/api/v1", "PodList"), "services": ("/api/v1", "ServiceList"),
         "endpointslices": ("/apis/discovery.k8s.io/v1", "EndpointSliceList"),
         "networkpolicies": ("/apis/networking.k8s.io/v1", "NetworkPolicyList")}


class PlainApi(http.server.ThreadingHTTPServer):
    """On loopback of the network namespace in which it is made."""
    daemon_threads = True

    def __init__(self, address=ADDRESS, tls=None):
        """`tls`: an ssl.SSLContext; its certificate may be changed meanwhile."""
        super().__init__(address, _Answers)
        if tls:  # each connection shakes hands on its own thread
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self._connections = []
        self.requests = []
        self.token = None  # that a request must bear
        self.errors = {}  # of a kind: the frame that ends each of its watches
        self.items = {kind: [] for kind in KINDS}
        self.frames = {kind: queue.Queue() for kind in KINDS}
        self.version, self.oldest = 1000, 0  # of a list; that a watch can begin at
        self.system = objects.namespace("kube-system")
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        """Whoever finds an answer too large hangs up."""

    def get_request(self):
        connection, peer = super().get_request()
        self._connections.append(connection)
        return connection, peer

    def hang_up(self):
        """Ends every connection, as a restart does."""
        for connection in self._connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it is gone
        self._connections.clear()

    def close(self):
        for frames in self.frames.values():
            frames.put(None)
        self.shutdown()
        self.server_close()


class _Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path, _, query = self.path.partition("?")
        self.server.requests.append(self.path)
        if self.server.token and self.headers.get("Authorization") != f"Bearer {self.server.token}":
            return self._answer(401, _status(401, "Unauthorized"))
        group, _, kind = path.rpartition("/")
        if kind in KINDS and KINDS[kind][0] == group:
            return self._watch(kind, query) if "watch=" in query else self._list(kind)
        if path == "/apis":
            return self._answer(200, {"kind": "APIGroupList", "groups": [
                {"name": name, "versions": [{"groupVersion": f"{name}/v1", "version": "v1"}]}
                for name in ("discovery.k8s.io", "networking.k8s.io")]})
        if path in {group for group, _ in KINDS.values()}:
            return self._answer(200, {"kind": "APIResourceList", "resources": [
                {"name": kind, "verbs": ["get", "list", "watch"]}
                for kind, (served_in, _) in KINDS.items() if served_in == path]})
        if path == "/api/v1/namespaces/kube-system":
            return self._answer(200, self.server.system)
        return self._answer(404, _status(404, "NotFound"))

    def _list(self, kind):
        group, name = KINDS[kind]
        version = group.removeprefix("/apis/").removeprefix("/api/")
        self._answer(200, {"kind": name, "apiVersion": version,
                           "metadata": {"resourceVersion": str(self.server.version)},
                           "items": self.server.items[kind]})

    def _watch(self, kind, query):
        if int(re.search(r"resourceVersion=(\d+)", query)[1]) < self.server.oldest:
            return self._answer(410, _status(410, "Expired"))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._chunk({"type": "BOOKMARK", "object": {
            "kind": "Bookmark", "apiVersion": "v1",
            "metadata": {"resourceVersion": str(self.server.version)}}})
        if kind in self.server.errors:
            self._chunk(self.server.errors[kind])
            return self.wfile.write(b"0\r\n\r\n")
        while (frame := self.server.frames[kind].get()) is not None:
            self._chunk(frame)
        return None

    def _answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _chunk(self, frame):
        data = json.dumps(frame).encode() + b"\n"
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def log_message(self, *_):
        pass


def _status(code, reason):
    return {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason}
