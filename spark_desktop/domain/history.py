"""Applied changes, as they are kept for undo and redo."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from spark_desktop.domain.patch import FileKind, Hunk
from spark_desktop.domain.workspace import Snapshot

# In place of a hunk's id: what a change does to the file itself (create, delete, rename).
WHOLE = ""


@dataclass(frozen=True, slots=True)
class FileChange:
    """Hunks to be written to one file, made for ``snapshot``.

    A file to CREATE has a snapshot with the digest ABSENT, whose text says encoding and newline
    style. ``target`` is the path that a file to RENAME goes to.
    """

    snapshot: Snapshot
    hunks: tuple[Hunk, ...]
    kind: FileKind = FileKind.CHANGE
    target: str = ""


@dataclass(frozen=True, slots=True)
class AppliedChange:
    """Hunks that were written to one file in one step.

    ``hunks`` turn the bytes that hash to ``before`` into those that hash to ``after`` (ABSENT for a
    file that was or is not there). ``undone`` tells which of the two is on disk as far as we know;
    ``undone_hunks`` are the ids of those that were taken back one by one. A file that went to
    another path with the change has that as its ``target``.
    """

    id: str
    path: str
    title: str
    hunks: tuple[Hunk, ...]
    before: str
    after: str
    created: datetime
    undone: bool = False
    kind: FileKind = FileKind.CHANGE
    target: str = ""
    undone_hunks: frozenset[str] = field(default=frozenset())

    @property
    def parts(self) -> frozenset[str]:
        """Return the ids of what can be undone by itself: hunks, and WHOLE for the file."""
        ids = frozenset(hunk.id for hunk in self.hunks)
        if self.kind in (FileKind.CREATE, FileKind.DELETE):
            return frozenset({WHOLE})
        return ids | {WHOLE} if self.kind is FileKind.RENAME else ids

    @property
    def off(self) -> frozenset[str]:
        """Return the parts that are undone now."""
        return self.parts if self.undone else self.undone_hunks & self.parts

    @property
    def place(self) -> str:
        """Return the path that the file had after the change."""
        return self.target if self.kind is FileKind.RENAME else self.path


class StepKind(StrEnum):
    """What a step was."""

    EDIT = "edit"
    RESTORE = "restore"
    # Kept so that what was written is known word for word; they are not shown as steps.
    UNDO = "undo"
    REDO = "redo"


@dataclass(frozen=True, slots=True)
class Step:
    """Changes to one or several files that were written as one; a checkpoint stands before each.

    ``origin`` is the id of the answer or proposal that it came from, "" for none: the steps of one
    origin are undone together as a turn. Of all but EDIT it tells which parts of earlier changes
    the step took or brought back; see step_log.py.
    """

    id: str
    title: str
    kind: StepKind
    created: datetime
    changes: tuple[AppliedChange, ...]
    origin: str = ""

    @property
    def undone(self) -> bool:
        """Return whether nothing of the step stands."""
        return all(change.undone for change in self.changes)

    @property
    def partly_undone(self) -> bool:
        """Return whether some of the step stands and some does not."""
        return not self.undone and any(change.off for change in self.changes)
