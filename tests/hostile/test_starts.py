"""Every way in which the service starts (docs/STARTS.md), with a sender that never stops: from the first step
to the last the kernel is never more open than what stood there, and whom the victim admits is admitted."""
import contextlib
import os
import signal
import sqlite3
import time

import pytest

from harness.api_server import READER
from harness.service import eventually



@pytest.fixture
def watched(guarded):
    """(victim, watch): the door is guarded and being tried."""
    with guarded.watch() as watch:
        watch.wait()
        yield guarded, watch


def unharmed(watched):
    victim, watch = watched
    watch.wait(150)
    watch.never_open()
    watch.admitted_never_refused()
    victim.as_it_should_be()


def start_again(victim, *arguments, ready=True):
    victim.service = victim.cluster.run_service(*arguments, ready=ready)
    return victim.service


@contextlib.contextmanager
def api_server_away(victim):
    """To nodewall, which reads its kubeconfig again before each attempt: nobody listens there."""
    api, path = victim.cluster.api, victim.cluster.kubeconfig
    api.kubeconfig(path, server="https://127.0.0.1:6444")
    try:
        yield
    finally:
        api.kubeconfig(path)


def new_log(victim, name="new"):
    victim.cluster.nodewall.db = f"{victim.cluster.log_folder}/{name}/nodewall.db"


# ---- with what the log knows ------------------------------------------------------------------------


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_restart(watched, end):
    victim, _ = watched
    victim.service.process.send_signal(end)
    victim.service.process.wait(20)
    start_again(victim)
    unharmed(watched)


def test_a_boot_without_the_api_server(victim):
    """The kernel is empty, the log is not: shut before it says that it enforces, whoever answers."""
    victim.guard().stop()
    victim.cluster.nodewall.call("reset")
    with victim.watch() as watch:
        with api_server_away(victim):
            service = start_again(victim, ready=False)
            watch.wait_shut()
            shut = time.monotonic()
            assert service.page("/readyz")[0] == 503
            watch.wait(150)
        service.ready()
        watch.never_open(since=shut)
        watch.admitted_never_refused()


def test_a_changed_node_name(watched):
    """NodePorts are every node's: the log's heads are compiled for the other name, which has no Node."""
    victim, watch = watched
    victim.service.stop()
    victim.cluster.nodewall.node = "node-9"
    try:
        service = start_again(victim, ready=False)
        eventually(lambda: expect_waiting(service, "node-9"))
        watch.wait(150)
        watch.never_open()
        watch.admitted_never_refused()
    finally:
        victim.cluster.nodewall.node = "node-1"
        service.stop()
    start_again(victim)
    unharmed(watched)


def expect_waiting(service, word):
    status, text = service.page("/readyz")
    assert status == 503 and word in text, text


def test_a_changed_layout_in_the_kernel(watched):
    """As after an upgrade whose layout differs: every chain and every map is laid out anew."""
    victim, _ = watched
    victim.service.stop()
    config = victim.cluster.log_folder + "/nodewall.yaml"
    with open(config, "w") as file:
        file.write("iptables: {markMask: 0xff0000}\n")
    start_again(victim, "--config", config).stop()
    start_again(victim)
    unharmed(watched)


def test_a_reload(watched):
    victim, _ = watched
    victim.service.stop()
    config = victim.cluster.log_folder + "/nodewall.yaml"
    for gate in ("{alwaysAdmit: [203.0.113.77/32]}", "{nodePortAddresses: [0.0.0.0/0]}",
                 "{serviceProxies: [another], vitalPorts: []}", "{}"):
        with open(config, "w") as file:
            file.write(f"gate: {gate}\n")
        if victim.service.process.poll() is None:
            victim.service.process.send_signal(signal.SIGHUP)
        else:
            start_again(victim, "--config", config)
        time.sleep(0.5)
    unharmed(watched)


def test_a_downgrade(watched):
    """A log of a newer format is refused; the rules stay as they are."""
    victim, watch = watched
    victim.service.stop()
    with contextlib.closing(sqlite3.connect(victim.cluster.nodewall.db)) as log:
        (version,) = log.execute("PRAGMA user_version").fetchone()
        log.execute(f"PRAGMA user_version = {version + (1 << 16)}")
        log.commit()
    service = start_again(victim, ready=False)
    assert service.process.wait(20) != 0
    watch.wait(150)
    watch.never_open()
    with contextlib.closing(sqlite3.connect(victim.cluster.nodewall.db)) as log:
        log.execute(f"PRAGMA user_version = {version}")
        log.commit()
    start_again(victim)
    unharmed(watched)


# ---- with a log that knows nothing ------------------------------------------------------------------


def lost(victim):
    new_log(victim)


def empty_file(victim):
    new_log(victim)
    os.makedirs(os.path.dirname(victim.cluster.nodewall.db))
    with open(victim.cluster.nodewall.db, "wb"):
        pass


def set_aside(victim):
    """As docs/OPERATIONS.md has it done with a damaged log."""
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.rename(victim.cluster.nodewall.db + suffix, victim.cluster.nodewall.db + ".old" + suffix)


@pytest.mark.parametrize("lose", [lost, empty_file, set_aside])
def test_a_log_that_knows_nothing(watched, lose):
    victim, _ = watched
    victim.service.stop()
    lose(victim)
    start_again(victim)
    unharmed(watched)


@pytest.mark.parametrize("lose", [lost, empty_file])
def test_a_log_that_knows_nothing_while_the_api_server_is_away(watched, lose):
    victim, watch = watched
    victim.service.stop()
    lose(victim)
    with api_server_away(victim):
        service = start_again(victim, ready=False)
        watch.wait(500)
        watch.never_open()
    service.ready()
    unharmed(watched)


@pytest.fixture
def forbidden(api_cluster):
    """nodewall may not list NetworkPolicies, until it is called."""
    role = {**READER[0], "rules": [rule for rule in READER[0]["rules"]
                                   if rule["apiGroups"] != ["networking.k8s.io"]]}
    everything = READER[0]["rules"]

    def allow():
        api_cluster.api.patch(role, {"rules": everything})

    def forbid():
        api_cluster.api.patch(role, {"rules": role["rules"]})
    try:
        yield forbid, allow
    finally:
        allow()


def expect_forbidden(service):
    status, text = service.page("/readyz")
    assert status == 503 and "403" in text, text


def test_a_first_list_that_fails_for_ever(watched, forbidden):
    """All other kinds are listed, without the policies: nothing of it is enforced, at the next start
    neither, which finds a first list that was interrupted."""
    victim, watch = watched
    forbid, allow = forbidden
    victim.service.stop()
    new_log(victim)
    forbid()
    for _ in range(2):
        service = start_again(victim, ready=False)
        eventually(lambda: expect_forbidden(service))
        watch.wait(500)
        watch.never_open()
        watch.admitted_never_refused()
        service.kill()
    allow()
    start_again(victim)
    unharmed(watched)


def test_a_list_that_fails_for_ever_where_the_log_knows(watched, forbidden, patience):
    """What the log knew is enforced, and what the other kinds bring."""
    victim, watch = watched
    forbid, allow = forbidden
    victim.service.stop()
    forbid()
    service = start_again(victim, ready=False)
    eventually(lambda: expect_forbidden(service))
    watch.wait(500)
    watch.never_open()
    watch.admitted_never_refused()
    allow()
    service.ready()
    unharmed(watched)
    victim.shuts_in_time(watch, patience)


def test_a_first_start(victim):
    """Nothing stands and nothing is known: open, until every kind has been listed, and shut from then on."""
    with victim.watch() as watch:
        watch.wait()
        watch.admitted_never_refused("refused")
        start_again(victim)
        watch.wait_shut()
        shut = time.monotonic()
        watch.wait(150)
        watch.never_open(since=shut)
        watch.admitted_never_refused()


# ---- with another cluster's -------------------------------------------------------------------------


def test_another_cluster(watched):
    """Another UID of kube-system: everything is listed anew, and what was enforced stays until then."""
    victim, _ = watched
    victim.service.stop()
    victim.cluster.api.become_another_cluster()
    service = start_again(victim)
    assert "another cluster" in service.said()
    assert victim.cluster.nodewall.events("--type", "CLUSTER")
    unharmed(watched)
