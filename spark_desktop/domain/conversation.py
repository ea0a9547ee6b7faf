"""Threads of turns, as they are kept on disk."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.context_item import Attached
from spark_desktop.domain.emulation import Emulation


class TurnState(Enum):
    """How far an answer came."""

    STREAMING = "streaming"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer; ``path`` is the file it is about, if any.

    ``emulation`` says that the times are those of other hardware, imitated. ``attached`` is what
    went with the question. ``endpoint`` is the title of who answered, "" for the local core, and
    ``cost`` what that took in US dollars, None where nobody knows. ``doubt`` says why a whole
    answer is not to be relied on, "" where nothing is known against it.
    """

    id: str
    question: str
    answer: str
    state: TurnState
    created: datetime
    model: str = ""
    path: str | None = None
    error: str = ""
    usage: Usage | None = None
    timing: Timing | None = None
    emulation: Emulation | None = None
    attached: tuple[Attached, ...] = ()
    endpoint: str = ""
    cost: float | None = None
    doubt: str = ""

    @property
    def can_go_on(self) -> bool:
        """Return whether the answer broke off or was stopped after some text."""
        return self.state in (TurnState.FAILED, TurnState.STOPPED) and bool(self.answer.strip())


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation in one workspace, oldest turn first."""

    id: str
    title: str
    created: datetime
    turns: tuple[Turn, ...] = ()
    is_pinned: bool = False


TITLE_LENGTH = 200
# Control signs and halves of surrogate pairs, as Unicode names its categories.
_UNSHOWN = ("Cc", "Cs")


def clean_title(text: str) -> str:
    """Return ``text`` as a thread's title: one line without control signs, at most 200 characters.

    Halves of surrogate pairs, which no database takes, are left out as well.
    """
    shown = "".join(" " if unicodedata.category(sign) in _UNSHOWN else sign for sign in text)
    return " ".join(shown.split())[:TITLE_LENGTH].rstrip()


@dataclass(frozen=True, slots=True)
class ThreadInfo:
    """A thread as a list shows it: ``active`` is when something last happened in it.

    ``turns`` counts them; ``workspace`` is the folder that it belongs to, as an absolute path.
    """

    id: str
    title: str
    created: datetime
    active: datetime
    workspace: str
    turns: int
    is_pinned: bool = False


@dataclass(frozen=True, slots=True)
class ThreadHit:
    """Where a search found its words: in a turn, or (``turn_id`` is None) in the title.

    ``text`` is the question, the answer or the title that holds them.
    """

    thread: ThreadInfo
    turn_id: str | None
    text: str
