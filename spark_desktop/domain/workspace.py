"""The watched folder, as values: snapshots of files and why a file is left alone."""

from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath

from spark_desktop.domain.text import SourceText
from spark_desktop.domain.words import say


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

    GITIGNORE = say("ignored by .gitignore")
    DEFAULT = say("ignored by default")
    TOO_LARGE = say("too large")
    BINARY = say("not a text file")
    OWN_WRITE = say("written by Spark itself")
    SECRET = say("may hold secrets")
    GENERATED = say("generated")
    VENDORED = say("copied in")
    OUTSIDE = say("outside the folder")
    NO_TRIGGER = say("nothing in it asks for a proposal")
    UNFINISHED = say("looks unfinished")
    UNCHANGED = say("its text did not change")
    DELETED = say("deleted")
    UNREADABLE = say("cannot be read")
    KNOWN = say("already proposed or answered")
    SWITCHED_OFF = say("switched off in the settings")
    PAUSED = say("saved while watching was paused")
    TOO_MANY = say("more at once than are taken from one save")
    PUT_OFF = say("more failed at once than proposals are made for")
    QUIET = say("quiet mode: nothing starts unasked")
    SNOOZED = say("saved while Spark was snoozed")
    BURST = say("many files changed at once")


@dataclass(frozen=True, slots=True)
class Glance:
    """What a short look at a changed file tells, without its text.

    ``ignored`` is why its path is left alone; ``digest`` is that of its bytes, "" where they cannot
    be read; ``is_marked``: one of the marks that were looked for stands in it.
    """

    path: str
    ignored: "Ignored | None" = None
    digest: str = ""
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Ignored:
    """A change that starts nothing, with its reason; ``detail`` names the rule or the size."""

    path: str
    reason: IgnoreReason
    detail: str = ""


def shown_path(path: str) -> str:
    """Return a path as text that can be told: a byte of it that is not UTF-8 is a question mark."""
    return path.encode("utf-8", "replace").decode("utf-8")
