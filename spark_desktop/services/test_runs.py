"""From a run that failed to what may be proposed: which file, which lines of it, and why."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from spark_desktop.domain.assertions import asserts, rows_of_tests
from spark_desktop.domain.code import Definition
from spark_desktop.domain.errors import FileError
from spark_desktop.domain.failing_code import files_imported, names_called
from spark_desktop.domain.generated_files import is_generated
from spark_desktop.domain.quoted_messages import places_of
from spark_desktop.domain.regex import regex
from spark_desktop.domain.secret_lines import without_secrets, words_without_secrets
from spark_desktop.domain.symbols import Symbol
from spark_desktop.domain.test_output import (
    REPORT,
    Failure,
    Frame,
    Places,
    Source,
    end_of_output,
    failures_in,
)
from spark_desktop.domain.test_pairs import is_test
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import FailingTest, Span
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.code_index import CodeIndex
from spark_desktop.services.compiled_places import CompiledPlaces
from spark_desktop.services.ports import FileStore, Syntax
from spark_desktop.services.run_judges import FailedRun, RunJudges, broke_off
from spark_desktop.services.secret_guard import Reader
from spark_desktop.services.seen_tests import (
    SeenTest,
    beside,
    helpers_of,
    seen_test,
    source_of,
    whole_file,
)

# Candidates for one failure, and failures that are looked into, most likely first.
MOST_CANDIDATES = 5
_MOST_LOOKED_AT = 8
_FILES_READ = 12
# Names in an output that are looked up, where it names no place; seconds to wait for the index.
_CALLED = regex(r"\b([A-Za-z_]\w{2,60})\(")
_MOST_MENTIONED = 10
# Files of tests in which what an output says is looked for.
_MOST_READ = 40
# Places whose own calls are looked up.
_LOOKED_INTO = 2
_FAMILIES = (
    (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"),
    (".cpp", ".cc", ".cxx", ".c", ".hpp", ".hh", ".h"),
)
_C = _FAMILIES[1][0]
_FUNCTIONS = ("function", "method")
_DECLARED_AND_DEFINED = 2
_READY_S = 5.0


@dataclass(frozen=True, slots=True)
class Pointed:
    """The ``places`` to mend, and of each what it is ``about``: one function may fail many tests.

    ``left`` are failures beyond as many places as were asked for, and ``lost`` those that point at
    no code here.
    """

    places: tuple[FailingTest, ...] = ()
    about: tuple[tuple[Failure, ...], ...] = ()
    left: tuple[Failure, ...] = ()
    lost: tuple[Failure, ...] = ()


class FailingCode:
    """Finds what a failure points at.

    ``reader`` refuses secrets. ``index`` may be missing: then the imports of the test's file and
    the names in it tell where to look.
    """

    def __init__(
        self, files: FileStore, reader: Reader, syntax: Syntax, index: CodeIndex | None = None
    ) -> None:
        self._files = files
        self._reader = reader
        self._syntax = syntax
        self._index = index
        self._sources = CompiledPlaces(files, self._read)
        self._judges = RunJudges(self._read, self._sources.of, index)

    async def failures(self, run: FailedRun) -> tuple[Failure, ...]:
        """Return what the run's output tells of this workspace.

        Where it names no place these are the functions that it speaks of, as tests without a
        runner do ("names() after packets(1): expected ..."), else the lines of tests in which what
        it says stands.
        """
        files = frozenset(await self._files.files())
        places = self._places(run, files)
        found = await asyncio.to_thread(failures_in, run.output, places)
        return found or await self._mentioned(run.output) or await self._said(run, files)

    def _places(self, run: FailedRun, files: Collection[str]) -> Places:
        root = self._files.root
        roots = tuple(dict.fromkeys((root.as_posix(), root.resolve().as_posix())))
        return Places(roots, files, run.folder)

    async def _said(self, run: FailedRun, files: Collection[str]) -> tuple[Failure, ...]:
        text = await asyncio.to_thread(end_of_output, run.output)
        texts: dict[str, str] = {}
        for path in await asyncio.to_thread(_likely_to_say, run, files):
            snapshot = await self._read(path)
            if snapshot is not None:
                texts[path] = snapshot.text.content
        places = await asyncio.to_thread(lambda: tuple(places_of(text, texts)))
        found = {
            (path, line): Failure("", said, (Frame(path, line),), text, Source.TEXT)
            for path, line, said in places
        }
        return tuple(found.values())[:MOST_CANDIDATES]

    async def _mentioned(self, output: str) -> tuple[Failure, ...]:
        if self._index is None or not await self._index.ready(_READY_S):
            return ()
        text = await asyncio.to_thread(end_of_output, output)
        found: list[Failure] = []
        for name in list(dict.fromkeys(_CALLED.findall(text)))[:_MOST_MENTIONED]:
            one = await self._function(name)
            if one is not None:
                frame = Frame(one.path, one.lines.start)
                message = text.partition("\n")[0]
                found.append(Failure("", message, (frame,), text, Source.FUNCTION))
        return tuple(found[:MOST_CANDIDATES])

    async def likeliest(
        self, failures: Sequence[Failure], run: FailedRun, most: int
    ) -> tuple[FailingTest, ...]:
        """Return for the failures the likeliest places to mend, each function once.

        What else a failure may point at is among the ``others`` of its place.
        """
        return (await self.pointed(failures, run, most)).places

    async def pointed(self, failures: Sequence[Failure], run: FailedRun, most: int) -> Pointed:
        """Return what ``likeliest`` does, and what has become of each failure."""
        found: dict[tuple[str, Span], tuple[FailingTest, list[Failure]]] = {}
        lost: list[Failure] = []
        left = list(failures[_MOST_LOOKED_AT:])
        for failure in failures[:_MOST_LOOKED_AT]:
            places = await self.candidates(failure, run)
            if not places:
                lost.append(failure)
                continue
            trigger = replace(places[0], others=places[1:])
            lines = trigger.lines or Span(0, 0)
            place = trigger.snapshot.path, self._syntax.enclosing(trigger.snapshot, lines)
            found.setdefault(place, (trigger, []))[1].append(failure)
        asked = list(found.values())
        left = [one for _, about in asked[most:] for one in about] + left
        return Pointed(
            tuple(trigger for trigger, _ in asked[:most]),
            tuple(tuple(about) for _, about in asked[:most]),
            tuple(left),
            tuple(lost),
        )

    async def is_tested(self, paths: Sequence[str], command: Sequence[str] = ()) -> bool:
        """Return whether a save of the files can change what tests say.

        Without an index, and where the ``command`` runs a script that starts programs, that is
        every file in a language with a parser.
        """
        run = FailedRun(tuple(command), "", "")
        files = frozenset(await self._files.files() if command else ())
        scripts = await self._judges.scripts(run, self._places(run, files))
        is_open = await self._judges.starts_programs(scripts)
        for path in paths:
            if is_test(path) or path in scripts:
                return True
            if self._index is not None and self._index.state.is_ready and not is_open:
                if await self._index.tests_of(path) or await self._index.importers(path):
                    return True
            elif self._syntax.errors(path, "") is not None:
                return True
        return False

    async def candidates(self, failure: Failure, run: FailedRun) -> tuple[FailingTest, ...]:
        """Return where the mistake behind a failure may be, the likeliest first.

        The code that was running outside of tests; where a test compared what came back, the
        functions that it calls. What cannot be read, or looks like a secret, is left out, and so
        are scripts that judge the code of other files.
        """
        places: dict[tuple[str, Span], Snapshot] = {}
        files = frozenset(await self._files.files())
        scripts = await self._judges.scripts(run, self._places(run, files))
        judges = await self._judges.of(failure, run, scripts, files, self._checks)
        frames, tests = await self._sorted_frames(failure, (scripts, judges), files)
        for snapshot, line in frames:
            places.setdefault((snapshot.path, Span(line, line + 1)), snapshot)
        test = tests[0] if tests else None
        # What says it may be a function for all tests of the file, which calls nothing itself.
        is_said = failure.source is Source.TEXT
        helpers = [each for one in tests for each in await self._helpers(one)]
        whole = [whole_file(one) for one in tests if one.is_judge or is_said]
        for one in (*tests, *helpers, *whole):
            # What compares may be a function of its own: the test is who calls that.
            if called := await self._called(one):
                # What a helper calls fails for what the test gives it: that is what to show.
                test = test if one in helpers else one
                for snapshot, symbol in called:
                    places.setdefault((symbol.path, symbol.lines), snapshot)
                break
        for one in tests:
            if one.is_code:
                # What a function of the program asserts may be wrong by what it did before.
                place = Span(one.failing, one.failing + 1)
                places.setdefault((one.snapshot.path, place), one.snapshot)
        # What a tool writes, or was copied in, is not where this project mends something.
        own = {key: one for key, one in places.items() if not _is_generated(one)}
        places = own or places
        if len(places) < MOST_CANDIDATES:
            for snapshot, lines in await self._called_there(places):
                places.setdefault((snapshot.path, lines), snapshot)
        report = await self._report(failure, test)
        name = failure.name or name_of_run(run.command)
        key = failure.key if failure.name else name
        is_checked = not scripts or bool(tests) or not broke_off(failure)
        found = [one for one in places.items() if one[0][0] not in judges]
        return tuple(
            FailingTest(
                *(snapshot, lines, name, report, run.command, run.folder),
                is_checked=is_checked,
                key=key,
            )
            for (_path, lines), snapshot in found[:MOST_CANDIDATES]
        )

    async def _sorted_frames(
        self,
        failure: Failure,
        ran: tuple[Collection[str], Collection[str]],
        files: frozenset[str],
    ) -> tuple[list[tuple[Snapshot, int]], list[SeenTest]]:
        """Return the places outside of tests, and those in tests, the nearest first.

        ``ran`` are the scripts that the command runs, and those files that only judge others: all
        in these are in tests, and what a script says of itself.
        """
        scripts, judges = ran
        outside: list[tuple[Snapshot, int]] = []
        tests: list[SeenTest] = []
        stated: list[SeenTest] = []
        for written in failure.frames:
            frame = written if written.path in files else await self._sources.of(written, files)
            snapshot = await self._read(frame.path)
            if snapshot is None:
                continue
            own = self._symbols(snapshot)
            around = _around(own, frame.line)
            named = _named(own, failure.name)
            is_inside = frame.line in rows_of_tests(frame.path, snapshot.text.content)
            is_judge = frame.path in judges
            is_inside |= is_judge or (around is not None and around == named)
            is_said = failure.source is Source.TEXT and frame.path in scripts
            if is_test(frame.path) or is_inside or is_said:
                tests.append(
                    replace(seen_test(snapshot, frame, around or named), is_judge=is_judge)
                )
                continue
            lines = split_lines(snapshot.text.content)
            if not 0 <= frame.line < len(lines):
                continue
            if asserts(lines[frame.line]):
                stated.append(
                    replace(seen_test(snapshot, frame, around), is_code=around is not None)
                )
            outside.append((snapshot, frame.line))
        if stated and not tests:
            # A script that checks is a test whatever it is called: what it states is no mistake.
            first = stated[0]
            outside = [one for one in outside if one != (first.snapshot, first.failing)]
            is_judge = not first.is_code and await self._judges.drives(first.snapshot, files)
            tests = [replace(first, is_judge=is_judge)]
        return outside, tests

    async def _checks(self, snapshot: Snapshot, line: int) -> bool:
        """Return whether a line that raises is the script's own, or of a function that calls those
        of other files."""
        around = _around(self._symbols(snapshot), line)
        if around is None:
            return True
        seen = seen_test(snapshot, Frame(snapshot.path, line), around)
        return bool(await self._called(replace(seen, is_judge=True)))

    async def _called(self, test: SeenTest) -> list[tuple[Snapshot, Symbol]]:
        """Return the definitions of what a test calls, the likeliest first."""
        lines = split_lines(test.snapshot.text.content)[test.lines.start : test.lines.end]
        names = names_called(lines, test.failing - test.lines.start)
        snapshots = await self._candidate_files(test)
        found: list[tuple[int, int, Snapshot, Symbol]] = []
        others: list[tuple[Snapshot, Symbol]] = []
        for place, snapshot in enumerate(snapshots):
            rows = rows_of_tests(snapshot.path, snapshot.text.content)
            for symbol in self._symbols(snapshot):
                if symbol.lines.start in rows:
                    continue
                is_itself = snapshot.path == test.snapshot.path and symbol.lines == test.lines
                # A method of C++ is defined with its class in front.
                name = symbol.name.rpartition("::")[2]
                if name in names and not is_itself:
                    found.append((names.index(name), place, snapshot, symbol))
                elif not is_itself:
                    others.append((snapshot, symbol))
        # Of equal names that with the fewest lines: a method before the class that holds it.
        found.sort(key=lambda one: (one[0], one[1], len(one[3].lines)))
        called = [(snapshot, symbol) for _rank, _place, snapshot, symbol in found]
        return [*called[:1], *_declaring(called[:1], others), *called[1:]]

    async def _called_there(
        self, places: Mapping[tuple[str, Span], Snapshot]
    ) -> list[tuple[Snapshot, Span]]:
        """Return the functions that the likeliest places call, in their order.

        A result may come from there as it is. A name that several define says nothing.
        """
        if self._index is None or not self._index.state.is_ready:
            return []
        found: list[tuple[Snapshot, Span]] = []
        for (_path, lines), snapshot in list(places.items())[:_LOOKED_INTO]:
            around = self._syntax.enclosing(snapshot, lines)
            text = split_lines(snapshot.text.content)[around.start : around.end]
            for name in names_called(text, len(text) - 1)[:_MOST_MENTIONED]:
                place = await self._there(name, snapshot.path)
                if place is not None and (place[0].path, place[1]) not in places:
                    found.append(place)
                if len(places) + len(found) >= MOST_CANDIDATES:
                    return found
        return found

    async def _there(self, name: str, path: str) -> tuple[Snapshot, Span] | None:
        """Return where the one function is that code of a file calls by this name.

        Where one file defines several, as of a class and of those that come from it, any of them
        tells which file to look at.
        """
        one = await self._function(name) or await self._one_of_family(name)
        there = None if one is None else await self._read(one.path)
        if there is None or _family(there.path) != _family(path):
            return None
        # The index may be of the file as it was before.
        symbols = await asyncio.to_thread(self._symbols, there)
        own = [one.lines for one in symbols if one.name.rpartition("::")[2] == name]
        return (there, max(own, key=len)) if own else None

    async def _function(self, name: str) -> Definition | None:
        """Return the one function of a name outside of tests; None without one, or with more."""
        if self._index is None:
            return None
        defined = await self._index.definitions(name)
        own = [one for one in defined if one.kind in _FUNCTIONS and not is_test(one.path)]
        # A header declares what another file defines; more of one name tell nothing.
        if not 1 <= len(own) <= _DECLARED_AND_DEFINED:
            return None
        return max(own, key=lambda each: len(each.lines))

    async def _one_of_family(self, name: str) -> Definition | None:
        """Return the longest of the methods of a name that are all in one file outside of tests."""
        defined = () if self._index is None else await self._index.definitions(name)
        own = [one for one in defined if not is_test(one.path)]
        is_family = len({one.path for one in own}) == 1 and all(one.container for one in own)
        return max(own, key=lambda each: len(each.lines)) if is_family else None

    async def _helpers(self, test: SeenTest) -> list[SeenTest]:
        """Return what the test calls of its own file, and of other files of tests it knows."""
        path = test.snapshot.path
        files = frozenset(await self._files.files())
        others = [one for one in beside(path, test.snapshot.text.content, files) if is_test(one)]
        read = [await self._read(one) for one in others[:_FILES_READ]]
        there = [test.snapshot, *(one for one in read if one is not None)]
        return [found for one in there for found in helpers_of(test, one, self._symbols(one))]

    async def _candidate_files(self, test: SeenTest) -> list[Snapshot]:
        path, content = test.snapshot.path, test.snapshot.text.content
        files = frozenset(await self._files.files())
        wanted: list[str] = []
        if self._index is not None:
            wanted += [one.target for one in await self._index.imports(path) if one.target]
            wanted += await self._index.tests_of(path)
        wanted += files_imported(path, content, files)
        # A test may stand in the file that it tests.
        if not is_test(path) and not test.is_judge:
            wanted.insert(0, path)
        chosen = [one for one in dict.fromkeys(wanted) if one == path or not is_test(one)]
        read = [await self._read(one) for one in chosen[:_FILES_READ]]
        found = [snapshot for snapshot in read if snapshot is not None]
        if _family(path) == _C:
            # What a header includes is there, too.
            further = [
                one
                for each in found
                for one in files_imported(each.path, each.text.content, files)
                if one not in chosen and not is_test(one)
            ]
            read = [await self._read(one) for one in list(dict.fromkeys(further))[:_FILES_READ]]
            found += [snapshot for snapshot in read if snapshot is not None]
        return found

    async def _report(self, failure: Failure, test: SeenTest | None) -> str:
        """Return what the model is told: the test's source where the run did not show it, then
        what the run wrote, at most REPORT characters."""
        text = await asyncio.to_thread(without_secrets, failure.text or failure.message)
        source = "" if test is None else source_of(test, text)
        room = REPORT - len(source) - 1
        if len(text) > room:
            # The end of it says what was expected.
            text = text[-room:].partition("\n")[2] or text[-room:]
        return "\n".join(filter(None, (source, text)))

    def _symbols(self, snapshot: Snapshot) -> Sequence[Symbol]:
        return self._syntax.symbols(snapshot)

    async def _read(self, path: str) -> Snapshot | None:
        if await self._files.ignored(path) is not None:
            return None
        try:
            return await self._reader.read(path)
        except FileError:
            return None


def _is_generated(snapshot: Snapshot) -> bool:
    return is_generated(snapshot.path, snapshot.text.content)


def _likely_to_say(run: FailedRun, files: Collection[str]) -> list[str]:
    """Return the files in which what a run says is looked for: what it names, then tests."""
    told = "\n".join((*run.command, run.output))
    named = sorted(path for path in files if path in told)
    others = sorted(path for path in frozenset(files).difference(named) if is_test(path))
    return [*named, *others][:_MOST_READ]


def _declaring(
    called: Sequence[tuple[Snapshot, Symbol]], others: Sequence[tuple[Snapshot, Symbol]]
) -> list[tuple[Snapshot, Symbol]]:
    """Return the classes of C++ that declare methods which are defined elsewhere: in headers."""
    owners = {symbol.name.rpartition("::")[0] for _snapshot, symbol in called} - {""}
    return [one for one in others if one[1].name in owners]


def _family(path: str) -> str:
    """Return what files have in common of which one can call the other."""
    ending = PurePosixPath(path).suffix
    return next((one[0] for one in _FAMILIES if ending in one), ending)


def name_of_run(command: Sequence[str]) -> str:
    """Return what a failure goes by that no test has: the words that ran, secrets masked."""
    return " ".join(words_without_secrets(command))


def keys_of(failures: Iterable[Failure]) -> frozenset[str]:
    """Return what names each failure across runs: the test, else what went wrong."""
    return frozenset(one.key for one in failures)


def _around(symbols: Collection[Symbol], line: int) -> Symbol | None:
    inside = [one for one in symbols if one.lines.start <= line < one.lines.end]
    return min(inside, key=lambda one: len(one.lines), default=None)


def _named(symbols: Collection[Symbol], test: str) -> Symbol | None:
    """Return the definition that a test's name ends in: "tests/a.py::T::test_b[1]" is test_b."""
    name = test.partition("[")[0].replace("::", ".").replace("/", ".").rpartition(".")[2]
    return next((one for one in symbols if one.name == name), None) if name else None
