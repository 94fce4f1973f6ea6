"""A Debian root of its own in a network namespace of its own: nothing of the host's is touched."""
import os
import re
import shutil
import socket
import stat
import subprocess
import tempfile
from pathlib import Path

from harness.namespaces import Namespace, run

# Mounts end with the command: they are in a mount namespace of its own.
ENTER = """
mount --bind /dev "$0/dev" && mount -t proc proc "$0/proc" && exec chroot "$0" "$@"
"""
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root",
               "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
# What apt, dpkg and ldconfig write for every package, and what a real machine has in memory.
NOT_OURS = re.compile(r"/(run|proc|dev|tmp|var/(cache|log)|var/lib/(dpkg|apt))(/|$)"
                      r"|/etc/ld\.so\.cache$")


class CleanRoot:
    def __init__(self, archive):
        self.path = Path(tempfile.mkdtemp(prefix="nodewall-root-"))
        run("tar", "--extract", "--numeric-owner", "--file", archive, "--directory", self.path)
        self.network = Namespace("package")

    def close(self):
        self.network.close()
        shutil.rmtree(self.path)

    def command(self, *arguments):
        return self.network.command("unshare", "--mount", "--propagation", "private", "sh", "-c", ENTER,
                                    self.path, *arguments)

    def run(self, *arguments, text=None, timeout=120):
        """What the command says on both streams; it must succeed."""
        done = subprocess.run(self.command(*arguments), input=text or "", text=True, env=ENVIRONMENT,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)
        assert done.returncode == 0, f"{arguments}: exit {done.returncode}\n{done.stdout[-4000:]}"
        return done.stdout

    def install(self, package):
        """Through apt: what the package depends on must be there, the network is not."""
        shutil.copy(package, self.path / "root/nodewall.deb")
        return self.run("apt-get", "-q", "-y", "install", "/root/nodewall.deb")

    def apt(self, verb):
        return self.run("apt-get", "-q", "-y", verb, "nodewall")

    def files(self):
        """{path: mode and owner} of everything that a package might leave behind."""
        found = {}
        for folder, folders, files in os.walk(self.path):
            for name in [*folders, *files]:
                path = os.path.join(folder, name)
                shown = "/" + os.path.relpath(path, self.path)
                if not NOT_OURS.match(shown) and shown != "/root/nodewall.deb":
                    found[shown] = mode(path)
        return found

    def is_file(self, path):
        return not (self.path / path[1:]).is_dir()

    def rules(self):
        """The mangle tables and sets of this network, without comments and counters."""
        text = "".join(self.network.run(save, "-t", "mangle")
                       for save in ("iptables-legacy-save", "ip6tables-legacy-save"))
        lines = [re.sub(r" \[\d+:\d+\]$", "", line) for line in text.splitlines()
                 if not line.startswith("#")]
        return lines + sorted(self.network.run("ipset", "save").splitlines())

    def enforces(self):
        return any("NW-" in line for line in self.rules())


def mode(path):
    status = os.lstat(path)
    return stat.filemode(status.st_mode), status.st_uid, status.st_gid


class Unit:
    """The service, started by hand as systemd would start the installed unit."""

    def __init__(self, root):
        text = (root.path / "lib/systemd/system/nodewall.service").read_text()
        self._root, self._settings = root, dict(re.findall(r"(?m)^(\w+)=(.+)$", text))
        assert self._settings["Type"] == "notify"
        for kind, parent in (("Runtime", "run"), ("State", "var/lib")):
            folder = root.path / parent / self._settings[kind + "Directory"]
            folder.mkdir(exist_ok=True)
            folder.chmod(int(self._settings[kind + "DirectoryMode"], 8))
        self._told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._told.settimeout(30)
        self.notify = "/run/notify-%d" % id(self)
        self._told.bind(str(root.path) + self.notify)
        self._output = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            root.command("setpriv", "--bounding-set", self._capabilities(), "--inh-caps=-all",
                         "--no-new-privs", *self._settings["ExecStart"].split()),
            env={**ENVIRONMENT, "NOTIFY_SOCKET": self.notify}, umask=int(self._settings["UMask"], 8),
            stdin=subprocess.DEVNULL, stdout=self._output, stderr=self._output)

    def _capabilities(self):
        names = self._settings["CapabilityBoundingSet"].lower().replace("cap_", "+").split()
        return ",".join(["-all", *names])

    def said(self):
        self._output.seek(0)
        return self._output.read()

    def ready(self):
        while True:
            try:
                if b"READY=1" in self._told.recv(4096):
                    return self
            except TimeoutError:
                raise AssertionError("not ready: " + self.said()) from None

    def stop(self):
        """As systemd does it: TERM, and the time limit of the unit."""
        self.process.terminate()
        assert self.process.wait(int(self._settings["TimeoutStopSec"])) == 0, self.said()
        self.close()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._told.close()
        self._output.close()
        (self._root.path / self.notify[1:]).unlink(missing_ok=True)
