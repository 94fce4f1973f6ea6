"""Rulesets told in lines (tests/harness/nft_text.cpp says how), rendered for nft, asked, and loaded."""
import subprocess
from pathlib import Path

from .nodewall import PROGRAM

NFT_TEXT = Path(PROGRAM).parents[2] / "tests/harness/nft_text"


def rendered(lines):
    """The text for `nft -f`, and what the evaluator answers to each `ask`: True for admitted."""
    done = subprocess.run([NFT_TEXT], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    output = done.stdout.splitlines()
    answers = [line == "# admitted" for line in output if line.startswith("# ")]
    return "\n".join(line for line in output if not line.startswith("#")) + "\n", answers


def load(namespace, text):
    """By the nft program, as one transaction."""
    namespace.run("nft", "-f", "-", input=text)
