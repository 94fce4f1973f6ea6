"""Calico's policies at front doors, as real connections; what explain says is compared with each."""
import pytest

from doors import (EVERY_BACKEND, NODEPORT, node_ports, north_doors, opens, shuts, south_doors, web)
from harness import calico
from harness.calico import rule

pytestmark = EVERY_BACKEND

NORTH = ["192.0.2.0/24", "2001:db8:2::/64"]
SITE = "app == 'web'"


def test_nets_of_a_global_policy_open_what_a_namespace_denies(cluster):
    web(cluster)
    cluster.policy("default-deny", "web")
    opening = cluster.put(calico.global_policy(
        "open", [rule("Allow", {"nets": NORTH}, protocol="TCP", destination={"ports": [8080]})],
        SITE, order=10))
    cluster.apply()
    opens(cluster, north_doors(cluster), by="web-1")
    shuts(cluster, south_doors(cluster))
    opening["spec"]["ingress"][0]["destination"]["ports"] = [80]  # the Service's, not the pod's
    cluster.apply()
    shuts(cluster, node_ports(cluster))
    cluster.delete(opening)
    cluster.apply()
    shuts(cluster, node_ports(cluster))


def test_a_deny_stands_above_what_a_namespace_admits(cluster):
    web(cluster)
    cluster.policy("open", "web", {}, [{}])
    deny = cluster.put(calico.global_policy("deny", [rule("Deny", {"nets": NORTH})], SITE, order=999.5))
    cluster.apply()
    shuts(cluster, north_doors(cluster))
    opens(cluster, south_doors(cluster), by="web-1")
    deny["spec"]["order"] = 1000.5  # below the namespace's own, and so never asked
    cluster.apply()
    opens(cluster, node_ports(cluster), by="web-1")


@pytest.mark.parametrize("group", [calico.OFFERED, calico.STORED])
def test_a_tier_passes_logs_and_denies(cluster, group):
    web(cluster)
    cluster.policy("default-deny", "web")
    cluster.put(calico.tier("security", 100, group=group))
    policy = cluster.put(calico.global_policy(
        "first", [rule("Log"), rule("Pass", {"nets": NORTH}), rule("Allow")], SITE, tier="security",
        group=group))
    cluster.apply()
    shuts(cluster, north_doors(cluster))
    opens(cluster, south_doors(cluster), by="web-1")
    policy["spec"]["ingress"] = [rule("Log")]
    cluster.apply()
    shuts(cluster, node_ports(cluster))


def test_a_policy_waits_for_its_tier(cluster):
    web(cluster)
    cluster.put(calico.global_policy("deny", [rule("Deny")], SITE, tier="later"))
    cluster.apply()
    opens(cluster, node_ports(cluster), by="web-1")
    tier = cluster.put(calico.tier("later", 100))
    cluster.apply()
    shuts(cluster, node_ports(cluster))
    cluster.delete(tier)
    cluster.apply()
    opens(cluster, node_ports(cluster), by="web-1")


def test_a_network_set_is_a_peer(cluster):
    web(cluster)
    partners = cluster.put(calico.made("GlobalNetworkSet", "partners", {"nets": NORTH[:1]},
                                       labels={"role": "partner"}))
    cluster.put(calico.global_policy("admit", [rule("Allow", {"selector": "role == 'partner'"})], SITE))
    cluster.apply()
    network = cluster.network
    cluster.opens(network.north, network.node.ipv4, NODEPORT)
    cluster.shuts(network.north, network.node.ipv6, NODEPORT)
    shuts(cluster, south_doors(cluster))
    partners["spec"]["nets"] = NORTH
    cluster.apply()
    opens(cluster, north_doors(cluster), by="web-1")
    partners["metadata"]["labels"] = {"role": "stranger"}
    cluster.apply()
    shuts(cluster, node_ports(cluster))


def test_conditions_hold_together(cluster):
    web(cluster)
    cluster.namespace("lab", team="red")
    first = cluster.pod("first", "lab", {"role": "client", "stage": "one"})
    second = cluster.pod("second", "lab", {"role": "client", "stage": "two"})
    cluster.put(calico.global_policy("admit", [rule("Allow", {
        "namespaceSelector": "team == 'red'", "selector": "role in {'client'} || has(x)",
        "notSelector": "stage == 'two'"}), rule("Allow", {
            "notNets": [NORTH[0], "10.0.0.0/8"], "notSelector": "all()"})], SITE))
    cluster.apply()
    node = cluster.network.node
    cluster.opens(cluster.host_of(first), node.ipv4, NODEPORT)
    cluster.shuts(cluster.host_of(second), node.ipv4, NODEPORT)
    cluster.shuts(cluster.network.north, node.ipv4, NODEPORT)
    cluster.opens(cluster.network.north, node.ipv6, NODEPORT)
    opens(cluster, south_doors(cluster), by="web-1")
    second["metadata"]["labels"]["stage"] = "three"
    cluster.apply()
    cluster.opens(cluster.host_of(second), node.ipv4, NODEPORT)


def test_the_destination_of_a_rule_narrows_its_subjects(cluster):
    web(cluster)
    policy = cluster.put(calico.global_policy(
        "deny", [rule("Deny", {"nets": NORTH}, destination={"selector": "pod == 'web-2'"}),
                 rule("Allow")], SITE))
    cluster.apply()
    opens(cluster, node_ports(cluster), by="web-1")
    policy["spec"]["ingress"][0]["destination"]["selector"] = "pod == 'web-1'"
    cluster.apply()
    shuts(cluster, north_doors(cluster))
    opens(cluster, south_doors(cluster), by="web-1")
