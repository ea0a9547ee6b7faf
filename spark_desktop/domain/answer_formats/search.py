"""Reads search/replace blocks: in a fence, several of them, or without one."""

from spark_desktop.domain.answer_formats.fences import Fence, opening
from spark_desktop.domain.answer_formats.lines import NO_FILE, Line, Surroundings, Taken
from spark_desktop.domain.answer_formats.log import BlockLog
from spark_desktop.domain.answer_formats.paths import (
    comment_path,
    is_markdown,
    looks_like_path,
    path_line,
)
from spark_desktop.domain.edit_blocks import Format, Rewrite
from spark_desktop.domain.regex import regex
from spark_desktop.domain.words import say

_SEARCH = regex(
    r"[ \t]{0,3}(?P<mark><{5,}|-{5,})[ \t]?(?:SEARCH|ORIGINAL)(?:[ \t]*[>:])?"
    r"(?:[ \t]+(?P<path>\S+))?[ \t]*"
)
_DIVIDER = regex(r"[ \t]{0,3}(?P<mark>={5,})[ \t]*")
_REPLACE = regex(
    r"[ \t]{0,3}(?:(?P<mark>>{5,})[ \t]*(?:REPLACED?|UPDATED?|END)?|(?P<plus>\+{5,})[ \t]*REPLACE)"
    r"[ \t]*"
)
# From this length on the marks of a block are all equally long, as with fences: so a block can
# hold lines that look like marks. Shorter ones are as ragged as models write them.
EXACT = 10


def search_mark(text: str) -> int:
    """Return how long the mark is with which the line opens a block; 0 where it opens none."""
    found = _SEARCH.fullmatch(text)
    return len(found["mark"]) if found else 0


def is_mark(text: str) -> bool:
    """Return whether a line looks like one of the three marks."""
    return any(mark.fullmatch(text) for mark in (_SEARCH, _DIVIDER, _REPLACE))


class SearchReader:
    """Reads blocks up to the end of their fence, or one where there is no fence.

    ``path`` is the file that the fence names. Other lines between blocks are prose, or a path for
    the next block.
    """

    def __init__(
        self, log: BlockLog, around: Surroundings, fence: Fence | None = None, path: str = ""
    ) -> None:
        self._log = log
        self._around = around
        self._fence = fence
        self._named = path or (fence.path if fence else "")
        self._path = ""
        self._mark = 0
        self._lines: list[str] = []
        self._dividers: list[int] = []
        self._depth = 0
        self._is_over = False

    def take(self, line: Line) -> Taken:
        """Take the next line, or leave it."""
        if self._is_over:
            return self._behind(line)
        text = self._fence.dedented(line.text) if self._fence else line.text
        return self._within(line, text) if self._mark else self._between(line, text)

    def finish(self) -> None:
        """End a block that is cut; one without its second half says nothing."""
        if self._mark:
            self._end(is_cut=True)

    def _between(self, line: Line, text: str) -> Taken:
        if search_mark(text):
            self._begin(line, text)
            return Taken.MORE
        if self._fence is None:
            return Taken.LEFT
        if self._fence.closes(text):
            self._log.hidden(line.raw)
            return Taken.DONE
        named = path_line(text) or comment_path(text)
        reopened = opening(text)
        if reopened is not None:
            # The fence before was never closed.
            self._fence, named = reopened, reopened.path
        if not text.strip() or named or reopened is not None:
            self._named = named or self._named
            self._log.hidden(line.raw)
        else:
            self._log.prose(line.raw)
            self._around.saw(text)
        return Taken.MORE

    def _begin(self, line: Line, text: str) -> None:
        found = _SEARCH.fullmatch(text)
        assert found is not None
        told = found["path"] or ""
        path = told if looks_like_path(told) else self._named
        self._path = path or self._around.path()
        self._around.last_path = self._path
        self._mark = len(found["mark"])
        # New lists: what has been told of the block before looks at the old ones.
        self._lines, self._dividers, self._depth = [], [], 0
        self._log.own(line.raw)

    def _within(self, line: Line, text: str) -> Taken:
        if self._counts(search_mark(text)):
            self._refuse(say("The end of the block is missing: another one begins in it."))
            self._begin(line, text)
            return Taken.MORE
        found = _REPLACE.fullmatch(text)
        if found and self._counts(len(found["mark"] or found["plus"])):
            self._log.own(line.raw)
            self._end()
            self._is_over = self._fence is None
            return Taken.MORE
        if self._fence and self._is_closed_by(text):
            self._end()
            self._log.hidden(line.raw)
            self._is_over = True
            return Taken.MORE
        self._log.own(line.raw)
        self._add(text)
        return Taken.MORE

    def _behind(self, line: Line) -> Taken:
        """Hide a mark that is left over: a fence that the prompt opened, an end that came late."""
        if line.text.strip() == "```" or _REPLACE.fullmatch(line.text):
            self._log.hidden(line.raw)
            return Taken.DONE
        return Taken.LEFT

    def _add(self, text: str) -> None:
        found = _DIVIDER.fullmatch(text)
        if found and self._counts(len(found["mark"])):
            self._dividers.append(len(self._lines))
        self._lines.append(f"{text}\n")
        if self._path:
            lines, size = self._lines, len(self._lines)
            divider = self._likely_divider()
            path = self._path
            self._log.grew(lambda: _rewrite(path, lines[:size], divider))

    def _counts(self, length: int) -> bool:
        if self._mark >= EXACT:
            return length == self._mark
        return 0 < length < EXACT

    def _is_closed_by(self, text: str) -> bool:
        """Return whether a fence ends the block, whose own end is missing."""
        assert self._fence is not None
        if self._fence.opens_inner(text):
            self._depth += 1
            return False
        if not self._fence.closes(text):
            return False
        if len(self._fence.mark) > 3:
            return True
        if self._depth:
            self._depth -= 1
            return False
        return not is_markdown(self._path, self._fence.language)

    def _likely_divider(self) -> int | None:
        for place in self._dividers:
            if len(self._lines[place].strip()) == self._mark:
                return place
        return self._dividers[0] if self._dividers else None

    def _end(self, is_cut: bool = False) -> None:
        if not self._dividers:
            self._refuse(say("The block has no line of equals signs between its two halves."))
            return
        divider = self._divider()
        if divider is None:
            self._refuse(say("Several lines of the block could be the one between its halves."))
        elif not self._path:
            self._refuse(NO_FILE)
        else:
            self._log.ended(_rewrite(self._path, self._lines, divider), is_cut)
        self._close()

    def _divider(self) -> int | None:
        """Return the line between the halves: of several, the one that makes them most alike.

        Underlines of headings look the same; a block mostly repeats what it replaces.
        """
        exact = [place for place in self._dividers if len(self._lines[place].strip()) == self._mark]
        likely = exact or self._dividers
        if len(likely) == 1:
            return likely[0]
        alike = {place: _common(self._lines, place) for place in likely}
        best = max(alike.values())
        found = [place for place, common in alike.items() if common == best]
        return found[0] if len(found) == 1 else None

    def _refuse(self, reason: str) -> None:
        self._log.refused(reason)
        self._close()

    def _close(self) -> None:
        self._mark = 0
        self._around.passed_block()


def _rewrite(path: str, lines: list[str], divider: int | None) -> Rewrite:
    old = tuple(lines if divider is None else lines[:divider])
    new = old if divider is None else tuple(lines[divider + 1 :])
    return Rewrite(path, Format.SEARCH_REPLACE, old, new)


def _common(lines: list[str], divider: int) -> int:
    return len(set(lines[:divider]) & set(lines[divider + 1 :]))
