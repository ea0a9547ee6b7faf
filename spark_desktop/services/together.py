"""What the other proposals of one change do to the files, so that each is checked with them.

A test that calls two functions fails until both have followed, and where a compiler comes first no
test runs until all have. So an answer that only lacks its siblings waits: it is checked with each
of theirs, and all that a test needs becomes ready with the one that lets it pass.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from spark_desktop.domain.checks import failure
from spark_desktop.domain.patch import Hunk, apply, compute
from spark_desktop.domain.proposal import Check, Proposal, Queued, Ready, Withheld
from spark_desktop.domain.trigger import FollowUp
from spark_desktop.domain.words import say
from spark_desktop.services.board import ProposalBoard

# A path, and the texts before and after of all files that change with that one; gives what the
# project's checks say.
EvidenceOf = Callable[[str, Mapping[str, tuple[str, str]]], Awaitable[tuple[Check, ...]]]
# Beside so many answers that wait each is asked about alone once it passes, which takes a run each.
_MOST_WAITING = 8


class Together:
    """Asks the project's checks about a follow-up and what is there after changes of that file."""

    def __init__(self, board: ProposalBoard, evidence_of: EvidenceOf) -> None:
        self._board = board
        self._evidence_of = evidence_of
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
        changes, _ = _joined(path, before, after, ready)
        alone = {path: (before, after)}
        told = await self._evidence_of(path, changes)
        # What is wrong with the others is no fault of this one.
        return await self._evidence_of(path, alone) if failure(told) and changes != alone else told

    def may_wait(self, found: Proposal) -> bool:
        """Return whether an answer may pass once siblings have theirs, which are to come."""
        about = found.trigger
        if not isinstance(about, FollowUp) or found.id in self._had_wait or not _only_waits(found):
            return False
        return any(isinstance(one.state, Queued) for one in self._siblings(found, about))

    def wait(self, found: Proposal) -> Proposal:
        """Return the proposal queued once more; its answer is checked with those of the others."""
        self._forget()
        self._had_wait.add(found.id)
        self._answers[found.id] = found
        return replace(found, state=Queued(), patch=None, evidence=())

    def settle(self, done: Proposal) -> None:
        """Make ready what passed only together with a proposal that is, else keep its answer."""
        about = done.trigger
        if not isinstance(about, FollowUp):
            return
        text, told, others = self._passed.pop(done.id, ("", (), []))
        if isinstance(done.state, Withheld) and _only_waits(done):
            self._answers[done.id] = done
        if not isinstance(done.state, Ready) or text != done.after:
            return
        self._answers.pop(done.id, None)
        for one in others:
            if self._answers.get(one.id) is not one or not self._is_undecided(one):
                continue
            del self._answers[one.id]
            # Queued first: whoever was told that nothing came is told anew.
            self._board.put(replace(one, state=Queued(), patch=None, evidence=()))
            kept = [each for each in one.evidence if not each.waits]
            names = {each.name for each in told}
            evidence = (*(each for each in kept if each.name not in names), *told)
            self._board.put(replace(one, state=Ready(), evidence=evidence))

    async def _with_waiting(
        self, proposal: Proposal, path: str, texts: tuple[str, str], ready: Sequence[Proposal]
    ) -> tuple[Check, ...] | None:
        """Return what is said of it with answers that wait; None where that proves nothing."""
        self._passed.pop(proposal.id, None)
        waiting = self._waiting_beside(proposal)
        changes, taken = _joined(path, *texts, [*ready, *waiting])
        waiting = [one for one in waiting if one in taken]
        if not waiting:
            return None
        told = await self._evidence_of(path, changes)
        if not _proves(told):
            return None
        for one in tuple(waiting):
            # What the tests do not need they do not prove either.
            fewer = [each for each in taken if each is not one]
            without = await self._evidence_of(path, _joined(path, *texts, fewer)[0])
            if _proves(without) and _details(without) == _details(told):
                taken = fewer
                waiting.remove(one)
        if not waiting:
            return None
        count = len(waiting)
        note = Check(say("together"), True, say("with %n other place(s) of this change", "", count))
        told = (*told, note)
        self._passed[proposal.id] = texts[1], told, waiting
        return told

    def _waiting_beside(self, proposal: Proposal) -> list[Proposal]:
        self._forget()
        about = proposal.trigger
        if not isinstance(about, FollowUp):
            return []
        beside = {one.id for one in self._siblings(proposal, about)}
        return [one for one in self._answers.values() if one.id in beside][:_MOST_WAITING]

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
            and one.trigger.origin == about.origin
            and one.id != proposal.id
        ]

    def _is_undecided(self, one: Proposal) -> bool:
        """Return whether it still waits on the board, or was withheld, and is about the same."""
        if one.id not in self._board:
            return False
        now = self._board.get(one.id)
        is_same = now.trigger.snapshot.digest == one.trigger.snapshot.digest
        return isinstance(now.state, Queued | Withheld) and is_same

    def _forget(self) -> None:
        """Drop what is not on the board any more, or was decided otherwise."""
        self._answers = {id_: one for id_, one in self._answers.items() if self._is_undecided(one)}
        self._had_wait = {id_ for id_ in self._had_wait if id_ in self._board}


def _joined(
    path: str, before: str, after: str, others: Sequence[Proposal]
) -> tuple[dict[str, tuple[str, str]], list[Proposal]]:
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


def _only_waits(found: Proposal) -> bool:
    """Return whether nothing is wrong with an answer but what others may mend."""
    failed = [one for one in found.evidence if not one.passed and not one.is_advice]
    return bool(failed) and found.patch is not None and all(one.waits for one in failed)


def _proves(told: Sequence[Check]) -> bool:
    return failure(told) is None and any(one.proves and one.passed for one in told)


def _details(told: Sequence[Check]) -> list[tuple[str, str]]:
    return [(one.name, one.detail) for one in told]


def _clash(one: Hunk, other: Hunk) -> bool:
    """Return whether two hunks share a line, or begin at one, where both may insert the same."""
    return one.start == other.start or (one.start < other.end and other.start < one.end)
