"""Seeds of random tests: more of them with NODEWALL_TEST_SCALE, one alone with NODEWALL_SEED."""
import os

ALONE = "NODEWALL_SEED" in os.environ


def seeds(count):
    """Each is printed before its turn, so that whatever fails then tells how to repeat it."""
    whole = range(1, 1 + round(count * float(os.environ.get("NODEWALL_TEST_SCALE", "1"))))
    for seed in [int(os.environ["NODEWALL_SEED"])] if ALONE else whole:
        print(f"repeat with NODEWALL_SEED={seed}")
        yield seed
