"""`nodewall state`: how namespaces, policies, front doors and pods stand at a point of the log."""
import pytest

from harness import calico, objects
from harness.nodewall import FAILED, USAGE


@pytest.fixture
def shop(nodewall):
    """A namespace that denies by default and admits one block to its web pods; one that is free."""
    web = objects.pod("web-1", "shop", ["10.42.0.2"], {"app": "web"}, [("http", 8080, "TCP")])
    nodewall.import_objects([
        objects.namespace("shop"), objects.namespace("free"), objects.node("node-1", ["192.0.2.1"]), web,
        objects.pod("idle", "free", ["10.42.0.3"]),
        objects.service("web", "shop", {"app": "web"},
                        [objects.service_port(80, 8080, 30080)], families=(4,)),
        objects.endpoint_slice("web-1", "shop", "web", 4, [("10.42.0.2", "node-1", "web-1")],
                               [("", 8080, "TCP")])])
    nodewall.import_objects([objects.network_policy("default-deny", "shop")])
    return nodewall


def state(nodewall, *arguments):
    return nodewall.call("state", "--db", nodewall.db, "--node", "node-1", "-o", "json", *arguments).json()


def door(found):
    (only,) = [d for d in found["frontDoors"] if d["class"] == "nodeport"]
    return only


def test_it_tells_how_everything_stands(shop):
    found = state(shop)
    spaces = {n["name"]: n for n in found["namespaces"]}
    assert spaces["shop"]["ingress"] == {"defaultDeny": True, "policies": ["NetworkPolicy shop/default-deny"],
                                        "above": [], "below": [], "policiesNotListed": 0}
    assert spaces["shop"]["egress"] == {"defaultDeny": False, "policies": [], "above": [], "below": [],
                                        "policiesNotListed": 0}
    assert spaces["free"]["ingress"]["defaultDeny"] is False
    assert door(found)["state"] == "shut"
    assert door(found)["policies"] == ["NetworkPolicy shop/default-deny"]
    assert door(found)["backends"][0]["pod"] == "shop/web-1"
    pods = {p["name"]: p for p in found["pods"]}
    assert pods["web-1"]["ingress"] == {"isolated": True, "policies": ["NetworkPolicy shop/default-deny"],
                                        "policiesNotListed": 0}
    assert pods["idle"]["ingress"] == {"isolated": False, "policies": [], "policiesNotListed": 0}
    assert found["node"] == "node-1"
    assert found["findings"] == []


def test_it_tells_it_as_of_any_point(shop):
    before = shop.events("--stream", "networkpolicies.networking.k8s.io")[0]["seq"] - 1
    assert door(state(shop, "--at", before))["state"] == "open"
    assert state(shop, "--at", before)["seq"] == before


def test_whom_a_door_admits_is_said(shop):
    shop.import_objects([objects.network_policy(
        "admit", "shop", {"app": "web"}, [objects.rule([objects.block("203.0.113.0/24")], [8080])])])
    found = door(state(shop))
    assert found["state"] == "shut"
    assert found["admits"]["blocks"] == ["10.42.0.2/32", "203.0.113.0/24"], "the pod itself, too"
    assert found["admits"]["everyone"] is False


def test_one_namespace_alone(shop):
    found = state(shop, "-n", "free")
    assert [n["name"] for n in found["namespaces"]] == ["free"]
    assert [p["name"] for p in found["pods"]] == ["idle"]
    assert found["frontDoors"] == found["policies"] == []


def test_what_is_not_understood_is_said_with_its_reason(shop):
    policy = objects.network_policy("odd", "shop", {"app": "web"}, [{"from": [{"fromTheFuture": {}}]}])
    shop.import_objects([policy])
    found = state(shop)
    (odd,) = [p for p in found["policies"] if p["name"] == "odd"]
    assert "fromTheFuture" in odd["notUnderstood"][0]
    assert found["findings"][0]["kind"] == "notUnderstood"
    assert found["findings"][0]["subject"] == "NetworkPolicy shop/odd"


def test_the_text_is_for_a_person(shop):
    said = shop.call("state", "--db", shop.db, "--node", "node-1").stdout
    assert "shop: ingress denied by default (NetworkPolicy shop/default-deny); egress open" in said
    assert "nodeport TCP/30080 (ipv4): shut but for 10.42.0.2/32; Service shop/web" in said
    assert "backend shop/web-1 (10.42.0.2) port 8080, on this node: admits nobody" in said
    assert "free/idle (10.42.0.3)\n" in said


def test_a_door_that_tiers_decide_is_told_in_words(shop):
    """One that refuses some and admits all others; one that several tiers judge in turn."""
    deny = calico.rule("Deny", {"nets": ["203.0.113.0/24"]})
    shop.import_objects([calico.global_policy("deny", [deny, calico.rule("Allow")], "app == 'web'", 1)])
    said = shop.call("state", "--db", shop.db, "--node", "node-1").stdout
    assert "shut to some: refuses 203.0.113.0/24; admits all others; Service shop/web" in said
    assert "port 8080, on this node: refuses 203.0.113.0/24; admits all others" in said
    shop.import_objects([calico.tier("first", 5, "Pass"), calico.global_policy(
        "first.p", [calico.rule("Pass", {"nets": ["198.51.100.0/24"]}),
                    calico.rule("Deny", {"nets": ["198.51.0.0/16"]})], "app == 'web'", 1, "first")])
    said = shop.call("state", "--db", shop.db, "--node", "node-1").stdout
    assert "shut to some: several tiers judge in turn, nodewall explain tells of each source; Service" in said
    assert "stage" not in said


def test_of_more_policies_than_are_listed_the_others_are_counted(shop):
    """1,000 of them are named; the page for people names five."""
    shop.import_objects([objects.network_policy(f"p-{n:04}", "shop") for n in range(1100)])
    found = state(shop, "-n", "shop")
    (pod,) = found["pods"]
    assert len(pod["ingress"]["policies"]) == 1000 and pod["ingress"]["policiesNotListed"] == 101
    assert len(found["policies"]) == 1101
    said = shop.call("state", "--db", shop.db, "--node", "node-1").stdout
    assert "NetworkPolicy shop/p-0003 and 1096 more" in said


def test_wrong_usage_and_no_log(nodewall, shop):
    shop.call("state", "--db", shop.db, "--at", "yesterday", expect=USAGE)
    nodewall.call("state", "--db", nodewall.db + ".none", expect=FAILED)
