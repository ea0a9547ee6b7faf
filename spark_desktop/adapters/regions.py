"""The part of a file that is asked for as a whole: a function, a class, else a few lines."""

from collections.abc import Iterable, Sequence

from tree_sitter import Node

from spark_desktop.adapters.comments import comments_in
from spark_desktop.adapters.functions import classes_in, functions_in
from spark_desktop.adapters.languages import Parsed, rows_of
from spark_desktop.domain.trigger import Span

# A small model writes a longer region badly, and it takes it a minute.
_CLASS_LINES = 120
_WINDOW = 20


def region_around(parsed: Parsed, wanted: Span) -> Span:
    """Return the lines of the smallest definition around ``wanted``, else a window of lines.

    A comment that stands directly above a definition belongs to it.
    """
    wanted = _within(wanted, len(parsed.lines))
    functions = [function.lines for function in functions_in(parsed)]
    classes = [lines for lines in classes_in(parsed) if len(lines) <= _CLASS_LINES]
    below = _first_line_below(parsed, wanted)
    if below is not None:
        for definitions in (functions, classes):
            beginning = [lines for lines in definitions if lines.start == below]
            if beginning:
                return Span(wanted.start, max(lines.end for lines in beginning))
    found = _smallest_around(functions, wanted) or _smallest_around(classes, wanted)
    if found is not None:
        return found
    statements = _statements_around(parsed.root, wanted)
    group = _group(parsed, statements, wanted, [*functions, *classes])
    return group or _window_of_statements(statements, wanted, len(parsed.lines))


def window_around(lines: Sequence[str], wanted: Span) -> Span:
    """Return at most 20 lines to each side, cut at blank lines where there are some."""
    wanted = _within(wanted, len(lines))
    start, end = max(0, wanted.start - _WINDOW), min(len(lines), wanted.end + _WINDOW)
    if start > 0:
        blank = (row + 1 for row in range(start, wanted.start) if not lines[row].strip())
        start = next(blank, start)
    if end < len(lines):
        blank = (row for row in range(end - 1, wanted.end - 1, -1) if not lines[row].strip())
        end = next(blank, end)
    return Span(start, end)


def _within(wanted: Span, count: int) -> Span:
    start = min(max(0, wanted.start), max(0, count - 1))
    return Span(start, max(min(wanted.end, count), min(start + 1, count)))


def _first_line_below(parsed: Parsed, wanted: Span) -> int | None:
    """Return the line below a comment and the comments that follow it; None if it is code."""
    alone = {
        row
        for comment in comments_in(parsed)
        if comment.alone
        for row in range(comment.lines.start, comment.lines.end)
    }
    if not all(row in alone for row in range(wanted.start, wanted.end)):
        return None
    row = wanted.end
    while row in alone:
        row += 1
    return row


def _smallest_around(candidates: Iterable[Span], wanted: Span) -> Span | None:
    around = [
        lines for lines in candidates if lines.start <= wanted.start and wanted.end <= lines.end
    ]
    return min(around, key=len, default=None)


def _statements_around(root: Node, wanted: Span) -> list[Span]:
    """Return the statements of the innermost block of statements around the lines."""
    node = root
    while True:
        children = node.named_children
        inner = [child for child in children if _covers(rows_of(child), wanted)]
        if len(inner) != 1 or not inner[0].named_children:
            return [Span(*rows_of(child)) for child in children]
        start, end = rows_of(inner[0])
        # A statement that fits in a window is one; only longer ones are looked into.
        if end - start <= 2 * _WINDOW:
            return [Span(*rows_of(child)) for child in children]
        node = inner[0]


def _covers(rows: tuple[int, int], wanted: Span) -> bool:
    return rows[0] <= wanted.start and wanted.end <= rows[1]


def _group(
    parsed: Parsed, statements: list[Span], wanted: Span, definitions: list[Span]
) -> Span | None:
    """Return the statements on and next to the lines, with no blank line between them."""
    starts = {lines.start for lines in definitions}
    simple = [lines for lines in statements if lines.start not in starts]
    touched = [s for s in statements if s.start < wanted.end and wanted.start < s.end]
    start = min([wanted.start, *(s.start for s in touched)])
    end = max([wanted.end, *(s.end for s in touched)])
    for lines in reversed([s for s in simple if s.end <= start]):
        if lines.end != start:
            break
        start = lines.start
    for lines in (s for s in simple if s.start >= end):
        if lines.start != end:
            break
        end = lines.end
    fits = end - start <= len(wanted) + 2 * _WINDOW
    return Span(start, end) if fits and end <= len(parsed.lines) else None


def _window_of_statements(statements: list[Span], wanted: Span, count: int) -> Span:
    low, high = max(0, wanted.start - _WINDOW), min(count, wanted.end + _WINDOW)
    inside = [s for s in statements if low <= s.start and s.end <= high]
    start = min([wanted.start, *(s.start for s in inside)])
    end = max([wanted.end, *(s.end for s in inside)])
    # Inside one statement that is longer than the window there is no boundary to keep.
    cut = [s for s in statements if s.start < wanted.end and wanted.start < s.end]
    if any(s.start < low or s.end > high for s in cut):
        return Span(low, high)
    return Span(start, end)
