"""What functions that became async ask of one file: waiting for them, and becoming async too."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from spark_desktop.domain.defined import Defined
from spark_desktop.domain.entry_points import looping, running, started
from spark_desktop.domain.file_names import FileNames, Occurrence, Role
from spark_desktop.domain.followed import FileFollow, Followed, Left
from spark_desktop.domain.module_paths import Tree
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.name_uses import uses_in
from spark_desktop.domain.passed_on import is_default, is_passed_on, may_mean
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit
from spark_desktop.domain.unittest_cases import base_edits
from spark_desktop.domain.waiting import Place, Wait
from spark_desktop.domain.words import Said, say

# A function, by its file, its class and its name.
Key = tuple[str, str, str]

# Two characters that are one word.
_WORD = regex(r"[\w$]{2}")
# A decorator that makes a function which waits one that does not, by its name.
_MAKES_PLAIN = regex(r"sync|coro|\brun|command|task|fixture", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Waiting:
    """All functions whose calls are to be awaited after one save, or not any more.

    ``turned`` are those that become async by it, and ``alone`` those of them that nothing calls
    here; ``kept`` are those that would have to, and why not. ``entries`` stay as they are, and run
    what they call to its end.
    """

    followed: tuple[Followed, ...] = ()
    turned: frozenset[Key] = frozenset()
    alone: frozenset[Key] = frozenset()
    kept: Mapping[Key, Said] = field(default_factory=dict)
    entries: frozenset[Key] = frozenset()


def waits_for(change: NameChange) -> bool:
    """Return whether all that calls have to follow of the result is that it is awaited, or not."""
    turns = change.turns_async or change.turns_plain
    return turns and not change.gives_other and not change.is_moved


def made_plain(one: Defined) -> Said | None:
    """Return why calls of an async function may give no promise, as a decorator tells."""
    for decorator in () if one.turning is None else one.turning.decorators:
        if _MAKES_PLAIN.search(decorator):
            return say("what {decorator} makes of it may not wait", decorator=decorator)
    return None


def key_of(defined: Defined) -> Key:
    """Return by what a function is known in all versions of its file."""
    return defined.path, defined.container, defined.name


def caller_of(one: Occurrence, file: FileNames) -> Defined | None:
    """Return the function that would have to become async for a call; None where none would."""
    wait = None if one.call is None else one.call.wait
    if wait is None or wait.place is not Place.PLAIN or wait.is_kept:
        return None
    return next((each for each in file.defined if each.name_at == wait.function_at), None)


def is_fresh(followed: Followed, one: Occurrence, file: FileNames) -> bool:
    """Return whether a call was written together with the function that is async now."""
    if file.path in followed.target.homes:
        return one.line in followed.fresh_lines
    return file.path in followed.fresh_files


def waits_in(
    waiting: Waiting, file: FileNames, tree: Tree, asked: Collection[Occurrence] = ()
) -> FileFollow:
    """Return what the functions ask of a file; calls that are ``asked`` of a model are its."""
    work = _Work(waiting, file, frozenset(one.start for one in asked))
    clear: set[int] = set()
    for followed in waiting.followed:
        uses = uses_in(followed.target, file, tree)
        known = {one.start for one in uses.found}
        clear |= known
        unsure = [one for one in may_mean(followed.target, file, tree) if one.start not in known]
        for one in dict.fromkeys([*uses.doubtful, *unsure]):
            reason = say("which {name} is meant is not clear", name=one.name)
            work.left.append(Left(file.path, one.line, reason, at=one.start))
        for one in uses.found:
            work.follow(followed, one)
    changed = {key_of(followed.change.new) for followed in waiting.followed}
    for here in file.defined:
        if key_of(here) in waiting.turned:
            work.turn(here)
        elif key_of(here) in changed and is_default(here, file):
            line = file.content.count("\n", 0, here.name_at)
            work.left.append(Left(file.path, line, say("it is passed on, not called")))
    return work.result(frozenset(clear))


class _Work:
    """The edits of one file. Calls that begin in one place are awaited in their order, in one."""

    def __init__(self, waiting: Waiting, file: FileNames, asked: frozenset[int]) -> None:
        self._waiting = waiting
        self._file = file
        self._asked = asked
        self._edits: list[TextEdit] = []
        self._awaits: dict[int, Wait] = {}
        self._lines: set[int] = set()
        self._turned: list[Defined] = []
        # The calls that what a program begins with makes, by its name, and those of its start.
        self._entered: dict[Key, list[Occurrence]] = {}
        self._started: list[Occurrence] = []
        self.left: list[Left] = []

    def follow(self, followed: Followed, one: Occurrence) -> None:
        if is_passed_on(one, self._file):
            self._leave(one, say("it is passed on, not called"))
        elif one.role is Role.BOUND:
            self._look_at_definition(followed, one)
        elif one.start not in self._asked and not is_fresh(followed, one, self._file):
            wait = None if one.call is None else one.call.wait
            if wait is not None and followed.change.turns_plain:
                self._stop_waiting(one, wait)
            elif wait is not None and not wait.is_kept:
                why = made_plain(followed.change.new)
                if why is None:
                    self._wait(one, wait)
                else:
                    self._leave(one, why)

    def result(self, clear: frozenset[int]) -> FileFollow:
        self._enter()
        starts: dict[int, list[Wait]] = {}
        for wait in sorted(self._awaits.values(), key=lambda each: -each.end):
            starts.setdefault(wait.start, []).append(wait)
        edits = list(self._edits)
        for start, waits in starts.items():
            # The outermost call of a chain waits for those in it.
            words = ["(await " if wait.is_taken_apart else "await " for wait in waits]
            before = self._file.content[max(0, start - 1) : start]
            if waits[0].is_run_into and waits[0].is_taken_apart:
                # Without a semicolon, the line before would be called with what is awaited.
                words.insert(0, ";")
            elif _WORD.fullmatch(before + words[0][0]):
                words.insert(0, " ")
            edits.append(TextEdit(start, start, "".join(words)))
            edits += [TextEdit(one.end, one.end, ")") for one in waits if one.is_taken_apart]
        edits += base_edits(self._turned, self._file)
        return FileFollow(
            self._file.path,
            tuple(dict.fromkeys(edits)),
            left=tuple(dict.fromkeys(self.left)),
            lines=tuple(sorted(self._lines)),
            clear=clear,
        )

    def _wait(self, one: Occurrence, wait: Wait) -> None:
        match wait.place:
            case Place.ASYNC:
                is_there = True
            case Place.TEST:
                is_there = True
                self._edit(one.line, TextEdit(wait.function_at, wait.function_at, "async "))
            case Place.PLAIN:
                is_there = self._turns(one, wait)
            case Place.TOP:
                is_there = False
                self._started.append(one)
            case _:
                is_there = False
                self._leave(one, _reason(wait.place))
        if is_there and not wait.is_returned:
            self._awaits[one.start] = wait
            self._lines.add(one.line)

    def _turns(self, one: Occurrence, wait: Wait) -> bool:
        """Return whether the function around becomes async; say why where it does not."""
        caller = caller_of(one, self._file)
        if caller is not None and key_of(caller) in self._waiting.turned:
            return True
        if caller is not None and key_of(caller) in self._waiting.entries:
            self._entered.setdefault(key_of(caller), []).append(one)
            return True
        kept = None if caller is None else self._waiting.kept.get(key_of(caller))
        self._leave(one, kept or say("the function around it is not async"))
        return False

    def _enter(self) -> None:
        """Run what a program begins with, and what it calls where it is started."""
        for key, uses in self._entered.items():
            entry = next(one for one in self._file.defined if key_of(one) == key)
            edits = running(entry, [self._awaits[one.start] for one in uses], self._file)
            if edits is None:
                edits = looping(entry, self._file)
            else:
                del self._awaits[uses[0].start]
            self._edits += edits
        waits = [one.call.wait for one in self._started if one.call and one.call.wait]
        edits = started(waits, self._file)
        for one in self._started:
            if edits is None:
                self._leave(one, _reason(Place.TOP))
            else:
                self._lines.add(one.line)
        self._edits += edits or []

    def _stop_waiting(self, one: Occurrence, wait: Wait) -> None:
        start, end = wait.awaited_at
        if end:
            self._edit(one.line, TextEdit(start, wait.start, self._blank(start, wait.start)))
            if end > wait.end:
                self._edit(one.line, TextEdit(wait.end, end, ""))
        elif wait.is_kept:
            self._leave(one, say("it is handed to what waits for it"))

    def _blank(self, at: int, then: int) -> str:
        """Return what keeps a place and what comes then from being one word."""
        content = self._file.content
        return " " if _WORD.fullmatch(content[max(0, at - 1) : at] + content[then]) else ""

    def turn(self, here: Defined) -> None:
        """Make a function async, unless it is by now."""
        turning = here.turning
        if turning is None or turning.is_async:
            return
        line = self._file.content.count("\n", 0, here.name_at)
        self._turned.append(here)
        self._edit(line, TextEdit(turning.at, turning.at, "async "))
        start, end = turning.result_at
        if end:
            self._edit(line, TextEdit(start, start, "Promise<"))
            self._edit(line, TextEdit(end, end, ">"))
        if key_of(here) in self._waiting.alone:
            reason = say("nothing here calls it; what does has to wait for it")
            self.left.append(Left(self._file.path, line, reason))

    def _look_at_definition(self, followed: Followed, one: Occurrence) -> None:
        """Say of another definition of a method, in a class that comes from its own, what it is."""
        here = next((each for each in self._file.defined if each.name_at == one.start), None)
        turning = None if here is None else here.turning
        if here is None or turning is None or key_of(here) in self._waiting.turned:
            return
        if turning.is_plain and not followed.change.turns_plain:
            self._leave(one, say("it is defined here, too, and is not async"))

    def _edit(self, line: int, edit: TextEdit) -> None:
        self._edits.append(edit)
        self._lines.add(line)

    def _leave(self, one: Occurrence, reason: Said) -> None:
        self.left.append(Left(self._file.path, one.line, reason))


def _reason(place: Place) -> Said:
    """Return why nothing can wait there."""
    match place:
        case Place.TOP:
            return say("nothing can wait outside of a function")
        case Place.CLASS | Place.PARAMETER | Place.DECORATOR:
            return say("nothing can wait where a class or a function is defined")
        case Place.GENERATOR:
            return say("a generator around it would give other values")
        case Place.MADE:
            return say("what is made with new cannot be waited for")
        case Place.OPTIONAL:
            return say("what it is called on may be missing")
        case Place.INNER:
            return say("the function around it stands in another one")
        case _:
            return say("the function around it has no name")
