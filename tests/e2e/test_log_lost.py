"""The log's disk is full, or its folder vanishes, under a running service: it stays up, keeps
enforcing, says so, and goes on by itself once the log can be written again."""
import os
import time

from harness import objects
from harness.nodewall import NEGATIVE
from harness.service import eventually


def waits(service, word):
    """Not ready because of the log, everywhere where it is said."""
    status, text = service.page("/readyz")
    assert status == 503 and "log: " in text and word in text, text
    assert service.metric("nodewall_log_failing") == 1
    said = service.status("-o", "json", expect=NEGATIVE).json()
    assert word in said["log"]["lastError"]
    assert service.process.poll() is None


def recovered(service, pods):
    assert service.page("/readyz") == (200, "ok\n"), service.page("/readyz")
    assert service.metric("nodewall_log_failing") == 0
    assert service.metric('nodewall_stream_caught_up{stream="pods"}') == 1
    acts = service.status("-o", "json").json()
    assert acts["log"]["lastError"] == "" and acts["applied"]["lastError"] == ""
    assert acts["applied"]["members"] > pods


def on_a_small_disk(folder):
    return ("unshare", "--mount", "sh", "-c",
            f'mount -t tmpfs -o size=3m tmpfs {folder} && exec "$@"', "sh")


def rules(small):
    """Ours in the kernel, without times and counters."""
    lines = small.namespace.run("iptables-legacy-save", "-t", "mangle").splitlines()
    return [line for line in lines if line.startswith("-A") and "NW-" in line]


def another_door(small):
    small.api.create(objects.service("more", "web", {"app": "web"},
                                     [objects.service_port(81, 8080, 30081)], families=(4,)),
                     objects.endpoint_slice("more-a", "web", "more", 4,
                                            [("10.42.0.2", "node-1", "web-1")], [("", 8080, "TCP")]))


class Around:
    """Where the service is: its mounts, its network."""

    def __init__(self, service):
        self._enter = ["nsenter", "--target", str(service.process.pid), "--mount", "--net"]

    def command(self, *arguments):
        return [*self._enter, *map(str, arguments)]


def fill(path):
    """Until not a byte more fits."""
    with open(path, "wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while file.write(b"x" * size) == size:
                    pass
            except OSError:
                pass


def test_a_full_disk(small):
    disk = small.folder / "disk"
    disk.mkdir()
    small.nodewall.db = str(disk / "log/nodewall.db")
    service = small.run(prefix=on_a_small_disk(disk))
    inside = f"/proc/{service.process.pid}/root{disk}"
    enforced = rules(small)
    assert enforced
    fill(inside + "/filler")
    for i in range(40):
        small.api.create(objects.pod(f"big-{i}", "web", [f"10.42.1.{i}"],
                                     {"app": "web", **{f"l{n}": "x" * 60 for n in range(40)}}))
    eventually(lambda: waits(service, "no room"), 30)
    assert rules(small) == enforced
    members = service.status("-o", "json", expect=NEGATIVE).json()["applied"]["members"]
    os.unlink(inside + "/filler")
    another_door(small)
    eventually(lambda: recovered(service, members), 60)
    small.nodewall.namespace = Around(service)
    names = {e["name"] for e in small.nodewall.events("--stream", "pods")}
    assert {f"big-{i}" for i in range(40)} <= names, "nothing was lost"
    small.nodewall.check_all()


def test_a_folder_that_is_moved_away_and_comes_back(small):
    service = small.run()
    folder, away = os.path.dirname(small.nodewall.db), str(small.folder / "away")
    members = service.status("-o", "json").json()["applied"]["members"]
    seq = small.nodewall.events()[-1]["seq"]
    os.rename(folder, away)
    eventually(lambda: waits(service, "moved"), 15)
    another_door(small)
    eventually(lambda: waits(service, "moved"))
    os.rename(away, folder)
    eventually(lambda: recovered(service, members), 60)
    small.nodewall.check_all()
    types = [e["type"] for e in small.nodewall.events("--after", seq)]
    assert "ADDED" in types and "GAP" not in types, "the stream went on where it was"


def says_that_it_knows_nothing(service):
    assert "what the kernel enforces stays" in service.said()


def test_a_log_that_is_lost_opens_nothing(small):
    """Whether the API server is away, or is still listing: what the kernel enforces stays."""
    service = small.run()
    enforced = rules(small)
    assert enforced
    assert service.stop() < 2
    small.nodewall.db = str(small.folder / "new/nodewall.db")
    small.api.close()
    service = small.run(ready=False)
    eventually(lambda: says_that_it_knows_nothing(service))
    time.sleep(2)
    assert rules(small) == enforced
    status, text = service.page("/readyz")
    assert status == 503, text
    assert service.process.poll() is None
    small.api.start()
    service.ready()
    assert rules(small) == enforced
    assert service.metric("nodewall_applies_total") >= 1
    small.nodewall.check_all()


def test_a_folder_that_is_deleted(small):
    service = small.run()
    for name in os.listdir(os.path.dirname(small.nodewall.db)):
        os.unlink(os.path.join(os.path.dirname(small.nodewall.db), name))
    os.rmdir(os.path.dirname(small.nodewall.db))
    eventually(lambda: waits(service, "deleted"), 15)
    enforced = rules(small)
    assert enforced
    assert service.stop() < 2
    restarted = small.run()
    assert restarted.metric("nodewall_table_commits_total") == 0
    assert rules(small) == enforced
    small.nodewall.check_all()
