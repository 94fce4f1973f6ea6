"""SEMANTICS.md, section 1, line by line, as packets at front doors."""
import pytest

from harness import objects
from harness.door_stories import EVERYONE, NOBODY, OUTSIDE, SOURCES, Story, Table, allowing, policy, slices
from harness.backends import BACKENDS


def denied(here):
    return [policy(here)]


def pod_is(**status):
    def change(site):
        for key, value in status.items():
            site.pod["status"][key] = value
    return change


def terminating(site):
    site.pod["metadata"]["deletionTimestamp"] = "2026-01-02T00:00:00Z"


def of_the_host(site):
    site.pod["spec"]["hostNetwork"] = True


def by_one_address(site):
    del site.pod["status"]["podIPs"]


def without_address(site):
    """A pod more, which has none yet."""
    site.more.append(objects.pod("late", site.name, [], {"app": "site"}))


def succeeded_by(**labels):
    """The pod has completed, and another one has its address."""
    def change(site):
        site.pod["status"]["phase"] = "Succeeded"
        site.more.append(objects.pod("next", site.name, site.addresses(), labels))
        site.slices = slices(site, site.addresses(), pod="next")
    return change


def host_agent(site):
    """A pod of the other node's network, whose labels a policy means."""
    site.more.append(objects.pod("agent", site.name, SOURCES["node2"], {"app": "agent"}, node="node-2",
                                 host_network=True))


def open_to(**labels):
    return lambda here: [policy(here, allowing({"podSelector": {"matchLabels": labels}}))]


STORIES = [
    Story("nobody isolates the pod", EVERYONE),
    Story("an isolated pod is shut to everyone but its node", NOBODY, denied),
    Story("a pending pod with an address is subject", NOBODY, denied, pod_is(phase="Pending")),
    Story("a pod that has succeeded is not", EVERYONE, denied, pod_is(phase="Succeeded")),
    Story("a pod that has failed is not", EVERYONE, denied, pod_is(phase="Failed")),
    Story("a terminating pod is", NOBODY, denied, terminating),
    Story("a pod of the host's network is not", EVERYONE, denied, of_the_host),
    Story("podIP counts where podIPs is absent", NOBODY, denied, by_one_address, versions=(4,)),
    Story("a pod without an address disturbs nothing", NOBODY, denied, without_address),
    Story("an address belongs to the next pod", EVERYONE,
          lambda here: [policy(here, selector={"app": "site"})], succeeded_by(app="other")),
    Story("the next pod's own policies count", NOBODY,
          lambda here: [policy(here, selector={"app": "other"})], succeeded_by(app="other")),
    Story("a pod of the host's network is no peer", NOBODY, open_to(app="agent"), host_agent),
    Story("a pod of the namespace is a peer", ("own",), open_to(app="own")),
    Story("another node is an ordinary source", ("node2",), lambda here: [policy(here, allowing(
        objects.block("192.0.2.2/32"), objects.block("2001:db8:2::2/128")))]),
    Story("other nodes are none of the pod's own", tuple(w for w in EVERYONE if w not in OUTSIDE),
          lambda here: [policy(here, allowing({"namespaceSelector": {}}))]),
]


@pytest.fixture(scope="module", params=BACKENDS)
def table(request, tmp_path_factory):
    made = Table(tmp_path_factory.mktemp("stories"), request.param, STORIES)
    try:
        yield made
    finally:
        made.close()


@pytest.mark.parametrize("story", STORIES, ids=lambda s: s.name)
def test_section_1(table, story):
    table.judge(story)
