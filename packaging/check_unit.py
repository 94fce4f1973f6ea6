#!/usr/bin/env python3
"""systemd-analyze has nothing to say about the unit file, and rates its exposure low.

    check_unit.py UNIT_FILE

The unit is judged with a program that exists in place of nodewall, which need not be installed.
Exit code 77 (skipped) where there is no systemd-analyze.
"""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

EXPOSURE_MAX = 20  # tenths; the scale goes to 100


def main(unit):
    if not shutil.which("systemd-analyze"):
        print("systemd-analyze is not installed")
        return 77
    text = re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", Path(unit).read_text())
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "nodewall.service"
        copy.write_text(text)
        verify = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True)
        security = subprocess.run(
            ["systemd-analyze", "security", "--no-pager", "--offline=yes",
             f"--threshold={EXPOSURE_MAX}", copy], capture_output=True, text=True)
    said = verify.stdout + verify.stderr
    print(said, *security.stdout.splitlines()[-1:])
    return 0 if verify.returncode == 0 and not said and security.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else __doc__)
