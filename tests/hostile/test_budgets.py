"""A tenant whose objects cost more than others have: what exceeds its budget refuses as a whole, and nobody
else's door opens, shuts, or waits (SEMANTICS section 6, "Costs", "Nobody waits for another's failure")."""
import contextlib
import fcntl
import os
import random

import pytest

from harness import objects
from harness.xtables_lock import VARIABLE

SLICES = "discovery.k8s.io/v1beta1"
PORTS = [objects.service_port(80 + i, 8080, name=f"p{i}") for i in range(8)]


def address(number):
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def exceptions(name, namespace, count, seed=0):
    chance = random.Random(seed)
    return objects.network_policy(name, namespace, ingress=[{"from": [{"ipBlock": {
        "cidr": "0.0.0.0/0", "except": [f"{address(chance.getrandbits(32))}/32" for _ in range(count)]}}]}])


def many_doors(namespace, addresses, ports):
    made = objects.service("many", namespace, None, [
        objects.service_port(1000 + i, 8080, name=f"p{i}") for i in range(ports)], kind="ClusterIP", families=(4,))
    made["spec"]["externalIPs"] = [f"100.64.{i // 100}.{i % 100 * 2}" for i in range(addresses)]
    return made


@contextlib.contextmanager
def held_tables():
    """Another program has the xtables lock, as they have for seconds on large nodes."""
    with open(os.environ[VARIABLE], "a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture
def withstands(guarded, patience):
    """Before, during and after what is done the door is never open, never shut to its own, and shuts in time."""
    def check(*acts):
        for act in acts:
            with guarded.watch() as watch:
                watch.wait()
                act()
                guarded.unharmed(watch, patience)
    return check


def test_a_service_of_a_million_doors(guarded, mallory, withstands):
    """85 KB; it leads to the victim's pod."""
    thing = many_doors(mallory.namespace, 1025, 1030)
    ends = objects.endpoint_slice("many-1", mallory.namespace, "many", 4, [(guarded.host.ipv4, "node-1", None)],
                                  [(f"p{i}", 8080, "TCP") for i in range(100)], SLICES)
    withstands(lambda: mallory.create(thing), lambda: mallory.create(ends),
               lambda: mallory.patch(thing, {"spec": {"externalIPs": ["100.64.99.1"]}}))


def test_four_thousand_exceptions_that_move_to_other_addresses(mallory, withstands):
    """Each of eight ports reads them; a plan grows before it shrinks."""
    many = exceptions("many", mallory.namespace, 4000)
    mallory.create(many)
    mallory.pod("web-1", ["10.44.0.1"], {"app": "web"})
    thing = objects.service("site", mallory.namespace, {"app": "web"}, PORTS, kind="ClusterIP", families=(4,))
    thing["spec"]["externalIPs"] = ["100.65.0.1"]
    mallory.create(objects.endpoint_slice("site-1", mallory.namespace, "site", 4, [("10.44.0.1", "node-1", "web-1")],
                                          [(p["name"], 8080, "TCP") for p in PORTS], SLICES))

    def move(n):
        mallory.patch(thing, {"spec": {"externalIPs": [f"100.65.1.{n}"]}})
        mallory.patch(many, {"spec": exceptions("many", mallory.namespace, 4000, seed=n)["spec"]})
    withstands(lambda: mallory.create(thing), lambda: move(1), lambda: move(2))


def test_twenty_thousand_exceptions(mallory, withstands):
    """406 KB, over the budget of an object: it costs milliseconds."""
    withstands(lambda: mallory.create(exceptions("many", mallory.namespace, 20_000)))


def test_while_another_program_holds_the_tables(mallory, withstands):
    """A table commit of mallory's is due: the victim's refusal needs members of sets alone."""
    def more():
        for n in range(40):
            mallory.create(exceptions(f"more-{n}", mallory.namespace, 20, seed=n))
    with held_tables():
        withstands(more)
