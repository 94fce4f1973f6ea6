"""What one change of a cluster changes in the kernel, member by member: by two pictures of it."""
import json

from harness import objects

PEER_SETS = 1  # those that a pod of the crowd belongs to: "every namespace"


def changes(programs, figures, node):
    pod = objects.pod("late", "load-0", ["10.250.0.1"], {"app": "late"}, node="node-1")
    policy = objects.network_policy("late", "load-0", {"app": "app-0"}, [objects.rule(
        [{"namespaceSelector": {}}, objects.block("203.0.113.0/24")], [8080])])
    backend = objects.pod("backend", "load-0", ["10.250.0.2"], {"app": "app-0"}, [("web", 8080, "TCP")],
                          node="node-1")
    slice_ = objects.endpoint_slice("service-0-2", "load-0", "service-0", 4,
                                    [("10.250.0.2", "node-1", "backend")], [("", 8080, "TCP")])
    for name, things, at_most in (
            ("a pod", [pod], {"members": PEER_SETS + 2, "commits": 0}),
            ("a pod behind a Service", [backend, slice_], {"members": None, "commits": 0}),
            ("a policy", [policy], {"members": None, "commits": 0})):
        for verb, options in (("comes", ()), ("goes", ("--delete",))):
            found = [_change(p, node, things, options) for p in programs]
            for what in ("members", "commits", "rules", "milliseconds"):
                figures.add(f"{name} {verb}: {what}", [f[what] for f in found], "", at_most=at_most.get(what))


def _change(program, node, things, options):
    before = program.held()
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": things})
    program.run("import", "-", "--db", program.db, *options, given=text)
    program.run("replay", "--apply", "--db", program.db, "--node", node)
    now = program.held()
    said = program.run("log", "--db", program.db, "-o", "json", "--type", "APPLIED").text
    act = json.loads(said.splitlines()[-1])["body"]
    return {"members": len(before.member_lines ^ now.member_lines), "commits": act["commits"],
            "rules": now.rules - before.rules, "milliseconds": act["duration_us"] / 1000}
