"""Doors other than NodePorts, and what is never shut."""
import pytest

from doors import (BALANCER4, BALANCER6, CLUSTER4, CLUSTER6, EVERY_BACKEND, EXTERNAL4, EXTERNAL6,
                   NODEPORT, NORTH, SOUTH_NODE, node_ports, north_doors, opens, shuts, south_doors, web)
from harness import objects
from harness.objects import rule, service_port

pytestmark = EVERY_BACKEND
ADDRESSES = {"externalIPs": (EXTERNAL4, EXTERNAL6), "load balancer": (BALANCER4, BALANCER6),
             "clusterIPs": (CLUSTER4, CLUSTER6)}


@pytest.mark.parametrize("addresses", ADDRESSES.values(), ids=ADDRESSES)
def test_addresses_of_a_service_are_doors(cluster, addresses):
    web(cluster)
    north, south = cluster.network.north, cluster.network.south
    cluster.apply()
    for address in addresses:
        cluster.opens(north, address, 80, by="web-1")
    deny = cluster.policy("deny", "web")
    cluster.apply()
    for address in addresses:
        cluster.shuts(north, address, 80)
    admit = cluster.policy("admit", "web", {}, [rule(NORTH, ["http"])])
    cluster.apply()
    for address in addresses:
        cluster.opens(north, address, 80, by="web-1")
        cluster.shuts(south, address, 80)
    cluster.delete(deny)
    cluster.delete(admit)
    cluster.apply()
    for address in addresses:
        cluster.opens(south, address, 80, by="web-1")


@pytest.mark.parametrize("protocol", ["UDP", "SCTP"])
def test_external_doors_differ_by_protocol_and_port(cluster, protocol):
    cluster.namespace("web")
    cluster.pod("web-1", "web", {"app": "web"}, [("tcp", 53, "TCP"), ("dns", 53, protocol),
                                                 ("more", 54, protocol)])
    cluster.service("web", "web", {"app": "web"}, [
        service_port(53, "tcp", 30053, "TCP", "tcp"), service_port(53, "dns", 30053, protocol, "dns"),
        service_port(54, "more", 30054, protocol, "more")], external_ips=[EXTERNAL4, EXTERNAL6])
    cluster.policy("admit", "web", {}, [rule(None, [(protocol, 54), ("TCP", 53)])])
    cluster.apply()
    for address in (EXTERNAL4, EXTERNAL6):
        cluster.opens(cluster.network.north, address, 53)
        cluster.shuts(cluster.network.north, address, 53, protocol)
        cluster.opens(cluster.network.north, address, 54, protocol)


def test_pods_dial_cluster_addresses_freely(cluster):
    """A clusterIP dialled from a pod is no front door: pods are judged behind it, not here."""
    web(cluster)
    dialer = cluster.host_of(cluster.pod("dialer", "web"))
    cluster.policy("deny", "web", {"app": "web"})
    cluster.apply()
    for address in (CLUSTER4, CLUSTER6):
        cluster.opens(dialer, address, 80, by="web-1")
        cluster.shuts(cluster.network.north, address, 80)
    for address in (EXTERNAL4, EXTERNAL6):
        cluster.shuts(dialer, address, 80)


def test_a_pod_reaches_itself_through_its_own_door(cluster):
    pods = web(cluster)
    other = cluster.host_of(cluster.pod("other", "web"))
    cluster.policy("deny", "web")
    cluster.apply()
    own = cluster.host_of(pods[0])
    for address in (cluster.network.node.ipv4, cluster.network.node.ipv6):
        cluster.opens(own, address, NODEPORT, by="web-1")
        cluster.shuts(other, address, NODEPORT)


def test_the_node_itself_is_never_shut_out(cluster):
    web(cluster)
    node = cluster.network.node
    # A process of the node on the door's own number, without DNAT: its packets come back over lo.
    cluster.service("host", "web", {"app": "web"}, [service_port(81, 8080, 30081)])
    cluster.policy("deny", "web")
    cluster.apply()
    shuts(cluster, node_ports(cluster))
    for address in (node.ipv4, node.ipv6):
        cluster.opens(node, address, NODEPORT, by="web-1")
    for tool in ("iptables-legacy", "ip6tables-legacy"):
        node.namespace.run(tool, "-t", "nat", "-F", "KP")
    cluster.servers.add(node.namespace, "node", "TCP", 30081)
    for address in (node.ipv4, node.ipv6, "127.0.0.1", "::1"):
        cluster.opens(node, address, 30081, by="node")
    cluster.shuts(cluster.network.north, node.ipv4, 30081)


def test_vital_ports_of_the_node_stay_open_on_its_own_addresses(cluster):
    cluster.namespace("web")
    node, north = cluster.network.node, cluster.network.north
    cluster.pod("web-1", "web", {"app": "web"}, [("http", 8080, "TCP")])
    cluster.service("web", "web", {"app": "web"},
                    [service_port(n, "http", name=f"p{n}") for n in (22, 6443, 10250, 2222)],
                    kind="ClusterIP", cluster_ips=[CLUSTER4, CLUSTER6],
                    external_ips=[node.ipv4, node.ipv6, EXTERNAL4])
    cluster.policy("deny", "web")
    cluster.apply()
    for port in (22, 6443, 10250):
        cluster.opens(north, node.ipv4, port)
        cluster.opens(north, node.ipv6, port)
        cluster.shuts(north, EXTERNAL4, port)
    cluster.shuts(north, node.ipv4, 2222)
    cluster.shuts(north, node.ipv6, 2222)


def test_the_health_check_port_is_never_shut(cluster):
    web(cluster, local=True)
    cluster._objects["Service", "web", "web"]["spec"]["healthCheckNodePort"] = 32000
    cluster.servers.add(cluster.network.node.namespace, "kube-proxy", "TCP", 32000)
    cluster.policy("deny", "web")
    cluster.apply()
    shuts(cluster, node_ports(cluster))
    opens(cluster, node_ports(cluster), 32000, by="kube-proxy")


def test_outsiders_are_judged_by_local_endpoints_where_the_service_says_local(cluster):
    """The remote pod is open, the local one is not: the remote one counts for Cluster only."""
    cluster.namespace("web")
    cluster.pod("here", "web", {"app": "web", "on": "node-1"}, [("http", 8080, "TCP")])
    cluster.pod("there", "web", {"app": "web", "on": "node-2"}, [("http", 8080, "TCP")],
                node="node-2")
    dialer = cluster.host_of(cluster.pod("dialer", "web", {"on": "none"}))
    service = cluster.service("web", "web", {"app": "web"}, [service_port(80, "http", NODEPORT)],
                              local=True, external_ips=[EXTERNAL4])
    cluster.policy("deny", "web", {"on": "node-1"})
    cluster.apply()
    shuts(cluster, node_ports(cluster))
    cluster.shuts(cluster.network.north, EXTERNAL4, 80)
    cluster.opens(dialer, cluster.network.node.ipv4, NODEPORT)

    service["spec"]["externalTrafficPolicy"] = "Cluster"
    cluster.apply()
    opens(cluster, node_ports(cluster))
    cluster.opens(cluster.network.north, EXTERNAL4, 80)


def test_a_door_stays_open_to_whom_one_of_its_backends_admits(cluster):
    web(cluster, "closed", "open")
    cluster.policy("deny", "web", {"pod": "closed"})
    cluster.apply()
    opens(cluster, node_ports(cluster))
    cluster.policy("some", "web", {"pod": "open"}, [rule(NORTH)])
    cluster.apply()
    opens(cluster, north_doors(cluster))
    shuts(cluster, south_doors(cluster))


def test_a_service_without_endpoints_is_no_door(cluster):
    cluster.namespace("web")
    cluster.service("web", "web", {"app": "nobody"}, [service_port(80, 8080, NODEPORT)])
    cluster.servers.add(cluster.network.node.namespace, "node", "TCP", NODEPORT)
    cluster.policy("deny", "web")
    cluster.apply()
    opens(cluster, node_ports(cluster), by="node")


def test_endpoints_that_someone_wrote_down(cluster):
    """An address that is no pod is isolated by no policy; a named pod that is unknown refuses."""
    cluster.namespace("web")
    pod = cluster.pod("web-1", "web", {"app": "web"}, [("http", 8080, "TCP")])
    host = cluster.host_of(pod)
    cluster.service("web", "web", {"app": "web"}, [service_port(80, "http", NODEPORT)], slices=False)
    cluster.policy("deny", "web")
    written = cluster.put(objects.endpoint_slice("web-4", "web", "web", 4,
                                                 [("203.0.113.99", "node-1", None)],
                                                 [("", 8080, "TCP")]))
    cluster.apply()
    cluster.opens(cluster.network.north, cluster.network.node.ipv4, NODEPORT)

    written["endpoints"][0].update(addresses=[host.ipv4], targetRef={
        "kind": "Pod", "name": "web-9", "namespace": "web"})
    cluster.delete(pod)
    cluster.put(objects.pod("unrelated", "web", ["10.42.0.200"], {"app": "other"}))
    cluster.write_log()
    cluster.enforce()
    cluster.shuts(cluster.network.north, cluster.network.node.ipv4, NODEPORT)


def test_policies_of_completed_pods_and_of_moved_addresses_follow_the_pods(cluster):
    """The address of a pod that completed belongs to a new pod with other labels."""
    cluster.namespace("web")
    old = cluster.pod("old", "web", {"app": "old"}, [("http", 8080, "TCP")])
    host = cluster.host_of(old)
    cluster.policy("deny", "web", {"app": "old"})
    service = cluster.service("web", "web", {"app": "old"}, [service_port(80, "http", NODEPORT)])
    cluster.apply()
    cluster.shuts(cluster.network.north, cluster.network.node.ipv4, NODEPORT)

    old["status"]["phase"] = "Failed"
    cluster.put(objects.pod("new", "web", [host.ipv4, host.ipv6], {"app": "new"},
                            [("http", 8080, "TCP")]))
    service["spec"]["selector"] = {"app": "new"}
    cluster.write_slices(service)
    cluster.apply()
    opens(cluster, node_ports(cluster), by="old")  # the server behind the address says its old name


def test_a_door_that_moves_to_another_service_belongs_to_it_alone(cluster):
    web(cluster)
    cluster.namespace("other")
    cluster.pod("other-1", "other", {"app": "web"}, [("http", 8080, "TCP")])
    cluster.policy("deny", "web")
    cluster.apply()
    shuts(cluster, node_ports(cluster))
    cluster._objects["Service", "web", "web"]["spec"]["ports"][0]["nodePort"] = 30099
    cluster.service("other", "other", {"app": "web"}, [service_port(80, "http", NODEPORT)])
    cluster.apply()
    opens(cluster, node_ports(cluster), by="other-1")
    shuts(cluster, node_ports(cluster), 30099)


def test_a_node_port_and_an_external_address_of_the_node_are_one_door(cluster):
    """Of two Services on one address and number the door is open to whom either admits; the NodePort
    on the node's other addresses is a door of its own."""
    cluster.namespace("web")
    for name in ("port", "address"):
        cluster.pod(f"{name}-1", "web", {"app": name}, [("http", 8080, "TCP")])
    node, north, south = cluster.network.node, cluster.network.north, cluster.network.south
    cluster.service("port", "web", {"app": "port"}, [service_port(80, "http", NODEPORT)])
    cluster.service("address", "web", {"app": "address"}, [service_port(NODEPORT, "http")],
                    kind="ClusterIP", cluster_ips=[CLUSTER4, CLUSTER6],
                    external_ips=[node.ipv4, node.ipv6])
    refused = cluster.policy("deny-port", "web", {"app": "port"})
    cluster.apply()
    for address in (node.ipv4, node.ipv6):
        cluster.opens(north, address, NODEPORT)
    cluster.shuts(south, SOUTH_NODE, NODEPORT)
    cluster.policy("deny-address", "web", {"app": "address"})
    cluster.apply()
    for address in (node.ipv4, node.ipv6):
        cluster.shuts(north, address, NODEPORT)
    cluster.delete(refused)
    cluster.policy("admit-north", "web", {"app": "port"}, [rule(NORTH)])
    cluster.apply()
    for address in (node.ipv4, node.ipv6):
        cluster.opens(north, address, NODEPORT)
        cluster.shuts(south, address, NODEPORT)
