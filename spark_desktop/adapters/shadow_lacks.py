"""What a program missed in a shadow that the workspace has: ignored, secret or large files, .git.

Such a failure says nothing of the code, and the user cannot guess why the file is not there.
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from spark_desktop.domain.regex import regex

# How systems and languages say that a file is not there, and git that it has no repository.
_MISSING = regex(
    r"no such file|not found|cannot find|could not find|can't open|cannot open|does not exist|"
    r"ENOENT|FileNotFound|not a git repository",
    re.IGNORECASE,
)
_QUOTED = regex(r"'([^']+)'|\"([^\"]+)\"|`([^`]+)`")
_WORD = regex(r"[^\s'\"`:;,()\[\]]+")
_NO_REPOSITORY = "not a git repository"
# A flood of such lines has one reason.
_MOST_LINES, _MOST_TOLD = 40, 3
_LONGEST = 1000


def lacking(
    output: str, root: Path, shadow: Path, folder: str, shown: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return the first paths that an output misses, which ``root`` has and ``shadow`` has not.

    ``output`` names files as paths in the workspace, or from ``folder``, where the program ran.
    What is in the folders ``shown`` is there, though not in the shadow.
    """
    others = tuple(f"{path}/" for path in shown)
    found: dict[str, None] = {}
    lines = [line for line in output.splitlines() if _MISSING.search(line)]
    for line in lines[-_MOST_LINES:]:
        for name in _names(line[:_LONGEST]):
            for start in dict.fromkeys((folder, "")):
                path = os.path.normpath(os.path.join(start, name)).replace(os.sep, "/")
                if not path.startswith(others) and _is_lacking(path, root, shadow):
                    found[path] = None
    return tuple(found)[:_MOST_TOLD]


def _names(line: str) -> Iterator[str]:
    # It names the folder or, where it came to the end of a disk, that.
    if _NO_REPOSITORY in line:
        yield ".git"
    for groups in _QUOTED.findall(line):
        yield from filter(None, groups)
    # Any other word may be one of the sentence.
    yield from (word for word in _WORD.findall(line) if "." in word.rstrip(".") or "/" in word)


def _is_lacking(path: str, root: Path, shadow: Path) -> bool:
    if os.path.isabs(path) or path.split("/")[0] in ("", ".", ".."):
        return False
    try:
        return os.path.lexists(root / path) and not os.path.lexists(shadow / path)
    except ValueError:
        return False  # a NUL, for instance
