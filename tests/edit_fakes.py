"""A fake of the edit service: writes to files in memory, all or nothing, and takes hunks back."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from fakes import MemoryFiles

from spark_desktop.domain.errors import FileChangedError, NothingToUndoError, SparkError
from spark_desktop.domain.history import WHOLE, AppliedChange, FileChange, Step, StepKind
from spark_desktop.domain.merge import merged
from spark_desktop.domain.patch import ABSENT, FileKind, FilePatch, apply, inverse
from spark_desktop.domain.review import after_apply, collision
from spark_desktop.domain.text import decode, digest_of


def rebase(patch: FilePatch, before: str, after: str, base: str) -> FilePatch:
    """Return the patch merged onto ``after``; raises ConflictError where that is a conflict."""
    found = merged(patch, before, after, base)
    for hunk in found.patch.hunks:
        if hunk.id in found.conflicts:
            raise collision(patch.path, hunk)
    return found.patch


class FakeEdits:
    """Does what the edit service promises, in memory.

    ``before_write`` are functions, one of which is called before each write, as another program
    would come in between; ``error`` is raised instead of writing. A write waits for ``may_write``.
    """

    def __init__(self, files: MemoryFiles) -> None:
        self.files = files
        self.kept: list[Step] = []
        self.asked: list[tuple[tuple[FileChange, ...], str, str]] = []
        self.before_write: list[object] = []
        self.error: SparkError | None = None
        self.writing, self.may_write = asyncio.Event(), asyncio.Event()
        self.may_write.set()
        self._texts: dict[str, tuple[bytes, bytes]] = {}

    async def apply(self, changes: Sequence[FileChange], title: str, origin: str = "") -> Step:
        self.asked.append((tuple(changes), title, origin))
        self.writing.set()
        await self.may_write.wait()
        if self.before_write:
            self.before_write.pop(0)()
        if self.error is not None:
            raise self.error
        for change in changes:
            data = self.files.data.get(change.snapshot.path)
            if (ABSENT if data is None else digest_of(data)) != change.snapshot.digest:
                raise FileChangedError(f"{change.snapshot.path} was changed.")
        number = len(self.kept)
        kept = [self._write(change, f"c{number}.{n}", title) for n, change in enumerate(changes)]
        step = Step(f"s{number}", title, StepKind.EDIT, datetime.now(UTC), tuple(kept), origin)
        self.kept.append(step)
        return step

    async def undo(
        self, step_id: str | None = None, hunks: Mapping[str, Collection[str]] | None = None
    ) -> Step:
        step = next((one for one in reversed(self.kept) if step_id in (None, one.id)), None)
        if step is None or step.undone:
            raise NothingToUndoError("There is no change of ours left to undo.")
        if self.error is not None:
            raise self.error
        wanted = hunks or {change.id: change.parts for change in step.changes}
        changes = tuple(self._undone(change, wanted.get(change.id, ())) for change in step.changes)
        step = replace(step, changes=changes)
        self.kept = [step if one.id == step.id else one for one in self.kept]
        return step

    def _write(self, change: FileChange, change_id: str, title: str) -> AppliedChange:
        snapshot, data = change.snapshot, self.files.data
        before = snapshot.text.encode() if snapshot.digest != ABSENT else b""
        text = snapshot.text.with_content(apply(snapshot.text.content, change.hunks))
        path = change.target if change.kind is FileKind.RENAME else snapshot.path
        data.pop(snapshot.path, None)
        gone = change.kind is FileKind.DELETE
        if not gone:
            data[path] = text.encode()
        self._texts[change_id] = before, text.encode()
        return AppliedChange(
            change_id,
            snapshot.path,
            title,
            change.hunks,
            snapshot.digest,
            ABSENT if gone else text.digest,
            datetime.now(UTC),
            kind=change.kind,
            target=change.target,
        )

    def _undone(self, change: AppliedChange, parts: Collection[str]) -> AppliedChange:
        if not parts:
            return change
        assert set(parts) <= change.parts, "an id that is not in the change"
        before, _after = self._texts[change.id]
        data = self.files.data
        if change.kind is FileKind.CREATE:
            data.pop(change.path)
        elif change.kind is FileKind.DELETE:
            data[change.path] = before
        else:
            ids = set(parts) - {WHOLE}
            place = change.target or change.path
            now = decode(data.pop(place))
            stays = {hunk.id for hunk in change.hunks} - ids
            old = apply(decode(before).content, [h for h in change.hunks if h.id in stays])
            left = after_apply(FilePatch(place, "", change.hunks), stays, "")
            back = inverse(left.hunks)
            patch = FilePatch(place, "", back)
            made_for = apply(old, left.hunks)
            moved = rebase(patch, made_for, now.content, "")
            text = now.with_content(apply(now.content, moved.hunks))
            data[change.path if WHOLE in parts else place] = text.encode()
        off = change.undone_hunks | set(parts)
        return replace(change, undone=off >= change.parts, undone_hunks=frozenset(off))
