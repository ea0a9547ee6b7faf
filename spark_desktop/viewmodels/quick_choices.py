"""What can be done with a quick answer, and why something of it cannot be done now."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.viewmodels.translation import tr

_FENCE = re.compile(r"^```[^\n`]*\n(.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE)


class Choice(Enum):
    """What a button of the quick prompt does."""

    COPY = "copy"
    PASTE = "paste"
    THREAD = "thread"
    APPLY = "apply"


@dataclass(frozen=True, slots=True)
class Offer:
    """A button: ``tip`` says what it does, or why it cannot be done."""

    label: str
    tip: str
    is_enabled: bool


class QuickTarget(Protocol):
    """The open project, as far as a quick answer can go there."""

    @property
    def project(self) -> str:
        """Return the name of the open project; empty where there is none."""
        ...

    @property
    def file(self) -> str:
        """Return the path of the file that is open in the review; empty where there is none."""
        ...

    async def open_as_thread(self, turn: Turn) -> None:
        """Make the turn a thread of the project and show it. Raises SparkError."""
        ...

    async def apply(self, instruction: str) -> None:
        """Ask for a proposal on the open file and show it. Raises SparkError."""
        ...


def code_of(answer: str) -> str:
    """Return the code of an answer that has exactly one block of it; else nothing."""
    blocks = _FENCE.findall(answer)
    return str(blocks[0]) if len(blocks) == 1 else ""


def offers(turn: Turn | None, target: QuickTarget) -> dict[Choice, Offer]:
    """Return the choices for a turn, in the order in which they are shown."""
    answer = "" if turn is None else turn.answer
    is_streaming = turn is not None and turn.state is TurnState.STREAMING
    waiting = tr("There is no answer yet.")
    if answer and is_streaming:
        waiting = tr("The answer is still being written.")
    is_whole = bool(answer) and not is_streaming
    has_code = is_whole and bool(code_of(answer))
    paste = Offer(
        tr("Paste code") if has_code else tr("Paste"),
        tr("Put it on the clipboard and paste it where you were") if is_whole else waiting,
        is_whole,
    )
    copy = Offer(tr("Copy"), tr("Copy the answer") if answer else waiting, bool(answer))
    return {
        Choice.COPY: copy,
        Choice.PASTE: paste,
        Choice.THREAD: _thread(target, is_whole, waiting),
        Choice.APPLY: _apply(turn, target),
    }


def _thread(target: QuickTarget, is_whole: bool, waiting: str) -> Offer:
    label = tr("Open as thread")
    if not target.project:
        return Offer(label, tr("No project is open: threads belong to one."), False)
    if not is_whole:
        return Offer(label, waiting, False)
    return Offer(label, tr("Go on with it in the chat of {name}", name=target.project), True)


def _apply(turn: Turn | None, target: QuickTarget) -> Offer:
    label = tr("Apply to file")
    if not target.project:
        return Offer(label, tr("No project is open that it could change."), False)
    if not target.file:
        return Offer(
            label, tr("No file is open in the review of {name}.", name=target.project), False
        )
    if turn is None:
        return Offer(label, tr("Ask something first."), False)
    name = target.file.rpartition("/")[2]
    return Offer(label, tr("Ask for this as a change of {name}, which you review", name=name), True)
