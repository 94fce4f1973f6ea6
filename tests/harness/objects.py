"""Kubernetes objects as dictionaries, as the API server would send them."""
import itertools
import uuid

_versions = itertools.count(1000)


def _meta(name, namespace=None, labels=None):
    meta = {"name": name, "uid": str(uuid.uuid4()), "resourceVersion": str(next(_versions)),
            "creationTimestamp": "2026-01-01T00:00:00Z"}
    if namespace:
        meta["namespace"] = namespace
    if labels:
        meta["labels"] = dict(labels)
    return meta


def changed(thing):
    """The object's next version: what the API server would number it."""
    thing["metadata"]["resourceVersion"] = str(next(_versions))
    return thing


def namespace(name, labels=None):
    return {"apiVersion": "v1", "kind": "Namespace",
            "metadata": _meta(name, labels={"kubernetes.io/metadata.name": name, **(labels or {})})}


def node(name, addresses=(), pod_cidrs=(), labels=None):
    return {"apiVersion": "v1", "kind": "Node", "metadata": _meta(name, labels=labels),
            "spec": {"podCIDRs": list(pod_cidrs)},
            "status": {"addresses": [{"type": "InternalIP", "address": a} for a in addresses]}}


def pod(name, namespace, addresses, labels=None, ports=(), node="node-1", host_network=False,
        phase="Running", host_ports=()):
    """`ports`: (name, number, protocol) of its one container; `host_ports`: (hostPort, hostIP or "",
    number, protocol), ports of it more."""
    spec = {"nodeName": node, "containers": [{"name": "main", "image": "example/server", "ports": [
        {"name": port, "containerPort": number, "protocol": protocol}
        for port, number, protocol in ports] + [
        {"hostPort": port, "containerPort": number, "protocol": protocol, **({"hostIP": ip} if ip else {})}
        for port, ip, number, protocol in host_ports]}]}
    if host_network:
        spec["hostNetwork"] = True
    return {"apiVersion": "v1", "kind": "Pod", "metadata": _meta(name, namespace, labels),
            "spec": spec,
            "status": {"phase": phase, "podIP": addresses[0] if addresses else "",
                       "podIPs": [{"ip": a} for a in addresses],
                       "startTime": "2026-01-01T00:00:00Z"}}


def service_port(port, target=None, node_port=None, protocol="TCP", name=None):
    made = {"port": port, "protocol": protocol, "targetPort": target if target is not None else port}
    if node_port:
        made["nodePort"] = node_port
    if name:
        made["name"] = name
    return made


def service(name, namespace, selector, ports, kind="NodePort", cluster_ips=(), external_ips=(),
            load_balancer=(), local=False, families=(4, 6)):
    spec = {"type": kind, "ports": list(ports), "ipFamilies": [f"IPv{f}" for f in families],
            "ipFamilyPolicy": "RequireDualStack" if len(families) == 2 else "SingleStack"}
    if selector:
        spec["selector"] = dict(selector)
    if cluster_ips:
        spec["clusterIP"], spec["clusterIPs"] = cluster_ips[0], list(cluster_ips)
    if external_ips:
        spec["externalIPs"] = list(external_ips)
    if kind != "ClusterIP":
        spec["externalTrafficPolicy"] = "Local" if local else "Cluster"
    made = {"apiVersion": "v1", "kind": "Service", "metadata": _meta(name, namespace), "spec": spec,
            "status": {"loadBalancer": {}}}
    if load_balancer:
        made["status"]["loadBalancer"] = {"ingress": [{"ip": a} for a in load_balancer]}
    return made


def endpoint_slice(name, namespace, service, family, endpoints, ports,
                   api_version="discovery.k8s.io/v1"):
    """`endpoints`: (address, node name, pod name); `ports`: (name, number or None, protocol)."""
    made = []
    for address, node_name, pod_name in endpoints:
        endpoint = {"addresses": [address], "conditions": {"ready": True}}
        if api_version.endswith("v1beta1"):
            endpoint["topology"] = {"kubernetes.io/hostname": node_name}
        else:
            endpoint["nodeName"] = node_name
        if pod_name:
            endpoint["targetRef"] = {"kind": "Pod", "name": pod_name, "namespace": namespace}
        made.append(endpoint)
    return {"apiVersion": api_version, "kind": "EndpointSlice",
            "metadata": _meta(name, namespace, {"kubernetes.io/service-name": service}),
            "addressType": f"IPv{family}", "endpoints": made,
            "ports": [{"name": port, "port": number, "protocol": protocol}
                      for port, number, protocol in ports]}


def network_policy(name, namespace, selector=None, ingress=None, egress=None, types=None):
    """`selector`: labels, or a whole label selector; `ingress` absent admits nothing."""
    if selector and not set(selector) & {"matchLabels", "matchExpressions"}:
        selector = {"matchLabels": dict(selector)}
    spec = {"podSelector": selector or {}, "policyTypes": types or ["Ingress"]}
    if ingress is not None:
        spec["ingress"] = ingress
    if egress is not None:
        spec["egress"] = egress
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
            "metadata": _meta(name, namespace), "spec": spec}


CLUSTER_POLICY_VERSIONS = {"AdminNetworkPolicy": "v1alpha1", "BaselineAdminNetworkPolicy": "v1alpha1",
                           "ClusterNetworkPolicy": "v1alpha2"}


def cluster_policy(kind, name, subject, ingress=None, egress=None, **fields):
    """One of the kinds of policy.networking.k8s.io; `fields`: `tier`, `priority`."""
    spec = {**fields, "subject": subject}
    if ingress is not None:
        spec["ingress"] = ingress
    if egress is not None:
        spec["egress"] = egress
    return {"apiVersion": f"policy.networking.k8s.io/{CLUSTER_POLICY_VERSIONS[kind]}", "kind": kind,
            "metadata": _meta(name), "spec": spec}


def staged(policy):
    """It enforces nothing."""
    policy["metadata"].setdefault("annotations", {})["nodewall.io/stage"] = "true"
    return policy


def block(cidr, *exceptions):
    made = {"cidr": cidr}
    if exceptions:
        made["except"] = list(exceptions)
    return {"ipBlock": made}


def rule(peers=None, ports=None):
    """One ingress rule; `ports`: numbers, names, (protocol, port) or (protocol, port, endPort)."""
    made = {}
    if peers is not None:
        made["from"] = peers
    if ports is not None:
        made["ports"] = []
        for entry in ports:
            protocol, port, end = (*entry, None)[:3] if isinstance(entry, tuple) else ("TCP", entry, None)
            made["ports"].append({"protocol": protocol, **({"port": port} if port else {}),
                                  **({"endPort": end} if end else {})})
    return made
