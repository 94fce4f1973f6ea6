"""The evaluator of printed rules, before it judges nodewall's: against what iptables(8) and ipset(8) say,
and against the kernel, with rules that mean nothing. NODEWALL_SEED=N repeats one seed."""
import random

import pytest

from harness.random_rules import OWN, random_packets, random_rules
from harness.ruleset import Packet, Ruleset, kernel_ruleset
from harness.seeds import ALONE, seeds
from harness.wire import Wire

RULES = """# iptables-legacy-save, IPv4
*mangle
:OURS - [0:0]
:GONE - [0:0]
:CALLED - [0:0]
:TREE - [0:0]
-A PREROUTING -j OURS
-A OURS -i lo -j RETURN
-A OURS -j CALLED
-A OURS -p udp -g GONE
-A OURS -m set --match-set NETS src,dst -j DROP
-A OURS -m addrtype --dst-type LOCAL -j SET --map-set DOORS dst,dst --map-mark
-A OURS -m mark ! --mark 0x0/0x30ff -j TREE
-A OURS -m mark ! --mark 0x0/0x30ff -j MARK --set-xmark 0x0/0x30ff
-A GONE -p udp -m multiport --dports 53,54 -j RETURN
-A GONE -j DROP
-A CALLED -d 192.0.2.1/32 -p sctp -j DROP
-A TREE -m mark --mark 0x1/0xff -j NFLOG --nflog-group 5
-A TREE -m mark --mark 0x1000/0x3000 -m set --match-set PEERS src -j RETURN
-A TREE -j DROP
COMMIT
# ip6tables-legacy-save, IPv6
*mangle
COMMIT
# ipset save
create NETS hash:net,port family inet maxelem 1048576 skbinfo
create DOORS hash:ip,port family inet maxelem 1048576 skbinfo
create MANY hash:ip family inet maxelem 1048576
create PEERS list:set size 65535
add NETS 10.0.0.0/8,tcp:80
add DOORS 192.0.2.1,tcp:30080 skbmark 0x1001/0x30ff
add DOORS 192.0.2.1,tcp:30081 skbmark 0x2001/0x30ff
add MANY 10.0.0.1
add PEERS MANY
"""


@pytest.fixture(scope="module")
def wire():
    made = Wire(OWN.values())
    try:
        yield made
    finally:
        made.close()


def load(wire, text):
    """As the tools themselves read what they print."""
    _, ipv4, ipv6, sets = [part.split("\n", 1)[-1] for part in text.split("# ip")]
    for tool in ("iptables-legacy", "ip6tables-legacy"):
        wire.node.run(tool, "-t", "mangle", "-F")
        wire.node.run(tool, "-t", "mangle", "-X")
    wire.node.run("ipset", "restore", input="flush\ndestroy\n")  # a list lets go of its sets first
    wire.node.run("ipset", "restore", input=sets)
    wire.node.run("iptables-legacy-restore", input=ipv4)
    wire.node.run("ip6tables-legacy-restore", input=ipv6)


CASES = [
    (("eth0", "10.0.0.1", "192.0.2.9", "TCP", 80, False), False),
    (("eth0", "11.0.0.1", "192.0.2.9", "TCP", 80, False), True),
    (("lo", "10.0.0.1", "192.0.2.9", "TCP", 80, False), True),
    # What returns from a chain that was gone to does not come back to the rule behind.
    (("eth0", "10.0.0.1", "192.0.2.9", "UDP", 54, False), True),
    (("eth0", "10.0.0.1", "192.0.2.9", "UDP", 80, False), False),
    (("eth0", "10.0.0.1", "192.0.2.1", "SCTP", 80, True), False),
    (("eth0", "10.0.0.1", "192.0.2.1", "TCP", 30080, True), True),
    (("eth0", "10.0.0.2", "192.0.2.1", "TCP", 30080, True), False),
    (("eth0", "10.0.0.1", "192.0.2.1", "TCP", 30081, True), False),
    (("eth0", "10.0.0.2", "192.0.2.1", "TCP", 30082, True), True),
    (("eth0", "fd00::1", "fd00::2", "TCP", 80, False), True),
]


@pytest.mark.parametrize("packet,passes", CASES)
def test_rules_are_evaluated_as_the_manuals_say(packet, passes):
    said, mark = Ruleset(RULES).judge(Packet(*packet))
    assert said == passes and (mark == 0 or not passes), "who passes bears no mark"


def test_the_kernel_says_the_same(wire):
    load(wire, RULES)
    assert wire.passed(Packet(*packet) for packet, _ in CASES) == [passes for _, passes in CASES]


def test_a_rule_that_returns_from_a_jump_goes_on_behind_it_and_from_a_goto_does_not():
    text = RULES.replace("-A OURS -p udp -g GONE", "-A OURS -p udp -{} GONE\n-A OURS -p udp -j DROP")
    asked = Packet("eth0", "10.0.0.1", "192.0.2.9", "UDP", 54, False)
    assert Ruleset(text.replace("-{}", "-g")).passes(asked)
    assert not Ruleset(text.replace("-{}", "-j")).passes(asked)


def test_of_two_blocks_the_smaller_one_gives_its_mark():
    text = RULES.replace("DOORS hash:ip,port", "DOORS hash:net,port").replace(
        "add DOORS 192.0.2.1,tcp:30080 skbmark 0x1001",
        "add DOORS 128.0.0.0/1,tcp:30080 skbmark 0x2001\nadd DOORS 192.0.2.1,tcp:30080 skbmark 0x1001")
    asked = Packet("eth0", "10.0.0.1", "192.0.2.1", "TCP", 30080, True)
    assert Ruleset(text).passes(asked)
    assert not Ruleset(text.replace("add DOORS 192.0.2.1,", "add DOORS 192.0.2.2,")).passes(asked)


@pytest.mark.parametrize("unknown", [
    "-A OURS -s 10.0.0.1 -j DROP", "-A OURS -m limit --limit 1/sec -j DROP", "-A OURS -j NOWHERE",
    "-A OURS -j MARK --or-mark 1", "-A OURS -j SET --add-set MANY src", "-A ELSEWHERE -j DROP"])
def test_what_the_evaluator_does_not_know_is_an_error(unknown):
    with pytest.raises((AssertionError, KeyError, ValueError)):
        Ruleset(RULES.replace("-A OURS -j CALLED", unknown))


@pytest.mark.parametrize("unknown", [
    "create OTHER bitmap:port range 0-65535", "add OTHER 10.0.0.1", "add PEERS PEERS", "add MANY 10.0.0.1",
    "add MANY 10.0.0.2 skbmark 0x1", "add MANY 10.0.0.0/24", "add NETS 0.0.0.0/0,tcp:80"])
def test_a_set_that_the_kernel_would_not_make_is_an_error(unknown):
    with pytest.raises((AssertionError, KeyError, ValueError)):
        Ruleset(RULES + unknown + "\n")


def test_random_rules_are_evaluated_as_by_the_kernel(wire):
    asked = passed = marked = 0
    for seed in seeds(25):
        chance = random.Random(seed)
        text = random_rules(chance)
        packets = random_packets(chance, 200)
        load(wire, text)
        rules = Ruleset(text)
        for packet, met in zip(packets, wire.judge(packets), strict=True):
            said = rules.judge(packet)
            assert (said if said[0] else (False, 0)) == met, f"NODEWALL_SEED={seed} {packet}\n{text}"
            asked, passed, marked = asked + 1, passed + met[0], marked + (met[1] != 0)
    if not ALONE:
        assert asked / 5 < passed < asked * 4 / 5 and marked > asked / 10, (asked, passed, marked)
