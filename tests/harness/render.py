"""An abstract cluster as the objects of the Kubernetes API.

The same meaning is written in more than one way, by chance: a field that is absent is left out or null,
a selector without labels has or lacks its fields, one address stands in podIP or in podIPs.
"""
import random
import uuid

from . import objects
from .render_calico import render_calico
from .render_cluster_policy import render_cluster_policy


def render(cluster, seed):
    made = [objects.node(n.name, n.addresses, labels=n.labels) for n in cluster.nodes]

    def add(things, write):
        """What one object looks like does not depend on the others."""
        for thing in things:
            key = f"{seed} {type(thing).__name__} {getattr(thing, 'namespace', None)}/{thing.name}"
            writer = _Writer(random.Random(key))
            made.append(write(writer, thing))
            if not hasattr(thing, "uid"):
                made[-1]["metadata"]["uid"] = str(uuid.UUID(int=writer.chance.getrandbits(128)))
            writer.add_unknown_fields(made[-1])
    group = cluster.calico.group
    add(cluster.namespaces, _Writer.namespace)
    add(cluster.pods, _Writer.pod)
    add(cluster.services, _Writer.service)
    add(cluster.slices or [], _Writer.slice)
    add(cluster.policies, lambda writer, policy: writer.policy(policy, group))
    add(cluster.cluster_policies, render_cluster_policy)
    for things in (cluster.calico.tiers, cluster.calico.sets, cluster.calico.accounts, cluster.calico.policies):
        add(things, lambda writer, thing: render_calico(writer, thing, group))
    random.Random(seed).shuffle(made)
    return made


class _Writer:
    def __init__(self, chance):
        self.chance = chance

    def likely(self, share):
        return self.chance.random() < share

    def optional(self, made, key, value):
        """The field, where there is a value; else nothing, or an explicit null."""
        if value is not None:
            made[key] = value
        elif self.likely(0.3):
            made[key] = None

    def add_unknown_fields(self, thing):
        """Of a later version, where they mean nothing to policies."""
        for key in ("metadata", "spec", "status"):
            known = key == "metadata" or thing["kind"] in ("Namespace", "Node", "Pod", "Service")
            if known and key in thing and self.likely(0.05):
                thing[key]["fromTheFuture"] = self.chance.choice([None, 7, "text", {"deep": [{}]}])

    def namespace(self, namespace):
        made = objects.namespace(namespace.name, namespace.labels)
        if not namespace.labelled_by_name:
            del made["metadata"]["labels"]["kubernetes.io/metadata.name"]
        return made

    def pod(self, pod):
        made = objects.pod(pod.name, pod.namespace, pod.addresses, pod.labels, (), pod.node,
                           pod.host_network, pod.phase)
        meta, spec, status = made["metadata"], made["spec"], made["status"]
        meta["uid"] = pod.uid
        spec["serviceAccountName"] = pod.service_account
        if pod.terminating:
            meta["deletionTimestamp"] = "2026-01-02T00:00:00Z"
        status["startTime"] = f"2026-01-01T00:00:{pod.started:02}Z"
        if len(pod.addresses) < 2 and self.likely(0.5):
            del status["podIPs"]
        spec["containers"][0]["ports"] = self.ports(pod, "container")
        spec["initContainers"] = [
            {"name": "first", "ports": self.ports(pod, "init")},
            {"name": "beside", "restartPolicy": "Always", "ports": self.ports(pod, "sidecar")}]
        return made

    def ports(self, pod, where):
        made = []
        for port in pod.ports:
            if port.where == where:
                written = {"containerPort": port.number}
                self.optional(written, "hostPort", port.host_port)
                self.optional(written, "hostIP", port.host_ip)
                self.optional(written, "name", port.name or None)
                # The server's default, which files lack.
                self.optional(written, "protocol",
                              None if port.protocol == "TCP" and self.likely(0.3) else port.protocol)
                made.append(written)
        return made

    def service(self, service):
        ports = [objects.service_port(p.port, p.target, p.node_port, p.protocol, p.name or None)
                 for p in service.ports]
        made = objects.service(service.name, service.namespace, service.selector, ports, service.kind,
                               ["None"] if service.headless else service.cluster_ips,
                               service.external_ips, (), service.local)
        for written, port in zip(made["spec"]["ports"], service.ports):
            if port.target is None:
                del written["targetPort"]
                self.optional(written, "targetPort", None)
        self.ignored(made, service.ignored)
        if service.balancers:
            ingress = [{"ip": b.address} for b in service.balancers]
            for written, balancer in zip(ingress, service.balancers):
                self.optional(written, "ipMode", balancer.ip_mode)
            made["status"]["loadBalancer"]["ingress"] = ingress
        return made

    def ignored(self, made, label):
        if label:
            made["metadata"].setdefault("labels", {})[label] = self.chance.choice(["", "another"])

    def slice(self, slice_):
        version = self.chance.choice(["v1", "v1", "v1beta1"]) if slice_.kind != "FQDN" else "v1"
        endpoints = [(e.address, e.node, None) for e in slice_.endpoints]
        made = objects.endpoint_slice(slice_.name, slice_.namespace, slice_.service, 4, endpoints,
                                      slice_.ports, f"discovery.k8s.io/{version}")
        made["addressType"] = slice_.kind
        self.ignored(made, slice_.ignored)
        for written, endpoint in zip(made["endpoints"], slice_.endpoints):
            if endpoint.pod:
                namespace, name = endpoint.pod.split("/")
                written["targetRef"] = {"kind": "Pod", "namespace": namespace, "name": name}
            ready = self.chance.choice([True, False, None])
            self.optional(written["conditions"], "ready", ready)
            self.optional(written["conditions"], "terminating", self.chance.choice([True, None]))
        return made

    # ---- policies -----------------------------------------------------------------------------

    def policy(self, policy, calico):
        made = objects.network_policy(policy.name, policy.namespace)
        if self.likely(0.1):
            made["apiVersion"] = "extensions/v1beta1"  # as old logs have it
        spec = made["spec"] = {}
        self.optional(spec, "podSelector", self.selector(policy.selector))
        self.optional(spec, "policyTypes", policy.types)
        for key, peers, rules in (("ingress", "from", policy.ingress), ("egress", "to", policy.egress)):
            self.optional(spec, key, None if rules is None else [self.rule(r, peers) for r in rules])
        if policy.staged and self.likely(0.5):
            made.update(apiVersion=calico, kind="StagedKubernetesNetworkPolicy")
        elif policy.staged:
            objects.staged(made)
        return made

    def rule(self, rule, peers):
        made = {}
        self.optional(made, peers, None if rule.peers is None else [self.peer(p) for p in rule.peers])
        self.optional(made, "ports", None if rule.ports is None else [self.port(p) for p in rule.ports])
        return made

    def peer(self, peer):
        made = {}
        self.optional(made, "podSelector", peer.pods and self.selector(peer.pods))
        self.optional(made, "namespaceSelector", peer.namespaces and self.selector(peer.namespaces))
        if peer.block:
            made["ipBlock"] = {"cidr": peer.block.cidr}
            self.optional(made["ipBlock"], "except", peer.block.exceptions or None)
        return made

    def port(self, port):
        made = {}
        self.optional(made, "protocol", port.protocol)
        self.optional(made, "port", port.port)
        self.optional(made, "endPort", port.end)
        return made

    def selector(self, selector):
        made = {}
        empty = {} if self.likely(0.2) else None
        self.optional(made, "matchLabels", selector.labels or empty)
        expressions = []
        for e in selector.expressions:
            expressions.append({"key": e.key, "operator": e.operator})
            self.optional(expressions[-1], "values", e.values or None)
        self.optional(made, "matchExpressions", expressions or ([] if empty is not None else None))
        return made
