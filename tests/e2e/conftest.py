"""Fixtures of the end-to-end tests: the built program against a real kernel."""
import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True
pytest.register_assert_rewrite("harness")

from harness.cluster import Cluster  # noqa: E402
from harness.nodewall import Nodewall  # noqa: E402
from harness.small_cluster import SmallCluster  # noqa: E402


def pytest_configure(config):
    if os.geteuid() != 0:
        pytest.exit("network namespaces need root: use scripts/test or sudo", returncode=2)


@pytest.fixture
def cluster(request):
    """Enforced by iptables; in modules that say `pytestmark = EVERY_BACKEND`, in each way that there is."""
    made = Cluster(getattr(request, "param", "iptables"))
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def nodewall(tmp_path):
    """The program on a log of its own, outside of any network."""
    return Nodewall(tmp_path / "log/nodewall.db")


@pytest.fixture
def small(tmp_path):
    """A node with the small API server, in a network namespace, and a cluster of one web pod behind
    a NodePort that a policy shuts."""
    made = SmallCluster(tmp_path)
    try:
        yield made
    finally:
        made.close()
