"""Lays a diff out in stretches: what is changed, what stays around it, and what is folded away."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from operator import lt

from spark_desktop.domain.patch import Hunk
from spark_desktop.domain.proposal import Decision, FailedBlock
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.diff_blocks import comment_rows, conflict_rows, failed_rows
from spark_desktop.viewmodels.diff_rows import LineComment, Row, bare
from spark_desktop.viewmodels.diff_sheet import Sheet
from spark_desktop.viewmodels.diff_stretches import (
    Added,
    Fixed,
    Folded,
    HunkLines,
    Paired,
    Removed,
    Stretch,
    Unchanged,
    Unwritten,
)

# Lines shown around what is changed.
CONTEXT = 3
# A fold saves nothing where it hides fewer lines than this.
_LEAST_FOLDED = 2

Pairs = list[tuple[int, int]]


@dataclass(frozen=True)
class Shown:
    """What a diff is of; ``lines`` is the old text, without endings.

    ``region`` is what a stream writes in, and ``unwritten`` the part that it has not come to.
    Without hunks, region and failed blocks it is a file, all of whose lines are shown.
    """

    lines: Sequence[str]
    hunks: Sequence[Hunk] = ()
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    conflicts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    failed: Sequence[FailedBlock] = ()
    comments: Sequence[LineComment] = ()
    region: Span | None = None
    unwritten: Span | None = None

    @property
    def is_diff(self) -> bool:
        """Return whether there is anything but the file as it is."""
        return bool(self.hunks or self.failed or self.region)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a diff is laid out: side by side or not, and which folded lines the user opened."""

    is_split: bool = False
    opened: tuple[Span, ...] = ()
    context: int = CONTEXT

    def opening(self, lines: Span) -> "Layout":
        """Return the layout with these lines open as well."""
        spans = _merged([*((s.start, s.end) for s in self.opened), (lines.start, lines.end)])
        return replace(self, opened=tuple(Span(first, last) for first, last in spans))


def sheet_of(shown: Shown, layout: Layout | None = None) -> Sheet:
    """Return the rows of the diff."""
    return Sheets().sheet(shown, layout or Layout())


class Sheets:
    """Lays the same diff out again and again; of one that grows only what is new of it."""

    def __init__(self) -> None:
        self._last: _Builder | None = None

    def sheet(self, shown: Shown, layout: Layout) -> Sheet:
        """Return the rows of the diff."""
        built = _Builder(shown, layout)
        if self._last is not None:
            built.take_up(self._last)
        self._last = built
        return built.sheet()


def shared_hunks(one: Sequence[Hunk], other: Sequence[Hunk]) -> int:
    """Return how many hunks, from the first, are the same."""
    count = 0
    for first, second in zip(one, other, strict=False):
        if first is not second and first != second:
            break
        count += 1
    return count


def lines_of(text: str) -> list[str]:
    """Return the lines of a text without their endings."""
    if "\r" not in text:
        lines = text.split("\n")
        if not lines[-1]:
            lines.pop()
        return lines
    return [bare(line) for line in split_lines(text)]


def new_lines(
    lines: Sequence[str], hunks: Iterable[Hunk], position: int = 0, end: int | None = None
) -> list[str]:
    """Return the lines of the new text, without endings; the hunks are in order.

    ``position`` is the old line to begin at, above the first hunk, ``end`` the one to end before.
    """
    new: list[str] = []
    for hunk in hunks:
        new += lines[position : hunk.start]
        new += map(bare, hunk.new)
        position = hunk.end
    new += lines[position:end]
    return new


def in_order(hunks: Iterable[Hunk]) -> list[Hunk]:
    """Return the hunks as they follow one another; an insertion comes first."""
    found = list(hunks)
    starts = [hunk.start for hunk in found]
    # As a rule they are: to find that out takes a tenth of sorting them.
    if not all(map(lt, starts, starts[1:])):
        found.sort(key=lambda hunk: (hunk.start, hunk.end))
    return found


class _Builder:
    """Goes through the old text from its beginning to its end, once."""

    def __init__(self, shown: Shown, layout: Layout) -> None:
        self._shown, self._layout = shown, layout
        self._stretches: list[Stretch] = []
        self._starts: list[int] = []
        self._blocks: dict[str, Span] = {}
        # Behind each hunk: how many stretches, rows and blocks there are, and the shift.
        self._behind: list[tuple[int, int, int, int]] = []
        # The first row of each hunk that was gone through here.
        self._firsts: dict[int, int] = {}
        self._rows = self._shift = self._same = 0
        self._next_visible = 0
        self._waiting = sorted(shown.failed, key=_place_of, reverse=True)
        self._old_comments = _by_line(c for c in shown.comments if not c.is_new_side)
        self._new_comments = _by_line(c for c in shown.comments if c.is_new_side)

    def take_up(self, last: "_Builder") -> None:
        """Begin behind the hunks that another one went through already, if that is the same."""
        mine, other = self._shown, last._shown
        is_plain = not (mine.failed or mine.comments or other.failed or other.comments)
        same = is_plain and mine.lines is other.lines and self._layout == last._layout
        if not same or (mine.decisions, mine.conflicts) != (other.decisions, other.conflicts):
            return
        count = shared_hunks(mine.hunks, other.hunks)
        if count:
            stretches, self._rows, blocks, self._shift = last._behind[count - 1]
            self._stretches = last._stretches[:stretches]
            self._starts = last._starts[:stretches]
            self._blocks = dict(islice(last._blocks.items(), blocks))
            self._behind = last._behind[:count]
            self._same = self._rows
        if count < min(len(mine.hunks), len(other.hunks)):
            grown = _grown_rows(other.hunks[count], mine.hunks[count])
            if grown:
                self._same = max(self._same, last._firsts.get(count, 0) + grown)

    def sheet(self) -> Sheet:
        """Return what was gone through."""
        shown, done = self._shown, len(self._behind)
        self._visible = self._visible_lines(done) if shown.is_diff else [(0, len(shown.lines))]
        position = shown.hunks[done - 1].end if done else 0
        unwritten = shown.unwritten
        for hunk in shown.hunks[done:]:
            self._pass(position, hunk.start)
            self._firsts[len(self._behind)] = self._rows
            self._hunk(hunk)
            position = hunk.end
            self._behind.append((len(self._stretches), self._rows, len(self._blocks), self._shift))
        if unwritten:
            self._pass(position, unwritten.start)
            if unwritten.end > unwritten.start:
                start, count = unwritten.start, len(unwritten)
                self._add(Unwritten(start, start + self._shift, count))
            position = unwritten.end
        self._pass(position, len(shown.lines))
        return Sheet(shown.lines, self._stretches, self._starts, self._blocks, self._same)

    def _add(self, stretch: Stretch) -> None:
        self._stretches.append(stretch)
        self._starts.append(self._rows)
        self._rows += stretch.count

    def _visible_lines(self, done: int) -> Pairs:
        shown, around = self._shown, self._layout.context
        hunks = shown.hunks[max(0, done - 1) :]
        spans = [(hunk.start - around, hunk.end + around) for hunk in hunks]
        spans += [
            (b.nearest.start - around, b.nearest.end + around) for b in shown.failed if b.nearest
        ]
        if shown.region:
            spans.append((shown.region.start - around, shown.region.end + around))
        spans += [(span.start, span.end) for span in self._layout.opened]
        spans += [(c.line, c.line + 1) for c in shown.comments if not c.is_new_side]
        spans += [(line, line + 1) for line in _old_places(shown)]
        return _merged(spans)

    def _pass(self, start: int, end: int) -> None:
        """Go through lines that stay, and what stands between them."""
        if not (self._waiting or self._old_comments or self._new_comments):
            self._lines(start, end)
            return
        for place, rows, block_id in self._between(start, end):
            self._lines(start, place)
            start = max(start, place)
            first = self._rows
            self._add(Fixed(start, start + self._shift, rows))
            if block_id:
                self._blocks[block_id] = Span(first, self._rows)
        self._lines(start, end)

    def _between(self, start: int, end: int) -> list[tuple[int, tuple[Row, ...], str]]:
        found: list[tuple[int, tuple[Row, ...], str]] = []
        while self._waiting and _place_of(self._waiting[-1]) <= end:
            block = self._waiting.pop()
            found.append((max(start, _place_of(block)), failed_rows(block), block.id))
        for line in [line for line in self._old_comments if start <= line < end]:
            found.append((line + 1, self._old_comments.pop(line), ""))
        shift = self._shift
        for line in [line for line in self._new_comments if start <= line - shift < end]:
            found.append((line - shift + 1, self._new_comments.pop(line), ""))
        return sorted(found, key=lambda item: item[0])

    def _lines(self, start: int, end: int) -> None:
        visible = self._visible
        while start < end:
            while self._next_visible < len(visible) and visible[self._next_visible][1] <= start:
                self._next_visible += 1
            first, last = (
                visible[self._next_visible] if self._next_visible < len(visible) else (end, end)
            )
            if start < first:
                stop = min(first, end)
                folds = stop - start >= _LEAST_FOLDED
                new = start + self._shift
                self._add(
                    Folded(start, new, stop - start)
                    if folds
                    else Unchanged(start, new, stop - start)
                )
            else:
                stop = min(last, end)
                self._add(Unchanged(start, start + self._shift, stop - start))
            start = stop

    def _hunk(self, hunk: Hunk) -> None:
        decision = self._shown.decisions.get(hunk.id, Decision.PENDING)
        lines = HunkLines(hunk, hunk.start + self._shift, decision)
        first = self._rows
        if decision is Decision.CONFLICTING:
            self._conflict(lines)
        elif self._layout.is_split:
            self._paired(lines)
        else:
            self._removed(lines)
            self._added(lines)
        if hunk.id and self._rows > first:
            self._blocks[hunk.id] = Span(first, self._rows)
        self._shift += len(hunk.new) - len(hunk.old)

    def _conflict(self, lines: HunkLines) -> None:
        hunk, new = lines.hunk, lines.new
        made_for = self._shown.conflicts.get(hunk.id, ())
        head, disk, mine, base = conflict_rows(hunk.id, made_for)
        if self._layout.is_split:
            self._add(Fixed(hunk.start, new, head))
            self._paired(lines)
        else:
            self._add(Fixed(hunk.start, new, (*head, *disk)))
            self._removed(lines)
            self._add(Fixed(hunk.end, new, mine))
            self._added(lines)
        self._add(Fixed(hunk.end, new + len(hunk.new), base))

    def _removed(self, lines: HunkLines) -> None:
        hunk, first = lines.hunk, 0
        for line in self._commented(self._old_comments, hunk.start, len(hunk.old)):
            end = line - hunk.start + 1
            self._add(Removed(lines, first, end - first))
            self._add(Fixed(line + 1, lines.new, self._old_comments.pop(line)))
            first = end
        if first < len(hunk.old):
            self._add(Removed(lines, first, len(hunk.old) - first))

    def _added(self, lines: HunkLines) -> None:
        hunk, first = lines.hunk, 0
        for line in self._commented(self._new_comments, lines.new, len(hunk.new)):
            end = line - lines.new + 1
            self._add(Added(lines, first, end - first))
            self._add(Fixed(hunk.end, line + 1, self._new_comments.pop(line)))
            first = end
        if first < len(hunk.new):
            self._add(Added(lines, first, len(hunk.new) - first))

    def _paired(self, lines: HunkLines) -> None:
        hunk, first = lines.hunk, 0
        old_count, new_count = len(hunk.old), len(hunk.new)
        ends: dict[int, tuple[Row, ...]] = {}
        for line in self._commented(self._old_comments, hunk.start, old_count):
            ends[line - hunk.start + 1] = self._old_comments.pop(line)
        for line in self._commented(self._new_comments, lines.new, new_count):
            end = line - lines.new + 1
            ends[end] = (*ends.get(end, ()), *self._new_comments.pop(line))
        for end in sorted(ends):
            self._add(Paired(lines, first, end - first))
            old, new = hunk.start + min(end, old_count), lines.new + min(end, new_count)
            self._add(Fixed(old, new, ends[end]))
            first = end
        if first < max(old_count, new_count):
            self._add(Paired(lines, first, max(old_count, new_count) - first))

    def _commented(self, comments: Mapping[int, object], start: int, count: int) -> list[int]:
        return [line for line in comments if start <= line < start + count] if comments else []


def _grown_rows(before: Hunk, hunk: Hunk) -> int:
    """Return how many of a growing insertion's rows look as they did, from its first.

    Its last row has the end of the frame around it; where lines go as well, those that come change
    what is marked in them.
    """
    if hunk.old or before.old or (before.id, before.start) != (hunk.id, hunk.start):
        return 0
    same = min(len(before.new), len(hunk.new)) - 1
    return max(0, same) if same > 0 and before.new[:same] == hunk.new[:same] else 0


def _by_line(comments: Iterable[LineComment]) -> dict[int, tuple[Row, ...]]:
    found: dict[int, tuple[Row, ...]] = {}
    for comment in sorted(comments, key=lambda comment: comment.line):
        found[comment.line] = (*found.get(comment.line, ()), *comment_rows(comment))
    return found


def _place_of(block: FailedBlock) -> int:
    return block.nearest.start if block.nearest else 0


def _old_places(shown: Shown) -> Iterator[int]:
    """Yield the old number of each line that stays and has a comment by its new number."""
    wanted = [comment.line for comment in shown.comments if comment.is_new_side]
    if not wanted:
        return
    shift = 0
    places = [(hunk.start, len(hunk.new) - len(hunk.old)) for hunk in shown.hunks]
    for line in sorted(wanted):
        while places and places[0][0] <= line - shift - max(0, places[0][1]):
            shift += places.pop(0)[1]
        if 0 <= line - shift < len(shown.lines):
            yield line - shift


def _merged(spans: Iterable[tuple[int, int]]) -> Pairs:
    merged: Pairs = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            if last > merged[-1][1]:
                merged[-1] = (merged[-1][0], last)
        else:
            merged.append((first, last))
    return merged
