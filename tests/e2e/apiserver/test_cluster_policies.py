"""Kinds that come with a CustomResourceDefinition, against a real API server: ClusterNetworkPolicy is
installed, removed and installed again, in another version, while the service runs."""
import json

import pytest

from doors import node_ports, opens, shuts, wait_open
from harness import objects
from harness.api_server import PATHS, ApiError
from harness.service import eventually

STREAM = "clusternetworkpolicies.policy.networking.k8s.io"
# A definition is noticed by the next discovery, and its end by the second one that lacks it.
DISCOVERED, GONE = 75, 75


def definition(version):
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": STREAM, "annotations": {
                "api-approved.kubernetes.io": "https://github.com/kubernetes-sigs/network-policy-api"}},
            "spec": {"group": "policy.networking.k8s.io", "scope": "Cluster",
                     "names": {"kind": "ClusterNetworkPolicy", "plural": "clusternetworkpolicies",
                               "singular": "clusternetworkpolicy"},
                     "versions": [{"name": version, "served": True, "storage": True, "schema": {
                         "openAPIV3Schema": {"type": "object",
                                             "x-kubernetes-preserve-unknown-fields": True}}}]}}


@pytest.fixture
def kinds(cluster, monkeypatch):
    monkeypatch.setitem(PATHS, "CustomResourceDefinition",
                        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions")
    yield Kinds(cluster, monkeypatch)
    cluster.stop_services()  # whose kernel is what the log says while nothing goes
    for version in ("v1alpha2", "v1beta1"):
        try:
            cluster.api.delete(definition(version))
        except ApiError:
            pass


class Kinds:
    def __init__(self, cluster, monkeypatch):
        self.cluster, self._paths = cluster, monkeypatch

    def install(self, version):
        self._paths.setitem(PATHS, "ClusterNetworkPolicy",
                            f"/apis/policy.networking.k8s.io/{version}/clusternetworkpolicies")
        self.cluster.api.create(definition(version))
        eventually(lambda: self.expect_served(True))

    def uninstall(self, version):
        self.cluster.api.delete(definition(version))
        eventually(lambda: self.expect_served(False))

    def expect_served(self, wanted):
        try:
            self.cluster.api.request("GET", PATHS["ClusterNetworkPolicy"])
            served = True
        except ApiError as refused:
            assert refused.code == 404, refused
            served = False
        assert served == wanted

    def deny(self, version, namespace, name="shut"):
        """Pods of this namespace are refused to all pods."""
        thing = objects.cluster_policy(
            "ClusterNetworkPolicy", name,
            {"namespaces": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}},
            ingress=[{"action": "Deny", "from": [{"namespaces": {}}]}], tier="Admin", priority=5)
        thing["apiVersion"] = f"policy.networking.k8s.io/{version}"
        thing["metadata"] = {"name": name}
        self.cluster.api.create(thing)
        return thing


def state_of(service):
    status = json.loads(service.page("/status")[1])
    return next(s for s in status["streams"] if s["stream"] == STREAM)["state"]


def expect_not_served(service):
    assert state_of(service) == "not served by this API server"


def test_a_definition_comes_goes_and_comes_again_in_another_version(cluster, web, kinds):
    client = cluster.host_of(cluster.pod("client", web, {"role": "client"}))
    cluster.push_all()
    from_pod = [(client, cluster.network.node.ipv4), (client, cluster.network.node.ipv6)]
    service = cluster.run_service()
    expect_not_served(service)
    opens(cluster, from_pod, by="apache")

    for version in ("v1alpha2", "v1beta1"):
        kinds.install(version)
        made = kinds.deny(version, web)
        eventually(lambda: shuts(cluster, from_pod), DISCOVERED)
        opens(cluster, node_ports(cluster), by="apache")  # ingress has no peers outside the cluster
        cluster.api.delete(made)
        wait_open(cluster, from_pod, by="apache")
        kinds.deny(version, web)
        eventually(lambda: shuts(cluster, from_pod))
        kinds.uninstall(version)  # which deletes the object first
        wait_open(cluster, from_pod, seconds=GONE, by="apache")
        eventually(lambda: expect_not_served(service), GONE)
    assert service.page("/readyz")[0] == 200
