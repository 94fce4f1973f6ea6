"""Doors that are tried without pause while something happens: how long was one open, how long shut.

Another process sends (door_knocker.py), so that what a test does meanwhile costs no packet. Times are of
CLOCK_MONOTONIC, which both processes read.
"""
import json
import random
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from .network import Host

PACE = 0.002  # seconds between two tries of each knock
UNDERWAY = 0.25  # seconds after which a packet that did not arrive never will
SECONDS = 60
NOTHING, EVERYTHING = 0, 3  # what a packet socket hears (ETH_P_ALL)
LOST = 0.05  # the share of packets that may be lost before they reach the node


@dataclass
class Knock:
    """A client that dials TCP `port` of `destination`, through the node's `interface`."""
    name: str
    client: Host
    interface: str
    destination: str
    port: int
    source: str = None  # if not the client's own address


class DoorWatch:
    """From construction to close()."""

    def __init__(self, node, knocks, pods, pace=PACE):
        """`node`: its namespace; `pods`: the hosts behind the doors."""
        self._names = [knock.name for knock in knocks]
        ways = [_raw(knock.client.namespace, "eth0", NOTHING) for knock in knocks]
        came = [_raw(node, name) for name in sorted({knock.interface for knock in knocks})]
        passed = [_raw(pod.namespace, "eth0") for pod in pods]
        plan = {"pace": pace, "first_number": random.getrandbits(30) + 1, "knocks": [{
            "way": index, "port": knock.port, "destination": knock.destination,
            "source": knock.source or knock.client.address(6 if ":" in knock.destination else 4),
            "macs": [_mac(node, knock.interface), _mac(knock.client.namespace, "eth0")]}
            for index, knock in enumerate(knocks)]}
        sockets = ways + came + passed
        for key, made in (("ways", ways), ("came", came), ("passed", passed)):
            plan[key] = [one.fileno() for one in made]
        self._process = subprocess.Popen(
            [sys.executable, "-B", Path(__file__).with_name("door_knocker.py"), json.dumps(plan)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[one.fileno() for one in sockets])
        for one in sockets:
            one.close()
        self.wait()

    def close(self):
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process.stdin.close()
            self._process.stdout.close()
            self._process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # ---- what was seen ------------------------------------------------------------------------------

    def tries(self, name, since=0.0, until=None):
        """(when it was sent, whether it got through) of each try that reached the node in that time."""
        end = time.monotonic() - UNDERWAY
        if until is not None and until > end:
            time.sleep(until - end)
        until = end if until is None else until
        self._process.stdin.write(b"?\n")
        self._process.stdin.flush()
        lines = [self._process.stdout.readline() for _ in self._names]
        assert all(lines), "the process that tries the doors has ended"
        noted = [t for t in json.loads(lines[self._names.index(name)]) if since <= t[0] <= until]
        arrived = [(when, passed) for when, came, passed in noted if came]
        assert len(arrived) >= len(noted) * (1 - LOST), f"{len(noted) - len(arrived)} of {len(noted)} lost"
        return arrived

    def wait(self, tries=50):
        """Until so many more tries of each knock have been made and noted."""
        start, deadline = time.monotonic(), time.monotonic() + SECONDS
        while any(len(self.tries(name, start)) < tries for name in self._names):
            assert time.monotonic() < deadline, "nobody tries the doors"
            time.sleep(0.05)

    def longest(self, name, passed, since=0.0, until=None):
        """Seconds from the first to the last of the longest row of tries that all got through, or that
        all did not; a single one counts as the pace."""
        longest, first = 0.0, None
        for when, got_through in self.tries(name, since, until):
            first = (when if first is None else first) if got_through == passed else None
            if first is not None:
                longest = max(longest, when - first + PACE)
        return longest

    # ---- what must hold -----------------------------------------------------------------------------

    def never_open(self, name="refused", since=0.0, until=None):
        tries = self.tries(name, since, until)
        opened = [when for when, got_through in tries if got_through]
        assert tries, f"{name}: not tried"
        assert not opened, (f"{name}: open to {len(opened)} of {len(tries)} tries, the longest time "
                            f"{self.longest(name, True, since, until):.3f} s")

    def admitted_never_refused(self, name="admitted", since=0.0, until=None):
        tries = self.tries(name, since, until)
        lost = [when for when, got_through in tries if not got_through]
        assert tries, f"{name}: not tried"
        assert not lost, (f"{name}: shut to {len(lost)} of {len(tries)} tries, the longest time "
                          f"{self.longest(name, False, since, until):.3f} s")

    def last_open(self, since, name="refused"):
        """Seconds after `since` at which the last try that got through was sent; 0: none did."""
        return max((when - since for when, got_through in self.tries(name, since) if got_through), default=0.0)

    def shut_within(self, seconds, since, name="refused"):
        """Of the victim's own change, whose request ended at `since` (time.monotonic())."""
        self.wait()
        taken = self.last_open(since, name)
        assert taken <= seconds, f"{name}: still open {taken:.3f} s after the change, {seconds:.3f} s allowed"
        return taken

    def wait_shut(self, name="refused", seconds=30):
        """Until fifty tries in a row did not get through."""
        deadline = time.monotonic() + seconds
        while True:
            last = self.tries(name)[-50:]
            if len(last) == 50 and not any(got_through for _, got_through in last):
                return
            assert time.monotonic() < deadline, f"{name}: not shut after {seconds} s"
            time.sleep(0.05)


def _raw(namespace, interface, protocol=EVERYTHING):
    made = namespace.socket(socket.AF_PACKET, socket.SOCK_RAW)
    made.bind((interface, protocol))
    return made


def _mac(namespace, interface):
    (link,) = json.loads(namespace.ip("-j", "link", "show", interface))
    return link["address"].replace(":", "")
