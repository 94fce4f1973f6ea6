"""What runs in the namespaces of scripts/demo.

    demo_client.py serve PORT                 the web pod: answers each GET with a page
    demo_client.py dial ADDRESS PORT          says that it begins, then makes a new connection every
                                              millisecond until standard input ends; then a line of
                                              JSON: [[start, passed], ...] with the start in
                                              nanoseconds of CLOCK_MONOTONIC
"""
import http.server
import json
import selectors
import socket
import struct
import sys
import time

INTERVAL_NS = 1_000_000
# A connection that is not made by then was dropped: the kernel repeats a lost SYN after a second.
PATIENCE_NS = 500_000_000
DIALLED_MAX = 60_000
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Page(http.server.BaseHTTPRequestHandler):
    timeout = 1

    def do_GET(self):
        body = b"It works: this is pod apache-web\n"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.HTTPServer):
    request_queue_size = 4096

    def handle_error(self, *_):
        pass  # a client that reset its connection


class Dialler:
    def __init__(self, address, port):
        self._address, self._port = address, port
        self._selector = selectors.DefaultSelector()
        self._selector.register(sys.stdin, selectors.EVENT_READ)
        self._waiting = {}  # socket: when it was dialled, in order
        self.attempts = []

    def run(self):
        next_dial = time.monotonic_ns()
        while len(self.attempts) < DIALLED_MAX:
            now = time.monotonic_ns()
            if now >= next_dial:
                self._dial(now)
                next_dial = max(next_dial + INTERVAL_NS, now - 10 * INTERVAL_NS)
            self._give_up(now - PATIENCE_NS)
            for key, _ in self._selector.select(max(0, next_dial - time.monotonic_ns()) / 1e9):
                if key.fileobj is sys.stdin:
                    self._finish()
                    return
                self._settle(key.fileobj, key.fileobj.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0)

    def _dial(self, now):
        dialled = socket.socket()
        dialled.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        dialled.setblocking(False)
        dialled.connect_ex((self._address, self._port))
        self._selector.register(dialled, selectors.EVENT_WRITE)
        self._waiting[dialled] = now

    def _settle(self, dialled, passed):
        self.attempts.append((self._waiting.pop(dialled), passed))
        self._selector.unregister(dialled)
        dialled.close()

    def _give_up(self, before):
        while self._waiting:
            oldest, when = next(iter(self._waiting.items()))
            if when > before:
                return
            self._settle(oldest, False)

    def _finish(self):
        """The last ones get their time, too."""
        self._selector.unregister(sys.stdin)
        while self._waiting:
            for key, _ in self._selector.select(0.01):
                self._settle(key.fileobj, key.fileobj.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0)
            self._give_up(time.monotonic_ns() - PATIENCE_NS)


def main(verb, *arguments):
    if verb == "serve":
        Server(("", int(arguments[0])), Page).serve_forever()
    dialler = Dialler(arguments[0], int(arguments[1]))
    print("dialling", flush=True)
    dialler.run()
    print(json.dumps(sorted(dialler.attempts)))


if __name__ == "__main__":
    main(*sys.argv[1:])
