"""Mends a failing test by one small change, where its run says that this is all it takes.

A model, a small one above all, is likelier to write a function anew wrongly than to see that one
sign in it is turned around. The run decides, so that trying costs nobody's attention.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from spark_desktop.domain.assertions import keeps_assertions, keeps_tests
from spark_desktop.domain.checks import failure
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.failing_code import files_imported, headers_included
from spark_desktop.domain.patch import compute
from spark_desktop.domain.proposal import Check, Proposal
from spark_desktop.domain.small_change import SmallChange
from spark_desktop.domain.trigger import FailingTest, Span
from spark_desktop.domain.words import say
from spark_desktop.services.judging import Judge
from spark_desktop.services.ports import Syntax
from spark_desktop.services.secret_guard import Lister
from spark_desktop.services.target import Target

# Runs of the test, and seconds of all of them on the wall.
_MOST = 60
_SECONDS = 30.0
# Lines of a region in which one small change is worth looking for.
_MOST_LINES = 80
# Traps in the rest of the file come last, by their rank: so many, in files of so many lines.
_ELSEWHERE, _MOST_ELSEWHERE, _MOST_OF_FILE = 1000, 20, 600
# Headers that are read for what a file's classes hold, and files of a package.
_HEADERS, _OF_PACKAGE = 4, 20
# Traps in the rest of the file that are tried before a slip is believed.
_MOST_INSTEAD = 4


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of trying: ``found`` is what the run proves, None where that is nothing.

    ``may_be_elsewhere``: nothing was found that could be meant; not ``is_whole``: for some there
    was no time. ``took`` is the seconds of the run on the text as it is.
    """

    found: Proposal | None = None
    may_be_elsewhere: bool = False
    is_whole: bool = True
    took: float = 0.0


class SmallMends:
    """Tries the changes one by one; the likeliest that the run proves is the proposal."""

    def __init__(self, syntax: Syntax, judge: Judge, files: Lister, most: int = _MOST) -> None:
        self._syntax = syntax
        self._judge = judge
        self._files = files
        self._most = most

    async def tried(
        self,
        proposal: Proposal,
        target: Target,
        seconds: float = _SECONDS,
        *,
        only_traps: bool = False,
    ) -> Tried:
        """Return the proposal with the change and its evidence, where one is proved.

        Not where another one that is as likely passes, too: the run then says nothing of what was
        meant; nor a slip where there was no time to see that none does. Nothing is tried where the
        test's command may not run again. ``seconds`` are those in which the last run begins. With
        ``only_traps`` no slips are tried: none would be believed. Cancelling ends the run.
        """
        trigger, again = proposal.trigger, self._judge.by_trigger
        if not isinstance(trigger, FailingTest) or again is None:
            return Tried()
        if len(target.lines) > _MOST_LINES:
            return Tried(may_be_elsewhere=True)
        path, before = trigger.snapshot.path, target.content
        begun = time.monotonic()
        now = await again(trigger, path, before, before)
        if failure(now) is None or not any(check.proves for check in now):
            return Tried()  # there is no run that could decide
        took = time.monotonic() - begun
        # Rules look at a whole file, which may take tenths of a second.
        beside = await self._included(path, before)
        is_slip_tried = trigger.is_checked and not only_traps
        changes_in = self._changes if is_slip_tried else self._traps
        everything = await asyncio.to_thread(changes_in, path, before, target.lines, beside)
        changes = _chosen(everything, min(self._most, int(seconds / max(took, 0.01)) + 1))
        untried = list(everything)
        found: Proposal | None = None
        taken: SmallChange | None = None
        for number, change in enumerate(changes, 1):
            is_last = taken is not None and change.rank > taken.rank
            if is_last or time.monotonic() > begun + seconds:
                break
            untried.remove(change)
            one = await self._proved(proposal, target, change, number)
            if one is None:
                continue
            if found is not None:
                return Tried()  # the run does not say which of the two was meant
            found, taken = one, change
        if found is None or taken is None:
            return Tried(may_be_elsewhere=True, is_whole=not untried, took=took)
        is_whole = not any(one.rank <= taken.rank for one in untried)
        found = await self._or_trap(proposal, target, (found, taken), everything)
        if not _is_of_trap(found):
            others = [one for one in everything if taken.rank < one.rank < _ELSEWHERE]
            alone = await self._is_alone(proposal, target, (taken, others), begun + seconds)
            if alone is False:
                return Tried()
            if not (is_whole and alone):
                # Signs that hide a mistake by chance are as many as the time lets be found.
                return Tried(may_be_elsewhere=True, is_whole=False, took=took)
        return Tried(found if is_whole else with_doubt(found))

    async def _is_alone(
        self,
        proposal: Proposal,
        target: Target,
        slips: tuple[SmallChange, Sequence[SmallChange]],
        until: float,
    ) -> bool | None:
        """Return whether no less likely slip of another line passes; None where time is over.

        A test that two mistakes would explain does not say which one was made.
        """
        found, others = slips
        for number, change in enumerate(others, 1):
            if _line(target, change) == _line(target, found):
                continue
            if time.monotonic() > until:
                return None
            if await self._proved(proposal, target, change, number) is not None:
                return False
        return True

    async def _or_trap(
        self,
        proposal: Proposal,
        target: Target,
        taken: tuple[Proposal, SmallChange],
        changes: Sequence[SmallChange],
    ) -> Proposal:
        """Return the way out of a trap in the rest of the file, where that passes as well.

        A sign that is turned around may hide by chance what goes wrong somewhere else, and so may
        two lines in the other order; a trap is wrong in itself.
        """
        found, change = taken
        if _is_of_trap(found) and not _only_moves(target, change):
            return found
        others = [one for one in changes if one.rank >= _ELSEWHERE][:_MOST_INSTEAD]
        for number, change in enumerate(others, 1):
            if (one := await self._proved(proposal, target, change, number)) is not None:
                return one
        return found

    async def _proved(
        self, proposal: Proposal, target: Target, change: SmallChange, number: int
    ) -> Proposal | None:
        """Return the proposal of a change that the run, and all else that is checked, lets pass."""
        trigger, again = proposal.trigger, self._judge.by_trigger
        path, before = trigger.snapshot.path, target.content
        after = change.applied(before)
        if again is None or self._is_broken(path, before, after):
            return None
        # What decides is not what is mended.
        if not keeps_assertions(before, after):
            return None
        told = await again(trigger, path, before, after)
        # What goes in circles leaves a run without a result.
        if failure(told) is not None or not any(check.proves for check in told):
            return None
        one = await self._judge.examined(
            target,
            _proposed(proposal, after, told, change, number),
            names=False,
            project=True,
            again=False,
        )
        return None if failure(one.evidence) is not None else one

    async def _included(self, path: str, content: str) -> str:
        """Return the texts of the workspace's headers that a file of C or C++ includes by path.

        What a class holds stands there, and whether its members fall into a trap depends on it. Of
        Go it is the other files of the package.
        """
        texts = []
        for other in await self._beside(path, content):
            try:
                text = (await self._files.read(other)).text.content
            except SparkError:
                continue
            if text.count("\n") < _MOST_OF_FILE:
                texts.append(text)
        return "\n".join(texts)

    async def _beside(self, path: str, content: str) -> Sequence[str]:
        if not path.endswith(".go"):
            return headers_included(path, content)[:_HEADERS]
        try:
            files = await self._files.files(path.rpartition("/")[0])
        except SparkError:
            return ()
        return files_imported(path, content, files)[:_OF_PACKAGE]

    def _traps(self, path: str, before: str, lines: Span, beside: str) -> tuple[SmallChange, ...]:
        """Return no slips: a program that turns off before its error has lost it, and nothing else.

        What is a trap is wrong in itself.
        """
        traps = self._syntax.pitfalls(path, before, lines, beside)
        return (*traps, *self._elsewhere(path, before, traps, beside))

    def _changes(self, path: str, before: str, lines: Span, beside: str) -> tuple[SmallChange, ...]:
        traps = self._syntax.pitfalls(path, before, lines, beside)
        slips = self._syntax.small_changes(path, before, lines)
        found = (*traps, *slips, *self._elsewhere(path, before, traps, beside))
        if not path.endswith(".rs"):
            return found
        # What decides may stand in the same file: what it expects is no mistake either.
        return tuple(one for one in found if keeps_tests(path, before, one.applied(before)))

    def _elsewhere(
        self, path: str, before: str, traps: Sequence[SmallChange], beside: str
    ) -> tuple[SmallChange, ...]:
        """Return ways out of traps in the rest of the file: what fails may have been made there."""
        count = before.count("\n") + 1
        if count > _MOST_OF_FILE:
            return ()
        known = {one.applied(before) for one in traps}
        others = [
            one
            for one in self._syntax.pitfalls(path, before, Span(0, count), beside)
            if one.applied(before) not in known
        ]
        first = others[0].rank if others else 0
        ranked = (replace(one, rank=_ELSEWHERE + one.rank - first) for one in others)
        return tuple(ranked)[:_MOST_ELSEWHERE]

    def _is_broken(self, path: str, before: str, after: str) -> bool:
        was, now = self._syntax.errors(path, before), self._syntax.errors(path, after)
        return was is not None and now is not None and now > was


def _line(target: Target, change: SmallChange) -> int:
    return target.content.count("\n", 0, change.start)


def _only_moves(target: Target, change: SmallChange) -> bool:
    """Return whether a change leaves all lines as they are, in another order."""
    before, after = target.content, change.applied(target.content)
    return sorted(before.split("\n")) == sorted(after.split("\n"))


def _chosen(changes: Sequence[SmallChange], most: int) -> Sequence[SmallChange]:
    """Return the changes that there is time for: half of them traps where there are more."""
    traps = [one for one in changes if one.rank < 0]
    slips = changes[len(traps) :]
    kept = traps[: max(most // 2, most - len(slips))]
    return [*kept, *slips[: max(0, most - len(kept))]]


def with_doubt(found: Proposal) -> Proposal:
    """Return a proposal that says that there was no time for all that are as likely."""
    if any(one.is_advice and one.name == say("small change") for one in found.evidence):
        return found
    detail = say("There was no time to try all changes that are as likely.")
    return replace(
        found, evidence=(*found.evidence, Check(say("small change"), False, detail, is_advice=True))
    )


def _is_of_trap(found: Proposal) -> bool:
    return any(one.name == say("known trap") for one in found.evidence)


def _proposed(
    proposal: Proposal, after: str, told: tuple[Check, ...], change: SmallChange, number: int
) -> Proposal:
    snapshot = proposal.trigger.snapshot
    patch = compute(snapshot.path, snapshot.digest, snapshot.text.content, after)
    is_trap = change.rank < 0 or change.rank >= _ELSEWHERE
    name = say("known trap") if is_trap else say("small change")
    detail = say("found by trying %n small change(s), without a model", "", number)
    evidence = (*told, Check(say("parses"), True), Check(name, True, detail))
    # Nobody answered: a model's name would claim what it did not write.
    return replace(proposal, model="", patch=patch, evidence=evidence)
