"""Who a `from` admits: pods by their labels, by their namespaces', and addresses; seen from pods that
dial a node's port and from outside."""
import pytest

from doors import EVERY_BACKEND, NODEPORT, NORTH, north_doors, opens, shuts, south_doors, web
from harness.objects import rule

pytestmark = EVERY_BACKEND


@pytest.fixture
def dialers(cluster):
    """Pods that dial: in the policy's namespace and in two others, with and without a label."""
    web(cluster)
    cluster.namespace("blue", team="blue")
    cluster.namespace("red", team="red")
    labels = {"role": "client"}
    return {
        "web/client": cluster.pod("client", "web", labels),
        "web/plain": cluster.pod("plain", "web", {"role": "other"}),
        "blue/client": cluster.pod("client", "blue", labels),
        "blue/plain": cluster.pod("plain", "blue"),
        "red/client": cluster.pod("client", "red", labels),
    }


def match(**labels):
    return {"matchLabels": labels}


def expect(cluster, dialers, admitted):
    for name, pod in dialers.items():
        host = cluster.host_of(pod)
        for address in (cluster.network.node.ipv4, cluster.network.node.ipv6):
            (cluster.opens if name in admitted else cluster.shuts)(host, address, NODEPORT)
    shuts(cluster, south_doors(cluster))


PEERS = {
    "pods of the own namespace": ([{"podSelector": match(role="client")}], ["web/client"]),
    "all pods of the own namespace": ([{"podSelector": {}}], ["web/client", "web/plain"]),
    "namespaces": ([{"namespaceSelector": match(team="blue")}],
                   ["web/client", "web/plain", "blue/client", "blue/plain"]),
    "all namespaces": ([{"namespaceSelector": {}}],
                       ["web/client", "web/plain", "blue/client", "blue/plain", "red/client"]),
    "pods in namespaces": ([{"namespaceSelector": match(team="red"),
                             "podSelector": match(role="client")}], ["red/client"]),
    "a namespace by its name": ([{"namespaceSelector":
                                  match(**{"kubernetes.io/metadata.name": "red"})}], ["red/client"]),
    "expressions": ([{"namespaceSelector": {"matchExpressions": [
        {"key": "team", "operator": "NotIn", "values": ["blue"]}]}}], ["red/client"]),
    "keys that are missing": ([{"podSelector": {"matchExpressions": [
        {"key": "role", "operator": "DoesNotExist"}]}, "namespaceSelector": {}}], ["blue/plain"]),
    "several peers": ([{"podSelector": match(role="other")},
                       {"namespaceSelector": match(team="red")}], ["web/plain", "red/client"]),
    "nobody": ([{"podSelector": match(role="nobody")}], []),
}


@pytest.mark.parametrize("peers,admitted", PEERS.values(), ids=PEERS)
def test_peers(cluster, dialers, peers, admitted):
    cluster.policy("admit", "web", {"app": "web"}, [rule(peers, ["http"])])
    cluster.apply()
    expect(cluster, dialers, admitted)
    shuts(cluster, north_doors(cluster))


def test_rules_are_a_union_of_pods_and_addresses(cluster, dialers):
    cluster.policy("pods", "web", {"app": "web"}, [rule([{"podSelector": match(role="client")}])])
    cluster.policy("blocks", "web", {}, [rule(NORTH, [8080]), rule(NORTH, [1])])
    cluster.apply()
    expect(cluster, dialers, ["web/client"])
    opens(cluster, north_doors(cluster))


def test_blocks_match_pods_too(cluster, dialers):
    address = cluster.host_of(dialers["red/client"]).ipv4
    cluster.policy("blocks", "web", {}, [rule([{"ipBlock": {"cidr": address + "/32"}}])])
    cluster.apply()
    for name, pod in dialers.items():
        expected = cluster.opens if name == "red/client" else cluster.shuts
        expected(cluster.host_of(pod), cluster.network.node.ipv4, NODEPORT)


def test_labels_that_change_change_who_is_admitted(cluster, dialers):
    cluster.policy("admit", "web", {"app": "web"}, [rule([{"namespaceSelector": match(team="blue"),
                                                           "podSelector": match(role="client")}])])
    cluster.apply()
    expect(cluster, dialers, ["web/client", "blue/client"])
    dialers["blue/plain"]["metadata"]["labels"] = {"role": "client"}
    del dialers["web/client"]["metadata"]["labels"]["role"]
    cluster.namespace("red", team="blue")
    cluster.apply()
    expect(cluster, dialers, ["blue/client", "blue/plain", "red/client"])


def test_a_pod_that_is_gone_is_no_peer_any_more(cluster, dialers):
    cluster.policy("admit", "web", {"app": "web"}, [rule([{"podSelector": {}}])])
    cluster.apply()
    expect(cluster, dialers, ["web/client", "web/plain"])
    dialers["web/client"]["status"]["phase"] = "Succeeded"
    cluster.delete(dialers["web/plain"])
    cluster.apply()
    expect(cluster, dialers, [])


def test_pods_of_the_hosts_network_are_never_peers(cluster, dialers):
    """Its address is the node's and must enter no set: here it is a client's, so that it would show."""
    pod = cluster.pod("agent", "web", {"role": "client"}, host_network=True)
    pod["status"]["podIP"], pod["status"]["podIPs"] = "192.0.2.10", [{"ip": "192.0.2.10"}]
    cluster.policy("admit", "web", {"app": "web"}, [rule([{"podSelector": match(role="client")}])])
    cluster.apply()
    cluster.shuts(cluster.network.north, cluster.network.node.ipv4, NODEPORT)
    cluster.opens(cluster.host_of(dialers["web/client"]), cluster.network.node.ipv4, NODEPORT)
