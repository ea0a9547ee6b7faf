"""Finds code of the workspace that says more about a region: definitions, callers, tests."""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath

from spark_desktop.domain.code import Definition, Import, UseKind
from spark_desktop.domain.errors import FileError, SparkError, UnconfirmedSecretError
from spark_desktop.domain.file_outline import brief, dedented, import_lines
from spark_desktop.domain.gathered import LeftOut
from spark_desktop.domain.generated_files import is_generated, is_generated_name
from spark_desktop.domain.symbols import Symbol
from spark_desktop.domain.test_pairs import is_pair, is_test, ranked
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.code_index import CodeIndex
from spark_desktop.services.ports import Clock, FileStore, Syntax
from spark_desktop.services.secret_guard import Reader

# Names that are looked up, and definitions and callers that are given.
_NAMES = 40
_DEFINITIONS = 6
_CALLERS = 2
_TEST_FILES = 2
# Lines of all cases, and of one of them; the whole of one that fails.
_TEST_LINES = 30
_CASE_LINES = 15
_FAILING_LINES = 40
# Files that are looked through where there is no index, and seconds for which the list of all is
# taken for true: making it takes tenths of a second in a project of thousands.
_FALLBACK_FILES = 8
_LISTED_S = 60.0
_WORD = re.compile(r"[^\W\d]\w*")
_KINS = (
    (".ts", ".tsx", ".js", ".jsx", ".mts", ".cts", ".mjs", ".cjs"),
    (".c", ".h", ".cpp", ".cc", ".cxx", ".hpp", ".hh", ".hxx"),
    (".py", ".pyi"),
)


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


class CodeLookup:
    """Asks the index of the workspace; while there is none, the files that a file names."""

    def __init__(self, files: FileStore, reader: Reader, syntax: Syntax, clock: Clock) -> None:
        self.index: CodeIndex | None = None
        self._clock = clock
        self._files_then: tuple[float, tuple[str, ...]] | None = None
        self._files = files
        self._reader = reader
        self._syntax = syntax

    def reading(self, own: Snapshot) -> Reading:
        """Return what reads the files for one prompt; ``own`` is the file that it is about."""
        return Reading(self._reader, self._syntax, own)

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
        index = self._ready()
        wanted = dict(list(names.items())[:_NAMES])
        if index is None:
            places = await self._by_imports(reading, wanted)
        else:
            places = await self._by_index(index, reading, wanted)
        pieces: dict[tuple[str, int], Piece] = {}
        own = reading.own.path
        for path, span in places:
            if path == own and span.start < region.end and region.start < span.end:
                continue
            if text := brief(await reading.lines(path), span):
                pieces.setdefault((path, span.start), Piece(path, span.start, text))
            if len(pieces) == _DEFINITIONS:
                break
        return list(pieces.values())

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
        found: list[Piece] = []
        room = _TEST_LINES
        for path in paths[:_TEST_FILES]:
            case = await _failing_case(reading, path, failing)
            found += case
            cases = await _cases(reading, path, names, room - _size(case))
            taken = {one.line for one in found if one.path == path}
            found += [one for one in cases if one.line not in taken]
            room = _TEST_LINES - _size(found)
            if room <= 0:
                break
        return found

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
            meant = _meant(name, is_member, found, own, imports)
            if meant is not None and (span := await _now(reading, meant)) is not None:
                places.append((meant.path, span))
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
        others.sort(key=lambda one: -_named_parts(one, said))
        found: dict[str, tuple[str, Span]] = {}
        for path in [own, *others[:_FALLBACK_FILES]]:
            for symbol in await reading.symbols(path):
                if symbol.name in names and (path == own or symbol.name in named):
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


def _meant(
    name: str,
    is_member: bool,
    found: Sequence[Definition],
    own: str,
    imports: Iterable[Import],
) -> Definition | None:
    """Return the definition that a file means by a name; None where that is not sure."""
    if mine := [one for one in found if one.path == own]:
        return mine[0] if not is_member or len(mine) == 1 else None
    brought = {
        one.target
        for one in imports
        if one.target and (name in one.names or "*" in one.names or not one.names)
    }
    # A package of Go is a folder, in which nothing has to be imported.
    folder = PurePosixPath(own).parent.as_posix()
    brought |= {folder} if own.endswith(".go") else set()
    imported = [
        one
        for one in found
        if one.path in brought or PurePosixPath(one.path).parent.as_posix() in brought
    ]
    if imported := [one for one in imported if is_member or not one.container]:
        return imported[0]
    is_known = len(found) == 1 and _kin(found[0].path) == _kin(own)
    # A short name that only a member has is most often another thing's.
    return found[0] if is_known and (not is_member or len(name) > 4) else None


def _named_parts(path: str, said: str) -> int:
    """Return how many of a path's last parts stand together in imports, as modules or files."""
    parts = PurePosixPath(path).with_suffix("").parts
    ends = (parts[-count:] for count in range(len(parts), 0, -1))
    return next((len(end) for end in ends if ".".join(end) in said or "/".join(end) in said), 0)


def _kin(path: str) -> str:
    """Return the languages that use each other's names, by a file's ending."""
    suffix = PurePosixPath(path).suffix.lower()
    return next((kin[0] for kin in _KINS if suffix in kin), suffix)


async def _now(reading: Reading, meant: Definition) -> Span | None:
    """Return where a definition stands now: the index may know an older text."""
    symbols = [one for one in await reading.symbols(meant.path) if one.name == meant.name]
    if symbols:
        return min(symbols, key=lambda one: abs(one.lines.start - meant.lines.start)).lines
    lines = await reading.lines(meant.path)
    there = lines[meant.lines.start : meant.lines.end]
    return meant.lines if any(meant.name in line for line in there[:2]) else None


async def _failing_case(reading: Reading, path: str, failing: str) -> list[Piece]:
    last = re.split(r"::|\.|/| > ", failing.partition("[")[0])[-1].strip() if failing else ""
    for symbol in await reading.symbols(path) if last else ():
        if symbol.name == last and len(symbol.lines) <= _FAILING_LINES:
            return [_piece(path, symbol.lines, await reading.lines(path))]
    return []


async def _cases(reading: Reading, path: str, names: Sequence[str], room: int) -> list[Piece]:
    lines = await reading.lines(path)
    use = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in names) or r"(?!)")
    imports = set(import_lines(lines))
    found: dict[int, Piece] = {}
    end = 0
    for number, line in enumerate(lines):
        if number < end or not use.search(line) or line.rstrip() in imports:
            continue
        around = await reading.enclosing(path, Span(number, number + 1))
        if len(around) > _CASE_LINES:
            around = Span(max(around.start, number - 2, end), min(around.end, number + 3))
        if len(around) > room:
            break
        end = max(around.end, number + 1)
        room -= len(around)
        found.setdefault(around.start, _piece(path, around, lines))
    return list(found.values())


def _piece(path: str, span: Span, lines: Sequence[str]) -> Piece:
    shown = [line.rstrip() for line in lines[span.start : span.end]]
    while shown and not shown[-1]:
        shown.pop()
    return Piece(path, span.start, "\n".join(dedented(shown)))


def _size(pieces: Iterable[Piece]) -> int:
    return sum(piece.text.count("\n") + 1 for piece in pieces)
