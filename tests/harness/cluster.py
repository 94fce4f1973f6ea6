"""A cluster without an API server: its objects, and the network that they speak of.

`apply()` brings the log to the objects (`nodewall import`), the kernel to the log (in one of the ways of
`harness.backends`) and the DNAT to the Services, and then asks whether log and kernel agree. From then on
`nodewall explain` is asked about each connection that a test makes, and must say what the kernel did.
"""
import contextlib
import copy

from . import kube_proxy, objects
from .backends import BACKENDS
from .network import Network
from .nodewall import Nodewall
from .probes import DROPPED, OPEN_SECONDS, SHUT_SECONDS, Probe, Servers


class Cluster:
    def __init__(self, backend="iptables"):
        self._enforce = BACKENDS[backend]
        self.network = Network()
        self.servers = Servers()
        self.nodewall = Nodewall(self.network.folder + "/log/nodewall.db",
                                 namespace=self.network.node.namespace)
        self._objects, self._imported, self._pods = {}, {}, {}
        self._explained_by = None  # arguments for `explain`; None: the kernel is not what the log says
        kube_proxy.install(self.network.node.namespace)
        self.put(objects.node("node-1", [self.network.node.ipv4, self.network.node.ipv6]))
        self.put(objects.node("node-2", ["192.0.2.2"]))

    def close(self):
        self.network.close()
        self.servers.close()

    # ---- objects ------------------------------------------------------------------------------

    def put(self, thing):
        self._objects[self._key(thing)] = thing
        return thing

    def delete(self, thing):
        del self._objects[self._key(thing)]

    def namespace(self, name, **labels):
        return self.put(objects.namespace(name, labels))

    def policy(self, name, namespace, selector=None, ingress=None, **options):
        return self.put(objects.network_policy(name, namespace, selector, ingress, **options))

    def pod(self, name, namespace, labels=None, ports=(), serve=(), **options):
        """A pod that runs, and answers with its name on its `ports` and on `serve` (protocol, port)."""
        host = self.network.add_pod()
        for protocol, number in [(p, n) for _, n, p in ports] + list(serve):
            self.servers.add(host.namespace, name, protocol, number)
        thing = self.put(objects.pod(name, namespace, [host.ipv4, host.ipv6], labels, ports, **options))
        self._pods[self._key(thing)] = host
        return thing

    def host_of(self, pod):
        return self._pods[self._key(pod)]

    def service(self, name, namespace, selector, ports, slices=True, **options):
        """The Service and, as the endpoint slice controller would write them, its slices."""
        thing = self.put(objects.service(name, namespace, selector, ports, **options))
        if slices:
            self.write_slices(thing)
        return thing

    def write_slices(self, service, **options):
        """One slice for each family, port and number that the port's name stands for."""
        name, namespace = service["metadata"]["name"], service["metadata"]["namespace"]
        for family in (4, 6):
            for index, port in enumerate(service["spec"]["ports"]):
                by_number = {}
                for address, number, node, pod in self._endpoints(service, port, family):
                    by_number.setdefault(number, []).append((address, node, pod))
                for number, endpoints in by_number.items():
                    self.put(objects.endpoint_slice(
                        f"{name}-{family}-{index}-{number}", namespace, name, family, endpoints,
                        [(port.get("name", ""), number, port["protocol"])], **options))

    def _endpoints(self, service, port, family):
        """(address, number, node, pod) of the pods that the Service selects."""
        selector = service["spec"].get("selector", {})
        for thing in self._of_kind("Pod"):
            meta, spec = thing["metadata"], thing["spec"]
            labels = meta.get("labels", {})
            if meta["namespace"] != service["metadata"]["namespace"] or not selector or \
                    any(labels.get(k) != v for k, v in selector.items()):
                continue
            number = port["targetPort"]
            if isinstance(number, str):
                named = [p["containerPort"] for c in spec["containers"] for p in c["ports"]
                         if p["name"] == number and p["protocol"] == port["protocol"]]
                if not named:
                    continue
                number = named[0]
            for address in [a["ip"] for a in thing["status"]["podIPs"]]:
                if (":" in address) == (family == 6):
                    yield address, number, spec["nodeName"], meta["name"]

    # ---- the log, the kernel, the DNAT ---------------------------------------------------------

    def write_log(self):
        """Brings the log to the objects."""
        gone = [t for key, t in self._imported.items() if key not in self._objects]
        new = [t for key, t in self._objects.items() if self._imported.get(key) != t]
        for thing in new:
            if self._key(thing) in self._imported:
                objects.changed(thing)
        if gone:
            self.nodewall.import_objects(gone, "--delete")
        if new:
            self.nodewall.import_objects(new)
        self._imported = copy.deepcopy(self._objects)

    def apply(self, *arguments, backends=None):
        """`backends`: whom kube-proxy sends to, where it is not just the pods that run and are selected."""
        self.write_log()
        kube_proxy.sync(
            self.network.node.namespace, self._of_kind("Service"), backends or
            (lambda service, port, family: [e[:3] for e in self._endpoints(service, port, family)]),
            self.nodewall.node, self._of_kind("Pod"))
        self.enforce(*arguments)

    def enforce(self, *arguments):
        """Brings the kernel to the log."""
        self._enforce(self.nodewall, *arguments)
        self._explained_by = arguments

    def _explained(self):
        """What the kernel is: arguments for `explain`, or None."""
        return self._explained_by

    @contextlib.contextmanager
    def explained_by(self, arguments):
        """The kernel is what the log says with these arguments of `explain`; None: it is not."""
        before, self._explained_by = self._explained_by, arguments
        try:
            yield
        finally:
            self._explained_by = before

    # ---- probes --------------------------------------------------------------------------------

    def opens(self, client, address, port, protocol="TCP", source=None, by=None):
        """A connection is made (and answered by the pod `by`, or one of several)."""
        said = self._ask(client, source, protocol, address, port, OPEN_SECONDS)
        expected = [by] if isinstance(by, str) else by
        assert said in expected if expected else said not in (DROPPED, "connection refused"), \
            f"{protocol} from {source or client.namespace.role} to {address} port {port}: {said}, " \
            f"should be answered{f' by {by}' if by else ''}"

    def shuts(self, client, address, port, protocol="TCP", source=None):
        """Nothing comes back."""
        said = self._ask(client, source, protocol, address, port, SHUT_SECONDS)
        assert said == DROPPED, \
            f"{protocol} from {source or client.namespace.role} to {address} port {port}: {said}, " \
            "should be shut"

    def _ask(self, client, source, protocol, address, port, seconds):
        before = self._explained()
        said = Probe(self.servers, client.namespace, source).ask(protocol, address, port, seconds)
        if before is not None:
            self._compare(source or client.address(6 if ":" in address else 4), protocol, address, port,
                          said != DROPPED, before)
        return said

    def _compare(self, source, protocol, address, port, passed, explained):
        """`explain` says of the gate what the kernel did to the connection."""
        ports = [(p.get("nodePort"), p["protocol"]) for s in self._of_kind("Service")
                 for p in s["spec"]["ports"]]
        ports += [(p.get("hostPort"), p["protocol"]) for pod in self._of_kind("Pod")
                  for p in pod["spec"]["containers"][0]["ports"] if p.get("hostIP", address) == address]
        local = address in self.network.node_addresses() and (port, protocol) in ports
        whom = ("--to", f"nodeport:{address}:{protocol}/{port}") if local else \
            ("--to", address, "--port", port, "--protocol", protocol)
        answer = self.nodewall.explain("--from", source, *whom, *explained)
        gates = [s["action"] for s in answer["steps"] if s["point"] == "front-door"]
        assert "unknown" not in gates, answer
        # Where the kernel changes just now, one of the two may be of the state before.
        assert passed == ("deny" not in gates) or self._explained() != explained, \
            f"{protocol} from {source} to {address} port {port} {'passed' if passed else 'was dropped'}, " \
            f"explain: {answer}"

    def _of_kind(self, kind):
        return [t for (k, _, _), t in self._objects.items() if k == kind]

    @staticmethod
    def _key(thing):
        meta = thing["metadata"]
        return thing["kind"], meta.get("namespace", ""), meta["name"]
