"""A cluster with a real API server: objects are made through it, and `nodewall run` watches it."""
import copy
import json
import shutil
import tempfile
import time

from . import kube_proxy
from .api_server import ApiServer
from .cluster import Cluster
from .nodewall import Nodewall
from .service import Service


class ApiCluster(Cluster):
    """The API server lives as long as this; log and service are each test's own (`new_log`)."""

    def __init__(self, store=None):
        """`store`: a folder for the API server's own data, if it is to be elsewhere."""
        super().__init__()
        self.services = []
        self._explained_by = ()  # and as of what the service has applied
        try:
            self.api = ApiServer(self.network.node.namespace, store or self.network.folder,
                                 self.network.node.ipv4)
            self.kubeconfig = self.api.kubeconfig(self.network.folder + "/kubeconfig")
            self.push()
        except BaseException:
            self.close()
            raise

    def close(self):
        for service in self.services:
            service.close()
        if hasattr(self, "api"):
            self.api.close()
        super().close()

    # ---- one test ------------------------------------------------------------------------------

    def new_log(self):
        self.log_folder = tempfile.mkdtemp(dir=self.network.folder)
        self.nodewall = Nodewall(self.log_folder + "/log/nodewall.db",
                                 namespace=self.network.node.namespace)

    def run_service(self, *arguments, ready=True, **options):
        service = Service(self.nodewall, "--kubeconfig", self.kubeconfig, *arguments,
                          log_path=f"{self.log_folder}/service-{len(self.services)}", **options)
        self.services.append(service)
        return service.ready() if ready else service

    def stop_services(self):
        """Whatever the test left running."""
        for service in self.services:
            if service.process.poll() is None:
                service.stop()

    def end_test(self):
        """Whatever the test left running ends; log and kernel agree, where anything was applied (a log
        that knows nothing leaves the kernel alone); the objects go."""
        self.stop_services()
        for service in self.services:
            service.close()
        ran = bool(self.services)
        self.services.clear()
        try:
            if ran and self.nodewall.events("--type", "APPLIED"):
                self.nodewall.check_all()
        finally:
            self.nodewall.call("reset")
            for thing in list(self._objects.values()):
                if thing["kind"] not in ("Node", "Namespace"):
                    self.delete(thing)
            self.push()
            shutil.rmtree(self.log_folder)

    def _explained(self):
        """The log as of what the service has applied; of one that was killed: as of what the log says
        that it had."""
        if self._explained_by is None:
            return None
        running = [s for s in self.services if s.process.poll() is None]
        if running:
            time.sleep(0.02)  # members change in the kernel a moment before the service tells
            status, text = running[-1].page("/status")
            assert status == 200, text
            said = json.loads(text)
            seq = 0 if said["dryRun"] else said["applied"]["seq"]
        else:
            acts = self.nodewall.events("--type", "APPLIED") if self.services else []
            seq = acts[-1]["body"]["seq"] if acts else 0
        return ("--at", seq, *self._explained_by) if seq else None

    # ---- objects through the API ----------------------------------------------------------------

    def push(self):
        """Brings the API server to the objects."""
        for key, thing in list(self._imported.items()):
            if key not in self._objects:
                self.api.delete(thing)
        for key, thing in self._objects.items():
            if key not in self._imported:
                self.api.create(thing)
            elif self._imported[key] != thing:
                parts = ("spec", "endpoints", "ports")
                change = {part: thing[part] for part in parts if part in thing}
                self.api.patch(thing, {"metadata": {"labels": thing["metadata"].get("labels")},
                                       **change})
        self._imported = copy.deepcopy(self._objects)

    def push_all(self):
        """Objects and DNAT."""
        self.push()
        kube_proxy.sync(
            self.network.node.namespace, self._of_kind("Service"),
            lambda service, port, family: [e[:3] for e in self._endpoints(service, port, family)],
            self.nodewall.node)

    def write_slices(self, service, **options):
        """In the only version that this server has."""
        super().write_slices(service, **{"api_version": "discovery.k8s.io/v1beta1", **options})

    def forget(self, thing):
        """The object is not in the server any more, without a request (a restored backup)."""
        self._objects.pop(self._key(thing), None)
        self._imported.pop(self._key(thing), None)
