"""Which files of a failing run say what has to be so: what they say is no place of a mistake.

A script that checks has no name of a test, and often no assertion: it prints what is wrong, and
ends with 1. To turn around what it compares would let it pass.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass

from spark_desktop.domain.compiled_sources import is_compiled
from spark_desktop.domain.failing_code import files_imported
from spark_desktop.domain.run_scripts import (
    drives_others,
    is_assertion,
    prints,
    raises,
    scripts_of,
    starts_programs,
)
from spark_desktop.domain.test_output import Failure, Frame, Places, Source
from spark_desktop.domain.test_pairs import is_test
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.code_index import CodeIndex

# A file and a line of it that raises: whether that is a check of what others gave.
Checks = Callable[[Snapshot, int], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class FailedRun:
    """What ran and failed: the words of a command, the folder in the workspace, its output.

    ``is_test``: it is the user's command for tests; any other one may run the program itself.
    """

    command: tuple[str, ...]
    folder: str
    output: str
    is_test: bool = False


class RunJudges:
    """``read`` gives a file that may be shown, ``source_of`` the place behind compiled code."""

    def __init__(
        self,
        read: Callable[[str], Awaitable[Snapshot | None]],
        source_of: Callable[[Frame, Collection[str]], Awaitable[Frame]],
        index: CodeIndex | None,
    ) -> None:
        self._read = read
        self._source_of = source_of
        self._index = index

    async def scripts(self, run: FailedRun, places: Places) -> tuple[str, ...]:
        """Return the files of the workspace that the command runs by themselves."""
        files = places.files or ()
        written = scripts_of(
            run.command,
            lambda word: places.path_of(word) or (word if is_compiled(word) else None),
        )
        found = [(await self._source_of(Frame(one, 0), files)).path for one in written]
        return tuple(dict.fromkeys(one for one in found if one in files))

    async def starts_programs(self, scripts: Sequence[str]) -> bool:
        """Return whether one of the scripts starts programs."""
        read = [await self._read(path) for path in scripts]
        return any(starts_programs(one.path, one.text.content) for one in read if one is not None)

    async def drives(self, snapshot: Snapshot, files: Collection[str]) -> bool:
        """Return whether the code that a script runs stands elsewhere."""
        path, content = snapshot.path, snapshot.text.content
        imported = files_imported(path, content, files)
        if self._index is not None:
            known = await self._index.imports(path)
            imported = (*imported, *(one.target for one in known if one.target))
        return drives_others(path, content, imported)

    async def of(
        self,
        failure: Failure,
        run: FailedRun,
        scripts: Sequence[str],
        files: Collection[str],
        checks: Checks,
    ) -> frozenset[str]:
        """Return the files that say what has to be so of code in others.

        These are the ``scripts`` of a run for tests, and those by which something is found wrong.
        One that the user ran by itself may be the program, where an error ends it: but not where
        it raises that itself, by its own lines or after it called others.
        """
        read = {path: await self._read(path) for path in scripts}
        there = [one for one in read.values() if one is not None]
        driving = frozenset([one.path for one in there if await self.drives(one, files)])
        if failure.source is Source.TEXT:
            return driving | await self._printing(failure, files)
        if run.is_test or not broke_off(failure):
            return driving
        nearest = failure.frames[0]
        snapshot = read[nearest.path] if nearest.path in driving else None
        if snapshot is None or not raises(_line_of(snapshot, nearest.line)):
            return frozenset()
        return driving if await checks(snapshot, nearest.line) else frozenset()

    async def _printing(self, failure: Failure, files: Collection[str]) -> frozenset[str]:
        """Return the files that print what was said; an error's text may be the code's own."""
        found = set()
        for frame in failure.frames:
            snapshot = None if is_test(frame.path) else await self._read(frame.path)
            if snapshot is not None and prints(_line_of(snapshot, frame.line)):
                found |= {frame.path} if await self.drives(snapshot, files) else set()
        return frozenset(found)


def _line_of(snapshot: Snapshot, line: int) -> str:
    lines = split_lines(snapshot.text.content)
    return lines[line] if 0 <= line < len(lines) else ""


def broke_off(failure: Failure) -> bool:
    """Return whether a program ended by an error that no test and no assertion speaks of."""
    is_located = failure.source is Source.PLACES
    return is_located and not failure.name and not is_assertion(failure.message)
