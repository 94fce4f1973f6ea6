"""More than any cluster should have: objects of 32 MiB, from the API server and from files, and five
thousand namespaces. What is too large is lost alone and named, and nothing opens."""
import pytest

from harness import kubeconfig, objects
from harness.namespaces import Namespace
from harness.nodewall import FAILED, Nodewall
from harness.plain_api import PlainApi
from harness.ruleset import Packet, kernel_ruleset
from harness.service import Service, eventually
from harness.small_cluster import SmallCluster

LARGE = 32 << 20
DOORS = (30080, 30081, 30082)


def large(thing):
    thing["metadata"]["annotations"] = {"x": "y" * LARGE}
    return thing


def door(name, port):
    return objects.service(name, "web", {"app": "web"}, [objects.service_port(80, 8080, port)],
                           families=(4,))


def endpoints(service):
    return objects.endpoint_slice(f"{service}-1", "web", service, 4, [("10.42.0.2", "node-1", "web-1")],
                                  [("", 8080, "TCP")])


@pytest.fixture
def node(tmp_path):
    """A shut door that the API server tells of, and the service beside it."""
    namespace = Namespace("large")
    api = namespace.call(PlainApi)
    api.items.update({
        "nodes": [objects.node("node-1", ["127.0.0.1"])], "namespaces": [objects.namespace("web")],
        "pods": [objects.pod("web-1", "web", ["10.42.0.2"], {"app": "web"})],
        "services": [door("web", 30080)], "endpointslices": [endpoints("web")],
        "networkpolicies": [objects.network_policy("deny", "web")]})
    made = Nodewall(tmp_path / "log/nodewall.db", namespace=namespace)
    config = kubeconfig.write(tmp_path / "kubeconfig")
    made.api, services = api, []

    def run():
        services.append(Service(made, "--kubeconfig", config, log_path=tmp_path / f"said-{len(services)}"))
        return services[-1]

    made.run = run
    try:
        yield made
    finally:
        for service in services:
            service.close()
        api.close()
        namespace.close()


def passes(rules, source, port):
    return rules.passes(Packet("eth0", source, "192.0.2.1", "TCP", port, to_host=True))


def refuses(node, *ports):
    """Of the doors that a test may shut the kernel refuses these to a stranger."""
    rules = kernel_ruleset(node.namespace)
    assert {port for port in DOORS if not passes(rules, "203.0.113.99", port)} == set(ports)


def unread(node):
    """The objects of the log whose present version could not be read, by name: the last event of each."""
    last = {(e["stream"], e["name"]): e for e in node.events() if e["name"]}
    return {name: e["body"]["!unread"] for (_, name), e in last.items() if "!unread" in e["body"]}


def state_says(node, *words):
    said = node.call("state", "--db", node.db, "--node", "node-1").stdout
    for word in words:
        assert word in said, said


def test_a_list_with_an_object_of_32_mib(node):
    """It is lost alone, and named: all others are enforced, and what was read of it last stays."""
    service = node.run().ready()
    eventually(lambda: refuses(node, 30080))
    service.kill()
    node.api.items["services"] += [large(door("big", 30081)), door("more", 30082)]
    node.api.items["endpointslices"].append(endpoints("more"))
    large(node.api.items["services"][0])
    node.api.version = node.api.oldest = 2000
    service = node.run().ready()
    eventually(lambda: refuses(node, 30080, 30082))
    for name in ("web/big", "web/web"):
        assert f"services {name} cannot be read" in service.said()
    assert set(unread(node)) == {"big", "web"}
    assert "over the limit: 33554" in unread(node)["web"]["reason"]
    state_says(node, "services web/web", "services web/big", "cannot be read")
    service.stop()
    again = node.run().ready()
    refuses(node, 30080, 30082)
    state_says(node, "services web/web")
    again.stop()
    node.check_all()


def test_a_watch_frame_of_32_mib(node):
    """It is recorded that its object cannot be read; the stream goes on, and nothing is asked for again."""
    service = node.run().ready()
    asked = len([r for r in node.api.requests if "/services?" in r])
    node.api.frames["services"].put({"type": "ADDED", "object": large(door("big", 30081))})
    eventually(lambda: holds("big" in unread(node)))
    added = door("more", 30082)
    added["metadata"]["resourceVersion"] = "1001"
    node.api.items["services"].append(added)
    node.api.frames["services"].put({"type": "ADDED", "object": added})
    node.api.frames["endpointslices"].put({"type": "ADDED", "object": endpoints("more")})
    eventually(lambda: refuses(node, 30080, 30082))
    assert len([r for r in node.api.requests if "/services?" in r]) == asked
    assert "services web/big cannot be read" in service.said()
    readable = door("big", 30081)
    readable["metadata"]["resourceVersion"] = "1002"
    node.api.frames["services"].put({"type": "MODIFIED", "object": readable})
    node.api.frames["endpointslices"].put({"type": "ADDED", "object": endpoints("big")})
    eventually(lambda: refuses(node, 30080, 30081, 30082))
    assert not unread(node)
    service.stop()
    node.check_all()


def test_a_file_with_an_object_of_32_mib(tmp_path):
    """The file is refused as a whole, and the object is named."""
    nodewall = Nodewall(tmp_path / "nodewall.db")
    done = nodewall.import_objects([door("web", 30080), large(door("big", 30081))], expect=FAILED)
    assert "services web/big: a body of 33554" in done.stderr
    assert not (tmp_path / "nodewall.db").exists() or not nodewall.events("--type", "ADDED")


def dialer(n):
    return f"10.60.{n // 250}.{n % 250 + 1}"


def test_five_thousand_namespaces(tmp_path):
    """Each with a pod that a peer admits and a policy that denies it."""
    many = [thing for n in range(5000) for thing in (
        objects.namespace(f"team-{n}", {"admitted": "yes" if n % 2 else "no"}),
        objects.pod("dialer", f"team-{n}", [dialer(n)]),
        objects.network_policy("deny", f"team-{n}"))]
    admitted = objects.network_policy("admit", "web", {"app": "web"}, [objects.rule([
        {"namespaceSelector": {"matchLabels": {"admitted": "yes"}}}])])
    small = SmallCluster(tmp_path, [*many, admitted])
    try:
        service = small.run()
        rules = kernel_ruleset(small.namespace)
        assert [passes(rules, dialer(n), 30080) for n in range(5000)] == [False, True] * 2500
        assert service.status("-o", "json").json()["applied"]["lastError"] == ""
        service.stop()
        small.nodewall.check_all()
        verdicts = [small.nodewall.explain("--from", f"team-{n}/dialer", "--to", "nodeport:TCP/30080")
                    for n in (0, 1, 4998, 4999)]
        assert [v["verdict"] for v in verdicts] == ["deny", "allow", "deny", "allow"]
        state = small.nodewall.call("state", "--db", small.nodewall.db, "--node", "node-1",
                                    "-o", "json").json()
        assert sum(n["ingress"]["defaultDeny"] for n in state["namespaces"]) == 5000
    finally:
        small.close()


def holds(what):
    assert what
