"""Takes the comment that asked for a change out of the text that is sent and written."""

import re
from collections.abc import Iterator

from spark_desktop.domain.ai_comment import BLOCKS, parse_ai_comment
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import EditComment, Span

# Characters of markers and blanks that a line of a comment may have around what it says.
_DECORATION = 120


def without_comment(trigger: EditComment) -> tuple[str, Span]:
    """Return the file's content without the comment, and where the comment stood.

    Lines that hold only the comment go, and the returned span is empty; code before or behind it
    stays, and the span then covers the line that it is on. A comment that is not found again stays.
    """
    lines = split_lines(trigger.snapshot.text.content)
    span = trigger.lines
    found = _comment_in("".join(lines[span.start : span.end]), trigger.instruction)
    if found is None:
        return "".join(lines), span
    kept = _joined(*found)
    lines[span.start : span.end] = [kept] if kept else []
    return "".join(lines), Span(span.start, span.start + bool(kept))


def _comment_in(text: str, instruction: str) -> tuple[str, str] | None:
    """Return what stands before and behind the comment that says ``instruction``."""
    wanted = " ".join(instruction.split())
    # Longer ones are not tried: in a minified file each of a line's many places would be.
    longest = 2 * len(wanted) + _DECORATION * (2 + text.count("\n") + text.count("\r"))
    indent = len(text) - len(text.lstrip())
    first = re.match(r"[^\r\n]*", text)
    for start in range(indent, first.end() if first else 0):
        # A comment begins with its marker, never in the middle of a word.
        if start != indent and (text[start].isalnum() or text[start].isspace()):
            continue
        for end in _ends(text, start):
            if end - start > longest:
                break
            said = parse_ai_comment(text[start:end])
            if said is not None and " ".join(said.text.split()) == wanted:
                return text[:start], text[end:]
    return None


def _ends(text: str, start: int) -> Iterator[int]:
    """Yield where a comment that begins at ``start`` may end, nearest first."""
    for opening, closing in BLOCKS:
        if text.startswith(opening, start):
            end = text.find(closing, start + len(opening))
            while end >= 0:
                yield end + len(closing)
                end = text.find(closing, end + len(closing))
            return
    yield len(text.rstrip("\r\n"))


def _joined(before: str, behind: str) -> str:
    """Return the line without the comment; empty where nothing but the comment was on it."""
    code = behind.strip()
    if not before.strip():
        return before + behind.lstrip(" \t") if code else ""
    if not code:
        return before.rstrip() + behind.lstrip(" \t")
    return before + (behind.lstrip(" \t") if before[-1].isspace() else behind)
