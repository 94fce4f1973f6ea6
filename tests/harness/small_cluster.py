"""A node whose API server is the small one: the service runs against the kernel of a network
namespace. No packets: tests of what the service says and records."""
from . import objects
from .namespaces import Namespace
from .nodewall import Nodewall
from .service import Service
from .small_api import SmallApi
from .xtables_lock import XtablesLock


class SmallCluster:
    def __init__(self, folder, extra=()):
        self.folder = folder
        self._lock = XtablesLock()
        self.namespace = Namespace("small")
        self._services = []
        self.nodewall = Nodewall(folder / "log/nodewall.db", namespace=self.namespace)
        port = objects.service_port(80, 8080, 30080)
        self.api = SmallApi(self.namespace, folder, [
            objects.node("node-1", ["127.0.0.1"]), objects.namespace("kube-system"),
            objects.namespace("web"), objects.pod("web-1", "web", ["10.42.0.2"], {"app": "web"}),
            objects.service("web", "web", {"app": "web"}, [port], external_ips=["203.0.113.7"],
                            families=(4,)),
            objects.endpoint_slice("web-a", "web", "web", 4, [("10.42.0.2", "node-1", "web-1")],
                                   [("", 8080, "TCP")]),
            objects.network_policy("deny", "web", {"app": "web"}), *extra])

    def close(self):
        for service in self._services:
            service.close()
        self.api.close()
        self.namespace.close()
        self._lock.close()

    def run(self, *arguments, ready=True, **options):
        service = Service(self.nodewall, "--kubeconfig", self.api.kubeconfig, *arguments,
                          log_path=self.folder / f"said-{len(self._services)}", **options)
        self._services.append(service)
        return service.ready() if ready else service

    def pod(self, name, address):
        self.api.create(objects.pod(name, "web", [address], {"app": "web"}))
