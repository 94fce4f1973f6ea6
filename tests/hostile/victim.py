"""The tenant whose doors others attack: a namespace that denies by default, and admits one client.

    north (192.0.2.10)       admitted, on the pods' port
    south (198.51.100.10)    refused
"""
import time

from doors import BALANCER4, CLUSTER4, EXTERNAL4, NODEPORT, NORTH, SOUTH, SOUTH_NODE
from harness import kube_proxy
from harness.door_watch import DoorWatch, Knock
from harness.objects import rule, service_port


class Victim:
    def __init__(self, cluster, namespace):
        self.cluster, self.namespace, self.network = cluster, namespace, cluster.network
        self._watches = []
        cluster.namespace(namespace)
        self.pod = cluster.pod("web-1", namespace, {"app": "web"}, [("http", 8080, "TCP")])
        self.host = cluster.host_of(self.pod)
        self.service_object = cluster.service(
            "web", namespace, {"app": "web"}, [service_port(80, 8080, NODEPORT)], kind="LoadBalancer",
            cluster_ips=[CLUSTER4], external_ips=[EXTERNAL4], load_balancer=[BALANCER4], families=(4,))
        cluster.policy("deny", namespace)
        cluster.policy("admit-north", namespace, {"app": "web"}, [rule(NORTH, [8080])])
        cluster.push_all()
        self.service = None

    def close(self):
        for watch in self._watches:
            watch.close()

    def guard(self, *arguments, **options):
        """The service runs and has applied; the door is as the victim's policies say."""
        self.service = self.cluster.run_service(*arguments, **options)
        self.as_it_should_be()
        return self.service

    def as_it_should_be(self):
        """Asked of the kernel and of `explain`, by whole connections."""
        self.cluster.shuts(self.network.south, SOUTH_NODE, NODEPORT)
        self.cluster.opens(self.network.north, self.network.node.ipv4, NODEPORT, by="web-1")

    def watch(self, south=(SOUTH_NODE, NODEPORT), north=None, pods=()):
        """The door, tried without pause: "refused" from the south, "admitted" from the north. `south`,
        `north`: (address, port) where each dials; `pods`: hosts behind the door beside the victim's."""
        north = north or (self.network.node.ipv4 if south[0] == SOUTH_NODE else south[0], south[1])
        made = DoorWatch(self.network.node.namespace, [
            Knock("refused", self.network.south, "south", *south),
            Knock("admitted", self.network.north, "north", *north)], [self.host, *pods])
        self._watches.append(made)
        return made

    def unharmed(self, watch, patience, equal=False):
        """After an attack: the door was never open to whom the victim refuses and never shut to whom it
        admits, its own changes arrive in time, and `explain` says what the kernel does. `equal`: the
        tenant has a door that ranks as the victim's does, and may refuse at it: for a moment it does, where
        its slice is known and its pod is not."""
        watch.wait(150)
        watch.never_open()
        self.shuts_in_time(watch, patience)
        if not equal:
            watch.admitted_never_refused()
        self.as_it_should_be()

    def proxy(self, service, *targets):
        """kube-proxy serves a tenant's Service too, and sends all of it to these (address, port)."""
        mine = [t for t in self.cluster._of_kind("Service")]
        kube_proxy.sync(
            self.network.node.namespace, [*mine, service],
            lambda one, port, family: [(*t, "node-1") for t in targets] if one is service else
            [e[:3] for e in self.cluster._endpoints(one, port, family)], "node-1")

    # ---- its own changes ----------------------------------------------------------------------------

    def open_to_all(self):
        """A policy that lets everybody in; how to take it away again."""
        made = self.cluster.policy("everybody", self.namespace, {"app": "web"}, [rule(NORTH + SOUTH, [8080])])
        self.cluster.push()
        return made

    def shut(self, admission):
        """Takes an admission away; when the API server had answered."""
        self.cluster.delete(admission)
        self.cluster.push()
        return time.monotonic()

    def shuts_in_time(self, watch, patience):
        """At one of three times: what an attack delays is late each time, and a busy machine is not."""
        taken = []
        while not taken or (min(taken) > patience and len(taken) < 3):
            taken.append(self.shut_once(watch))
        assert min(taken) <= patience, f"the door was open {taken} s after changes; {patience:.3f} s allowed"

    def shut_once(self, watch=None, seconds=float("inf")):
        """Opens the door to all and shuts it again; the seconds that it took to shut."""
        watch = watch or self.watch()
        start, admission = time.monotonic(), self.open_to_all()
        while not any(passed for _, passed in watch.tries("refused", start)):
            assert time.monotonic() < start + 30, "the victim's own door does not open"
            time.sleep(0.05)
        return watch.shut_within(seconds, self.shut(admission))
