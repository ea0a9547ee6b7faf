"""Keeps proposals on their files as these are now."""

from collections.abc import Collection
from dataclasses import replace

from spark_desktop.domain.deciding import Write
from spark_desktop.domain.errors import FileError, MissingFileError
from spark_desktop.domain.history import WHOLE
from spark_desktop.domain.patch import ABSENT, FileKind
from spark_desktop.domain.proposal import Closed, Conflict, Proposal, Ready
from spark_desktop.domain.review import moved_onto, settled
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.ports import FileStore


class Rebasing:
    """Reads files and moves the proposals on the board onto what they hold."""

    def __init__(self, board: ProposalBoard, files: FileStore) -> None:
        self._board = board
        self._files = files
        # Proposals as they were before their file put them in conflict, with how many decisions
        # there were: a file that comes back word for word brings them back word for word.
        self._calm: dict[str, tuple[int, Proposal]] = {}

    async def moved(self, proposal: Proposal, decisions: int) -> Proposal:
        """Return the proposal, as it is by then, on the file as it is now.

        ``decisions`` is how many were made about it. Raises FileError, with the proposal in
        conflict as a whole, where the file cannot be read.
        """
        snapshot, patch = proposal.trigger.snapshot, proposal.patch
        about_file = patch is not None and patch.kind in (FileKind.CREATE, FileKind.DELETE)
        may_be_absent = about_file or snapshot.digest == ABSENT
        try:
            current = await self._read(snapshot.path, snapshot.text if may_be_absent else None)
        except FileError as error:
            self._conflict(self._newest(proposal), error.message)
            raise
        newest = self._newest(proposal)
        if not isinstance(newest.state, Ready | Conflict | Closed) or newest.patch is None:
            return newest
        if current.digest == newest.trigger.snapshot.digest:
            if isinstance(newest.state, Conflict):
                self._put(settled(newest))
            return self._newest(newest)
        found = self._back(newest, current, decisions) or moved_onto(newest, current)
        if found.conflicts and not newest.conflicts:
            self._calm[newest.id] = decisions, newest
        elif not found.conflicts:
            self._calm.pop(newest.id, None)
        self._put(found if isinstance(newest.state, Closed) else settled(found))
        return self._newest(found)

    async def after_undo(self, write: Write, ids: Collection[str]) -> Snapshot:
        """Return the file of a write once ``ids`` of it are undone on disk. Raises FileError."""
        renamed = write.patch.kind is FileKind.RENAME and WHOLE not in ids
        path = write.patch.target if renamed else write.before.path
        was_absent = write.before.digest == ABSENT
        return await self._read(path, write.before.text if was_absent else None)

    async def is_there(self, path: str) -> bool:
        """Return whether anything is at the path."""
        try:
            await self._files.read(path)
        except MissingFileError:
            return False
        except FileError:
            # A folder, or a file that is not for us, is something, too.
            return True
        return True

    async def _read(self, path: str, absent: SourceText | None) -> Snapshot:
        try:
            return await self._files.read(path)
        except MissingFileError:
            if absent is None:
                raise
            return Snapshot(path, absent.with_content(""), ABSENT)

    def _back(self, proposal: Proposal, current: Snapshot, decisions: int) -> Proposal | None:
        count, calm = self._calm.get(proposal.id, (-1, proposal))
        if count != decisions or calm.trigger.snapshot.digest != current.digest:
            return None
        return replace(
            proposal,
            trigger=calm.trigger,
            region=calm.region,
            patch=calm.patch,
            decisions=calm.decisions,
            conflicts=calm.conflicts,
            places=calm.places,
        )

    def _newest(self, proposal: Proposal) -> Proposal:
        """Return what has become of the proposal while we waited; itself where it is gone."""
        return self._board.get(proposal.id) if proposal.id in self._board else proposal

    def _put(self, proposal: Proposal) -> None:
        if proposal.id in self._board:
            self._board.put(proposal)

    def _conflict(self, proposal: Proposal, reason: str) -> None:
        if isinstance(proposal.state, Ready | Conflict) and proposal.patch is not None:
            self._put(replace(proposal, state=Conflict(reason)))
