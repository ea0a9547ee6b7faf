"""Lines of an answer, what stands around a block, and what a reader of blocks says to a line."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from spark_desktop.domain.answer_formats.paths import named_path, path_line
from spark_desktop.domain.words import say

NO_FILE = say("The block does not say which file it is for.")
NO_LINES = say("The block holds no lines.")
# A heading this far above a block is not its own.
_BLANKS_BETWEEN = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``text`` without its ending, ``raw`` as it stands in the answer."""

    text: str
    raw: str


class Taken(Enum):
    """What a reader did with a line: took it and goes on, took it as the last, or left it."""

    MORE = auto()
    DONE = auto()
    LEFT = auto()


class BlockReader(Protocol):
    """Reads the lines of one form, from the line that begins it."""

    def take(self, line: Line) -> Taken:
        """Take the next line, or leave it."""

    def finish(self) -> None:
        """Tell what is known at the end of the answer."""


class Surroundings:
    """What was said before a block that tells which file it is for."""

    def __init__(self, default_path: str = "") -> None:
        self._default = default_path
        self._line = ""
        self._blanks = 0
        self.last_path = ""

    def saw(self, text: str) -> None:
        """Remember a line of prose."""
        if text.strip():
            self._line, self._blanks = text, 0
        else:
            self._blanks += 1

    def passed_block(self) -> None:
        """Forget the prose: it stands above another block."""
        self._line = ""

    @property
    def heading(self) -> str:
        """Return the path that stands alone in the line above; "" where none does."""
        return path_line(self._line) if self._blanks <= _BLANKS_BETWEEN else ""

    @property
    def sentence(self) -> str:
        """Return the path of the heading, or the only one that the line above names."""
        if self._blanks > _BLANKS_BETWEEN:
            return ""
        return path_line(self._line) or named_path(self._line)

    def path(self) -> str:
        """Return the file of a block that is surely an edit: the one said last, at worst."""
        return self.sentence or self.last_path or self._default
