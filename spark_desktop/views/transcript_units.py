"""What stands below what in a transcript: values that are laid out one at a time."""

from dataclasses import dataclass

from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.words import say
from spark_desktop.viewmodels.amounts import money_text
from spark_desktop.viewmodels.item_words import items_line
from spark_desktop.viewmodels.translation import in_language, tr
from spark_desktop.views.markdown_blocks import CODE_LINES, CodePart, Part, Prose
from spark_desktop.views.markdown_stream import MarkdownStream, parts_of

__all__ = ["CodePart", "Header", "Notice", "Plain", "Text", "TurnUnits", "Unit", "answer_units"]


@dataclass(frozen=True, slots=True)
class Header:
    """Who speaks, and what is known about the answer; ``emulation`` asks for the badge."""

    speaker: str
    detail: str = ""
    emulation: Emulation | None = None


@dataclass(frozen=True, slots=True)
class Plain:
    """What the user wrote, as they wrote it; ``items`` is a line on what went with it."""

    text: str
    items: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Some blocks of the answer."""

    prose: Prose


@dataclass(frozen=True, slots=True)
class Notice:
    """How an answer ended that did not end well."""

    text: str
    is_problem: bool


_WAITING = say("waiting for the first token…")
Unit = Header | Plain | Text | CodePart | Notice


# Units of a turn before those of its answer.
_HEAD = 3


@dataclass(frozen=True, slots=True)
class Change:
    """Other ``units`` in the place of ``count`` ones from the turn's number ``first`` on."""

    first: int
    count: int
    units: tuple[Unit, ...]


class TurnUnits:
    """One turn, cut into units; while it streams only its last ones become others."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        # How a running answer comes along.
        self.pace = ""
        self._markdown = MarkdownStream(turn.answer)
        # What ``changes`` gave last: how many units, how many of them never change, and the head.
        self._given = 0
        self._fixed = 0
        self._head: tuple[Unit, ...] = ()

    def append(self, piece: str) -> None:
        """Take the next piece of the answer."""
        self._markdown.append(piece)

    def update(self, turn: Turn) -> None:
        """Take the turn as it is now; an answer that only grew is not parsed again."""
        was_over = self.turn.state is not TurnState.STREAMING
        self.turn = turn
        known = self._markdown.text
        if turn.state is TurnState.STREAMING and was_over:
            # Asked again: the answer begins anew.
            self._begin(turn.answer)
        elif turn.answer.startswith(known):
            self._markdown.append(turn.answer[len(known) :])
        elif not (turn.state is TurnState.STREAMING and known.startswith(turn.answer)):
            self._begin(turn.answer)

    @property
    def answer(self) -> str:
        """Return the answer as far as it came, as markdown."""
        return self._markdown.text

    def code(self, block: int) -> str:
        """Return the text of a code block."""
        return self._markdown.code(block)

    def answer_units(self) -> tuple[Unit, ...]:
        """Return the units of the answer, without what stands around it."""
        return tuple(_unit(part) for part in self._markdown.parts)

    def units(self) -> tuple[Unit, ...]:
        """Return the turn from top to bottom."""
        body = (_unit(part) for part in self._markdown.parts)
        return (*self._heading(), *body, *self._end())

    def changes(self) -> tuple[Change, ...]:
        """Return what is other than at the last call, at first everything.

        It costs what changed, however long the answer is.
        """
        head = self._heading()
        found = [
            Change(number, 1, (unit,))
            for number, (unit, before) in enumerate(zip(head, self._head, strict=False))
            if unit != before
        ]
        first = max(self._fixed, len(self._head))
        closed = self._markdown.closed[max(0, self._fixed - _HEAD) :]
        body = tuple(_unit(part) for part in (*closed, *self._markdown.open))
        units = (*head[len(self._head) :], *body, *self._end())
        found.append(Change(first, self._given - first, units))
        self._head = head
        self._given = first + len(units)
        self._fixed = _HEAD + len(self._markdown.closed)
        return tuple(found)

    def _begin(self, answer: str) -> None:
        self._markdown = MarkdownStream(answer)
        self._fixed = min(self._fixed, _HEAD)

    def _heading(self) -> tuple[Unit, ...]:
        told = self.turn.emulation
        if self._is_awaited:
            spark = Header("Spark", self.turn.endpoint, told)
        else:
            is_streaming = self.turn.state is TurnState.STREAMING
            pace = self.pace if is_streaming else ""
            detail = _joined(self.turn.endpoint, pace) if pace else detail_of(self.turn)
            spark = Header("Spark", detail, told)
        return (Header(tr("You")), Plain(self.turn.question, items_line(self.turn.attached)), spark)

    def _end(self) -> tuple[Unit, ...]:
        if self._is_awaited:
            return (Notice(self.pace or in_language(_WAITING), False),)
        match self.turn.state:
            case TurnState.FAILED:
                return (Notice(_reason(self.turn.error), True),)
            case TurnState.STOPPED:
                return (Notice(tr("Stopped."), False),)
            case TurnState.DONE if self.turn.doubt:
                return (Notice(in_language(self.turn.doubt), True),)
        return ()

    @property
    def _is_awaited(self) -> bool:
        return self.turn.state is TurnState.STREAMING and self._markdown.is_empty


def answer_units(text: str, code_lines: int = CODE_LINES) -> tuple[Unit, ...]:
    """Return the units of a whole answer, without its header.

    Code is cut into parts of ``code_lines``: each is laid out and coloured in one go.
    """
    return tuple(_unit(part) for part in parts_of(text, code_lines))


def _unit(part: Part) -> Unit:
    return Text(part) if isinstance(part, Prose) else part


def _reason(error: str) -> str:
    # The store's word for a turn that was being answered when the program was killed.
    if error == "interrupted":
        return tr("Spark ended while this was being answered.")
    return in_language(error) or tr("The answer broke off.")


def detail_of(turn: Turn) -> str:
    """Return speed, seconds to the first token, who answered and the cost, or the turn's state."""
    match turn.state:
        case TurnState.STREAMING:
            return _joined(turn.endpoint, tr("writing…"))
        case TurnState.FAILED:
            return _joined(turn.endpoint, tr("failed"))
    parts = []
    told = turn.emulation
    if told is not None and told.achieved_tps is not None:
        parts.append(tr("{rate:.0f} t/s", rate=told.achieved_tps))
    elif turn.timing and turn.usage:
        seconds = turn.timing.decode or turn.timing.total - turn.timing.first_token
        if seconds > 0 and turn.usage.completion_tokens:
            rate = turn.usage.completion_tokens / seconds
            parts.append(tr("{rate:.0f} t/s", rate=rate))
    if turn.timing:
        parts.append(tr("{seconds:.1f} s", seconds=turn.timing.first_token))
    if turn.state is TurnState.STOPPED:
        parts.append(tr("stopped"))
    cost = "" if turn.cost is None or not turn.endpoint else money_text(turn.cost)
    return _joined(*parts, turn.endpoint, cost)


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
