"""The proposals of one answer on the board, a file each."""

import uuid
from dataclasses import replace

from spark_desktop.domain.conversation import Turn
from spark_desktop.domain.file_assembly import FileEdit
from spark_desktop.domain.merge import merged
from spark_desktop.domain.patch import ABSENT, FilePatch, Hunk, touches
from spark_desktop.domain.proposal import (
    Cancelled,
    Check,
    Closed,
    FailedBlock,
    Proposal,
    Ready,
    State,
    Streaming,
    Withheld,
)
from spark_desktop.domain.review import settled
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import AnswerEdit
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.answer_evidence import unused_check
from spark_desktop.services.board import ProposalBoard


class AnswerGroup:
    """What the user has decided, split or edited stays: later blocks only add to it.

    A proposal that the user took off the board does not come back.
    """

    def __init__(self, board: ProposalBoard, thread_id: str, turn: Turn) -> None:
        self._board = board
        self._thread_id = thread_id
        self._turn = turn
        self._ids: dict[str, str] = {}
        self._given: dict[str, FilePatch] = {}
        self._only_adds = False

    @property
    def paths(self) -> tuple[str, ...]:
        """Return the files that were shown."""
        return tuple(self._ids)

    @property
    def withheld(self) -> frozenset[str]:
        """Return the files of which nothing can be used so far."""
        known = ((path, self._known(path)) for path in self._ids)
        return frozenset(path for path, one in known if one and isinstance(one.state, Withheld))

    @property
    def dismissed(self) -> frozenset[str]:
        """Return the files whose change the user took off the board."""
        return frozenset(path for path in self._ids if self._known(path) is None)

    def go_on(self, cut: frozenset[int]) -> None:
        """Take only what is new from now on: the answer's first part is not read again.

        The blocks ``cut``, which its end cut, are: they are written to their end now.
        """
        self._only_adds = True
        gone = {f"block-{number}" for number in cut}
        for path in self._ids:
            known = self._known(path)
            failed = tuple(one for one in known.failed if one.id not in gone) if known else ()
            if known is not None and failed != known.failed and isinstance(known.state, Ready):
                self._board.put(settled(replace(known, failed=failed)))

    def answered_by(self, turn: Turn) -> None:
        """Take the newest value of the turn, which says who answers."""
        self._turn = turn

    def stream(self, edit: FileEdit, evidence: tuple[Check, ...], attempt: int = 1) -> None:
        """Show a file's change as far as it is written."""
        self._put(edit, Streaming(attempt), evidence)

    def ready(self, edit: FileEdit, evidence: tuple[Check, ...]) -> None:
        """Let the user decide on a file's change."""
        self._put(edit, Ready(), evidence)

    def withhold(
        self, path: str, reason: str, edit: FileEdit | None = None, evidence: tuple[Check, ...] = ()
    ) -> None:
        """Show why a file's change cannot be used; what was decided of it stays as it is."""
        known = self._known(path)
        if known is not None and self._is_kept(known, path):
            if isinstance(known.state, Streaming | Ready):
                told = (*known.evidence, unused_check(reason))
                self._board.put(replace(known, state=Ready(), evidence=told))
            return
        empty = Snapshot(path, SourceText(""), ABSENT)
        snapshot = empty if edit is None else edit.snapshot
        self._put(
            FileEdit(snapshot, FilePatch(path, snapshot.digest, ())), Withheld(reason), evidence
        )

    def give_up(self, reason: str) -> None:
        """Let nothing wait for an answer that is not read any more."""
        for path in self._ids:
            known = self._known(path)
            if known is not None and isinstance(known.state, Streaming):
                self.withhold(path, reason)

    def withdraw(self, reason: str) -> None:
        """Take back what nothing was decided about: the question is asked again."""
        for path in self._ids:
            known = self._known(path)
            if known is not None and not isinstance(known.state, Closed):
                self._board.put(replace(known, state=Cancelled(reason)))

    def _put(self, edit: FileEdit, state: State, evidence: tuple[Check, ...]) -> None:
        path = edit.patch.path
        known = self._known(path)
        if path in self._ids and (known is None or isinstance(known.state, Cancelled)):
            return
        if known is None:
            new = self._begun(edit)
        elif not self._is_kept(known, path):
            new = replace(
                known,
                trigger=self._trigger(edit.snapshot),
                patch=edit.patch,
                places=edit.places,
                failed=edit.failed,
            )
        else:
            if isinstance(state, Streaming):
                return  # The user works on it: what is not whole yet would move under them.
            new = self._added(known, edit)
            if new == known:
                return
        self._given[path] = edit.patch
        self._ids[path] = new.id
        shown = replace(
            new,
            state=state,
            evidence=evidence,
            model=self._turn.model,
            endpoint=self._turn.endpoint,
            emulation=self._turn.emulation,
            patch=None if isinstance(state, Withheld) else new.patch,
        )
        if shown != known:
            self._board.put(shown)

    def _begun(self, edit: FileEdit) -> Proposal:
        return Proposal(
            id=uuid.uuid4().hex,
            trigger=self._trigger(edit.snapshot),
            state=Streaming(),
            patch=edit.patch,
            group=self._turn.id,
            places=edit.places,
            failed=edit.failed,
        )

    def _trigger(self, snapshot: Snapshot) -> AnswerEdit:
        return AnswerEdit(snapshot, self._turn.question, self._thread_id, self._turn.id)

    def _added(self, known: Proposal, edit: FileEdit) -> Proposal:
        """Return the proposal, which the user has worked on, with what is new of the edit.

        A hunk that a later block changed once more is new as well: where the one before still
        waits as it was, it gives way.
        """
        given = self._given.get(edit.patch.path)
        seen = frozenset(given.hunks) if given else frozenset()
        new = tuple(hunk for hunk in edit.patch.hunks if hunk not in seen)
        failed = (*known.failed, *(one for one in edit.failed if one not in known.failed))
        if not new or known.patch is None:
            return replace(known, failed=failed)
        changed = {hunk.id for hunk in new}
        kept = [
            hunk
            for hunk in known.patch.hunks
            if hunk.id not in changed or hunk.id in known.decisions or hunk not in seen
        ]
        now = known.trigger.snapshot
        moved = merged(
            replace(edit.patch, hunks=new),
            edit.snapshot.text.content,
            now.text.content,
            now.digest,
        )
        ids = {hunk.id for hunk in kept} | known.decisions.keys()
        fitting = [
            hunk
            for hunk in moved.patch.hunks
            if hunk.id not in moved.conflicts and hunk.id not in ids and not touches(hunk, kept)
        ]
        taken = {hunk.id for hunk in fitting} | moved.stale
        failed += tuple(_collided(hunk) for hunk in new if hunk.id not in taken)
        hunks = sorted((*kept, *fitting), key=lambda hunk: (hunk.start, hunk.end))
        places = known.places | {id_: edit.places[id_] for id_ in taken if id_ in edit.places}
        patch = replace(known.patch, hunks=tuple(hunks))
        return replace(known, patch=patch, failed=failed, places=places)

    def _is_kept(self, known: Proposal, path: str) -> bool:
        """Return whether the user may have worked on what is shown, or it is not read again."""
        is_other = bool(known.decisions) or known.patch != self._given.get(path)
        return known.patch is not None and (self._only_adds or is_other)

    def _known(self, path: str) -> Proposal | None:
        id_ = self._ids.get(path, "")
        return self._board.get(id_) if id_ in self._board else None


def _collided(hunk: Hunk) -> FailedBlock:
    reason = say("Its lines were decided on, or changed, before the answer came to them.")
    return FailedBlock(f"late-{hunk.id}", hunk.old, hunk.new, reason)
