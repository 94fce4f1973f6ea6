"""Tables of small stories about front doors, all in one cluster: each has a namespace with a pod `site` behind a
Service with a NodePort of its own, and tells who may pass. Packets from a wire tell whether it is so, and
`explain` is asked about each.

A story changes what stands there by default, or puts more beside it.
"""
from dataclasses import dataclass, field

from . import objects
from .abstract_cluster import family
from .backends import BACKENDS
from .differences import gate_of
from .nodewall import Nodewall
from .ruleset import Packet
from .wire import Wire
from .xtables_lock import XtablesLock

NODE = ("192.0.2.1", "2001:db8:2::1")
SOURCES = {"north": ("203.0.113.10", "2001:db8:3::10"), "south": ("198.51.100.20", "2001:db8:51::20"),
           "node2": ("192.0.2.2", "2001:db8:2::2"), "blue": ("10.43.0.2", "fd43::2"),
           "red": ("10.43.0.3", "fd43::3")}
NORTH, SOUTH = (("203.0.113.0/24", "2001:db8:3::/64"), ("198.51.100.0/24", "2001:db8:51::/64"))
OUTSIDE, PODS = ("north", "south", "node2"), ("blue", "red", "own")
EVERYONE = (*OUTSIDE, *PODS)
NOBODY = ()
FIRST_PORT = 30000


@dataclass
class Story:
    """`opens`: who passes, of EVERYONE; the node itself always does. `put(here)`: objects more, where `here` is
    the namespace; `change(site)`: changes what stands there. `dials(here)`: (addresses, port, protocol) in
    place of the NodePort; an address of the node's is dialled as one of its doors."""
    name: str
    opens: tuple
    put: object = None
    change: object = None
    dials: object = None
    versions: tuple = (4, 6)


@dataclass
class Site:
    """What a story finds: the objects of namespace `name`, which it may change or take away (None)."""
    name: str
    number: int
    namespace: dict = None
    pod: dict = None
    service: dict = None
    slices: list = field(default_factory=list)
    more: list = field(default_factory=list)

    @property
    def port(self):
        return FIRST_PORT + self.number

    def addresses(self, host=2):
        return [f"10.42.{self.number}.{host}", f"fd42:{self.number:x}::{host:x}"]

    def outside(self):
        """Addresses that are nobody's, for Services."""
        return [f"203.0.114.{self.number}", f"2001:db8:f::{self.number:x}"]


def site(number, name):
    made = Site(name, number)
    made.namespace = objects.namespace(name, {"story": name})
    made.pod = objects.pod("site", name, made.addresses(), {"app": "site"}, [("http", 8080, "TCP")])
    made.service = objects.service("site", name, {"app": "site"},
                                   [objects.service_port(80, "http", made.port)])
    made.slices = slices(made, made.addresses())
    made.more = [objects.pod("own", name, made.addresses(9), {"app": "own"})]
    return made


def slices(made, addresses, port=8080, node="node-1", pod="site", service="site", **options):
    """One for each family."""
    return [objects.endpoint_slice(f"{service}-{family(a)}-{pod}", made.name, service, family(a), [(a, node, pod)],
                                   [("", port, "TCP")], **options) for a in addresses]


class Table:
    """All stories of a table in one cluster, enforced in one of the ways that there are."""

    def __init__(self, folder, backend, stories):
        self._sites = {s.name: site(n, f"story-{n}") for n, s in enumerate(stories, 1)}
        self._lock, self._wire = XtablesLock(), None
        try:
            self._wire = Wire(NODE, backend)
            self._nodewall = Nodewall(folder / "stories.db", namespace=self._wire.node)
            self._nodewall.import_objects(self._objects(stories))
            BACKENDS[backend](self._nodewall)
            asked = [(s, who, p) for s in stories for who, p in self._packets(s)]
            passed = self._wire.passed(p for _, _, p in asked)
            said = self._nodewall.explain_lines(
                {"from": p.source, "to": p.destination, "port": p.port, "protocol": p.protocol} for _, _, p in asked)
            self._met = list(zip(asked, passed, said, strict=True))
        except BaseException:
            self.close()
            raise

    def close(self):
        if self._wire:
            self._wire.close()
        self._lock.close()

    def judge(self, story):
        wrong = []
        for (of, who, packet), passed, said in self._met:
            expected = who in (*story.opens, "node")
            if of is story and (passed != expected or (gate_of(said) != "deny") != expected):
                wrong.append(f"{who} {'passed' if passed else 'was dropped'}, explain says {gate_of(said)}: {packet}")
        assert not wrong, "\n".join([f"{story.name}: should be open to {story.opens}", *wrong])

    def _objects(self, stories):
        made = [objects.node("node-1", NODE, labels={"os": "linux"}),
                objects.node("node-2", SOURCES["node2"])]
        for color in ("blue", "red"):
            made.append(objects.namespace(color, {"house": color}))
            made.append(objects.pod("client", color, SOURCES[color], {"app": "client", "house": color}))
        for story in stories:
            here = self._sites[story.name]
            if story.change:
                story.change(here)
            made += [thing for thing in (here.namespace, here.pod, here.service, *here.slices, *here.more) if thing]
            made += story.put(here.name) if story.put else []
        return made

    def _packets(self, story):
        here = self._sites[story.name]
        addresses, port, protocol = story.dials(here) if story.dials else (NODE, here.port, "TCP")
        sources = {**SOURCES, "own": here.addresses(9), "node": NODE}
        for who, known in sources.items():
            for source in known:
                for target in addresses:
                    if family(source) == family(target) and family(source) in story.versions:
                        interface = "lo" if who == "node" else "eth0"
                        yield who, Packet(interface, source, target, protocol, port, target in NODE)


# ---- policies in few words ------------------------------------------------------------------------


def policy(here, ingress=None, selector=None, **options):
    """A NetworkPolicy of the story's namespace."""
    return objects.network_policy(options.pop("name", "policy"), here, selector, ingress, **options)


def blocks(*cidrs):
    return [objects.block(c) for c in cidrs]


def allowing(*peers, ports=None):
    return [objects.rule(list(peers), ports)]


def in_story(here):
    """A subject of the cluster-wide kinds: the story's pods."""
    return {"namespaces": {"matchLabels": {"kubernetes.io/metadata.name": here}}}
