"""What is to be written so that parts of kept changes are switched; nothing is written here."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from spark_desktop.domain.errors import MissingFileError, StoreError, UndoBlockedError
from spark_desktop.domain.history import WHOLE, AppliedChange
from spark_desktop.domain.operation import FileWrite
from spark_desktop.domain.patch import ABSENT, FileKind, Hunk, apply, compute
from spark_desktop.domain.step_log import Flip
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.undoing import Source, blocked_file, exact, placed
from spark_desktop.domain.words import Said, say
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.ports import FileStore
from spark_desktop.services.written_log import WrittenLog


@dataclass(slots=True)
class _Slot:
    """A file as it will be; ``origin`` is the path that it has on disk, "" for none.

    ``hunks`` is what makes it so, where that is known by the ids of one change's hunks.
    """

    origin: str
    text: SourceText | None
    touched: int = 0
    hunks: tuple[Hunk, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The writes, what is kept of them, and the flips with the change that wrote each."""

    writes: tuple[FileWrite, ...]
    changes: tuple[AppliedChange, ...]
    flips: tuple[Flip, ...]


@dataclass(slots=True)
class UndoPlan:
    """Switches parts of changes, one after the other, in memory."""

    _files: FileStore
    _log: WrittenLog
    _slots: dict[str, _Slot] = field(default_factory=dict)
    _disk: dict[str, Snapshot | None] = field(default_factory=dict)
    _moved: dict[str, str] = field(default_factory=dict)
    # None for what was so already, whatever becomes of the file behind it.
    _done: list[tuple[Flip, _Slot | None]] = field(default_factory=list)

    async def switch(self, flips: Sequence[Flip]) -> None:
        """Switch the parts in this order. Raises UndoBlockedError, FileError, StoreError."""
        files: dict[str, list[Flip]] = {}
        for flip in flips:
            files.setdefault(self._log.place(flip.change_id), []).append(flip)
        for path, group in files.items():
            if await self._switched_together(path, group):
                continue
            for flip in group:
                await self._switch(flip)

    def outcome(self, title: str, created: datetime) -> Outcome:
        """Return what is to be written and kept."""
        writes, changes, by = [], [], {}
        for path, slot in self._slots.items():
            old, new = self._disk[path], slot.text
            if new is None and old is not None:
                writes.append(FileWrite(path, old.digest, None))
            elif new is not None and (old is None or old.digest != new.digest):
                like = slot.origin if slot.origin != path else ""
                writes.append(FileWrite(path, old.digest if old else ABSENT, new, like))
            change = self._change(path, slot, title, created)
            if change is not None:
                changes.append(change)
                by[id(slot)] = change
        flips = [part for flip, slot in self._done for part in _by(flip, by.get(id(slot)))]
        return Outcome(tuple(writes), tuple(changes), tuple(flips))

    async def _switch(self, flip: Flip) -> None:
        _, change = self._log.known[flip.change_id]
        slot: _Slot | None
        if change.kind in (FileKind.CREATE, FileKind.DELETE):
            slot = await self._switch_file(change, (change.kind is FileKind.CREATE) == flip.on)
        else:
            path, slot = await self._present(change)
            if ids := flip.parts - {WHOLE}:
                await self._switch_hunks(path, slot, change.id, ids, flip.on)
            if WHOLE in flip.parts:
                await self._move(path, slot, change, flip.on)
        self._done.append((flip, slot))

    async def _switched_together(self, path: str, flips: list[Flip]) -> bool:
        """Return whether one write of ours did the opposite, and could be turned back."""
        index = self._log.together(flips)
        if index is None:
            return False
        slot = await self._slot(self._moved.get(path, path))
        if slot.text is None:
            return False
        source = await self._log.source_back(index)
        if not await self._put_back(slot, source, index, False):
            try:
                hunks = placed(source, slot.text.content, path, self._log.blamed, whole=True)
            except UndoBlockedError:
                return False
            _put(slot, apply(slot.text.content, hunks), hunks)
        if len(flips) > 1:
            # A hunk may be the doing of several changes, so it has no id of theirs.
            slot.touched += 1
        self._done.extend((flip, slot) for flip in flips)
        return True

    async def _switch_hunks(
        self, path: str, slot: _Slot, change_id: str, ids: frozenset[str], on: bool
    ) -> None:
        groups: dict[int, set[str]] = {}
        for one in ids:
            newest = self._log.writes_of(change_id, frozenset({one}))[0]
            groups.setdefault(newest, set()).add(one)
        for _, group in sorted(groups.items(), reverse=True):
            await self._switch_group(path, slot, change_id, frozenset(group), on)

    async def _switch_group(
        self, path: str, slot: _Slot, change_id: str, ids: frozenset[str], on: bool
    ) -> None:
        blocked: UndoBlockedError | None = None
        for index in self._log.writes_of(change_id, ids):
            try:
                source = await self._log.source(index, ids, on)
            except StoreError:
                if blocked is None:
                    raise
                continue
            if await self._put_back(slot, source, index, source.is_wanted):
                return
            content = slot.text.content if slot.text else ""
            try:
                # The texts of an older write are another way, where that of the newest is blocked.
                is_older = blocked is not None
                hunks = placed(source, content, path, self._log.blamed, whole=is_older)
            except UndoBlockedError as error:
                blocked = blocked or error
                continue
            _put(slot, apply(content, hunks), hunks)
            return
        if blocked is not None:
            raise blocked

    async def _put_back(self, slot: _Slot, source: Source, index: int, is_wanted: bool) -> bool:
        """Return whether the file is byte for byte what a write left, and is now what it found."""
        change = self._log.entries[index].change
        base, other = change.before, change.after
        if not is_wanted:
            base, other = other, base
        if not source.is_all or slot.text is None or slot.text.digest != base:
            return False
        text = await self._log.text(other)
        if text is None:
            return False
        slot.text, slot.touched, slot.hunks = text, slot.touched + 1, source.hunks
        return True

    async def _switch_file(self, change: AppliedChange, shall_be: bool) -> _Slot | None:
        """Make or remove a file; return None where the user had done so by hand."""
        index = self._log.file_write_of(change.id)
        write = self._log.entries[index].change
        path = self._log.place(change.id)
        slot = await self._slot(self._moved.get(path, path))
        if not shall_be and self._moved.get(path, path) != change.path:
            message = say("{path} was moved since.", path=change.path)
            blame = self._log.blamed_later(index)
            raise blocked_file(path, message, say("Undo that first. Nothing was written."), blame)
        ours = write.before if write.kind is FileKind.DELETE else write.after
        if shall_be and slot.text is None:
            slot.text = await self._log.text(ours)
        elif slot.text is not None and slot.text.digest != ours:
            blame = self._log.blamed_later(index)
            if shall_be:
                raise blocked_file(path, *_another(path), None)
            raise blocked_file(
                path,
                say("{path} was changed by hand since; removing it would lose that.", path=path),
                say("Delete it yourself if it is not wanted. Nothing was written."),
                blame,
            )
        elif slot.touched == 0 and shall_be is (slot.text is not None):
            return None
        elif not shall_be:
            slot.text = None
        slot.touched += 1
        return slot

    async def _move(self, path: str, slot: _Slot, change: AppliedChange, on: bool) -> None:
        goal = change.target if on else change.path
        if path == goal:
            return
        index = next(i for i, one in enumerate(self._log.entries) if one.change.id == change.id)
        if path != (change.path if on else change.target):
            message = say("{path} was moved again since.", path=path)
            blame = self._log.blamed_later(index)
            raise blocked_file(path, message, say("Undo that first. Nothing was written."), blame)
        if (await self._slot(goal)).text is not None:
            raise blocked_file(goal, *_another(goal), None)
        self._slots[goal], self._slots[path] = slot, _Slot("", None)
        for known, here in self._moved.items():
            self._moved[known] = goal if here == path else here
        self._moved.setdefault(path, goal)

    async def _present(self, change: AppliedChange) -> tuple[str, _Slot]:
        """Return where the file of an edit is, and what it will be there."""
        path = self._log.place(change.id)
        path = self._moved.get(path, path)
        for tried in (path, change.path, change.place):
            slot = await self._slot(tried)
            if slot.text is not None and (tried == path or change.kind is FileKind.RENAME):
                return tried, slot
        index = next(i for i, one in enumerate(self._log.entries) if one.change.id == change.id)
        raise blocked_file(
            path,
            say("{path} is not there any more.", path=path),
            say("Bring the file back, then try again. Nothing was written."),
            self._log.blamed_later(index),
        )

    async def _slot(self, path: str) -> _Slot:
        if path not in self._slots:
            try:
                self._disk[path] = found = await self._files.read(path)
            except MissingFileError:
                self._disk[path] = found = None
            self._slots[path] = _Slot(path, found.text) if found else _Slot("", None)
        return self._slots[path]

    def _change(
        self, path: str, slot: _Slot, title: str, created: datetime
    ) -> AppliedChange | None:
        old = self._disk[slot.origin] if slot.origin else None
        new = slot.text
        if (old.digest if old else None) == (new.digest if new else None) and (
            new is None or slot.origin == path
        ):
            return None
        before, after = old.text.content if old else "", new.content if new else ""
        kind = FileKind.CHANGE if slot.origin == path else FileKind.RENAME
        if old is None or new is None:
            kind = FileKind.CREATE if old is None else FileKind.DELETE
        hunks = exact(before, slot.hunks, after) if slot.touched == 1 and slot.hunks else ()
        if not hunks:
            # Ids that no change's own hunks have.
            found = compute(path, "", before, after).hunks
            hunks = tuple(replace(hunk, id=f"~{hunk.id}") for hunk in found)
        return AppliedChange(
            id=uuid.uuid4().hex,
            path=slot.origin or path,
            title=title,
            hunks=hunks,
            before=old.digest if old else ABSENT,
            after=new.digest if new else ABSENT,
            created=created,
            kind=kind,
            target=path if kind is FileKind.RENAME else "",
        )


def _put(slot: _Slot, content: str, hunks: tuple[Hunk, ...]) -> None:
    if slot.text is not None and hunks:
        slot.text, slot.touched = slot.text.with_content(content), slot.touched + 1
        slot.hunks = hunks


def _another(path: str) -> tuple[Said, Said]:
    return (
        say("{path}: another file is there now.", path=path),
        say("Move or rename it, then try again. Nothing was written."),
    )


def _by(flip: Flip, change: AppliedChange | None) -> tuple[Flip, ...]:
    """Return the flip with the change that wrote it; what was so by hand apart."""
    if change is None:
        return (replace(flip, by=""),)
    own = {hunk.id for hunk in change.hunks}
    stale = flip.parts - own - {WHOLE} if own & flip.parts else frozenset()
    if change.kind is FileKind.CHANGE:
        stale |= flip.parts & {WHOLE}  # the file had been moved by hand
    written = Flip(flip.change_id, flip.parts - stale, flip.on, change.id)
    return (written, Flip(flip.change_id, stale, flip.on)) if stale else (written,)
