"""A review service in memory: it decides as it is told, without a file."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import ChangeApplied, ChangeReverted
from spark_desktop.domain.history import WHOLE, AppliedChange, Step, StepKind
from spark_desktop.domain.merge import Side
from spark_desktop.domain.patch import FilePatch, Hunk, Owner
from spark_desktop.domain.proposal import Closed, Decision, Proposal, Ready
from spark_desktop.domain.review import whole_waits
from spark_desktop.domain.trigger import Span
from spark_desktop.services.bus import Bus

_NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Board(Protocol):
    """Where the proposals are."""

    known: dict[str, Proposal]

    def put(self, one: Proposal) -> None:
        """Keep a proposal and publish it."""
        ...


class FakeReviews:
    """Notes what it was asked; ``error`` is raised instead of all that."""

    def __init__(self, turns: Board, bus: Bus) -> None:
        self._turns, self._bus = turns, bus
        self.accepted: list[tuple[str, ...]] = []
        self.rejected: list[tuple[str, ...]] = []
        self.groups: list[str] = []
        self.shown_anyway: list[str] = []
        self.reconsidered: list[tuple[str, ...]] = []
        self.undone: list[str] = []
        self.splits: list[tuple[str, int | None, int | None]] = []
        self.edited: list[tuple[str, str]] = []
        self.resolved: list[tuple[str, Side]] = []
        self.placed: list[tuple[str, Span]] = []
        self.dropped: list[str] = []
        self.error: SparkError | None = None
        self.at_once = 0
        self.most_at_once = 0
        self._past: list[tuple[str, tuple[str, ...]]] = []

    async def accept(self, proposal_id: str, hunk_ids: Iterable[str] | None = None) -> Step:
        await self._write()
        self.accepted.append(self._decide(proposal_id, hunk_ids, Decision.ACCEPTED))
        return self._applied(proposal_id)

    def reject(self, proposal_id: str, hunk_ids: Iterable[str] | None = None) -> None:
        self._check()
        self.rejected.append(self._decide(proposal_id, hunk_ids, Decision.REJECTED))

    async def accept_group(self, group: str) -> Step:
        await self._write()
        self.groups.append(group)
        for one in self._of(group):
            self.accepted.append(self._decide(one.id, None, Decision.ACCEPTED))
        return self._applied(one.id)

    def reject_group(self, group: str) -> None:
        self._check()
        self.groups.append(group)
        for one in self._of(group):
            self.rejected.append(self._decide(one.id, None, Decision.REJECTED))

    async def show_anyway(self, proposal_id: str) -> None:
        await self._write()
        self.shown_anyway.append(proposal_id)
        self._turns.put(replace(self._turns.known[proposal_id], state=Ready()))

    async def reconsider(self, proposal_id: str, hunk_ids: Iterable[str]) -> None:
        await self._write()
        ids = tuple(hunk_ids)
        self.reconsidered.append(ids)
        self._wait_again(proposal_id, ids)

    async def undo_decision(self, proposal_id: str) -> tuple[str, ...]:
        await self._write()
        self.undone.append(proposal_id)
        path = self._turns.known[proposal_id].trigger.snapshot.path
        self._bus.publish(ChangeReverted(replace(_change(path), undone=True)))
        await asyncio.sleep(0)
        for number in reversed(range(len(self._past))):
            name, ids = self._past[number]
            if name == proposal_id:
                del self._past[number]
                self._wait_again(proposal_id, ids)
                return ids
        return ()

    def split(
        self,
        proposal_id: str,
        hunk_id: str,
        old_at: int | None = None,
        new_at: int | None = None,
    ) -> tuple[str, ...]:
        self._check()
        self.splits.append((hunk_id, old_at, new_at))
        hunk = self._hunk(proposal_id, hunk_id)
        old, new = old_at or 0, new_at if new_at is not None else len(hunk.new) // 2
        first = replace(hunk, id=f"{hunk_id}a", old=hunk.old[:old], new=hunk.new[:new])
        start = hunk.start + old
        second = replace(hunk, id=f"{hunk_id}b", start=start, old=hunk.old[old:])
        second = replace(second, new=hunk.new[new:])
        self._replace(proposal_id, hunk_id, (first, second))
        return first.id, second.id

    def edit(self, proposal_id: str, hunk_id: str, text: str) -> None:
        self._check()
        self.edited.append((hunk_id, text))
        hunk = self._hunk(proposal_id, hunk_id)
        new = tuple(text.splitlines(keepends=True))
        self._replace(proposal_id, hunk_id, (replace(hunk, new=new, owner=Owner.USER),))

    def resolve(self, proposal_id: str, hunk_id: str, side: Side) -> None:
        self._check()
        self.resolved.append((hunk_id, side))
        decision = Decision.REJECTED if side is Side.DISK else Decision.PENDING
        one = self._turns.known[proposal_id]
        self._turns.put(replace(one, decisions={**one.decisions, hunk_id: decision}))

    def place(self, proposal_id: str, failed_id: str, lines: Span) -> str:
        self._check()
        self.placed.append((failed_id, lines))
        one = self._turns.known[proposal_id]
        part = next(part for part in one.failed if part.id == failed_id)
        assert one.patch is not None
        text = one.trigger.snapshot.text.content.splitlines(keepends=True)
        old = tuple(text[lines.start : lines.end])
        hunks = (*one.patch.hunks, Hunk(f"placed {failed_id}", lines.start, old, part.new))
        in_order = tuple(sorted(hunks, key=lambda hunk: hunk.start))
        left = tuple(other for other in one.failed if other is not part)
        self._turns.put(replace(one, patch=replace(one.patch, hunks=in_order), failed=left))
        return f"placed {failed_id}"

    def drop(self, proposal_id: str, failed_id: str) -> None:
        self._check()
        self.dropped.append(failed_id)
        one = self._turns.known[proposal_id]
        left = tuple(part for part in one.failed if part.id != failed_id)
        self._turns.put(replace(one, failed=left))

    def _of(self, group: str) -> list[Proposal]:
        return [one for one in self._turns.known.values() if one.group == group]

    async def _write(self) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        self._check()

    def _check(self) -> None:
        if self.error is not None:
            raise self.error

    def _applied(self, proposal_id: str) -> Step:
        path = self._turns.known[proposal_id].trigger.snapshot.path
        done = _change(path)
        self._bus.publish(ChangeApplied(done))
        return Step("s1", done.title, StepKind.EDIT, _NOON, (done,), proposal_id)

    def _decide(
        self, proposal_id: str, hunk_ids: Iterable[str] | None, decision: Decision
    ) -> tuple[str, ...]:
        one = self._turns.known[proposal_id]
        all_ids = [hunk.id for hunk in self._patch(proposal_id).hunks]
        open_ids = [hunk for hunk in all_ids if one.decision(hunk) is Decision.PENDING]
        everything = [*open_ids, WHOLE] if whole_waits(one) else open_ids
        ids = tuple(everything if hunk_ids is None else hunk_ids)
        decisions = {**one.decisions, **dict.fromkeys(ids, decision)}
        applied = sum(1 for value in decisions.values() if value is Decision.ACCEPTED)
        decided = replace(one, decisions=decisions)
        is_done = all(hunk in decisions for hunk in all_ids) and not whole_waits(decided)
        self._past.append((proposal_id, ids))
        state = Closed(applied) if is_done else one.state
        self._turns.put(replace(one, decisions=decisions, state=state))
        return ids

    def _wait_again(self, proposal_id: str, ids: tuple[str, ...]) -> None:
        one = self._turns.known[proposal_id]
        decisions = {name: said for name, said in one.decisions.items() if name not in ids}
        self._turns.put(replace(one, decisions=decisions, state=Ready()))

    def _patch(self, proposal_id: str) -> FilePatch:
        patch = self._turns.known[proposal_id].patch
        assert patch is not None
        return patch

    def _hunk(self, proposal_id: str, hunk_id: str) -> Hunk:
        return next(hunk for hunk in self._patch(proposal_id).hunks if hunk.id == hunk_id)

    def _replace(self, proposal_id: str, hunk_id: str, parts: tuple[Hunk, ...]) -> None:
        patch = self._patch(proposal_id)
        hunks = tuple(
            part for hunk in patch.hunks for part in (parts if hunk.id == hunk_id else (hunk,))
        )
        one = self._turns.known[proposal_id]
        self._turns.put(replace(one, patch=replace(patch, hunks=hunks)))


def _change(path: str) -> AppliedChange:
    return AppliedChange("c1", path, "use numbers", (), "a", "b", _NOON)
