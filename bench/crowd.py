"""The objects of a cluster of any size: what the benchmarks fill an API server with."""
import random

from harness import objects

SEED = 20261123


def crowd(pods, policies, first_node_port, slices="discovery.k8s.io/v1"):
    """Namespaces of a hundred pods in five Services with a NodePort each, their EndpointSlices, and
    policies whose peers are blocks, pods and pods of other namespaces. One pod in fifty is on node-1.
    `slices`: the API version of the EndpointSlices."""
    chance = random.Random(SEED)
    namespaces = max(1, pods // 100)
    for n in range(namespaces):
        yield objects.namespace(f"load-{n}", {"team": f"team-{n % 7}"})
        for s in range(5):
            yield objects.service(f"service-{s}", f"load-{n}", {"app": f"app-{s}"},
                                  [objects.service_port(80, 8080, first_node_port + 5 * n + s)])
    for p in range(pods):
        labels = {"app": f"app-{p // namespaces % 5}", "version": f"v{p % 3}", "pod-template-hash": f"{p % 97:x}"}
        yield objects.pod(f"pod-{p}", f"load-{p % namespaces}", [_address(p)], labels,
                          [("web", 8080, "TCP")], node=_node(p))
    for n in range(namespaces):
        for s in range(5):
            members = [p for p in range(n, pods, namespaces) if p // namespaces % 5 == s]
            yield objects.endpoint_slice(f"service-{s}-1", f"load-{n}", f"service-{s}", 4,
                                         [(_address(p), _node(p), f"pod-{p}") for p in members],
                                         [("", 8080, "TCP")], api_version=slices)
    for i in range(policies):
        peers = chance.choice([
            [objects.block(f"10.{chance.randrange(256)}.0.0/16")],
            [{"podSelector": {"matchLabels": {"app": f"app-{chance.randrange(5)}"}}}],
            [{"namespaceSelector": {"matchLabels": {"team": f"team-{chance.randrange(7)}"}},
              "podSelector": {"matchLabels": {"version": "v1"}}}]])
        yield objects.network_policy(f"policy-{i}", f"load-{i % namespaces}",
                                     {"app": f"app-{i // namespaces % 5}"}, [objects.rule(peers, [8080])])


def walled_crowd(pods, namespaces, services, policies, first_node_port):
    """Namespaces that each deny by default, of Services with a NodePort whose pods several policies admit
    "from every namespace and one /24" to: what most clusters come to. `services` and `policies` of all
    namespaces together."""
    chance = random.Random(SEED)
    each, apps = services // namespaces, services // namespaces
    yield objects.node("node-0", ["192.0.2.1"])
    for n in range(namespaces):
        yield objects.namespace(f"load-{n}", {"team": f"team-{n % 7}"})
        yield objects.network_policy("default-deny", f"load-{n}")
        for s in range(each):
            yield objects.service(f"service-{s}", f"load-{n}", {"app": f"app-{s}"},
                                  [objects.service_port(80, 8080, first_node_port + each * n + s)],
                                  cluster_ips=[f"10.{96 + n // 256}.{n % 256}.{s + 1}"], families=(4,))
            members = [(_address(p), _node(p), f"pod-{p}") for p in range(n, pods, namespaces)
                       if p // namespaces % apps == s]
            yield objects.endpoint_slice(f"service-{s}-1", f"load-{n}", f"service-{s}", 4, members,
                                         [("", 8080, "TCP")])
        for i in range(policies // namespaces):
            peers = [{"namespaceSelector": {}},
                     objects.block(f"{chance.randrange(11, 100)}.{chance.randrange(256)}.{i}.0/24")]
            yield objects.network_policy(f"admit-{i}", f"load-{n}", {"app": f"app-{i % apps}"},
                                         [objects.rule(peers, [8080])])
    for p in range(pods):
        yield objects.pod(f"pod-{p}", f"load-{p % namespaces}", [_address(p)],
                          {"app": f"app-{p // namespaces % apps}"}, [("web", 8080, "TCP")], node=_node(p))


def _address(pod):
    return f"10.{60 + pod // 65536}.{pod // 256 % 256}.{pod % 256}"


def _node(pod):
    return f"node-{pod % 50}"
