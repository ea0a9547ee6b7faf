"""Where a block of an answer stands in its file, and how sure that is."""

from dataclasses import dataclass
from enum import StrEnum

from spark_desktop.domain.patch import Hunk
from spark_desktop.domain.trigger import Span


class Certainty(StrEnum):
    """How a block was found: its lines themselves, lines like them, or nowhere."""

    EXACT = "anchored"
    FUZZY = "fuzzy"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Anchor:
    """The place of a block: the lines ``span`` of the snapshot that it replaces.

    ``score`` is 1 for an exact place, else below it and above 0. FUZZY says in ``how`` what
    differs, a short note for the user. FAILED has no ``span``, but perhaps the ``nearest`` lines,
    whose score it then is, and in ``how`` the reason as a sentence. ``hunks`` are the changes that
    the block makes there, with the file's line endings; their ids are unique in the file.
    """

    certainty: Certainty
    span: Span | None = None
    score: float = 0.0
    how: str = ""
    nearest: Span | None = None
    hunks: tuple[Hunk, ...] = ()
