"""What random clusters found and is not mended yet, each in the smallest cluster that shows it. They are
strict: whoever mends one takes its mark away, and what the oracle or the generator says of it."""
import pytest

from harness import objects
from harness.differences import gate_of
from harness.oracle import ALLOW, DENY
from harness.ruleset import Packet, Ruleset

OUTSIDE = "203.0.113.7"


@pytest.fixture
def web(nodewall):
    """Namespace `web` on two nodes, where all pods of app=web are isolated."""
    nodewall.import_objects([
        objects.namespace("web"), objects.node("node-1", ["192.0.2.1"]),
        objects.node("node-2", ["192.0.2.2"]), objects.network_policy("deny", "web", {"app": "web"})])
    return nodewall


def gate(nodewall, source, *to):
    return gate_of(nodewall.explain("--from", source, "--to", *to))


@pytest.mark.xfail(strict=True, reason="the rules do not unite a NodePort with an external address")
def test_a_node_port_and_an_external_address_of_the_node_are_one_door(web):
    """Of two Services on one address and number one refuses: the door stays open for the other's sake."""
    web.import_objects([
        objects.pod("open", "web", ["10.42.0.2"], {"app": "open"}),
        objects.pod("shut", "web", ["10.42.0.3"], {"app": "web"}),
        objects.service("port", "web", {"app": "open"}, [objects.service_port(80, 8080, 30080)]),
        objects.service("address", "web", {"app": "web"}, [objects.service_port(30080, 8080)],
                        kind="ClusterIP", cluster_ips=["10.96.0.10"], external_ips=["192.0.2.1"])])
    assert gate(web, OUTSIDE, "192.0.2.1", "--port", 30080) == ALLOW
    assert Ruleset(web.rules()).passes(Packet("eth0", OUTSIDE, "192.0.2.1", "TCP", 30080, True))
