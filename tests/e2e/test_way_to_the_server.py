"""Ways to be cut off from the API server, out of public reports: each must end without a restart of
the service, or be refused by name at its start."""
import shutil
import socket
import subprocess
import threading

import pytest

from harness import kubeconfig, objects
from harness.certificates import Authority, server_context
from harness.namespaces import Namespace
from harness.nodewall import Nodewall
from harness.plain_api import PlainApi
from harness.service import Service, eventually

NAME, PORT = "api.example.test", 8001


class Place:
    def __init__(self, folder):
        self.folder = folder
        self.namespace = Namespace("way")
        self.nodewall = Nodewall(folder / "log/nodewall.db", namespace=self.namespace)
        self._closing = []

    def api(self, *arguments, **options):
        made = self.namespace.call(PlainApi, *arguments, **options)
        made.items["nodes"] = [objects.node("node-1", ["192.0.2.10"])]
        self._closing.append(made.close)
        return made

    def run(self, config, **options):
        made = Service(self.nodewall, "--dry-run", "--kubeconfig", config,
                       log_path=self.folder / f"said-{len(self._closing)}", **options)
        self._closing.append(made.close)
        return made

    def listen(self, address):
        door = self.namespace.call(socket.create_server, address)
        self._closing.append(door.close)
        return door

    def close(self):
        for close in reversed(self._closing):
            close()
        self.namespace.close()


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path)
    try:
        yield made
    finally:
        made.close()


def config_for(place, authority):
    return kubeconfig.write(place.folder / "kubeconfig", f"https://127.0.0.1:{PORT}",
                            {"certificate-authority": str(authority)})


# ---- certificates ---------------------------------------------------------------------------------

def test_an_intermediate_authority_is_an_anchor(place):
    """kubernetes-client/python#2160."""
    root, other = Authority(place.folder, "root"), Authority(place.folder, "other")
    cluster = Authority(place.folder, "cluster", root)
    certificate, key = cluster.server()
    certificate.write_text(certificate.read_text() + cluster.path.read_text())
    place.api(tls=server_context(certificate, key))
    place.run(config_for(place, cluster.path)).ready().stop()
    stranger = place.run(config_for(place, other.path))

    def refused():
        assert "not to be trusted" in stranger.said()
    eventually(refused)


@pytest.mark.parametrize("delay", [0, 3], ids=["in time", "late"])
def test_an_authority_that_is_rotated(place, delay):
    """kubernetes#119483; and where the file is replaced only after the server began to use the new one."""
    first, second = Authority(place.folder, "first"), Authority(place.folder, "second")
    context = server_context(*first.server())
    api = place.api(tls=context)
    trusted = place.folder / "ca.crt"
    shutil.copy(first.path, trusted)
    service = place.run(config_for(place, trusted)).ready()
    if not delay:
        shutil.copy(second.path, trusted)
    context.load_cert_chain(*second.server())
    api.hang_up()
    if delay:
        def told():
            assert "not to be trusted" in service.said()
        eventually(told)
        trusted.write_text("")  # as it is while it is being rewritten
        threading.Event().wait(delay)
        shutil.copy(second.path, trusted)
    eventually(lambda: all_follow(service), 45)


def all_follow(service):
    status, text = service.page("/readyz")
    assert status == 200, text


def test_a_token_that_comes_late(place):
    """The first 401 is not the last chance: the file is read again before every attempt."""
    api = place.api()
    api.token = "new"
    token = place.folder / "token"
    token.write_text("old")
    config = kubeconfig.write(place.folder / "kubeconfig", f"http://127.0.0.1:{PORT}", tokenFile=str(token))
    service = place.run(config)

    def refused_twice():
        assert service.said().count("does not accept the credentials") >= 2
    eventually(refused_twice)
    token.write_text("new")
    eventually(lambda: all_follow(service), 45)


# ---- proxies --------------------------------------------------------------------------------------

class Proxy:
    """Knows CONNECT, and leads every connection to the server, whatever it is called."""

    def __init__(self, place):
        self._door, self._place = place.listen(("127.0.0.1", 3128)), place
        self.asked = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(4096)
        self.asked.append(head.split(b"\r\n")[0].decode())
        server = self._place.namespace.call(socket.create_connection, ("127.0.0.1", PORT))
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        threading.Thread(target=pump, args=(server, client), daemon=True).start()
        pump(client, server)


def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def test_a_proxy_is_used(place):
    """kubernetes-client/python#1862: the server's name is known to the proxy alone."""
    place.api()
    proxy = Proxy(place)
    service = place.run(kubeconfig.write(place.folder / "kubeconfig", f"http://{NAME}:6443",
                                         {"proxy-url": "http://127.0.0.1:3128"}))
    service.ready()
    assert set(proxy.asked) == {f"CONNECT {NAME}:6443 HTTP/1.1"}


def test_a_proxy_that_cannot_be_used_is_refused_by_name(place):
    api = place.api()
    service = place.run(kubeconfig.write(place.folder / "kubeconfig", f"http://127.0.0.1:{PORT}",
                                         {"proxy-url": "https://user:secret@127.0.0.1:3128"}))
    assert service.process.wait(10) != 0
    assert "proxy-url" in service.said() and "secret" not in service.said()
    assert not api.requests


# ---- names of several addresses -------------------------------------------------------------------

def with_hosts(place, *addresses):
    """A command that runs another with a name for these addresses; and in which order it gets them."""
    hosts = place.folder / "hosts"
    hosts.write_text("127.0.0.1 localhost\n" + "".join(f"{a} {NAME}\n" for a in addresses))
    prefix = ("unshare", "--mount", "sh", "-c", f'mount --bind {hosts} /etc/hosts && exec "$@"', "sh")
    found = place.namespace.run(*prefix, "getent", "ahostsv4", NAME).splitlines()
    order = [line.split()[0] for line in found if "STREAM" in line]
    assert sorted(order) == sorted(addresses)
    return prefix, order


def two_addresses(place):
    for address in ("192.0.2.1", "192.0.2.2"):
        place.namespace.ip("address", "add", f"{address}/32", "dev", "lo")
    return with_hosts(place, "192.0.2.1", "192.0.2.2")


def test_a_dead_address_behind_a_name(place):
    """k3s#1918: no answer at all comes from the one that the resolver prefers."""
    prefix, (dead, alive) = two_addresses(place)
    place.namespace.run("iptables-legacy", "-A", "INPUT", "-d", dead, "-j", "DROP")
    place.api((alive, PORT))
    config = kubeconfig.write(place.folder / "kubeconfig", f"http://{NAME}:{PORT}")
    place.run(config, prefix=prefix).ready()


def test_an_address_that_takes_connections_and_answers_none(place):
    """A server that hangs, or a balancer without one: the next connection begins with another address."""
    prefix, (mute, alive) = two_addresses(place)
    place.listen((mute, PORT))
    place.api((alive, PORT))
    config = kubeconfig.write(place.folder / "kubeconfig", f"http://{NAME}:{PORT}")
    service = place.run(config, prefix=prefix)
    eventually(lambda: all_follow(service), 60)


def test_a_server_that_moves(place):
    """Its new address is in the kubeconfig, and nobody restarts the service."""
    api = place.api()
    config = kubeconfig.write(place.folder / "kubeconfig", f"http://127.0.0.1:{PORT}")
    service = place.run(config).ready()
    place.api(("127.0.0.1", PORT + 1))
    kubeconfig.write(config, f"http://127.0.0.1:{PORT + 1}")
    api.shutdown()
    api.server_close()
    api.hang_up()

    def moved():
        all_follow(service)
        said = service.status("-o", "json").json()
        assert all(s["lastError"] == "" for s in said["streams"])
    eventually(moved, 45)


# ---- watches --------------------------------------------------------------------------------------

def test_a_watch_that_ends_in_the_same_error_for_ever(place):
    """kubernetes#123072: an event that cannot be made; the Status need not say what it is."""
    api = place.api()
    for status in ({"kind": "Status", "code": 500, "reason": "InternalError"}, {"code": 500}, {}):
        api.errors["networkpolicies"] = {"type": "ERROR", "object": status}
        service = place.run(kubeconfig.write(place.folder / "kubeconfig", f"http://127.0.0.1:{PORT}"))

        def listed_anew():
            streams = service.status("-o", "json", expect=(0, 1)).json()["streams"]
            relists = {s["stream"]: s["relists"] for s in streams}
            assert relists["networkpolicies.networking.k8s.io"] > 0, relists
            assert relists["pods"] == 0
        eventually(listed_anew, 45)
        service.stop()
        shutil.rmtree(place.folder / "log")


def test_history_that_is_lost_by_its_reason_alone(place):
    api = place.api()
    api.errors["pods"] = {"type": "ERROR", "object": {"reason": "Expired"}}
    service = place.run(kubeconfig.write(place.folder / "kubeconfig", f"http://127.0.0.1:{PORT}"))

    def listed_anew():
        said = service.status("-o", "json", expect=(0, 1)).json()
        assert next(s["relists"] for s in said["streams"] if s["stream"] == "pods") > 0
    eventually(listed_anew)
