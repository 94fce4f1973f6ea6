#!/usr/bin/env python3
"""Manual pages and shell completions say what the program says: every verb and every long flag of
its --help, and no other; every key of the configuration.

    check_manual.py PROGRAM

Bash's completion is asked, zsh's and fish's are read. The pages are linted where mandoc is there.
"""
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE, KEYS_PAGE = HERE / "man/nodewall.8", HERE / "man/nodewall.yaml.5"
SHELLS = {name: HERE / "completion" / name for name in ("nodewall.bash", "_nodewall", "nodewall.fish")}

ASK_BASH = r"""
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_nodewall
printf '%s\n' "${COMPREPLY[@]}"
"""


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def program_verbs(program):
    """{verb: its long flags}; the program itself is the verb ""."""
    found, waiting = {}, [()]
    while waiting:
        verb = waiting.pop()
        options, _, subcommands = output(program, *verb, "--help").partition("\nSubcommands:\n")
        found[" ".join(verb)] = set(re.findall(r"^  (?:-\w,)?(--[a-z-]+)", options, re.M))
        waiting += [(*verb, name) for name in re.findall(r"^  (\w+)", subcommands, re.M)]
    return found


def page_verbs():
    """As program_verbs: flags in each subsection. Second: flags that have a description there."""
    text = PAGE.read_text()
    sections = dict(re.findall(r"^\.Sh ([^\n]+)\n(.*?)(?=^\.Sh |\Z)", text, re.M | re.S))
    verbs = dict(re.findall(r"^\.Ss ([^\n]+)\n(.*?)(?=^\.Ss |\Z)", sections["VERBS"], re.M | re.S))
    common = described(sections["COMMON OPTIONS"])
    flags = {verb: flags_of(body) | {"--help"} for verb, body in verbs.items()}
    told = {verb: described(body) | common for verb, body in verbs.items()}
    flags[""], told[""] = flags_of(sections["SYNOPSIS"]), common
    return flags, told


def flags_of(roff):
    return {"-" + flag for flag in re.findall(r"\bFl (-[a-z-]+)", roff)}


def described(roff):
    return flags_of("\n".join(line for line in roff.splitlines() if line.startswith(".It ")))


def bash_offers(*words):
    return set(output("bash", "-c", ASK_BASH, "ask", SHELLS["nodewall.bash"], "nodewall", *words).split())


def zsh_flags(verb):
    """The flags that stand in the branch of the verb's `case`, its arrays spelled out."""
    text = SHELLS["_nodewall"].read_text()
    arrays = {name: body for name, body in re.findall(r"^    (output|view)=\((.*?)\)\n(?=    \w|$)", text,
                                                      re.M | re.S)}
    if not verb:
        return set(re.findall(r"--[a-z-]+", re.search(r"_arguments -C.*", text).group()))
    for word in verb.split()[:2]:
        branch = re.search(rf"^( *)(?:\w+ \| )?{word}(?: \| \w+)?\)([^\n]*;;|\n.*?^\1    ;;)$", text,
                           re.M | re.S)
        if not branch:
            return set()
        text = branch.group(2)
    if verb == "log":
        text = text[text.index("*)"):]
    for name in ("view", "output"):
        text = text.replace("$" + name, arrays[name])
    return set(re.findall(r"--[a-z-]+", text))


def fish_flags(verb):
    top = verb.split()[0] if verb else ""
    here = ("__nodewall_needs_verb",) if not verb else (rf"'__nodewall_verb [^']*\b{top}\b[^']*'",)
    if verb == "log":
        here += ("'__nodewall_log'",)
    found = set()
    for line in SHELLS["nodewall.fish"].read_text().splitlines():
        if not re.search(r"-n ", line) or any(re.search("-n " + one, line) for one in here):
            found.update("--" + flag for flag in re.findall(r" -l ([a-z-]+)", line))
    # `log copy` has no output format; fish knows no more than that `log` was said.
    return found - {"--output"} if verb == "log copy" else found


def differences(place, wanted, found, verb):
    for flag in sorted(wanted - found):
        yield f"{place}: nodewall {verb}: {flag} is missing"
    for flag in sorted(found - wanted):
        yield f"{place}: nodewall {verb}: no such flag as {flag}"


def problems(program):
    known = program_verbs(program)
    pages, told = page_verbs()
    for verb in sorted(set(pages) - set(known)):
        yield f"{PAGE.name}: no such verb as {verb}"
    for verb in sorted(set(known) - set(pages)):
        yield f"{PAGE.name}: {verb} is missing"
    for verb in sorted(set(known) & set(pages)):
        flags = known[verb]
        yield from differences(PAGE.name, flags, pages[verb], verb)
        yield from (f"{PAGE.name}: {flag} of {verb} is not described" for flag in sorted(flags - told[verb]))
        yield from differences("bash", flags, bash_offers(*verb.split(), "--"), verb)
        yield from differences("zsh", flags, zsh_flags(verb), verb)
        yield from differences("fish", flags, fish_flags(verb), verb)
    top = {verb for verb in pages if verb and " " not in verb}
    if bash_offers("") != top or bash_offers("log", "") != {"verify", "copy"}:
        yield f"bash: offers the verbs {bash_offers('')}, {bash_offers('log', '')}"
    for words, answer in ((("check", "-o", "j"), {"json"}), (("run", "--log-level", "w"), {"warning"}),
                          (("log", "copy", "--db", str(KEYS_PAGE)[:-3]), {str(KEYS_PAGE)})):
        if bash_offers(*words) != answer:
            yield f"bash: {words} gives {bash_offers(*words)}"
    schema = (HERE.parent / "schema/CONFIGURATION.md").read_text()
    keys = set(re.findall(r"^\| `([\w.]+)` \|", schema, re.M))
    yield from (f"{KEYS_PAGE.name}: only one of it and schema/CONFIGURATION.md has {key}" for key in
                sorted(keys ^ set(re.findall(r"^\.It Cm ([\w.]+)", KEYS_PAGE.read_text(), re.M))))
    if shutil.which("mandoc"):
        lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", PAGE, KEYS_PAGE],
                              capture_output=True, text=True)
        yield from (lint.stdout + lint.stderr).splitlines()


def main(program):
    found = list(problems(program))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else __doc__)
