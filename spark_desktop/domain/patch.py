"""Patch > file patch > hunk: compute, apply, format, parse. Only the apply order is subtle."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from operator import methodcaller

from spark_desktop.domain.errors import ConflictError, PatchError
from spark_desktop.domain.line_changes import changes
from spark_desktop.domain.text import dominant_newline, split_lines
from spark_desktop.domain.words import say

_NO_NEWLINE = "\\ No newline at end of file"
_HEADER = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_LINE_FEED_LINES = re.compile(r"[^\n]*\n|[^\n]+")
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


def compute(path: str, base: str, before: str, after: str) -> FilePatch:
    """Return the line hunks that turn ``before`` into ``after``.

    ``base`` is the digest of the file that ``before`` was decoded from.
    """
    return FilePatch(path, base, _hunks(split_lines(before), split_lines(after)))


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


def format_patch(patch: FilePatch, before: str, context: int = 3) -> str:
    """Return a unified diff that ``git apply`` takes, with ``context`` lines around each hunk.

    ``before`` is the text that the patch was made for.
    """
    if not patch.hunks:
        return ""
    lines, hunks = split_lines(before), patch.hunks
    if any(line.endswith("\r") for line in (*lines, *(n for hunk in hunks for n in hunk.new))):
        # To git a carriage return alone ends no line.
        lines = _LINE_FEED_LINES.findall(before)
        hunks = _hunks(lines, _LINE_FEED_LINES.findall(apply(before, hunks)))
    out = [f"--- a/{patch.path}\n", f"+++ b/{patch.path}\n"]
    shift = 0
    for group in _grouped(hunks, context):
        first = max(0, group[0].start - context)
        last = min(len(lines), group[-1].end + context)
        body = list(_body(lines, group, first, last))
        old_count = sum(1 for line in body if line[0] in " -")
        new_count = sum(1 for line in body if line[0] in " +")
        old_range = _range(first, old_count)
        new_range = _range(first + shift, new_count)
        out.append(f"@@ -{old_range} +{new_range} @@\n")
        out.extend(_terminated(body))
        shift += new_count - old_count
    return "".join(out)


def parse(diff: str, base: str = "") -> Patch:
    """Return the patch in a unified diff, its context removed; ``base`` is set on every file.

    Raises PatchError, naming the line, for text that is not one.
    """
    return Patch(tuple(_parse_files(diff, base)))


def _hunks(old: list[str], new: list[str]) -> tuple[Hunk, ...]:
    return tuple(
        Hunk(f"{i1 + 1}-{number}", i1, tuple(old[i1:i2]), tuple(new[j1:j2]))
        for number, (i1, i2, j1, j2) in enumerate(changes(old, new))
    )


def _grouped(hunks: tuple[Hunk, ...], context: int) -> list[list[Hunk]]:
    groups = [[hunks[0]]]
    for hunk in hunks[1:]:
        if hunk.start - groups[-1][-1].end <= 2 * context:
            groups[-1].append(hunk)
        else:
            groups.append([hunk])
    return groups


def _body(lines: list[str], group: list[Hunk], first: int, last: int) -> Iterator[str]:
    position = first
    for hunk in group:
        yield from (f" {line}" for line in lines[position : hunk.start])
        yield from (f"-{line}" for line in hunk.old)
        yield from (f"+{line}" for line in hunk.new)
        position = hunk.end
    yield from (f" {line}" for line in lines[position:last])


def _range(start: int, count: int) -> str:
    # A range of no lines names the line before it (POSIX diff, "unified context").
    return f"{start + 1 if count else start},{count}"


def _terminated(body: list[str]) -> Iterator[str]:
    for line in body:
        yield line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}\n"


def _parse_files(diff: str, base: str) -> Iterator[FilePatch]:
    lines = diff.split("\n")
    path: str | None = None
    hunks: list[Hunk] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        header = _HEADER.match(line)
        if line.startswith("--- ") and lines[number + 1 : number + 2] and _is_target(lines, number):
            if path is not None:
                yield FilePatch(path, base, tuple(hunks))
            path, hunks = _path_of(line, lines[number + 1]), []
            number += 2
        elif header:
            if path is None:
                raise PatchError(
                    say("Line {number} begins a hunk before any file is named.", number=number + 1)
                )
            taken, found = _parse_hunk(lines, number, header, len(hunks))
            hunks.extend(found)
            number += taken
        else:
            number += 1
    if path is None:
        raise PatchError(
            say("The text holds no unified diff."), say("It should begin with '--- a/FILE'.")
        )
    yield FilePatch(path, base, tuple(hunks))


def _is_target(lines: list[str], number: int) -> bool:
    return lines[number + 1].startswith("+++ ")


def _path_of(source: str, target: str) -> str:
    name = target[4:].split("\t")[0].rstrip("\r")
    if name == "/dev/null":  # The file is deleted; only the source names it.
        name = source[4:].split("\t")[0].rstrip("\r")
    return name[2:] if name.startswith(("a/", "b/")) else name


def _parse_hunk(
    lines: list[str], number: int, header: re.Match[str], known: int
) -> tuple[int, list[Hunk]]:
    start, old_count = int(header[1]), int(header[2] or 1)
    new_count = int(header[4] or 1)
    position = start - 1 if old_count else start
    found: list[Hunk] = []
    old: list[str] = []
    new: list[str] = []
    index = number + 1

    def close() -> None:
        if old or new:
            begin = position - len(old)
            found.append(Hunk(f"{begin + 1}-{known + len(found)}", begin, tuple(old), tuple(new)))
            old.clear()
            new.clear()

    while index < len(lines) and (old_count or new_count):
        kind, text = lines[index][:1], lines[index][1:]
        ending = "" if lines[index + 1 : index + 2] == [_NO_NEWLINE] else "\n"
        if kind == " " or (kind == "" and not text):
            close()
            position, old_count, new_count = position + 1, old_count - 1, new_count - 1
        elif kind == "-":
            old.append(text + ending)
            position, old_count = position + 1, old_count - 1
        elif kind == "+":
            new.append(text + ending)
            new_count -= 1
        elif kind != "\\":
            raise PatchError(
                say("Line {index} of the diff begins with {kind!r}.", index=index + 1, kind=kind)
            )
        index += 1
    if old_count or new_count:
        raise PatchError(
            say("The hunk at line {number} of the diff is cut off.", number=number + 1)
        )
    close()
    return index - number, found
