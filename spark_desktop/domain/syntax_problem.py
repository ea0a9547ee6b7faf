"""Where a text stops being a program, and whether somebody is still typing there. Pure."""

from dataclasses import dataclass

from spark_desktop.domain.regex import regex
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.words import Said

# Lines around an error that belong to what was edited, at most.
_NEAR = 12
# A line that ends so asks for more, and nobody but its writer knows what.
_OPEN_END = regex(
    r"(?:[=+\-*/%&|^~.,<>]|->|=>|&&|\|\||\b(?:and|or|not|in|is|import|from|new|if|while|for))"
    r"\s*$"
)
_OPENED = regex(r"[(\[{]\s*$")
_COMMENT = regex(r"\s*(?:#|//).*$")


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """The first error of a text: its ``line`` from 0, and what is wrong in a parser's words."""

    line: int
    said: Said


def changed_lines(before: str, after: str) -> Span:
    """Return the lines of ``after`` between what both texts begin and end with.

    How lines end does not count: git may check out others than were committed.
    """
    old, new = ([one.rstrip("\r\n") for one in split_lines(text)] for text in (before, after))
    most = min(len(old), len(new))
    head = 0
    while head < most and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < most - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return Span(head, len(new) - tail)


def lines_to_mend(changed: Span, problem: SyntaxProblem, count: int) -> Span:
    """Return the lines around the first error, with what was edited near to it.

    A parser often stumbles some lines behind the mistake: the edit tells where it is.
    """
    start, end = problem.line, problem.line + 1
    if changed.start - _NEAR <= problem.line < changed.end + _NEAR:
        start = min(start, max(changed.start, problem.line - _NEAR))
        end = max(end, min(changed.end, problem.line + _NEAR))
    return Span(max(0, min(start, count - 1)), max(1, min(end, count)))


def is_unfinished(after: str, changed: Span) -> bool:
    """Return whether the edit ends in the middle of a statement: an operator, a dot, a comma.

    A line that leaves a bracket open is one where nothing stands below that goes on with it.
    """
    lines = split_lines(after)
    written = [n for n in range(changed.start, min(changed.end, len(lines))) if lines[n].strip()]
    if not written:
        return False
    last = written[-1]
    code = _COMMENT.sub("", lines[last].rstrip())
    below = next((line for line in lines[last + 1 :] if line.strip()), "")
    goes_on = _indent(below) > _indent(lines[last])
    if _OPENED.search(code):
        closes = below.lstrip()[:1] in (")", "]", "}")
        return not goes_on and not closes
    return _OPEN_END.search(code) is not None and not goes_on


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
