#!/usr/bin/env python3
"""From a policy's POST to its effect, judged by packets from outside; and the service's memory.

    bench/latency.py [--pods 500] [--policies 100] [--cycles 100] [--contend] [--keep FILE]
                     [--build build/gcc]

A real kube-apiserver and etcd, `nodewall run` in a node's network namespace, kube-proxy's DNAT in
front of one pod that receives datagrams. From outside come 2,000 datagrams a second to its NodePort,
each from a source port of its own. A cycle POSTs a policy that denies the pod (the last datagram
through tells when the door shut) and DELETEs it (the first one through tells when it opened).
Baseline of the same run: the API server's own delivery of the event to a plain watch. etcd's data and
the audit log lie in memory, so that nothing but nodewall's log waits for the disk.
--contend: meanwhile another process rewrites the nat table once a second under the xtables lock.
"""
import argparse
import http.client
import json
import operator
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from crowd import SEED, crowd  # noqa: E402

RATE, NODE_PORT, POD_PORT = 2000, 30051, 8125


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pods", type=int, default=500)
    parser.add_argument("--policies", type=int, default=100)
    parser.add_argument("--cycles", type=int, default=100)
    parser.add_argument("--contend", action="store_true")
    parser.add_argument("--keep", help="copy the event log to this file at the end")
    parser.add_argument("--build", default=str(ROOT / "build/gcc"))
    return parser.parse_args()


class Requests:
    """Many requests over one connection."""

    def __init__(self, api):
        self._api = api
        self._connection = None

    def send(self, method, path, body=None, content="application/json"):
        if self._connection is None:
            self._connection = self._api.namespace.call(self._connect)
        self._connection.request(method, path, json.dumps(body) if body is not None else None,
                                 {"Authorization": "Bearer admin-token", "Content-Type": content})
        answer = self._connection.getresponse()
        data = answer.read()
        assert answer.status < 300, (method, path, answer.status, data[:300])
        return data

    def _connect(self):
        connection = http.client.HTTPSConnection("127.0.0.1", 6443, context=self._api._tls, timeout=60)
        connection.connect()
        return connection


def fill(cluster, options):
    """Pods, Services and policies that have nothing to do with the measured door."""
    requests = Requests(cluster.api)
    for thing in crowd(options.pods, options.policies, NODE_PORT + 1, "discovery.k8s.io/v1beta1"):
        path = cluster.api._path(thing)
        requests.send("POST", path, clean(thing))
        if thing["kind"] == "Pod":
            requests.send("PATCH", f"{path}/{thing['metadata']['name']}/status",
                          {"status": thing["status"]}, "application/merge-patch+json")


def clean(thing):
    for key in ("uid", "resourceVersion", "creationTimestamp"):
        thing["metadata"].pop(key, None)
    return thing


class Watch(threading.Thread):
    """A plain watch on the policies: when the API server delivers each event."""

    def __init__(self, api):
        super().__init__(daemon=True)
        self._requests = Requests(api)
        self._requests.send("GET", "/version")
        self.seen = {}

    def run(self):
        connection = self._requests._connection
        connection.request("GET", "/apis/networking.k8s.io/v1/networkpolicies?watch=1", None,
                           {"Authorization": "Bearer admin-token"})
        for line in connection.getresponse():
            event = json.loads(line)
            self.seen[event["type"], event["object"]["metadata"]["name"]] = time.monotonic_ns()


def figures(name, values):
    ordered = sorted(v / 1e6 for v in values)
    at = lambda q: ordered[min(len(ordered) - 1, int(q * len(ordered)))]
    print(f"{name:<34} p50 {at(.5):7.2f} ms   p99 {at(.99):7.2f} ms   max {ordered[-1]:7.2f} ms   "
          f"n {len(ordered)}")
    return statistics.median(ordered)


def status(pid, key):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith(key + ":"):
            return int(line.split()[1]) / 1024
    raise KeyError(key)


def measure(cluster, objects, options, probe, folder):
    node = cluster.network.node
    pod = cluster.pod("target", "bench", {"app": "target"})
    cluster.service("target", "bench", {"app": "target"},
                    [objects.service_port(POD_PORT, POD_PORT, NODE_PORT, "UDP")])
    cluster.push_all()
    for timeout in ("nf_conntrack_udp_timeout", "nf_conntrack_udp_timeout_stream"):
        node.namespace.sysctl("net.netfilter." + timeout, 2)
    cluster.new_log()
    service = cluster.run_service()
    seconds = options.cycles * 0.2 + 5
    arrivals = folder / "arrivals"
    with open(arrivals, "w") as out:
        receiver = subprocess.Popen(
            cluster.host_of(pod).namespace.command(probe, "receive", POD_PORT), stdout=out)
    sender = subprocess.Popen(cluster.network.north.namespace.command(
        probe, "send", node.ipv4, NODE_PORT, RATE, int(seconds + 2)))
    rewriter = None
    if options.contend:
        rules = node.namespace.run("iptables-legacy-save", "-t", "nat")
        (folder / "nat").write_text(rules)
        rewriter = subprocess.Popen(node.namespace.command(
            "sh", "-c", f"while sleep 1; do iptables-legacy-restore -w < {folder}/nat; done"))
    watch = Watch(cluster.api)
    watch.start()
    requests = Requests(cluster.api)
    path = "/apis/networking.k8s.io/v1/namespaces/bench/networkpolicies"
    time.sleep(1)
    posts, deletes = [], []
    chance = random.Random(SEED)
    for cycle in range(options.cycles):
        policy = clean(objects.network_policy(f"deny-{cycle}", "bench", {"app": "target"}))
        posts.append((f"deny-{cycle}", time.monotonic_ns()))
        requests.send("POST", path, policy)
        time.sleep(0.1 + chance.random() * 0.002)
        deletes.append((f"deny-{cycle}", time.monotonic_ns()))
        requests.send("DELETE", f"{path}/deny-{cycle}")
        time.sleep(0.1 + chance.random() * 0.002)
    time.sleep(0.5)
    for process in (sender, receiver, rewriter):
        if process:
            process.terminate()
            process.wait()
    sent = sorted(int(line.split()[0]) for line in arrivals.read_text().splitlines() if " " in line)
    if options.keep:
        cluster.nodewall.call("log", "copy", "--db", cluster.nodewall.db, options.keep)
    report(service, options, watch.seen, posts, deletes, sent)


def stages(service):
    """Where the service's own time went, as far as its histograms tell: upper bounds."""
    found = {}
    for line in service.page("/metrics")[1].splitlines():
        match = re.match(r'nodewall_event_to_kernel_seconds_bucket{stage="(\w+)",le="([^"]+)"} (\d+)', line)
        if match:
            found.setdefault(match[1], []).append((float(match[2]) * 1000, int(match[3])))
    print("of the service's own, no more than:")
    for stage, buckets in found.items():
        count = buckets[-1][1]
        under = {q: next(bound for bound, n in buckets if n >= q * count) for q in (.5, .99, 1)}
        print(f"  {stage:<8} p50 {under[.5]:7.2f} ms   p99 {under[.99]:7.2f} ms   max {under[1]:7.2f} ms   "
              f"n {count}")


def report(service, options, seen, posts, deletes, sent):
    import bisect
    shut, opened, delivered, told = [], [], [], []
    for (name, post), (_, delete) in zip(posts, deletes):
        # The last datagram through between POST and DELETE, the first one behind the DELETE.
        last = sent[bisect.bisect_left(sent, delete) - 1]
        first = sent[bisect.bisect_right(sent, delete)]
        shut.append(max(0, last - post))
        opened.append(first - delete)
        delivered.append(seen["ADDED", name] - post)
        told.append(seen["DELETED", name] - delete)
    print(f"{options.pods} pods, {options.policies} policies, {options.cycles} cycles, "
          f"{RATE} datagrams a second, seed {SEED}"
          f"{', nat rewritten once a second' if options.contend else ''}")
    base = figures("POST to a plain watch (baseline)", delivered)
    own = figures("POST to effect (door shut)", shut)
    figures("  beyond that policy's own baseline", map(operator.sub, shut, delivered))
    figures("DELETE to a plain watch (baseline)", told)
    figures("DELETE to effect (door open)", opened)
    figures("  beyond that policy's own baseline", map(operator.sub, opened, told))
    print(f"ratio to the baseline, p50 {own / base:.2f}")
    stages(service)
    pid = subprocess.run(["pgrep", "-f", "cli/nodewall run"], capture_output=True,
                         text=True).stdout.split()[-1]
    print(f"resident memory now {status(pid, 'VmRSS'):.1f} MiB, at most {status(pid, 'VmHWM'):.1f} MiB; "
          f"table commits {service.metric('nodewall_table_commits_total'):.0f}, "
          f"members {service.metric('nodewall_set_members'):.0f}")


def main():
    options = arguments()
    os.environ.setdefault("NODEWALL", options.build + "/src/cli/nodewall")
    from harness import objects
    from harness.api_cluster import ApiCluster
    store = tempfile.TemporaryDirectory(prefix="nodewall-bench-", dir="/dev/shm")
    cluster = ApiCluster(store.name)
    try:
        cluster.namespace("bench")
        cluster.push()
        began = time.monotonic()
        fill(cluster, options)
        print(f"cluster filled in {time.monotonic() - began:.0f} s", file=sys.stderr)
        measure(cluster, objects, options, options.build + "/bench/door_probe",
                Path(cluster.network.folder))
    finally:
        cluster.close()
        store.cleanup()


if __name__ == "__main__":
    main()
