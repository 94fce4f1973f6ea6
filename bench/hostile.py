#!/usr/bin/env python3
"""What the largest objects that a tenant can write cost everybody.

    bench/hostile.py [--only KIND] [--bytes 1500000] [--many 100] [--build build/gcc]

For each kind of object, one of 1.5 MB (the most that etcd takes) and a hundred of them in one namespace,
beside a small cluster: the time and the memory of `nodewall rules --digest`, which reads the log, folds,
compiles and digests it, over those of the same cluster without them. Wanted: one costs at most 100 ms and
30 MB, a hundred at most 256 MB in all; time grows with the bytes (a hundred take at most 150 times what
one does).
"""
import argparse
import json
import random
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
sys.dont_write_bytecode = True

from figures import Figures, Program, Spawner, median  # noqa: E402
from harness import objects  # noqa: E402

NAMESPACE, NODE = "web", "node-0"
WANTED = {"seconds": 0.1, "megabytes": 30, "megabytes of many": 256, "growth": 150}
ROUNDS = 3


def address(number):
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def cluster():
    yield objects.node(NODE, ["192.0.2.1"])
    yield objects.namespace(NAMESPACE)
    for i in range(1000):
        yield objects.pod(f"pod-{i}", NAMESPACE, [f"10.42.{i // 250}.{i % 250 + 1}"], {"app": f"app-{i % 10}"})
    yield objects.service("site", NAMESPACE, {"app": "app-0"}, [objects.service_port(80, 8080, 30080)], families=(4,))
    yield objects.endpoint_slice("site-1", NAMESPACE, "site", 4,
                                 [(f"10.42.0.{10 * i + 1}", NODE, f"pod-{10 * i}") for i in range(20)],
                                 [("", 8080, "TCP")])
    yield objects.network_policy("default-deny", NAMESPACE)


def policy(name, *rules):
    return objects.network_policy(name, NAMESPACE, ingress=list(rules))


def exceptions(name, count, chance):
    """One block with as many exceptions as there is room for."""
    without = [f"{address(chance.getrandbits(32))}/32" for _ in range(count)]
    return policy(name, {"from": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": without}}]})


def blocks(name, count, chance):
    """Blocks with an exception each."""
    return policy(name, {"from": [{"ipBlock": {"cidr": f"{address(n << 8)}/24", "except": [f"{address(n << 8 | 7)}/32"]}}
                                  for n in (chance.getrandbits(24) for _ in range(count))]})


def rules(name, count, chance):
    """Rules of one block each."""
    return policy(name, *({"from": [{"ipBlock": {"cidr": f"{address(chance.getrandbits(24) << 8)}/24"}}]}
                          for _ in range(count)))


def selectors(name, count, _chance):
    """Peers that each mean every pod of the cluster, in other words."""
    return policy(name, {"from": [{"namespaceSelector": {"matchExpressions": [
        {"key": f"{name}-{i}", "operator": "DoesNotExist"}]}} for i in range(count)]})


def ports(name, count, _chance):
    """Ports of a rule."""
    return policy(name, {"from": [], "ports": [{"port": i % 65535 + 1, "protocol": "TCP"} for i in range(count)]})


def service(name, count, chance):
    """Ports by externalIPs: half of the bytes each."""
    made = objects.service(name, NAMESPACE, {"app": "app-0"}, [
        {"name": f"p{i}", "port": i + 1, "targetPort": 8080, "protocol": "TCP"} for i in range(count)],
        kind="ClusterIP", families=(4,))
    made["spec"]["externalIPs"] = [address(chance.getrandbits(32)) for _ in range(2 * count)]
    return made


def slices(name, count, chance):
    """Endpoints that nobody knows."""
    return objects.endpoint_slice(name, NAMESPACE, "site", 4,
                                  [(address(chance.getrandbits(32)), NODE, "") for _ in range(count)],
                                  [("", 8080, "TCP")])


def pods(name, count, _chance):
    """A pod of many hostPorts."""
    return objects.pod(name, NAMESPACE, ["10.43.0.1"], {"app": "large"},
                       host_ports=[(i % 65535 + 1, "", i % 65535 + 1, "TCP") for i in range(count)], node=NODE)


KINDS = (exceptions, blocks, rules, selectors, ports, service, slices, pods)


def of_size(kind, name, size):
    """Of about so many bytes: the count is found from a small one."""
    sample = 100
    each = (len(json.dumps(kind(name, sample, random.Random(1)))) - 300) / sample
    return kind(name, int(size / each), random.Random(name))


def measure(spawner, program, folder, label, manifests):
    db = Path(folder) / f"{label}.db"
    runner = Program(spawner, program, db)
    runner.run("import", "--db", db, "-", given="\n".join(map(json.dumps, manifests)))
    ran = [runner.run("rules", "--db", db, "--node", NODE, "--digest") for _ in range(ROUNDS)]
    db.unlink()
    return median([r.seconds for r in ran]), median([r.megabytes for r in ran])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=[kind.__name__ for kind in KINDS])
    parser.add_argument("--bytes", type=int, default=1_500_000)
    parser.add_argument("--many", type=int, default=100)
    parser.add_argument("--build", default=str(ROOT / "build/gcc"))
    asked = parser.parse_args()
    program = f"{asked.build}/src/cli/nodewall"
    spawner = Spawner()
    small = list(cluster())
    with tempfile.TemporaryDirectory() as folder:
        figures = Figures(["nodewall"])
        seconds, megabytes = measure(spawner, program, folder, "small", small)
        figures.add("the cluster without them", [seconds], "s")
        figures.add("... memory", [megabytes], "MB")
        for kind in KINDS:
            if asked.only not in (None, kind.__name__):
                continue
            figures.title(f"{kind.__name__}: {kind.__doc__}")
            one = measure(spawner, program, folder, "one", [*small, of_size(kind, "large-0", asked.bytes)])
            figures.add("one: seconds more", [one[0] - seconds], "s", at_most=WANTED["seconds"])
            figures.add("one: memory more", [one[1] - megabytes], "MB", at_most=WANTED["megabytes"])
            many = measure(spawner, program, folder, "many",
                           [*small, *(of_size(kind, f"large-{i}", asked.bytes) for i in range(asked.many))])
            figures.add(f"{asked.many}: seconds more", [many[0] - seconds], "s",
                        at_most=WANTED["growth"] * max(one[0] - seconds, 0.02))
            figures.add(f"{asked.many}: memory more", [many[1] - megabytes], "MB",
                        at_most=WANTED["megabytes of many"])
    return 0 if figures.as_wanted else 1


if __name__ == "__main__":
    sys.exit(main())
