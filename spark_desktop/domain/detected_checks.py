"""Which checks a project has, by what its files say. Pure: the caller reads the files.

Each check is a command for one file, run where its manifest is. Only what the project itself has
set up is asked: a linter that is merely installed has no say.
"""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol


class Stage(IntEnum):
    """What is asked first ends the rest where it fails."""

    COMPILES = 1
    LINTS = 2
    TYPES = 3
    EXAMPLES = 4
    TESTS = 5


@dataclass(frozen=True, slots=True)
class DetectedCheck:
    """A command as its words, to be run in ``folder`` of the workspace ("": its root).

    ``label`` is how the user reads it. ``proves``: it runs the changed code. ``about`` are the
    files besides the changed one that it needs. ``environment`` is for it alone. ``is_mixed``: it
    does more than to run tests, so a test has to be seen in what it prints.
    """

    label: str
    stage: Stage
    words: tuple[str, ...]
    folder: str = ""
    proves: bool = False
    about: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    is_mixed: bool = False

    @property
    def line(self) -> str:
        """Return the command as the user reads it before allowing it."""
        if "-c" in self.words:
            return self.label
        program = re.split(r"[\\/]", self.words[0])[-1]
        return shlex.join((program, *self.words[1:]))


class ProjectFiles(Protocol):
    """What may be asked about a workspace; paths are relative, "" is its root."""

    def text(self, path: str) -> str | None:
        """Return a watched file's text, at most its first 200 kB; None where there is none."""
        ...

    def is_file(self, path: str) -> bool:
        """Return whether there is such a file, watched or not."""
        ...

    def program(self, name: str, folder: str) -> str | None:
        """Return where a program is, the folder's own tools first; None where it is missing."""
        ...


def nearest(path: str, names: tuple[str, ...], files: ProjectFiles) -> str | None:
    """Return the innermost folder above ``path`` that holds one of the names; None: none does."""
    parts = path.split("/")[:-1]
    for count in range(len(parts), -1, -1):
        folder = "/".join(parts[:count])
        if any(files.is_file(f"{folder}/{name}" if folder else name) for name in names):
            return folder
    return None


def below(path: str, folder: str) -> str:
    """Return a path of the workspace as it is seen from a folder of it."""
    return path[len(folder) + 1 :] if folder else path


def at(folder: str, name: str) -> str:
    """Return the path of a name in a folder."""
    return f"{folder}/{name}" if folder else name
