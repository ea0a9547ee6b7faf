"""Markdown's fences: what opens one, what closes it, and what only looks as if it did."""

from dataclasses import dataclass

from spark_desktop.domain.answer_formats.paths import info_path
from spark_desktop.domain.regex import regex

_OPENING = regex(
    r"(?P<indent>[ \t]*(?:(?:[-*+]|\d{1,3}[.)])[ \t]+)?)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>.*)"
)
_FENCE = regex(r"(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>.*)")
# Further in, a fence belongs to the text that is fenced (CommonMark 4.5).
_CLOSING_INDENT = 3


@dataclass(frozen=True, slots=True)
class Fence:
    """An opening fence; ``indent`` characters stand before each of its lines, in a list say."""

    mark: str
    indent: int = 0
    language: str = ""
    path: str = ""
    is_citation: bool = False

    def dedented(self, text: str) -> str:
        """Return a line without the indent of the list that the fence stands in."""
        kept = text.lstrip(" \t")
        return text[min(self.indent, len(text) - len(kept)) :]

    def closes(self, text: str) -> bool:
        """Return whether a dedented line closes the fence."""
        found = _FENCE.fullmatch(text)
        return (
            found is not None
            and not found["info"].strip()
            and found["fence"].startswith(self.mark)
            and len(found["indent"]) <= _CLOSING_INDENT
        )

    def opens_inner(self, text: str) -> bool:
        """Return whether a dedented line opens a fence within, which another line must close."""
        found = opening(text)
        return found is not None and found.mark.startswith(self.mark) and bool(_info(text))

    def closes_behind(self, text: str) -> bool:
        """Return whether the fence stands behind the last line of code, as small models put it."""
        stripped = text.rstrip()
        if self.mark[0] != "`" or not stripped.endswith(self.mark):
            return False
        return bool(stripped.strip("` \t")) and "`" not in stripped[: -len(self.mark)]


def opening(text: str) -> Fence | None:
    """Return the fence that a line opens; None where it opens none."""
    found = _OPENING.fullmatch(text)
    if found is None:
        return None
    info = found["info"].strip()
    if found["fence"][0] == "`" and "`" in info:
        return None
    language, path = info_path(info)
    is_citation = bool(info) and not language and not path and info[0].isdigit()
    return Fence(found["fence"], len(found["indent"]), language, path, is_citation)


def _info(text: str) -> str:
    found = _FENCE.fullmatch(text)
    return found["info"].strip() if found else ""
