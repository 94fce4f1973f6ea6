"""Calico's kinds against a real API server: their definitions are installed in one group, then in the
other, removed and installed again, while the service runs and packets meet what they say."""
import json

import pytest

from doors import node_ports, north_doors, opens, shuts, south_doors, wait_open
from harness import calico
from harness.api_server import ApiError
from harness.calico import OFFERED, STORED, rule
from harness.service import eventually

# A definition is noticed by the next discovery, and its end by the second one that lacks it.
DISCOVERED, GONE = 75, 110
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
KINDS = {"Tier": "tiers", "GlobalNetworkPolicy": "globalnetworkpolicies", "NetworkPolicy": "networkpolicies",
         "GlobalNetworkSet": "globalnetworksets", "NetworkSet": "networksets",
         "StagedGlobalNetworkPolicy": "stagedglobalnetworkpolicies",
         "StagedNetworkPolicy": "stagednetworkpolicies",
         "StagedKubernetesNetworkPolicy": "stagedkubernetesnetworkpolicies"}
NAMESPACED = {"NetworkPolicy", "NetworkSet", "StagedNetworkPolicy", "StagedKubernetesNetworkPolicy"}
NORTH, SOUTH = ["192.0.2.0/24", "2001:db8:2::/64"], ["198.51.100.0/24", "2001:db8:51::/64"]
OF_WEB = "app == 'web'"


def definition(api_version, kind):
    group, version = api_version.split("/")
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{KINDS[kind]}.{group}"},
            "spec": {"group": group, "scope": "Namespaced" if kind in NAMESPACED else "Cluster",
                     "names": {"kind": kind, "plural": KINDS[kind], "singular": kind.lower()},
                     "versions": [{"name": version, "served": True, "storage": True, "schema": {
                         "openAPIV3Schema": {"type": "object",
                                             "x-kubernetes-preserve-unknown-fields": True}}}]}}


class Definitions:
    """Of all of Calico's kinds, in a group, and objects of theirs."""

    def __init__(self, api):
        self.api = api

    def install(self, api_version):
        for kind in KINDS:
            self.api.request("POST", DEFINITIONS, definition(api_version, kind))
        for kind in KINDS:
            eventually(lambda k=kind: self.expect_served(api_version, k, True))

    def uninstall(self, api_version):
        """Which deletes the objects first."""
        for kind in KINDS:
            try:
                self.api.request("DELETE", f"{DEFINITIONS}/{KINDS[kind]}.{api_version.split('/')[0]}")
            except ApiError as refused:
                assert refused.code == 404, refused
        for kind in KINDS:
            eventually(lambda k=kind: self.expect_served(api_version, k, False))

    def expect_served(self, api_version, kind, wanted):
        try:
            self.api.request("GET", f"/apis/{api_version}/{KINDS[kind]}")
            served = True
        except ApiError as refused:
            assert refused.code == 404, refused
            served = False
        assert served == wanted, (api_version, kind)

    def create(self, thing):
        thing = json.loads(json.dumps(thing))
        for key in ("uid", "resourceVersion", "creationTimestamp"):
            thing["metadata"].pop(key, None)
        self.api.request("POST", self._path(thing), thing)
        return thing

    def replace_rules(self, thing, rules):
        self.api.request("PATCH", f"{self._path(thing)}/{thing['metadata']['name']}",
                         {"spec": {"ingress": rules}}, content="application/merge-patch+json")

    @staticmethod
    def _path(thing):
        namespace = thing["metadata"].get("namespace")
        inside = f"namespaces/{namespace}/" if namespace else ""
        return f"/apis/{thing['apiVersion']}/{inside}{KINDS[thing['kind']]}"


@pytest.fixture
def kinds(cluster):
    made = Definitions(cluster.api)
    yield made
    cluster.stop_services()  # whose kernel is what the log says while nothing goes
    for api_version in (STORED, OFFERED):
        made.uninstall(api_version)


def states(service, api_version):
    status = json.loads(service.page("/status")[1])
    group = api_version.split("/")[0]
    return {s["stream"].removesuffix("." + group): s["state"] for s in status["streams"]
            if s["stream"] in {f"{plural}.{group}" for plural in KINDS.values()}}


def expect_followed(service, *api_versions):
    """Every kind of these groups, and none of the others."""
    for api_version in (STORED, OFFERED):
        absent = {kind for kind, state in states(service, api_version).items()
                  if state == "not served by this API server"}
        assert absent == (set() if api_version in api_versions else set(KINDS.values())), api_version


def of(namespace):
    return f"{OF_WEB} && projectcalico.org/namespace == '{namespace}'"


def deny(group, namespace, name="shut", nets=None):
    """Everyone, or only who comes from `nets`."""
    rules = [rule("Deny", {"nets": nets}), rule("Allow")] if nets else [rule("Deny")]
    return calico.global_policy(name, rules, of(namespace), order=1, group=group)


def test_definitions_come_in_one_group_move_to_the_other_go_and_come_again(cluster, web, kinds):
    doors = node_ports(cluster)
    service = cluster.run_service()
    expect_followed(service)
    opens(cluster, doors, by="apache")

    kinds.install(STORED)
    kinds.create(deny(STORED, web))
    eventually(lambda: shuts(cluster, doors), DISCOVERED)
    expect_followed(service, STORED)
    answer = cluster.nodewall.explain("--from", cluster.network.north.ipv4, "--to", "nodeport:TCP/30080")
    assert answer["verdict"] == "deny" and "GlobalNetworkPolicy" in json.dumps(answer)

    # What is stored in the first group stays there, stale: exactly one group is read.
    kinds.install(OFFERED)
    wait_open(cluster, doors, seconds=DISCOVERED + GONE, by="apache")
    eventually(lambda: expect_followed(service, OFFERED), GONE)
    kinds.create(calico.tier("guard", 100, "Pass", group=OFFERED))
    kinds.create(calico.made("NetworkSet", "north", {"nets": NORTH}, web, {"side": "north"}, OFFERED))
    kinds.create(calico.policy("guard.shut", web, [rule("Deny", {"selector": "side == 'north'"})], OF_WEB,
                               order=1, tier="guard", group=OFFERED))
    kinds.create({**deny(OFFERED, web, "staged"), "kind": "StagedGlobalNetworkPolicy"})
    eventually(lambda: shuts(cluster, north_doors(cluster)))
    opens(cluster, south_doors(cluster), by="apache")

    kinds.uninstall(OFFERED)
    eventually(lambda: shuts(cluster, doors), DISCOVERED + GONE)  # the first group's policy again
    eventually(lambda: expect_followed(service, STORED), GONE)

    kinds.uninstall(STORED)
    wait_open(cluster, doors, seconds=GONE, by="apache")
    eventually(lambda: expect_followed(service), GONE)

    kinds.install(STORED)
    kinds.create(deny(STORED, web, nets=SOUTH))
    eventually(lambda: shuts(cluster, south_doors(cluster)), DISCOVERED)
    opens(cluster, north_doors(cluster), by="apache")
    assert service.page("/readyz")[0] == 200


def test_of_a_definition_with_another_schema_what_is_understood_holds(cluster, web, kinds):
    """A later version of Calico may say more: a rule that allows then means nobody, one that denies means
    everyone, and what the other rules say holds."""
    cluster.policy("default-deny", web)
    cluster.push()
    kinds.install(OFFERED)
    policy = kinds.create(calico.global_policy(
        "later", [rule("Allow", {"nets": NORTH}, onWeekdays=["Monday"]), rule("Allow", {"nets": SOUTH})],
        of(web), order=1, spec={"performanceHints": ["AssumeNeededOnEveryNode"]}, group=OFFERED))
    service = cluster.run_service()
    eventually(lambda: opens(cluster, south_doors(cluster), by="apache"), DISCOVERED)
    shuts(cluster, north_doors(cluster))

    def named():
        findings = json.loads(service.page("/status")[1])["findings"]
        assert "onWeekdays" in json.dumps(findings), findings
    eventually(named)

    kinds.replace_rules(policy, [rule("Deny", {"nets": NORTH}, onWeekdays=["Monday"]),
                                 rule("Allow", {"nets": SOUTH})])
    eventually(lambda: shuts(cluster, node_ports(cluster)))
    kinds.replace_rules(policy, [rule("Allow", {"nets": NORTH}), rule("Log", onWeekdays=["Monday"]),
                                 rule("Allow", {"nets": SOUTH})])
    eventually(lambda: opens(cluster, node_ports(cluster), by="apache"))
