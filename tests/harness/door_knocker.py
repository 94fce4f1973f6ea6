"""The process behind door_watch.py: it tries doors without pause, and notes who got through.

    door_knocker.py PLAN, sockets inherited

Every `pace` seconds it sends the first packet of one more connection for each knock, numbered by TCP's
sequence number. A number that it reads again from a node's interface came; one that it reads from a pod's
got through. A line on its input asks for all that it noted: one line of JSON for each knock, of
[when it was sent, whether it came, whether it got through]. It ends with its input.
"""
import json
import os
import socket
import sys
import time
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from harness.frames import SYN, frame  # noqa: E402

PORTS = 10_000, 60_000  # source ports, used in turn
AT_ONCE = 512  # frames read between two rounds
TCP = 6
BUFFER = 32 << 20  # bytes: what comes while this process does not run


class Knocker:
    def __init__(self, plan):
        self._knocks = plan["knocks"]
        self._ways = [socket.socket(fileno=fd) for fd in plan["ways"]]
        self._came = [self._listener(fd) for fd in plan["came"]]
        self._passed = [self._listener(fd) for fd in plan["passed"]]
        self._pace, self._first = plan["pace"], plan["first_number"]
        self._sent = []  # of each number: [when, came, passed]; knocks take turns

    @staticmethod
    def _listener(fd):
        made = socket.socket(fileno=fd)
        made.setsockopt(socket.SOL_SOCKET, 33, BUFFER)  # SO_RCVBUFFORCE
        made.setblocking(False)
        return made

    def run(self):
        due = time.monotonic()
        os.set_blocking(sys.stdin.fileno(), False)
        while True:
            self._round()
            self._read()
            asked = self._asked()
            if asked == "":
                return
            if asked:
                self._tell()
            due = max(due + self._pace, time.monotonic() - self._pace)
            time.sleep(max(0, due - time.monotonic()))

    @staticmethod
    def _asked():
        """None: no; "": there is nobody any more to ask."""
        try:
            return os.read(sys.stdin.fileno(), 100).decode()
        except BlockingIOError:
            return None

    def _round(self):
        for index, knock in enumerate(self._knocks):
            number = len(self._sent)
            port = PORTS[0] + number // len(self._knocks) % (PORTS[1] - PORTS[0])
            made = frame(knock["source"], knock["destination"], "TCP", port, knock["port"],
                         [bytes.fromhex(mac) for mac in knock["macs"]], self._first + number)
            self._sent.append([time.monotonic(), False, False])
            try:
                self._ways[knock["way"]].send(made)
            except OSError:
                pass  # no room on the interface: the number never came

    def _read(self):
        for column, listeners in ((1, self._came), (2, self._passed)):
            for listener in listeners:
                for _ in range(AT_ONCE):
                    try:
                        number = number_of(listener.recv(2048))
                    except OSError:
                        break
                    if number is not None and 0 <= number - self._first < len(self._sent):
                        self._sent[number - self._first][column] = True

    def _tell(self):
        for index in range(len(self._knocks)):
            print(json.dumps(self._sent[index::len(self._knocks)]))
        sys.stdout.flush()


def number_of(packet):
    """The sequence number of a connection's first TCP packet; None: this frame has none."""
    kind = packet[12:14]
    if kind == b"\x08\x00" and len(packet) >= 34 and packet[23] == TCP:
        at = 14 + (packet[14] & 15) * 4
    elif kind == b"\x86\xdd" and len(packet) >= 54 and packet[20] == TCP:
        at = 54
    else:
        return None
    segment = packet[at:at + 14]
    return int.from_bytes(segment[4:8], "big") if len(segment) == 14 and segment[13] == SYN else None


if __name__ == "__main__":
    Knocker(json.loads(sys.argv[1])).run()
