"""What the index of a workspace knows of its code."""

from dataclasses import dataclass
from enum import Enum

from spark_desktop.domain.trigger import Span


@dataclass(frozen=True, slots=True)
class Definition:
    """Something with a name: ``kind`` is "function", "class", "method", "constant", "type", …

    ``signature`` is its first lines up to the body, on one line; ``container`` is the class or
    module that holds it, "" at the file's top.
    """

    name: str
    kind: str
    path: str
    lines: Span
    signature: str
    container: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A use of a name; ``line`` and ``column`` from 0, in characters. ``kind`` is UseKind's."""

    name: str
    path: str
    line: int
    column: int
    kind: "UseKind"


class UseKind(Enum):
    """How a name is used."""

    CALL = "call"
    IMPORT = "import"
    MEMBER = "member"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Import:
    """``module`` as the file writes it, ``target`` the workspace's file where that is known, ""
    else; ``names`` are those that it brings, () for the module itself."""

    path: str
    module: str
    target: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextHit:
    """A file that holds the words that were searched for, with a line of it."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class IndexState:
    """How far the index is: ``done`` of ``total`` files; ``is_ready`` once all were read."""

    done: int
    total: int
    is_ready: bool
