"""Applied changes, as they are kept for undo and redo."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from spark_desktop.domain.patch import FileKind, Hunk


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


class StepKind(StrEnum):
    """What a step was."""

    EDIT = "edit"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Step:
    """Changes to one or several files that were written as one; a checkpoint stands before each.

    ``origin`` is the id of the answer or proposal that it came from, "" for none: the steps of one
    origin are undone together as a turn.
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
