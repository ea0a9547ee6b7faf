"""What stands below what in a transcript: values that are laid out one at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.emulation import Emulation
from spark_desktop.views.markdown_blocks import (
    CODE_LINES,
    Block,
    Code,
    MarkdownStream,
    Prose,
    blocks_of,
)


@dataclass(frozen=True, slots=True)
class Header:
    """Who speaks, and what is known about the answer; ``emulation`` asks for the badge."""

    speaker: str
    detail: str = ""
    emulation: Emulation | None = None


@dataclass(frozen=True, slots=True)
class Plain:
    """What the user wrote, as they wrote it."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """Some blocks of the answer."""

    prose: Prose


@dataclass(frozen=True, slots=True)
class CodePart:
    """Lines of a code block from line ``first`` on; ``block`` counts the turn's code blocks."""

    block: int
    language: str
    first: int
    lines: tuple[str, ...]
    is_last: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """How an answer ended that did not end well."""

    text: str
    is_problem: bool


_WAITING = "waiting for the first token…"
Unit = Header | Plain | Text | CodePart | Notice


class TurnUnits:
    """One turn, cut into units; while it streams only its last ones become others."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        # How a running answer comes along.
        self.pace = ""
        self._markdown = MarkdownStream(turn.answer)
        self._cut: list[tuple[Block, tuple[Unit, ...]]] = []

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
            self._markdown = MarkdownStream(turn.answer)
        elif turn.answer.startswith(known):
            self._markdown.append(turn.answer[len(known) :])
        elif not (turn.state is TurnState.STREAMING and known.startswith(turn.answer)):
            self._markdown = MarkdownStream(turn.answer)

    def code(self, block: int) -> str:
        """Return the text of a code block."""
        blocks = [found for found in self._markdown.blocks if isinstance(found, Code)]
        return blocks[block].text if block < len(blocks) else ""

    def units(self) -> Iterator[Unit]:
        """Yield the turn from top to bottom."""
        yield Header("You")
        yield Plain(self.turn.question)
        is_streaming = self.turn.state is TurnState.STREAMING
        if is_streaming and not self._markdown.text:
            yield Header("Spark", emulation=self.turn.emulation)
            yield Notice(self.pace or _WAITING, False)
            return
        detail = (is_streaming and self.pace) or detail_of(self.turn)
        yield Header("Spark", detail, self.turn.emulation)
        for units in self._blocks():
            yield from units
        if self.turn.state is TurnState.FAILED:
            yield Notice(_reason(self.turn.error), True)
        elif self.turn.state is TurnState.STOPPED:
            yield Notice("Stopped.", False)

    def _blocks(self) -> Iterator[tuple[Unit, ...]]:
        # Blocks that are closed stay the same objects: they are not cut again.
        code = 0
        blocks = self._markdown.blocks
        del self._cut[len(blocks) :]
        for number, block in enumerate(blocks):
            if number == len(self._cut):
                self._cut.append((block, _cut(block, code)))
            elif self._cut[number][0] is not block:
                self._cut[number] = (block, _cut(block, code))
            yield self._cut[number][1]
            code += isinstance(block, Code)


def answer_units(text: str, code_lines: int = CODE_LINES) -> tuple[Unit, ...]:
    """Return the units of a whole answer, without its header.

    Code is cut into parts of ``code_lines``: each is laid out and coloured in one go.
    """
    units: list[Unit] = []
    code = 0
    for block in blocks_of(text):
        units.extend(_cut(block, code, code_lines))
        code += isinstance(block, Code)
    return tuple(units)


def _reason(error: str) -> str:
    # The store's word for a turn that was being answered when the program was killed.
    if error == "interrupted":
        return "Spark ended while this was being answered."
    return error or "The answer broke off."


def detail_of(turn: Turn) -> str:
    """Return tokens per second and seconds to the first token, or the turn's state."""
    match turn.state:
        case TurnState.STREAMING:
            return "writing\N{HORIZONTAL ELLIPSIS}"
        case TurnState.FAILED:
            return "failed"
    parts = []
    told = turn.emulation
    if told is not None and told.achieved_tps is not None:
        parts.append(f"{told.achieved_tps:.0f} t/s")
    elif turn.timing and turn.usage:
        seconds = turn.timing.decode or turn.timing.total - turn.timing.first_token
        if seconds > 0 and turn.usage.completion_tokens:
            parts.append(f"{turn.usage.completion_tokens / seconds:.0f} t/s")
    if turn.timing:
        parts.append(f"{turn.timing.first_token:.1f} s")
    if turn.state is TurnState.STOPPED:
        parts.append("stopped")
    return " \N{MIDDLE DOT} ".join(parts)


def _cut(block: Block, code: int, code_lines: int = CODE_LINES) -> tuple[Unit, ...]:
    if isinstance(block, Prose):
        return (Text(block),)
    return tuple(_code_parts(block, code, code_lines))


def _code_parts(code: Code, block: int, count: int) -> Iterator[CodePart]:
    lines = code.text.split("\n")
    for first in range(0, len(lines), count):
        part = tuple(lines[first : first + count])
        yield CodePart(block, code.language, first, part, first + count >= len(lines))
