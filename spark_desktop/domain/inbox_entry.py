"""What became of a save: one value with its reason, for each saved path."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from spark_desktop.domain.trigger import Trigger, title_of
from spark_desktop.domain.words import Said, joined, say
from spark_desktop.domain.workspace import IgnoreReason

_NAMED = 3


class Outcome(Enum):
    """How a save ended; the value is what the user reads."""

    # It asked for something.
    QUEUED = say("queued")
    # It asks for what an earlier save has asked for, which is not decided yet.
    MERGED = say("merged")
    # All that it asked for was replaced by what a newer save asks for.
    SUPERSEDED = say("superseded")
    IGNORED = say("ignored")


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """How the save of ``paths`` ended, and why; more than one path is a burst that is one change.

    ``cause`` is set where it was ignored for one reason. ``requests`` are the ids of the proposals
    and questions that it led to; ``offered`` is what it would have started: ``Inbox.start`` does.
    """

    id: str
    paths: tuple[str, ...]
    outcome: Outcome
    reason: str
    cause: IgnoreReason | None = None
    requests: tuple[str, ...] = ()
    offered: tuple[Trigger, ...] = ()
    is_burst: bool = False


def burst_reason(count: int, has_switched: bool, offered: int, unread: int = 0) -> Said:
    """Return the sentence for so many files that changed at once.

    ``offered`` comments for Spark stand in them, and may stand in ``unread`` others.
    """
    if has_switched:
        changed = say("Branch switched: %n file(s) changed; nothing proposed.", "", count)
    else:
        changed = say("%n file(s) changed at once; nothing proposed.", "", count)
    parts: list[str] = [changed]
    if offered:
        parts.append(say("%n comment(s) for Spark can be started.", "", offered))
    if unread:
        parts.append(say("%n more file(s) may hold comments for Spark.", "", unread))
    return joined(parts)


def names_of(triggers: Sequence[Trigger]) -> Said:
    """Return what the triggers are called, in one line; of many the first ones and a count.

    What is called the same, as is one rename in many files, is named once.
    """
    counts = Counter(map(title_of, triggers))
    more = len(counts) - _NAMED
    names = [
        title if count == 1 else say("{title} (%n place(s))", "", count, title=title)
        for title, count in list(counts.items())[:_NAMED]
    ]
    return joined([*names, *([say("{count} more", count=more)] if more > 0 else [])], ", ")


def started_reason(entry: InboxEntry) -> Said:
    """Return the sentence for an entry whose offers are started: what they are called.

    What the save itself asked for stays named.
    """
    started = say("started by you: {names}", names=names_of(entry.offered))
    return joined((entry.reason, started), "; ") if entry.outcome is Outcome.QUEUED else started


def held_reason(triggers: Sequence[Trigger]) -> Said:
    """Return the sentence for what quiet mode holds back."""
    return joined((IgnoreReason.QUIET.value, names_of(triggers)), ": ")
