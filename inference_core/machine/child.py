"""How this program starts processes of its own."""

import sys


def child_command(word: str, module: str) -> list[str]:
    """Return the command that runs a module; in a frozen app ``word`` stands for it."""
    if getattr(sys, "frozen", False):
        return [sys.executable, word]
    # -P: a file json.py in the current folder, the user's project perhaps, must not be run.
    return [sys.executable, "-P", "-m", module]
