#!/usr/bin/env python3
"""What more policies, selectors, blocks and tiers cost than any cluster should have: each at a quarter of its
size and at its size, so that what grows faster than its cause shows as a ratio far over four.

    bench/bounds.py [NAME...] [--build build/gcc] [--divide 1] [--timeout 300] [--keep FOLDER]

Each case is a cluster of one namespace with ten pods behind one NodePort, and what the case adds to it. It
runs through `import`, `rules --digest`, `state` and `explain`. The exit code is 1 where one of them takes
more than a second of CPU and more than six times as much for four times as much, or does not end in time.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
sys.dont_write_bytecode = True

from figures import Spawner  # noqa: E402
from harness import calico, objects  # noqa: E402

PODS = 10


def cluster():
    yield objects.node("node-1", ["192.0.2.1"])
    yield objects.namespace("web", {"team": "a"})
    for n in range(PODS):
        yield objects.pod(f"web-{n}", "web", [f"10.42.0.{n + 1}"], {"app": "web", "n": str(n)})
    yield objects.service("web", "web", {"app": "web"}, [objects.service_port(80, 8080, 30080)], families=(4,))
    yield objects.endpoint_slice("web-1", "web", "web", 4, [
        (f"10.42.0.{n + 1}", "node-1", f"web-{n}") for n in range(PODS)], [("", 8080, "TCP")])


def net(n, bits=28):
    """Blocks of which no two touch."""
    return f"{20 + n // 0x80000}.{n >> 11 & 255}.{n >> 3 & 255}.{(n & 7) << 5}/{bits}"


def network_policies(size):
    """NetworkPolicies of one namespace that select every pod, each with a block of its own."""
    for n in range(size):
        yield objects.network_policy(f"p-{n}", "web", None, [objects.rule([objects.block(net(n))], [8080])])


def network_policies_of_labels(size):
    """NetworkPolicies of one namespace, each with a subject and a peer of its own."""
    for n in range(size):
        yield objects.network_policy(f"p-{n}", "web", {"n": str(n)}, [objects.rule(
            [{"podSelector": {"matchLabels": {"n": str(size - n)}}}], [8080])])


def network_policies_alike(size):
    """NetworkPolicies of one namespace that deny everything."""
    for n in range(size):
        yield objects.network_policy(f"p-{n}", "web")


def expressions(size):
    """A subject and a peer with so many matchExpressions."""
    many = [{"key": f"k-{n}", "operator": "NotIn", "values": ["x"]} for n in range(size)]
    yield objects.network_policy("p", "web", {"matchExpressions": many}, [objects.rule(
        [{"podSelector": {"matchExpressions": many}}], [8080])])


def values(size):
    """A matchExpression with so many values, twice."""
    many = [{"key": k, "operator": "In", "values": [str(n) for n in range(size)]} for k in ("n", "m")]
    yield objects.network_policy("p", "web", {"matchExpressions": many[:1]}, [objects.rule(
        [{"podSelector": {"matchExpressions": many}}], [8080])])


def blocks(size):
    """A NetworkPolicy with so many blocks, a rule for each hundred."""
    yield objects.network_policy("p", "web", None, [objects.rule(
        [objects.block(net(n)) for n in range(at, at + 100)], [8080 + at // 100 % 2]) for at in range(0, size, 100)])


def blocks_of_one_rule(size):
    """A NetworkPolicy with so many blocks in one rule, each with an exception."""
    yield objects.network_policy("p", "web", None, [objects.rule(
        [objects.block(net(n, 28), net(n, 30)) for n in range(size)], [8080])])


def admin_policies(size):
    """ClusterNetworkPolicies that select all, denying, passing and accepting other namespaces in turn."""
    for n in range(size):
        yield objects.cluster_policy("ClusterNetworkPolicy", f"p-{n}", {"namespaces": {}}, [
            {"action": ("Deny", "Pass", "Accept")[n % 3],
             "from": [{"namespaces": {"matchLabels": {"n": str(n)}}}]}], tier="Admin", priority=n % 1000)


def tiers(size):
    """Tiers with a policy each that selects all, and passes on."""
    for n in range(size):
        yield calico.tier(f"t-{n}", n + 1, "Pass")
        yield calico.global_policy(f"t-{n}.p", [calico.rule(
            ("Deny", "Pass", "Allow")[n % 3], {"nets": [net(n)]})], "all()", 1, f"t-{n}")


def tiers_alike(size):
    """Tiers with a policy each that selects all and denies the same block."""
    for n in range(size):
        yield calico.tier(f"t-{n}", n + 1, "Pass")
        yield calico.global_policy(f"t-{n}.p", [calico.rule("Deny", {"nets": ["203.0.113.0/24"]})], "all()", 1,
                                   f"t-{n}")


def global_policies(size):
    """GlobalNetworkPolicies that select all, each with a block of its own, denying and allowing in turn."""
    for n in range(size):
        yield calico.global_policy(f"p-{n}", [calico.rule(("Deny", "Allow")[n % 2], {"nets": [net(n)]})], "all()", n)


def calico_policies(size):
    """Calico's NetworkPolicies of one namespace, each for pods and from pods of a selector of its own."""
    for n in range(size):
        yield calico.policy(f"p-{n}", "web", [calico.rule("Allow", {"selector": f"n == '{n + 1}'"})], f"n == '{n}'", n)


def calico_rules(size):
    """One policy with so many rules, each of two conditions."""
    yield calico.global_policy("p", [calico.rule(
        ("Deny", "Allow")[n % 2], {"nets": [net(n)], "notSelector": f"n == '{n % 50}'"}) for n in range(size)],
        "all()", 1)


def calico_any_of(size):
    """A selector of so many terms, any of which may hold."""
    text = " || ".join(f"k-{n} == 'x'" for n in range(size)) + " || app == 'web'"
    yield calico.global_policy("p", [calico.rule("Allow", {"selector": text})], text, 1)


def calico_all_of(size):
    """A selector of so many terms, all of which must hold."""
    text = " && ".join(f"k-{n} != 'x'" for n in range(size))
    yield calico.global_policy("p", [calico.rule("Allow", {"selector": text})], text, 1)


def calico_mixed(size):
    """A selector of so many terms that multiply where they are multiplied out."""
    text = " && ".join(f"(k-{n} != 'x' || l-{n} == 'y')" for n in range(size // 2))
    yield calico.global_policy("p", [calico.rule("Allow", {"selector": f"!({text})"})], text, 1)


def calico_nets(size):
    """A rule with so many nets and notNets."""
    yield calico.global_policy("p", [calico.rule("Allow", {
        "nets": [net(n, 27) for n in range(size)], "notNets": [net(n, 28) for n in range(size)]})], "all()", 1)


def network_sets(size):
    """Sets of addresses, and a hundredth as many policies that mean all of them."""
    for n in range(size):
        yield calico.made("GlobalNetworkSet", f"s-{n}", {"nets": [net(n)]}, labels={"set": "yes"})
    for n in range(size // 100):
        yield calico.global_policy(f"p-{n}", [calico.rule(
            ("Deny", "Allow")[n % 2], {"selector": "set == 'yes'"}, protocol="TCP")], "all()", n)


def network_sets_each(size):
    """As many sets of addresses as policies that mean one each."""
    for n in range(size):
        yield calico.made("GlobalNetworkSet", f"s-{n}", {"nets": [net(n)]}, labels={"set": str(n)})
        yield calico.global_policy(f"p-{n}", [calico.rule("Allow", {"selector": f"set == '{n}'"})],
                                   f"n == '{n}'", n)


def namespaces(size):
    """Namespaces with a policy each, beside a hundredth as many cluster-wide policies that select all."""
    for n in range(size):
        yield objects.namespace(f"n-{n}", {"n": str(n)})
        yield objects.network_policy("deny", f"n-{n}")
    for n in range(size // 100):
        yield objects.cluster_policy("ClusterNetworkPolicy", f"p-{n}", {"namespaces": {}}, [
            {"action": "Deny", "from": [{"namespaces": {"matchLabels": {"n": str(n)}}}]}], tier="Admin", priority=n)


def egress_rules(size):
    """A Calico policy with so many egress rules, and ingress rules with ports."""
    rules = [calico.rule("Allow", {"nets": [net(n)]}, protocol="TCP", destination={"ports": [n % 60000 + 1]})
             for n in range(size)]
    yield calico.global_policy("p", rules, "all()", 1, spec={"egress": rules, "types": ["Ingress", "Egress"]})


CASES = {network_policies: 100_000, network_policies_of_labels: 100_000, network_policies_alike: 100_000,
         expressions: 1_000, values: 10_000, blocks: 10_000, blocks_of_one_rule: 10_000, admin_policies: 10_000,
         tiers: 10_000, tiers_alike: 10_000, global_policies: 100_000, calico_policies: 100_000,
         calico_rules: 10_000, calico_any_of: 1_000, calico_all_of: 1_000, calico_mixed: 1_000,
         calico_nets: 10_000, network_sets: 10_000, network_sets_each: 10_000, namespaces: 10_000,
         egress_rules: 10_000}
LEAST, GROWTH = 1.0, 6.0


def verbs(db):
    to = ("--db", db, "--node", "node-1")
    return {"rules": ("rules", *to, "--digest"), "state": ("state", *to), "state json": ("state", *to, "-o", "json"),
            "explain": ("explain", *to, "--from", "203.0.113.9", "--to", "nodeport:TCP/30080")}


def measure(spawner, program, case, size, folder, timeout):
    db = Path(folder) / f"{case.__name__}-{size}.db"
    source = db.with_suffix(".json")
    source.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [*cluster(), *case(size)]}))
    ran = {"import": spawner.run([program, "import", str(source), "--db", str(db)], "", (0,))}
    for name, arguments in verbs(str(db)).items():
        ran[name] = spawner.run(["timeout", str(timeout), program, *arguments], "", (0, 1, 4, 124))
    return ran


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", metavar="NAME")
    parser.add_argument("--build", default=str(ROOT / "build/gcc"))
    parser.add_argument("--keep", metavar="FOLDER")
    parser.add_argument("--divide", type=int, default=1, metavar="N", help="an Nth of each size")
    parser.add_argument("--timeout", type=int, default=300, metavar="SECONDS", help="of each verb")
    options = parser.parse_args()
    spawner, as_wanted = Spawner(), True
    with tempfile.TemporaryDirectory(prefix="nodewall-bench-") as folder:
        for case, size in CASES.items():
            if options.cases and case.__name__ not in options.cases:
                continue
            small, large = (measure(spawner, options.build + "/src/cli/nodewall", case, n, options.keep or folder,
                                    options.timeout)
                            for n in (size // 4 // options.divide, size // options.divide))
            print(f"{case.__name__} {size // options.divide:,}")
            for name, ran in large.items():
                growth = ran.cpu / max(small[name].cpu, 0.001)
                missed = ran.status == 124 or (ran.cpu > LEAST and growth > GROWTH)
                as_wanted = as_wanted and not missed
                print(f"  {name:<12}{ran.cpu:9.3f} s of CPU, {growth:6.1f} times a quarter's, {ran.megabytes:7.0f} MB, "
                      f"{len(ran.text):12,} bytes{'  MISSED' if missed else ''}", flush=True)
    return 0 if as_wanted else 1


if __name__ == "__main__":
    sys.exit(main())
