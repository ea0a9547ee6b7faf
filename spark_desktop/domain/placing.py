"""Finds the one place of a block in a file, and what its lines become there."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from spark_desktop.domain.edit_blocks import Format, Rewrite, WholeFile
from spark_desktop.domain.file_lines import (
    Change,
    FileLines,
    bare_lines,
    changes_between,
    is_blank,
    key_of,
)
from spark_desktop.domain.indentation import reindenter
from spark_desktop.domain.likeness import alike
from spark_desktop.domain.places import (
    Place,
    decided,
    exact_places,
    headings,
    loose_places,
)
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.words import say

# Measured by ``python -m benchmarks anchoring`` with 1,500 damaged blocks of our own 405 files. At
# 0.8 blocks of four lines and more find their place in 92.5 % and another one in 1.1 %; in a file
# that has their lines no more, 0.1 % are placed (at 0.7: 95.9, 1.2 and 0.2 %; at 0.9: 69.7, 0.5 and
# 0.1 %). Shorter ones are taken for others more easily: at 0.8 1.6 % of those of two and three
# lines are placed though they are gone, at 0.9 0.8 %.
THRESHOLD, SHORT_THRESHOLD = 0.8, 0.9
# Written lines from which on a block is not short.
_SHORT = 4
# A place must be so much more alike than any other one.
MARGIN = 0.1
# A line number or a heading alone says where lines are put in, and nothing confirms it.
_UNCONFIRMED = 0.5
# Below this score two texts have no more in common than any two.
_NOTHING_ALIKE = 0.3


@dataclass(frozen=True, slots=True)
class NoPlace:
    """Why a block has no place; ``rivals`` are the places between which nothing decides."""

    reason: str
    nearest: Span | None = None
    score: float = 0.0
    rivals: tuple[Place, ...] = ()


def place_of(block: Rewrite, file: FileLines, is_strict: bool = False) -> Place | NoPlace:
    """Return the place of the block's old lines; ``is_strict``: at most blanks may differ."""
    old = bare_lines(block.old)
    if not old:
        return _insertion(block, file)
    # The keys of a long file are made only where its lines themselves are not found.
    if places := exact_places(old, file, block.near) or loose_places(old, file):
        return decided(places, block, file) or several(places)
    if not file.written and not any(map(key_of, old)):
        # Blank lines are to be replaced, and the file has no others.
        return Place(Span(0, len(file.bare)), 0.9, say("blank lines differ"))
    if (there := _is_done(block, file)) is not None:
        return NoPlace(say("The file holds its new lines already."), there, 1.0)
    if not file.bare:
        return NoPlace(say("The file is empty."))
    return _likest(old, block, file, is_strict)


def after_lines(block: Rewrite, file: FileLines, place: Place) -> list[str]:
    """Return the lines, without endings, that stand in the place once the block is applied.

    Lines that the block keeps stay as the file has them, new ones are indented as the file is.
    """
    old, new = bare_lines(block.old), bare_lines(block.new)
    if not place.pairs:
        return new
    there = dict(place.pairs)
    indented = reindenter(((old[one], file.bare[line]) for one, line in place.pairs), [*old, *new])
    after = file.bare[place.span.start : place.span.end]
    for start, end, lines in reversed(changes_between(old, new)):
        found = [there[one] for one in range(start, end) if one in there]
        if found:
            first, behind = found[0], found[-1] + 1
        else:
            first = behind = _behind(start, there, place.span)
        base = place.span.start
        after[first - base : behind - base] = [indented(line) for line in lines]
    return after


def changes_at(block: Rewrite, file: FileLines, place: Place) -> list[Change]:
    """Return what the block changes in its place, as the smallest changes.

    Context that the block's form marks stays outside of them, however alike its lines are.
    """
    span = place.span
    before, after = file.bare[span.start : span.end], after_lines(block, file, place)
    head, tail = block.context
    shorter = min(len(before), len(after))
    if place.pairs or head < 0 or tail < 0 or head + tail > shorter:
        head = tail = 0
    top, bottom = before[:head], before[len(before) - tail :]
    if after[:head] != top or after[len(after) - tail :] != bottom:
        head = tail = 0
    inner = before[head : len(before) - tail], after[head : len(after) - tail]
    return changes_between(*inner, span.start + head)


def removed_unnamed(block: Rewrite, file: FileLines, place: Place) -> int:
    """Return how many written lines of the place go that the block does not name."""
    if not place.pairs:
        return 0
    old, new = bare_lines(block.old), bare_lines(block.new)
    there = dict(place.pairs)
    known = set(there.values())
    count = 0
    for start, end, _ in changes_between(old, new):
        found = [there[one] for one in range(start, end) if one in there]
        if found:
            lines = range(found[0], found[-1] + 1)
            count += sum(n not in known and not is_blank(file.bare[n]) for n in lines)
    return count


def written_lines(block: WholeFile, file: FileLines) -> tuple[str, ...]:
    """Return the lines of a whole file, with its label where the file begins with that."""
    if block.label and file.bare and key_of(file.bare[0]) == key_of(block.label):
        return (file.bare[0] + "\n", *block.lines)
    return block.lines


def ends_bare(block: Rewrite) -> bool | None:
    """Return whether the block says that the file's last line has no ending; None: nothing said.

    Only a unified diff can say so.
    """
    if block.format is not Format.UNIFIED_DIFF or not block.new:
        return None
    after = not block.new[-1].endswith(("\n", "\r"))
    before = bool(block.old) and not block.old[-1].endswith(("\n", "\r"))
    return None if after == before else after


def _behind(line: int, there: dict[int, int], span: Span) -> int:
    """Return the line of the file behind the last one above that has its like in the block."""
    above = [there[one] for one in range(line) if one in there]
    return above[-1] + 1 if above else span.start


def _insertion(block: Rewrite, file: FileLines) -> Place | NoPlace:
    """Return where a block without old lines puts its new ones."""
    end = len(file.bare)
    if not file.bare or block.at_end:
        return Place(Span(end, end))
    if block.near is not None:
        line = min(max(0, block.near), end)
        how = say("placed by the line number alone")
        return Place(Span(line, line), _UNCONFIRMED, how)
    above = headings(block, file)
    if len(above) == 1:
        how = say("placed below its heading")
        return Place(Span(above[0] + 1, above[0] + 1), _UNCONFIRMED, how)
    if above:
        rivals = [Place(Span(line + 1, line + 1), _UNCONFIRMED) for line in above]
        return several(rivals)
    return NoPlace(say("It names no place in the file."))


def _is_done(block: Rewrite, file: FileLines) -> Span | None:
    """Return where the new lines stand already, of a block whose old ones do not."""
    old, new = map(bare_lines, (block.old, block.new))
    if not Counter(map(key_of, new)) - Counter(map(key_of, old)):
        # It only removes lines: those that stay say nothing.
        return None
    places = loose_places(new, file)
    return places[0].span if len(places) == 1 and _tells_apart(new) else None


def _tells_apart(lines: Sequence[str]) -> bool:
    """Return whether the lines are enough to know a place by."""
    return sum(len(key_of(line)) for line in lines) >= 8


def _likest(
    old: Sequence[str], block: Rewrite, file: FileLines, is_strict: bool
) -> Place | NoPlace:
    if is_strict:
        return NoPlace(say("Its lines are not in the file."))
    found = alike(old, file)
    if not found or found[0].score < _NOTHING_ALIKE:
        return NoPlace(say("Nothing in the file is like its lines."))
    best = found[0]
    is_short = sum(not is_blank(line) for line in old) < _SHORT
    if best.score < (SHORT_THRESHOLD if is_short else THRESHOLD):
        return NoPlace(
            say(
                "Its lines are not in the file; the lines most like them are {percent} % alike.",
                percent=int(best.score * 100),
            ),
            _whole_length(best, len(old), len(file.bare)),
            best.score,
        )
    rivals = [place for place in found if place.score > best.score - MARGIN]
    meant = decided(rivals, block, file)
    return meant if meant is not None else several(rivals)


def _whole_length(place: Place, count: int, end: int) -> Span:
    """Return the lines of the place with as many around as the block has around its own."""
    (first, top), (last, bottom) = place.pairs[0], place.pairs[-1]
    return Span(max(0, top - first), min(end, bottom + count - last))


def several(places: Sequence[Place]) -> NoPlace:
    """Return that nothing decides between the places."""
    best = max(places, key=lambda place: place.score)
    return NoPlace(
        say("It stands in several places of the file: in {count}.", count=len(places)),
        best.span,
        best.score,
        tuple(places),
    )
