"""The log as a file: damage is found and placed, writers exclude each other, copies are whole."""
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import time
from pathlib import Path

import pytest

from harness import objects
from harness.nodewall import FAILED, NEGATIVE


@pytest.fixture
def filled(nodewall):
    nodewall.import_objects([objects.namespace("web")])
    policies = [objects.network_policy(f"p{number}", "web") for number in range(7)]
    for number in range(20):
        policy = objects.changed(policies[number % 7])
        policy["spec"]["podSelector"] = {"matchLabels": {"n": str(number)}}
        nodewall.import_objects([policy])
    return nodewall


def verify(nodewall, **options):
    return nodewall.call("log", "verify", "--db", nodewall.db, **options)


def test_the_file_is_its_owners_alone(filled):
    assert stat.S_IMODE(os.stat(filled.db).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(os.path.dirname(filled.db)).st_mode) == 0o700


DAMAGES = {
    "a body": "UPDATE event SET body = replace(body, '\"n\":\"3\"', '\"n\":\"4\"') WHERE body LIKE '%\"n\":\"3\"%'",
    "a name": "UPDATE event SET name = 'other' WHERE seq = 9",
    "a time": "UPDATE event SET at = at + 1 WHERE seq = 9",
    "a digest": "UPDATE event SET digest = zeroblob(32) WHERE seq = 9",
    "a row is gone": "DELETE FROM event WHERE seq = 9",
    "the tail is gone": "DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)",
    "a head": "UPDATE object SET seq = (SELECT previous FROM event WHERE seq = object.seq) "
              "WHERE seq = (SELECT max(seq) FROM object)",
    "a head is gone": "DELETE FROM object WHERE seq = (SELECT max(seq) FROM object)",
}


@pytest.mark.parametrize("statement", DAMAGES.values(), ids=DAMAGES)
def test_verify_finds_what_was_changed_behind_its_back(filled, statement):
    verify(filled)
    with sqlite3.connect(filled.db) as connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'"
                                             ).fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        try:
            assert connection.execute(statement).rowcount == 1
        except sqlite3.OperationalError:
            pytest.skip("the format has no such column")
    said = verify(filled, expect=NEGATIVE)
    assert said.stdout + said.stderr


@pytest.mark.parametrize("place", ["the header", "the first page", "a body"])
def test_verify_finds_bytes_that_changed(filled, place):
    with sqlite3.connect(filled.db) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(Path(filled.db).read_bytes())
    if place == "a body":
        content = content.replace(b'"p3"', b'"p4"')
    else:
        at = {"the header": 0, "the first page": 100}[place]
        content[at:at + 4] = bytes(byte ^ 0x11 for byte in content[at:at + 4])
    Path(filled.db).write_bytes(content)
    said = verify(filled, expect=NEGATIVE)
    assert said.stdout + said.stderr


def test_a_cut_file_is_damaged(filled):
    with sqlite3.connect(filled.db) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    os.truncate(filled.db, os.path.getsize(filled.db) - 8192)
    verify(filled, expect=NEGATIVE)


def test_what_is_no_log_is_refused(nodewall, tmp_path):
    content = b"not a database, just words\n" * 400
    (tmp_path / "log").mkdir()
    (tmp_path / "log/nodewall.db").write_bytes(content)
    said = nodewall.call("rules", "--db", nodewall.db, expect=FAILED).stderr
    assert "nodewall.db" in said
    verify(nodewall, expect=NEGATIVE)
    nodewall.import_objects([objects.namespace("a")], expect=FAILED)
    assert (tmp_path / "log/nodewall.db").read_bytes() == content


def test_nothing_is_made_beside_what_is_no_log(nodewall, tmp_path):
    """The path may be a link that somebody else laid."""
    target = tmp_path / "elsewhere"
    target.mkdir()
    (target / "words").write_bytes(b"not a database, just words\n" * 400)
    with sqlite3.connect(target / "foreign.db") as connection:
        connection.execute("CREATE TABLE event (seq INTEGER)")
    connection.close()
    before = {path: path.read_bytes() for path in target.iterdir()}
    for name in ("words", "foreign.db", "nothing", "."):
        link = tmp_path / f"link-to-{name.strip('.')}"
        link.symlink_to(target / name)
        done = nodewall.call("import", "-", "--db", link, text=json.dumps(objects.namespace("a")),
                             expect=FAILED)
        assert link.name in done.stderr
    assert {path: path.read_bytes() for path in target.iterdir()} == before


def test_a_foreign_database_is_refused(nodewall, tmp_path):
    (tmp_path / "log").mkdir()
    with sqlite3.connect(nodewall.db) as connection:
        connection.execute("CREATE TABLE event (seq INTEGER)")
    said = nodewall.call("rules", "--db", nodewall.db, expect=FAILED).stderr
    assert "nodewall.db" in said


def test_a_newer_log_is_refused_with_the_way_out(filled):
    with sqlite3.connect(filled.db) as connection:
        connection.execute("PRAGMA user_version = 2000000000")
    for arguments in (["rules", "--db", filled.db], ["log", "--db", filled.db]):
        said = filled.call(*arguments, expect=FAILED).stderr
        assert "newer" in said, said
    filled.import_objects([objects.namespace("a")], expect=FAILED)


def test_a_log_that_cannot_be_written_can_be_read(filled, tmp_path):
    """Read-only media: a read-only mount, since root may write where modes forbid it."""
    expected = filled.events()
    script = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"'

    def on_read_only(*command):
        return subprocess.run(["unshare", "-m", "sh", "-c", script, "sh", os.path.dirname(filled.db),
                               *command], capture_output=True, text=True, timeout=60)

    read = on_read_only(*filled.command("log", "--db", filled.db, "-o", "json"))
    assert read.returncode == 0 and len(read.stdout.splitlines()) == len(expected), read.stderr
    assert on_read_only(*filled.command("log", "verify", "--db", filled.db)).returncode == 0
    file = tmp_path / "ns.json"
    file.write_text('{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"b"}}')
    written = on_read_only(*filled.command("import", file, "--db", filled.db))
    assert written.returncode == FAILED and written.stderr.startswith("nodewall: ")


def test_a_copy_is_whole_and_never_overwrites(filled, tmp_path):
    target = str(tmp_path / "copy.db")
    filled.call("log", "copy", target, "--db", filled.db)
    copied = filled.call("log", "--db", target, "-o", "json").stdout
    assert copied == filled.call("log", "--db", filled.db, "-o", "json").stdout
    filled.call("log", "verify", "--db", target)
    filled.call("log", "copy", target, "--db", filled.db, expect=FAILED)


def test_filters(filled):
    seqs = [e["seq"] for e in filled.events()]
    assert [e["seq"] for e in filled.events("--after", seqs[3], "--until", seqs[6])] == seqs[4:7]
    assert [e["seq"] for e in filled.events("--last", 2)] == seqs[-2:]
    assert {e["name"] for e in filled.events("--name", "p3")} == {"p3"}
    assert {e["type"] for e in filled.events("--type", "MODIFIED")} == {"MODIFIED"}
    assert not filled.events("--namespace", "nowhere")
    assert not filled.events("--before", "2000-01-01T00:00:00Z")
    assert len(filled.events("--since", "2000-01-01T00:00:00Z")) == len(seqs)


def test_an_objects_history_is_a_chain(filled):
    by_seq = {e["seq"]: e for e in filled.events()}
    last = filled.events("--name", "p3", "--last", 1)[0]
    chain = [last["seq"]]
    while by_seq[chain[-1]]["previous"]:
        chain.append(by_seq[chain[-1]]["previous"])
    assert sorted(chain) == [e["seq"] for e in filled.events("--name", "p3")]


def test_following_prints_what_is_appended(filled):
    follower = subprocess.Popen(filled.command("log", "--db", filled.db, "-f", "--last", "0", "-o",
                                               "json"), stdout=subprocess.PIPE, text=True)
    try:
        time.sleep(0.3)
        filled.import_objects([objects.namespace("late")])
        assert '"late"' in follower.stdout.readline()
    finally:
        follower.kill()
        follower.wait()
        follower.stdout.close()


def test_a_reader_that_goes_away_is_no_error(filled):
    command = " ".join(filled.command("log", "--db", filled.db))
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command} | head -n 1"],
                          capture_output=True, text=True, timeout=30)
    assert done.returncode == 0 and not done.stderr, done


def test_points_in_time(filled):
    events = filled.events()
    middle = events[10]
    at = middle["at"]
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at // 10**9)) + f".{at % 10**9:09d}Z"
    by_seq = filled.call("replay", "--db", filled.db, "--node", "n", "--at", middle["seq"], "-o",
                         "json").json()
    by_time = filled.call("replay", "--db", filled.db, "--node", "n", "--at", text, "-o", "json").json()
    assert by_seq == by_time and by_seq["seq"] == middle["seq"]


def test_a_killed_import_leaves_the_log_whole(filled, tmp_path):
    file = tmp_path / "many.json"
    file.write_text("\n".join(
        '{"type":"ADDED","object":{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"n%d"}}}' % n
        for n in range(20000)))
    for milliseconds in (5, 20, 60, 120):
        importer = subprocess.Popen(filled.command("import", file, "--db", filled.db),
                                    stdout=subprocess.DEVNULL)
        time.sleep(milliseconds / 1000)
        importer.kill()
        importer.wait()
        verify(filled)
    shutil.copytree(os.path.dirname(filled.db), tmp_path / "cold")
    filled.call("log", "verify", "--db", tmp_path / "cold/nodewall.db")
