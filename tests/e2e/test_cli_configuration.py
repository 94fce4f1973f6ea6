"""A configuration with every kind of mistake: each is named, with the file and the key, exit 2."""
import subprocess

import pytest

from harness.nodewall import USAGE, Nodewall

MISTAKES = {
    "not yaml": ("a: [", "line"),
    "a control character": ("db: \x01", "control character"),
    "broken UTF-8": (b"db: \xff", "UTF-8"),
    "two documents": ("db: /a\n---\ndb: /b\n", "one document"),
    "a list": ("- db", "mapping"),
    "text": ("hello", "mapping"),
    "a key twice": ("db: /a\ndb: /b\n", "'db' stands twice"),
    "a key twice below": ("gate: {vitalPorts: [22], vitalPorts: [23]}", "'vitalPorts' stands twice"),
    "unknown": ("nonsense: 1", "unknown key 'nonsense' (known here: "),
    "a near miss": ("logLevl: info", "unknown key 'logLevl' (did you mean logLevel?)"),
    "unknown in log": ("log: {body: whole}", "log: unknown key 'body'"),
    "a near miss in log": ("log: {maxByte: 1}", "did you mean maxBytes?"),
    "unknown in gate": ("gate: {open: true}", "gate: unknown key 'open'"),
    "a near miss in gate": ("gate: {vitalPort: [22]}", "unknown key 'vitalPort' (did you mean vitalPorts?)"),
    "a key that is a number": ("7: x", "unknown key '7'"),
    "text wanted": ("listen: 7", "listen: expected text"),
    "a path wanted": ("socket: [a]", "socket: expected text"),
    "a boolean wanted": ("dryRun: maybe", "dryRun: expected true or false"),
    "a mapping wanted": ("log: 3", "log: expected a mapping"),
    "a list wanted": ("gate: {vitalPorts: 22}", "vitalPorts: expected a list"),
    "a number wanted": ("gate: {vitalPorts: [ssh]}", "vitalPorts: expected a number from 1 to 65535"),
    "a port of zero": ("gate: {vitalPorts: [0]}", "vitalPorts: expected a number from 1 to 65535"),
    "a port that is too large": ("gate: {vitalPorts: [65536]}", "vitalPorts: expected a number"),
    "too many ports": (f"gate: {{vitalPorts: {list(range(1, 17))}}}", "vitalPorts: at most 15"),
    "a cap that is too small": ("log: {maxBytes: 1}", "maxBytes: expected a number from"),
    "a negative cap": ("log: {maxBytes: -1}", "maxBytes: expected a number from"),
    "a fraction": ("log: {maxBytes: 99999999.5}", "maxBytes: expected a number from"),
    "no CIDR": ("gate: {alwaysAdmit: [10.0.0.0/99]}", "alwaysAdmit"),
    "an address without a mask": ("gate: {nodePortAddresses: [10.0.0.1]}", "nodePortAddresses"),
    "a CIDR that is a number": ("gate: {alwaysAdmit: [7]}", "alwaysAdmit"),
    "no body mode": ("log: {bodies: half}", "bodies: expected narrowed or whole"),
    "no level": ("logLevel: loud", "logLevel: expected debug, info, warning or error"),
    "pods": ("enforce: [pods]", "enforce: pods"),
    "no scope": ("enforce: [everything]", "everything"),
    "a scope that is a number": ("enforce: [7]", "enforce"),
    "too deep": ("gate: " + "[" * 100 + "]" * 100, "deeper than"),
    "a bomb": ("a: &a [x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 8)}]\n" for i in range(10)),
        "aliases"),
}


def refused(path, word, *prefix):
    """What a run with the configuration says in one line; it ends at once with exit code 2."""
    # Nothing can come of it even where the mistake is not seen: no API server is named.
    command = Nodewall("").command("run", "--dry-run", "--socket", "", "--db", "/dev/null/log",
                                   "--config", path)
    done = subprocess.run([*prefix, *command], capture_output=True, text=True, timeout=20)
    assert done.returncode == USAGE, (done.returncode, done.stderr)
    assert str(path) in done.stderr and word in done.stderr, done.stderr
    assert done.stderr.count("\n") == 1 and len(done.stderr) < 1000, done.stderr


@pytest.mark.parametrize("text,word", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named(tmp_path, text, word):
    path = tmp_path / "nodewall.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    refused(path, word)


def test_a_file_that_cannot_be_one_is_named(tmp_path):
    refused(tmp_path / "nowhere.yaml", "No such file")
    refused(tmp_path, "directory")
    large = tmp_path / "large.yaml"
    with open(large, "wb") as file:
        file.truncate(1 << 30)
    refused(large, "larger than 1 MiB")
    refused("/dev/zero", "larger than 1 MiB")


def test_a_file_that_may_not_be_read_is_named(tmp_path):
    path = tmp_path / "secret.yaml"
    path.write_text("db: /a\n")
    path.chmod(0o000)
    # Root without the capabilities to read everything.
    refused(path, "Permission denied", "setpriv", "--bounding-set=-dac_override,-dac_read_search",
            "--inh-caps=-all")
