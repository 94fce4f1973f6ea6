"""`nodewall import`: the shapes of its input, what it adds, and what it refuses without a trace."""
import json
import os

import pytest

from harness import objects
from harness.nodewall import FAILED, USAGE

COLUMNS = {"seq", "at", "claimed_at", "stream", "type", "origin", "namespace", "name", "uid",
           "resource_version", "previous", "body", "digest"}


@pytest.fixture
def things():
    return [objects.namespace("web", {"team": "blue"}),
            objects.pod("web-1", "web", ["10.42.0.2"], {"app": "web"}, [("http", 8080, "TCP")]),
            objects.network_policy("deny", "web")]


def object_events(nodewall):
    return [e for e in nodewall.events() if e["type"] in ("ADDED", "MODIFIED", "DELETED")]


def summary(nodewall):
    return [(e["type"], e["stream"], e["namespace"], e["name"]) for e in object_events(nodewall)]


ALL = [("ADDED", "namespaces", "", "web"), ("ADDED", "pods", "web", "web-1"),
       ("ADDED", "networkpolicies.networking.k8s.io", "web", "deny")]


def yaml_of(things):
    """JSON is YAML: documents of it, with comments and an empty one."""
    return "# from a file\n---\n" + "\n---\n".join(json.dumps(t) for t in things) + "\n---\n"


def watch_lines(things):
    return "".join(json.dumps({"type": "ADDED", "object": t}) + "\n" for t in things)


SHAPES = {
    "list": lambda things: json.dumps({"apiVersion": "v1", "kind": "List", "items": things}),
    "yaml documents": yaml_of,
    "watch events": watch_lines,
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_shapes(nodewall, things, shape):
    nodewall.call("import", "-", "--db", nodewall.db, text=shape(things))
    assert summary(nodewall) == ALL
    nodewall.call("log", "verify", "--db", nodewall.db)
    before = nodewall.events()
    nodewall.call("import", "-", "--db", nodewall.db, text=shape(things))
    assert nodewall.events() == before, "the same content again adds nothing"


def test_several_files_of_one_object_each(nodewall, things, tmp_path):
    files = []
    for index, thing in enumerate(things):
        files.append(tmp_path / f"it's file {index}.json")
        files[-1].write_text(json.dumps(thing, indent=2))
    nodewall.call("import", *files, "--db", nodewall.db)
    assert summary(nodewall) == ALL


def test_typed_lists_as_the_api_answers_them(nodewall, things):
    for kind in ("Namespace", "Pod", "NetworkPolicy"):
        thing = next(t for t in things if t["kind"] == kind)
        answer = {"apiVersion": thing["apiVersion"], "kind": kind + "List",
                  "metadata": {"resourceVersion": "77"},
                  "items": [{k: v for k, v in thing.items() if k not in ("kind", "apiVersion")}]}
        nodewall.call("import", "-", "--db", nodewall.db, text=json.dumps(answer))
    assert summary(nodewall) == ALL


def test_yaml_as_people_write_it(nodewall):
    nodewall.call("import", "-", "--db", nodewall.db, text="""
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow
  namespace: web
  labels: {"on": "yes", octal: "010"}
spec:
  podSelector:
    matchLabels: &labels
      app: web
  ingress:
  - from:
    - podSelector: {matchLabels: *labels}
    ports:
    - port: 8080
    - {port: http, protocol: TCP}
""")
    body = object_events(nodewall)[0]["body"]
    assert body["metadata"]["labels"] == {"on": "yes", "octal": "010"}
    assert body["spec"]["ingress"][0]["from"][0]["podSelector"]["matchLabels"] == {"app": "web"}


def test_changes_and_deletions(nodewall, things):
    nodewall.import_objects(things)
    things[1]["metadata"]["labels"]["app"] = "other"
    nodewall.import_objects([objects.changed(things[1])])
    nodewall.import_objects(things[1:], "--delete")
    nodewall.import_objects(things[1:], "--delete")
    assert [t for t, *_ in summary(nodewall)] == ["ADDED"] * 3 + ["MODIFIED"] + ["DELETED"] * 2
    events = object_events(nodewall)
    modified = next(e for e in events if e["type"] == "MODIFIED")
    assert modified["previous"] == events[1]["seq"]
    nodewall.import_objects(things)
    assert [t for t, *_ in summary(nodewall)][-2:] == ["ADDED", "ADDED"]
    nodewall.call("log", "verify", "--db", nodewall.db)


def test_watch_events_are_taken_as_they_say(nodewall, things):
    lines = watch_lines(things) + "".join(
        json.dumps({"type": kind, "object": objects.changed(things[1])}) + "\n"
        for kind in ("MODIFIED", "DELETED"))
    nodewall.call("import", "-", "--db", nodewall.db, text=lines)
    assert summary(nodewall)[-1] == ("DELETED", "pods", "web", "web-1")
    state = nodewall.call("replay", "--db", nodewall.db, "--node", "n", "-o", "json").json()
    assert state["objects"]["pods"] == 0 and state["objects"]["networkpolicies"] == 1


def test_columns_of_the_log(nodewall, things):
    nodewall.import_objects(things)
    events = nodewall.events()
    assert [e["seq"] for e in events] == list(range(events[0]["seq"], events[0]["seq"] + len(events)))
    for event in events:
        assert set(event) == COLUMNS
        assert len(event["digest"]) == 64 and int(event["digest"], 16) >= 0
    pod = next(e for e in events if e["stream"] == "pods")
    assert pod["origin"] == "import" and pod["uid"] == things[1]["metadata"]["uid"]
    assert pod["resource_version"] == things[1]["metadata"]["resourceVersion"]
    assert isinstance(pod["body"], dict) and isinstance(pod["at"], int)
    # Narrowed: what a container runs is nobody's business here.
    assert "image" not in json.dumps(pod["body"])


def test_names_that_try_something(nodewall):
    names = ["it's", 'a"b', "new\nline", "$(reboot)", "`id`; rm -rf /", "x" * 253, "é\u202e", "%n%s"]
    for name in names:
        nodewall.import_objects([objects.network_policy(name, "we'b\"", {"app": name})])
    assert [e["name"] for e in object_events(nodewall)] == names
    printed = nodewall.call("log", "--db", nodewall.db).stdout
    assert len(printed.splitlines()) == len(nodewall.events())
    nodewall.rules()
    nodewall.call("log", "verify", "--db", nodewall.db)


def test_nothing_from_outside_steers_a_terminal(nodewall):
    """C0, C1, DEL and the controls of the direction of writing, in every word that is printed."""
    evil = "a\x1b[2J\x7f\x9b31m\x85\u202eb\u2066c"
    pod = objects.pod(evil, evil, ["10.42.0.2"], {"app": evil}, [("http", 8080, "TCP")])
    slice_ = objects.endpoint_slice(evil, evil, evil, 4, [("10.42.0.2", "node-1", evil)], [("", 8080, "TCP")])
    policy = objects.network_policy(evil, evil, {"app": evil}, [objects.rule([
        {"namespaceSelector": {"matchLabels": {"x": evil}}}])])
    service = objects.service(evil, evil, {"app": evil}, [objects.service_port(80, 8080, 30080)], families=(4,))
    done = nodewall.import_objects([objects.node("node-1", ["192.0.2.1"]), objects.namespace(evil), pod, service,
                                    slice_, policy, {"apiVersion": "v1", "kind": evil, "metadata": {"name": evil}}])
    said = [done]
    for verb in (["state"], ["state", "-o", "json"], ["rules"], ["rules", "-o", "nft"], ["rules", "-o", "json"],
                 ["replay"], ["explain", "--from", "203.0.113.9", "--to", "nodeport:TCP/30080"],
                 ["explain", "--from", "203.0.113.9", "--to", "nodeport:TCP/30080", "-o", "json"]):
        said.append(nodewall.call(*verb, "--db", nodewall.db, "--node", "node-1", expect=(0, 1, 4)))
    for verb in (["log"], ["log", "-o", "json"]):
        said.append(nodewall.call(*verb, "--db", nodewall.db))
    for done in said:
        steering = [c for c in done.stdout + done.stderr if ord(c) < 32 and c not in "\n\t"
                    or 0x7f <= ord(c) <= 0x9f or c in "\u202e\u2066"]
        assert not steering, (done.args, steering)
    json.loads(said[2].stdout)
    names = {json.loads(line)["name"] for line in said[-1].stdout.splitlines()}
    assert evil in names, "JSON says the same in other letters"


def pod_with(**changes):
    thing = objects.pod("p", "web", ["10.42.0.2"], {}, [("http", 8080, "TCP")])
    thing.update(changes)
    return thing


BAD_INPUT = {
    "no json": "{",
    "not an object": "[1, 2]",
    "a number": "7",
    "cut": json.dumps({"apiVersion": "v1", "kind": "List", "items": [objects.namespace("a")]})[:-3],
    "no kind": json.dumps({"metadata": {"name": "a"}}),
    "no metadata": json.dumps(pod_with(metadata=None)),
    "no name": json.dumps(pod_with(metadata={"namespace": "web"})),
    "metadata is text": json.dumps(pod_with(metadata="p")),
    "deeply nested": '{"a":' * 100000 + "1" + "}" * 100000,
    "yaml bomb": "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)),
    "a broken second line": json.dumps({"type": "ADDED", "object": objects.namespace("a")}) + "\n{\n",
    "a broken second document": yaml_of([objects.namespace("a")]) + "a: [\n",
    "bytes": "\x00\x01\x02",
}


@pytest.mark.parametrize("text", BAD_INPUT.values(), ids=BAD_INPUT)
def test_bad_input_is_named_and_adds_nothing(nodewall, things, text):
    nodewall.import_objects(things)
    before = nodewall.events()
    said = nodewall.call("import", "-", "--db", nodewall.db, text=text, expect=FAILED).stderr
    assert said.startswith("nodewall: ") and len(said) < 2000, said
    assert nodewall.events() == before
    nodewall.call("log", "verify", "--db", nodewall.db)


@pytest.mark.parametrize("change", [
    {"ports": [{"port": 70000}]}, {"ports": [{"port": -1}]}, {"ports": [{"port": "a" * 70}]},
    {"ports": [{"port": 9, "endPort": 3}]}, {"from": [{"ipBlock": {"cidr": "10.0.0.0/99"}}]},
    {"from": [{"ipBlock": {"cidr": "nonsense"}}]}, {"from": [{"ipBlock": {}}]}, {"from": [{}]},
    {"from": [{"podSelector": {"matchExpressions": [{"key": "a", "operator": "Wat"}]}}]},
], ids=json.dumps)
def test_an_impossible_rule_admits_nobody_and_loses_nothing(nodewall, change):
    """The log keeps the object; the door of its pods is shut as by a rule that admits nobody."""
    web = [objects.namespace("web"), objects.pod("p", "web", ["10.42.0.2"], {}, [("h", 8080, "TCP")]),
           objects.service("s", "web", {"a": "b"}, [objects.service_port(80, 8080, 30080)]),
           objects.endpoint_slice("s-1", "web", "s", 4, [("10.42.0.2", "n", "p")],
                                  [("", 8080, "TCP")])]
    nodewall.import_objects(web)
    nodewall.import_objects([objects.network_policy("odd", "web", {}, [change])])
    assert len(object_events(nodewall)) == 5
    assert nodewall.rules_pass("198.51.100.7", "node", 30081), "no door"
    for source in ("198.51.100.7", "10.42.0.3", "10.0.0.9", "0.0.0.1"):
        assert not nodewall.rules_pass(source, "node", 30080)
    nodewall.call("log", "verify", "--db", nodewall.db)


def test_objects_of_other_kinds_are_named_and_left_out(nodewall, things):
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment",
                  "metadata": {"name": "api", "namespace": "web"}}
    said = nodewall.import_objects([deployment, *things]).stderr
    assert "Deployment" in said and "api" in said
    assert summary(nodewall) == ALL


def test_missing_files_and_wrong_usage(nodewall, tmp_path):
    nodewall.call("import", tmp_path / "nothing", "--db", nodewall.db, expect=FAILED)
    for arguments in ([], ["import"], ["impot"], ["import", "--wat"], ["rules", "--at", "yesterday"],
                      ["rules", "--at", "2026-01-01T00:00:00"], ["rules", "-o", "xml"],
                      ["rules", "--enforce", "everything"]):
        assert nodewall.call(*arguments, expect=USAGE).stderr, arguments
    said = nodewall.call("rules", "--db", nodewall.db, "--enforce", "pods", expect=USAGE).stderr
    assert "pods" in said
    assert "import" in nodewall.call("--help").stdout
    assert not os.path.exists(nodewall.db)
    nodewall.call("rules", "--db", nodewall.db, expect=FAILED)
    nodewall.call("log", "verify", "--db", nodewall.db, expect=FAILED)
