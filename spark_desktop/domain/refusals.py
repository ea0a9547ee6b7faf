"""Why a part of an answer is not taken at all, however well it fits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from spark_desktop.domain.errors import (
    FileError,
    FileTooLargeError,
    NotTextError,
    OutsideWorkspaceError,
    SecretFileError,
    SparkError,
)
from spark_desktop.domain.omissions import (
    SHORT,
    asks_to_shrink,
    holds_reasoning,
    placeholder_in,
    written_lines,
)
from spark_desktop.domain.patch import Hunk
from spark_desktop.domain.text import decode
from spark_desktop.domain.words import Said, joined, say


class RefusalReason(Enum):
    """Why it is refused; the value is a sentence for the user, without the file."""

    PLACEHOLDER = say("The answer leaves code out instead of writing it.")
    REASONING = say("The answer mixes the model's reasoning into the code.")
    SHRUNK = say("The file would lose more than half of its lines, and nothing asked for that.")
    OUTSIDE = say("The path leads out of the folder.")
    BAD_NAME = say("The path is none that a file can have everywhere.")
    VERSION_CONTROL = say("The file belongs to the version control itself.")
    SECRET = say("The file may hold secrets.")
    BINARY = say("The file is not text.")
    TOO_LARGE = say("The file is too large.")
    UNREADABLE = say("The file cannot be read.")
    LOOKALIKE = say("A file of almost the same name is there, which some systems take for it.")
    MISSING = say("There is no such file.")
    EXISTS = say("A file of that name is there already.")
    CONTRADICTION = say("The answer wants different things of one file.")


@dataclass(frozen=True, slots=True)
class Refused:
    """What was refused: the file as the answer names it, and a detail as a sentence, or ""."""

    reason: RefusalReason
    path: str
    detail: str = ""

    @property
    def told(self) -> Said:
        """Return all of it in one line for the user."""
        return joined((say("{path}:", path=self.path), self.reason.value, self.detail))


_BY_ERROR: tuple[tuple[type[SparkError], RefusalReason], ...] = (
    (SecretFileError, RefusalReason.SECRET),
    (NotTextError, RefusalReason.BINARY),
    (FileTooLargeError, RefusalReason.TOO_LARGE),
    (OutsideWorkspaceError, RefusalReason.OUTSIDE),
    (FileError, RefusalReason.UNREADABLE),
)


def refused_by(error: FileError, path: str) -> Refused:
    """Return as a refusal that the file could not be read."""
    reason = next(reason for kind, reason in _BY_ERROR if isinstance(error, kind))
    return Refused(reason, path, error.message)


def refusal_of_text(
    path: str, before: str, after: str, hunks: Iterable[Hunk], instruction: str = ""
) -> Refused | None:
    """Return why a file's new text is refused, None where it may be shown.

    ``hunks`` turn ``before`` into ``after``. Lines that stood in the file are no fault of the
    answer. A new file cannot shrink.
    """
    hunks = tuple(hunks)
    new = [line for hunk in hunks for line in hunk.new]
    old = [line for hunk in hunks for line in hunk.old]
    is_python = path.casefold().endswith((".py", ".pyi"))
    if line := placeholder_in(old, _without_stubs(new) if is_python else new):
        detail = say("It has the line {line!r} instead of the code itself.", line=line)
        return Refused(RefusalReason.PLACEHOLDER, path, detail)
    if holds_reasoning(before, "".join(new)):
        return Refused(RefusalReason.REASONING, path)
    if (loss := _shrinks(before, after, instruction)) is not None:
        return Refused(RefusalReason.SHRUNK, path, loss)
    try:
        decode("".join(new).encode())
    except (NotTextError, UnicodeEncodeError):
        detail = say("The answer has control characters in it.")
        return Refused(RefusalReason.BINARY, path, detail)
    return None


def refusal_of_size(path: str, size: int, limit: int) -> Refused | None:
    """Return why a file of so many bytes is refused, None where it is within the limit."""
    if size <= limit:
        return None
    detail = say("It has {size:,} bytes, the limit is {limit:,}.", size=size, limit=limit)
    return Refused(RefusalReason.TOO_LARGE, path, detail)


def _shrinks(before: str, after: str, instruction: str) -> Said | None:
    there, left = written_lines(before), written_lines(after)
    if there < SHORT or left * 2 >= there or asks_to_shrink(instruction):
        return None
    return say("Of {there} lines {left} would be left.", there=there, left=left)


def _without_stubs(lines: Sequence[str]) -> list[str]:
    """Return the lines without the "..." that is the whole body of something new in Python."""
    found: list[str] = []
    above = ""
    for line in lines:
        text = line.strip()
        if text != "..." or not above.endswith((":", '"""', "'''")):
            found.append(line)
        above = text or above
    return found
