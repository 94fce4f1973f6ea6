"""The attacks' own instruments: a door that opens for a moment is seen, and nobody but the tenant acts."""
import time

import pytest

from doors import BALANCER4, CLUSTER4, EXTERNAL4
from harness import objects
from harness.api_server import ApiError


def test_a_door_that_opens_for_a_moment_is_seen(guarded):
    watch = guarded.watch()
    watch.wait()
    watch.never_open()
    watch.admitted_never_refused()
    taken = guarded.shut_once(watch)
    with pytest.raises(AssertionError, match="refused: open to"):
        watch.never_open()
    with pytest.raises(AssertionError, match="still open"):
        watch.shut_within(-1, time.monotonic())
    assert watch.longest("refused", True) > taken
    watch.admitted_never_refused()
    watch.close()


def test_each_kind_of_door_is_tried(guarded):
    for address in (EXTERNAL4, BALANCER4, CLUSTER4):
        with guarded.watch((address, 80)) as watch:
            watch.wait()
            watch.never_open()
            watch.admitted_never_refused()


def test_without_the_service_the_door_is_open_to_all(victim):
    watch = victim.watch()
    watch.wait()
    watch.admitted_never_refused("refused")


def test_a_tenant_writes_in_its_own_namespace_alone(mallory, victim):
    mallory.create(objects.network_policy("mine", mallory.namespace))
    for thing in (objects.network_policy("admit", victim.namespace, {}, [{}]),
                  objects.service("door", victim.namespace, {"app": "web"}, [objects.service_port(80)]),
                  objects.namespace("more")):
        with pytest.raises(ApiError, match="403"):
            mallory.api.create(thing)
    balanced = objects.service("balanced", mallory.namespace, {"app": "web"}, [objects.service_port(80)],
                               kind="LoadBalancer", families=(4,))
    mallory.create(balanced)
    with pytest.raises(ApiError, match="403"):
        mallory.api.request("PATCH", mallory.api.path_of(balanced) + "/status",
                            {"status": {"loadBalancer": {"ingress": [{"ip": BALANCER4}]}}},
                            content="application/merge-patch+json")


def test_nobody_attacks_and_a_change_is_there_in_time(guarded, patience):
    watch = guarded.watch()
    for _ in range(3):
        guarded.shuts_in_time(watch, patience)
    watch.admitted_never_refused()
