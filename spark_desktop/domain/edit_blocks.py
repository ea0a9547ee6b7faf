"""What an answer asks to be done to files, block by block, as it is read while it streams.

Lines carry their endings, as line feeds: which ending a file has is decided where a block finds
its place.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from spark_desktop.domain.words import say


class Format(Enum):
    """The form in which the model wrote a block."""

    WHOLE_FILE = say("whole file")
    REGION = say("region")
    SEARCH_REPLACE = say("search/replace")
    UNIFIED_DIFF = say("unified diff")
    BEGIN_PATCH = say("patch envelope")


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Replace the lines ``old``, wherever they are in the file, by ``new``.

    Without ``old`` the lines are inserted. ``near`` is the line, from 0, where the model says that
    they begin; ``below`` are headings that stand above the place in the file (a function's first
    line, say), the outermost first; ``at_end``: the place is the end of the file. Where the form
    marks them, ``context`` counts the lines that ``old`` and ``new`` share at their beginning and
    their end.
    """

    path: str
    format: Format
    old: tuple[str, ...]
    new: tuple[str, ...]
    near: int | None = None
    below: tuple[str, ...] = ()
    at_end: bool = False
    context: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class WholeFile:
    """The file shall hold exactly these lines; it may be a new one (``is_new``: it must be).

    ``label`` is a first line that is a comment with the file's path: most models mean it for the
    reader, so it is not one of ``lines``, but where the file begins with it, it belongs to them.
    """

    path: str
    format: Format
    lines: tuple[str, ...]
    is_new: bool = False
    label: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Region:
    """A fenced block without a path: code for the place that was asked about, or an example."""

    language: str
    lines: tuple[str, ...]
    format: Format = Format.REGION


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove the file."""

    path: str
    format: Format


@dataclass(frozen=True, slots=True)
class Rename:
    """Give the file another path; changes to it are blocks of their own, for the old ``path``."""

    path: str
    target: str
    format: Format


Block = Rewrite | WholeFile | Region | Delete | Rename


@dataclass(frozen=True, slots=True)
class Prose:
    """Text around the blocks, for the chat; the pieces of an answer's prose add up."""

    text: str


@dataclass(frozen=True, slots=True)
class Hidden:
    """Text that is neither for the chat nor part of a block.

    That is the model's reasoning (``is_reasoning``), or what frames blocks: the fences around
    several of them, blank lines between, ``*** Begin Patch``.
    """

    text: str
    is_reasoning: bool = False


class BlockGrew:
    """Block ``number`` (from 0, in the order of their beginnings) is written; so far it is this.

    The block is made when it is first looked at: an answer of thousands of lines tells of its
    growth thousands of times, and who draws it looks only at the newest. It holds whole lines.
    As long as it is not known what replaces the lines of a search/replace block, its ``new``
    equals its ``old``: so far it changes nothing.
    """

    __match_args__ = ("number", "block")
    __slots__ = ("_block", "_make", "number")

    def __init__(self, number: int, block: "Block | Callable[[], Block]") -> None:
        self.number = number
        self._block = None if callable(block) else block
        self._make = block if callable(block) else None

    @property
    def block(self) -> Block:
        """Return the block as it was when this was told."""
        if self._block is None:
            assert self._make is not None
            self._block, self._make = self._make(), None
        return self._block

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BlockGrew):
            return NotImplemented
        return (self.number, self.block) == (other.number, other.block)

    def __hash__(self) -> int:
        return hash((self.number, self.block))

    def __repr__(self) -> str:
        return f"BlockGrew({self.number!r}, {self.block!r})"


@dataclass(frozen=True, slots=True)
class BlockEnded:
    """Block ``number`` is whole; ``is_cut``: only the end of the answer ended it.

    A cut block may lack lines, or hold what was said behind it. Small models forget the last mark:
    such a block is whole where the model ended the answer itself, and not a limit or the user.
    ``span`` is where it stands in the answer: its first character and the one after its last.
    """

    number: int
    block: Block
    is_cut: bool = False
    span: tuple[int, int] = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class BlockRefused:
    """Block ``number`` cannot be read; ``reason`` is a sentence, ``text`` what the model wrote.

    A block that has ended can be refused afterwards: where a ``</think>`` tells that everything
    before it was reasoning.
    """

    number: int
    reason: str
    text: str
    span: tuple[int, int] = field(default=(0, 0), compare=False)


AnswerEvent = Prose | Hidden | BlockGrew | BlockEnded | BlockRefused
