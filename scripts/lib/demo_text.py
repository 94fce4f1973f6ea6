"""How scripts/demo speaks: numbered steps, and a mark on each thing shown. Colour on terminals only."""
import os
import sys


class Failed(SystemExit):
    """A step did not show what it says."""


class Telling:
    def __init__(self):
        colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self._bold, self._green, self._red, self._dim, self._plain = (
            ("\033[1m", "\033[32m", "\033[31m", "\033[2m", "\033[0m") if colour else ("",) * 5)
        self._steps = 0

    def step(self, title):
        self._steps += 1
        self._print(f"\n{self._bold}{self._steps}. {title}{self._plain}")

    def say(self, text):
        for line in text.strip("\n").splitlines():
            self._print("   " + line)

    def command(self, text):
        self._print(f"   {self._bold}$ {text}{self._plain}")

    def detail(self, text):
        self._print(f"     {self._dim}{text}{self._plain}")

    def show(self, holds, text, milliseconds=None, since=""):
        """Marks a claim as shown; ends the demo where it does not hold."""
        if milliseconds is not None:
            text += f" {milliseconds:.1f} ms {since}"
        if holds:
            self._print(f"   {self._green}ok{self._plain}  {text}")
        else:
            self._print(f"   {self._red}NOT SHOWN{self._plain}  {text}")
            raise Failed(1)

    def end(self):
        self._print(f"\n{self._bold}Done: all {self._steps} steps showed what they say.{self._plain}")

    @staticmethod
    def _print(text):
        print(text, flush=True)
