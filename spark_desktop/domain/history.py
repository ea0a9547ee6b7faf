"""Applied changes, as they are kept for undo and redo."""

from dataclasses import dataclass
from datetime import datetime

from spark_desktop.domain.patch import Hunk


@dataclass(frozen=True, slots=True)
class AppliedChange:
    """Hunks that were written to one file in one step.

    ``hunks`` turn the bytes that hash to ``before`` into those that hash to ``after``. ``undone``
    tells which of the two is on disk as far as we know.
    """

    id: str
    path: str
    title: str
    hunks: tuple[Hunk, ...]
    before: str
    after: str
    created: datetime
    undone: bool = False
