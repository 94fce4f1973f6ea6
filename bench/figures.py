"""Programs that are measured one beside the other, and the table of what was found."""
import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path


median = statistics.median


@dataclass
class Ran:
    seconds: float
    cpu: float
    megabytes: float
    text: str
    status: int = 0


@dataclass
class Held:
    """What a kernel holds of ours: texts of members and rules."""
    member_lines: set
    rule_lines: list
    sets: int

    @property
    def members(self):
        return len(self.member_lines)

    @property
    def rules(self):
        return sum(line.startswith("-A") for line in self.rule_lines)

    @property
    def chains(self):
        return sum(line.startswith(":NW-") for line in self.rule_lines)


class Spawner:
    """spawn.py, as a process of its own; from before anything large is in this one."""

    def __init__(self):
        self._process = subprocess.Popen([sys.executable, "-S", "-E", Path(__file__).with_name("spawn.py")],
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, command, given, answers):
        """`given`: what the program reads; `answers`: exit codes that are none of a failure."""
        with tempfile.NamedTemporaryFile() as out, tempfile.NamedTemporaryFile() as into:
            into.write(given.encode())
            into.flush()
            self._process.stdin.write(json.dumps(
                {"command": command, "stdin": into.name, "stdout": out.name}) + "\n")
            self._process.stdin.flush()
            used = json.loads(self._process.stdout.readline())
            assert used["status"] in answers, (command, used)
            return Ran(used["seconds"], used["cpu"], used["bytes"] / 1e6, out.read().decode(),
                       used["status"])


class Program:
    """A nodewall program with a log, and a network namespace if one is set."""

    def __init__(self, spawner, path, db):
        self._spawner, self.path, self.db, self.namespace = spawner, str(path), str(db), None

    def run(self, *arguments, given="", answers=(0,)):
        """Runs a verb to its end."""
        command = [self.path, *map(str, arguments)]
        return self._spawner.run(self.namespace.command(*command) if self.namespace else command, given,
                                 answers)

    def held(self):
        sets = self.namespace.run("ipset", "save", timeout=600).splitlines()
        rules = [line for tool in ("iptables-legacy-save", "ip6tables-legacy-save")
                 for line in self.namespace.run(tool, "-t", "mangle").splitlines()]
        return Held({line for line in sets if line.startswith("add ")}, rules,
                    sum(line.startswith("create ") for line in sets))


class Figures:
    """Prints a line for each figure: of each program, the last one's share, and what is wanted."""

    def __init__(self, programs):
        self._count, self.as_wanted = len(programs), True
        self._line("", programs, "ratio" if len(programs) == 2 else "", "wanted")

    @staticmethod
    def _line(name, values, ratio, wanted):
        print(f"{name:<46}" + "".join(f"{v:>16}" for v in values) + f"{ratio:>9}  {wanted}".rstrip(), flush=True)

    def title(self, text):
        print(text, flush=True)

    def add(self, name, values, unit, at_most=None, at_least=None):
        """`values`: of each program; the bounds are for the first."""
        met = (at_most is None or values[0] <= at_most) and (at_least is None or values[0] >= at_least)
        self.as_wanted = self.as_wanted and met
        wanted = f"at most {_written(at_most, unit)}" if at_most is not None else \
            f"at least {_written(at_least, unit)}" if at_least is not None else ""
        ratio = f"{values[0] / values[1]:.2f}" if len(values) == 2 and values[1] else ""
        self._line("  " + name, [_written(v, unit) for v in values], ratio, wanted + ("" if met else "  MISSED"))


def _written(value, unit):
    text = f"{value:,}" if isinstance(value, int) else f"{value:.3f}" if value < 10 else f"{value:,.0f}"
    return f"{text} {unit}".strip()
