"""One write of an operation, with all that is needed to finish it or to take it back."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from spark_desktop.adapters.file_attributes import Attributes

_SUFFIX = ".tmp"


class Way(StrEnum):
    """How the new bytes get into the file."""

    REPLACE = "replace"
    IN_PLACE = "in_place"
    CREATE = "create"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class PlannedWrite:
    """What the journal keeps of a write.

    ``target`` is where ``path`` leads, with links followed; ``before`` and ``after`` are digests,
    ABSENT for no file. ``staged`` holds the new bytes beside the target, or nothing where they are
    not taken from there: it stands there until the write is done, so that one that still waits is
    told from one that was taken back. ``inode`` is the file's number, and ``source`` is the path
    that a renamed file had. ``folders`` are those, outermost first, that must be made for a new
    file, or that we once made for one that is removed now.
    """

    path: str
    target: Path
    way: Way
    before: str
    after: str
    staged: Path
    inode: int = 0
    attributes: Attributes | None = None
    folders: tuple[Path, ...] = ()
    source: str = ""

    @property
    def restored(self) -> Path:
        """Return where the old bytes are staged when the write is taken back."""
        return self.staged.with_name(f"{self.staged.name.removesuffix(_SUFFIX)}-back{_SUFFIX}")


def staged_beside(target: Path, token: str, number: int) -> Path:
    """Return the name for the staged bytes of a write: it is neither watched nor listed."""
    return target.parent / f".spark-step-{token}-{number}{_SUFFIX}"
