"""Cuts a growing markdown text where it can be cut; what is closed is never looked at again.

A text is cut without being parsed, which takes a hundredth of the time: a section of prose ends
where a line at the margin follows a blank one, where no list or quotation can go on. Rendering
the sections then gives what rendering all of it gives; a test compares the two.
"""

import re
from dataclasses import dataclass
from typing import Any

from spark_desktop.views.markdown_blocks import CODE_LINES, CodePart, Part, Prose, links_of

# Lines of a section of prose: shorter ones are not worth a document, longer ones take too long to
# be laid out again with each word (of ten lines twice as long as of six).
_ENOUGH = 6
_MOST = 40
_FENCE = re.compile(r"( *)(`{3,}|~{3,})[ \t]*([^\n`]*)$")
_ITEM = re.compile(r"(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$)")
_HEADING = re.compile(r"#{1,6}(?:[ \t]|$)")
_RULE = re.compile(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_DEFINITION = re.compile(r" {0,3}\[[^\]\n]+\]:[ \t]*\S")


@dataclass(frozen=True, slots=True)
class _Fence:
    indent: int
    mark: str
    language: str

    def closes(self, line: str) -> bool:
        """Return whether the line ends the code."""
        bare = line.strip()
        return bare.startswith(self.mark) and not bare.strip(self.mark[0])

    def may_close(self, line: str) -> bool:
        """Return whether the line, which is being written, may yet become the end."""
        bare = line.strip()
        return bool(bare) and not bare.strip(self.mark[0])


class MarkdownStream:
    """Parts of a text that comes in pieces: ``closed`` ones, and those that may still change."""

    def __init__(self, text: str = "", code_lines: int = CODE_LINES) -> None:
        self.closed: list[Part] = []
        # Where in ``closed`` each code block begins.
        self.code_starts: list[int] = []
        self._code_lines = code_lines
        self._pieces: list[str] = []
        self._partial = ""
        self._lines: list[str] = []
        self._links: dict[str, Any] = {}
        self._fence: _Fence | None = None
        self._first = 0
        self._open: tuple[Part, ...] | None = None
        self._start_prose()
        self.append(text)

    @property
    def text(self) -> str:
        """Return all of the text so far."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    @property
    def is_empty(self) -> bool:
        """Return whether nothing came yet."""
        return not self._pieces

    @property
    def parts(self) -> tuple[Part, ...]:
        """Return all parts from the first to the last."""
        return (*self.closed, *self.open)

    @property
    def open(self) -> tuple[Part, ...]:
        """Return what stands behind the closed parts, as far as it is written."""
        if self._open is None:
            self._open = self._opened()
        return self._open

    def _opened(self) -> tuple[Part, ...]:
        if self._fence is not None:
            return self._open_code(self._fence)
        fence = self._opening(self._partial)
        lines = self._lines if fence or not self._partial else [*self._lines, self._partial]
        text = "\n".join(lines).rstrip()
        parts: tuple[Part, ...] = (Prose(text, self._lead, self._links),) if text else ()
        if fence:
            # Of what is being written the language is not known yet.
            parts += (CodePart(len(self.code_starts), "", 0, ("",), True),)
        return parts

    def append(self, piece: str) -> None:
        """Take the next piece of the text."""
        if not piece:
            return
        self._pieces.append(piece)
        self._open = None
        *lines, self._partial = (self._partial + piece).split("\n")
        for line in lines:
            if self._fence is not None:
                self._take_code(self._fence, line)
            else:
                self._take_prose(line)

    def code(self, block: int) -> str:
        """Return the text of a code block; empty where there is none of that number."""
        start = self.code_starts[block] if block < len(self.code_starts) else len(self.closed)
        lines: list[str] = []
        for number in range(start, len(self.closed)):
            part = self.closed[number]
            if not isinstance(part, CodePart) or part.block != block:
                return "\n".join(lines)
            lines.extend(part.lines)
        for part in self.open:
            if isinstance(part, CodePart) and part.block == block:
                lines.extend(part.lines)
        return "\n".join(lines)

    def _start_prose(self, lead: str = "") -> None:
        self._lines = []
        self._lead = self._table = lead
        self._after_blank = self._in_list = False
        self._nested: _Fence | None = None

    def _end_prose(self, lead: str = "") -> None:
        text = "\n".join(self._lines).rstrip()
        if text:
            self.closed.append(Prose(text, self._lead, self._links))
        self._start_prose(lead)

    def _opening(self, line: str) -> _Fence | None:
        """Return the code block that the line begins, unless it stands in a list."""
        fence = _fence_of(line)
        is_inside = self._nested is not None or (self._in_list and fence and fence.indent)
        return fence if fence and fence.indent <= 3 and not is_inside else None

    def _take_prose(self, line: str) -> None:
        if not line or line.isspace():
            self._after_blank, self._table = True, ""
            if self._lines:
                self._lines.append("")
            return
        fence = self._opening(line)
        if fence:
            self._end_prose()
            self._fence, self._first = fence, 0
            self.code_starts.append(len(self.closed))
            return
        if line[0] in " \t":
            self._take_indented(line)
        else:
            self._take_at_margin(line)
        self._lines.append(line)
        self._after_blank = False

    def _take_indented(self, line: str) -> None:
        if self._nested is not None:
            if self._nested.closes(line):
                self._nested = None
        elif self._in_list:
            self._nested = _fence_of(line)
        elif _ITEM.match(line.lstrip()):
            self._in_list = True

    def _take_at_margin(self, line: str) -> None:
        # What is not indented ends the code in a list, and without a mark of its own the list.
        self._nested = None
        count = len(self._lines)
        if _ITEM.match(line):
            begins = self._after_blank and not self._in_list
            if count >= (_ENOUGH if begins else _MOST):
                self._end_prose()
            self._in_list = True
            return
        if self._after_blank or _HEADING.match(line):
            self._in_list = False
            if count >= _ENOUGH:
                self._end_prose()
        elif count >= _MOST and not self._in_list:
            self._end_prose(self._table)
        if line[0] == "[" and _DEFINITION.match(line):
            self._links.update(links_of(line))
        if self._lines and "|" in self._lines[-1] and _RULE.match(line):
            self._table = f"{self._lines[-1]}\n{line}\n"

    def _take_code(self, fence: _Fence, line: str) -> None:
        if fence.closes(line):
            self._end_code(fence, is_last=True)
            self._fence = None
            self._start_prose()
            return
        if len(self._lines) == self._code_lines:
            self._end_code(fence, is_last=False)
        self._lines.append(_unindented(line, fence.indent))

    def _end_code(self, fence: _Fence, is_last: bool) -> None:
        self.closed.append(self._code_part(fence, self._lines, is_last))
        self._first += len(self._lines)
        self._lines = []

    def _open_code(self, fence: _Fence) -> tuple[Part, ...]:
        # What may become the closing fence would else flash up as code.
        if not self._partial or fence.may_close(self._partial):
            return (self._code_part(fence, self._lines, True),)
        last = _unindented(self._partial, fence.indent)
        if len(self._lines) < self._code_lines:
            return (self._code_part(fence, [*self._lines, last], True),)
        first = self._first + len(self._lines)
        block = len(self.code_starts) - 1
        return (
            self._code_part(fence, self._lines, False),
            CodePart(block, fence.language, first, (last,), True),
        )

    def _code_part(self, fence: _Fence, lines: list[str], is_last: bool) -> CodePart:
        block = len(self.code_starts) - 1
        return CodePart(block, fence.language, self._first, tuple(lines) or ("",), is_last)


def parts_of(text: str, code_lines: int = CODE_LINES) -> tuple[Part, ...]:
    """Return the parts of a whole text; code is cut into parts of ``code_lines``."""
    return MarkdownStream(text, code_lines).parts


def _fence_of(line: str) -> _Fence | None:
    if "```" not in line and "~~~" not in line:
        return None
    found = _FENCE.match(line)
    if found is None:
        return None
    words = found[3].split()
    return _Fence(len(found[1]), found[2], words[0] if words else "")


def _unindented(line: str, indent: int) -> str:
    if not indent:
        return line
    return line[min(indent, len(line) - len(line.lstrip(" "))) :]
