"""The user's decisions on proposals, hunk by hunk, and what a changed file does to them."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace

from spark_desktop.domain.deciding import (
    Write,
    accepted,
    chosen,
)
from spark_desktop.domain.errors import (
    ConflictError,
    FileChangedError,
    FileError,
    SparkError,
)
from spark_desktop.domain.history import WHOLE, Step
from spark_desktop.domain.merge import Side
from spark_desktop.domain.patch import FileKind
from spark_desktop.domain.proposal import (
    GONE,
    Cancelled,
    Closed,
    Conflict,
    Decision,
    Proposal,
    Ready,
)
from spark_desktop.domain.review import (
    collision,
    decide,
    settled,
    undecided,
    whole_waits,
)
from spark_desktop.domain.reworking import (
    failed_of,
    with_parts,
    with_place,
    with_side,
    with_text,
    without_failed,
)
from spark_desktop.domain.trigger import ProposalTrigger, Span, title_of
from spark_desktop.domain.withheld import has_failed_checks, shown_anyway
from spark_desktop.domain.words import say
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.decision_log import Accepted, DecisionLog, Rejected, Reworked
from spark_desktop.services.edits import EditService
from spark_desktop.services.ports import FileStore
from spark_desktop.services.rebasing import Rebasing
from spark_desktop.services.taking_back import TakingBack
from spark_desktop.services.tasks import to_end

# A file that is saved again and again while we write is given up after this many tries.
_TRIES = 3


class ReviewService:
    """Accepts, rejects and rebases; what is written goes through the edit service.

    Whatever raises leaves proposals and files as they were, but for what the disk did to them.
    """

    def __init__(self, board: ProposalBoard, edits: EditService, files: FileStore) -> None:
        self._board = board
        self._edits = edits
        self._files = files
        self._rebasing = Rebasing(board, files)
        self._log = DecisionLog()
        self._taking_back = TakingBack(board, edits, self._rebasing, self._log)
        self._lock = asyncio.Lock()
        # What is being written can be neither rejected nor worked on.
        self._writing: set[tuple[str, str]] = set()

    async def accept(self, proposal_id: str, hunk_ids: Iterable[str] | None = None) -> Step:
        """Write the hunks (None: all that are pending, and WHOLE) and return the kept step.

        Where the file changed since, the proposal is merged onto it first. Raises ConflictError
        with nothing written where that puts one of the hunks in conflict, SparkError where there is
        nothing to accept.
        """
        async with self._lock:
            wanted = None if hunk_ids is None else frozenset(hunk_ids)
            self._ready(proposal_id)
            return await to_end(self._accept((proposal_id,), wanted))

    async def accept_group(self, group: str) -> Step:
        """Write all that is pending of an answer's proposals, all files or none; see ``accept``.

        What failed its checks and was shown anyway is left: that is accepted by itself, or nobody
        need have looked at it.
        """
        async with self._lock:
            about = [one for one in self._open_of(group) if not has_failed_checks(one)]
            if not about:
                raise SparkError(
                    say("What is left here failed its checks."),
                    say("Look at it, then accept the file or its hunks by themselves."),
                )
            for proposal in about:
                self._ready(proposal.id)
            return await to_end(self._accept(tuple(one.id for one in about), None))

    async def show_anyway(self, proposal_id: str) -> None:
        """Let a withheld proposal be decided on, on the file as it is now.

        What failed stays in its evidence. Raises SparkError where there is nothing to look at.
        """
        async with self._lock:
            before = self._board.get(proposal_id)
            if isinstance(before.state, Ready):
                # The button was pressed twice.
                return
            proposal = shown_anyway(before)
            self._board.put(proposal)
            # A file that is gone is a conflict on the board, with its reason.
            with suppress(FileError):
                await self._moved(proposal)

    def reject(self, proposal_id: str, hunk_ids: Iterable[str] | None = None) -> None:
        """Decide against the hunks (None: all that is undecided); nothing is written."""
        before = self._ready(proposal_id)
        wanted = None if hunk_ids is None else frozenset(hunk_ids)
        waiting = [hunk.id for hunk in undecided(before)] + [WHOLE] * whole_waits(before)
        ids = [one for one in waiting if wanted is None or one in wanted]
        ids = [one for one in ids if (proposal_id, one) not in self._writing]
        proposal = decide(before, ids, Decision.REJECTED)
        if wanted is None:
            proposal = replace(proposal, failed=())
        if ids or proposal.failed != before.failed:
            self._log.add(proposal_id, Rejected(tuple(ids), before))
            self._board.put(settled(proposal))

    def reject_group(self, group: str) -> None:
        """Decide against all that is undecided of an answer's proposals."""
        for proposal in self._open_of(group):
            if isinstance(proposal.state, Ready):
                self.reject(proposal.id)

    async def reconsider(self, proposal_id: str, hunk_ids: Iterable[str]) -> None:
        """Let decided hunks wait again; those that were accepted are undone on disk first.

        Raises SparkError where that is not possible, such as for lines that were changed since.
        """
        ids = tuple(dict.fromkeys(hunk_ids))
        async with self._lock:
            await to_end(self._taking_back.reconsider(self._decided(proposal_id), ids))

    async def undo_decision(self, proposal_id: str) -> tuple[str, ...]:
        """Take the last decision back, also a split or an edit; return the hunks it was about.

        Raises NothingToUndoError where nothing was decided, SparkError where it is not possible.
        """
        async with self._lock:
            return await to_end(self._taking_back.last(self._decided(proposal_id)))

    def split(
        self,
        proposal_id: str,
        hunk_id: str,
        old_at: int | None = None,
        new_at: int | None = None,
    ) -> tuple[str, ...]:
        """Split a hunk, before these of its lines or where its parts are; return the parts' ids.

        Raises PatchError where it cannot be split.
        """
        before = self._workable(proposal_id, hunk_id)
        proposal, parts = with_parts(before, hunk_id, old_at, new_at)
        made = tuple(part.id for part in parts)
        self._reworked(Reworked((hunk_id,), before, made), proposal)
        return made

    def edit(self, proposal_id: str, hunk_id: str, text: str) -> None:
        """Let ``text``, by the user, be what the hunk puts in; that settles a conflict of it."""
        before = self._workable(proposal_id, hunk_id)
        proposal = with_text(before, hunk_id, text)
        self._reworked(Reworked((hunk_id,), before, (hunk_id,)), proposal)

    def resolve(self, proposal_id: str, hunk_id: str, side: Side) -> None:
        """Choose between the versions of a conflicting hunk; what is chosen is still to accept.

        The version on disk stands already: choosing it rejects the hunk.
        """
        before = self._workable(proposal_id, hunk_id)
        proposal = with_side(before, hunk_id, side)
        self._reworked(Reworked((hunk_id,), before, (hunk_id,)), proposal)

    def place(self, proposal_id: str, failed_id: str, lines: Span) -> str:
        """Let a part without a place replace these lines of the snapshot; return its hunk's id."""
        before = self._ready(proposal_id)
        proposal, hunk = with_place(before, failed_id, lines)
        self._reworked(Reworked((), before, (hunk.id,)), proposal)
        return hunk.id

    def drop(self, proposal_id: str, failed_id: str) -> None:
        """Give a part without a place up."""
        before = self._ready(proposal_id)
        failed_of(before, failed_id)
        self._reworked(Reworked((), before, ()), settled(without_failed(before, failed_id)))

    def is_worked_on(self, proposal_id: str) -> bool:
        """Return whether the user decided or changed something of a proposal, which still holds."""
        is_written = any(one == proposal_id for one, _ in self._writing)
        return is_written or self._log.count(proposal_id) > 0

    def reverted(self, step: Step) -> None:
        """Note what of a step is undone, in the proposals that it came from."""
        self._taking_back.reverted(step)

    async def file_changed(
        self, path: str, is_gone: Callable[[ProposalTrigger], bool] = lambda _trigger: False
    ) -> None:
        """Move every reviewable proposal of the file onto its new text, with what is in conflict.

        One whose trigger ``is_gone`` is cancelled, unless the user worked on it: what asked for it
        may have gone with the part of it that was accepted. A file that is gone makes a conflict of
        the whole proposal until it is there again.
        """
        async with self._lock:
            self._log.drop({proposal.id for proposal in self._board.all()})
            for proposal in self._board.all():
                if proposal.trigger.snapshot.path == path and _is_open(proposal):
                    if is_gone(proposal.trigger) and not self.is_worked_on(proposal.id):
                        self._board.put(replace(proposal, state=Cancelled(GONE)))
                        continue
                    try:
                        await self._moved(proposal)
                    except FileError:
                        # The board holds the conflict and its reason, which is all that is asked.
                        continue

    async def _accept(self, ids: tuple[str, ...], wanted: frozenset[str] | None) -> Step:
        for _ in range(_TRIES):
            writes = await self._chosen(ids, wanted)
            first = self._board.get(writes[0].proposal_id)
            origin = first.group or first.id
            keys = {(write.proposal_id, one) for write in writes for one in write.ids}
            self._writing |= keys
            try:
                step = await self._edits.apply(
                    [write.request for write in writes], title_of(first.trigger), origin
                )
            except FileChangedError:
                # Saved between our look at it and the write: look again.
                continue
            finally:
                self._writing -= keys
            self._note(writes, step)
            return step
        path = await self._saved_again(writes)
        raise FileChangedError(
            say("{path} was saved again while the change was written.", path=path),
            say("Nothing was written. Accept once more when your editor is done."),
        )

    async def _saved_again(self, writes: list[Write]) -> str:
        """Return the file that is another than the one that was to be written."""
        for write in writes:
            with suppress(FileError):
                if (await self._files.read(write.before.path)).digest != write.before.digest:
                    return write.before.path
        return writes[0].patch.path

    async def _chosen(self, ids: tuple[str, ...], wanted: frozenset[str] | None) -> list[Write]:
        """Return what is to be written, on the files as they are; raises where that is nothing."""
        for proposal_id in ids:
            before = self._ready(proposal_id)
            moved = await self._moved(before)
            _refuse_collisions(before, moved, wanted)
            await self._refuse_target(moved, wanted)
        found = []
        for proposal_id in ids:
            if proposal_id not in self._board or isinstance(
                self._board.get(proposal_id).state, Cancelled
            ):
                raise SparkError(say("This proposal was taken back."), say("Ask for it again."))
            write = chosen(self._board.get(proposal_id), wanted)
            found += [] if write is None else [write]
        if not found:
            raise SparkError(
                say("There is nothing left to accept here."), say("Choose another hunk.")
            )
        return found

    async def _refuse_target(self, proposal: Proposal, wanted: frozenset[str] | None) -> None:
        patch = proposal.patch
        is_wanted = wanted is None or WHOLE in wanted
        if patch is None or patch.kind is not FileKind.RENAME or not is_wanted:
            return
        if whole_waits(proposal) and await self._rebasing.is_there(patch.target):
            raise ConflictError(
                say("{path} is there already.", path=patch.target),
                say("Move that file away, or reject the renaming."),
            )

    def _note(self, writes: list[Write], step: Step) -> None:
        kept = {change.path: change for change in step.changes}
        for asked in writes:
            change = kept[asked.before.path]
            write = replace(asked, step_id=step.id, change=change)
            self._taking_back.written(write.proposal_id, change)
            self._log.add(write.proposal_id, Accepted(write.ids, write))
            newest = self._board.get(write.proposal_id) if self._is_known(write) else None
            # What the user decided during the write counts.
            if newest is not None and not isinstance(newest.state, Cancelled):
                self._board.put(accepted(newest, write, change))

    def _open_of(self, group: str) -> tuple[Proposal, ...]:
        found = tuple(one for one in self._board.group(group) if _is_open(one))
        if not found:
            raise SparkError(
                say("There is nothing left to decide in this answer."), say("Choose another one.")
            )
        return found

    def _ready(self, proposal_id: str) -> Proposal:
        proposal = self._board.get(proposal_id)
        if isinstance(proposal.state, Conflict):
            raise ConflictError(proposal.state.reason, say("Ask for the proposal again."))
        if not isinstance(proposal.state, Ready) or proposal.patch is None:
            raise SparkError(
                say("This proposal is not ready for review."), say("Wait until it is.")
            )
        return proposal

    def _workable(self, proposal_id: str, hunk_id: str) -> Proposal:
        if (proposal_id, hunk_id) in self._writing:
            raise SparkError(say("This change is being written."), say("Wait until it is."))
        return self._ready(proposal_id)

    def _decided(self, proposal_id: str) -> Proposal:
        """Return a proposal whose decisions can be taken back."""
        proposal = self._board.get(proposal_id)
        if isinstance(proposal.state, Closed) and proposal.patch is not None:
            return proposal
        return self._ready(proposal_id)

    def _reworked(self, entry: Reworked, proposal: Proposal) -> None:
        self._log.add(proposal.id, entry)
        self._board.put(proposal)

    async def _moved(self, proposal: Proposal) -> Proposal:
        """Return the proposal on the file as it is now; raises FileError, SparkError."""
        return await self._rebasing.moved(proposal, self._log.count(proposal.id))

    def _is_known(self, write: Write) -> bool:
        return write.proposal_id in self._board


def _is_open(proposal: Proposal) -> bool:
    return isinstance(proposal.state, Ready | Conflict) and proposal.patch is not None


def _refuse_collisions(before: Proposal, moved: Proposal, wanted: frozenset[str] | None) -> None:
    """Raise ConflictError where the file has just put one of the wanted hunks in conflict."""
    for hunk in moved.patch.hunks if moved.patch else ():
        is_new = before.decision(hunk.id) is Decision.PENDING
        is_wanted = wanted is None or hunk.id in wanted
        if is_new and is_wanted and moved.decision(hunk.id) is Decision.CONFLICTING:
            raise collision(moved.trigger.snapshot.path, hunk)
