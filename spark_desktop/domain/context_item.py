"""What goes with a question: files, folders, symbols, the diff, a clipboard, dropped text."""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import PurePosixPath

from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.words import say

_LABEL = 24
# What stands for the symbol of the shown file where a comment in it asks.
COMMENT = "AI?"


class ItemKind(Enum):
    """What an item is made of; OPEN is the file that is shown, which nobody had to name."""

    OPEN = "open"
    FILE = "file"
    FOLDER = "folder"
    SYMBOL = "symbol"
    DIFF = "diff"
    CLIPBOARD = "clipboard"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class ItemRef:
    """What the user chose; its content is read when the question is sent.

    ``path`` is relative to the workspace. ``text`` is what a clipboard or a drop held, the only
    content that is kept here. ``lines`` are those that matter where the whole does not fit; of a
    symbol those where it stood, which tell it from others by its name.
    """

    kind: ItemKind
    path: str = ""
    symbol: str = ""
    text: str = ""
    lines: Span | None = None

    @property
    def label(self) -> str:
        """Return the short name: "parser.py", "src/", "parse()"; for the user."""
        name = PurePosixPath(self.path).name
        match self.kind:
            case ItemKind.FOLDER:
                return f"{name}/"
            case ItemKind.SYMBOL:
                return self.symbol
            case ItemKind.DIFF:
                return say("diff")
            case ItemKind.CLIPBOARD:
                return say("clipboard")
            case ItemKind.TEXT:
                words = " ".join(self.text[: 4 * _LABEL].split())
                return words if len(words) <= _LABEL else f"{words[: _LABEL - 1]}…"
            case ItemKind.OPEN | ItemKind.FILE:
                return name

    @property
    def asks(self) -> bool:
        """Return whether a comment at ``lines`` of the file asks: nobody typed the question."""
        return self.kind is ItemKind.OPEN and self.symbol == COMMENT

    @property
    def is_found(self) -> bool:
        """Return whether it was looked up: who names a file or a symbol names no lines of it."""
        return self.kind in (ItemKind.FILE, ItemKind.SYMBOL) and self.lines is not None

    @property
    def mention(self) -> str:
        """Return how the composer writes it: "@file:src/parser.py"."""
        match self.kind:
            case ItemKind.FILE | ItemKind.FOLDER:
                return f"@{self.kind.value}:{self.path}"
            case ItemKind.SYMBOL:
                return f"@symbol:{self.symbol}"
            case _:
                return f"@{self.kind.value}"

    def is_same(self, other: "ItemRef") -> bool:
        """Return whether both name the same content, whichever lines of it matter."""
        mine = (self.kind, self.path, self.symbol, self.text)
        return mine == (other.kind, other.path, other.symbol, other.text)


@dataclass(frozen=True, slots=True)
class ContextItem:
    """An item as it was read; ``title`` and ``language`` stand over its ``text`` in the prompt.

    ``first_line`` is the text's first line in its file, from 0. ``notes`` say what of it could not
    be read, for the user. ``withheld`` says what of it is not in ``text`` on purpose; "" for all.
    """

    ref: ItemRef
    title: str
    text: str
    language: str = ""
    first_line: int = 0
    notes: tuple[str, ...] = ()
    withheld: str = ""

    @property
    def place(self) -> Span | None:
        """Return which of the lines matter most; None where none does, or all of a symbol."""
        return None if self.ref.kind is ItemKind.SYMBOL else self.ref.lines

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the lines with their endings."""
        return _lines(self.text)


@lru_cache(maxsize=8)
def _lines(text: str) -> tuple[str, ...]:
    # A plan looks at the lines of a long file a dozen times.
    return tuple(split_lines(text))


@dataclass(frozen=True, slots=True)
class Attached:
    """What went with a turn: the item, the SHA-256 of its content and its tokens in the prompt.

    ``left_out`` names what of it did not fit ("lines 400-900"); empty where all of it was sent.
    """

    ref: ItemRef
    digest: str
    tokens: int
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the composer and is not sent."""

    text: str = ""
    refs: tuple[ItemRef, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to keep."""
        return not self.text.strip() and not self.refs


@dataclass(frozen=True, slots=True)
class Question:
    """A question for a thread, with what goes with it; ``id`` becomes that of its turn.

    ``path`` is the file that it is about.
    """

    id: str
    thread_id: str
    text: str
    refs: tuple[ItemRef, ...] = ()
    path: str | None = None
