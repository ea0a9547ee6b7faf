"""The tokens of one text of a diff: of the lines that are looked at first.

A text is lexed from its top, which takes seconds for 50,000 lines. Lines far below what is lexed
get their colours from a pass that begins a little above them, as if a function began there; they
may be wrong inside a long string, until the pass from the top has come so far.
"""

import time
from collections.abc import Sequence

from pygments.lexer import Lexer

from spark_desktop.views.highlighting import Highlighter, Spans

# Lines that are lexed sooner than anything could be guessed about them.
_NEAR = 300
# How far up a likely beginning is looked for.
_LOOK_UP = 200
# Lines lexed at once by a pass that begins in the middle.
_AHEAD = 400


class SideColors:
    """Tokens of each line of one text, as far as they are known or guessed."""

    def __init__(self, lexer: Lexer | None, lines: Sequence[str]) -> None:
        self._lexer = lexer
        self._lines = lines
        self._exact = Highlighter(lexer, lines)
        self._guess: Highlighter | None = None
        self._guessed = (0, 0)
        self._guesses = 0

    def change(self, lines: Sequence[str], text: str | None = None) -> None:
        """Take another text (``text``: the same lines, joined); what is the same stays known."""
        if lines is self._lines:
            return
        self._lines = lines
        self._exact.change("\n".join(lines) if text is None else text)
        if self._guess is not None:
            first, last = self._guessed
            self._guess.change("\n".join(lines[first:last]))

    @property
    def version(self) -> int:
        """Return a number that goes up with whatever may change a token."""
        return self._exact.version + self._guesses + (self._guess.version if self._guess else 0)

    def spans(self, line: int) -> Spans:
        """Return (start, length, token) of the line's parts; empty while nothing is known."""
        if line < self._exact.known or self._guess is None:
            return self._exact.spans(line)
        first, last = self._guessed
        if first <= line < last:
            return self._guess.spans(line - first)
        return self._exact.spans(line)

    def advance(self, first: int, last: int, budget: float) -> bool:
        """Work ``budget`` seconds on lines ``first`` to ``last``; return whether they are known."""
        if self._lexer is None:
            return True
        if last - self._exact.known <= _NEAR:
            return self._exact.advance(last, budget)
        until = time.perf_counter() + budget
        if self._guess is None or not self._guessed[0] <= first <= last < self._guessed[1]:
            self._guess_at(first, last)
        if self._guess is not None and not self._guess.advance(last - self._guessed[0], budget):
            return False
        rest = until - time.perf_counter()
        return rest > 0 and self._exact.advance(last, rest)

    def _guess_at(self, first: int, last: int) -> None:
        start = first
        for line in range(first, max(0, first - _LOOK_UP), -1):
            text = self._lines[line] if line < len(self._lines) else ""
            if text[:1].isalpha() or text[:1] == "@":
                start = line
                break
        end = min(len(self._lines), last + _AHEAD)
        self._guessed = (start, end)
        self._guesses = self.version + 1
        self._guess = Highlighter(self._lexer, self._lines[start:end])
