"""Calico's selectors as POLICY-APIS.md, section 5, tells them, over the trees of abstract_calico.py."""


class Malformed(Exception):
    """It is no selector."""


def check(tree):
    """None is absent."""
    if tree is None:
        return
    if tree[0] == "odd":
        raise Malformed
    for part in [tree[1]] if tree[0] == "!" else tree[1] if tree[0] in ("&&", "||") else []:
        check(part)


def holds(tree, labels):
    """Of an object with these labels, in a namespace or the labels of one."""
    word, *rest = tree
    if word == "all":
        return True
    if word == "global":
        return "projectcalico.org/namespace" not in labels and "projectcalico.org/name" not in labels
    if word == "!":
        return not holds(rest[0], labels)
    if word in ("&&", "||"):
        parts = [holds(part, labels) for part in rest[0]]
        return all(parts) if word == "&&" else any(parts)
    return _test(word, labels.get(rest[0]), *rest[1:])


def _test(word, value, argument=None):
    if word == "has":
        return value is not None
    if word in ("!=", "not in"):  # true where the label is absent
        return value != argument if word == "!=" else value not in argument
    return value is not None and {
        "==": lambda: value == argument, "in": lambda: value in argument,
        "contains": lambda: argument in value, "starts with": lambda: value.startswith(argument),
        "ends with": lambda: value.endswith(argument)}[word]()


def means_global(tree):
    """Whether a selector of namespaces means what is in none: every word but global() is about
    namespaces, negated ones too."""
    word = tree[0]
    if word in ("&&", "||"):
        parts = [means_global(part) for part in tree[1]]
        return all(parts) if word == "&&" else any(parts)
    return word == "global"
