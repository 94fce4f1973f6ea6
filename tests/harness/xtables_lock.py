"""A lock file of the tests' own in place of /run/xtables.lock: what runs beside a test, on the host
or in another test run, neither waits for it nor is waited for."""
import os
import tempfile

VARIABLE = "XTABLES_LOCKFILE"  # nodewall and the iptables commands both read it


class XtablesLock:
    """Between construction and close(), for every command started meanwhile."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="nodewall-lock-")
        self._before = os.environ.get(VARIABLE)
        os.environ[VARIABLE] = os.path.join(self._folder.name, "xtables.lock")

    def close(self):
        if self._before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = self._before
        self._folder.cleanup()
