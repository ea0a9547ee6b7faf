"""Completions for bash, zsh and fish, from the grammars of the programs."""

import argparse
from pathlib import Path

import shtab

from spark_dist.grammars import GRAMMARS, all_parsers, fixed_width

# Where each shell looks below a folder of shared data, and what the file is called there.
PLACES = {
    "bash": ("bash-completion/completions", "{program}"),
    "zsh": ("zsh/vendor-completions", "_{program}"),
    "fish": ("fish/vendor_completions.d", "{program}.fish"),
}
_FILES = ("F", "FILE", "FILE.gguf", "FILE_OR_FOLDER", "ID_OR_PATH")
_FOLDERS = ("FOLDER", "FOLDER_OR_LINK")


def completion(program: str, shell: str) -> str:
    """Return the script that completes a program's words in ``bash``, ``zsh`` or ``fish``."""
    with fixed_width():
        parser = GRAMMARS[program]()
        for one in all_parsers(parser):
            for action in one._actions:
                _complete_paths(action)
        return shtab.complete(parser, shell)


def write_completions(share: Path) -> None:
    """Write the scripts of all programs for all shells below ``share``."""
    for shell, (place, name) in PLACES.items():
        folder = share / place
        folder.mkdir(parents=True, exist_ok=True)
        for program in GRAMMARS:
            text = completion(program, shell).rstrip() + "\n"
            (folder / name.format(program=program)).write_text(text, encoding="utf-8")


def _complete_paths(action: argparse.Action) -> None:
    # A grammar says by its words for a value that it is a path.
    name = action.metavar if isinstance(action.metavar, str) else ""
    if name in _FOLDERS:
        action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
    elif name in _FILES:
        action.complete = shtab.FILE  # type: ignore[attr-defined]
