"""What the self-test looks at, what it saw, and how that is written down."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from spark_desktop.domain.findings import Finding, Verdict
from spark_desktop.domain.words import kept, recalled, say

Document = dict[str, Any]


class Outcome(Enum):
    """NOTE is for what this machine lacks and Spark does without: it is no failure."""

    OK = "ok"
    NOTE = "note"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a check saw; ``next_step`` is for the user, empty where there is nothing to do."""

    outcome: Outcome
    text: str
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is tried; it may take ``deadline`` seconds.

    ``on_screen`` is for what is only told by the desktop that the user sees; nothing is shown.
    """

    key: str
    name: str
    deadline: float = 30.0
    on_screen: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """How a process of the self-test ended; ``how`` is for a sentence."""

    how: str
    in_order: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """What came of a check, and the seconds that it took."""

    key: str
    name: str
    seen: Seen
    seconds: float = 0.0

    @property
    def has_failed(self) -> bool:
        """Return whether Spark cannot do what it should."""
        return self.seen.outcome is Outcome.FAILED


# Slow machines are no fault, hanging is one: the model's file is half a gigabyte to read.
PLAN = (
    Check("program", say("program")),
    Check("resources", say("resources")),
    Check("translations", say("translations")),
    Check("images", say("images and icons")),
    Check("grammars", say("grammars")),
    Check("highlighting", say("highlighting")),
    Check("tls", say("TLS")),
    Check("sqlite", say("SQLite")),
    Check("data", say("your data")),
    Check("keyring", say("keyring")),
    Check("command", say("command line"), 60.0),
    Check("engine", say("engine"), 60.0),
    Check("model", say("model"), 180.0),
    Check("window", say("window"), 60.0),
    Check("watcher", say("watcher")),
    Check("edit", say("edit and undo")),
    Check("core", say("core"), 180.0),
    Check("tokens", say("ten tokens"), 180.0),
    # Elsewhere Qt's platform that nobody sees has no fonts of the system.
    Check("fonts", say("fonts"), on_screen=sys.platform != "linux"),
    Check("screen", say("screen"), on_screen=True),
    Check("tray", say("tray"), on_screen=True),
)
TIDY = Check("tidy", say("nothing left behind"))


def failed_names(rows: Iterable[Row]) -> tuple[str, ...]:
    """Return the names of what failed, in the rows' order."""
    return tuple(row.name for row in rows if row.has_failed)


def table(rows: Iterable[Row]) -> list[str]:
    """Return the rows as lines: outcome, name, seconds, what was seen; the next step below."""
    rows = tuple(rows)
    width = max((len(row.name) for row in rows), default=0)
    lines = []
    for row in rows:
        seconds = f"{row.seconds:.2f} s"
        lines.append(
            f"{row.seen.outcome.value:<7} {row.name:<{width}} {seconds:>9}  {row.seen.text}"
        )
        if row.seen.next_step:
            lines.append(f"{'':<7} {'':<{width}} {'':>9}  -> {row.seen.next_step}")
    return lines


def finding_of(row: Row) -> Finding:
    """Return the row as the doctor tells things, which has a report without secrets for them."""
    verdict = {
        Outcome.OK: Verdict.OK,
        Outcome.NOTE: Verdict.NOTE,
        Outcome.FAILED: Verdict.MISSING,
    }[row.seen.outcome]
    return Finding(row.name, verdict, row.seen.text, row.seen.next_step)


def document(row: Row) -> Document:
    """Return the row for JSON, as people and their scripts read it."""
    return {
        "key": row.key,
        "name": str(row.name),
        "verdict": row.seen.outcome.value,
        "seen": str(row.seen.text),
        "next_step": str(row.seen.next_step),
        "seconds": round(row.seconds, 3),
    }


def full_document(row: Row) -> Document:
    """Return the row for another process of ours, which may show it in another language."""
    said = {"name": row.name, "seen": row.seen.text, "next_step": row.seen.next_step}
    return document(row) | {"said": {name: kept(text) for name, text in said.items()}}


def row_of(found: Document) -> Row:
    """Return what ``full_document`` was made of. Raises ValueError for anything else."""
    try:
        said = found["said"]
        name, text, step = (
            recalled(str(found[part]), said[part]) for part in ("name", "seen", "next_step")
        )
        seen = Seen(Outcome(found["verdict"]), text, step)
        return Row(str(found["key"]), name, seen, float(found["seconds"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"no row of the self-test: {error!r}") from error
