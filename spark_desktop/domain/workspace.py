"""The watched folder, as values: snapshots of files and why a file is left alone."""

from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath

from spark_desktop.domain.text import SourceText


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of one file; ``path`` is relative to the workspace, with forward slashes."""

    path: str
    text: SourceText
    digest: str

    @property
    def name(self) -> str:
        """Return the file's last name."""
        return PurePosixPath(self.path).name


def snapshot_of(path: str, text: SourceText) -> Snapshot:
    """Return the snapshot of ``text``, with the digest of its bytes."""
    return Snapshot(path, text, text.digest)


class IgnoreReason(Enum):
    """Why a changed file starts nothing; the value is what the user reads."""

    GITIGNORE = "ignored by .gitignore"
    DEFAULT = "ignored by default"
    TOO_LARGE = "too large"
    BINARY = "not a text file"
    OWN_WRITE = "written by Spark itself"
    SECRET = "may hold secrets"
    OUTSIDE = "outside the folder"
    NO_TRIGGER = "nothing in it asks for a proposal"
    UNCHANGED = "its text did not change"
    DELETED = "deleted"
    KNOWN = "already proposed or answered"
    PAUSED = "saved while watching was paused"
    TOO_MANY = "more at once than are taken from one save"


@dataclass(frozen=True, slots=True)
class Ignored:
    """A change that starts nothing, with its reason; ``detail`` names the rule or the size."""

    path: str
    reason: IgnoreReason
    detail: str = ""
