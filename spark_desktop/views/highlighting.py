"""Pygments tokens per line, in slices, and only from where a growing text can have changed.

``get_tokens_unprocessed`` does not tell its stack of states, and a text can be taken up again only
at a line whose start has the stack at root; so the loop over the lexer's state table is our own.
Measured on 20 files of the standard library: taking up there gives what lexing everything gives.
"""

import inspect
import time
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from pygments.lexer import ExtendedRegexLexer, Lexer, RegexLexer
from pygments.lexers import get_all_lexers, get_lexer_by_name, get_lexer_for_filename
from pygments.token import Error, Whitespace, _TokenType
from pygments.util import ClassNotFound

from spark_desktop.views.first_characters import RuleTables

# Seconds of one slice: half a frame at 60 Hz.
SLICE = 0.008
_TOKENS_PER_CLOCK = 32

Spans = tuple[tuple[int, int, _TokenType], ...]


@lru_cache(maxsize=64)
def lexer_for_path(path: str) -> Lexer | None:
    """Return the lexer for a file's name; None where there is none."""
    try:
        return get_lexer_for_filename(path, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@lru_cache(maxsize=64)
def lexer_for_language(name: str) -> Lexer | None:
    """Return the lexer for a language as a code block names it; None where there is none."""
    if name.lower() not in _languages():
        return None
    return get_lexer_by_name(name, stripnl=False, ensurenl=False)


@lru_cache(maxsize=1)
def _languages() -> frozenset[str]:
    # For a name that it does not know Pygments looks through all that is installed: 46 ms.
    lexers = get_all_lexers(plugins=False)
    return frozenset(
        alias.lower() for _name, aliases, _files, _kinds in lexers for alias in aliases
    )


class Highlighter:
    """Tokens of each line of one text, lexed from the top as far as was asked for."""

    def __init__(self, lexer: Lexer | None, lines: Sequence[str]) -> None:
        self._lexer = lexer
        self._states = _states_of(lexer) if lexer else None
        self._text = "\n".join(lines)
        self._spans: list[list[tuple[int, int, _TokenType]]] = []
        self._known = 0
        # Where the text can be taken up again, (line, offset), one after the other.
        self._restarts: list[tuple[int, int]] = [(0, 0)]
        # Goes up with whatever may change a token.
        self.version = 0
        self._begin((0, 0))

    @property
    def known(self) -> int:
        """Return how many lines, from the first, are lexed."""
        return self._known

    @property
    def final(self) -> int:
        """Return how many lines keep their tokens whatever the text grows by."""
        if self._lexer is None:
            return self._text.count("\n")
        return min(self._known, self._restarts[-1][0])

    def spans(self, line: int) -> Spans:
        """Return (start, length, token) of the line's parts, in characters; empty if not known."""
        return tuple(self._spans[line]) if 0 <= line < len(self._spans) else ()

    def extend(self, lines: Sequence[str]) -> None:
        """Take another text; where it only grew, what cannot have changed stays known."""
        self.grow("\n".join(lines))

    def grow(self, text: str) -> None:
        """Take another text as a whole, as ``extend`` does."""
        if text == self._text:
            return
        if not text.startswith(self._text):
            self.change(text)
            return
        self._text = text
        self.version += 1
        if self._done:
            self._begin(self._restarts[-1])
        # Else the pass over the shorter text goes on, and the next one takes up behind it.

    def change(self, text: str) -> None:
        """Take another text, whatever became of the old one; what stands above stays known."""
        if text == self._text:
            return
        if text.startswith(self._text):
            self.grow(text)
            return
        same = _shared_beginning(self._text, text)
        while len(self._restarts) > 1 and self._restarts[-1][1] >= same:
            self._restarts.pop()
        self._text = text
        self.version += 1
        self._begin(self._restarts[-1])

    def advance(self, line: int, budget: float = SLICE) -> bool:
        """Lex until ``line`` is known or ``budget`` seconds are over; return whether it is."""
        if self._lexer is None:
            return True
        until = time.perf_counter() + budget
        while not self._is_known(line):
            if not self._lex_some():
                if self._passed == len(self._text):
                    self._known = self._text.count("\n") + 1
                    break
                self._begin(self._restarts[-1])
            if time.perf_counter() >= until:
                break
        if self._states is not None:
            # In a frame only a little: what is not known yet there is only slower.
            self._states.prepare(until if budget >= SLICE else 0.0)
        return self._is_known(line)

    def _is_known(self, line: int) -> bool:
        return line < self._known or (self._done and self._passed == len(self._text))

    def _begin(self, restart: tuple[int, int]) -> None:
        self._line, self._line_start = restart
        self._known = min(self._known, self._line)
        self._passed = len(self._text)
        self._done = False
        del self._spans[self._line + 1 :]
        if self._line < len(self._spans):
            self._spans[self._line] = []
        self._tokens = self._lexed(self._text, self._line_start)

    def _lexed(self, text: str, start: int) -> Iterator[tuple[int, _TokenType, str]]:
        if self._lexer is None:
            return iter(())
        if self._states is None:
            self._restarts = [(0, 0)]
            return iter(self._lexer.get_tokens_unprocessed(text))
        return self._own_loop(text, start)

    def _lex_some(self) -> bool:
        self.version += 1
        for _ in range(_TOKENS_PER_CLOCK):
            token = next(self._tokens, None)
            if token is None:
                self._done = True
                return False
            self._put(*token)
        return True

    def _put(self, offset: int, token: _TokenType, value: str) -> None:
        for part in value.splitlines(keepends=True) if "\n" in value else (value,):
            column = offset - self._line_start
            while len(self._spans) <= self._line:
                self._spans.append([])
            bare = part.rstrip("\n")
            if bare:
                self._spans[self._line].append((column, len(bare), token))
            offset += len(part)
            if part.endswith("\n"):
                self._line += 1
                self._line_start = offset
                self._known = max(self._known, self._line)

    def _own_loop(self, text: str, position: int) -> Iterator[tuple[int, _TokenType, str]]:
        # The loop of RegexLexer, which also notes where it could be taken up again.
        tables: RuleTables = self._states or RuleTables({})
        stack = ["root"]
        while position < len(text):
            is_root = len(stack) == 1 and position == self._line_start
            if is_root and position > self._restarts[-1][1]:
                self._restarts.append((self._line, position))
            for match_at, action, change in tables.rules(stack[-1], text[position]):
                match = match_at(text, position)
                if not match:
                    continue
                if type(action) is _TokenType:
                    yield position, action, match.group()
                elif action is not None:
                    yield from action(self._lexer, match)
                position = match.end()
                if change is not None:
                    _change_stack(stack, change)
                break
            else:
                if text[position] == "\n":
                    stack = ["root"]
                yield position, Whitespace if text[position] == "\n" else Error, text[position]
                position += 1


def _shared_beginning(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    low, high = 0, min(len(one), len(other))
    # Comparing slices is a thousand times faster than comparing characters.
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


@lru_cache(maxsize=64)
def _tables_of(owner: Any) -> RuleTables:
    return RuleTables(owner._tokens)


def _states_of(lexer: Lexer) -> RuleTables | None:
    if not isinstance(lexer, RegexLexer) or isinstance(lexer, ExtendedRegexLexer):
        return None
    # One that takes no stack does more than to rename tokens of the table.
    if "stack" not in inspect.signature(lexer.get_tokens_unprocessed).parameters:
        return None
    # Of a language with variants, such as C#, the lexer has them and not its class.
    return _tables_of(type(lexer) if "_tokens" in vars(type(lexer)) else lexer)


def _change_stack(stack: list[str], change: Any) -> None:
    if isinstance(change, int):
        del stack[max(1, len(stack) + change) if change < 0 else change :]
        return
    for state in (change,) if isinstance(change, str) else change:
        if state == "#pop":
            if len(stack) > 1:
                stack.pop()
        elif state == "#push":
            stack.append(stack[-1])
        else:
            stack.append(state)
