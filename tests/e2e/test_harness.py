"""The harness itself: an open door is seen as open and a shut one as shut, before nodewall is asked."""
import pytest

from harness import kube_proxy, objects, sctp
from harness.probes import DROPPED, REFUSED, SHUT_SECONDS, Probe


def test_crc32c_is_the_published_one():
    assert sctp.crc32c(b"123456789") == 0xE3069283


@pytest.fixture
def web(cluster):
    cluster.pod("web-1", "web", {"app": "web"}, [("http", 8080, "TCP"), ("dns", 53, "UDP"),
                                                 ("sig", 9000, "SCTP")])
    cluster.service("web", "web", {"app": "web"}, [
        objects.service_port(80, "http", 30080),
        objects.service_port(53, "dns", 30053, "UDP", "dns"),
        objects.service_port(90, "sig", 30090, "SCTP", "sig")],
        cluster_ips=["10.96.0.10", "fd96::10"], external_ips=["203.0.113.7", "2001:db8:f::7"])
    kube_proxy.sync(cluster.network.node.namespace, cluster._of_kind("Service"),
                    lambda s, p, f: [e[:3] for e in cluster._endpoints(s, p, f)], "node-1")
    return cluster


@pytest.mark.parametrize("protocol,port,door", [("TCP", 80, 30080), ("UDP", 53, 30053),
                                                ("SCTP", 90, 30090)])
def test_a_probe_tells_open_from_shut(web, protocol, port, door):
    network = web.network
    for node, client in ((network.node.ipv4, network.north), ("198.51.100.1", network.south),
                         (network.node.ipv6, network.north), ("2001:db8:51::1", network.south)):
        web.opens(client, node, door, protocol, by="web-1")
    for address in ("203.0.113.7", "2001:db8:f::7", "10.96.0.10", "fd96::10"):
        web.opens(network.north, address, port, protocol, by="web-1")
    for tool in ("iptables-legacy", "ip6tables-legacy"):
        network.node.namespace.run(tool, "-t", "mangle", "-A", "PREROUTING", "-i", "north", "-p",
                                   protocol.lower(), "-j", "DROP")
    for node in (network.node.ipv4, network.node.ipv6):
        web.shuts(network.north, node, door, protocol)
    web.opens(network.south, "198.51.100.1", door, protocol, by="web-1")


def test_a_probe_tells_a_refusal_from_a_drop(web):
    north = Probe(web.servers, web.network.north.namespace)
    assert north.ask("TCP", web.network.node.ipv4, 30081, SHUT_SECONDS) == REFUSED
    assert north.ask("TCP", "192.0.2.99", 30080, SHUT_SECONDS) != REFUSED


def test_the_pod_sees_the_node_where_traffic_is_masqueraded(web):
    """So a rule that looks after DNAT could not judge the client: the premise of the project."""
    web.network.node.namespace.run("iptables-legacy", "-A", "FORWARD", "-s", "192.0.2.10", "-p", "tcp",
                                   "--dport", "30080", "-j", "DROP")
    web.network.node.namespace.run("iptables-legacy", "-A", "INPUT", "-p", "tcp", "--dport", "30080",
                                   "-j", "DROP")
    web.opens(web.network.north, web.network.node.ipv4, 30080, by="web-1")
