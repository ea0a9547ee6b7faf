"""Patch > file patch > hunk: compute, apply, invert."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import methodcaller

from spark_desktop.domain.errors import ConflictError
from spark_desktop.domain.line_changes import changes
from spark_desktop.domain.text import dominant_newline, split_lines
from spark_desktop.domain.words import say

_ends = methodcaller("endswith", ("\n", "\r"))


# In place of a digest: the file is not there.
ABSENT = ""


class Owner(StrEnum):
    """Whose words the new lines of a hunk are."""

    MODEL = "model"
    USER = "user"


class FileKind(StrEnum):
    """What a file patch does to the file itself."""

    CHANGE = "change"
    CREATE = "create"
    DELETE = "delete"
    RENAME = "rename"


@dataclass(frozen=True, slots=True)
class Hunk:
    """Replace ``old`` lines, which begin at line ``start`` (from 0) of the base, by ``new`` lines.

    Lines carry their endings. There is no context: what stands around is the base's business.
    """

    id: str
    start: int
    old: tuple[str, ...]
    new: tuple[str, ...]
    owner: Owner = Owner.MODEL

    @property
    def end(self) -> int:
        """Return the line after the last replaced one, in the base."""
        return self.start + len(self.old)


@dataclass(frozen=True, slots=True)
class FilePatch:
    """Hunks on one file, in order, made for the text whose bytes hash to ``base``.

    A file to CREATE has the base ABSENT (unless one came to be there) and one hunk, or none where
    it is empty; one to DELETE a hunk that removes every line, or none where it is empty. A file to
    RENAME goes to ``target``.
    """

    path: str
    base: str
    hunks: tuple[Hunk, ...]
    kind: FileKind = FileKind.CHANGE
    target: str = ""

    @property
    def added(self) -> int:
        """Return the number of lines added."""
        return sum(len(hunk.new) for hunk in self.hunks)

    @property
    def removed(self) -> int:
        """Return the number of lines removed."""
        return sum(len(hunk.old) for hunk in self.hunks)


@dataclass(frozen=True, slots=True)
class Patch:
    """Changes to several files."""

    files: tuple[FilePatch, ...]


def touches(hunk: Hunk, others: Iterable[Hunk]) -> bool:
    """Return whether a hunk shares lines with one of the others, or meets it between two lines."""
    return any(hunk.start <= other.end and other.start <= hunk.end for other in others)


def compute(path: str, base: str, before: str, after: str) -> FilePatch:
    """Return the line hunks that turn ``before`` into ``after``.

    ``base`` is the digest of the file that ``before`` was decoded from.
    """
    return FilePatch(path, base, hunks_of(split_lines(before), split_lines(after)))


def apply(content: str, hunks: Iterable[Hunk]) -> str:
    """Return ``content`` with the hunks applied.

    Raises ConflictError, naming the line, where the content is not what a hunk replaces.
    """
    lines = split_lines(content)
    found: list[str] = []
    position = 0
    for hunk in in_order(hunks):
        if hunk.start < position or tuple(lines[hunk.start : hunk.end]) != hunk.old:
            raise ConflictError(
                say("Line {start} is not what the change was made for.", start=hunk.start + 1),
                say("Ask for a new proposal."),
            )
        found += lines[position : hunk.start]
        found += hunk.new
        position = hunk.end
    found += lines[position:]
    return "".join(closed_lines(found))


def in_order(hunks: Iterable[Hunk]) -> list[Hunk]:
    """Return the hunks from the first line to the last.

    Two may meet in one line once the lines between them are gone: an insertion comes first.
    """
    return sorted(hunks, key=lambda hunk: (hunk.start, hunk.end))


def closed_lines(lines: list[str], newline: str = "") -> list[str]:
    """Return the lines, each but the last with an ending, which one that came from the end lacks.

    ``newline`` is the one it gets; without it, the one that the lines have most often.
    """
    if all(map(_ends, lines[:-1])):
        return lines
    newline = newline or dominant_newline("".join(lines))
    whole = [line if _ends(line) else line + newline for line in lines[:-1]]
    return [*whole, lines[-1]]


def inverse(hunks: Iterable[Hunk]) -> tuple[Hunk, ...]:
    """Return the hunks that undo ``hunks``, all applied, in the coordinates of the result."""
    shift = 0
    undone = []
    for hunk in in_order(hunks):
        undone.append(Hunk(hunk.id, hunk.start + shift, hunk.new, hunk.old, hunk.owner))
        shift += len(hunk.new) - len(hunk.old)
    return tuple(undone)


def hunks_of(old: Sequence[str], new: Sequence[str]) -> tuple[Hunk, ...]:
    """Return the hunks that make the lines ``new`` of the lines ``old``."""
    return tuple(
        Hunk(f"{i1 + 1}-{number}", i1, tuple(old[i1:i2]), tuple(new[j1:j2]))
        for number, (i1, i2, j1, j2) in enumerate(changes(old, new))
    )
