"""NetworkPolicies by chance: every kind of peer and port, and every way of leaving one out."""
import ipaddress

from .abstract_cluster import Block, Peer, Policy, Port, Requirement, Rule, Selector

POD_LABELS = {"app": ["web", "db"], "role": ["front", "back"]}
NAMESPACE_LABELS = {"team": ["red", "blue"], "env": ["prod"]}
NAMES = {"kubernetes.io/metadata.name": ["a", "b", "a-b"]}

NETWORKS = ["0.0.0.0/0", "192.0.2.0/24", "192.0.2.64/28", "192.0.2.10/32", "192.0.2.0/30",
            "198.51.100.0/24", "203.0.113.0/25", "10.42.0.0/16", "10.42.1.0/24", "10.42.1.4/31",
            "::/0", "2001:db8:2::/64", "2001:db8:2::70/124", "2001:db8:51::/64", "fd42::/16",
            "fd42:1::/32", "fd42:1::4/127"]
PORTS = [53, 8080, 8081, 9090]
NAMED = ["web", "web", "multi", "multi", "side", "nowhere"]


def random_labels(chance, universe, at_most=2):
    keys = chance.sample(list(universe), chance.randint(0, at_most))
    return {key: chance.choice(universe[key]) for key in keys}


def random_policy(chance, namespace, name):
    types = chance.choice([None, None, ["Ingress"], ["Ingress"], ["Egress"], ["Ingress", "Egress"]])
    return Policy(namespace, name, random_selector(chance, POD_LABELS), types,
                  _rules(chance), _rules(chance))


def _rules(chance):
    count = chance.choices([None, 0, 1, 2], [2, 1, 6, 3])[0]
    return None if count is None else [_rule(chance) for _ in range(count)]


def _rule(chance):
    peers = chance.choices([None, 0, 1, 2, 3], [2, 1, 8, 5, 1])[0]
    ports = chance.choices([None, 0, 1, 2, 3], [6, 1, 5, 3, 1])[0]
    return Rule(None if peers is None else [_peer(chance) for _ in range(peers)],
                None if ports is None else [_port(chance) for _ in range(ports)])


def _peer(chance):
    if chance.random() < 0.5:
        return Peer(block=_block(chance))
    shape = chance.choice(["pods", "namespaces", "both"])
    spaces = NAMES if chance.random() < 0.2 else NAMESPACE_LABELS
    return Peer(random_selector(chance, POD_LABELS) if shape != "namespaces" else None,
                random_selector(chance, spaces) if shape != "pods" else None)


def _block(chance):
    whole = ipaddress.ip_network(chance.choice(NETWORKS))
    inside = [n for n in map(ipaddress.ip_network, NETWORKS)
              if n.version == whole.version and n != whole and n.subnet_of(whole)]
    taken = chance.sample(inside, min(len(inside), chance.choice([0, 0, 1, 2])))
    return Block(written(chance, whole), [written(chance, n) for n in taken])


def written(chance, network):
    """A network as people write it: some with host bits, some in IPv6's notation for IPv4."""
    first, length = network.network_address, network.prefixlen
    if chance.random() < 0.2:
        first += chance.randrange(min(network.num_addresses, 1000))
    if network.version == 4 and chance.random() < 0.1:
        return f"::ffff:{first}/{length + 96}"
    return f"{first}/{length}"


def _port(chance):
    protocol = chance.choice([None, "TCP", "TCP", "UDP", "SCTP"])
    kind = chance.choices(["any", "number", "range", "name"], [1, 4, 1, 4])[0]
    if kind == "any":
        return Port(protocol)
    if kind == "name":
        return Port(protocol, chance.choice(NAMED))
    if kind == "number":
        return Port(protocol, chance.choice([*PORTS, 80, 30080]))
    first, last = sorted([chance.choice(PORTS), chance.choice(PORTS)])
    return Port(protocol, first, last)


def random_selector(chance, universe):
    """Empty, of labels, of expressions; now and then one that is not valid."""
    made = Selector({}, [])
    for _ in range(chance.choice([0, 1, 1, 2])):
        key = chance.choice(list(universe))
        if chance.random() < 0.5:
            made.labels[key] = chance.choice(universe[key])
            continue
        operator = chance.choice(["In", "NotIn", "Exists", "DoesNotExist"])
        values = chance.sample(universe[key], chance.randint(1, len(universe[key])))
        made.expressions.append(Requirement(key, operator, values if "In" in operator else []))
    if chance.random() < 0.02:
        made.expressions.append(Requirement("app", *chance.choice(
            [("Near", ["web"]), ("In", []), ("Exists", ["web"])])))
    return made
