"""Small replacements in one text."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class TextEdit:
    """Put ``new`` in the place of the characters from ``start`` to ``end``."""

    start: int
    end: int
    new: str


def edited(content: str, edits: Iterable[TextEdit]) -> str:
    """Return the content with all edits; the same one twice counts once.

    Raises ValueError where two overlap: nothing says which of them is meant.
    """
    parts: list[str] = []
    at = 0
    for edit in sorted(set(edits)):
        if edit.start < at:
            raise ValueError(f"two edits meet at character {edit.start}")
        parts += (content[at : edit.start], edit.new)
        at = edit.end
    return "".join((*parts, content[at:]))
