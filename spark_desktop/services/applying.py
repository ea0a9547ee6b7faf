"""What is written, and what is kept of it, for changes that were made for snapshots."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from spark_desktop.domain.errors import PatchError
from spark_desktop.domain.history import AppliedChange, FileChange
from spark_desktop.domain.operation import FileWrite
from spark_desktop.domain.patch import ABSENT, FileKind, apply
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.undoing import exact
from spark_desktop.domain.words import say


@dataclass(frozen=True, slots=True)
class Prepared:
    """The writes of one change, and what is kept of it."""

    writes: tuple[FileWrite, ...]
    kept: AppliedChange


def prepared(changes: Sequence[FileChange], title: str, now: datetime) -> tuple[Prepared, ...]:
    """Return what each change writes.

    Raises ConflictError where a hunk is not made for its snapshot, PatchError for nothing to
    write, or two changes of one file.
    """
    paths = [path for one in changes for path in {one.snapshot.path, one.target} if path]
    if twice := {path for path in paths if paths.count(path) > 1}:
        raise PatchError(
            say("{path} is changed twice at once.", path=min(twice)), say("Ask for a new proposal.")
        )
    if not changes:
        raise PatchError(say("There is nothing to write."), say("Choose at least one change."))
    return tuple(_prepared(change, title, now) for change in changes)


def _prepared(change: FileChange, title: str, now: datetime) -> Prepared:
    snapshot = change.snapshot
    before = snapshot.text.content if snapshot.digest != ABSENT else ""
    content = apply(before, change.hunks)
    after: SourceText | None = snapshot.text.with_content(content)
    target = ""
    if change.kind is FileKind.DELETE:
        if content:
            raise PatchError(
                say("{path} would be removed with text left in it.", path=snapshot.path),
                say("Ask for a new proposal."),
            )
        after = None
    if change.kind is FileKind.RENAME:
        target = change.target
        writes: tuple[FileWrite, ...] = (
            FileWrite(snapshot.path, snapshot.digest, None),
            FileWrite(target, ABSENT, after, like=snapshot.path),
        )
    else:
        writes = (FileWrite(snapshot.path, snapshot.digest, after),)
    hunks = exact(before, change.hunks, content)
    kept = AppliedChange(
        id=uuid.uuid4().hex,
        path=snapshot.path,
        title=title,
        hunks=hunks,
        before=snapshot.digest,
        after=after.digest if after is not None else ABSENT,
        created=now,
        kind=change.kind,
        target=target,
    )
    return Prepared(writes, kept)
