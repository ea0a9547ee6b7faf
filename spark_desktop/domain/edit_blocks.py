"""What an answer asks to be done to files, block by block, as it is read while it streams.

Lines carry their endings, as line feeds: which ending a file has is decided where a block finds
its place.
"""

from dataclasses import dataclass
from enum import StrEnum


class Format(StrEnum):
    """The form in which the model wrote a block."""

    WHOLE_FILE = "whole file"
    REGION = "region"
    SEARCH_REPLACE = "search/replace"
    UNIFIED_DIFF = "unified diff"
    BEGIN_PATCH = "begin patch"


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
    """The file shall hold exactly these lines; it may be a new one (``is_new``: it must be)."""

    path: str
    format: Format
    lines: tuple[str, ...]
    is_new: bool = False


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
class BlockGrew:
    """Block ``number`` (from 0, in the order of their beginnings) is written; so far it is this."""

    number: int
    block: Block


@dataclass(frozen=True, slots=True)
class BlockEnded:
    """Block ``number`` is whole; ``is_cut``: only the end of the answer ended it."""

    number: int
    block: Block
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class BlockRefused:
    """Block ``number`` cannot be read; ``reason`` is a sentence, ``text`` what the model wrote."""

    number: int
    reason: str
    text: str


AnswerEvent = Prose | BlockGrew | BlockEnded | BlockRefused
