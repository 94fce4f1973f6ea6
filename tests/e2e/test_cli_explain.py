"""explain through the program: what it prints, what it cites, and how it ends."""
import json
import subprocess

import pytest

from harness import objects
from harness.nodewall import DONE, FAILED, NEGATIVE, NEITHER, USAGE

OUTSIDE, FRIEND, NODE = "203.0.113.7", "198.51.100.1", "192.0.2.10"
NODEPORT = "nodeport:TCP/30051"


@pytest.fixture
def filled(nodewall):
    """A Service of two pods: `deny` isolates the first but for a friend, `open` only the labels tell."""
    nodewall.import_objects([
        objects.namespace("web"), objects.node("node-1", [NODE]),
        objects.pod("shut", "web", ["10.0.0.1"], {"app": "shut"}),
        objects.pod("open", "web", ["10.0.0.2"], {"app": "open"}),
        objects.service("mixed", "web", None, [objects.service_port(80, 8080, 30052)]),
        objects.service("site", "web", None, [objects.service_port(80, 8080, 30051)]),
        objects.endpoint_slice("site-1", "web", "site", 4, [("10.0.0.1", "node-1", "shut")],
                               [("", 8080, "TCP")]),
        objects.endpoint_slice("mixed-1", "web", "mixed", 4, [("10.0.0.1", "node-1", "shut"),
                                                              ("10.0.0.2", "node-1", "open")],
                               [("", 8080, "TCP")])])
    nodewall.import_objects([objects.network_policy("deny", "web", {"app": "shut"},
                                                    [objects.rule([objects.block(FRIEND + "/32")])])])
    return nodewall


def explain(nodewall, *arguments, **options):
    return nodewall.call("explain", "--db", nodewall.db, "--node", "node-1", *arguments, **options)


def ask(nodewall, source, to, *arguments, expect):
    return explain(nodewall, "--from", source, "--to", to, *arguments, "-o", "json", expect=expect).json()


def test_exit_codes_tell_the_verdict(filled):
    assert ask(filled, FRIEND, NODEPORT, expect=DONE)["verdict"] == "allow"
    assert ask(filled, OUTSIDE, NODEPORT, expect=NEGATIVE)["verdict"] == "deny"
    assert ask(filled, OUTSIDE, "nodeport:TCP/30052", expect=NEITHER)["verdict"] == "mixed"
    assert ask(filled, OUTSIDE, "web/none", "--port", "80", expect=NEITHER)["verdict"] == "unknown"
    nothing = filled.call("explain", "--db", filled.db + "-none", "--from", OUTSIDE, "--to", NODEPORT,
                          expect=FAILED)
    assert nothing.stderr.startswith("nodewall: ")


def test_a_service_by_its_name(filled):
    """Its only port is taken; of several one must be chosen, from those that are named."""
    filled.import_objects([
        objects.service("site", "web", None, [objects.service_port(80, 8080, 30051)],
                        cluster_ips=["10.96.0.7"]),
        objects.service("two", "web", None, [objects.service_port(80, 8080, name="http"),
                                             objects.service_port(53, 53, protocol="UDP", name="dns")],
                        kind="ClusterIP", cluster_ips=["10.96.0.8"])])
    for name in "svc/web/site", "svc/site", "service/site":
        assert ask(filled, OUTSIDE, name, expect=NEGATIVE)["verdict"] == "deny"
        assert ask(filled, FRIEND, name, expect=DONE)["verdict"] == "allow"
    said = explain(filled, "--from", OUTSIDE, "--to", "svc/web/two", expect=NEITHER).stdout
    assert "Service web/two has 2 ports, of which --port and --protocol choose one: http TCP/80, dns UDP/53" in said
    assert ask(filled, OUTSIDE, "svc/web/two", "--port", "53", expect=DONE)["verdict"] == "allow"
    (line,) = filled.explain_lines([{"from": OUTSIDE, "to": "svc/web/site"}])
    assert line["verdict"] == "deny"
    said = explain(filled, "--from", OUTSIDE, "--to", "web/site", "--port", "80", expect=NEITHER).stdout
    assert "a Service of that name is asked for as svc/web/site" in said


def test_a_thousand_policies_that_isolate_are_not_told_one_by_one(filled):
    filled.import_objects([objects.network_policy(f"p-{n}", "web") for n in range(1000)])
    said = explain(filled, "--from", OUTSIDE, "--to", NODEPORT, expect=NEGATIVE).stdout
    assert len(said.splitlines()) < 110
    assert "901 more policies of tier default have no rule that decides about 203.0.113.7 on TCP/8080" in said


@pytest.mark.parametrize("arguments,word", [
    ([], "--from"),
    (["--from", OUTSIDE], "--to"),
    (["--from", "web", "--to", NODEPORT], "'web'"),
    (["--from", OUTSIDE, "--to", "web/open"], "port"),
    (["--from", OUTSIDE, "--to", "web/open", "--port", "70000"], "70000"),
    (["--from", OUTSIDE, "--to", "web/open", "--port", "80", "--protocol", "ICMP"], "ICMP"),
    (["--from", OUTSIDE, "--to", NODEPORT, "--port", "80"], "port"),
    (["--stdin", "--from", OUTSIDE], "--from"),
])
def test_wrong_usage_is_said(filled, arguments, word):
    said = explain(filled, *arguments, expect=USAGE)
    assert word in said.stderr and not said.stdout


def test_what_is_cited_stands_in_the_log(filled):
    """Each step's event is the one in the log, of that object and its last before the point."""
    events = {event["seq"]: event for event in filled.events()}
    answer = ask(filled, OUTSIDE, NODEPORT, expect=NEGATIVE)
    assert [(step["point"], step["action"], step["policy"]["kind"], step["policy"]["name"])
            for step in answer["steps"]] == [("front-door", "deny", "Service", "site"),
                                             ("ingress", "deny", "NetworkPolicy", "deny")]
    for step in answer["steps"]:
        event = events[step["event"]["seq"]]
        for ours, theirs in (("namespace", "namespace"), ("name", "name"), ("uid", "uid")):
            assert step["policy"][ours] == event[theirs]
        assert event["body"]["kind"] == step["policy"]["kind"]
        assert step["event"]["resourceVersion"] == event["resource_version"]
        assert step["event"]["time"].endswith("Z")
    assert answer["at"]["seq"] == max(events) and answer["at"]["time"].endswith("Z")
    assert answer["backends"] == [{"address": "10.0.0.1", "verdict": "deny"}]


def test_a_rule_is_named_by_its_place(filled):
    answer = ask(filled, FRIEND, "10.0.0.1", "--port", "8080", expect=DONE)
    assert [(step["policy"]["name"], step["rule"]) for step in answer["steps"]] == [("deny", 0)]


def test_a_backend_can_be_picked(filled):
    for address, verdict, code in (("10.0.0.1", "deny", NEGATIVE), ("10.0.0.2", "allow", DONE)):
        answer = ask(filled, OUTSIDE, "nodeport:TCP/30052", "--backend", address, expect=code)
        assert answer["backends"] == [{"address": address, "verdict": verdict}]


def test_the_past_is_asked_by_its_point(filled):
    last = filled.events()[-1]["seq"]
    before = ask(filled, OUTSIDE, NODEPORT, "--at", str(last - 1), expect=DONE)
    assert before["at"]["seq"] == last - 1 and before["verdict"] == "allow"
    assert ask(filled, OUTSIDE, NODEPORT, "--at", str(last), expect=NEGATIVE)["verdict"] == "deny"


def test_text_is_for_a_person(filled):
    lines = explain(filled, "--from", OUTSIDE, "--to", NODEPORT, expect=NEGATIVE).stdout.splitlines()
    assert lines[0].startswith("deny ")
    assert len(lines) == 4 and "NetworkPolicy web/deny" in lines[3], "the gate alone decides: no note"
    lines = explain(filled, "--from", OUTSIDE, "--to", "web/shut", "--port", "8080",
                    expect=NEGATIVE).stdout.splitlines()
    assert lines[-1].startswith("note: ") and "not enforced" in lines[-1]


def test_lines_are_answered_one_by_one(filled):
    questions = [{"from": OUTSIDE, "to": NODEPORT},
                 {"from": FRIEND, "to": "10.0.0.1", "port": 8080},
                 {"from": "web/open", "to": "web/shut", "port": 8080, "protocol": "UDP"},
                 {"from": OUTSIDE, "to": "nodeport:TCP/30052", "backend": "10.0.0.2"}]
    text = "".join(json.dumps(question) + "\n" for question in questions)
    lines = explain(filled, "--stdin", text=text).stdout.splitlines()
    assert [json.loads(line)["verdict"] for line in lines] == ["deny", "allow", "deny", "allow"]
    one = explain(filled, "--from", OUTSIDE, "--to", NODEPORT, "-o", "json", expect=NEGATIVE).stdout
    assert lines[0] + "\n" == one


BAD_LINES = ["", "no JSON", "[]", '{"from":"1.1.1.1"}', '{"from":1,"to":"nodeport:TCP/1"}',
             '{"from":"1.1.1.1","to":"web/a","port":"80"}', '{"from":"1.1.1.1","to":"web/a","port":-1}',
             '{"from":"1.1.1.1","to":"web/a","port":80,"protcol":"TCP"}']


@pytest.mark.parametrize("line", BAD_LINES)
def test_a_bad_line_is_answered_by_an_error_and_the_others_all_the_same(filled, line):
    good = json.dumps({"from": OUTSIDE, "to": NODEPORT})
    lines = explain(filled, "--stdin", text=f"{good}\n{line}\n{good}\n", expect=USAGE).stdout.splitlines()
    assert [list(json.loads(answer))[0] for answer in lines] == ["verdict", "error", "verdict"]


def test_whoever_asks_line_by_line_gets_each_answer_at_once(filled):
    program = subprocess.Popen(
        filled.command("explain", "--stdin", "--db", filled.db, "--node", "node-1"), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        for _ in range(3):
            program.stdin.write(json.dumps({"from": OUTSIDE, "to": NODEPORT}) + "\n")
            program.stdin.flush()
            assert json.loads(program.stdout.readline())["verdict"] == "deny"
        program.stdin.close()
        assert program.wait(timeout=10) == DONE
    finally:
        program.kill()
        program.wait()
        program.stdout.close()


def test_names_from_outside_cannot_break_a_line(filled):
    """A resourceVersion is opaque text: quotes, ends of lines and escapes stay inside the string."""
    odd = 'a"b\\c\nd\x1b[31m'
    policy = objects.network_policy("odd", "web", {"app": "open"})
    policy["metadata"]["resourceVersion"] = odd
    filled.import_objects([policy])
    answer = explain(filled, "--from", OUTSIDE, "--to", "web/open", "--port", "80", "-o", "json",
                     expect=NEGATIVE)
    assert len(answer.stdout.splitlines()) == 1
    assert answer.json()["steps"][0]["event"]["resourceVersion"] == odd
    text = explain(filled, "--from", OUTSIDE, "--to", "web/open", "--port", "80", expect=NEGATIVE).stdout
    assert "\x1b" not in text and len(text.splitlines()) == 3
