"""The built program: its verbs, and what must hold of a log after every test that applied."""
import hashlib
import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("NODEWALL", str(ROOT / "build/gcc/src/cli/nodewall"))

DONE, NEGATIVE, USAGE, FAILED, NEITHER = 0, 1, 2, 3, 4


class Nodewall:
    """Runs the program, in a network namespace if one is given, on one log for one node."""

    def __init__(self, db, node="node-1", namespace=None):
        self.db, self.node, self.namespace = str(db), node, namespace
        self._compiled_again = 0  # the last event of which that was asked

    def command(self, *arguments):
        whole = [PROGRAM, *map(str, arguments)]
        return self.namespace.command(*whole) if self.namespace else whole

    def call(self, *arguments, expect=DONE, text=None):
        """Runs a verb; what it printed, where it ended with the expected exit code."""
        done = subprocess.run(self.command(*arguments), input=text, capture_output=True, text=True,
                              timeout=60)
        expected = expect if isinstance(expect, tuple) else (expect,)
        assert done.returncode in expected, (
            f"nodewall {' '.join(map(str, arguments))}: exit {done.returncode}, expected {expect}\n"
            f"{done.stdout[-4000:]}{done.stderr[-4000:]}")
        return Output(done.stdout, done.stderr)

    def import_objects(self, objects, *arguments, **options):
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
        return self.call("import", "-", "--db", self.db, *arguments, text=text, **options)

    def apply(self, *arguments, **options):
        return self.call("replay", "--apply", "--db", self.db, "--node", self.node, *arguments, **options)

    def rules(self, *arguments):
        return self.call("rules", "--db", self.db, "--node", self.node, *arguments).stdout

    def rules_pass(self, source, target, port, protocol="TCP", *arguments):
        """Whether the compiled rules let a connection through; `target`: an address, or "node"."""
        done = subprocess.run(self.command("rules", "--db", self.db, "--node", self.node, *arguments, "--ask",
                                           source, target, f"{port}/{protocol}"),
                              capture_output=True, text=True, timeout=60)
        assert done.returncode in (DONE, NEGATIVE), (source, target, port, done.returncode, done.stderr)
        return done.returncode == DONE

    def explain(self, *arguments):
        """The whole answer, whatever it is."""
        done = subprocess.run(self.command("explain", "--db", self.db, "--node", self.node, "-o", "json",
                                           *arguments), capture_output=True, text=True, timeout=60)
        assert done.returncode in (DONE, NEGATIVE, NEITHER), (arguments, done.returncode, done.stderr)
        return json.loads(done.stdout)

    def explain_lines(self, questions):
        """The answers to many questions, asked as lines of JSON."""
        text = "".join(json.dumps(question) + "\n" for question in questions)
        said = self.call("explain", "--stdin", "--db", self.db, "--node", self.node, text=text).stdout
        return [json.loads(line) for line in said.splitlines()]

    def events(self, *arguments):
        lines = self.call("log", "--db", self.db, "-o", "json", *arguments).stdout.splitlines()
        return [json.loads(line) for line in lines]

    def check_all(self, *arguments):
        """The log is whole, the kernel is what the log says, and each apply that was recorded since this was
        asked before compiles again: what a log says of one does not change any more."""
        self.call("log", "verify", "--db", self.db)
        self.call("check", "--db", self.db, "--node", self.node, *arguments)
        for act in self.events("--type", "APPLIED"):
            assert "setApart" not in act["body"], act
            if act["seq"] <= self._compiled_again:
                continue
            self._compiled_again = act["seq"]
            lines = self.rules("--digest", "--at", act["body"]["seq"])
            assert hashlib.sha256(lines.encode()).hexdigest() == act["body"]["digest"], act


class Output:
    def __init__(self, stdout, stderr):
        self.stdout, self.stderr = stdout, stderr

    def json(self):
        return json.loads(self.stdout)
