"""The lines above the hunks of a file in a unified diff."""

import re
from dataclasses import dataclass

from spark_desktop.domain.answer_formats.paths import looks_like_path
from spark_desktop.domain.regex import regex

_GIT = regex(r'diff --git (?P<old>"(?:[^"\\]|\\.)*"|a/.*?) (?P<new>"(?:[^"\\]|\\.)*"|b/.*)')
_ESCAPE = regex(r"\\([0-7]{3}|.)")
_LETTERS = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11}
_NOTHING = "/dev/null"
# Lines that tell nothing we need: modes, digests, how alike the two files are.
_PASSED = (
    "index ",
    "old mode ",
    "new mode ",
    "similarity index ",
    "dissimilarity index ",
    "copy to ",
    "Index: ",
    "=====",
)
_BINARY = ("Binary files ", "GIT binary patch")


@dataclass(slots=True)
class DiffHead:
    """What the head says; a path is "" as long as none was told."""

    old: str = ""
    new: str = ""
    renamed_from: str = ""
    renamed_to: str = ""
    is_new: bool = False
    is_deleted: bool = False
    is_unreadable: bool = False
    has_files: bool = False
    is_git: bool = False

    @property
    def path(self) -> str:
        """Return the file that the hunks are for."""
        return self.renamed_from or self.new or self.old

    def read(self, line: str) -> bool:
        """Take a line of the head; False for one that is none."""
        if line.startswith("diff --git "):
            self._read_git(line)
        elif line.startswith("--- "):
            self._read_old(line)
        elif line.startswith("+++ "):
            self._read_new(line)
        elif line.startswith("new file mode"):
            self.is_new = True
        elif line.startswith("deleted file mode"):
            self.is_deleted = True
        elif line.startswith("rename from "):
            self.renamed_from = _unquoted(line.removeprefix("rename from ").strip())
        elif line.startswith("rename to "):
            self.renamed_to = _unquoted(line.removeprefix("rename to ").strip())
        elif line.startswith((*_BINARY, "copy from ")):
            self.is_unreadable = True
        else:
            return line.startswith(_PASSED)
        return True

    def _read_git(self, line: str) -> None:
        self.is_git = True
        found = _GIT.fullmatch(line.rstrip())
        if found:
            self.old = _without_side(_unquoted(found["old"]))
            self.new = _without_side(_unquoted(found["new"]))

    def _read_old(self, line: str) -> None:
        path = told_path(line)
        self.is_new |= path == _NOTHING
        self.old = "" if path == _NOTHING else _without_side(path)

    def _read_new(self, line: str) -> None:
        path = told_path(line)
        self.has_files = True
        self.is_deleted |= path == _NOTHING
        self.new = "" if path == _NOTHING else _without_side(path)


def told_path(line: str) -> str:
    """Return the path of a line that begins with ``---`` or ``+++``, without its time stamp."""
    return _unquoted(line[4:].split("\t")[0].strip())


def is_sure(old: str, new: str) -> bool:
    """Return whether two lines are surely a head, and not one old and one new line of a hunk."""
    sides = told_path(old), told_path(new)
    return _NOTHING in sides or (sides[0].startswith("a/") and sides[1].startswith("b/"))


def begins_files(old: str, new: str) -> bool:
    """Return whether two lines begin a diff: output of other programs has such lines, too."""
    if not old.startswith("--- ") or not new.startswith("+++ "):
        return False
    return is_sure(old, new) or (
        looks_like_path(told_path(old)) and looks_like_path(told_path(new))
    )


def quoted(path: str) -> str:
    """Return a path as git writes it: in quotes where it holds what ends or changes a line."""
    if re.search(r'[\x00-\x1f"\\\x7f]', path) is None:
        return path
    return '"' + "".join(_escaped(character) for character in path) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return f"\\{ord(character):03o}" if ord(character) < 32 or character == "\x7f" else character


def _unquoted(path: str) -> str:
    if len(path) < 2 or path[0] != '"' or path[-1] != '"':
        return path
    # Git escapes bytes, so that several of them may be one character.
    read = bytearray()
    place = 1
    for found in _ESCAPE.finditer(path, 1, len(path) - 1):
        read += path[place : found.start()].encode("utf-8", "surrogatepass")
        told = found[1]
        if len(told) == 3:
            read.append(int(told, 8) & 0xFF)
        elif told in _LETTERS:
            read.append(_LETTERS[told])
        else:
            read += told.encode("utf-8", "surrogatepass")
        place = found.end()
    read += path[place:-1].encode("utf-8", "surrogatepass")
    return read.decode("utf-8", "replace")


def _without_side(path: str) -> str:
    return path[2:] if path.startswith(("a/", "b/")) and len(path) > 2 else path
