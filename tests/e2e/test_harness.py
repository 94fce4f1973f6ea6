"""The harness itself: an open door is seen as open and a shut one as shut, before nodewall is asked."""
import pytest

from harness import kube_proxy, objects, sctp
from harness.probes import DROPPED, REFUSED, SHUT_SECONDS, Probe
from harness.ruleset import Packet, Ruleset


def test_crc32c_is_the_published_one():
    assert sctp.crc32c(b"123456789") == 0xE3069283


RULES = """# iptables-legacy-save, IPv4
*mangle
:OURS - [0:0]
:GONE - [0:0]
:CALLED - [0:0]
-A PREROUTING -j OURS
-A OURS -i lo -j RETURN
-A OURS -j CALLED
-A OURS -p udp -g GONE
-A OURS -m set --match-set NETS src,dst -j DROP
-A GONE -p udp -m multiport --dports 53,54 -j RETURN
-A GONE -j DROP
-A CALLED -m addrtype --dst-type LOCAL -m set --match-set DOORS dst,dst,src -g GONE
COMMIT
# ip6tables-legacy-save, IPv6
*mangle
COMMIT
# ipset save
create NETS hash:net,port family inet maxelem 1048576
create DOORS hash:ip,port,net family inet maxelem 1048576
add NETS 10.0.0.0/8,tcp:80
add DOORS 192.0.2.1,tcp:30080,10.0.0.0/8
"""


@pytest.mark.parametrize("packet,passes", [
    (("eth0", "10.0.0.1", "192.0.2.9", "TCP", 80, False), False),
    (("eth0", "11.0.0.1", "192.0.2.9", "TCP", 80, False), True),
    (("lo", "10.0.0.1", "192.0.2.9", "TCP", 80, False), True),
    # What returns from a chain that was gone to does not come back to the rule behind.
    (("eth0", "10.0.0.1", "192.0.2.9", "UDP", 54, False), True),
    (("eth0", "10.0.0.1", "192.0.2.9", "UDP", 80, False), False),
    (("eth0", "10.0.0.1", "192.0.2.1", "TCP", 30080, True), False),
    (("eth0", "11.0.0.1", "192.0.2.1", "TCP", 30080, True), True),
    (("eth0", "10.0.0.1", "192.0.2.1", "TCP", 30080, False), True),
    (("eth0", "fd00::1", "fd00::2", "TCP", 80, False), True),
])
def test_rules_are_evaluated_as_the_kernel_does(packet, passes):
    assert Ruleset(RULES).passes(Packet(*packet)) == passes


def test_a_rule_that_returns_from_a_jump_goes_on_behind_it_and_from_a_goto_does_not():
    """As iptables(8) has it."""
    text = RULES.replace("-A OURS -p udp -g GONE", "-A OURS -p udp -{} GONE\n-A OURS -p udp -j DROP")
    asked = Packet("eth0", "10.0.0.1", "192.0.2.9", "UDP", 54, False)
    assert Ruleset(text.replace("-{}", "-g")).passes(asked)
    assert not Ruleset(text.replace("-{}", "-j")).passes(asked)


def test_a_word_that_the_evaluator_does_not_know_is_an_error():
    for unknown in ("-A OURS -s 10.0.0.1 -j DROP", "-A OURS -m mark --mark 1 -j DROP"):
        with pytest.raises(AssertionError):
            Ruleset(RULES.replace("-A OURS -j CALLED", unknown))


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
