"""A change that is to be followed, and what following it comes to in one file."""

from collections.abc import Collection
from dataclasses import dataclass

from spark_desktop.domain.call_changes import SignatureChange
from spark_desktop.domain.file_names import FileNames, Occurrence
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.parameter_objects import ParameterObject
from spark_desktop.domain.target_names import Target
from spark_desktop.domain.text_edits import TextEdit, edited
from spark_desktop.domain.words import Said, say

_CONSTRUCTORS = ("__init__", "constructor")


@dataclass(frozen=True, slots=True)
class Followed:
    """One change to be followed: where the ``target`` stands in others, the ``change`` says how.

    ``fresh`` are files that were saved together with it, and lines of its own file that were: what
    fits the signature of now may have been written for it. ``gathered`` is the object that takes
    the place of parameters, where one does; ``home`` the text of its file.
    """

    target: Target
    change: NameChange
    fresh_files: frozenset[str] = frozenset()
    fresh_lines: frozenset[int] = frozenset()
    gathered: ParameterObject | None = None
    home: str = ""

    @property
    def signature(self) -> SignatureChange | None:
        """Return what became of the parameters where calls have to follow; None else."""
        old, new = self.change.old, self.change.new
        if old.parameters is None or new.parameters is None or self.change.is_method:
            return None
        is_python = self.target.language == "python"
        found = SignatureChange(old.parameters, new.parameters, is_python, new.path)
        return found if found.asks else None

    @property
    def is_constructor(self) -> bool:
        """Return whether it is called by the name of its class."""
        return self.change.made_at is not None or (
            self.change.old.name in _CONSTRUCTORS and bool(self.change.old.container)
        )


@dataclass(frozen=True, slots=True)
class Left:
    """A use that is left to the user; ``line`` from 0. One that ``is_text`` breaks nothing.

    ``at`` is the place of one that may mean something else, -1 for all others.
    """

    path: str
    line: int
    reason: Said
    is_text: bool = False
    at: int = -1


@dataclass(frozen=True, slots=True)
class FileFollow:
    """What is done in one file: ``edits``, and ``asked`` calls, which a model changes.

    ``clear`` are the places of the uses whose meaning is known.
    """

    path: str
    edits: tuple[TextEdit, ...] = ()
    asked: tuple[Occurrence, ...] = ()
    left: tuple[Left, ...] = ()
    lines: tuple[int, ...] = ()
    clear: frozenset[int] = frozenset()


def in_text() -> Said:
    """Return why what is the name in a comment or a text is left."""
    return say("it stands in a comment or a text")


def left_whole(found: FileFollow, reason: Said) -> FileFollow:
    """Return what is done in a file that is not touched: each use is left, and why."""
    lines = sorted({*found.lines, *(use.line for use in found.asked)})
    left = [Left(found.path, line, reason) for line in lines]
    return FileFollow(found.path, left=(*left, *found.left), clear=found.clear)


def together(parts: Collection[FileFollow], file: FileNames) -> FileFollow:
    """Return what several changes ask of one file; edits that meet are left to the user."""
    edits: list[TextEdit] = []
    # What is not this member may be the other one of that name: of an interface and its types.
    clear = frozenset[int]().union(*(part.clear for part in parts))
    left: list[Left] = [one for part in parts for one in part.left if one.at not in clear]
    asked = dict.fromkeys(one for part in parts for one in part.asked)
    lines: list[int] = []
    for part in parts:
        try:
            edited(file.content, [*edits, *part.edits])
        except ValueError:
            first = part.lines[0] if part.lines else 0
            left.append(Left(file.path, first, say("two changes meet in it")))
            continue
        edits += part.edits
        lines += part.lines
    unique = dict.fromkeys(edits)
    return FileFollow(
        file.path,
        tuple(unique),
        tuple(asked),
        tuple(dict.fromkeys(left)),
        tuple(sorted(set(lines))),
        clear,
    )
