"""The ways in which tests bring the compiled ruleset into the kernel of a network namespace, each with
what must hold afterwards: as `nodewall replay --apply` does by iptables, or as a text for nft, loaded by
the nft program alone.
"""


def by_iptables(nodewall, *arguments):
    nodewall.apply(*arguments)
    nodewall.check_all(*arguments)


def by_nft(nodewall, *arguments):
    nodewall.namespace.run("nft", "-f", "-", input=nodewall.rules("-o", "nft", *arguments))
    nodewall.call("log", "verify", "--db", nodewall.db)


BACKENDS = {"iptables": by_iptables, "nft": by_nft}
