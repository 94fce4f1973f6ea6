"""The Debian package in a clean root: installed, started, upgraded, removed, purged."""
import fcntl
import json
import re
import shutil
import subprocess
import threading
import time

import pytest
from clean_root import CleanRoot, Unit, mode

from conftest import ROOT
from harness import objects
from harness.namespaces import run
from harness.objects import service_port

FILES = {
    "/etc/nodewall": "drwxr-xr-x",
    "/etc/nodewall/nodewall.yaml": "-rw-r--r--",
    "/usr/bin/nodewall": "-rwxr-xr-x",
    "/usr/lib/modules-load.d/nodewall.conf": "-rw-r--r--",
    "/usr/lib/systemd/system/nodewall.service": "-rw-r--r--",
    "/usr/lib/tmpfiles.d/nodewall.conf": "-rw-r--r--",
    "/usr/share/bash-completion/completions/nodewall": "-rw-r--r--",
    "/usr/share/doc/nodewall/OPERATIONS.md.gz": "-rw-r--r--",
    "/usr/share/doc/nodewall/copyright": "-rw-r--r--",
    "/usr/share/doc/nodewall/examples/nodewall.yaml": "-rw-r--r--",
    "/usr/share/fish/vendor_completions.d/nodewall.fish": "-rw-r--r--",
    "/usr/share/man/man5/nodewall.yaml.5.gz": "-rw-r--r--",
    "/usr/share/man/man8/nodewall.8.gz": "-rw-r--r--",
    "/usr/share/zsh/vendor-completions/_nodewall": "-rw-r--r--",
    "/var/lib/nodewall": "drwx------",
}
# What else may come: documents, and what Debian keeps of a unit.
OTHERS = ("/usr/share/doc/nodewall/", "/usr/share/lintian/overrides/nodewall",
          "/var/lib/systemd/deb-systemd-helper-enabled/nodewall.service.")
# An API server that is not there: what the log knows is all there is.
KUBECONFIG = {"apiVersion": "v1", "kind": "Config", "current-context": "c",
              "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:1"}}],
              "users": [{"name": "u", "user": {}}],
              "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]}
# systemd's part in the maintainer scripts: notes what it is asked, and how the rules were then.
SYSTEMCTL = """#!/bin/sh
nodewall check >/dev/null 2>&1
echo "rules=$? $*" >>/run/systemctl
"""


def cluster():
    """A Service with a NodePort, and a policy that shuts it."""
    pod = objects.pod("web-1", "web", ["10.42.0.2"], {"app": "web"}, [("http", 8080, "TCP")])
    return [objects.namespace("web"), objects.node("node-1", ["192.0.2.10"], ["10.42.0.0/24"]), pod,
            objects.service("web", "web", {"app": "web"}, [service_port(80, 8080, 30080)], families=(4,),
                            cluster_ips=["10.96.0.10"]),
            objects.endpoint_slice("web-4", "web", "web", 4, [("10.42.0.2", "node-1", "web-1")],
                                   [("", 8080, "TCP")]),
            objects.network_policy("deny", "web")]


def configure(root):
    """What the operator does between installing and starting, and what the cluster did since."""
    (root.path / "etc/kubernetes").mkdir()
    (root.path / "etc/kubernetes/nodewall.kubeconfig").write_text(json.dumps(KUBECONFIG))
    with open(root.path / "etc/nodewall/nodewall.yaml", "a") as file:
        file.write("node: node-1\n")
    root.run("nodewall", "import", "-",
             text=json.dumps({"apiVersion": "v1", "kind": "List", "items": cluster()}))


@pytest.fixture
def running(root, package):
    """The installed service, enforcing; stopped at the end if the test did not do so."""
    root.install(package)
    configure(root)
    unit = Unit(root)
    try:
        yield unit.ready()
    finally:
        unit.close()


@pytest.fixture(scope="module")
def installed(archive, package):
    """A root with nothing but the installed package, and its files before that; only to be read."""
    root = CleanRoot(archive)
    try:
        before = root.files()
        root.install(package)
        yield root, before
    finally:
        root.close()


def test_what_is_installed_and_for_whom(installed, package):
    root, before = installed
    found = root.files()
    assert {path: found.get(path) for path in FILES} == {path: (m, 0, 0) for path, m in FILES.items()}
    others = [path for path in set(found) - set(before) - set(FILES) if root.is_file(path)]
    assert [path for path in others if not path.startswith(OTHERS)] == []
    version = run("dpkg-deb", "-f", package, "Version").strip()
    assert root.run("nodewall", "--version") == f"nodewall {version}\n"
    assert root.run("dpkg-query", "-W", "-f", "${Conffiles}", "nodewall").split()[0] == \
        "/etc/nodewall/nodewall.yaml"


def test_the_words_are_readable_where_they_are_installed(installed):
    root, _ = installed
    for section, page, words in ((8, "nodewall", "explain --from"), (5, "nodewall.yaml", "gate.vitalPorts")):
        assert words in " ".join(root.run("man", "-E", "UTF-8", section, page).split())
    offered = root.run("bash", "-c", "source /usr/share/bash-completion/completions/nodewall; "
                       "COMP_WORDS=(nodewall re) COMP_CWORD=1; _nodewall; echo ${COMPREPLY[*]}")
    assert offered.split() == ["replay", "reset"]


def test_nothing_starts_before_an_operator_says_so(root, package):
    note_systemctl(root)
    root.install(package)
    assert [line.split(" ", 1)[1] for line in asked(root)] == ["daemon-reload"]
    assert not [path for path in root.files() if path.startswith("/etc/systemd") and "nodewall" in path]
    assert not root.enforces()


def test_rules_stay_through_an_upgrade_and_go_with_the_package(root, package, newer):
    before = root.files()
    root.install(package)
    configure(root)
    first = Unit(root).ready()
    try:
        rules = root.rules()
        assert root.enforces() and "30080" in "\n".join(rules)
        root.run("nodewall", "check")
        configuration = (root.path / "etc/nodewall/nodewall.yaml").read_text()

        root.install(newer)
        assert root.run("dpkg-query", "-W", "-f", "${Version}", "nodewall").endswith("+next")
        assert root.rules() == rules
        assert first.process.poll() is None, "the upgrade stopped it: " + first.said()
        assert (root.path / "etc/nodewall/nodewall.yaml").read_text() == configuration
    finally:
        first.stop()
    assert root.rules() == rules, "a stop keeps the rules"
    second = Unit(root).ready()
    try:
        assert root.rules() == rules
        root.run("nodewall", "check")
    finally:
        second.stop()

    root.apt("remove")
    assert not root.enforces(), root.rules()
    assert (root.path / "etc/nodewall/nodewall.yaml").exists()
    assert mode(root.path / "var/lib/nodewall/events.db") == ("-rw-------", 0, 0), "a removal keeps the log"

    root.apt("purge")
    shutil.rmtree(root.path / "etc/kubernetes")
    shutil.rmtree(root.path / "run/nodewall")  # systemd's own: RuntimeDirectory
    after = root.files()
    assert set(after) - set(before) == set() and set(before) - set(after) == set()
    assert after == before
    assert not list(root.path.glob("var/lib/dpkg/info/nodewall*")) + list(root.path.glob("run/*nodewall*"))


def note_systemctl(root):
    (root.path / "run/systemd/system").mkdir(parents=True)
    program = root.path / "usr/bin/systemctl"  # dpkg looks nowhere else
    program.write_text(SYSTEMCTL)
    program.chmod(0o755)


def asked(root):
    """What systemd was asked since the last time."""
    note = root.path / "run/systemctl"
    lines = note.read_text().splitlines() if note.exists() else []
    note.unlink(missing_ok=True)
    return [re.sub(r" --(system|quiet)\b", "", line) for line in lines]


def test_systemd_is_asked_to_restart_on_upgrade_and_to_stop_before_the_rules_go(root, running, newer):
    note_systemctl(root)
    root.install(newer)
    assert asked(root) == ["rules=0 daemon-reload", "rules=0 try-restart nodewall.service"]
    root.apt("remove")
    assert asked(root)[0] == "rules=0 stop nodewall.service"
    assert not root.enforces()


def test_a_removal_waits_for_the_lock_of_the_tables(root, running):
    running.stop()
    with open(root.path / "run/xtables.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        release = threading.Timer(3, fcntl.flock, (lock, fcntl.LOCK_UN))
        release.start()
        start = time.monotonic()
        root.apt("remove")
        release.join()
    assert time.monotonic() - start >= 3 and not root.enforces()


def test_a_removal_that_cannot_reset_says_so_and_goes_on(root, running):
    running.stop()
    (root.path / "run/xtables.lock").unlink(missing_ok=True)
    (root.path / "run/xtables.lock").mkdir()
    said = root.apt("remove")
    assert "rules that were in this kernel stay" in said and "xtables.lock" in said
    assert not (root.path / "usr/bin/nodewall").exists()


def test_the_package_has_the_version_of_the_program():
    project = re.search(r"version: '([\d.]+)'", (ROOT / "meson.build").read_text()).group(1)
    assert run("dpkg-parsechangelog", "-l", ROOT / "packaging/debian/changelog", "-S", "Version") == project + "\n"


def test_lintian_has_nothing_to_say(package):
    if not shutil.which("lintian"):
        pytest.skip("lintian is not installed")
    said = subprocess.run(["lintian", "--allow-root", "--no-cfg", package], capture_output=True, text=True,
                          timeout=120)
    assert said.stdout + said.stderr == "" and said.returncode == 0
