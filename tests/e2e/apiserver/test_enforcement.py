"""What happens in a cluster, as its API server tells it, reaches the kernel."""
import threading
import time

from doors import (NODEPORT, NORTH, node_ports, north_doors, opens, shuts, south_doors, wait_open,
                   wait_shut)
from harness import objects
from harness.objects import rule, service_port
from harness.service import eventually


def test_a_policy_posted_shuts_and_one_deleted_opens(cluster, web):
    cluster.run_service()
    opens(cluster, node_ports(cluster), by="apache")
    deny = cluster.policy("deny", web, {"app": "web"})
    cluster.push()
    wait_shut(cluster, node_ports(cluster))
    admit = cluster.policy("admit", web, {"app": "web"}, [rule(NORTH, [80, 8143, 8080, 9090])])
    cluster.push()
    wait_open(cluster, north_doors(cluster), by="apache")
    shuts(cluster, south_doors(cluster))
    admit["spec"]["ingress"] = [rule(NORTH, [80])]
    cluster.push()
    wait_shut(cluster, node_ports(cluster))
    cluster.delete(deny)
    cluster.delete(admit)
    cluster.push()
    wait_open(cluster, node_ports(cluster), by="apache")


def test_everything_that_changes_in_a_cluster_reaches_the_kernel(cluster, web):
    """Labels of pods and namespaces, ports of Services, endpoints: each as the API tells it."""
    deny = cluster.policy("deny", web, {"app": "web"}, [rule([{"namespaceSelector": {
        "matchLabels": {"admitted": "yes"}}}])])
    cluster.push_all()
    cluster.run_service()
    wait_shut(cluster, node_ports(cluster))
    dialer = cluster.pod("dialer", web)
    host = cluster.host_of(dialer)
    address = cluster.network.node.ipv4
    cluster.push()
    cluster.shuts(host, address, NODEPORT)
    cluster._objects["Namespace", "", web]["metadata"]["labels"]["admitted"] = "yes"
    cluster.push()
    eventually(lambda: cluster.opens(host, address, NODEPORT))
    cluster.delete(dialer)
    cluster.push()
    eventually(lambda: cluster.shuts(host, address, NODEPORT))
    cluster._objects["Service", web, "web"]["spec"]["ports"][0]["nodePort"] = 30088
    cluster.push_all()
    eventually(lambda: shuts(cluster, node_ports(cluster), 30088))
    deny["spec"]["podSelector"] = {"matchLabels": {"app": "nobody"}}
    cluster.push()
    eventually(lambda: opens(cluster, node_ports(cluster), 30088))


def test_endpoint_slices_decide_who_is_behind_a_door(cluster, web):
    """A Service without a selector: only its slice says that the isolated pod is behind it."""
    pod = cluster._objects["Pod", web, "apache"]
    cluster.service("slices", web, None, [service_port(81, 8080, 30081)], slices=False)
    cluster.policy("deny", web, {"app": "web"})
    cluster.servers.add(cluster.network.node.namespace, "node", "TCP", 30081)
    cluster.push_all()
    cluster.run_service()
    wait_shut(cluster, node_ports(cluster))
    opens(cluster, node_ports(cluster), 30081, by="node")
    written = cluster.put(objects.endpoint_slice(
        "slices-a", web, "slices", 4, [(cluster.host_of(pod).ipv4, "node-1", "apache")],
        [("", 8080, "TCP")], "discovery.k8s.io/v1beta1"))
    cluster.push()
    eventually(lambda: cluster.shuts(cluster.network.north, cluster.network.node.ipv4, 30081))
    streams = {e["stream"] for e in cluster.nodewall.events() if e["type"] == "ADDED"}
    assert "endpointslices.discovery.k8s.io" in streams
    cluster.delete(written)
    cluster.push()
    eventually(lambda: opens(cluster, node_ports(cluster), 30081, by="node"))


def test_a_burst_of_changes_ends_in_the_right_state(cluster, web):
    """Several writers at once, the service killed in the middle of it, twice."""
    cluster.push_all()
    service = cluster.run_service()
    deny = objects.network_policy("deny", web)

    def write(writer):
        for number in range(40):
            thing = objects.network_policy(f"w{writer}-{number % 5}", web, {"n": str(number)})
            cluster.api.create(thing)
            cluster.api.delete(thing)

    writers = [threading.Thread(target=write, args=(n,)) for n in range(3)]
    for writer in writers:
        writer.start()
    for _ in range(2):
        time.sleep(0.4)
        service.kill()
        service = cluster.run_service()
    for writer in writers:
        writer.join()
    cluster.put(deny)
    cluster.push()
    wait_shut(cluster, node_ports(cluster))
    events = cluster.nodewall.events()
    live = {}
    for event in events:
        if event["stream"].startswith("networkpolicies"):
            live[event["name"]] = event["type"]
    assert {name for name, kind in live.items() if kind != "DELETED" and name} == {"deny"}
    assert not [e for e in events if e["type"] == "GAP"]
