"""Network namespaces: made under a name of their own, entered by threads, always removed."""
import ctypes
import itertools
import os
import re
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor

CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)
_numbers = itertools.count()


def run(*command, **options):
    """Runs a command to its end; its output is in the exception where it fails."""
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True,
                          timeout=options.pop("timeout", 60), **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}"
                           f"{done.stderr}")
    return done.stdout


def remove_stale():
    """Removes namespaces whose test run was killed before it could."""
    for line in run("ip", "netns", "list").splitlines():
        found = re.match(r"nwt-(\d+)-", line)
        if found and not os.path.exists(f"/proc/{found.group(1)}"):
            run("ip", "netns", "delete", line.split()[0])


def _enter(path):
    with open(path) as handle:
        if _libc.setns(handle.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {path}")


class Namespace:
    """One network namespace with loopback up and IPv6 addresses usable at once."""

    def __init__(self, role):
        self.role = role
        self.name = f"nwt-{os.getpid()}-{next(_numbers)}-{role}"
        run("ip", "netns", "add", self.name)
        self._threads = ThreadPoolExecutor(4, initializer=_enter, initargs=(f"/run/netns/{self.name}",))
        self.ip("link", "set", "lo", "up")
        self.sysctl("net.ipv6.conf.all.accept_dad", 0)
        self.sysctl("net.ipv6.conf.default.accept_dad", 0)

    def close(self):
        for pid in run("ip", "netns", "pids", self.name).split():
            if int(pid) != os.getpid():
                os.kill(int(pid), 9)
        self._threads.shutdown()
        run("ip", "netns", "delete", self.name)

    def ip(self, *arguments):
        return run("ip", "-n", self.name, *arguments)

    def sysctl(self, key, value):
        self.call(_write, "/proc/sys/" + key.replace(".", "/"), str(value))

    def call(self, function, *arguments, **keywords):
        """Runs the function on a thread inside the namespace; sockets it makes belong there."""
        return self._threads.submit(function, *arguments, **keywords).result(timeout=60)

    def socket(self, family, kind, protocol=0):
        return self.call(socket.socket, family, kind, protocol)

    def command(self, *arguments):
        return ["ip", "netns", "exec", self.name, *map(str, arguments)]

    def run(self, *arguments, **options):
        return run(*self.command(*arguments), **options)


def _write(path, text):
    with open(path, "w") as handle:
        handle.write(text)


def connect(left, left_name, right, right_name):
    """A veth pair between two namespaces, both ends up."""
    left.ip("link", "add", left_name, "type", "veth", "peer", "name", right_name, "netns", right.name)
    left.ip("link", "set", left_name, "up")
    right.ip("link", "set", right_name, "up")
