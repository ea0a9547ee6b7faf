"""Finds code of the workspace that says more about a region: definitions, callers, tests."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import PurePosixPath

from spark_desktop.domain.code import UseKind
from spark_desktop.domain.errors import FileTooLargeError, SparkError
from spark_desktop.domain.file_outline import brief, import_lines
from spark_desktop.domain.regex import regex
from spark_desktop.domain.test_pairs import is_pair, is_test, ranked
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.code_index import CodeIndex
from spark_desktop.services.meant_definition import meant, named_parts, place_now
from spark_desktop.services.ports import Clock, FileStore, Syntax
from spark_desktop.services.prompt_reading import Piece, Reading
from spark_desktop.services.secret_guard import Reader
from spark_desktop.services.test_excerpts import cases_of

# Names that are looked up, and definitions and callers that are given.
_NAMES = 40
_DEFINITIONS = 6
_CALLERS = 2
_TEST_FILES = 2
# Files that are looked through where there is no index, and seconds for which the list of all is
# taken for true: making it takes tenths of a second in a project of thousands.
_FALLBACK_FILES = 8
_LISTED_S = 60.0
_WORD = regex(r"[^\W\d]\w*")


class CodeLookup:
    """Asks the index of the workspace; while there is none, the files that a file names."""

    def __init__(self, files: FileStore, reader: Reader, syntax: Syntax, clock: Clock) -> None:
        self.index: CodeIndex | None = None
        self._clock = clock
        self._files_then: tuple[float, tuple[str, ...]] | None = None
        self._files = files
        self._reader = reader
        self._syntax = syntax

    def reading(self, own: Snapshot, most: int | None = None) -> Reading:
        """Return what reads the files for one prompt; ``own`` is the file that it is about.

        Of others those of more than ``most`` characters are passed over.
        """
        reader = self._reader if most is None else _Bounded(self._reader, most)
        return Reading(reader, self._syntax, own)

    async def map(self, path: str, characters: int) -> str:
        """Return the map of the workspace for a file, "" without an index."""
        index = self._ready()
        return "" if index is None else await index.map([path], characters)

    async def definitions(
        self, reading: Reading, region: Span, names: Mapping[str, bool]
    ) -> list[Piece]:
        """Return short forms of what the names mean, where that stands outside of the region.

        ``names`` maps each to whether it is used only as a member of something. A name that means
        several things is left out, unless it is the file's own or imported.
        """
        pieces: dict[tuple[str, int], Piece] = {}
        own = reading.own.path
        for path, span in await self.places(reading, names):
            if path == own and span.start < region.end and region.start < span.end:
                continue
            if text := brief(await reading.lines(path), span):
                pieces.setdefault((path, span.start), Piece(path, span.start, text))
            if len(pieces) == _DEFINITIONS:
                break
        return list(pieces.values())

    async def places(self, reading: Reading, names: Mapping[str, bool]) -> list[tuple[str, Span]]:
        """Return where the names are defined, as for ``definitions``, the file's own among them."""
        index = self._ready()
        wanted = dict(list(names.items())[:_NAMES])
        if index is None:
            return await self._by_imports(reading, wanted)
        return await self._by_index(index, reading, wanted)

    async def callers(self, reading: Reading, region: Span, name: str) -> list[Piece]:
        """Return lines outside of tests that call a function, at most two."""
        own, index = reading.own.path, self._ready()
        places: list[tuple[str, int]] = []
        if index is not None:
            uses = await index.references(name, 50)
            places = [(use.path, use.line) for use in uses if use.kind is UseKind.CALL]
        call = re.compile(rf"(?<!def )(?<!func )(?<!fn )(?<!function )\b{re.escape(name)}\s*\(")
        lines = await reading.lines(own)
        places += [(own, number) for number, line in enumerate(lines) if call.search(line)]
        found: dict[str, Piece] = {}
        for path, number in places:
            if (path == own and region.start <= number < region.end) or is_test(path):
                continue
            lines = await reading.lines(path)
            text = lines[number].strip() if number < len(lines) else ""
            if call.search(text) and len(text) <= 200:
                found.setdefault(text, Piece(path, number, text))
            if len(found) == _CALLERS:
                break
        return list(found.values())

    async def tests(self, reading: Reading, names: Sequence[str], failing: str = "") -> list[Piece]:
        """Return the cases of the file's tests that use one of the names; one that fails first.

        ``failing`` is its name as the test's program writes it ("tests/test_a.py::test_mean[1]").
        """
        own = reading.own.path
        if is_test(own):
            return []
        paths = list(await self._tests_of(own))
        path, _colons, _rest = failing.partition("::")
        if failing and is_test(path):
            paths = [path, *(one for one in paths if one != path)]
        return await cases_of(reading, paths[:_TEST_FILES], names, failing)

    def _ready(self) -> CodeIndex | None:
        return self.index if self.index is not None and self.index.state.is_ready else None

    async def _by_index(
        self, index: CodeIndex, reading: Reading, names: Mapping[str, bool]
    ) -> list[tuple[str, Span]]:
        own = reading.own.path
        imports = await index.imports(own)
        defined = await index.defined(names)
        places = []
        for name, is_member in names.items():
            if name not in defined:
                continue
            found = [one for one in await index.definitions(name) if not is_test(one.path)]
            known = meant(name, is_member, found, own, imports)
            if known is not None and (span := await place_now(reading, known)) is not None:
                places.append((known.path, span))
        return places

    async def _by_imports(
        self, reading: Reading, names: Mapping[str, bool]
    ) -> list[tuple[str, Span]]:
        own = reading.own.path
        said = " ".join(import_lines(await reading.lines(own)))
        named = set(_WORD.findall(said))
        near = [one for one in ranked(own, await self._listed()) if not is_test(one)]
        others = [one for one in near if PurePosixPath(one).stem in named]
        # Of files with one name, that which the import names with most of its folders.
        others.sort(key=lambda one: -named_parts(one, said))
        found: dict[str, tuple[str, Span]] = {}
        for path in [own, *others[:_FALLBACK_FILES]]:
            symbols = await reading.symbols(path)
            for symbol in symbols:
                if symbol.name not in names or (path != own and symbol.name not in named):
                    continue
                # A method is used as a member of something; no import brings it.
                is_inside = any(_holds(one.lines, symbol.lines) for one in symbols)
                if path == own or names[symbol.name] or not is_inside:
                    found.setdefault(symbol.name, (path, symbol.lines))
        return [found[name] for name in names if name in found]

    async def _listed(self) -> tuple[str, ...]:
        """Return the files of the workspace as they were a moment ago."""
        now = self._clock.monotonic()
        if self._files_then is None or now - self._files_then[0] > _LISTED_S:
            # A folder that cannot be listed has nothing to show.
            found: tuple[str, ...] = ()
            with suppress(SparkError):
                found = await self._files.files()
            self._files_then = (now, found)
        return self._files_then[1]

    async def _tests_of(self, path: str) -> Sequence[str]:
        if (index := self._ready()) is not None:
            return await index.tests_of(path)
        return ranked(path, [one for one in await self._listed() if is_pair(path, one)])


class _Bounded:
    """Reads as another reader does, but no file that is longer than so many characters."""

    def __init__(self, reader: Reader, most: int) -> None:
        self._reader = reader
        self._most = most

    async def read(self, path: str) -> Snapshot:
        snapshot = await self._reader.read(path)
        if len(snapshot.text.content) > self._most:
            raise FileTooLargeError(path)
        return snapshot


def _holds(outer: Span, inner: Span) -> bool:
    return outer != inner and outer.start <= inner.start and inner.end <= outer.end
