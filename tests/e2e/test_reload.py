"""HUP: a running service reads its configuration again."""
import os
import signal
import time

import pytest

from harness.service import eventually
from harness.service_manager import ServiceManager


@pytest.fixture
def manager(tmp_path_factory):
    made = ServiceManager(tmp_path_factory.mktemp("m"))
    yield made
    made.close()


def write(small, text):
    path = small.folder / "nodewall.yaml"
    path.write_text(text)
    return path


def reload(service):
    """Sends HUP; what the service said about it."""
    before = len(service.said())
    service.process.send_signal(signal.SIGHUP)

    def told():
        said = service.said()[before:]
        assert "reload: changed" in said or "nothing changes" in said or "stays in force" in said, said
        return said
    return eventually(told)


def configured(small):
    return small.nodewall.events("--type", "CONFIGURED")


def test_a_changed_gate_is_recorded_first_and_then_applied(small):
    config = write(small, "gate: {vitalPorts: [22]}\n")
    service = small.run("--config", config)
    before = len(configured(small))
    first = service.status("-o", "json").json()["applied"]
    config.write_text("gate: {vitalPorts: [22, 8443], alwaysAdmit: [192.0.2.0/24]}\nlogLevel: debug\n")
    said = reload(service)
    assert "changed gate.alwaysAdmit, gate.vitalPorts, logLevel" in said

    def applied():
        act = small.nodewall.events("--type", "APPLIED")[-1]
        assert act["body"]["digest"] != first["digest"]
        assert service.status("-o", "json").json()["applied"]["digest"] == act["body"]["digest"]
        return act
    act = eventually(applied)
    acts = configured(small)
    assert len(acts) == before + 1
    assert acts[-1]["body"]["settings"]["vitalPorts"] == [22, 8443]
    assert acts[-1]["seq"] <= act["body"]["seq"] < act["seq"], "log first"
    small.nodewall.check_all()
    reload(service)
    assert len(configured(small)) == before + 1, "the same again is no news"
    service.stop()
    restarted = small.run("--config", config)
    assert restarted.metric("nodewall_table_commits_total") == 0, "a restart finds it all in force"
    small.nodewall.check_all()


def test_what_cannot_change_is_named_and_the_rest_applies(small):
    config = write(small, "gate: {vitalPorts: [22]}\n")
    service = small.run("--config", config)
    config.write_text(
        "context: other\ndryRun: true\nlog: {bodies: whole, maxBytes: 67108864}\n"
        "gate: {vitalPorts: [23]}\n")
    said = reload(service)
    for key in ("context", "dryRun", "log.bodies"):
        assert f"{key} changes with a restart only" in said
    assert "changed gate.vitalPorts, log.maxBytes" in said
    last = configured(small)[-1]["body"]
    assert last["log"] == {"bodies": "narrowed", "maxBytes": 67108864}
    assert service.status("-o", "json").json()["dryRun"] is False


def test_flags_override_the_file_after_a_reload_too(small):
    config = write(small, "gate: {vitalPorts: [22]}\n")
    service = small.run("--config", config, "--log-level", "info")
    config.write_text("node: another\ndb: /nowhere\nlisten: 127.0.0.1:1\nsocket: /nowhere\n"
                      "kubeconfig: /nowhere\nlogLevel: error\ngate: {vitalPorts: [23]}\n")
    said = reload(service)
    assert "restart only" not in said and "changed gate.vitalPorts\n" in said
    assert configured(small)[-1]["body"]["node"] == "node-1"


@pytest.mark.parametrize("text,word", [
    ("gate: {vitalPort: [22]}", "did you mean vitalPorts?"), ("a: [", "line"), (None, "nodewall.yaml"),
    ("gate: {alwaysAdmit: [10.0.0.0/99]}", "alwaysAdmit"), ("{}\n---\n{a: 1}\n", "one document"),
])
def test_a_bad_file_keeps_the_old_configuration_and_says_so(small, text, word):
    config = write(small, "gate: {vitalPorts: [22]}\n")
    service = small.run("--config", config)
    before = configured(small)
    config.unlink()
    if text is not None:
        config.write_text(text)
    said = reload(service)
    assert word in said and "stays in force" in said
    assert configured(small) == before
    assert service.page("/readyz")[0] == 200
    config.write_text("gate: {vitalPorts: [23]}\n")
    assert "changed gate.vitalPorts" in reload(service)


def test_a_hang_up_without_a_file_and_many_at_once_do_no_harm(small):
    service = small.run()
    for _ in range(50):
        service.process.send_signal(signal.SIGHUP)
    assert "nothing changes" in reload(service)
    assert service.page("/readyz")[0] == 200
    assert service.stop() < 2


def test_the_service_manager_hears_of_readiness_reloads_progress_and_the_end(small, manager):
    config = write(small, "gate: {vitalPorts: [22]}\n")
    service = small.run("--config", config, env={"NOTIFY_SOCKET": manager.path,
                                                 "WATCHDOG_USEC": "1500000"})
    assert any(word.startswith("READY=1") for word in manager.listen())
    assert manager.listen(3).count("WATCHDOG=1") >= 4, "thrice in each interval"
    manager.heard.clear()
    config.write_text("gate: {vitalPorts: [23]}\n")
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    reload(service)
    words = [w for w in manager.listen(1) if not w.startswith("WATCHDOG")]
    assert words[0].startswith("RELOADING=1\nMONOTONIC_USEC=") and words[1].startswith("READY=1")
    assert before <= int(words[0].split("=")[2]) <= before + 10_000_000
    os.kill(service.process.pid, signal.SIGSTOP)
    manager.listen()
    manager.heard.clear()
    try:
        assert manager.listen(2) == [], "a process that does not turn does not feed"
    finally:
        os.kill(service.process.pid, signal.SIGCONT)
    service.stop()
    assert any(word == "STOPPING=1" for word in manager.listen())
