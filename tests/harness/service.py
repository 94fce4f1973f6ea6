"""`nodewall run` in a network namespace."""
import http.client
import os
import signal
import subprocess
import tempfile
import time

from .nodewall import PROGRAM

LISTEN = ("127.0.0.1", 9731)


def eventually(check, seconds=15):
    """Repeats the check until it holds; the last failure if it never does."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return check()
        except (AssertionError, OSError, http.client.HTTPException):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


class Service:
    """The service beside its log. `nodewall` says which log, node and namespace."""

    def __init__(self, nodewall, *arguments, log_path, listen=LISTEN, socket=None, no_socket=False,
                 prefix=(), env=None):
        """Its socket is in a folder of its own unless one is named, or the default is wanted
        (`no_socket`). `prefix`: a command that execs what follows it."""
        self._nodewall, self._namespace = nodewall, nodewall.namespace
        self.log_path, self._listen = str(log_path), listen
        self._log = open(self.log_path, "ab")
        self._folder = tempfile.TemporaryDirectory(prefix="nwt-")  # a socket's path is short
        self.socket = socket or self._folder.name + "/nodewall.sock"
        command = nodewall.command("run", "--db", nodewall.db, "--node", nodewall.node, "--listen",
                                   "%s:%d" % listen, *arguments)
        if not no_socket:
            command += ["--socket", self.socket]
        if prefix:
            program = command.index(PROGRAM)
            command[program:program] = map(str, prefix)
        self.process = subprocess.Popen(command, stdout=self._log, stderr=self._log,
                                        stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})})

    def said(self):
        with open(self.log_path, errors="replace") as file:
            return file.read()

    def page(self, path):
        """(status, text) of a page of --listen."""
        return self._namespace.call(_get, self._listen, path)

    def status(self, *arguments, expect=0):
        """What `nodewall status` says of it."""
        return self._nodewall.call("status", "--socket", self.socket, *arguments, expect=expect)

    def ready(self):
        """Waits for readiness."""
        def check():
            assert self.process.poll() is None, f"ended with {self.process.returncode}: {self.said()}"
            status, text = self.page("/readyz")
            assert status == 200, text
        eventually(check, 30)
        return self

    def metric(self, name):
        """The sum of a metric over its labels."""
        lines = [line for line in self.page("/metrics")[1].splitlines() if line.startswith(name)]
        assert lines, name
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, number=signal.SIGTERM):
        """Ends it by a signal; how long that took in seconds."""
        start = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(20)
        assert code == 0, f"ended with {code}: {self.said()[-3000:]}"
        return time.monotonic() - start

    def close(self):
        if self.process.poll() is None:
            self.kill()
        self._log.close()
        self._folder.cleanup()


def _get(listen, path):
    connection = http.client.HTTPConnection(*listen, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()

