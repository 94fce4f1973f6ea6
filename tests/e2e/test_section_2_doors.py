"""SEMANTICS.md, section 2, line by line, as packets at front doors."""
import pytest

from harness import objects
from harness.backends import BACKENDS
from harness.door_stories import (EVERYONE, NOBODY, NORTH, OUTSIDE, PODS, SOUTH, Story, Table, allowing, blocks,
                                  policy)

HOUSE = {"blue": {"namespaceSelector": {"matchLabels": {"house": "blue"}}},
         "red": {"namespaceSelector": {"matchLabels": {"house": "red"}}}}
CLIENTS = {"podSelector": {"matchLabels": {"app": "client"}}}
OWN = {"podSelector": {"matchLabels": {"app": "own"}}}


def admits(*peers, ports=None, **options):
    return lambda here: [policy(here, allowing(*peers, ports=ports), **options)]


def raw(**spec):
    """A policy of these fields and no others."""
    def put(here):
        made = policy(here)
        made["spec"] = spec
        return [made]
    return put


def selects(**selector):
    """A peer of pods in every namespace."""
    return admits({"namespaceSelector": {}, "podSelector": selector})


def spaces(**selector):
    return admits({"namespaceSelector": selector})


def expression(key, operator, *values):
    return {"matchExpressions": [{"key": key, "operator": operator, **({"values": list(values)} if values else {})}]}


def ports(*entries):
    """Ports as the API has them, of everyone."""
    return raw(podSelector={}, ingress=[{"ports": list(entries)}])


def site_port(name, number, protocol="TCP", where="containers", **more):
    """A port of the pod in place of its own, in a container or another."""
    def change(site):
        made = {"name": name, "containerPort": number, "protocol": protocol}
        site.pod["spec"]["containers"][0]["ports"] = []
        site.pod["spec"].setdefault(where, [{"name": "more", **more}])[0]["ports"] = [made]
    return change


def older(here):
    made = policy(here)
    made["apiVersion"] = "extensions/v1beta1"
    return [made]



def union(here):
    return [policy(here, allowing(*blocks(*NORTH)), name="north"), policy(here, allowing(HOUSE["blue"]), name="blue")]


EXCEPT = ["203.0.0.0/16", "203.0.113.0/24"]  # what is excepted another peer may admit

STORIES = [
    # Whom a policy selects, and for what.
    Story("an empty selector selects all", NOBODY, raw(podSelector={}, policyTypes=["Ingress"])),
    Story("labels select", NOBODY, lambda here: [policy(here, selector={"app": "site"})]),
    Story("other labels do not", EVERYONE, lambda here: [policy(here, selector={"app": "own"})]),
    Story("a policy of another namespace does not", EVERYONE, lambda here: [policy("blue", selector={"app": "site"})]),
    Story("an egress policy isolates for egress alone", EVERYONE,
          raw(podSelector={}, policyTypes=["Egress"])),
    Story("all policies are one union", ("north", "blue"), union),
    Story("types are ingress where nothing is said", NOBODY, raw(podSelector={})),
    Story("types are ingress also where egress has rules", NOBODY, raw(podSelector={}, egress=[{}])),
    Story("a policy of extensions/v1beta1 is read", NOBODY, older),
    # What is absent.
    Story("no rules admit nobody", NOBODY, raw(podSelector={}, ingress=[])),
    Story("null is absent", NOBODY, raw(podSelector={}, ingress=None)),
    Story("the empty rule admits everything", EVERYONE, raw(podSelector={}, ingress=[{}])),
    Story("from absent is any source", EVERYONE, raw(podSelector={}, ingress=[{"from": None}])),
    Story("from empty is any source", EVERYONE, raw(podSelector={}, ingress=[{"from": []}])),
    Story("ports empty are all", EVERYONE, raw(podSelector={}, ingress=[{"ports": []}])),
    Story("peers that match nobody admit nobody", NOBODY, admits({"podSelector": {"matchLabels": {"no": "body"}}})),
    # Peers.
    Story("podSelector alone means the own namespace", ("own",), admits({"podSelector": {}})),
    Story("podSelector alone does not mean others", NOBODY, admits(CLIENTS)),
    Story("namespaceSelector alone means all their pods", ("blue",), admits(HOUSE["blue"])),
    Story("both in one entry must hold", ("red",), admits({**HOUSE["red"], **CLIENTS})),
    Story("both in one entry may fail", NOBODY, admits({**HOUSE["red"], **OWN})),
    Story("two entries are a union", ("own", "red"), admits(HOUSE["red"], OWN)),
    Story("all namespaces are all pods and nobody else", PODS, admits({"namespaceSelector": {}})),
    # Selectors.
    Story("In", ("blue",), selects(**expression("house", "In", "blue", "green"))),
    Story("NotIn holds where the key is absent", ("red", "own"), selects(**expression("house", "NotIn", "blue"))),
    Story("Exists", ("blue", "red"), selects(**expression("house", "Exists"))),
    Story("DoesNotExist", ("own",), selects(**expression("house", "DoesNotExist"))),
    Story("all expressions must hold", ("red",), selects(
        matchLabels={"app": "client"}, **expression("house", "NotIn", "blue"))),
    Story("a label of null is the empty text", NOBODY, selects(matchLabels={"house": None})),
    Story("the name of a namespace", ("blue",), spaces(matchLabels={"kubernetes.io/metadata.name": "blue"})),
    Story("the name of a namespace by an expression", ("red",), spaces(
        **expression("kubernetes.io/metadata.name", "In", "red", "nowhere"))),
    Story("a selector that is not valid admits nobody", NOBODY, selects(**expression("house", "Near", "blue"))),
    Story("In without values is not valid", NOBODY, selects(**expression("house", "In"))),
    # ipBlocks.
    Story("a block of each family", ("north",), admits(*blocks(*NORTH))),
    Story("a block of one family admits nothing of the other", NOBODY, admits(*blocks(NORTH[1])), versions=(4,)),
    Story("except takes out", ("south",), admits(objects.block("0.0.0.0/0", "203.0.113.0/24", "10.0.0.0/8",
                                                                "192.0.0.0/8")), versions=(4,)),
    Story("another peer admits what is excepted", ("north",), admits(
        objects.block(*EXCEPT), objects.block("203.0.113.8/29")), versions=(4,)),
    Story("what is excepted once is not excepted from a wider block", ("north", "south"), admits(
        objects.block("203.0.113.0/24", "203.0.113.10/32"), objects.block("192.0.0.0/2", "192.0.2.0/24")),
        versions=(4,)),
    Story("host bits do not count", ("north",), admits(*blocks("203.0.113.77/24", "2001:db8:3::77/64"))),
    Story("IPv4 in IPv6's notation is IPv4", ("north",), admits(*blocks("::ffff:203.0.113.0/120")), versions=(4,)),
    Story("zeros in front are decimal", ("north",), admits(*blocks("203.0.113.010/32")), versions=(4,)),
    Story("everything", EVERYONE, admits(*blocks("0.0.0.0/0", "::/0"))),
    Story("blocks match pods and nodes too", ("blue", "node2"), admits(*blocks(
        "10.43.0.2/32", "fd43::2/128", "192.0.2.0/24", "2001:db8:2::/64"))),
    Story("two blocks", ("north", "south"), admits(*blocks(*NORTH, *SOUTH))),
    # Ports: those of the pod.
    Story("the pod's port", EVERYONE, ports({"port": 8080})),
    Story("never the Service's", NOBODY, ports({"port": 80})),
    Story("never the NodePort", NOBODY, lambda here: ports({"port": 30000 + int(here.split("-")[1])})(here)),
    Story("the empty entry is all of TCP", EVERYONE, ports({})),
    Story("a protocol without a port is all its ports", EVERYONE, ports({"protocol": "TCP"})),
    Story("another protocol is none of them", NOBODY, ports({"protocol": "UDP"})),
    Story("SCTP never opens TCP", NOBODY, ports({"protocol": "SCTP", "port": 8080})),
    Story("a range has both its ends", EVERYONE, ports({"port": 8070, "endPort": 8080})),
    Story("a range ends", NOBODY, ports({"port": 8070, "endPort": 8079})),
    Story("a name is the pod's", EVERYONE, ports({"port": "http"})),
    Story("another name is not", NOBODY, ports({"port": "https"})),
    Story("a name is of its protocol", NOBODY, ports({"protocol": "UDP", "port": "http"})),
    Story("a number in quotes is a name", NOBODY, ports({"port": "8080"})),
    Story("a name of a restartable init container", EVERYONE, ports({"port": "beside"}),
          site_port("beside", 8080, where="initContainers", restartPolicy="Always")),
    Story("a name of another init container is none", NOBODY, ports({"port": "first"}),
          site_port("first", 8080, where="initContainers")),
    Story("a name that stands for another number", NOBODY, ports({"port": "http"}), site_port("http", 8081)),
    Story("peers and ports must both hold", ("north",), admits(*blocks(*NORTH), ports=[8080])),
    Story("peers hold and ports do not", NOBODY, admits(*blocks(*NORTH), ports=[8081])),
    Story("outsiders by selectors are nobody", tuple(w for w in EVERYONE if w not in OUTSIDE), admits(
        {"namespaceSelector": {}, "podSelector": {}})),
]


@pytest.fixture(scope="module", params=BACKENDS)
def table(request, tmp_path_factory):
    made = Table(tmp_path_factory.mktemp("stories"), request.param, STORIES)
    try:
        yield made
    finally:
        made.close()


@pytest.mark.parametrize("story", STORIES, ids=lambda s: s.name)
def test_section_2(table, story):
    table.judge(story)
