"""Writes hunks to files, and takes them back: the only service that changes the user's files."""

import asyncio
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from spark_desktop.domain.errors import FileError, NothingToUndoError, StoreError
from spark_desktop.domain.events import ChangeApplied, ChangeReverted
from spark_desktop.domain.history import AppliedChange
from spark_desktop.domain.patch import FilePatch, Hunk, apply, inverse
from spark_desktop.domain.review import rebase
from spark_desktop.domain.text import SourceText, decode
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import CheckpointStore, Clock, FileStore
from spark_desktop.services.tasks import to_end


class EditService:
    """One write at a time, each of them recorded before it happens."""

    def __init__(
        self, files: FileStore, checkpoints: CheckpointStore, bus: Bus, clock: Clock
    ) -> None:
        self._files = files
        self._checkpoints = checkpoints
        self._bus = bus
        self._clock = clock
        self._lock = asyncio.Lock()

    async def apply(self, snapshot: Snapshot, hunks: Iterable[Hunk], title: str) -> AppliedChange:
        """Write the hunks, made for ``snapshot``, and return the kept change.

        Raises FileChangedError, with nothing written, where the file is not the snapshot any more;
        other FileErrors and StoreError likewise leave the file as it was.
        """
        chosen = tuple(sorted(hunks, key=lambda hunk: hunk.start))
        after = snapshot.text.with_content(apply(snapshot.text.content, chosen))
        change = AppliedChange(
            id=uuid.uuid4().hex,
            path=snapshot.path,
            title=title,
            hunks=chosen,
            before=snapshot.digest,
            after=after.digest,
            created=self._clock.now(),
        )
        async with self._lock:
            return await to_end(self._write(snapshot, change, after))

    async def undo(self) -> AppliedChange:
        """Take the last applied change back, keeping what the user changed since.

        Raises NothingToUndoError, ConflictError where the user changed the same lines, FileError.
        """
        async with self._lock:
            await self._settle()
            change = await self._checkpoints.last_applied()
            if change is None:
                raise NothingToUndoError(say("There is no change of ours left to undo."))
            return await to_end(self._revert(change, undone=True))

    async def redo(self) -> AppliedChange:
        """Bring the last undone change back; errors as for ``undo``."""
        async with self._lock:
            await self._settle()
            change = await self._checkpoints.last_undone()
            if change is None:
                raise NothingToUndoError(say("There is no undone change left to redo."))
            return await to_end(self._revert(change, undone=False))

    async def changes(self) -> tuple[AppliedChange, ...]:
        """Return every kept change, oldest first."""
        return await self._checkpoints.changes()

    async def _write(
        self, snapshot: Snapshot, change: AppliedChange, after: SourceText
    ) -> AppliedChange:
        began = self._clock.monotonic()
        before, written = snapshot.text.encode(), after.encode()
        # What a crash left unsettled would be dropped with the undone changes.
        await self._settle()
        # Kept as undone first: a crash between here and the write leaves a change that redo
        # offers, and one after the write a change that ``_settle`` finds on disk.
        await self._checkpoints.record(replace(change, undone=True), before, written)
        try:
            await self._files.replace(snapshot.path, after, snapshot.digest)
        except FileError:
            await self._checkpoints.forget(change.id)
            raise
        # Recorded once more, not marked: another window may have dropped what it saw as undone.
        # Where that fails the file is written all the same, and ``_settle`` will find it.
        with suppress(StoreError):
            await self._checkpoints.record(change, before, written)
        self._bus.publish(ChangeApplied(change, self._clock.monotonic() - began))
        return change

    async def _settle(self) -> None:
        """Notice a change that was written just before a crash, and so is still kept as undone."""
        undone = [
            change
            for change in await self._checkpoints.changes()
            if change.undone and change.before != change.after
        ]
        # A redo was cut short at the oldest undone change, an accept at the newest.
        for change in undone if len(undone) < 2 else (undone[0], undone[-1]):
            await self._settle_one(change, undone)

    async def _settle_one(self, change: AppliedChange, undone: Sequence[AppliedChange]) -> None:
        oldest = next(kept for kept in undone if kept.path == change.path)
        try:
            on_disk = await self._files.read(change.path)
        except FileError:
            return
        # A file that went back and forth may be what it was before all of its undone changes.
        all_undone = change is not oldest and on_disk.digest == oldest.before
        if on_disk.digest == change.after and not all_undone:
            await self._checkpoints.mark(change.id, undone=False)

    async def _revert(self, change: AppliedChange, undone: bool) -> AppliedChange:
        have, want = (change.after, change.before) if undone else (change.before, change.after)
        current = await self._files.read(change.path)
        if current.digest == have:
            await self._files.replace(change.path, await self._kept(want), have)
        elif current.digest != want:
            hunks = inverse(change.hunks) if undone else change.hunks
            await self._revert_around_edits(current, FilePatch(change.path, have, hunks))
        await self._checkpoints.mark(change.id, undone=undone)
        done = replace(change, undone=undone)
        self._bus.publish(ChangeReverted(done))
        return done

    async def _revert_around_edits(self, current: Snapshot, patch: FilePatch) -> None:
        made_for = await self._kept(patch.base)
        moved = rebase(patch, made_for.content, current.text.content, current.digest)
        content = apply(current.text.content, moved.hunks)
        if content != current.text.content:
            await self._files.replace(
                current.path, current.text.with_content(content), current.digest
            )

    async def _kept(self, digest: str) -> SourceText:
        data = await self._checkpoints.content(digest)
        if data is None:
            raise StoreError(
                say("The kept bytes of this change are missing."),
                say("The file was left as it is; undo this change in your editor."),
            )
        return decode(data)
