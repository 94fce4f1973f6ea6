"""NodePorts shut and open by the policies of the pods behind them, as real connections."""
import pytest

from doors import (EVERY_BACKEND, EVERYONE, NODEPORT, NORTH, SOUTH, both, node_ports, north_doors, opens,
                   shuts, south_doors, web)
from harness import objects
from harness.objects import block, rule, service_port

pytestmark = EVERY_BACKEND


def test_without_a_policy_every_door_is_open(cluster):
    web(cluster)
    cluster.apply()
    opens(cluster, node_ports(cluster), by="web-1")


def test_default_deny_shuts_the_namespace_and_nothing_else(cluster):
    web(cluster)
    cluster.namespace("other")
    cluster.pod("other-1", "other", {"app": "web"}, [("http", 8080, "TCP")])
    cluster.service("other", "other", {"app": "web"}, [service_port(80, "http", 30081)])
    deny = cluster.policy("default-deny", "web")
    cluster.apply()
    shuts(cluster, node_ports(cluster))
    opens(cluster, node_ports(cluster), 30081, by="other-1")

    cluster.delete(deny)
    cluster.apply()
    opens(cluster, node_ports(cluster), by="web-1")


def test_a_policy_that_admits_one_block_on_the_pods_port_opens_for_that_block_alone(cluster):
    web(cluster)
    cluster.policy("default-deny", "web")
    cluster.apply()
    shuts(cluster, node_ports(cluster))
    admit = cluster.policy("admit-north", "web", {"app": "web"}, [rule(NORTH, [8080])])
    cluster.apply()
    opens(cluster, north_doors(cluster), by="web-1")
    shuts(cluster, south_doors(cluster))

    admit["spec"]["ingress"] = [rule(SOUTH, [8080])]
    cluster.apply()
    shuts(cluster, north_doors(cluster))
    opens(cluster, south_doors(cluster), by="web-1")


@pytest.mark.parametrize("port", [80, NODEPORT])
def test_a_policys_ports_are_the_pods_not_the_services(cluster, port):
    web(cluster)
    cluster.policy("admit", "web", {"app": "web"}, [rule(EVERYONE, [port])])
    cluster.apply()
    shuts(cluster, node_ports(cluster))


def test_rules_that_admit_everything_or_concern_others_leave_the_door_open(cluster):
    web(cluster)
    cluster.policy("elsewhere", "web", {"app": "db"})
    cluster.policy("egress-only", "web", {"app": "web"}, types=["Egress"], egress=[])
    cluster.apply()
    opens(cluster, node_ports(cluster), by="web-1")
    cluster.policy("all", "web", {"app": "web"}, [{}])
    cluster.policy("none", "web", {"app": "web"}, [])
    cluster.apply()
    opens(cluster, node_ports(cluster), by="web-1")


def test_a_block_of_one_family_admits_nothing_of_the_other(cluster):
    web(cluster)
    cluster.policy("admit", "web", {}, [rule([block("0.0.0.0/0")])])
    cluster.apply()
    for client, address in node_ports(cluster):
        expect = cluster.shuts if ":" in address else cluster.opens
        expect(client, address, NODEPORT)


def test_exceptions_are_taken_out_of_their_own_peer_only(cluster):
    web(cluster)
    cluster.network.add_client_address(cluster.network.north, "192.0.2.77")
    cluster.network.add_client_address(cluster.network.north, "192.0.2.78")
    cluster.network.add_client_address(cluster.network.north, "2001:db8:2::77")
    north, node = cluster.network.north, cluster.network.node
    policy = cluster.policy("admit", "web", {}, [rule([
        block("192.0.2.0/24", "192.0.2.64/28"), block("2001:db8:2::/64", "2001:db8:2::77/128")])])
    cluster.apply()
    cluster.opens(north, node.ipv4, NODEPORT, source="192.0.2.10")
    cluster.shuts(north, node.ipv4, NODEPORT, source="192.0.2.77")
    cluster.opens(north, node.ipv6, NODEPORT, source="2001:db8:2::10")
    cluster.shuts(north, node.ipv6, NODEPORT, source="2001:db8:2::77")
    # Another peer admits what the first takes out: the union counts.
    policy["spec"]["ingress"][0]["from"].append(block("192.0.2.77/32"))
    cluster.apply()
    cluster.opens(north, node.ipv4, NODEPORT, source="192.0.2.77")
    cluster.shuts(north, node.ipv4, NODEPORT, source="192.0.2.78")


def test_every_port_of_a_service_counts(cluster):
    cluster.namespace("web")
    cluster.pod("web-1", "web", {"app": "web"}, [("http", 8080, "TCP"), ("admin", 9090, "TCP")])
    cluster.service("web", "web", {"app": "web"}, [service_port(80, "http", 30080, name="http"),
                                                   service_port(90, "admin", 30090, name="admin")])
    cluster.policy("admit", "web", {"app": "web"}, [rule(NORTH, [9090])])
    cluster.apply()
    shuts(cluster, node_ports(cluster), 30080)
    opens(cluster, north_doors(cluster), 30090, by="web-1")
    shuts(cluster, south_doors(cluster), 30090)


def test_several_ports_as_the_origin_of_the_project_has_them(cluster):
    cluster.namespace("policy-namespace")
    numbers = [80, 8143, 8080, 9090]
    cluster.pod("apache", "policy-namespace", {"name": "apache-web"},
                [(f"p{n}", n, "TCP") for n in numbers])
    cluster.service("apache", "policy-namespace", {"name": "apache-web"},
                    [service_port(n, n, 30051 + i, name=f"p{n}") for i, n in enumerate(numbers)])
    cluster.policy("default-deny", "policy-namespace", {"name": "apache-web"})
    cluster.apply()
    for i in range(4):
        cluster.shuts(cluster.network.north, cluster.network.node.ipv4, 30051 + i)
    cluster.policy("allow", "policy-namespace", {"name": "apache-web"}, [rule(NORTH, numbers)])
    cluster.apply()
    for i in range(4):
        cluster.opens(cluster.network.north, cluster.network.node.ipv4, 30051 + i, by="apache")
        cluster.shuts(cluster.network.south, "198.51.100.1", 30051 + i)


def test_a_range_of_ports_admits_its_ends_and_not_the_next(cluster):
    cluster.namespace("web")
    numbers = (8079, 8080, 8085, 8090, 8091)
    cluster.pod("web-1", "web", {"app": "web"}, [(f"p{n}", n, "TCP") for n in numbers])
    cluster.service("web", "web", {"app": "web"},
                    [service_port(n, n, 22000 + n, name=f"p{n}") for n in numbers])
    cluster.policy("admit", "web", {}, [rule(NORTH, [("TCP", 8080, 8090)])])
    cluster.apply()
    for number in (8080, 8085, 8090):
        opens(cluster, north_doors(cluster), 22000 + number)
    for number in (8079, 8091):
        shuts(cluster, north_doors(cluster), 22000 + number)


def test_one_number_is_three_doors_by_protocol(cluster):
    cluster.namespace("web")
    protocols = ("TCP", "UDP", "SCTP")
    cluster.pod("web-1", "web", {"app": "web"}, [(p.lower(), 9000, p) for p in protocols])
    for protocol in protocols:
        cluster.service(protocol.lower(), "web", {"app": "web"},
                        [service_port(9000, 9000, 30900, protocol)])
    deny = cluster.policy("deny", "web")
    cluster.apply()
    for protocol in protocols:
        shuts(cluster, node_ports(cluster), 30900, protocol=protocol)
    admit = cluster.policy("admit", "web", {}, [rule(NORTH, [("UDP", 9000)])])
    for admitted in protocols:
        admit["spec"]["ingress"] = [rule(NORTH, [(admitted, 9000)])]
        cluster.apply()
        for protocol in protocols:
            expect = opens if protocol == admitted else shuts
            expect(cluster, north_doors(cluster), 30900, protocol=protocol)
        shuts(cluster, south_doors(cluster), 30900, protocol=admitted)
    cluster.delete(deny)
    cluster.delete(admit)
    cluster.apply()
    for protocol in protocols:
        opens(cluster, node_ports(cluster), 30900, protocol=protocol)


def test_a_port_entry_without_a_number_is_all_ports_of_its_protocol(cluster):
    cluster.namespace("web")
    cluster.pod("web-1", "web", {"app": "web"}, [("tcp", 9000, "TCP"), ("udp", 9000, "UDP")])
    cluster.service("web", "web", {"app": "web"}, [service_port(9000, 9000, 30900, "TCP", "tcp"),
                                                   service_port(9000, 9000, 30900, "UDP", "udp")])
    cluster.policy("admit", "web", {}, [{"from": NORTH, "ports": [{}]}])
    cluster.apply()
    opens(cluster, north_doors(cluster), 30900, protocol="TCP")
    shuts(cluster, north_doors(cluster), 30900, protocol="UDP")


def test_named_target_ports_may_differ_from_pod_to_pod(cluster):
    cluster.namespace("web")
    cluster.pod("old", "web", {"app": "web"}, [("http", 8080, "TCP")])
    cluster.pod("new", "web", {"app": "web"}, [("http", 8081, "TCP")])
    cluster.service("web", "web", {"app": "web"}, [service_port(80, "http", 30080)])
    admit = cluster.policy("admit", "web", {}, [rule(NORTH, ["http"])])
    cluster.apply()
    opens(cluster, north_doors(cluster), by=["old", "new"])
    shuts(cluster, south_doors(cluster))
    # The number of one of them opens the door as far as that pod goes; no number of either shuts it.
    admit["spec"]["ingress"] = [rule(NORTH, ["https", 80])]
    cluster.apply()
    shuts(cluster, node_ports(cluster))


def test_without_endpoint_slices_the_selector_and_the_target_port_count(cluster):
    cluster.namespace("web")
    cluster.pod("web-1", "web", {"app": "web"}, [("http", 8080, "TCP")])
    cluster.service("web", "web", {"app": "web"}, [service_port(80, "http", 30080)], slices=False)
    cluster.policy("admit", "web", {"app": "web"}, [rule(both("192.0.2.10/32", "2001:db8:2::10/128"),
                                                         [8080])])
    cluster.apply()
    opens(cluster, north_doors(cluster), by="web-1")
    shuts(cluster, south_doors(cluster))


def test_slices_of_v1beta1_are_read(cluster):
    cluster.namespace("web")
    cluster.pod("web-1", "web", {"app": "web"}, [("http", 8080, "TCP")])
    service = cluster.service("web", "web", {"app": "web"}, [service_port(80, "http", 30080)],
                              slices=False)
    cluster.write_slices(service, api_version="discovery.k8s.io/v1beta1")
    cluster.put(objects.endpoint_slice("unrelated", "web", "nobody", 4, [], [],
                                       "discovery.k8s.io/v1beta1"))
    cluster.policy("deny", "web")
    cluster.apply()
    shuts(cluster, node_ports(cluster))
