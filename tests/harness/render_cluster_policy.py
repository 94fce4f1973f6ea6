"""Abstract policies of policy.networking.k8s.io as the objects of the API. What nobody understands is
written here: each odd name stands for one way."""
from . import objects

ACTIONS = {"allow": "Allow", "deny": "Deny", "pass": "Pass"}
ODD_PEERS = {"none": {}, "null": {"namespaces": None}, "future": {"namespaces": {}, "fromTheFuture": 1},
             "both": {"namespaces": {}, "pods": {"namespaceSelector": {}, "podSelector": {}}},
             "old namespaces": {"namespaces": {"namespaceSelector": {}}},
             "old pods": {"pods": {"namespaces": {"namespaceSelector": {}}, "podSelector": {}}},
             "domain names": {"domainNames": ["example.org"]}, "text": "everyone"}
ODD_ADMIN_PORTS = {"none": {}, "null": {"portNumber": None}, "number": 80,
                   "both": {"portNumber": {"port": 80}, "namedPort": "web"},
                   "future": {"portNumber": {"port": 80, "endPort": 90}},
                   "zero": {"portNumber": {"port": 0}},
                   "upside down": {"portRange": {"start": 90, "end": 80}}}
ODD_PROTOCOLS = {"none": {}, "null": {"tcp": None}, "number": 80, "both": {"tcp": {}, "udp": {}},
                 "future": {"icmp": {}}, "zero": {"tcp": {"destinationPort": {"number": 0}}},
                 "upside down": {"tcp": {"destinationPort": {"range": {"start": 90, "end": 80}}}}}


def render_cluster_policy(writer, policy):
    """`writer`: what writes optional fields and selectors (render.py)."""
    return _Writer(writer, policy).made()


class _Writer:
    def __init__(self, writer, policy):
        self.writer, self.policy = writer, policy
        self.of_cluster = policy.kind == "ClusterNetworkPolicy"

    def made(self):
        policy, fields = self.policy, {}
        if self.of_cluster:
            fields["tier"] = policy.tier
        if policy.kind != "BaselineAdminNetworkPolicy":
            fields["priority"] = policy.priority
        subject = self.peer(policy.subject) if policy.subject.odd != "absent" else None
        made = objects.cluster_policy(policy.kind, policy.name, subject, **fields)
        for key, peers, rules in (("ingress", "from", policy.ingress), ("egress", "to", policy.egress)):
            self.writer.optional(made["spec"], key,
                                 None if rules is None else [self.rule(r, peers) for r in rules])
        if self.of_cluster and self.writer.likely(0.3):
            made["apiVersion"] = "policy.networking.k8s.io/v1beta1"
        if self.writer.likely(0.3):
            made["status"] = {"conditions": []}
        return objects.staged(made) if policy.staged else made

    def rule(self, rule, peers):
        action = ACTIONS.get(rule.action, "Log")
        made = {"action": "Accept" if self.of_cluster and action == "Allow" else action,
                peers: [self.peer(p) for p in rule.peers]}
        self.writer.optional(made, "name", "of some use" if self.writer.likely(0.3) else None)
        self.writer.optional(made, "protocols" if self.of_cluster else "ports",
                             None if rule.ports is None else [self.port(p) for p in rule.ports])
        if rule.odd:
            made["fromTheFuture"] = True
        return made

    def peer(self, peer):
        if peer.odd:
            return ODD_PEERS[peer.odd]
        selector, made = self.writer.selector, {}
        if peer.networks is not None:
            made["networks"] = peer.networks
        elif peer.nodes is not None:
            made["nodes"] = selector(peer.nodes)
        elif peer.pods is None:
            made["namespaces"] = selector(peer.namespaces)
        else:
            made["pods"] = {"namespaceSelector": selector(peer.namespaces),
                            "podSelector": selector(peer.pods)}
        return made

    def port(self, port):
        if port.odd:
            return (ODD_PROTOCOLS if self.of_cluster else ODD_ADMIN_PORTS)[port.odd]
        if port.name:
            return {"destinationNamedPort" if self.of_cluster else "namedPort": port.name}
        if self.of_cluster:
            number = {"number": port.first} if port.first == port.last else \
                {"range": {"start": port.first, "end": port.last}}
            return {port.protocol.lower(): {"destinationPort": number}}
        made = {}
        self.writer.optional(made, "protocol", None if port.protocol == "TCP" and self.writer.likely(0.3)
                             else port.protocol)
        if port.first == port.last:
            return {"portNumber": {**made, "port": port.first}}
        return {"portRange": {**made, "start": port.first, "end": port.last}}
