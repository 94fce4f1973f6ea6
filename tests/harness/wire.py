"""A node at the end of a wire, and who gets through its mangle PREROUTING: thousands of connections a
second, from any source to any destination, without a server, a client or a route for any of them.

A frame with each connection's first packet is put on the wire, or on the node's loopback. Rules of
nftables around mangle's place note its source port, which is its number: of those that came, and, with
their marks, of those that passed.
"""
import itertools
import json
import socket
import threading
import time

from .frames import frame
from .namespaces import Namespace, connect, remove_stale

FIRST, AT_ONCE = 10_000, 20_000  # source ports; packets in one round
SECONDS = 10
NUMBERS = range(FIRST, 60_000)
PACE = 25, 0.001  # so many packets, then a rest: during an action they do not have the processor alone

# mangle is at -150, dstnat at -100.
NOTES = """table inet notes {
    set came { type inet_service; flags dynamic; size 65535; }
    set passed { type inet_service . mark; flags dynamic; size 65535; }
    chain before {
        type filter hook prerouting priority -160
        meta mark set MARK
        meta l4proto { tcp, udp, sctp } add @came { th sport }
    }
    chain behind {
        type filter hook prerouting priority -120
        meta l4proto { tcp, udp, sctp } add @passed { th sport . meta mark }
    }
}
"""
FORGET = "flush set inet notes came; flush set inet notes passed"


class Wire:
    def __init__(self, addresses, role="wire", mark=0):
        """`addresses`: the node's own. `mark`: what somebody before us leaves in every packet."""
        remove_stale()
        self.node = Namespace(role)
        self._far = Namespace(role + "-far")
        connect(self.node, "eth0", self._far, "eth0")
        for address in addresses:
            length = "/128" if ":" in address else "/32"
            self.node.ip("address", "add", address + length, "dev", "eth0")
        self.node.run("nft", "-f", "-", input=NOTES.replace("MARK", str(mark)))
        macs = self._mac(self.node), self._mac(self._far)
        self._ways = {"lo": (self._raw(self.node, "lo"), (bytes(6), bytes(6))),
                      "eth0": (self._raw(self._far, "eth0"), macs)}

    def close(self):
        for made, _ in self._ways.values():
            made.close()
        self.node.close()
        self._far.close()

    @staticmethod
    def _mac(namespace):
        (link,) = json.loads(namespace.ip("-j", "link", "show", "eth0"))
        return bytes.fromhex(link["address"].replace(":", ""))

    @staticmethod
    def _raw(namespace, interface):
        made = namespace.socket(socket.AF_PACKET, socket.SOCK_RAW)
        made.bind((interface, 0))
        return made

    def passed(self, packets):
        """Whether each packet passed."""
        return [passed for passed, _ in self.judge(packets)]

    def judge(self, packets):
        """(whether it passed, the mark that it then had, 0 for one that was dropped) for each packet."""
        packets = list(packets)
        made = []
        for first in range(0, len(packets), AT_ONCE):
            made += self._round(packets[first:first + AT_ONCE])
        return made

    def _round(self, packets):
        self.node.run("nft", FORGET)
        missing, deadline = range(FIRST, FIRST + len(packets)), time.monotonic() + SECONDS
        while missing:  # one that found no room in a queue is sent again
            assert time.monotonic() < deadline, f"{len(missing)} packets never came"
            for number in missing:
                self._send(packets[number - FIRST], number)
            came, passed = self._noted()
            missing = [number for number in missing if number not in came]
        return [(number in passed, passed.get(number, 0)) for number in range(FIRST, FIRST + len(packets))]

    def during(self, action, connections):
        """Sends the first packets of the connections over and over until the action has ended and all of
        them were sent once more. `connections`: tuples that begin with the packet. For each that was sent:
        (the tuple, whether the packet passed)."""
        self.node.run("nft", FORGET)
        done, failed = threading.Event(), []
        acting = threading.Thread(target=_act, args=(action, done, failed))
        acting.start()
        sent, last = 0, len(NUMBERS)
        while sent < last:
            if done.is_set():
                last = min(last, sent + len(connections))
                done.clear()
            self._send(connections[sent % len(connections)][0], NUMBERS[sent])
            sent += 1
            if sent % PACE[0] == 0 and acting.is_alive():
                time.sleep(PACE[1])
        acting.join()
        assert not failed, failed
        assert last < len(NUMBERS), "the action took longer than there are packets"
        came, passed = self._noted()
        return [(c, FIRST + n in passed) for n, c in zip(range(sent), itertools.cycle(connections))
                if FIRST + n in came]

    def _frame(self, packet, number):
        way, macs = self._ways[packet.interface]
        return way, frame(packet.source, packet.destination, packet.protocol, number, packet.port, macs)

    def _send(self, packet, number):
        way, made = self._frame(packet, number)
        way.send(made)

    def _noted(self):
        """The numbers of those that came, and by number the marks of those that passed."""
        said = json.loads(self.node.run("nft", "-j", "list", "table", "inet", "notes"))
        sets = [part["set"] for part in said["nftables"] if "set" in part]
        noted = {s["name"]: s.get("elem", []) for s in sets}
        return set(noted["came"]), dict(element["concat"] for element in noted["passed"])


def _act(action, done, failed):
    try:
        action()
    except Exception as error:  # told on the thread that waits
        failed.append(error)
    done.set()
