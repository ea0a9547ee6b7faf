"""Writes to several files that happen as one, and what became of one that was cut short."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from spark_desktop.domain.history import Step
from spark_desktop.domain.text import SourceText


@dataclass(frozen=True, slots=True)
class FileWrite:
    """New bytes for one file, or its removal.

    ``base`` is the digest of the bytes that must be there, ABSENT where nothing may be; ``text`` is
    None for a file to remove. A new file takes mode, owner and attributes of the file ``like``,
    which a rename sets to the old path: it is a write with ``like`` and a removal.
    """

    path: str
    base: str
    text: SourceText | None
    like: str = ""


# Id of a change, whether it is undone as a whole, and the ids of its hunks that are undone.
UndoneMark = tuple[str, bool, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Operation:
    """Writes that happen all or not at all, and what the kept steps say once they have.

    ``step`` is kept as the newest one, ``undone`` replaces the marks of kept changes; either may be
    missing, and there may be no writes. No two writes are for the same file.
    """

    id: str
    writes: tuple[FileWrite, ...]
    step: Step | None = None
    undone: tuple[UndoneMark, ...] = ()


class RecoveryOutcome(StrEnum):
    """What the next start did with an operation that was cut short."""

    COMPLETED = "completed"
    ROLLED_BACK = "rolled_back"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Recovered:
    """An operation that a crash, a kill or a power cut stopped, and what became of its files.

    ``files`` are those that hold its result (COMPLETED) or their old bytes (ROLLED_BACK) now.
    ``left_alone`` are those that somebody changed since: nothing was done to them, and in the kept
    steps they count as they stand. FAILED tells why in ``error``; the next start tries again.
    """

    operation_id: str
    title: str
    outcome: RecoveryOutcome
    files: tuple[str, ...]
    left_alone: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class StoreUsage:
    """What the kept steps of a workspace take, and may take, in bytes.

    ``oldest`` is when the oldest step was made; ``surplus`` is how many of the oldest steps must go
    for the rest to fit, 0 where all fits. The newest step always stays.
    """

    bytes: int
    limit: int
    oldest: datetime | None
    surplus: int = 0
