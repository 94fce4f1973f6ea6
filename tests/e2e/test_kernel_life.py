"""What an apply touches and what it leaves alone; drift, reset, and points in the past."""
import re
import shlex
import socket
import subprocess

import pytest

from doors import NODEPORT, NORTH, node_ports, north_doors, opens, shuts, south_doors, web
from harness.nodewall import NEGATIVE, PROGRAM, USAGE
from harness.objects import rule

SAVES = ("iptables-legacy-save", "ip6tables-legacy-save")


def tables(cluster, counters=False):
    """The mangle tables as text, without comments (they have times in them)."""
    text = ""
    for save in SAVES:
        options = ["-t", "mangle"] + (["-c"] if counters else [])
        text += cluster.network.node.namespace.run(save, *options)
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return lines if counters else [re.sub(r" \[\d+:\d+\]$", "", line) for line in lines]


def sets(cluster):
    return cluster.network.node.namespace.run("ipset", "save").splitlines()


def counted(cluster, what):
    """Packets counted by our rules that contain the text, both families together."""
    return sum(int(line[1:].split(":")[0]) for line in tables(cluster, counters=True)
               if line.startswith("[") and what in line)


def node_run(cluster, *arguments):
    return cluster.network.node.namespace.run(*arguments)


def test_reset_removes_every_trace_and_nothing_else(cluster):
    for tool in ("iptables-legacy", "ip6tables-legacy"):
        node_run(cluster, tool, "-t", "mangle", "-N", "OTHER")
        node_run(cluster, tool, "-t", "mangle", "-A", "OTHER", "-j", "MARK", "--set-mark", "7")
        node_run(cluster, tool, "-t", "mangle", "-A", "PREROUTING", "-p", "tcp", "-j", "OTHER")
        node_run(cluster, tool, "-t", "mangle", "-P", "FORWARD", "ACCEPT")
    node_run(cluster, "ipset", "create", "other-set", "hash:ip")
    node_run(cluster, "ipset", "add", "other-set", "203.0.113.1")
    before, sets_before = tables(cluster), sets(cluster)

    web(cluster)
    cluster.policy("deny", "web")
    cluster.apply()
    shuts(cluster, node_ports(cluster))
    assert any("NW-" in line for line in tables(cluster)) and any("NW-" in s for s in sets(cluster))
    assert [line for line in tables(cluster) if "NW-" not in line] == before

    cluster.nodewall.call("reset")
    assert tables(cluster) == before and sets(cluster) == sets_before
    with cluster.explained_by(None):
        opens(cluster, node_ports(cluster), by="web-1")
    cluster.nodewall.call("reset")
    cluster.apply()
    shuts(cluster, node_ports(cluster))


def test_counters_of_unchanged_and_foreign_rules_survive_an_apply(cluster):
    node_run(cluster, "iptables-legacy", "-t", "mangle", "-A", "PREROUTING", "-p", "tcp", "-m",
             "comment", "--comment", "foreign", "-j", "MARK", "--set-mark", "0x1/0x1")
    web(cluster)
    cluster.policy("deny", "web")
    cluster.apply()
    opens(cluster, [(cluster.network.node, cluster.network.node.ipv4)])
    shuts(cluster, north_doors(cluster))
    dropped, foreign = counted(cluster, "DROP"), counted(cluster, "foreign")
    assert dropped > 0
    cluster.policy("admit", "web", {}, [rule(NORTH)])
    cluster.apply()
    opens(cluster, north_doors(cluster))
    assert counted(cluster, "DROP") >= dropped and counted(cluster, "foreign") >= foreign


def test_an_apply_without_news_commits_nothing(cluster):
    web(cluster)
    cluster.policy("deny", "web")
    cluster.apply()
    before = sets(cluster), tables(cluster)
    cluster.nodewall.apply()
    assert (sets(cluster), tables(cluster)) == before
    last = cluster.nodewall.events("--type", "APPLIED")[-1]["body"]
    assert last["commits"] == 0 and last["changed"] == 0


def test_a_policy_changes_members_and_no_rule(cluster):
    web(cluster)
    cluster.apply()
    before = tables(cluster)
    cluster.policy("admit", "web", {}, [rule(NORTH)])
    cluster.apply()
    assert tables(cluster) == before
    assert cluster.nodewall.events("--type", "APPLIED")[-1]["body"]["commits"] == 0


def rule_of_ours(cluster, target):
    """The words of one of our rules with that target: its chain and what stands behind."""
    line = next(line for line in tables(cluster) if line.startswith("-A NW-") and line.endswith(target))
    return line.split()[1:]


def member(cluster, containing):
    """The words of a member: its set, its key, its mark."""
    line = next(line for line in sets(cluster) if line.startswith("add NW-") and containing in line)
    return line.split()[1:]


def another_mark(cluster):
    name, key, _, mark = member(cluster, "tcp:30080")
    value, mask = mark.split("/")
    return "ipset", "-exist", "add", name, key, "skbmark", f"{int(value, 16) ^ 1:#x}/{mask}"


def in_its_place(containing, *options):
    """A set of the same name and type that is made in another way, with the same members."""
    def change(cluster):
        name = member(cluster, containing)[0]
        lines = [line.split() for line in sets(cluster)]
        create = next(line for line in lines if line[:2] == ["create", name])
        made = [word for word in create[2:] if word != "skbinfo"]
        made[made.index("maxelem") + 1] = "2097152"
        for option, value in options:
            if option in made:
                made[made.index(option) + 1] = value
            else:
                made += [option, value]
        commands = [["create", "other", *made, *(["skbinfo"] if "skbinfo" in create else [])]]
        commands += [["add", "other", *line[2:]] for line in lines if line[:2] == ["add", name]]
        commands += [["swap", "other", name], ["destroy", "other"]]
        return "sh", "-ec", "; ".join(shlex.join(["ipset", *command]) for command in commands)
    return change


DRIFTS = {
    "a rule of ours is gone": lambda cluster: (
        "iptables-legacy", "-t", "mangle", "-D", *rule_of_ours(cluster, "-j DROP")),
    "a rule among ours": lambda cluster: (
        "iptables-legacy", "-t", "mangle", "-I", "NW-DOORS", "-j", "RETURN"),
    "the jump is gone": lambda cluster: (
        "ip6tables-legacy", "-t", "mangle", "-D", "PREROUTING", "-j", "NW-PREROUTING"),
    "doors are gone": lambda cluster: ("ipset", "flush", member(cluster, "tcp:30080")[0]),
    "a door leads elsewhere": another_mark,
    "a door more": lambda cluster: (
        "ipset", "add", member(cluster, "tcp:30080")[0],
        *(word.replace("30080", "30081") for word in member(cluster, "tcp:30080")[1:])),
    "a block is gone": lambda cluster: ("ipset", "del", *member(cluster, "192.0.2.0/24")),
    "a block more": lambda cluster: ("ipset", "add", member(cluster, "192.0.2.0/24")[0], "203.0.113.0/24"),
    "a pod is gone": lambda cluster: ("ipset", "flush", peer_set(cluster)),
    "a pod more": lambda cluster: ("ipset", "add", peer_set(cluster), "203.0.113.9"),
    "doors that expire": in_its_place("tcp:30080", ("timeout", "600")),
    "blocks that expire": in_its_place("192.0.2.0/24", ("timeout", "600")),
    "doors that soon fill": in_its_place("tcp:30080", ("maxelem", "64")),
    "a peer set is gone": lambda cluster: ("ipset", "del", *member(cluster, peer_set(cluster))),
}


def peer_set(cluster):
    """That of a decision: it hangs in a list."""
    lists = {line.split()[1] for line in sets(cluster) if line.startswith("create NW-") and " list:set " in line}
    return next(line.split()[2] for line in sets(cluster) if line.startswith("add ") and line.split()[1] in lists)


@pytest.mark.parametrize("change", DRIFTS.values(), ids=DRIFTS)
def test_drift_is_found_by_check_and_repaired_by_an_apply(cluster, change):
    web(cluster)
    cluster.pod("dialer", "web", {"role": "dialer"})
    cluster.policy("admit", "web", {"app": "web"}, [
        rule([*NORTH, {"podSelector": {"matchLabels": {"role": "dialer"}}}])])
    cluster.apply()
    node_run(cluster, *change(cluster))
    said = cluster.nodewall.call("check", "--db", cluster.nodewall.db, "--node", "node-1",
                                 expect=NEGATIVE).stdout
    assert "differs" in said
    cluster.apply()
    shuts(cluster, south_doors(cluster))
    opens(cluster, north_doors(cluster))


def test_foreign_rules_before_our_jump_are_named_and_not_fought(cluster):
    web(cluster)
    cluster.policy("deny", "web")
    cluster.apply()
    node_run(cluster, "iptables-legacy", "-t", "mangle", "-I", "PREROUTING", "-s", "203.0.113.9",
             "-j", "ACCEPT")
    cluster.apply()
    shuts(cluster, node_ports(cluster))
    assert "-A PREROUTING -s 203.0.113.9/32 -j ACCEPT" in tables(cluster)
    said = cluster.nodewall.call("check", "--db", cluster.nodewall.db, "--node", "node-1").stdout
    assert "note: ipv4: the jump to NW-PREROUTING is not the first rule of PREROUTING" in said


def test_the_kernel_can_be_brought_to_any_point_of_the_log(cluster):
    web(cluster)
    cluster.apply()
    open_seq = cluster.nodewall.events()[-1]["seq"]
    cluster.policy("deny", "web")
    cluster.write_log()
    shut_seq = cluster.nodewall.events()[-1]["seq"]
    cluster.policy("admit", "web", {}, [rule(NORTH)])
    cluster.write_log()

    cluster.nodewall.apply()
    opens(cluster, north_doors(cluster))
    shuts(cluster, south_doors(cluster))
    for seq, expect in ((shut_seq, shuts), (open_seq, opens)):
        cluster.nodewall.apply("--at", seq)
        with cluster.explained_by(("--at", seq)):
            expect(cluster, node_ports(cluster))
        cluster.nodewall.call("check", "--db", cluster.nodewall.db, "--node", "node-1", "--at", seq)
    cluster.nodewall.call("check", "--db", cluster.nodewall.db, "--node", "node-1", expect=NEGATIVE)
    cluster.nodewall.call("log", "verify", "--db", cluster.nodewall.db)


def test_established_replies_pass_whatever_their_port(cluster):
    """A reply whose port happens to be a shut door's number is no connection to that door."""
    web(cluster)
    cluster.policy("deny", "web")
    cluster.apply()
    shuts(cluster, node_ports(cluster))
    node, north = cluster.network.node, cluster.network.north
    cluster.servers.add(north.namespace, "north", "TCP", 7000)
    with node.namespace.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
        client.bind((node.ipv4, NODEPORT))
        client.settimeout(5)
        client.connect((north.ipv4, 7000))
        assert client.recv(10) == b"north"


def test_without_the_right_to_program_the_kernel_it_says_what_to_grant(cluster):
    web(cluster)
    cluster.write_log()
    program = cluster.nodewall.command("replay", "--apply", "--db", cluster.nodewall.db, "--node",
                                       "node-1")
    bounded = ["setpriv", "--bounding-set=-net_admin,-net_raw", "--inh-caps=-net_admin,-net_raw"]
    split = program.index(PROGRAM)
    bounded = [*program[:split], *bounded, *program[split:]]
    done = subprocess.run(bounded, capture_output=True, text=True, timeout=30)
    assert done.returncode not in (0, USAGE) and "CAP_NET" in done.stderr, done.stderr
