"""Quick actions of selected lines: each becomes a proposal like any other, or a question."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from spark_desktop.domain.errors import FileError, SparkError
from spark_desktop.domain.quick_actions import (
    Actions,
    explain_question,
    instruction_for_test,
    instruction_of,
    new_test_path,
    question_for_test,
)
from spark_desktop.domain.symbols import Symbol
from spark_desktop.domain.test_pairs import is_test
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Instruction, QuickAction, Span, Trigger
from spark_desktop.domain.words import Said, say
from spark_desktop.domain.workspace import Snapshot

# A file of tests with no more lines is shown to the model as a whole; of a longer one its last
# test is, which is where the next one goes.
_WHOLE_TESTS = 60


class Files(Protocol):
    """The files of the folder."""

    async def read(self, path: str) -> Snapshot:
        """Return a file's text. Raises FileError."""
        ...

    async def files(self, below: str = "") -> tuple[str, ...]:
        """Return the paths of the watched files. Raises FileError."""
        ...


class Code(Protocol):
    """What a parser knows of a file."""

    def enclosing(self, snapshot: Snapshot, lines: Span) -> Span:
        """Return the function, class or block around the lines."""
        ...

    def symbols(self, snapshot: Snapshot) -> tuple[Symbol, ...]:
        """Return the functions and classes in the file's order."""
        ...


class Pairs(Protocol):
    """Which tests belong to which file."""

    async def tests_of(self, path: str) -> tuple[str, ...]:
        """Return the test files for a file, the likeliest first."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for the chat about ``lines`` of the file at ``path``."""

    text: Said
    path: str
    lines: Span


class QuickActions:
    """``chosen`` says which are offered; the user may change it at any time."""

    def __init__(
        self, files: Files, code: Code, tests: Pairs, request: Callable[[Trigger], str]
    ) -> None:
        self._files, self._code, self._tests = files, code, tests
        self._request = request
        self.chosen = Actions()

    async def begin(self, action: QuickAction, snapshot: Snapshot, lines: Span) -> str | Asked:
        """Return the id of the proposal that was asked for, or the question for the chat.

        A single line stands for the definition around it. Raises SparkError where an action is
        switched off, or its file cannot be read.
        """
        if not self.chosen.has(action):
            raise SparkError(
                say("This quick action is switched off."), say("Turn it on in the settings.")
            )
        place = self._code.enclosing(snapshot, lines) if len(lines) == 1 else lines
        match action:
            case QuickAction.EXPLAIN:
                text = explain_question(self._name(snapshot, place), _words(snapshot, place))
                return Asked(text, snapshot.path, place)
            case QuickAction.TEST:
                return await self._test(snapshot, place)
            case _:
                wanted = instruction_of(action)
                return self._request(Instruction(snapshot, place, wanted, action))

    async def _test(self, snapshot: Snapshot, place: Span) -> str | Asked:
        name = self._name(snapshot, place)
        if not name:
            raise SparkError(
                say("These lines are no function or class that a test could call."),
                say("Select one, or lines in it."),
            )
        tests = await self._tests_for(snapshot)
        if tests is None:
            new = new_test_path(snapshot.path, await self._files.files())
            if not new:
                raise SparkError(
                    say("Spark does not know where tests of {path} stand.", path=snapshot.path),
                    say("Ask for one in the chat, and name the file."),
                )
            return Asked(
                question_for_test(name, _words(snapshot, place), new), snapshot.path, place
            )
        wanted = instruction_for_test(name, snapshot.path)
        where = self._last_test(tests)
        return self._request(Instruction(tests, where, wanted, QuickAction.TEST, name))

    async def _tests_for(self, snapshot: Snapshot) -> Snapshot | None:
        """Return the file that tests this one, None where there is none that can be read."""
        if is_test(snapshot.path):
            return snapshot
        for path in await self._tests.tests_of(snapshot.path):
            try:
                return await self._files.read(path)
            except FileError:
                # Gone since the index has read it.
                continue
        return None

    def _last_test(self, tests: Snapshot) -> Span | None:
        if len(split_lines(tests.text.content)) <= _WHOLE_TESTS:
            return None
        symbols = self._code.symbols(tests)
        return max(
            (one.lines for one in symbols), key=lambda one: (one.end, one.start), default=None
        )

    def _name(self, snapshot: Snapshot, place: Span) -> str:
        return _name_in(self._code.symbols(snapshot), place)


def _name_in(symbols: Sequence[Symbol], place: Span) -> str:
    """Return the name of the definition that the lines are, hold first or lie in; "" for none."""
    around = [
        one for one in symbols if one.lines.start <= place.start and place.end <= one.lines.end
    ]
    if around:
        return min(around, key=lambda one: len(one.lines)).name
    return next((one.name for one in symbols if place.start <= one.lines.start < place.end), "")


def _words(snapshot: Snapshot, lines: Span) -> Said:
    if len(lines) == 1:
        return say("{name}, line {line}", name=snapshot.name, line=lines.end)
    return say(
        "{name}, lines {first} to {last}", name=snapshot.name, first=lines.start + 1, last=lines.end
    )
