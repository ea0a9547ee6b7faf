"""Threads of turns, as they are kept on disk."""

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
    went with the question.
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


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation in one workspace, oldest turn first."""

    id: str
    title: str
    created: datetime
    turns: tuple[Turn, ...] = ()
