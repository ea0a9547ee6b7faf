"""File patches as unified diffs, in the forms that ``git apply`` takes, and back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from spark_desktop.domain.errors import PatchError
from spark_desktop.domain.patch import ABSENT, FileKind, FilePatch, Hunk, Patch, apply, hunks_of
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.words import say

_NO_NEWLINE = "\\ No newline at end of file"
_HEADER = regex(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_LINE_FEED_LINES = regex(r"[^\n]*\n|[^\n]+")
_NOWHERE = "/dev/null"
_GIT = "diff --git "


def format_patch(patch: FilePatch, before: str, context: int = 3) -> str:
    """Return a unified diff that ``git apply`` takes, with ``context`` lines around each hunk.

    ``before`` is the text that the patch was made for. A file that is created, deleted or renamed
    is told as git tells it; a change without hunks is an empty text.
    """
    body = format_hunks(patch, before, context)
    old, new = f"a/{patch.path}", f"b/{patch.target or patch.path}"
    head = ""
    if patch.kind is FileKind.RENAME:
        head = f"{_GIT}{old} {new}\nrename from {patch.path}\nrename to {patch.target}\n"
    elif patch.kind is FileKind.CREATE:
        head = f"{_GIT}{old} {new}\nnew file mode 100644\n"
        old = _NOWHERE
    elif patch.kind is FileKind.DELETE:
        head = f"{_GIT}{old} {new}\ndeleted file mode 100644\n"
        new = _NOWHERE
    return f"{head}--- {old}\n+++ {new}\n{body}" if body else head


def format_hunks(patch: FilePatch, before: str, context: int = 3) -> str:
    """Return the hunks of a unified diff without the lines that name the file."""
    if not patch.hunks:
        return ""
    lines, hunks = split_lines(before), patch.hunks
    if any(line.endswith("\r") for line in (*lines, *(n for hunk in hunks for n in hunk.new))):
        # To git a carriage return alone ends no line.
        lines = _LINE_FEED_LINES.findall(before)
        hunks = hunks_of(lines, _LINE_FEED_LINES.findall(apply(before, hunks)))
    out = []
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

    A file to create has the base ABSENT. Raises PatchError, naming the line, for text that is none.
    """
    return Patch(tuple(_parse_files(diff, base)))


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


@dataclass
class _File:
    """A file of a diff as far as it is read."""

    path: str = ""
    kind: FileKind = FileKind.CHANGE
    target: str = ""
    hunks: list[Hunk] = field(default_factory=list)
    # Only a line of git's own names it so far, which may be prose.
    is_named: bool = False

    def patch(self, base: str) -> FilePatch:
        """Return what was read."""
        base = ABSENT if self.kind is FileKind.CREATE else base
        return FilePatch(self.path, base, tuple(self.hunks), self.kind, self.target)

    def read_git(self, line: str) -> None:
        """Take one of the lines between ``diff --git`` and the hunks."""
        if line.startswith("new file mode "):
            self.kind, self.is_named = FileKind.CREATE, True
        elif line.startswith("deleted file mode "):
            self.kind, self.is_named = FileKind.DELETE, True
        elif line.startswith("rename from "):
            self.path = line.removeprefix("rename from ").rstrip("\r")
        elif line.startswith("rename to "):
            self.kind, self.is_named = FileKind.RENAME, True
            self.target = line.removeprefix("rename to ").rstrip("\r")

    def read_names(self, source: str, target: str) -> None:
        """Take the lines ``---`` and ``+++``."""
        old, new = _name_of(source), _name_of(target)
        self.is_named = True
        if self.kind is FileKind.RENAME:
            return
        if old == _NOWHERE:
            self.kind = FileKind.CREATE
        elif new == _NOWHERE:
            self.kind = FileKind.DELETE
        self.path = _bare(old if new == _NOWHERE else new)


def _parse_files(diff: str, base: str) -> Iterator[FilePatch]:
    lines = diff.split("\n")
    read, is_git_head, found, number = _File(), False, 0, 0
    while number < len(lines):
        line, taken = lines[number], 1
        header = _HEADER.match(line)
        names_file = (
            line.startswith("--- ")
            and lines[number + 1 :][:1]
            and (lines[number + 1].startswith("+++ "))
        )
        begins = line.startswith(_GIT) or (names_file and not is_git_head)
        if begins and read.is_named:
            found += 1
            yield read.patch(base)
        if begins:
            read, is_git_head = _File(_path_in_git_head(line)), line.startswith(_GIT)
        if names_file:
            read.read_names(line, lines[number + 1])
            is_git_head, taken = False, 2
        elif header:
            if not read.is_named:
                raise PatchError(
                    say("Line {number} begins a hunk before any file is named.", number=number + 1)
                )
            taken, hunks = _parse_hunk(lines, number, header, len(read.hunks))
            read.hunks += hunks
            is_git_head = False
        elif is_git_head:
            read.read_git(line)
        number += taken
    if read.is_named:
        yield read.patch(base)
    elif not found:
        raise PatchError(
            say("The text holds no unified diff."), say("It should begin with '--- a/FILE'.")
        )


def _path_in_git_head(line: str) -> str:
    # It names the file twice, a/FILE b/FILE; where they differ, other lines tell the names.
    names = line.removeprefix(_GIT).rstrip("\r")
    return _bare(names[: len(names) // 2])


def _name_of(line: str) -> str:
    return line[4:].split("\t")[0].rstrip("\r")


def _bare(name: str) -> str:
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
