"""Places where the old lines of a block may stand, and which of several is meant."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from spark_desktop.domain.edit_blocks import Format, Rewrite
from spark_desktop.domain.file_lines import (
    FileLines,
    blank_run,
    indent_of,
    is_blank,
    key_of,
)
from spark_desktop.domain.indentation import is_even
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.words import joined, say

# How sure a place is of which only blanks differ; where several do, the least counts.
_BLANK_ENDS, _BLANK_LINES, _INDENT, _INSIDE = 0.98, 0.97, 0.95, 0.9
# A hint that only comes near the place makes it this much less sure.
HINTED = 0.95
_AT_LINE = 0.98
# What closes a block of code stands as far left as the heading that opened it.
_CLOSERS = ("}", ")", "]", "end", "#", "//", "*/", "<")


@dataclass(frozen=True, slots=True)
class Place:
    """Lines of a file that may be the old lines of a block; ``score`` 1 are these lines themselves.

    ``pairs`` tell which old line, from 0, is which line of the file, in order; an exact place needs
    none.
    """

    span: Span
    score: float = 1.0
    how: str = ""
    pairs: tuple[tuple[int, int], ...] = ()


def exact_places(old: Sequence[str], file: FileLines, near: int | None) -> list[Place]:
    """Return the places of the lines themselves."""
    return [Place(Span(start, start + len(old))) for start in sorted(file.exact_places(old, near))]


def loose_places(old: Sequence[str], file: FileLines) -> list[Place]:
    """Return the places where only blanks differ.

    Where there are some with the same indentation, only these.
    """
    written = [number for number, line in enumerate(old) if not is_blank(line)]
    starts = file.loose_places([key_of(old[number]) for number in written])
    pairings = [
        [(number, file.written[start + nth]) for nth, number in enumerate(written)]
        for start in starts
    ]
    same = [pairs for pairs in pairings if _is_same_but_for_ends(pairs, old, file)]
    return [_loose_place(pairs, old, file) for pairs in same or pairings]


def decided(places: Sequence[Place], block: Rewrite, file: FileLines) -> Place | None:
    """Return the place that is meant, by what the answer says about it; None where it is open.

    A line number alone makes no place certain, not even where it is that of one: models count
    badly, and lines that stand in several places often stand at regular distances.
    """
    for narrowed in (_only, _at_end, _under_headings):
        found = narrowed(places, block, file)
        if len(found) == 1:
            return found[0]
        places = found or places
    return _nearest(places, block) or _first_below(places, block, file)


def headings(block: Rewrite, file: FileLines) -> list[int]:
    """Return the lines of the file that may be the innermost heading above the block's place."""
    above: list[int] | None = None
    for heading in block.below:
        found = _lines_like(heading, file)
        if above is not None:
            scopes, first = [scope_of(line, file) for line in above], above[0]
            inside = [line for line in found if any(s.start <= line < s.end for s in scopes)]
            found = inside or [line for line in found if line > first]
        if not found:
            return []
        above = found
    return above or []


def scope_of(heading: int, file: FileLines) -> Span:
    """Return the lines below a heading that are indented deeper than it."""
    depth = len(indent_of(file.bare[heading]).expandtabs(4))
    end = heading + 1
    for number in range(heading + 1, len(file.bare)):
        line = file.bare[number]
        if is_blank(line):
            continue
        if len(indent_of(line).expandtabs(4)) <= depth and not line.lstrip().startswith(_CLOSERS):
            break
        end = number + 1
    return Span(heading + 1, end)


def _only(places: Sequence[Place], _block: Rewrite, _file: FileLines) -> Sequence[Place]:
    return places


def _at_end(places: Sequence[Place], block: Rewrite, file: FileLines) -> Sequence[Place]:
    return [place for place in places if block.at_end and file.is_end(place.span.end)]


def _under_headings(places: Sequence[Place], block: Rewrite, file: FileLines) -> Sequence[Place]:
    scopes = [scope_of(line, file) for line in headings(block, file)]
    return [
        place
        for place in places
        if any(scope.start <= place.span.start < scope.end for scope in scopes)
    ]


def _nearest(places: Sequence[Place], block: Rewrite) -> Place | None:
    """Return the place that is at least twice as near to the line that the answer names."""
    near = block.near
    if near is None or len(places) < 2:
        return None
    best, second, *_ = sorted(places, key=lambda place: abs(place.span.start - near))
    if best.span.start == near:
        return hinted(
            best, say("of several places the one at line {line}", line=near + 1), _AT_LINE
        )
    if 2 * abs(best.span.start - near) > abs(second.span.start - near):
        return None
    return hinted(best, say("of several places the one nearest to line {line}", line=near + 1))


def _first_below(places: Sequence[Place], block: Rewrite, file: FileLines) -> Place | None:
    # To the patch form a heading means: the first such lines that follow.
    if block.format is not Format.BEGIN_PATCH or not (above := headings(block, file)):
        return None
    below = [place for place in places if place.span.start >= above[0]]
    if len(above) > 1 or not below:
        return None
    first = min(below, key=lambda place: place.span.start)
    return hinted(first, say("of several places the first one below its heading"))


def hinted(place: Place, how: str, by: float = HINTED) -> Place:
    """Return the place as one that only a hint tells from others."""
    return replace(place, score=place.score * by, how=joined((place.how, how), ", "))


def _lines_like(heading: str, file: FileLines) -> list[int]:
    """Return the lines that are the heading, else those that begin with it."""
    key = key_of(heading)
    if not key:
        return []
    same = [file.written[spot] for spot in file.spots.get(key, ())]
    if same or len(key) < 4:
        return same
    return [
        number for number, one in zip(file.written, file.keys, strict=True) if one.startswith(key)
    ]


def _is_same_but_for_ends(
    pairs: Sequence[tuple[int, int]], old: Sequence[str], file: FileLines
) -> bool:
    return all(old[one].rstrip() == file.bare[there].rstrip() for one, there in pairs)


def _loose_place(pairs: Sequence[tuple[int, int]], old: Sequence[str], file: FileLines) -> Place:
    full, has_gaps = _with_blank_lines(pairs, old, file)
    how, score = _difference([(old[one], file.bare[there]) for one, there in full], has_gaps)
    return Place(Span(full[0][1], full[-1][1] + 1), score, how, tuple(full))


def _with_blank_lines(
    pairs: Sequence[tuple[int, int]], old: Sequence[str], file: FileLines
) -> tuple[list[tuple[int, int]], bool]:
    """Return the pairs with the blank lines around and between, and whether their counts differ."""
    (first, top), (last, bottom) = pairs[0], pairs[-1]
    above = blank_run(file.bare, top - 1, -1, first)
    below = blank_run(file.bare, bottom + 1, 1, len(old) - 1 - last)
    has_gaps = above != first or below != len(old) - 1 - last
    full = [(first - step, top - step) for step in range(above, 0, -1)]
    before = None
    for one, there in pairs:
        if before is not None:
            gap, room = one - before[0], there - before[1]
            has_gaps |= gap != room
            full += [(before[0] + step, before[1] + step) for step in range(1, min(gap, room))]
        full.append((one, there))
        before = (one, there)
    full += [(last + step, bottom + step) for step in range(1, below + 1)]
    return full, has_gaps


def _difference(lines: Sequence[tuple[str, str]], has_gaps: bool) -> tuple[str, float]:
    """Return which blanks differ between lines of a block and of the file, and the score."""
    notes: list[tuple[str, float]] = []
    written = [(one, there) for one, there in lines if not is_blank(one)]
    if has_gaps:
        notes.append((say("blank lines differ"), _BLANK_LINES))
    if _any_differs(written, indent_of):
        even = is_even(written)
        note = say("indented differently") if even else say("indented unevenly")
        notes.append((note, _INDENT if even else _INSIDE))
    if _any_differs(written, str.strip):
        notes.append((say("blanks within lines differ"), _INSIDE))
    if not notes or _any_differs(lines, _end_of):
        notes.append((say("blanks at the ends of lines differ"), _BLANK_ENDS))
    return joined((note for note, _ in notes), ", "), min(score for _, score in notes)


def _any_differs(lines: Sequence[tuple[str, str]], part: Callable[[str], str]) -> bool:
    return any(part(one) != part(there) for one, there in lines)


def _end_of(line: str) -> str:
    return line[len(line.rstrip()) :]
