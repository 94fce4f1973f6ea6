"""What the kernel tests share: one web application with doors of every kind."""
import pytest

from harness import objects
from harness.backends import BACKENDS
from harness.objects import service_port
from harness.service import eventually

EVERY_BACKEND = pytest.mark.parametrize("cluster", BACKENDS, indirect=True)
NODEPORT, SOUTH_NODE = 30080, "198.51.100.1"
EXTERNAL4, EXTERNAL6 = "203.0.113.7", "2001:db8:f::7"
BALANCER4, BALANCER6 = "203.0.113.8", "2001:db8:f::8"
CLUSTER4, CLUSTER6 = "10.96.0.10", "fd96::10"


def web(cluster, *names, **options):
    """Namespace `web` with pods of the labels app=web, each answering on TCP 8080, and a Service of
    every kind of door on port 80 and NodePort 30080."""
    cluster.namespace("web", team="blue")
    pods = [cluster.pod(name, "web", {"app": "web", "pod": name}, [("http", 8080, "TCP")])
            for name in names or ("web-1",)]
    cluster.service("web", "web", {"app": "web"}, [service_port(80, "http", NODEPORT)],
                    kind="LoadBalancer", cluster_ips=[CLUSTER4, CLUSTER6],
                    external_ips=[EXTERNAL4, EXTERNAL6], load_balancer=[BALANCER4, BALANCER6],
                    **options)
    return pods


def node_ports(cluster):
    """(client, address of the node) in both families, for each of the two clients."""
    network = cluster.network
    return [(network.north, network.node.ipv4), (network.north, network.node.ipv6),
            (network.south, SOUTH_NODE), (network.south, "2001:db8:51::1")]


def north_doors(cluster):
    return [d for d in node_ports(cluster) if d[0] is cluster.network.north]


def south_doors(cluster):
    return [d for d in node_ports(cluster) if d[0] is cluster.network.south]


def opens(cluster, doors, port=NODEPORT, **options):
    for client, address in doors:
        cluster.opens(client, address, port, **options)


def shuts(cluster, doors, port=NODEPORT, **options):
    for client, address in doors:
        cluster.shuts(client, address, port, **options)


def wait_open(cluster, doors, seconds=15, **options):
    eventually(lambda: opens(cluster, doors, **options), seconds)


def wait_shut(cluster, doors):
    eventually(lambda: shuts(cluster, doors))


def both(block4, block6, *peers):
    """ipBlock peers of both families."""
    return [objects.block(block4), objects.block(block6), *peers]


NORTH = both("192.0.2.0/24", "2001:db8:2::/64")
SOUTH = both("198.51.100.0/24", "2001:db8:51::/64")
EVERYONE = both("0.0.0.0/0", "::/0")
