"""Fixtures of the tests against a real kube-apiserver: one server for all, a log for each test."""
import itertools

import pytest

from doors import NODEPORT
from harness.api_cluster import ApiCluster
from harness.objects import service_port

_numbers = itertools.count(1)


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
    api_cluster.end_test()


@pytest.fixture
def web(cluster):
    """A namespace of its own (a bare API server never finishes deleting one), a pod, a Service."""
    name = f"web-{next(_numbers)}"
    cluster.namespace(name)
    cluster.pod("apache", name, {"app": "web"}, [("http", 8080, "TCP")])
    cluster.service("web", name, {"app": "web"}, [service_port(80, "http", NODEPORT)])
    cluster.push_all()
    return name
