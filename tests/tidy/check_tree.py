#!/usr/bin/env python3
"""Rules of the source tree that a compiler does not check. check_tree.py ROOT [RULE]

Each rule yields (path, line, what is wrong). test_check_tree.py shows each of them a bad sample.
"""
import re
import sys
from pathlib import Path

# Which folder may use which (docs/ARCHITECTURE.md, "Layers").
USES = {
    "base": "",
    "model": "base",
    "codec": "base model",
    "async": "base",
    "http": "base async",
    "kube": "base model codec async http",
    "apiserver": "base model codec async http",
    "eventlog": "base model codec",
    "policy": "base model",
    "projection": "base model codec policy",
    "ruleset": "base model",
    "compiler": "base model policy ruleset",
    "explain": "base model policy",
    "applier": "base model ruleset",
    "netfilter": "base model ruleset applier",
    "agent": "base model codec async http kube eventlog projection policy ruleset compiler "
             "explain applier netfilter",
    "cli": "base model codec async http kube apiserver eventlog projection policy ruleset compiler "
           "explain applier netfilter agent",
}

# Where each library may be seen.
LIBRARIES = {
    r"simdjson": "codec",
    r"yaml-cpp/": "codec",
    r"sqlite3": "eventlog",
    r"zstd": "eventlog",
    r"libiptc/|libipset/|libmnl/|linux/netfilter": "netfilter",
    r"boost/asio": "async http kube apiserver agent cli",
    r"boost/beast": "http",
    r"openssl/": "base http kube",
    r"spdlog/": "base",
    r"CLI/": "cli",
    r"systemd/": "agent",
}

# What one kind of policy says: everyone else knows policies as model/tier.hpp has them.
KINDS_OF_POLICY = {
    "model/network_policy.hpp": "codec policy",
    "model/cluster_policy.hpp": "codec policy",
    "model/calico.hpp": "codec policy",
    "policy/network_policy.hpp": "policy",
    "policy/cluster_policy.hpp": "policy",
    "policy/calico_policy.hpp": "policy",
}

# Clocks and chance are injected; no shell is ever started.
FORBIDDEN = {
    r"\bsteady_timer\b|\bsystem_timer\b|\bsystem_clock\b|\bsteady_clock::|\brandom_device\b":
        ("src/async/", "src/cli/main.cpp"),
    r"\bsystem\s*\(|\bpopen\s*\(|\bsrand\s*\(|\brand\s*\(": (),
}

# Names of the standard library whose header one release's other headers bring along and another's do
# not: who uses one includes it, or its own header does.
STANDARD = {
    "algorithm": r"\bstd::(?:ranges::)?(?:adjacent_find|all_of|any_of|binary_search|copy|copy_if|copy_n|count|"
                 r"count_if|equal|equal_range|fill|find|find_if|find_if_not|for_each|includes|is_sorted|"
                 r"lower_bound|max|max_element|merge|min|min_element|mismatch|none_of|nth_element|partition|"
                 r"remove|remove_if|replace|reverse|rotate|search|set_difference|set_intersection|set_union|"
                 r"shuffle|sort|stable_sort|transform|unique|upper_bound)\s*\(",
    "cstdlib": r"\bstd::(?:abort|exit|getenv)\b",
    "filesystem": r"\bstd::filesystem\b",
    "fstream": r"\bstd::[io]?fstream\b",
    "iterator": r"\bstd::(?:back_inserter|inserter|distance|next|prev|advance)\s*\(",
    "numeric": r"\bstd::(?:accumulate|iota|reduce)\b",
    "random": r"\bstd::mt19937",
    "sstream": r"\bstd::[io]?stringstream\b",
    "thread": r"\bstd::(?:thread|this_thread)\b",
    "tuple": r"\bstd::(?:make_tuple|tie|tuple)\b",
}

LINES_MAX = 400

# What is in the tree beside sources.
TREE = (".ci", "bench", "docs", "migrations", "packaging", "schema", "scripts", "src", "tests")
BINARY = (".pyc", ".gz", ".db")


def source_files(root, *patterns, under=("src", "tests", "bench")):
    for folder in under:
        for pattern in patterns:
            yield from sorted((root / folder).rglob(pattern))


def includes(path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        found = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if found:
            yield number, found.group(1), found.group(2)


def without_comments_and_strings(text):
    """Comments and string literals blanked, lines kept."""
    token = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"', re.S)
    return token.sub(lambda found: "\n" * found.group(0).count("\n"), text)


def layers(root):
    """A folder of src/ includes only itself and the folders below it."""
    for path in source_files(root, "*.hpp", "*.cpp", under=("src",)):
        relative = path.relative_to(root / "src")
        folder = relative.parts[0] if len(relative.parts) > 1 else "cli"
        if folder not in USES:
            yield path, 1, f"folder {folder} is in no layer"
            continue
        for number, mark, name in includes(path):
            used = name.split("/")[0]
            if mark == '"' and used in USES and used not in (folder, *USES[folder].split()):
                yield path, number, f"{folder} may not use {used}"


def libraries(root):
    """A library is seen by one folder, or a few."""
    for path in source_files(root, "*.hpp", "*.cpp", under=("src",)):
        folder = path.relative_to(root / "src").parts[0]
        for number, _, name in includes(path):
            for library, folders in LIBRARIES.items():
                if re.match(library, name) and folder not in folders.split():
                    yield path, number, f"{name} is for {folders} only"


def kinds_of_policy(root):
    """A kind of policy is known to its decoder and its translator."""
    for path in source_files(root, "*.hpp", "*.cpp", under=("src",)):
        folder = path.relative_to(root / "src").parts[0]
        for number, _, name in includes(path):
            if folder not in KINDS_OF_POLICY.get(name, folder).split():
                yield path, number, f"{name} is for {KINDS_OF_POLICY[name]} only"


def words(root):
    """Clocks, chance and shells only where they are wrapped."""
    for path in source_files(root, "*.hpp", "*.cpp", under=("src",)):
        relative = path.relative_to(root).as_posix()
        lines = without_comments_and_strings(path.read_text()).splitlines()
        for pattern, allowed in FORBIDDEN.items():
            if relative.startswith(allowed):
                continue
            for number, line in enumerate(lines, 1):
                for found in re.finditer(pattern, line):
                    yield path, number, f"'{found.group(0)}' is not for this place"


def standard_headers(root):
    """What is used of the standard library is included, not brought along by chance."""
    for path in source_files(root, "*.hpp", "*.cpp"):
        text = path.read_text()
        own = path.with_suffix(".hpp")
        included = {name for file in {path, own} if file.exists() for _, _, name in includes(file)}
        code = without_comments_and_strings(text)
        for header, names in STANDARD.items():
            if header not in included:
                for found in re.finditer(names, code):
                    number = code.count("\n", 0, found.start()) + 1
                    yield path, number, f"'{found.group(0)}' wants <{header}>"


def length(root):
    """A file has one subject; no such file needs 400 lines."""
    for path in source_files(root, "*.hpp", "*.cpp", "*.py"):
        count = len(path.read_text().splitlines())
        if count > LINES_MAX:
            yield path, count, f"{count} lines, the most is {LINES_MAX}"


def header_comments(root):
    """A header begins by saying what it promises, and is included once."""
    for path in source_files(root, "*.hpp", under=("src",)):
        text = path.read_text()
        if not text.startswith("// "):
            yield path, 1, "no comment at its head"
        if "#pragma once" not in text:
            yield path, 1, "no #pragma once"


def built(root):
    """Every .cpp is named in a meson.build (a list may leave the ending out): one that is not is
    never compiled."""
    named = set()
    for build_file in source_files(root, "meson.build"):
        for name in re.findall(r"'([^']+)'", build_file.read_text()):
            named.add((build_file.parent / name).resolve())
    for path in source_files(root, "*.cpp"):
        if path.resolve() not in named and path.with_suffix("").resolve() not in named:
            yield path, 1, "not named in any meson.build"


def mirrors(root):
    """Packages come from where the machine's own apt says: no archive's host stands in the tree."""
    host = re.compile(r"\b(?:deb|ftp[\w.]*|security|snapshot|cdn[\w-]*|archive)\.(?:debian|ubuntu)\.\w+\b")
    for path in sorted(path for folder in TREE for path in (root / folder).rglob("*")):
        if path.is_file() and path.suffix not in BINARY:
            for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
                for found in host.finditer(line):
                    yield path, number, f"'{found.group(0)}': scripts/lib/mirror asks apt"


def packages(root):
    """Each section of scripts/lib/packages is named once, and is installed by some script."""
    listed = root / "scripts/lib/packages"
    if not listed.exists():
        return
    scripts = [path for path in sorted((root / "scripts").rglob("*")) if path.is_file() and path != listed]
    asked = set()
    for path in scripts:
        for words in re.findall(r'/setup"?((?: --depends)?(?: [\w-]+)+)', path.read_text(errors="replace")):
            asked.update(words.split())
    sections = set()
    for number, line in enumerate(listed.read_text().splitlines(), 1):
        for name in re.findall(r"^\[([\w-]+)\]$", line):
            if name in sections or name not in asked:
                wrong = "is there twice" if name in sections else "is used by no script"
                yield listed, number, f"section {name} {wrong}"
            sections.add(name)


RULES = (layers, libraries, kinds_of_policy, words, standard_headers, length, header_comments, built, mirrors,
         packages)


def main(root, wanted=None):
    broken = 0
    for rule in RULES:
        if wanted in (None, rule.__name__):
            for path, line, text in rule(root):
                print(f"{path.relative_to(root)}:{line}: {text} [{rule.__name__}]")
                broken += 1
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
