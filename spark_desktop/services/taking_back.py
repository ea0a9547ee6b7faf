"""Takes decisions back: on the board, in the log, and on disk where something was written."""

from collections.abc import Collection
from dataclasses import replace

from spark_desktop.domain.deciding import Write, reopened, taken_back, unworked
from spark_desktop.domain.errors import NothingToUndoError, SparkError
from spark_desktop.domain.history import WHOLE, AppliedChange, Step
from spark_desktop.domain.proposal import Closed, Decision, Proposal
from spark_desktop.domain.review import moved_onto
from spark_desktop.domain.words import say
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.decision_log import Accepted, DecisionLog, Rejected
from spark_desktop.services.edits import EditService
from spark_desktop.services.rebasing import Rebasing


class TakingBack:
    """One at a time: the review service sees to that."""

    def __init__(
        self, board: ProposalBoard, edits: EditService, rebasing: Rebasing, log: DecisionLog
    ) -> None:
        self._board = board
        self._edits = edits
        self._rebasing = rebasing
        self._log = log
        # Which proposal a kept change came from, and which of those changes are undone now, apart
        # from what was taken back to be decided again.
        self._origins: dict[str, str] = {}
        self._undone: set[str] = set()
        self._waiting_again: dict[str, frozenset[str]] = {}

    def written(self, proposal_id: str, change: AppliedChange) -> None:
        """Remember which proposal a kept change came from."""
        self._origins[change.id] = proposal_id

    def reverted(self, step: Step) -> None:
        """Note what of a step is undone, in the proposals that it came from."""
        about = set()
        for change in step.changes:
            proposal_id = self._origins.get(change.id)
            if proposal_id is None:
                continue
            about.add(proposal_id)
            off = change.parts if change.undone else change.undone_hunks
            if off - self._waiting_again.get(change.id, frozenset()):
                self._undone.add(change.id)
            else:
                self._undone.discard(change.id)
        for proposal_id in about:
            self._show_undone(proposal_id)

    async def last(self, proposal: Proposal) -> tuple[str, ...]:
        """Take the last decision about a proposal back; return the hunks it was about."""
        entry = self._log.last(proposal.id)
        if entry is None:
            raise NothingToUndoError(say("Nothing was decided about this proposal."))
        if isinstance(entry, Accepted):
            await self.reconsider(proposal, entry.ids)
            return tuple(one for one in entry.ids if one != WHOLE)
        if isinstance(entry, Rejected):
            ids = [one for one in entry.ids if proposal.decision(one) is Decision.REJECTED]
            moved = await self._moved(proposal)
            self._board.put(reopened(replace(moved, failed=entry.before.failed), ids))
        else:
            moved = await self._moved(proposal)
            self._board.put(unworked(moved, entry.before, entry.ids, entry.made))
        self._log.pop(proposal.id)
        return tuple(one for one in entry.ids if one != WHOLE)

    async def reconsider(self, proposal: Proposal, ids: tuple[str, ...]) -> None:
        """Let decided hunks wait again; what was written is undone on disk, step by step."""
        written: dict[str, tuple[Write, list[str]]] = {}
        rejected: list[str] = []
        for one in ids:
            write = self._log.write_of(proposal.id, one)
            if proposal.decision(one) is Decision.ACCEPTED and write is not None:
                written.setdefault(write.step_id, (write, []))[1].append(one)
            else:
                rejected.append(one)
        # First what can fail without anything being written.
        moved = await self._moved(proposal)
        if rejected:
            self._board.put(reopened(moved, rejected))
            self._log.forget(proposal.id, rejected)
        for write, parts in written.values():
            await self._undo_on_disk(write, parts)
            current = await self._rebasing.after_undo(write, parts)
            on_it = moved_onto(self._board.get(proposal.id), current)
            self._board.put(taken_back(on_it, write, parts, current))
            self._log.forget(proposal.id, parts)

    async def _undo_on_disk(self, write: Write, ids: Collection[str]) -> None:
        change = write.change
        if change is None:
            return
        # A file is created or removed as a whole, whatever its hunk is called.
        parts = change.parts if set(write.ids) <= set(ids) else change.parts & set(ids)
        if not parts:
            raise SparkError(
                say("This change was written together with others."),
                say("Take all of them back at once."),
            )
        before = self._waiting_again.get(change.id, frozenset())
        self._waiting_again[change.id] = before | parts
        try:
            await self._edits.undo(write.step_id, {change.id: parts})
        except NothingToUndoError:
            # It was undone in the list of changes before.
            return
        except SparkError:
            self._waiting_again[change.id] = before
            raise

    async def _moved(self, proposal: Proposal) -> Proposal:
        return await self._rebasing.moved(proposal, self._log.count(proposal.id))

    def _show_undone(self, proposal_id: str) -> None:
        if proposal_id not in self._board:
            return
        proposal = self._board.get(proposal_id)
        if isinstance(proposal.state, Closed):
            undone = any(self._origins[known] == proposal_id for known in self._undone)
            self._board.put(replace(proposal, state=replace(proposal.state, undone=undone)))
