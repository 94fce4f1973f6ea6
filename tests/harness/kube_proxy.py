"""What kube-proxy does to Service traffic in iptables mode, as far as packets can tell: DNAT in nat
PREROUTING and OUTPUT, and masquerade of what it marked. Behind it, what the CNI plug-in `portmap` does to
hostPorts.
"""
MASQUERADE = "0x4000/0x4000"


def _doors(service, family):
    """(match, port of the Service, from outside) of each door of one address family."""
    spec = service["spec"]
    if f"IPv{family}" not in spec["ipFamilies"]:
        return
    mine = [a for a in spec.get("clusterIPs", []) if (":" in a) == (family == 6)]
    ingress = service["status"].get("loadBalancer", {}).get("ingress", [])
    outside = [a for a in spec.get("externalIPs", []) + [i["ip"] for i in ingress]
               if (":" in a) == (family == 6)]
    for port in spec["ports"]:
        for address in mine:
            yield f"-d {address} --dport {port['port']}", port, False
        for address in outside:
            yield f"-d {address} --dport {port['port']}", port, True
        if port.get("nodePort"):
            yield f"-m addrtype --dst-type LOCAL --dport {port['nodePort']}", port, True


def _host_ports(pods, family, node):
    for pod in pods:
        own = [a["ip"] for a in pod["status"]["podIPs"] if (":" in a["ip"]) == (family == 6)]
        for port in pod["spec"]["containers"][0]["ports"]:
            host_ip = port.get("hostIP") or ""
            if not port.get("hostPort") or not own or pod["spec"]["nodeName"] != node or \
                    (host_ip and (":" in host_ip) != (family == 6)):
                continue
            protocol = (port.get("protocol") or "TCP").lower()
            where = f"-d {host_ip}" if host_ip else "-m addrtype --dst-type LOCAL"
            address = f"[{own[0]}]" if family == 6 else own[0]
            yield (f"-A KP {where} -p {protocol} -m {protocol} --dport {port['hostPort']} -j DNAT "
                   f"--to-destination {address}:{port['containerPort']}")


def nat_table(services, backends, family, node, pods=()):
    """Input for iptables-restore. `backends(service, port, family)`: (address, port, node) each."""
    rules = []
    for service in services:
        local = service["spec"].get("externalTrafficPolicy") == "Local"
        for match, port, outside in _doors(service, family):
            only_local = local and outside
            targets = [b for b in backends(service, port, family) if not only_local or b[2] == node]
            protocol = port["protocol"].lower()
            match = match.replace("--dport", f"-p {protocol} -m {protocol} --dport", 1)
            if targets and not only_local:
                rules.append(f"-A KP {match} -j MARK --set-xmark {MASQUERADE}")
            for number, (address, target, _) in enumerate(targets):
                left = len(targets) - number
                chance = f"-m statistic --mode nth --every {left} --packet 0 " if left > 1 else ""
                to = f"[{address}]:{target}" if family == 6 else f"{address}:{target}"
                rules.append(f"-A KP {match} {chance}-j DNAT --to-destination {to}")
    rules += _host_ports(pods, family, node)
    return "\n".join(["*nat", ":KP - [0:0]", ":KP-POST - [0:0]", *rules,
                      f"-A KP-POST -m mark --mark {MASQUERADE} -j MASQUERADE", "COMMIT", ""])


def install(namespace):
    """The hooks, once."""
    for tool in ("iptables-legacy", "ip6tables-legacy"):
        namespace.run(tool, "-t", "nat", "-N", "KP")
        namespace.run(tool, "-t", "nat", "-N", "KP-POST")
        namespace.run(tool, "-t", "nat", "-A", "PREROUTING", "-j", "KP")
        namespace.run(tool, "-t", "nat", "-A", "OUTPUT", "-j", "KP")
        namespace.run(tool, "-t", "nat", "-A", "POSTROUTING", "-j", "KP-POST")


def sync(namespace, services, backends, node, pods=()):
    for family, tool in ((4, "iptables-legacy-restore"), (6, "ip6tables-legacy-restore")):
        namespace.run(tool, "--noflush", input=nat_table(services, backends, family, node, pods))
