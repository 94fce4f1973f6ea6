"""hostPorts of local pods: front doors like a Service's."""
from doors import EVERY_BACKEND, NORTH, north_doors, opens, shuts, south_doors, web
from harness.objects import rule

pytestmark = EVERY_BACKEND
HOST_PORT = 9000


def test_a_host_port_is_shut_by_the_policies_of_its_pod(cluster):
    cluster.namespace("web")
    cluster.pod("web-1", "web", {"app": "web"}, serve=[("TCP", 8080), ("UDP", 8080)],
                host_ports=[(HOST_PORT, "", 8080, "TCP"), (HOST_PORT, "", 8080, "UDP")])
    cluster.apply()
    opens(cluster, north_doors(cluster), HOST_PORT, by="web-1")
    deny = cluster.policy("deny", "web")
    cluster.apply()
    shuts(cluster, north_doors(cluster), HOST_PORT)
    shuts(cluster, south_doors(cluster), HOST_PORT)
    shuts(cluster, north_doors(cluster), HOST_PORT, protocol="UDP")
    admit = cluster.policy("admit", "web", {}, [rule(NORTH, [("TCP", 8080)])])
    cluster.apply()
    opens(cluster, north_doors(cluster), HOST_PORT, by="web-1")
    shuts(cluster, south_doors(cluster), HOST_PORT)
    shuts(cluster, north_doors(cluster), HOST_PORT, protocol="UDP")
    cluster.delete(deny)
    cluster.delete(admit)
    cluster.apply()
    opens(cluster, south_doors(cluster), HOST_PORT, by="web-1")


def test_a_host_port_of_one_address_is_a_door_there_alone(cluster):
    cluster.namespace("web")
    node = cluster.network.node
    cluster.pod("web-1", "web", {"app": "web"}, serve=[("TCP", 8080)],
                host_ports=[(HOST_PORT, node.ipv4, 8080, "TCP")])
    cluster.servers.add(node.namespace, "node", "TCP", HOST_PORT)
    cluster.policy("deny", "web")
    cluster.apply()
    cluster.shuts(cluster.network.north, node.ipv4, HOST_PORT)
    cluster.opens(cluster.network.north, node.ipv6, HOST_PORT, by="node")


def test_a_node_port_of_the_same_number_is_the_same_door(cluster):
    """Nobody can tell which of them a connection gets: whom one of the pods admits passes."""
    web(cluster)
    cluster.pod("own", "web", {"app": "own"}, serve=[("TCP", 8081)],
                host_ports=[(30080, "", 8081, "TCP")])
    cluster.policy("deny", "web")
    admit = cluster.policy("admit", "web", {"app": "web"}, [rule(NORTH, [("TCP", 8080)])])
    cluster.apply()
    opens(cluster, north_doors(cluster), 30080, by="web-1")
    shuts(cluster, south_doors(cluster), 30080)
    cluster.delete(admit)
    cluster.apply()
    shuts(cluster, north_doors(cluster), 30080)


def test_a_host_port_goes_with_its_pod(cluster):
    cluster.namespace("web")
    pod = cluster.pod("web-1", "web", {"app": "web"}, host_ports=[(HOST_PORT, "", 8080, "TCP")])
    cluster.servers.add(cluster.network.node.namespace, "node", "TCP", HOST_PORT)
    cluster.policy("deny", "web")
    cluster.apply()
    shuts(cluster, north_doors(cluster), HOST_PORT)
    cluster.delete(pod)
    cluster.apply()
    opens(cluster, north_doors(cluster), HOST_PORT, by="node")
