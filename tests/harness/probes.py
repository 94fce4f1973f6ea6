"""Real connections: servers in pods that say who answers, and clients that ask.

A probe's answer is the name of the server that answered, DROPPED where nothing came back, or
REFUSED where the other end said no (nobody listens there: not a firewall's doing).
"""
import itertools
import os
import selectors
import socket
import struct
import threading
import time

from . import sctp

DROPPED = "nothing came back"
REFUSED = "connection refused"

# A packet that is let through is there within a millisecond; this long is waited for one that
# should not come, and OPEN_SECONDS for one that should.
SHUT_SECONDS = 0.3
OPEN_SECONDS = 5.0
NAME_BYTES_MAX = 1000  # of an answer: names of pods are long

_tags = itertools.count(int.from_bytes(os.urandom(3), "big"))


def _family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


class Servers:
    """TCP, UDP and SCTP servers, all on one thread. SCTP's only look at what arrives."""

    def __init__(self):
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        self._selector.register(self._woken, selectors.EVENT_READ, None)
        self._tags = {}
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self):
        self._wake.send(b"x")
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()
        self._wake.close()

    def add(self, namespace, name, protocol, port):
        """Listens on both families; answers with `name`."""
        for family in (socket.AF_INET, socket.AF_INET6):
            if protocol == "SCTP":
                listener = namespace.socket(family, socket.SOCK_RAW, sctp.PROTOCOL)
            else:
                kind = socket.SOCK_STREAM if protocol == "TCP" else socket.SOCK_DGRAM
                listener = namespace.socket(family, kind)
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                listener.bind(("", port))
                if protocol == "TCP":
                    listener.listen(64)
            listener.setblocking(False)
            self._selector.register(listener, selectors.EVENT_READ, (name, protocol, port, family))

    def sctp_arrival(self, tag, seconds):
        """Who got the INIT with this tag."""
        deadline = time.monotonic() + seconds
        while tag not in self._tags and time.monotonic() < deadline:
            time.sleep(0.005)
        return self._tags.get(tag)

    def _serve(self):
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    return
                try:
                    self._answer(key.fileobj, *key.data)
                except OSError:
                    pass  # the client went away

    def _answer(self, listener, name, protocol, port, family):
        if protocol == "TCP":
            connection, _ = listener.accept()
            with connection:
                connection.sendall(name.encode())
        elif protocol == "UDP":
            data, client = listener.recvfrom(100)
            listener.sendto(name.encode() + b" " + data, client)
        else:
            packet = listener.recv(4096)
            version = 4 if family == socket.AF_INET else 6
            if sctp.port_of(packet, version) == port:
                self._tags[sctp.init_tag(packet, version)] = name


class Probe:
    """Asks from one namespace, optionally from one of its addresses."""

    def __init__(self, servers, namespace, source=None):
        self._servers, self._namespace, self._source = servers, namespace, source

    def ask(self, protocol, address, port, seconds):
        return getattr(self, "_" + protocol.lower())(address, port, seconds)

    def _socket(self, address, kind, protocol=0):
        made = self._namespace.socket(_family(address), kind, protocol)
        if self._source:
            made.bind((self._source, 0))
        return made

    def _tcp(self, address, port, seconds):
        with self._socket(address, socket.SOCK_STREAM) as client:
            # A reset instead of TIME_WAIT: the next probe meets no entry of this one.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.settimeout(seconds)
            try:
                client.connect((address, port))
                client.settimeout(OPEN_SECONDS)
                return client.recv(NAME_BYTES_MAX).decode()
            except TimeoutError:
                return DROPPED
            except ConnectionRefusedError:
                return REFUSED

    def _udp(self, address, port, seconds):
        with self._socket(address, socket.SOCK_DGRAM) as client:
            token = str(next(_tags)).encode()
            deadline = time.monotonic() + seconds
            client.connect((address, port))
            while True:
                try:
                    client.send(token)
                    client.settimeout(max(0.01, min(0.2, deadline - time.monotonic())))
                    name, _, echoed = client.recv(NAME_BYTES_MAX).partition(b" ")
                    if echoed == token:
                        return name.decode()
                except TimeoutError:
                    if time.monotonic() >= deadline:
                        return DROPPED
                except ConnectionRefusedError:
                    return REFUSED

    def _sctp(self, address, port, seconds):
        with self._socket(address, socket.SOCK_RAW, sctp.PROTOCOL) as client:
            tag = next(_tags)
            packet = sctp.init_packet(20000 + tag % 40000, port, tag)
            client.sendto(packet, (address, 0))
            return self._servers.sctp_arrival(tag, seconds) or DROPPED
