"""A node, two clients outside, and pods.

    north 192.0.2.10, 2001:db8:2::10 ───────┐        ┌── pod 10.42.0.2, fd42::2
                                            node ────┤
    south 198.51.100.10, 2001:db8:51::10 ───┘        └── pod 10.42.0.3, fd42::3

Pods hang on the node by veth pairs with a /32 and a link-local gateway, without a bridge: each of
their packets passes the node's FORWARD chains.
"""
import tempfile
from dataclasses import dataclass

from .namespaces import Namespace, connect, remove_stale
from .xtables_lock import XtablesLock


@dataclass
class Host:
    """A namespace and its addresses."""
    namespace: Namespace
    ipv4: str
    ipv6: str

    def address(self, family):
        return self.ipv4 if family == 4 else self.ipv6


class Network:
    def __init__(self):
        remove_stale()
        self._folder = tempfile.TemporaryDirectory(prefix="nodewall-e2e-")
        self.folder = self._folder.name
        self._lock = XtablesLock()
        self._namespaces = []
        self._pods = 0
        try:
            node = self._add("node")
            for key in ("ipv4.ip_forward", "ipv6.conf.all.forwarding"):
                node.sysctl("net." + key, 1)
            # The node's address in the north is the one that its Node object tells.
            self.node = Host(node, "192.0.2.1", "2001:db8:2::1")
            self.north = self._client("north", "192.0.2", "2001:db8:2:")
            self.south = self._client("south", "198.51.100", "2001:db8:51:")
        except BaseException:
            self.close()
            raise

    def close(self):
        while self._namespaces:
            self._namespaces.pop().close()
        self._lock.close()
        self._folder.cleanup()

    def _add(self, role):
        self._namespaces.append(Namespace(role))
        return self._namespaces[-1]

    def _client(self, role, net4, net6):
        client, node = self._add(role), self.node.namespace
        connect(node, role, client, "eth0")
        node.ip("address", "add", f"{net4}.1/24", "dev", role)
        node.ip("address", "add", f"{net6}:1/64", "dev", role)
        client.ip("address", "add", f"{net4}.10/24", "dev", "eth0")
        client.ip("address", "add", f"{net6}:10/64", "dev", "eth0")
        client.ip("route", "add", "default", "via", f"{net4}.1")
        client.ip("-6", "route", "add", "default", "via", f"{net6}:1")
        return Host(client, f"{net4}.10", f"{net6}:10")

    def node_addresses(self):
        """Every address of the node that a client may dial."""
        return {"192.0.2.1", "198.51.100.1", "2001:db8:2::1", "2001:db8:51::1"}

    def add_client_address(self, client, address):
        """Another address of a client, for probes that say where they come from."""
        length = 24 if "." in address else 64
        client.namespace.ip("address", "add", f"{address}/{length}", "dev", "eth0")

    def add_pod(self):
        self._pods += 1
        number, node = self._pods + 1, self.node.namespace
        link = f"pod{number}"
        pod = Host(self._add(link), f"10.42.0.{number}", f"fd42::{number:x}")
        connect(node, link, pod.namespace, "eth0")
        node.ip("address", "add", "169.254.1.1/32", "dev", link)
        node.ip("address", "add", "fe80::1/64", "dev", link)
        node.ip("route", "add", f"{pod.ipv4}/32", "dev", link)
        node.ip("-6", "route", "add", f"{pod.ipv6}/128", "dev", link)
        pod.namespace.ip("address", "add", f"{pod.ipv4}/32", "dev", "eth0")
        pod.namespace.ip("address", "add", f"{pod.ipv6}/128", "dev", "eth0")
        pod.namespace.ip("route", "add", "169.254.1.1", "dev", "eth0", "scope", "link")
        pod.namespace.ip("route", "add", "default", "via", "169.254.1.1", "dev", "eth0", "src", pod.ipv4)
        pod.namespace.ip("-6", "route", "add", "default", "via", "fe80::1", "dev", "eth0")
        return pod
