"""What the other proposals of one change do to the files, so that each is checked with them.

A test that calls two functions fails until both have followed, and where a compiler comes first no
test runs until all have. So an answer that only lacks its siblings waits: it is checked with each
of theirs, and all that a test needs becomes ready with the one that lets it pass.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from spark_desktop.domain.checks import failure
from spark_desktop.domain.errors import FileError
from spark_desktop.domain.patch import Hunk, apply, compute
from spark_desktop.domain.proposal import (
    Cancelled,
    Check,
    Proposal,
    Queued,
    Ready,
    Streaming,
    Withheld,
)
from spark_desktop.domain.trigger import FollowUp, Span
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.judging import sum_of

# A path, and the texts before and after of all files that change with that one; gives what the
# project's checks say.
EvidenceOf = Callable[[str, Mapping[str, tuple[str, str]]], Awaitable[tuple[Check, ...]]]
Texts = dict[str, tuple[str, str]]
# Each answer that waits is left out once where all pass, and up to three where they do not: runs.
_MOST_WAITING = 6
_MOST_LEFT_OUT = 3
# Why a place that passed together with another one of its file is no proposal of its own.
IN_OTHER = say("it is part of the proposal for another place of this file")


class Together:
    """Asks the project's checks about a follow-up and what is there of the same change.

    ``read`` gives a file as it is; raises FileError.
    """

    def __init__(
        self,
        board: ProposalBoard,
        evidence_of: EvidenceOf,
        read: Callable[[str], Awaitable[Snapshot]],
    ) -> None:
        self._board = board
        self._evidence_of = evidence_of
        self._read = read
        # Answers that may pass with others, by their proposals' ids, and who has waited already.
        self._answers: dict[str, Proposal] = {}
        self._had_wait: set[str] = set()
        # The text that passed with answers that wait, what was said of all, and those answers.
        self._passed: dict[str, tuple[str, tuple[Check, ...], list[Proposal]]] = {}

    async def evidence(
        self, proposal: Proposal, path: str, before: str, after: str
    ) -> tuple[Check, ...]:
        """Return what the checks say; ``before`` and ``after`` are the text of the proposal's."""
        ready = self._ready_beside(proposal)
        found = await self._with_waiting(proposal, path, (before, after), ready)
        if found is not None:
            return found
        changes, others = _joined(path, before, after, ready)
        alone = {path: (before, after)}
        told = await self._evidence_of(path, changes)
        if failure(told) and changes != alone:
            # What is wrong with the others is no fault of this one.
            return await self._evidence_of(path, alone)
        if others and _proved(told) and await self._is_of(others, told):
            # Nor is what they mend a merit of its own.
            return tuple(replace(one, proves=False) for one in told)
        return told

    def may_wait(self, found: Proposal) -> bool:
        """Return whether an answer may pass once siblings have theirs, which are to come."""
        about = found.trigger
        if not isinstance(about, FollowUp) or found.id in self._had_wait or not _only_waits(found):
            return False
        beside = self._siblings(found, about)
        return any(isinstance(one.state, Queued) for one in beside)

    def wait(self, found: Proposal) -> Proposal:
        """Return the proposal queued once more; its answer is checked with those of the others."""
        self._had_wait.add(found.id)
        self._answers[found.id] = found
        return replace(found, state=Queued(answered=True), patch=None, evidence=())

    def kept(self, proposal: Proposal) -> Proposal | None:
        """Return the answer with which a proposal waited; None where it has none to this text."""
        kept = self._answers.get(proposal.id)
        if kept is None or kept.trigger.snapshot.digest != proposal.trigger.snapshot.digest:
            return None
        return kept

    async def is_lost(self, found: Proposal) -> bool:
        """Return whether something is gone meanwhile that a proposal passed together with."""
        text, _, others = self._passed.get(found.id, ("", (), []))
        return text == found.after and not all([await self._is_current(one) for one in others])

    def settle(self, done: Proposal) -> Proposal:
        """Make ready what passed only together with a proposal that is, else keep its answer.

        Returns the proposal as it is to be put on the board: all of them are a group, which is
        reviewed and written together, and has one proposal for each file.
        """
        if not isinstance(done.trigger, FollowUp):
            return done
        text, told, others = self._passed.pop(done.id, ("", (), []))
        if isinstance(done.state, Withheld) and _only_waits(done):
            # Its first answer is not worse for what was wrong with others.
            self._answers.setdefault(done.id, done)
        if not isinstance(done.state, Ready):
            return done
        self._answers.pop(done.id, None)
        if text != done.after:
            return done
        others = [
            one for one in others if self._answers.get(one.id) is one and self._is_undecided(one)
        ]
        for one in others:
            del self._answers[one.id]
            # Queued first: whoever was told that nothing came is told anew.
            self._board.put(replace(one, state=Queued(answered=True), patch=None, evidence=()))
        ready = [replace(one, evidence=_with(one.evidence, told)) for one in others]
        return self._in_one(done, ready) if ready else done

    def _in_one(self, done: Proposal, others: Sequence[Proposal]) -> Proposal:
        """Return what is done to a proposal's file, and put on the board what is to the others.

        That is a proposal for each file, of the first of its places, with all. The rest is part of
        it, and says so.
        """
        path = done.trigger.snapshot.path
        texts, taken = _joined(path, done.trigger.snapshot.text.content, done.after, others)
        for one in others:
            if one not in taken:
                # It does not fit the others any more: by itself nothing of it is lost.
                self._board.put(replace(one, state=Ready()))
        of_file: dict[str, list[Proposal]] = {}
        for one in (done, *taken):
            of_file.setdefault(one.trigger.snapshot.path, []).append(one)
        group = done.id if len(of_file) > 1 else done.group
        firsts = {}
        for of_path, places in of_file.items():
            first = _of_file(places, *texts[of_path])
            firsts[first.id] = replace(first, state=Ready(), group=group)
            for one in places[1:]:
                self._board.put(replace(one, state=Cancelled(IN_OTHER), patch=None))
        own = firsts.pop(done.id)
        for first in firsts.values():
            self._board.put(first)
        return own

    async def _with_waiting(
        self, proposal: Proposal, path: str, texts: tuple[str, str], ready: Sequence[Proposal]
    ) -> tuple[Check, ...] | None:
        """Return what is said of it with answers that wait; None where that proves nothing."""
        self._passed.pop(proposal.id, None)
        waiting = await self._waiting_beside(proposal)
        changes, taken = _joined(path, *texts, [*ready, *waiting])
        waiting = [one for one in waiting if one in taken]
        if not waiting:
            return None
        told = await self._evidence_of(path, changes)
        if not _proved(told):
            # One that is wrong is no reason to refuse the others.
            for one in waiting[:_MOST_LEFT_OUT] if len(waiting) > 1 else ():
                fewer = [each for each in taken if each is not one]
                told = await self._evidence_of(path, _joined(path, *texts, fewer)[0])
                if _proved(told):
                    taken, waiting = fewer, [each for each in waiting if each is not one]
                    break
            else:
                return None
        for one in tuple(waiting):
            # What the tests do not need they do not prove either.
            fewer = [each for each in taken if each is not one]
            without = await self._evidence_of(path, _joined(path, *texts, fewer)[0])
            if _proved(without) == _proved(told):
                taken, told = fewer, without
                waiting.remove(one)
        if not waiting or await self._is_of(taken, told):
            return None
        count = len(waiting)
        note = Check(say("together"), True, say("with %n other place(s) of this change", "", count))
        # A compiler that is asked about each file says the same of each.
        told = (*dict.fromkeys(told), note)
        self._passed[proposal.id] = texts[1], told, waiting
        return told

    async def _is_of(self, others: Sequence[Proposal], told: Sequence[Check]) -> bool:
        """Return whether as much is proved of the others by themselves."""
        first = others[0].trigger.snapshot
        content = first.text.content
        alone, _ = _joined(first.path, content, content, others)
        return _proved(await self._evidence_of(first.path, alone)) == _proved(told)

    async def _waiting_beside(self, proposal: Proposal) -> list[Proposal]:
        self._forget()
        about = proposal.trigger
        if not isinstance(about, FollowUp):
            return []
        beside = {one.id for one in self._siblings(proposal, about)}
        waiting = [one for one in self._answers.values() if one.id in beside]
        return [one for one in waiting if await self._is_current(one)][-_MOST_WAITING:]

    def _ready_beside(self, proposal: Proposal) -> list[Proposal]:
        about = proposal.trigger
        if not isinstance(about, FollowUp):
            return []
        return [one for one in self._siblings(proposal, about) if isinstance(one.state, Ready)]

    def _siblings(self, proposal: Proposal, about: FollowUp) -> list[Proposal]:
        return [
            one
            for one in self._board.all()
            if isinstance(one.trigger, FollowUp)
            and (one.trigger.origin, one.trigger.change) == (about.origin, about.change)
            and one.id != proposal.id
        ]

    async def _is_current(self, one: Proposal) -> bool:
        """Return whether it is undecided, and its file as it was."""
        about = one.trigger.snapshot
        try:
            now = await self._read(about.path)
        except FileError:
            return False
        return now.digest == about.digest and self._is_undecided(one)

    def _is_undecided(self, one: Proposal) -> bool:
        """Return whether it still waits on the board, is asked for anew, or was withheld."""
        if one.id not in self._board:
            return False
        return isinstance(self._board.get(one.id).state, Queued | Streaming | Withheld)

    def _forget(self) -> None:
        """Drop what is not on the board any more, or was decided otherwise."""
        self._answers = {id_: one for id_, one in self._answers.items() if self._is_undecided(one)}
        self._had_wait = {id_ for id_ in self._had_wait if id_ in self._board}
        self._passed = {
            id_: one
            for id_, one in self._passed.items()
            if id_ in self._board and isinstance(self._board.get(id_).state, Streaming)
        }


def _joined(
    path: str, before: str, after: str, others: Sequence[Proposal]
) -> tuple[Texts, list[Proposal]]:
    """Return the texts with a proposal's and what fits of the others', and those that fit."""
    texts = {path: before}
    hunks: dict[str, tuple[Hunk, ...]] = {path: compute("", "", before, after).hunks}
    taken = []
    for other in others:
        snapshot = other.trigger.snapshot
        content = texts.setdefault(snapshot.path, snapshot.text.content)
        if other.patch is None or content != snapshot.text.content:
            continue
        known = hunks.get(snapshot.path, ())
        same = {(one.start, one.old, one.new) for one in known}
        # Both may bring the same import.
        more = [one for one in other.patch.hunks if (one.start, one.old, one.new) not in same]
        if any(_clash(one, each) for one in more for each in known):
            continue  # they change the same lines: only one of them will be
        hunks[snapshot.path] = (*known, *more)
        taken.append(other)
    return {one: (texts[one], apply(texts[one], done)) for one, done in hunks.items()}, taken


def _of_file(places: Sequence[Proposal], before: str, after: str) -> Proposal:
    """Return the first of a file's places with what is done to all of them."""
    first, snapshot = places[0], places[0].trigger.snapshot
    if len(places) == 1 or not isinstance(first.trigger, FollowUp):
        return first
    # Who asks for another answer asks for all of them.
    spans = [one.region for one in places if one.region is not None]
    lines = Span(min(one.start for one in spans), max(one.end for one in spans)) if spans else None
    usage = first.usage
    for one in places[1:]:
        usage = usage if one.usage is None else sum_of(usage, one.usage)
    return replace(
        first,
        trigger=replace(first.trigger, lines=lines),
        region=lines,
        patch=compute(snapshot.path, snapshot.digest, before, after),
        usage=usage,
    )


def _only_waits(found: Proposal) -> bool:
    """Return whether nothing is wrong with an answer but what others may mend."""
    failed = [one for one in found.evidence if not one.passed and not one.is_advice]
    return bool(failed) and found.patch is not None and all(one.waits for one in failed)


def _proved(told: Sequence[Check]) -> frozenset[tuple[str, str]]:
    """Return what passed that proves something, where nothing failed; what else runs may differ."""
    if failure(told) is not None:
        return frozenset()
    return frozenset((one.name, one.detail) for one in told if one.proves and one.passed)


def _with(known: Sequence[Check], told: Sequence[Check]) -> tuple[Check, ...]:
    """Return the evidence of an answer that passed with another, of which ``told`` was said.

    What was found wrong with it, and withheld nothing, stays.
    """
    names = {one.name for one in told}
    kept = [one for one in known if not one.waits and (one.name not in names or not one.passed)]
    there = {one.name for one in kept}
    return (*kept, *(one for one in told if one.name not in there))


def _clash(one: Hunk, other: Hunk) -> bool:
    """Return whether two hunks share a line, or begin at one, where both may insert the same."""
    return one.start == other.start or (one.start < other.end and other.start < one.end)
