"""A cluster that fails, made smaller as long as it fails, and told as YAML."""
import copy
import json
import re
import time
from dataclasses import fields, is_dataclass

SECONDS = 60
KEPT = ("nodes", "namespaces")  # others refer to them


def shrunk(cluster, fails, seconds=SECONDS):
    """`fails(cluster)`: whether it still does; what it throws counts as no. Whole objects go first, then
    parts of them, until nothing more can go or the time is over."""
    deadline, smaller = time.monotonic() + seconds, True
    while smaller and time.monotonic() < deadline:
        smaller = False
        for path in sorted(_removable(cluster), key=len):
            tried = _without(cluster, path)
            if tried is None or time.monotonic() > deadline or not _holds(fails, tried):
                continue
            cluster, smaller = tried, True
    return cluster


def _holds(fails, cluster):
    try:
        return fails(cluster)
    except Exception:  # a cluster that cannot even be asked about is none that fails so
        return False


def _removable(value, path=()):
    """The paths of all elements of lists: names of fields and, from the list's end, indexes."""
    if is_dataclass(value):
        for field in fields(value):
            if field.name not in KEPT:
                yield from _removable(getattr(value, field.name), (*path, field.name))
    elif isinstance(value, list):
        for index in reversed(range(len(value))):
            yield (*path, index)
            yield from _removable(value[index], (*path, index))


def _without(cluster, path):
    """A copy without the element; None: it went with another."""
    made = copy.deepcopy(cluster)
    at = made
    try:
        for step in path[:-1]:
            at = at[step] if isinstance(step, int) else getattr(at, step)
        del at[path[-1]]
    except (IndexError, TypeError, AttributeError):
        return None
    return made


# ---- YAML -----------------------------------------------------------------------------------------


PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
WORDS = ("null", "true", "false", "yes", "no", "on", "off", "y", "n")


def yaml_text(things):
    """Objects as documents, the keys in the order that they have."""
    return "".join("---\n" + "\n".join(_lines(thing)) + "\n" for thing in things)


def _lines(value):
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _entry(_scalar(key) + ":", inner)
    elif isinstance(value, list) and value:
        for inner in value:
            yield from _entry("-", inner)
    else:
        yield _scalar(value)


def _entry(head, value):
    if not isinstance(value, (dict, list)) or not value:
        yield f"{head} {_scalar(value)}"
        return
    yield head
    yield from ("  " + line for line in _lines(value))


def _scalar(value):
    """JSON is YAML; texts that are nothing else go without quotes."""
    if isinstance(value, str) and PLAIN.fullmatch(value) and value.lower() not in WORDS:
        return value
    return json.dumps(value)
