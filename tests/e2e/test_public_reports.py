"""What users of such systems ran into, small: objects out of public reports, and what is right. Each
is asked of `explain` and of the compiled rules."""
import json

import pytest

from harness import objects
from harness.nodewall import FAILED

NODE, OUTSIDE, FRIEND = "192.0.2.11", "198.51.100.9", "203.0.113.5"
MARK = b"\xef\xbb\xbf"


def pod(name, address, labels, namespace="web", node="node-1"):
    return objects.pod(name, namespace, [address], labels, node=node)


def isolating(name, labels, rules=(), namespace="web"):
    return objects.network_policy(name, namespace, labels, list(rules))


def verdict(nodewall, source, target, port=None, protocol="TCP"):
    where = () if port is None else ("--port", port, "--protocol", protocol)
    return nodewall.explain("--from", source, "--to", target, *where)["verdict"]


def service(name, namespace="web", cluster_ip="10.96.0.10", created=None, **spec):
    made = objects.service(name, namespace, {"app": name}, [objects.service_port(80, 8080, 30080)],
                           families=(4,))
    made["spec"].update({"clusterIP": cluster_ip, "clusterIPs": [cluster_ip], **spec})
    if created:
        made["metadata"]["creationTimestamp"] = created
    return made


def slice_of(name, endpoints, namespace="web"):
    return objects.endpoint_slice(name + "-1", namespace, name, 4, endpoints, [("", 8080, "TCP")])


def test_a_label_without_a_value(nodewall):
    """kubernetes#129257: a null in a label map is the empty string, and its key stays."""
    policy = isolating("from-role", {}, [{"from": [{"podSelector": {"matchLabels": {"role": None}}}]}])
    nodewall.import_objects([objects.namespace("web"), policy, pod("web", "10.0.0.1", {"app": "web"}),
                             pod("stranger", "10.0.0.2", {"app": "x"}),
                             pod("quoted", "10.0.0.3", {"role": ""}),
                             pod("bare", "10.0.0.4", {"role": None})])
    for source, expected in (("stranger", "deny"), ("quoted", "allow"), ("bare", "allow")):
        assert verdict(nodewall, f"web/{source}", "web/web", 8080) == expected, source


def test_a_port_number_in_quotes(nodewall):
    """bitnami/charts#7091: it is a name then, and no valid one: state says so."""
    nodewall.import_objects([objects.namespace("web"), pod("web", "10.0.0.1", {"app": "web"}),
                             isolating("quoted", {}, [{"ports": [{"port": "8080"}]}])])
    said = nodewall.call("state", "--db", nodewall.db, "--node", "node-1", "-o", "json").stdout
    assert "8080" in json.dumps([p["notUnderstood"] for p in json.loads(said)["policies"]]), said
    assert verdict(nodewall, OUTSIDE, "web/web", 8080) == "deny"


def test_octets_that_begin_with_zeros(nodewall):
    """The API server reads them decimal, in every address and every block."""
    nodewall.import_objects([
        objects.namespace("web"), pod("web", "10.0.0.01", {"app": "web"}),
        service("web", externalIPs=["198.51.100.020"]),
        slice_of("web", [("010.0.0.1", "node-1", "web")]),
        isolating("friend", {}, [objects.rule([objects.block("203.0.113.005/32")])])])
    assert verdict(nodewall, FRIEND, "198.51.100.20", 80) == "allow"
    assert verdict(nodewall, OUTSIDE, "198.51.100.20", 80) == "deny"
    assert nodewall.rules_pass(FRIEND, "198.51.100.20", 80)
    assert not nodewall.rules_pass(OUTSIDE, "198.51.100.20", 80)


def test_an_endpoint_with_two_addresses(nodewall):
    """kubernetes#106267: only the first is a backend."""
    two = slice_of("web", [("10.0.0.1", "node-1", None)])
    two["endpoints"][0]["addresses"].append("10.0.0.2")
    nodewall.import_objects([objects.namespace("web"), objects.node("node-1", [NODE]),
                             pod("shut", "10.0.0.1", {"app": "shut"}), pod("open", "10.0.0.2", {}),
                             service("web"), two, isolating("deny", {"app": "shut"})])
    assert verdict(nodewall, OUTSIDE, "nodeport:TCP/30080") == "deny"
    assert not nodewall.rules_pass(OUTSIDE, "node", 30080)


def test_cluster_ips_with_local_traffic(nodewall):
    """calico#7175: internalTrafficPolicy: Local leaves this node's endpoints only."""
    nodewall.import_objects([
        objects.namespace("web"), pod("here", "10.0.0.1", {"on": "here"}),
        pod("there", "10.0.1.1", {}, node="node-2"), service("web", internalTrafficPolicy="Local"),
        slice_of("web", [("10.0.0.1", "node-1", "here"), ("10.0.1.1", "node-2", "there")]),
        isolating("deny", {"on": "here"})])
    assert verdict(nodewall, OUTSIDE, "10.96.0.10", 80) == "deny"
    assert not nodewall.rules_pass(OUTSIDE, "10.96.0.10", 80)
    nodewall.node = "node-2"
    assert verdict(nodewall, OUTSIDE, "10.96.0.10", 80) == "allow"
    assert nodewall.rules_pass(OUTSIDE, "10.96.0.10", 80)


def test_a_load_balancer_address_that_is_the_nodes_with_a_host_port_on_it(nodewall):
    """k3s#10980: whatever is decided, explain and the rules agree, and the load balancer passes."""
    balancer = pod("svclb", "10.42.0.7", {"app": "svclb"}, "kube-system")
    balancer["spec"]["containers"] = [{"name": "lb", "image": "lb", "ports": [
        {"name": "lb", "containerPort": 80, "hostPort": 80}]}]
    traefik = service("web", type="LoadBalancer")
    traefik["status"] = {"loadBalancer": {"ingress": [{"ip": NODE}]}}
    nodewall.import_objects([
        objects.namespace("web"), objects.namespace("kube-system"), objects.node("node-1", [NODE]),
        pod("traefik", "10.42.0.10", {"app": "web"}), balancer, traefik,
        slice_of("web", [("10.42.0.10", "node-1", "traefik")]),
        isolating("only-the-balancer", {}, [objects.rule([objects.block(FRIEND + "/32")])])])
    assert verdict(nodewall, FRIEND, NODE, 80) == "allow"
    assert nodewall.rules_pass(FRIEND, NODE, 80)
    assert verdict(nodewall, OUTSIDE, NODE, 80) == "deny"
    assert not nodewall.rules_pass(OUTSIDE, NODE, 80)


@pytest.mark.parametrize("isolated", ["public", "secret"])
def test_two_services_with_one_external_address(nodewall, isolated):
    """kubernetes#69599: nobody knows which of them gets the connection. The gate is open to whom the
    backends of both namespaces admit: neither tenant answers for the other."""
    made = [objects.namespace("public"), objects.namespace("secret"), isolating("deny", {}, (), isolated)]
    for name, namespace, created in (("a", "public", "2026-01-01T00:00:00Z"),
                                     ("b", "secret", "2026-02-01T00:00:00Z")):
        address = {"a": "10.0.0.1", "b": "10.0.0.2"}[name]
        made += [pod(name, address, {"app": name}, namespace),
                 service(name, namespace, {"a": "10.96.0.1", "b": "10.96.0.2"}[name], created,
                         type="ClusterIP", externalIPs=["198.51.100.20"],
                         ports=[objects.service_port(80, 8080)]),
                 slice_of(name, [(address, "node-1", name)], namespace)]
    nodewall.import_objects(made)
    answer = nodewall.explain("--from", OUTSIDE, "--to", "198.51.100.20", "--port", "80")
    assert answer["verdict"] == "deny", answer
    assert {b["address"] for b in answer["backends"]} == {"10.0.0.1", "10.0.0.2"}
    assert not nodewall.rules_pass(OUTSIDE, "198.51.100.20", 80)


def test_one_service_with_thousands_of_ports(nodewall):
    """kubernetes#129389: 2,000 ports on three addresses, for 600 networks; every port admits them."""
    ports = [{"name": f"rtp-{p}", "port": p, "targetPort": p, "protocol": "UDP"}
             for p in range(20000, 22000)]
    networks = [objects.block(f"198.18.{i // 64}.{i % 64 * 4}/31") for i in range(600)]
    addresses = ["198.51.100.20", "198.51.100.21", "198.51.100.22"]
    nodewall.import_objects([
        objects.namespace("web"), pod("web", "10.0.0.1", {"app": "web"}),
        service("web", type="ClusterIP", ports=ports, externalIPs=addresses),
        isolating("carriers", {}, [objects.rule(networks)]),
        *[objects.endpoint_slice(f"web-{first}", "web", "web", 4, [("10.0.0.1", "node-1", "web")],
                                 [(p["name"], p["port"], "UDP") for p in ports[first:first + 100]])
          for first in range(0, 2000, 100)]])
    for address, port in ((addresses[0], 20000), (addresses[2], 21999)):
        for source, expected in (("198.18.0.4", True), ("198.18.9.92", True), ("198.18.0.6", False)):
            assert nodewall.rules_pass(source, address, port, "UDP") is expected, (source, port)
            said = verdict(nodewall, source, address, port, "UDP")
            assert said == ("allow" if expected else "deny"), (source, port)


def test_a_policy_that_does_not_fit_into_the_kernel(nodewall):
    """Far beyond its budget, the rules refuse everyone, and explain says so."""
    gaps = [f"{i >> 16}.{i >> 8 & 255}.{i & 255}.77/32" for i in range(0, 100 << 16, 64)]
    nodewall.import_objects([objects.namespace("web"), objects.node("node-1", [NODE]),
                             pod("web", "10.0.0.1", {"app": "web"}), service("web"),
                             slice_of("web", [("10.0.0.1", "node-1", "web")]),
                             isolating("holes", {}, [objects.rule([objects.block("0.0.0.0/0", *gaps)])])])
    assert not nodewall.rules_pass(OUTSIDE, "node", 30080)
    answer = nodewall.explain("--from", OUTSIDE, "--to", "nodeport:TCP/30080")
    assert answer["verdict"] == "deny", answer
    assert any("over the budget" in s["why"] for s in answer["steps"]), answer
    lines = nodewall.explain_lines([{"from": OUTSIDE, "to": "nodeport:TCP/30080"}])
    assert lines[0]["verdict"] == "deny", lines


def test_the_node_itself_is_never_shut_out(nodewall):
    """explain and the rules agree on whose packets are the node's own."""
    nodewall.import_objects([objects.namespace("web"), objects.node("node-1", [NODE]),
                             pod("web", "10.0.0.1", {"app": "web"}), service("web"),
                             slice_of("web", [("10.0.0.1", "node-1", "web")]), isolating("deny", {})])
    for source, passes in (("127.0.0.1", True), ("127.255.255.255", True), (NODE, True), (OUTSIDE, False)):
        assert nodewall.rules_pass(source, "node", 30080) is passes, source
        expected = "allow" if passes else "deny"
        assert verdict(nodewall, source, "nodeport:TCP/30080") == expected, source


DOCUMENTS = [json.dumps(objects.namespace(name)).encode() + b"\n" for name in ("a", "b")]
FILES = {
    "a mark before each document": MARK + DOCUMENTS[0] + b"---\n" + MARK + DOCUMENTS[1],
    "as Helm renders it": b"".join(b"---\n# Source: x\n" + MARK + d for d in DOCUMENTS),
    "JSON objects behind one mark": MARK + b"".join(DOCUMENTS),
    "JSON objects with a mark each": b"".join(MARK + d for d in DOCUMENTS),
    "UTF-16 as PowerShell writes it": b"---\n".join(DOCUMENTS).decode().encode("utf-16"),
    "lines of Windows": b"---\r\n".join(d.strip() + b"\r\n" for d in DOCUMENTS),
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_encodings_of_files(nodewall, tmp_path, content):
    """helm#6081, and its relatives."""
    (tmp_path / "file").write_bytes(content)
    said = nodewall.call("import", tmp_path / "file", "--db", nodewall.db)
    assert (said.stdout + said.stderr).startswith("2 added"), said.stdout + said.stderr


def test_utf_16_that_is_broken_is_refused(nodewall, tmp_path):
    (tmp_path / "file").write_bytes(DOCUMENTS[0].decode().encode("utf-16")[:-1])
    said = nodewall.call("import", tmp_path / "file", "--db", nodewall.db, expect=FAILED)
    assert "UTF-16" in said.stderr
