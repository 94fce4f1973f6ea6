"""scripts/demo --kubeconfig: what nodewall would do on a node of a real cluster. No kernel is touched."""
import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

from demo_text import Telling

NODEWALL = os.environ["NODEWALL"]
KINDS_NEEDED = 5  # EndpointSlices are absent on very old servers
SECONDS_MAX = 60


def verb(db, *arguments):
    done = subprocess.run([NODEWALL, *arguments, "--db", db], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        sys.exit(f"nodewall {' '.join(arguments)}: {done.stderr}")
    return done.stdout


def events(db, *arguments):
    return [json.loads(line) for line in verb(db, "log", "-o", "json", *arguments).splitlines()]


def listed(db):
    return {e["stream"] for e in events(db, "--type", "LISTED")} if os.path.exists(db) else set()


def watch(db, given):
    """Runs nodewall until each kind was listed once."""
    command = [NODEWALL, "run", "--dry-run", "--db", db, "--kubeconfig", given.kubeconfig,
               "--socket", ""]  # a service may run here
    for flag in ("context", "node"):
        if getattr(given, flag):
            command += ["--" + flag, getattr(given, flag)]
    service = subprocess.Popen(command)
    try:
        deadline = time.monotonic() + SECONDS_MAX
        while len(listed(db)) < KINDS_NEEDED:
            if service.poll() is not None:
                sys.exit(f"nodewall run ended with {service.returncode}")
            if time.monotonic() > deadline:
                sys.exit(f"not everything was listed within {SECONDS_MAX} seconds")
            time.sleep(0.5)
        time.sleep(1)
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait(10)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kubeconfig", required=True)
    parser.add_argument("--context")
    parser.add_argument("--node")
    given = parser.parse_args()
    tell = Telling()
    with tempfile.TemporaryDirectory(prefix="nodewall-demo-") as folder:
        db = os.path.join(folder, "events.db")
        tell.step("nodewall lists and watches the cluster (dry run: no kernel is touched)")
        watch(db, given)
        counts = {}
        for event in events(db, "--type", "ADDED"):
            counts[event["stream"]] = counts.get(event["stream"], 0) + 1
        for stream, count in sorted(counts.items()):
            tell.detail(f"{count:6}  {stream}")
        nodes = [e["name"] for e in events(db, "--stream", "nodes", "--type", "ADDED")]
        node = given.node or (nodes[0] if nodes else "")
        tell.show(node in nodes, f"the rules are for node {node or '(the cluster has none)'}")
        tell.step(f"What it would program on {node}")
        tell.say(verb(db, "rules", "--node", node))
        tell.step("The log of it")
        tell.say(verb(db, "log", "verify"))
    tell.end()


if __name__ == "__main__":
    sys.exit(main())
