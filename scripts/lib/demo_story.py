"""The story that scripts/demo tells. Runs in namespaces of its own (network, mounts, processes)."""
import sys

from demo_scene import Scene
from demo_text import Telling

DENY = {
    "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
    "metadata": {"name": "default-deny", "namespace": "policy-namespace"},
    "spec": {"podSelector": {"matchLabels": {"name": "apache-web"}},
             "policyTypes": ["Ingress"], "ingress": []}}
ADMIT_ONE = {
    "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
    "metadata": {"name": "admit-client-one", "namespace": "policy-namespace"},
    "spec": {"podSelector": {"matchLabels": {"name": "apache-web"}},
             "policyTypes": ["Ingress"],
             "ingress": [{"from": [{"ipBlock": {"cidr": "192.0.2.0/24"}}],
                          "ports": [{"protocol": "TCP", "port": port}
                                    for port in (80, 8143, 8080, 9090)]}]}}

PICTURE = """
    client one   192.0.2.10    ───┐
                                  ├── node (NodePort 30051) ── pod apache-web, 10.42.0.2 port 80
    client two   198.51.100.10 ───┘
"""


def setting(scene, tell):
    tell.step("A node, a web pod and two clients outside")
    tell.say(PICTURE)
    tell.say("The Service offers the pod's port 80 on the node's port 30051. Like kube-proxy, the\n"
             "node rewrites the destination of such connections (DNAT) to the pod.")
    for client in scene.clients:
        tell.show(scene.page(client) is not None, f"{client.name} dials {client.door}: the page of the pod comes")


def naive_rule(scene, tell):
    tell.step("Why not simply block the port on the node?")
    rule = "INPUT -p tcp --dport 30051 -j DROP"
    tell.command(f"iptables -A {rule}")
    with scene.rule(rule) as packets:
        for client in scene.clients:
            tell.show(scene.page(client) is not None, f"{client.name} still gets the page")
        tell.show(packets() == 0, "the rule has met no packet at all")
    tell.say("What DNAT sends to a pod is forwarded, it is never input of the node. Rule removed.")


def start(scene, tell):
    tell.step("nodewall starts on the node and watches the API server")
    tell.command("nodewall run --kubeconfig ... --db events.db --enforce nodeports")
    scene.start_nodewall()
    for client in scene.clients:
        tell.show(scene.page(client) is not None, f"no policy yet: {client.name} still gets the page")


def deny(scene, tell):
    tell.step("A default-deny policy for the pods labelled name=apache-web arrives")
    tell.say("Both clients dial once a millisecond while it is posted to the API server.")
    with scene.dialling() as dialling:
        posted = scene.create(DENY)
    for client, attempts in dialling.attempts.items():
        shut = attempts.shut_after(posted)
        tell.show(shut is not None, f"{client.name} is shut out", shut, "after the POST")


def admit(scene, tell):
    tell.step("A second policy admits 192.0.2.0/24 on ports 80, 8143, 8080 and 9090")
    one, two = scene.clients
    with scene.dialling() as dialling:
        posted = scene.create(ADMIT_ONE)
    opened = dialling.attempts[one].open_after(posted)
    tell.show(opened is not None, f"{one.name} gets in", opened, "after the POST")
    tell.show(dialling.attempts[two].none_passed(), f"{two.name} stays shut out")
    tell.say("Policies speak of the pod's port, 80; clients dial 30051. nodewall knows both.")


def killed(scene, tell):
    tell.step("nodewall is killed (SIGKILL)")
    one, two = scene.clients
    with scene.dialling() as dialling:
        scene.kill_nodewall()
    tell.show(dialling.attempts[two].none_passed(),
              f"{two.name} stays shut out: the rules are the kernel's now")
    tell.show(dialling.attempts[one].all_passed(), f"{one.name} still gets in")


def restarted(scene, tell):
    tell.step("nodewall starts again and goes on where it was")
    one, two = scene.clients
    cursors = scene.cursors()
    seen = len(scene.requests())
    with scene.dialling() as dialling:
        scene.start_nodewall()
    tell.show(dialling.attempts[two].none_passed() and dialling.attempts[one].all_passed(),
              "nothing opened or shut meanwhile")
    tell.say("What the API server was asked this time:")
    asked = scene.requests()[seen:]
    for request in asked:
        tell.detail(request.what)
    lists = [r for r in asked if r.is_list and not r.is_probe]
    tell.show(not lists, "no list: only a probe for one object (limit=1), whether the server\n"
                         "       knows that point in time")
    resumed = all(any(r.watches(stream, version) for r in asked)
                  for stream, version in cursors.items())
    tell.show(bool(cursors) and resumed,
              "each watch goes on from the resourceVersion that the log has")


def opened(scene, tell):
    tell.step("Both policies are deleted")
    one, two = scene.clients
    with scene.dialling() as dialling:
        scene.delete(ADMIT_ONE)
        deleted = scene.delete(DENY)
    back = dialling.attempts[two].open_after(deleted)
    tell.show(back is not None, f"{two.name} gets in again", back, "after the DELETE")
    tell.show(scene.page(one) is not None, f"{one.name} gets in too")


def look_back(scene, tell):
    tell.step("All of it is in the log")
    tell.command("nodewall log --stream networkpolicies.networking.k8s.io")
    for line in scene.nodewall("log", "--stream", "networkpolicies.networking.k8s.io"):
        tell.detail(line)
    tell.command("nodewall log --type APPLIED --last 3")
    for line in scene.nodewall("log", "--type", "APPLIED", "--last", "3"):
        tell.detail(line[:160])
    tell.command("nodewall log verify")
    for line in scene.nodewall("log", "verify"):
        tell.show(True, line)
    tell.command("nodewall check")
    for line in scene.nodewall("check", "--node", scene.node_name):
        tell.show(True, line)


def main():
    tell = Telling()
    with Scene() as scene:
        for chapter in (setting, naive_rule, start, deny, admit, killed, restarted, opened, look_back):
            chapter(scene, tell)
        scene.stop_nodewall()
    tell.end()


if __name__ == "__main__":
    sys.exit(main())
