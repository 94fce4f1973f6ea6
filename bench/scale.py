#!/usr/bin/env python3
"""What a large cluster costs: in the ruleset, in the kernel, and in what a change of it changes there.

    bench/scale.py [--large] [--baseline PROGRAM] [--only PART] [--rounds 9] [--build build/gcc]

10,000 pods in 50 namespaces that each deny by default, 500 NodePort Services, 1,000 policies "from every
namespace and one /24"; with --large ten times that in each. Four parts, of which --only chooses one:

  ruleset      `nodewall rules --digest`: time and memory; what the ruleset comes to
  kernel       `nodewall replay --apply` in a network namespace; what the kernel then holds
  changes      members, rules and table commits of a pod, a backend and a policy that come and go
  connections  new connections a second of an admitted client through 1, 100 and 1,000 decisions, and
               through 1, 10 and 100 peer sets: medians of interleaved rounds (see connections.py)

--baseline prints the same of another nodewall program beside it, with the ratios. As root. The exit code
is 1 where something is not as wanted.
"""
import argparse
import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
sys.dont_write_bytecode = True

import connections  # noqa: E402
from changes import changes  # noqa: E402
from crowd import walled_crowd  # noqa: E402
from figures import Figures, Program, Spawner, median  # noqa: E402
from harness.namespaces import Namespace  # noqa: E402

PARTS = ("ruleset", "kernel", "changes", "connections")
SMALL = {"pods": 10_000, "namespaces": 50, "services": 500, "policies": 1_000}
NODE, FIRST_NODE_PORT = "node-0", 20_001
WANTED = {False: {"members": 40_000, "seconds": 0.4, "megabytes": 90},
          True: {"members": 400_000, "seconds": 5, "megabytes": 600}}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--baseline", metavar="PROGRAM")
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--build", default=str(ROOT / "build/gcc"))
    return parser.parse_args()


def ruleset(programs, figures, wanted, rounds):
    ran = {p: [] for p in programs}
    for _ in range(rounds):
        for p in programs:
            ran[p].append(p.run("rules", "--db", p.db, "--node", NODE, "--digest"))
    for name, unit in (("seconds", "s"), ("cpu", "s"), ("megabytes", "MB")):
        figures.add({"cpu": "processor", "seconds": "rules --digest", "megabytes": "memory at most"}[name],
                    [median([getattr(r, name) for r in ran[p]]) for p in programs], unit,
                    at_most=wanted.get(name))
    said = [p.run("rules", "--db", p.db, "--node", NODE).text for p in programs]
    for name, begins, bound in (("set members", "add ", wanted["members"]), ("sets", "create ", None),
                                ("rules", "-A ", None)):
        figures.add(name, [sum(line.startswith(begins) for line in text.splitlines()) for text in said], "",
                    at_most=bound)
    found = [json.loads(p.run("replay", "--db", p.db, "--node", NODE, "-o", "json").text)["findings"]
             for p in programs]
    figures.add("doors without room for whom they admit",
                [len({f["subject"] for f in all_ if "fit into" in f["text"]}) for all_ in found], "", at_most=0)


def kernel(programs, figures):
    ran, held = [], []
    for p in programs:
        ran.append(p.run("replay", "--apply", "--db", p.db, "--node", NODE))
        held.append(p.held())
    figures.add("replay --apply", [r.seconds for r in ran], "s")
    figures.add("processor", [r.cpu for r in ran], "s")
    figures.add("memory at most", [r.megabytes for r in ran], "MB")
    for name in ("members", "sets", "rules", "chains"):
        figures.add(name + " in the kernel", [getattr(h, name) for h in held], "")


def run(options, folder):
    spawner = Spawner()
    whole = [Program(spawner, options.build + "/src/cli/nodewall", Path(folder) / "new.db")]
    if options.baseline:
        whole.append(Program(spawner, options.baseline, Path(folder) / "before.db"))
    figures = Figures(["this program", "baseline"][:len(whole)])
    parts = [options.only] if options.only else PARTS
    size = {name: n * (10 if options.large else 1) for name, n in SMALL.items()}
    if set(parts) != {"connections"}:
        cluster = Path(folder) / "cluster.json"
        cluster.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": list(
            walled_crowd(*size.values(), FIRST_NODE_PORT))}))
        figures.title(", ".join(f"{n} {name}" for name, n in size.items()))
        imports = [p.run("import", cluster, "--db", p.db) for p in whole]
        figures.add("import", [i.seconds for i in imports], "s")
    try:
        for n, p in enumerate(whole):
            p.namespace = Namespace(f"scale{n}")
        if "ruleset" in parts:
            ruleset(whole, figures, WANTED[options.large], min(options.rounds, 5))
        if "kernel" in parts or "changes" in parts:
            kernel(whole, figures)
        if "changes" in parts:
            changes(whole, figures, NODE)
        if "connections" in parts:
            connections.measure(whole, figures, options.build + "/bench/connection_probe", options.rounds)
    finally:
        for p in whole:
            if p.namespace:
                p.namespace.close()
    return 0 if figures.as_wanted else 1


def main():
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="nodewall-bench-") as folder:
        return run(options, folder)


if __name__ == "__main__":
    sys.exit(main())
