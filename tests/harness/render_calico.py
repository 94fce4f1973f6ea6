"""Calico's abstract policies as the objects of the API, in either of its groups. What nobody understands is
written here: each odd name stands for one way."""
import json

from . import calico, objects
from .abstract_calico import STORED, CalicoPolicy, NetworkSet, ServiceAccount, Tier

ODD_ENDS = {"future": {"fromTheFuture": 1}, "net": {"nets": ["10.0.0.0/99"]}, "null net": {"nets": [None]},
            "port": {"ports": [70000]}, "range": {"ports": ["90:80"]}, "text": "everyone",
            "service beside": {"services": {"name": "service-0", "namespace": "a"}, "nets": ["0.0.0.0/0"]},
            "selector type": {"selector": 5}}
ODD_RULES = {"http": {"http": {"methods": ["GET"]}}, "future": {"fromTheFuture": True},
             "ip version": {"ipVersion": 5}, "protocol": {"protocol": "TCQ"},
             "icmp alone": {"protocol": "TCP", "icmp": {"type": 8}}}


def render_calico(writer, thing, group):
    """`writer`: what writes optional fields (render.py)."""
    made = _Writer(writer, group)
    write = {Tier: made.tier, NetworkSet: made.set, ServiceAccount: made.account, CalicoPolicy: made.policy}
    return write[type(thing)](thing)


class _Writer:
    def __init__(self, writer, group):
        self.writer, self.group, self.chance = writer, group, writer.chance

    def _object(self, kind, name, spec, namespace=None, labels=None, staged=False):
        made = calico.made(kind, name, spec, namespace, labels, self.group)
        if staged:
            objects.staged(made)
        return self.stored(made) if self.group == STORED and self.writer.likely(0.8) else made

    def stored(self, made):
        """As Calico's API server keeps it: what people wrote into the metadata stands in an annotation."""
        meta = made["metadata"]
        kept = {"creationTimestamp": None, "labels": meta.pop("labels", None),
                "annotations": meta.pop("annotations", None)}
        kept = {key: value for key, value in kept.items() if key == "creationTimestamp" or value}
        meta["annotations"] = {"projectcalico.org/metadata": json.dumps(kept)}
        return made

    def tier(self, tier):
        spec = {}
        self.writer.optional(spec, "order", tier.order)
        self.writer.optional(spec, "defaultAction", tier.at_end)
        return self._object("Tier", tier.name, spec)

    def set(self, made_of):
        spec = {}
        self.writer.optional(spec, "nets", made_of.nets)
        kind = "NetworkSet" if made_of.namespace else "GlobalNetworkSet"
        return self._object(kind, made_of.name, spec, made_of.namespace, made_of.labels)

    @staticmethod
    def account(account):
        return {"apiVersion": "v1", "kind": "ServiceAccount",
                "metadata": objects._meta(account.name, account.namespace, account.labels)}

    def policy(self, policy):
        spec = {}
        optional = self.writer.optional
        optional(spec, "tier", policy.tier)
        optional(spec, "order", policy.order)
        optional(spec, "types", policy.types)
        for key, tree in (("selector", policy.selector), ("namespaceSelector", policy.namespaces),
                          ("serviceAccountSelector", policy.accounts)):
            self._selector(spec, key, tree)
        for key, rules in (("ingress", policy.ingress), ("egress", policy.egress)):
            optional(spec, key, None if rules is None else [self.rule(r) for r in rules])
        if policy.hosts:
            spec[policy.hosts] = True
        if policy.on_forward or self.writer.likely(0.1):
            spec["applyOnForward"] = policy.on_forward
        kind = "Staged" + policy.kind if policy.staged == "kind" else policy.kind
        if policy.staged == "kind":
            optional(spec, "stagedAction", self.chance.choice([None, "Set"]))
        return self._object(kind, policy.name, spec, policy.namespace, staged=policy.staged == "annotation")

    def _selector(self, made, key, tree):
        if tree is not None:
            made[key] = selector_text(self.chance, tree)
        else:
            self.writer.optional(made, key, "" if self.writer.likely(0.1) else None)

    def rule(self, rule):
        made = {"action": rule.action}
        optional = self.writer.optional
        for key, value in (("protocol", rule.protocol), ("notProtocol", rule.not_protocol),
                           ("ipVersion", rule.ip_version), ("icmp", rule.icmp), ("notICMP", rule.not_icmp)):
            optional(made, key, value)
        for key, end in (("source", rule.source), ("destination", rule.destination)):
            written = self.end(end)
            optional(made, key, written if written or self.writer.likely(0.2) else None)
        if self.writer.likely(0.1):
            made["metadata"] = {"annotations": {"why": "of some use"}}
        return {**made, **ODD_RULES[rule.odd]} if rule.odd else made

    def end(self, end):
        if end.odd == "text":
            return ODD_ENDS[end.odd]
        made = {}
        for key, value in (("nets", end.nets), ("notNets", end.not_nets), ("ports", self.ports(end.ports)),
                           ("notPorts", self.ports(end.not_ports))):
            self.writer.optional(made, key, value)
        for key, tree in (("selector", end.selector), ("notSelector", end.not_selector),
                          ("namespaceSelector", end.namespaces)):
            self._selector(made, key, tree)
        if end.accounts:
            made["serviceAccounts"] = {}
            self.writer.optional(made["serviceAccounts"], "names", end.accounts.names)
            self._selector(made["serviceAccounts"], "selector", end.accounts.selector)
        if end.service:
            made["services"] = {"name": end.service[1]}
            self.writer.optional(made["services"], "namespace", end.service[0])
        return {**made, **ODD_ENDS[end.odd]} if end.odd else made

    def ports(self, ports):
        if ports is None:
            return None
        return [f"{p[0]}:{p[1]}" if isinstance(p, tuple) else
                str(p) if isinstance(p, int) and self.writer.likely(0.3) else p for p in ports]


def selector_text(chance, tree):
    """Every way of writing it is as good: spaces, either quotes, parentheses that need not be."""
    return _Text(chance).text(tree)


class _Text:
    def __init__(self, chance):
        self.chance = chance

    def text(self, tree):
        word, *rest = tree
        if word == "odd":
            return rest[0]
        made = self._bare(word, rest)
        return f"({made})" if self.chance.random() < 0.1 else made

    def _bare(self, word, rest):
        if word in ("all", "global"):
            return f"{word}()"
        if word == "has":
            return f"has({rest[0]})"
        if word == "!":
            return "!" + self._tight(rest[0], ("&&", "||"))
        if word in ("&&", "||"):
            weaker = ("||",) if word == "&&" else ()
            return self._space().join([word]).join(self._tight(part, weaker) for part in rest[0])
        if word in ("in", "not in"):
            words = "notin" if word == "not in" and self.chance.random() < 0.3 else word
            comma = self.chance.choice([",", ", "])
            last = "," if rest[1] and self.chance.random() < 0.1 else ""
            return f"{rest[0]} {words} {{{comma.join(map(self._quoted, rest[1]))}{last}}}"
        if word in ("starts with", "ends with") and self.chance.random() < 0.3:
            word = word.replace(" ", "")
        space = " " if word[0].isalpha() else self._space()
        return f"{rest[0]}{space}{word}{space}{self._quoted(rest[1])}"

    def _tight(self, tree, weaker):
        made = self.text(tree)
        return f"({made})" if tree[0] in weaker else made

    def _space(self):
        return self.chance.choice(["", " ", " ", "\t"])

    def _quoted(self, text):
        quote = self.chance.choice("'\"")
        return f"{quote}{text}{quote}"
