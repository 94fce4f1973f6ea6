"""EndpointSlices that a tenant writes by hand: the victim's pod behind a door of the tenant's. Whom the
victim refuses does not get there (SEMANTICS section 6, the owner of an endpoint's address)."""
import pytest

from doors import SOUTH_NODE
from harness import objects
from harness.objects import service_port

PORT = 30090


class Door:
    """A NodePort of the tenant's that kube-proxy sends to the victim's pod."""

    def __init__(self, guarded, mallory, cluster):
        self.victim, self.mallory, self.cluster = guarded, mallory, cluster
        self.own = cluster.network.add_pod()
        mallory.pod("open", self.own, {"app": "open"})
        self.service = objects.service("door", mallory.namespace, None, [service_port(80, 8080, PORT)],
                                       families=(4,))
        self.watch = guarded.watch((SOUTH_NODE, PORT), (cluster.network.node.ipv4, PORT))

    def endpoint(self, addresses, pod=None, node="node-1"):
        """`pod`: the name of its targetRef, in the tenant's namespace."""
        made = {"addresses": addresses, "topology": {"kubernetes.io/hostname": node}}
        if pod:
            made["targetRef"] = {"kind": "Pod", "namespace": self.mallory.namespace, "name": pod}
        return made

    def open(self, *endpoints, to=None):
        """The slice first: a door without endpoints is open, and leads nowhere. `to`: whom kube-proxy
        sends to, if not to the victim's pod."""
        made = objects.endpoint_slice("door-a", self.mallory.namespace, "door", 4, [], [("", 8080, "TCP")],
                                      "discovery.k8s.io/v1beta1")
        made["endpoints"] = list(endpoints)
        self.mallory.create(made)
        self.mallory.create(self.service)
        self.watch.wait()
        self.victim.proxy(self.service, ((to or self.victim.host).ipv4, 8080))

    def leads_nobody_whom_the_victim_refuses(self):
        self.watch.wait(150)
        self.watch.never_open()


@pytest.fixture
def door(guarded, mallory, cluster):
    return Door(guarded, mallory, cluster)


def test_the_victims_pod_alone(door):
    door.open(door.endpoint([door.victim.host.ipv4]))
    door.leads_nobody_whom_the_victim_refuses()
    assert any(passed for _, passed in door.watch.tries("admitted")), "whom the victim admits is admitted"


def test_the_victims_pod_beside_an_open_one(door):
    door.open(door.endpoint([door.own.ipv4], "open"), door.endpoint([door.victim.host.ipv4]))
    door.leads_nobody_whom_the_victim_refuses()


def test_the_victims_pod_beside_another_of_the_victims_that_is_open(door):
    """The tenant makes one door of two pods that the victim never put behind one."""
    cluster, namespace = door.cluster, door.victim.namespace
    cluster.policy("open", namespace, {"app": "site"}, [{}])
    site = cluster.host_of(cluster.pod("site", namespace, {"app": "site"}, [("http", 8080, "TCP")]))
    cluster.push()
    door.open(door.endpoint([site.ipv4]), door.endpoint([door.victim.host.ipv4]))
    door.leads_nobody_whom_the_victim_refuses()


def test_the_victims_pod_beside_another_of_the_victims_that_is_open(door):
    """The tenant makes one door of two pods that the victim never put behind one."""
    cluster, namespace = door.cluster, door.victim.namespace
    cluster.policy("open", namespace, {"app": "site"}, [{}])
    site = cluster.host_of(cluster.pod("site", namespace, {"app": "site"}, [("http", 8080, "TCP")]))
    cluster.push()
    door.open(door.endpoint([site.ipv4]), door.endpoint([door.victim.host.ipv4]))
    door.leads_nobody_whom_the_victim_refuses()


def test_the_victims_pod_beside_an_address_that_nobody_owns(door):
    door.open(door.endpoint(["203.0.113.200"]), door.endpoint([door.victim.host.ipv4]))
    door.leads_nobody_whom_the_victim_refuses()


def test_the_victims_pod_under_the_name_of_an_open_one(door):
    door.open(door.endpoint([door.victim.host.ipv4], "open"))
    door.leads_nobody_whom_the_victim_refuses()


@pytest.mark.parametrize("first", ["victim", "own"])
def test_several_addresses_in_one_endpoint(door, first):
    """kube-proxy takes the first one."""
    addresses = [door.victim.host.ipv4, door.own.ipv4]
    door.open(door.endpoint(addresses if first == "victim" else addresses[::-1], "open"),
              to=door.victim.host if first == "victim" else door.own)
    door.leads_nobody_whom_the_victim_refuses()


@pytest.mark.parametrize("how", [{"phase": "Succeeded"}, {"host_network": True}],
                         ids=["finished", "hostNetwork"])
def test_the_victims_pod_under_the_name_of_one_that_no_policy_selects(door, how):
    """As a kubelet writes its status: the phase, and an address that is not the victim's."""
    door.mallory.pod("other", ["192.0.2.1"] if "host_network" in how else ["10.42.9.9"], {}, **how)
    door.open(door.endpoint([door.victim.host.ipv4], "other"))
    door.leads_nobody_whom_the_victim_refuses()


def test_the_victims_pod_behind_the_slice_of_another_proxy(door):
    """kube-proxy ignores the slice that has the open pod."""
    made = objects.endpoint_slice("door-b", door.mallory.namespace, "door", 4,
                                  [(door.own.ipv4, "node-1", "open")], [("", 8080, "TCP")],
                                  "discovery.k8s.io/v1beta1")
    made["metadata"]["labels"]["service.kubernetes.io/service-proxy-name"] = "another"
    door.mallory.create(made)
    door.open(door.endpoint([door.victim.host.ipv4]))
    door.leads_nobody_whom_the_victim_refuses()
