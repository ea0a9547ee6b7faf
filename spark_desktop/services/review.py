"""The user's decisions on proposals, hunk by hunk, and what a changed file does to them."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from spark_desktop.domain.errors import (
    ConflictError,
    FileChangedError,
    FileError,
    SparkError,
)
from spark_desktop.domain.history import AppliedChange
from spark_desktop.domain.moving import moved_proposal
from spark_desktop.domain.patch import Hunk, apply
from spark_desktop.domain.proposal import (
    Cancelled,
    Closed,
    Conflict,
    Decision,
    Proposal,
    Ready,
)
from spark_desktop.domain.review import after_apply, decide, pending, rebase
from spark_desktop.domain.trigger import EditComment, Span, title_of
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.edits import EditService, FileChange
from spark_desktop.services.ports import FileStore
from spark_desktop.services.tasks import to_end

# A file that is saved again and again while we write is given up after this many tries.
_TRIES = 3


class ReviewService:
    """Accepts, rejects and rebases; what is written goes through the edit service."""

    def __init__(self, board: ProposalBoard, edits: EditService, files: FileStore) -> None:
        self._board = board
        self._edits = edits
        self._files = files
        self._lock = asyncio.Lock()
        # Which proposal a kept change came from, and which of those changes are undone now.
        self._origins: dict[str, str] = {}
        self._undone: set[str] = set()

    async def accept(
        self, proposal_id: str, hunk_ids: Iterable[str] | None = None
    ) -> AppliedChange:
        """Write the hunks (None: all that are undecided) and return the kept change.

        Where the file changed since, the proposal is rebased first. Raises ConflictError with
        nothing written where that is impossible, SparkError where there is nothing to accept.
        """
        async with self._lock:
            wanted = None if hunk_ids is None else frozenset(hunk_ids)
            return await to_end(self._accept(proposal_id, wanted))

    def reject(self, proposal_id: str, hunk_ids: Iterable[str] | None = None) -> None:
        """Decide against the hunks (None: all that are undecided); nothing is written."""
        proposal = self._ready(proposal_id)
        wanted = None if hunk_ids is None else frozenset(hunk_ids)
        ids = [hunk.id for hunk in pending(proposal) if wanted is None or hunk.id in wanted]
        self._board.put(_closed_when_decided(decide(proposal, ids, Decision.REJECTED)))

    def reverted(self, change: AppliedChange) -> None:
        """Note that a change was undone or redone, in the proposal that it came from."""
        proposal_id = self._origins.get(change.id)
        if proposal_id is None or proposal_id not in self._board:
            return
        if change.undone:
            self._undone.add(change.id)
        else:
            self._undone.discard(change.id)
        proposal = self._board.get(proposal_id)
        if isinstance(proposal.state, Closed):
            undone = any(self._origins[known] == proposal_id for known in self._undone)
            self._board.put(replace(proposal, state=replace(proposal.state, undone=undone)))

    async def file_changed(self, path: str) -> None:
        """Move every reviewable proposal of the file onto its new text, or mark the conflict.

        A conflict ends where the file has become one that the proposal fits again.
        """
        async with self._lock:
            for proposal in self._board.all():
                if proposal.trigger.snapshot.path == path and _is_open(proposal):
                    try:
                        await self._rebased(proposal)
                    except (ConflictError, FileError):
                        # The board holds the conflict and its reason, which is all that is asked.
                        continue

    async def _accept(self, proposal_id: str, wanted: frozenset[str] | None) -> AppliedChange:
        for _ in range(_TRIES):
            proposal = await self._rebased(self._ready(proposal_id))
            if proposal_id not in self._board or isinstance(proposal.state, Cancelled):
                raise SparkError(say("This proposal was taken back."), say("Ask for it again."))
            hunks = _chosen(proposal, wanted)
            snapshot = proposal.trigger.snapshot
            try:
                step = await self._edits.apply(
                    [FileChange(snapshot, hunks)], title_of(proposal.trigger)
                )
            except FileChangedError:
                # Saved between our look at it and the write: look again.
                continue
            self._applied(proposal, hunks, step.changes[0])
            return step.changes[0]
        raise FileChangedError(
            say("{path} was saved again while the change was written.", path=snapshot.path),
            say("Nothing was written. Accept once more when your editor is done."),
        )

    def _ready(self, proposal_id: str) -> Proposal:
        proposal = self._board.get(proposal_id)
        if isinstance(proposal.state, Conflict):
            raise ConflictError(proposal.state.reason, say("Ask for the proposal again."))
        if not isinstance(proposal.state, Ready) or proposal.patch is None:
            raise SparkError(
                say("This proposal is not ready for review."), say("Wait until it is.")
            )
        return proposal

    async def _rebased(self, proposal: Proposal) -> Proposal:
        """Return the proposal on the file as it is now; raises ConflictError, FileError."""
        try:
            current = await self._files.read(proposal.trigger.snapshot.path)
        except FileError as error:
            self._conflict(self._newest(proposal), error.message)
            raise
        proposal = self._newest(proposal)
        if not _is_open(proposal) or proposal.patch is None:
            return proposal
        if current.digest == proposal.trigger.snapshot.digest:
            if isinstance(proposal.state, Conflict):
                self._board.put(replace(proposal, state=Ready()))
            return proposal
        before, after = proposal.trigger.snapshot.text.content, current.text.content
        # Only what is still to be decided must find its place again.
        undecided = replace(proposal.patch, hunks=pending(proposal))
        try:
            patch = rebase(undecided, before, after, current.digest)
        except ConflictError as error:
            self._conflict(proposal, error.message)
            raise
        moved = moved_proposal(replace(proposal, state=Ready(), patch=patch), current)
        self._board.put(_closed_when_decided(moved))
        return moved

    def _applied(self, proposal: Proposal, hunks: tuple[Hunk, ...], change: AppliedChange) -> None:
        self._origins[change.id] = proposal.id
        snapshot = proposal.trigger.snapshot
        text = snapshot.text.with_content(apply(snapshot.text.content, hunks))
        ids = frozenset(hunk.id for hunk in hunks)
        newest = self._newest(proposal)
        # What the user decided during the write counts; only what is written cannot be rejected.
        decided = decide(replace(proposal, decisions=newest.decisions), ids, Decision.ACCEPTED)
        if decided.patch is not None:
            patch = after_apply(decided.patch, ids, change.after)
            decided = replace(decided, patch=patch)
        moved = moved_proposal(decided, Snapshot(snapshot.path, text, change.after))
        if proposal.id in self._board and not isinstance(newest.state, Cancelled):
            self._board.put(_closed_when_decided(moved))

    def _newest(self, proposal: Proposal) -> Proposal:
        """Return what has become of the proposal while we waited; itself where it is gone."""
        return self._board.get(proposal.id) if proposal.id in self._board else proposal

    def _conflict(self, proposal: Proposal, reason: str) -> None:
        if proposal.id in self._board and _is_open(proposal):
            self._board.put(replace(proposal, state=Conflict(reason)))


def _is_open(proposal: Proposal) -> bool:
    return isinstance(proposal.state, Ready | Conflict) and proposal.patch is not None


def _chosen(proposal: Proposal, wanted: frozenset[str] | None) -> tuple[Hunk, ...]:
    """Return the hunks to write; the removal of the comment for Spark goes with the first.

    Not where the hunk changes code, too: that the user has yet to choose.
    """
    undecided = pending(proposal)
    chosen = [hunk for hunk in undecided if wanted is None or hunk.id in wanted]
    if not chosen:
        raise SparkError(say("There is nothing left to accept here."), say("Choose another hunk."))
    if isinstance(proposal.trigger, EditComment):
        lines = proposal.trigger.lines
        chosen += [hunk for hunk in undecided if hunk not in chosen and _removes_only(hunk, lines)]
    return tuple(chosen)


def _removes_only(hunk: Hunk, lines: Span) -> bool:
    return not hunk.new and lines.start <= hunk.start < hunk.end <= lines.end


def _closed_when_decided(proposal: Proposal) -> Proposal:
    if pending(proposal):
        return proposal
    applied = sum(1 for said in proposal.decisions.values() if said is Decision.ACCEPTED)
    return replace(proposal, state=Closed(applied))
