"""Earlier turns of a thread, summed up so that later prompts have room."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from spark_desktop.domain.conversation import Turn


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands for the first ``turns`` turns of a thread, up to ``turn_id``, in prompts.

    ``before`` and ``after`` are the tokens of the turns and of the text. The turns themselves stay
    where they are.
    """

    thread_id: str
    turn_id: str
    text: str
    turns: int
    before: int
    after: int


class CompactionState(Enum):
    """How far the summing up came."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Compaction:
    """A thread's summing up; ``turns`` is how many it is about, ``reason`` why it failed."""

    thread_id: str
    state: CompactionState
    turns: int
    summary: Summary | None = None
    reason: str = ""


def turns_after(turns: Sequence[Turn], summary: Summary | None) -> tuple[Turn, ...] | None:
    """Return the turns that the summary does not stand for; None where it is of other turns.

    A thread that was forked or edited before the summary's last turn needs another one.
    """
    if summary is None:
        return tuple(turns)
    for number, turn in enumerate(turns, start=1):
        if turn.id == summary.turn_id:
            return tuple(turns[number:])
    return None
