"""Fixtures of the package's tests: the built package, and clean Debian roots to install it in."""
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
sys.dont_write_bytecode = True

from clean_root import CleanRoot  # noqa: E402
from harness.namespaces import run  # noqa: E402


def pytest_configure(config):
    if os.geteuid() != 0:
        pytest.exit("chroot and network namespaces need root: use scripts/test or sudo", returncode=2)


@pytest.fixture(scope="session")
def package():
    """The path of the .deb: NODEWALL_PACKAGE, else one that is built now."""
    given = os.environ.get("NODEWALL_PACKAGE")
    if given:
        return Path(given)
    return Path(run(ROOT / "scripts/package", "--test", timeout=1500).splitlines()[-1])


@pytest.fixture(scope="session")
def archive(package):
    """A clean root with all that the package depends on, and nothing of the package."""
    depends = run("dpkg-deb", "-f", package, "Depends")
    return run(ROOT / "scripts/lib/clean-root", "-", "man-db, " + depends.strip(), timeout=900).strip()


@pytest.fixture
def root(archive):
    made = CleanRoot(archive)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def newer(package, tmp_path):
    """The same package under a higher version."""
    tree = tmp_path / "tree"
    run("dpkg-deb", "--raw-extract", package, tree)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: (.*)$", r"Version: \1+next", control.read_text()))
    made = tmp_path / "nodewall-newer.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", tree, made], check=True,
                   stdout=subprocess.DEVNULL)
    return made
