"""`iptables.markMask`: the bits that dispatch uses are those that are configured, and the log knows them."""
from harness.service import eventually

MASK = 0xFF0000


def marks(small):
    """The masks of the doors' marks in the kernel."""
    text = small.namespace.run("ipset", "save")
    return {int(line.split("skbmark ")[1].split()[0].split("/")[1], 16)
            for line in text.splitlines() if line.startswith("add NW-DOORS-") and "skbmark" in line}


def test_every_verb_uses_the_bits_that_are_configured(small):
    config = small.folder / "nodewall.yaml"
    config.write_text(f"iptables: {{markMask: {MASK:#x}}}\n")
    service = small.run("--config", config)
    assert marks(small) == {MASK}
    small.nodewall.check_all()
    printed = small.nodewall.rules()
    assert f"/{MASK:#x}" in printed and "/0x30ff" not in printed
    assert small.nodewall.events("--type", "CONFIGURED")[-1]["body"]["iptables"] == {"markMask": f"{MASK:#x}"}
    service.stop()
    small.nodewall.call("reset")
    small.nodewall.apply()
    assert marks(small) == {MASK}
    small.nodewall.check_all()


def test_a_restart_with_other_bits_leaves_none_of_the_old_ones(small):
    small.run().stop()
    assert marks(small) == {0x30FF}
    config = small.folder / "nodewall.yaml"
    config.write_text(f"iptables: {{markMask: {MASK:#x}}}\n")
    small.run("--config", config)
    small.nodewall.check_all()

    def tidied():
        assert marks(small) == {MASK}
    eventually(tidied)
    small.nodewall.check_all()
