"""Fixtures of the attacks: a real kube-apiserver for all of them, a victim whose door is tried without
pause, and a tenant, mallory, who may write Services, EndpointSlices, Pods and policies of its own.

Each test is one attack. It is carried out with the tenant's token; what a kubelet would write is written
by `mallory.kubelet` and said so.
"""
import itertools
import os
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "e2e")]
sys.dont_write_bytecode = True
pytest.register_assert_rewrite("harness")

from harness.api_cluster import ApiCluster  # noqa: E402
from harness.service import eventually  # noqa: E402
from harness.tenant import Tenant  # noqa: E402
from victim import Victim  # noqa: E402

_numbers = itertools.count(1)


def pytest_configure(config):
    if os.geteuid() != 0:
        pytest.exit("network namespaces need root: use scripts/test or sudo", returncode=2)


@pytest.fixture(scope="session")
def api_cluster():
    made = ApiCluster()
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def cluster(api_cluster):
    api_cluster.new_log()
    yield api_cluster
    if any(service.process.poll() is None for service in api_cluster.services):
        eventually(api_cluster.nodewall.check_all)  # what went with the test is applied too
    api_cluster.end_test()


@pytest.fixture
def victim(cluster):
    """Without a service that enforces: `victim.guard()` starts it."""
    made = Victim(cluster, f"victim-{next(_numbers)}")
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def guarded(victim):
    """The victim, whose door is shut to the south, and open to the north."""
    victim.guard()
    return victim


@pytest.fixture
def mallory(cluster):
    made = Tenant(cluster.api, f"mallory-{next(_numbers)}")
    try:
        yield made
    finally:
        made.leave()


@pytest.fixture(scope="session")
def patience(api_cluster):
    """Seconds that a change of the victim's own may take where nobody attacks, on this machine, now: a
    tenth of a second, or what it took in the worst of five."""
    api_cluster.new_log()
    made = Victim(api_cluster, "nobody-attacks")
    try:
        made.guard()
        taken = [made.shut_once() for _ in range(5)]
    finally:
        made.close()
        api_cluster.end_test()
    return max(0.1, 1.5 * max(taken))
