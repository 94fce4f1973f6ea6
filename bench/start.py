#!/usr/bin/env python3
"""From a large log on a cold disk to rules in the kernel, with a checkpoint and without.

    bench/start.py [FOLDER] [--events 1000000] [--pods 10000] [--rounds 5] [--build build/gcc]

The log is made once and kept in FOLDER (default: TMPDIR, else /var/tmp; 1.2 GB for the default
numbers). Its live pods are scattered evenly over it. Each round evicts the log from the page cache
(the programs stay warm) and takes the time of

  compiled   opening the log to the ruleset, in one process, split into its steps
  rules      `nodewall rules --digest` from the shell, once cold, once warm
  explain    `nodewall explain` of one connection to a NodePort from the shell, cold and warm
  kernel     `nodewall replay --apply` in a network namespace of its own; as root
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NODE, NODE_PORT = "node-0", 30001


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default=os.environ.get("TMPDIR", "/var/tmp"))
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--pods", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--build", default=str(ROOT / "build/gcc"))
    return parser.parse_args()


def evict(log):
    for path in (log, Path(f"{log}-wal")):
        if path.exists():
            with open(path, "rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def run(*command, answers=(0,)):
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, text=True)
    assert done.returncode in answers, (command, done.returncode)
    return done


def milliseconds(*command):
    begun = time.monotonic()
    run(*command, answers=(0, 1))  # explain: allow, deny
    return (time.monotonic() - begun) * 1000


def measure(options, log):
    tool, nodewall = (Path(options.build) / p for p in ("bench/start_log", "src/cli/nodewall"))
    rules = (nodewall, "rules", "--db", log, "--node", NODE, "--digest")
    explain = (nodewall, "explain", "--db", log, "--node", NODE, "--from", "203.0.113.7",
               "--to", f"nodeport:TCP/{NODE_PORT}")
    steps, kernel = [], []
    shell = {"rules": (rules, [], []), "explain": (explain, [], [])}
    for _ in range(options.rounds):
        evict(log)
        steps.append(json.loads(run(tool, "time", log).stdout))
        for command, cold, warm in shell.values():
            evict(log)
            cold.append(milliseconds(*command))
            warm.append(milliseconds(*command))
        if os.geteuid() == 0:
            evict(log)
            kernel.append(milliseconds("unshare", "-n", nodewall, "replay", "--apply", "--db", log,
                                       "--node", NODE))

    def median(name):
        return statistics.median(s[name] for s in steps)

    print(f"  compiled {median('all'):7.0f} ms   open {median('open'):.0f}, heads "
          f"{median('heads'):.0f}, project {median('project'):.0f}, compile {median('compile'):.0f}")
    for name, (_, cold, warm) in shell.items():
        print(f"  {name:<8} {statistics.median(cold):7.0f} ms   warm {statistics.median(warm):.0f}")
    if kernel:
        print(f"  kernel   {statistics.median(kernel):7.0f} ms")
    return steps[0], statistics.median(kernel) if kernel else None


def main():
    options = arguments()
    tool = Path(options.build) / "bench/start_log"
    log = Path(options.folder) / f"nodewall-start-{options.events}-{options.pods}.db"
    if not log.exists():
        part = log.with_suffix(".part")
        for stale in Path(options.folder).glob(part.name + "*"):
            stale.unlink()
        run(tool, "make", part, options.events, options.pods)
        part.rename(log)
    print(f"start: {options.events} events, {options.pods} live pods scattered over "
          f"{log.stat().st_size / 1e9:.1f} GB, cold page cache, median of {options.rounds}")
    run(tool, "checkpoint", log, "off")
    print("without a checkpoint")
    measure(options, log)
    took = milliseconds(tool, "checkpoint", log, "on")
    print(f"with a checkpoint (written in {took:.0f} ms, the opening of the log included)")
    first, kernel = measure(options, log)
    print(f"heads {first['count']}, bodies {first['bytes'] / 1e6:.1f} MB, rules {first['rules']}, "
          f"members {first['members']}   (wanted: kernel at most 300 ms, explain 100)")
    return 0 if kernel is None or kernel <= 300 else 1


if __name__ == "__main__":
    sys.exit(main())
