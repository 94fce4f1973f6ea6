"""Doors of a tenant's Services and pods on the addresses and ports of the victim's (SEMANTICS section 6,
"Doors that meet"): they neither open the victim's door nor, where they rank below it, shut it."""
import time

import pytest

from doors import BALANCER4, CLUSTER4, EXTERNAL4, NODEPORT, SOUTH_NODE
from harness import objects
from harness.objects import rule, service_port

NODE = "192.0.2.1"  # the one that the Node lists; SOUTH_NODE is local too, and not listed
PLACES = {"nodePort": (SOUTH_NODE, NODEPORT), "nodePort at the listed address": (NODE, NODEPORT),
          "externalIP": (EXTERNAL4, 80), "load balancer": (BALANCER4, 80), "clusterIP": (CLUSTER4, 80)}
ABOVE = ["load balancer", "clusterIP"]  # tenants cannot write these addresses
ALMOST_OPEN = [rule([objects.block("0.0.0.0/0", "203.0.113.99/32")])]
PROXY = {"service.kubernetes.io/service-proxy-name": "another"}
HEADLESS = {"service.kubernetes.io/headless": ""}


def door_at(mallory, cluster, where, labels=None, ingress=None, kind="ClusterIP"):
    """A Service of the tenant's at a place of the victim's, before an own pod that `ingress` admits to;
    None: it is not isolated."""
    host = cluster.network.add_pod()
    mallory.pod("open", host, {"app": "open"})
    if ingress is not None:
        mallory.create(objects.network_policy("mine", mallory.namespace, {"app": "open"}, ingress))
    address, port = where
    made = objects.service("door", mallory.namespace, {"app": "open"}, [service_port(port, 8080)],
                           kind=kind, external_ips=[address], families=(4,))
    made["metadata"]["labels"] = dict(labels or {})
    written = objects.endpoint_slice("door-a", mallory.namespace, "door", 4,
                                     [(host.ipv4, "node-1", "open")], [("", 8080, "TCP")],
                                     "discovery.k8s.io/v1beta1")
    written["metadata"]["labels"].update(labels or {})
    mallory.create(written)
    mallory.create(made)
    return made


@pytest.mark.parametrize("labels", [PROXY, HEADLESS, {}], ids=["another proxy's", "headless", "kube-proxy's"])
@pytest.mark.parametrize("place", PLACES)
def test_an_open_door_at_the_victims(guarded, mallory, cluster, patience, place, labels):
    with guarded.watch(PLACES[place]) as watch:
        watch.wait()
        door_at(mallory, cluster, PLACES[place], labels)
        guarded.unharmed(watch, patience, equal=not labels and place not in ABOVE)


@pytest.mark.parametrize("place", PLACES)
def test_an_almost_open_door_at_the_victims(guarded, mallory, cluster, patience, place):
    """It has a decision of its own, whose admission must not end the check of the victim's."""
    with guarded.watch(PLACES[place]) as watch:
        watch.wait()
        door_at(mallory, cluster, PLACES[place], ingress=ALMOST_OPEN)
        guarded.unharmed(watch, patience, equal=place not in ABOVE)


@pytest.mark.parametrize("place,labels", [(p, {}) for p in ABOVE] + [(p, PROXY) for p in PLACES],
                         ids=lambda value: str(value or "kube-proxy's"))
def test_a_shut_door_at_the_victims(guarded, mallory, cluster, patience, place, labels):
    with guarded.watch(PLACES[place]) as watch:
        watch.wait()
        door_at(mallory, cluster, PLACES[place], labels, ingress=[])
        guarded.unharmed(watch, patience)


@pytest.fixture
def older(cluster, mallory):
    """A Service of the tenant's that is older than the victim's."""
    made = door_at(mallory, cluster, ("203.0.113.250", 80))
    time.sleep(1.1)  # creationTimestamp counts seconds
    return made


@pytest.mark.parametrize("place", PLACES)
def test_a_door_that_is_older_than_the_victims(older, guarded, mallory, patience, place):
    address, port = PLACES[place]
    with guarded.watch(PLACES[place]) as watch:
        watch.wait()
        mallory.patch(older, {"spec": {"externalIPs": [address], "ports": [
            {"name": "", "port": port, "protocol": "TCP", "targetPort": 8080}]}})
        guarded.unharmed(watch, patience, equal=place not in ABOVE)


@pytest.mark.parametrize("host_ip", ["", SOUTH_NODE, NODE])
@pytest.mark.parametrize("place", ["nodePort", "nodePort at the listed address"])
def test_a_host_port_with_the_number_of_the_victims_node_port(guarded, mallory, cluster, patience, place, host_ip):
    with guarded.watch(PLACES[place]) as watch:
        watch.wait()
        mallory.pod("hosted", cluster.network.add_pod(), {"app": "open"},
                    host_ports=[(NODEPORT, host_ip, 8080, "TCP")])
        guarded.unharmed(watch, patience, equal=True)
