"""The files that one prompt looks at, each read once; what may not be shown is noted."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from spark_desktop.domain.errors import FileError, UnconfirmedSecretError
from spark_desktop.domain.file_outline import dedented
from spark_desktop.domain.gathered import LeftOut
from spark_desktop.domain.generated_files import is_generated, is_generated_name
from spark_desktop.domain.symbols import Symbol
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.ports import Syntax
from spark_desktop.services.secret_guard import Reader


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines of a file as they are shown; ``line`` is the first one's number, from 0."""

    path: str
    line: int
    text: str


class Reading:
    """The files that one prompt looks at, each read once; what may not be shown is noted."""

    def __init__(self, reader: Reader, syntax: Syntax, own: Snapshot) -> None:
        self.own = own
        self.left_out: dict[str, LeftOut] = {}
        self._reader = reader
        self._syntax = syntax
        self._read: dict[str, Snapshot | None] = {own.path: own}
        self._lines: dict[str, list[str]] = {}
        self._symbols: dict[str, tuple[Symbol, ...]] = {}

    async def lines(self, path: str) -> list[str]:
        """Return a file's lines, none where it may not be shown or cannot be read."""
        if path not in self._lines:
            snapshot = await self._snapshot(path)
            self._lines[path] = [] if snapshot is None else split_lines(snapshot.text.content)
        return self._lines[path]

    async def symbols(self, path: str) -> tuple[Symbol, ...]:
        """Return a file's functions and classes as they are now."""
        if path not in self._symbols:
            snapshot = await self._snapshot(path)
            found: tuple[Symbol, ...] = ()
            if snapshot is not None:
                found = await asyncio.to_thread(self._syntax.symbols, snapshot)
            self._symbols[path] = found
        return self._symbols[path]

    async def enclosing(self, path: str, lines: Span) -> Span:
        """Return the function, class or block around the lines."""
        snapshot = await self._snapshot(path)
        return lines if snapshot is None else self._syntax.enclosing(snapshot, lines)

    async def _snapshot(self, path: str) -> Snapshot | None:
        if path not in self._read:
            self._read[path] = await self._allowed(path)
        return self._read[path]

    async def _allowed(self, path: str) -> Snapshot | None:
        if is_generated_name(path):
            self._leave_out(path, say("generated, or not of this project"))
            return None
        try:
            snapshot = await self._reader.read(path)
        except UnconfirmedSecretError as error:
            self._leave_out(path, error.message)
            return None
        except FileError:
            # Gone or grown since it was indexed: there is nothing to be told of it.
            return None
        if is_generated(path, snapshot.text.content):
            self._leave_out(path, say("generated, or not of this project"))
            return None
        return snapshot

    def _leave_out(self, path: str, reason: str) -> None:
        self.left_out[path] = LeftOut(path, reason)


def piece_of(path: str, span: Span, lines: Sequence[str]) -> Piece:
    """Return lines of a file as they are shown, without the indent of the first."""
    shown = [line.rstrip() for line in lines[span.start : span.end]]
    while shown and not shown[-1]:
        shown.pop()
    return Piece(path, span.start, "\n".join(dedented(shown)))
