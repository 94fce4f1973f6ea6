"""Connections that might be asked about: whoever is in the cluster or outside, to whatever answers."""
from .abstract_cluster import Question, family
from .policy_oracle import FINAL
from .random_cluster import ALSO_LOCAL, NODES, NUMBERS, OUTSIDE
from .ruleset import Packet

GROUPS = ["door"] * 6 + ["plain"] * 3 + ["beside"]


def random_questions(cluster, chance, count):
    sources, targets = _sources(cluster), _targets(cluster)
    made = []
    while len(made) < count:
        group = chance.choice([g for g in GROUPS if targets[g]])
        target, protocol, port = chance.choice(targets[group])
        picks = group == "door" and chance.random() < 0.06
        backend = chance.choice(_addresses(cluster) + OUTSIDE) if picks else None
        asked = Question(chance.choice(sources), target, protocol, port, backend)
        if _is_question(asked):
            made.append(asked)
    return made


def _is_question(asked):
    parties = [asked.source, asked.target.removeprefix("nodeport:"), asked.backend or "/"]
    given = [family(p) for p in parties if "/" not in p and p != "nodeport"]
    return len(set(given)) <= 1


def _named(cluster):
    """Pods that may be asked about by name: not those that share an address with another live one."""
    live = [p for p in cluster.pods if p.phase not in FINAL and not p.host_network]
    shared = [a for p in live for a in p.addresses]
    return [p.key for p in cluster.pods if p not in live or all(shared.count(a) == 1 for a in p.addresses)]


def _addresses(cluster):
    return [a for p in cluster.pods if not p.host_network for a in p.addresses]


def _sources(cluster):
    nodes = [a for addresses in NODES.values() for a in addresses]
    return OUTSIDE * 2 + _addresses(cluster) * 2 + _named(cluster) + nodes


def _targets(cluster):
    """(target, protocol, port) by groups."""
    doors, beside = [], []
    nodes = [a for addresses in NODES.values() for a in addresses]
    local = ["nodeport"] + [f"nodeport:{a}" for a in NODES["node-1"] + ALSO_LOCAL] + NODES["node-1"]
    for service in cluster.services:
        addresses = service.cluster_ips + service.external_ips + [b.address for b in service.balancers]
        for port in service.ports:
            doors += [(a, port.protocol, port.port) for a in addresses]
            beside += [(a, port.protocol, 8080) for a in addresses]
            if port.node_port and service.kind in ("NodePort", "LoadBalancer"):
                doors += [(where, port.protocol, port.node_port) for where in local]
    for pod in cluster.pods:
        for port in pod.ports:
            if port.host_port and pod.node == "node-1" and pod.addresses and pod.phase not in FINAL:
                doors += [(where, port.protocol, port.host_port) for where in local[1:]
                          if port.host_ip in (None, where.removeprefix("nodeport:"))]
                beside += [(where, port.protocol, port.host_port) for where in NODES["node-1"]
                           if port.host_ip not in (None, where)]
    plain = [(where, protocol, number) for where in _named(cluster) + _addresses(cluster) + OUTSIDE + nodes
             for protocol in ("TCP", "TCP", "UDP", "SCTP") for number in NUMBERS]
    plain += 5 * [(a, port.protocol, port.number) for p in cluster.pods for a in p.addresses
                  for port in p.ports]
    return {"door": doors, "beside": beside, "plain": plain}


def packet_of(oracle, asked):
    """The connection's first one as mangle PREROUTING sees it; None: the question names no addresses."""
    asked = oracle.by_address(asked)
    if asked is None:
        return None
    here = oracle.nodes[oracle.cluster.this_node]
    at_node = asked.target.startswith("nodeport")
    default = next(a for a in ALSO_LOCAL if family(a) == family(asked.source))
    destination = (asked.target.partition(":")[2] or default) if at_node else asked.target
    return Packet("lo" if asked.source in here else "eth0", asked.source, destination, asked.protocol,
                  asked.port, at_node or destination in here)
