"""Finds what an ``@`` may become, while it is typed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import PurePosixPath

from spark_desktop.domain.context_item import ItemKind, ItemRef
from spark_desktop.domain.errors import FileError
from spark_desktop.domain.events import FilesChanged
from spark_desktop.domain.mentions import Mention, Suggestion, alone, best_paths
from spark_desktop.domain.symbols import Symbol
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import IgnoreReason
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import FileStore, Syntax

ROWS = 12
# Of any kind, files leave room for symbols.
_FILES, _FOLDERS = 6, 2
# Bounds of what is parsed for one search; a session of typing finds the rest parsed already.
MAX_PARSED = 1500
MAX_CHARS = 300_000
_SLICE = 20


class MentionSearch:
    """Keeps the list of files, and the symbols of those that were parsed, until they change."""

    def __init__(self, files: FileStore, syntax: Syntax, bus: Bus) -> None:
        self._files = files
        self._syntax = syntax
        self._paths: tuple[str, ...] | None = None
        self._symbols: dict[str, tuple[Symbol, ...]] = {}
        bus.subscribe(FilesChanged, lambda event: self._forget(event.paths))

    async def search(self, mention: Mention) -> AsyncIterator[tuple[Suggestion, ...]]:
        """Yield the rows, at most a dozen: at once what is known, then more as files are parsed.

        Files are read and parsed in other OS threads, a few at a time.
        """
        paths = await self._known_paths()
        rows = [Suggestion(ref) for ref in alone(mention)]
        rows += self._in_paths(mention, paths)
        rows += await self._secret(mention)
        if mention.kind in (ItemKind.FILE, ItemKind.FOLDER) or (
            mention.kind is None and len(mention.query) < 2
        ):
            yield tuple(rows[:ROWS])
            return
        waiting = [path for path in paths if path not in self._symbols][:MAX_PARSED]
        yield self._with_symbols(rows, mention)
        for begin in range(0, len(waiting), _SLICE):
            await self._parse(waiting[begin : begin + _SLICE])
            yield self._with_symbols(rows, mention)

    async def _known_paths(self) -> tuple[str, ...]:
        if self._paths is None:
            self._paths = await self._files.files()
        return self._paths

    async def _secret(self, mention: Mention) -> list[Suggestion]:
        """Return the row of a file that may hold secrets, which is found by its whole path only."""
        path = mention.query
        if mention.kind not in (None, ItemKind.FILE) or not path or path.endswith("/"):
            return []
        ignored = await self._files.ignored(path)
        if ignored is None or ignored.reason is not IgnoreReason.SECRET:
            return []
        folder = str(PurePosixPath(path).parent)
        if path not in await self._files.secrets("" if folder == "." else folder):
            return []
        return [Suggestion(ItemRef(ItemKind.FILE, path), say("may hold secrets"))]

    def _in_paths(self, mention: Mention, paths: tuple[str, ...]) -> list[Suggestion]:
        rows = []
        if mention.kind in (None, ItemKind.FILE):
            limit = ROWS if mention.kind else _FILES
            rows += [_row(ItemKind.FILE, path) for path in best_paths(paths, mention.query, limit)]
        if mention.kind in (None, ItemKind.FOLDER):
            limit = ROWS if mention.kind else _FOLDERS
            found = best_paths(_folders_of(paths), mention.query.rstrip("/"), limit)
            rows += [_row(ItemKind.FOLDER, path) for path in found]
        return rows

    def _with_symbols(self, rows: list[Suggestion], mention: Mention) -> tuple[Suggestion, ...]:
        # A name that several files define has a row for each.
        places: dict[str, list[str]] = {}
        for symbols in self._symbols.values():
            for symbol in symbols:
                places.setdefault(symbol.name, []).append(symbol.path)
        found = best_paths(places, mention.query, ROWS)
        more = [
            Suggestion(ItemRef(ItemKind.SYMBOL, path, name), path)
            for name in found
            for path in dict.fromkeys(places[name])
        ]
        return tuple([*rows, *more][:ROWS])

    async def _parse(self, paths: list[str]) -> None:
        for path in paths:
            found: tuple[Symbol, ...] = ()
            try:
                snapshot = await self._files.read(path)
                if len(snapshot.text.content) <= MAX_CHARS:
                    found = await asyncio.to_thread(self._syntax.symbols, snapshot)
            except FileError:
                pass  # binary, too large or gone: it has no symbols to offer
            self._symbols[path] = found

    def _forget(self, paths: tuple[str, ...]) -> None:
        self._paths = None
        for path in paths:
            self._symbols.pop(path, None)


def _row(kind: ItemKind, path: str) -> Suggestion:
    return Suggestion(ItemRef(kind, path), str(PurePosixPath(path).parent))


def _folders_of(paths: tuple[str, ...]) -> list[str]:
    folders = {parent.as_posix() for path in paths for parent in PurePosixPath(path).parents}
    return sorted(folders - {"."})
