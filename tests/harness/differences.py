"""What `explain` answered, held against the oracle: a line for each thing that differs."""
import json


def written(asked):
    """The question as `explain --stdin` takes it."""
    made = {"from": asked.source, "to": asked.target, "port": asked.port, "protocol": asked.protocol}
    if asked.target.startswith("nodeport"):
        made = {"from": asked.source, "to": f"{asked.target}:{asked.protocol}/{asked.port}"}
    if asked.backend:
        made["backend"] = asked.backend
    return made


def gate_of(said):
    """What the front door on this node does; None where none is dialled."""
    actions = {s["action"] for s in said["steps"] if s["point"] == "front-door"} & {"allow", "deny"}
    assert len(actions) < 2, said
    return actions.pop() if actions else None


def differences(answer, said):
    verdict, gate = said.get("verdict"), gate_of(said)
    backends = {(b["address"], b["verdict"]) for b in said["backends"]}
    if answer.verdict is not None and verdict != answer.verdict:
        yield f"verdict {verdict}, expected {answer.verdict}"
    if answer.backends is not None and backends != answer.backends:
        yield f"backends {sorted(backends)}, expected {sorted(answer.backends)}"
    if answer.gate != gate and not answer.left_open:
        yield f"gate {gate}, expected {answer.gate}"


def story(seed, asked, answer, said, found):
    """All that is needed to see who is wrong."""
    return "\n".join([
        f"NODEWALL_SEED={seed} {json.dumps(written(asked))}", *found, "the specification, as read here:",
        *(f"    {why}" for why in answer.why), "explain:", *(f"    {step_line(s)}" for s in said["steps"])])


def step_line(step):
    policy = step["policy"] or {"namespace": "", "name": ""}
    return f"{step['point']} {step['action']} {policy['namespace']}/{policy['name']}: {step['why']}"
