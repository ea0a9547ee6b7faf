"""Reads a model's answer while it streams: what is for the chat, and what it asks of files.

What is what:

- Prose is every line outside of blocks, also the line above a fence that names its file: it was
  shown before the fence came. What was told as prose is never taken back.
- A fence is a block with both its marks: a whole file where a path is told above it, in it or as a
  comment in its first line, else a region, which asks for nothing.
- Of a fence around search/replace blocks, a diff or a patch envelope, the blocks are only their
  lines; the fence and the blank lines between are hidden, and other lines between are prose.
- Reasoning is what ``<think>`` (or ``<thinking>``, ``<reasoning>``) at the beginning of a line
  outside of a block encloses. It is hidden and holds no blocks. Some chat templates open it in
  the prompt: where only its end comes, the blocks before are refused, late but surely.
"""

import re

from spark_desktop.domain.answer_formats.diff import DiffReader
from spark_desktop.domain.answer_formats.diff_head import begins_files
from spark_desktop.domain.answer_formats.envelope import (
    EnvelopeReader,
    begins_patch,
    heredoc_end,
)
from spark_desktop.domain.answer_formats.fenced import FencedReader
from spark_desktop.domain.answer_formats.fences import opening
from spark_desktop.domain.answer_formats.lines import BlockReader, Line, Surroundings, Taken
from spark_desktop.domain.answer_formats.log import BlockLog
from spark_desktop.domain.answer_formats.openings import may_open, may_open_second
from spark_desktop.domain.answer_formats.search import SearchReader, search_mark
from spark_desktop.domain.edit_blocks import AnswerEvent
from spark_desktop.domain.regex import regex
from spark_desktop.domain.words import say

_PIECES = regex(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_THINK = regex(r"[ \t]*<(think|thinking|reasoning)>", re.IGNORECASE | re.ASCII)
_UNTHINK = regex(r"(?<!`)</(?:think|thinking|reasoning)>", re.IGNORECASE)


class AnswerReader:
    """Takes the pieces of an answer, however it is split; each feed gives what became known.

    The same text gives the same ended blocks, refusals and joined prose in any split, and no text
    raises. ``default_path`` is the file of edits that name none. The work is proportional to the
    text: lines are looked at once, and blocks are made when they are looked at.
    """

    def __init__(self, default_path: str = "") -> None:
        self._log = BlockLog()
        self._around = Surroundings(default_path)
        self._reader: BlockReader | None = None
        # The line that is being written; of prose, `_told` characters were given away.
        self._line: list[str] = []
        self._is_flowing = False
        # A complete line that opens a block only together with the next one.
        self._first: Line | None = None
        self._thought = ""
        self._thinks: re.Pattern[str] | None = None
        # A carriage return at the end of a piece may be half of a line's ending.
        self._half = ""

    def feed(self, piece: str) -> tuple[AnswerEvent, ...]:
        """Take the next piece and return what happened by it."""
        text = self._half + piece
        self._half = "\r" if text.endswith("\r") else ""
        self._read(text.removesuffix("\r") if self._half else text)
        return self._log.drain()

    def finish(self) -> tuple[AnswerEvent, ...]:
        """Tell that the answer is over; return the rest. Blocks that are open are cut."""
        half, self._half = self._half, ""
        self._read(half)
        if self._thinks:
            self._log.hidden(self._thought, is_reasoning=True)
            self._thought = ""
        while self._line:
            # A reader may leave the line, which then is to be looked at again.
            self._end_line("".join(self._line))
        if self._first is not None:
            self._tell_first()
        if self._reader is not None:
            self._reader.finish()
            self._reader = None
        self._log.release()
        return self._log.drain()

    def _read(self, text: str) -> None:
        for piece in _PIECES.findall(text):
            self._take(piece)

    def _take(self, piece: str) -> None:
        if self._thinks:
            self._think(piece)
            return
        self._line.append(piece)
        is_whole = piece[-1] in "\r\n"
        if self._reader is not None:
            if is_whole:
                self._end_line("".join(self._line))
            return
        if self._is_flowing:
            self._log.prose(piece)
            if is_whole:
                self._end_prose_line()
            return
        text = "".join(self._line)
        reasoning = _THINK.match(text)
        if reasoning is not None:
            self._begin_thinking(reasoning[1], reasoning.end(), text)
        elif is_whole:
            self._end_line(text)
        elif not self._may_open(text):
            self._flow(text)

    def _may_open(self, text: str) -> bool:
        if self._first is not None and may_open_second(text):
            return True
        return may_open(text)

    def _flow(self, text: str) -> None:
        """Give away the beginning of a line that opens nothing, and then what follows at once."""
        if self._first is not None:
            self._tell_first()
        self._log.prose(text)
        self._is_flowing = True

    def _end_line(self, raw: str) -> None:
        self._line.clear()
        line = Line(raw.rstrip("\r\n"), raw)
        if self._reader is not None:
            taken = self._reader.take(line)
            if taken is not Taken.MORE:
                self._reader = None
            if taken is not Taken.LEFT:
                return
            self._take(raw)
            return
        if self._is_flowing:
            self._line.append(raw)
            self._end_prose_line()
            return
        if not self._may_open(line.text) or not self._opens(line):
            self._flow(raw)
            self._line.append(raw)
            self._end_prose_line()

    def _end_prose_line(self) -> None:
        text = "".join(self._line).rstrip("\r\n")
        self._line.clear()
        self._is_flowing = False
        self._around.saw(text)
        if _UNTHINK.search(text):
            self._log.retract(say("The block was part of the model's reasoning."))

    def _opens(self, line: Line) -> bool:
        first, self._first = self._first, None
        if first is not None:
            if self._opens_with(first, line):
                return True
            self._first = first
            self._tell_first()
        log, around, text = self._log, self._around, line.text
        fence = opening(text)
        if fence is not None:
            self._reader = FencedReader(log, around, fence, line)
            return True
        if search_mark(text):
            self._reader = SearchReader(log, around)
        elif text.startswith("diff --git "):
            self._reader = DiffReader(log, around)
        elif begins_patch(text):
            self._reader = EnvelopeReader(log, around)
        elif text.startswith("--- ") or heredoc_end(text):
            self._first = line
            return True
        else:
            return False
        self._reader.take(line)
        return True

    def _opens_with(self, first: Line, line: Line) -> bool:
        log, around = self._log, self._around
        if begins_files(first.text, line.text):
            self._reader = DiffReader(log, around)
            self._reader.take(first)
        elif heredoc_end(first.text) and begins_patch(line.text):
            self._reader = EnvelopeReader(log, around, heredoc=heredoc_end(first.text))
            log.hidden(first.raw)
        else:
            return False
        self._reader.take(line)
        return True

    def _tell_first(self) -> None:
        assert self._first is not None
        first, self._first = self._first, None
        self._log.prose(first.raw)
        self._around.saw(first.text)

    def _begin_thinking(self, name: str, end: int, text: str) -> None:
        if self._first is not None:
            self._tell_first()
        self._line.clear()
        self._thinks = re.compile(f"</{name}>", re.IGNORECASE | re.ASCII)
        self._log.hidden(text[:end], is_reasoning=True)
        if text[end:]:
            self._think(text[end:])

    def _think(self, piece: str) -> None:
        assert self._thinks is not None
        text = self._thought + piece
        found = self._thinks.search(text)
        if found is None:
            # The end may be cut anywhere.
            told = max(0, len(text) - len(self._thinks.pattern) + 1)
            self._log.hidden(text[:told], is_reasoning=True)
            self._thought = text[told:]
            return
        self._thought, self._thinks = "", None
        self._log.hidden(text[: found.end()], is_reasoning=True)
        if text[found.end() :]:
            self._take(text[found.end() :])
