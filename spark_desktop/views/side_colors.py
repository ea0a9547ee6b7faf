"""The tokens of one text of a diff: of the lines that are looked at first.

A text is lexed from its top, which takes seconds for 50,000 lines. Lines far below what is lexed
get their colours from a pass that begins a little above them, as if a function began there; they
may be wrong inside a long string, until the pass from the top has come so far.
"""

import time
from collections.abc import Sequence

from pygments.lexer import Lexer

from spark_desktop.views.highlighting import Highlighter, Spans, lexer_for_path

# Lines that are lexed sooner than anything could be guessed about them.
_NEAR = 300
# How far up a likely beginning is looked for.
_LOOK_UP = 200
# Lines that a pass takes beyond those that are looked at.
_AHEAD = 400
# Seconds without a change after which the pass from the top goes on far above.
_CALM = 0.1
# Seconds that it gets of a slice: it is not seen.
_FAR = 0.002


class SideColors:
    """Tokens of each line of one text, as far as they are known or guessed."""

    def __init__(self, path: str, lines: Sequence[str]) -> None:
        self._path = path
        self._lines = lines
        self._exact = Highlighter(None, ())
        # How many lines the pass from the top has, and the first one that became another since.
        self._taken = 0
        self._changed: int | None = None
        self._changed_at = 0.0
        self._guess = Highlighter(None, ())
        self._guessed = (0, 0)
        self._began = False

    def change(self, lines: Sequence[str], first: int = 0) -> None:
        """Take another text that is the same above line ``first``; what is known there stays."""
        self._lines = lines
        self._changed_at = time.perf_counter()
        if first < self._taken:
            self._changed = first if self._changed is None else min(self._changed, first)
        start, end = self._guessed
        if first < start:
            self._guessed = (0, 0)
        elif first < end:
            self._guessed = (start, min(len(lines), max(end, first + _AHEAD)))
            self._guess.change(self._text(*self._guessed))

    def spans(self, line: int) -> Spans:
        """Return (start, length, token) of the line's parts; empty while nothing is known."""
        known = self._exact.known
        if line < (known if self._changed is None else min(known, self._changed)):
            return self._exact.spans(line)
        start, end = self._guessed
        if start <= line < end:
            return self._guess.spans(line - start)
        # What stood there before is better than nothing, for a moment.
        return self._exact.spans(line) if self._changed is None else ()

    def advance(self, first: int, last: int, budget: float) -> bool:
        """Work ``budget`` seconds on lines ``first`` to ``last``; return whether they are known."""
        if not self._began:
            self._began = True
            self._exact = Highlighter(self._lexer, ())
        if self._lexer is None:
            return True
        until = time.perf_counter() + budget
        if last - self._exact.known <= _NEAR:
            self._take(last)
            return self._exact.advance(last, budget)
        start, end = self._guessed
        if not start <= first <= last < end:
            self._guess_at(first, last)
        if not self._guess.advance(last - self._guessed[0], budget):
            return False
        rest = until - time.perf_counter()
        if rest <= 0 or time.perf_counter() - self._changed_at < _CALM:
            return False
        self._take(last)
        return self._exact.advance(last, min(rest, _FAR))

    @property
    def _lexer(self) -> Lexer | None:
        return lexer_for_path(self._path)

    def _text(self, start: int, end: int) -> str:
        return "\n".join(self._lines[start:end])

    def _take(self, last: int) -> None:
        """Let the pass from the top have the lines down to ``last``, as they are now."""
        if self._changed is None and min(last + 1, len(self._lines)) <= self._taken:
            return
        self._taken = min(len(self._lines), max(last + _AHEAD, self._taken))
        self._changed = None
        self._exact.change(self._text(0, self._taken))

    def _guess_at(self, first: int, last: int) -> None:
        start = first
        for line in range(min(first, len(self._lines) - 1), max(0, first - _LOOK_UP), -1):
            beginning = self._lines[line][:1]
            if beginning.isalpha() or beginning == "@":
                start = line
                break
        self._guessed = (start, min(len(self._lines), last + _AHEAD))
        self._guess = Highlighter(self._lexer, self._lines[start : self._guessed[1]])
