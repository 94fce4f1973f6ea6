"""SEMANTICS.md, section 3, line by line, as packets at front doors. What needs connections that go on (mixed
backends, cutting) is in the test_kernel files."""
import pytest

from harness import objects
from harness.backends import BACKENDS
from harness.door_stories import (EVERYONE, NOBODY, NODE, NORTH, OUTSIDE, PODS, SOURCES, Story, Table, allowing,
                                  blocks, policy, slices)

OUTSIDERS = ("north", "south")


def denied(here):
    return [policy(here)]


def north(port=8080):
    return lambda here: [policy(here, allowing(*blocks(*NORTH), ports=[port]))]


def service(**options):
    """The Service with these options, on port 80 and the NodePort."""
    def change(site):
        given = {key: value(site) if callable(value) else value for key, value in options.items()}
        site.service = objects.service("site", site.name, {"app": "site"}, [
            objects.service_port(80, "http", site.port)], **given)
    return change


def after(*changes):
    def change(site):
        for each in changes:
            each(site)
    return change


def at(where, port=80, protocol="TCP"):
    """Dials the addresses `where(site)`."""
    return lambda site: (where(site), port(site) if callable(port) else port, protocol)


def outside(site):
    return site.outside()


def cluster_ips(site):
    return [f"10.96.0.{site.number}", f"fd96::{site.number:x}"]


def node_port(site):
    return site.port


def of_the_node(port):
    """An external address that is the node's own."""
    def change(site):
        site.service = objects.service("site", site.name, {"app": "site"}, [
            objects.service_port(port, "http", site.port)], external_ips=list(NODE))
    return change


def endpoints(*made_of, **options):
    """The slices have these endpoints: (host of the address, node, name of the pod)."""
    def change(site):
        site.slices = [s for host, node, pod in made_of for s in slices(
            site, site.addresses(host), node=node, pod=pod, **options)]
    return change


def second(host=3, node="node-1", **labels):
    """Another backend, whose policies differ if its labels do."""
    def change(site):
        site.more.append(objects.pod("second", site.name, site.addresses(host), labels or {"app": "site"},
                                     [("http", 8080, "TCP")], node))
        site.slices += slices(site, site.addresses(host), node=node, pod="second")
    return change


def refuses_second(here):
    return [policy(here, selector={"tier": "second"})]


def refuses_first(here):
    return [policy(here, selector={"app": "site"})]


def edit(change_service=None, change_slices=None):
    def change(site):
        if change_service:
            change_service(site.service)
        for made in site.slices if change_slices else []:
            change_slices(made)
    return change


def host_port(site, **options):
    site.service, site.slices = None, []
    site.pod["spec"]["containers"][0]["ports"] = [{"containerPort": 8080, "hostPort": site.port, **options}]


def nothing_but(*kept):
    """Neither a Service nor its endpoints, but for those."""
    def change(site):
        site.service = site.service if "service" in kept else None
        site.slices = site.slices if "slices" in kept else []
    return change


def of_udp(site):
    """A NodePort of the same number, of UDP, with a pod that admits everyone."""
    site.more += [objects.pod("dns", site.name, site.addresses(5), {"app": "dns"}),
                  objects.service("dns", site.name, {"app": "dns"}, [
                      objects.service_port(53, 53, site.port, "UDP")]),
                  *slices(site, site.addresses(5), 53, pod="dns", service="dns")]
    for made in site.more[-2:]:
        made["ports"][0]["protocol"] = "UDP"


def two_ports(site):
    site.service["spec"]["ports"] = [objects.service_port(80, "http", site.port, name="a"),
                                     objects.service_port(81, 9090, site.port + 1000, name="b")]
    for made in site.slices:
        made["ports"] = [{"name": "a", "port": 8080, "protocol": "TCP"}, {"name": "b", "port": 9090,
                                                                         "protocol": "TCP"}]


def other_numbers(site):
    """A name of a port that stands for another number on another pod."""
    site.more.append(objects.pod("second", site.name, site.addresses(3), {"app": "site"}, [("http", 9090, "TCP")]))
    site.slices = slices(site, site.addresses()) + slices(site, site.addresses(3), 9090, pod="second")


def without_names(made):
    made["ports"][0]["port"] = None


def not_ready(made):
    made["endpoints"][0]["conditions"] = {"ready": False, "serving": False, "terminating": True}


def one_more_address(made):
    made["endpoints"][0]["addresses"].append(SOURCES["blue"][0 if made["addressType"] == "IPv4" else 1])


def fqdn(site):
    made = objects.endpoint_slice("name", site.name, "site", 4, [("example.com", "node-1", None)], [("", 8080, "TCP")])
    made["addressType"] = "FQDN"
    site.slices = [made]


def without_selector(site):
    site.service["spec"].pop("selector")
    site.slices = slices(site, [f"203.0.115.{site.number}", f"2001:db8:e::{site.number:x}"], pod=None)


def of_type(kind):
    def change(made):
        made["spec"]["type"] = kind
    return change


def headless(made):
    made["spec"].update(clusterIP="None", clusterIPs=["None"], type="ClusterIP")


def ignored(made):
    made["metadata"]["labels"] = {"service.kubernetes.io/service-proxy-name": "other"}


def proxied(made):
    for entry in made["status"]["loadBalancer"]["ingress"]:
        entry["ipMode"] = "Proxy"


BALANCED = service(kind="LoadBalancer", load_balancer=lambda site: site.outside())
LOCAL = {"local": True}

STORIES = [
    # Which doors there are.
    Story("a NodePort", OUTSIDERS[:1], north()),
    Story("the NodePort of a LoadBalancer", OUTSIDERS[:1], north(), BALANCED),
    Story("the address of a LoadBalancer", OUTSIDERS[:1], north(), BALANCED, at(outside)),
    Story("an address that the node does not serve", EVERYONE, denied, after(BALANCED, edit(proxied)), at(outside)),
    Story("an external address", OUTSIDERS[:1], north(), service(external_ips=outside), at(outside)),
    Story("an external address at another port", EVERYONE, denied, service(external_ips=outside), at(outside, 81)),
    Story("a clusterIP, dialled by outsiders", ("north", *PODS), north(), service(cluster_ips=cluster_ips),
          at(cluster_ips)),
    Story("a hostPort", NOBODY, denied, host_port),
    Story("a hostPort of one of the node's addresses", NOBODY, denied, lambda site: host_port(site, hostIP=NODE[0]),
          versions=(4,)),
    Story("a hostPort of another address", EVERYONE, denied, lambda site: host_port(site, hostIP="192.0.2.99")),
    Story("a hostPort by the pod's own port", OUTSIDERS[:1], north(), host_port),
    Story("a hostPort of another protocol", EVERYONE, denied, lambda site: host_port(site, protocol="UDP")),
    Story("an ExternalName has none", EVERYONE, denied, edit(of_type("ExternalName"))),
    Story("a headless Service has none", EVERYONE, denied, edit(headless)),
    Story("what kube-proxy passes over has none", EVERYONE, denied, edit(ignored)),
    # What their ports are.
    Story("all ports of a Service", NOBODY, denied, two_ports, at(lambda site: NODE, lambda site: site.port + 1000)),
    Story("a port by the one that it leads to", OUTSIDERS[:1], north(9090), two_ports,
          at(lambda site: NODE, lambda site: site.port + 1000)),
    Story("a name's number on one pod is admitted", OUTSIDERS[:1], north(9090), other_numbers),
    Story("doors of one number differ by protocol", NOBODY, lambda here: [policy(here, selector={"app": "site"})],
          of_udp),
    Story("doors of one number differ by protocol: UDP", EVERYONE,
          lambda here: [policy(here, selector={"app": "site"})], of_udp, at(lambda site: NODE, node_port, "UDP")),
    # Backends.
    Story("every backend refuses", NOBODY, denied, second()),
    Story("one of several admits", EVERYONE, refuses_second, second(tier="second")),
    Story("no endpoints at all", EVERYONE, denied, nothing_but("service")),
    Story("endpoints of another node count", NOBODY, denied, endpoints((2, "node-2", "site"))),
    Story("conditions do not count", NOBODY, denied, edit(None, not_ready)),
    Story("an old slice is read", NOBODY, denied,
          endpoints((2, "node-1", "site"), api_version="discovery.k8s.io/v1beta1")),
    Story("a slice without numbers means all", NOBODY, denied, edit(None, without_names)),
    Story("of several addresses the first counts", NOBODY, denied, edit(None, one_more_address)),
    Story("names are no addresses", EVERYONE, denied, fqdn),
    Story("what someone wrote down is no pod", EVERYONE, denied, without_selector),
    Story("a pod that is not known yet refuses", NOBODY, None, endpoints((7, "node-1", "nobody-yet"))),
    # Local traffic.
    Story("Local: outsiders by this node's", NOBODY + PODS, refuses_first,
          after(service(**LOCAL), second(node="node-2", tier="second"))),
    Story("Local: outsiders by this node's, which admit", (*OUTSIDE, *PODS), refuses_second,
          after(service(**LOCAL), second(node="node-2", tier="second"))),
    Story("Local: by all where this node has none", NOBODY, denied,
          after(service(**LOCAL), endpoints((2, "node-2", "site")))),
    Story("Cluster: by all", EVERYONE, refuses_first, second(node="node-2", tier="second")),
    # Who and what is never shut out.
    Story("vital ports of the node's own addresses", EVERYONE, denied, of_the_node(22), at(lambda site: NODE, 22)),
    Story("other ports of the node's own addresses", NOBODY, denied, of_the_node(82), at(lambda site: NODE, 82)),
    Story("what is dialled beside all doors", EVERYONE, denied, None, at(lambda site: NODE, 29999)),
    Story("an admitted pod passes the NodePort", ("blue",), lambda here: [policy(here, allowing(
        {"namespaceSelector": {"matchLabels": {"house": "blue"}}}))]),
]


@pytest.fixture(scope="module", params=BACKENDS)
def table(request, tmp_path_factory):
    made = Table(tmp_path_factory.mktemp("stories"), request.param, STORIES)
    try:
        yield made
    finally:
        made.close()


@pytest.mark.parametrize("story", STORIES, ids=lambda s: s.name)
def test_section_3(table, story):
    table.judge(story)
