"""The rows of a diff, a file or a streamed region: what stands where, not how it is drawn.

All line numbers count from 0, as in ``Span``; texts carry no line ending.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from spark_desktop.domain.patch import FilePatch, Hunk
from spark_desktop.domain.proposal import Decision
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.translation import tr

# A fold saves nothing where it hides fewer lines than this.
_LEAST_FOLDED = 2
# A word comparison costs the product of its lengths: longer lines and hunks go without emphasis.
_LONGEST_LINE = 600
_LARGEST_PAIRING = 1600
_SIMILAR = 0.5
# How far ahead a streamed line is looked for in the lines that were there before.
_LOOKAHEAD = 60
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")

Columns = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class ContextRow:
    """A line that stays; ``old`` and ``new`` are its numbers before and after."""

    old: int
    new: int
    text: str


@dataclass(frozen=True, slots=True)
class RemovedRow:
    """A line that goes; ``index`` is its place among the hunk's old lines, ``note`` its ending."""

    old: int
    text: str
    hunk_id: str = ""
    index: int = 0
    decision: Decision = Decision.PENDING
    note: str = ""


@dataclass(frozen=True, slots=True)
class AddedRow:
    """A line that comes; ``index`` is its place among the hunk's new lines, ``note`` its ending."""

    new: int
    text: str
    hunk_id: str = ""
    index: int = 0
    decision: Decision = Decision.PENDING
    note: str = ""


@dataclass(frozen=True, slots=True)
class UnwrittenRow:
    """A line of the region that the stream has not come to yet."""

    old: int
    text: str


@dataclass(frozen=True, slots=True)
class FoldRow:
    """Unchanged lines ``lines`` of the old text, hidden; ``lines.start`` names the fold."""

    lines: Span

    @property
    def text(self) -> str:
        """Return the label, with line numbers from 1."""
        lines = f"{self.lines.start + 1}\N{EN DASH}{self.lines.end}"
        return tr("unchanged {lines}", lines=lines)


@dataclass(frozen=True, slots=True)
class LineComment:
    """What the user wrote about a line of the old text, or with ``is_new_side`` of the new one."""

    line: int
    is_new_side: bool
    text: str


Row = ContextRow | RemovedRow | AddedRow | UnwrittenRow | FoldRow
ChangedRow = RemovedRow | AddedRow


@dataclass(frozen=True, slots=True)
class StreamedRows:
    """The rows of a region being written; ``cursor`` is the row that the stream stands at."""

    rows: tuple[Row, ...]
    cursor: int


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Per old and per new line of a hunk, the columns (start, end) that are not in its partner."""

    old: tuple[Columns, ...]
    new: tuple[Columns, ...]


def file_rows(text: str) -> tuple[Row, ...]:
    """Return one row for each line of ``text``."""
    return tuple(
        ContextRow(number, number, bare(line)) for number, line in enumerate(split_lines(text))
    )


def rows_of(
    text: str,
    patch: FilePatch | None,
    decisions: Mapping[str, Decision],
    context: int = 3,
    unfolded: frozenset[int] = frozenset(),
) -> tuple[Row, ...]:
    """Return the unified diff of ``patch`` on ``text``, with ``context`` lines around each hunk.

    What lies between is folded, unless ``unfolded`` holds the first line of the fold. Without a
    patch, or without hunks, everything is shown.
    """
    if patch is None or not patch.hunks:
        return file_rows(text)
    lines = [bare(line) for line in split_lines(text)]
    rows: list[Row] = []
    position = shift = 0
    for number, hunk in enumerate(patch.hunks):
        before = 0 if number == 0 else context
        stretch = Span(position, hunk.start)
        rows.extend(_unchanged(lines, stretch, shift, (before, context), unfolded))
        rows.extend(_changed(hunk, hunk.start + shift, decisions))
        position = hunk.end
        shift += len(hunk.new) - len(hunk.old)
    rows.extend(_unchanged(lines, Span(position, len(lines)), shift, (context, 0), unfolded))
    return tuple(rows)


def streaming_rows(
    before: Sequence[str], region: Span, text: str, context: int = 3
) -> StreamedRows:
    """Return the region's old lines against ``text``, which is what was written so far.

    ``before`` is every line of the old file. A written line is looked for only a little ahead, in
    order, so that rows already shown hardly move; old lines that were passed over count as removed,
    and those behind the last written one as not written yet.
    """
    first, last = max(0, region.start - context), min(len(before), region.end + context)
    rows: list[Row] = []
    if first:
        rows.append(FoldRow(Span(0, first)))
    rows.extend(ContextRow(n, n, bare(before[n])) for n in range(first, region.start))
    written = split_lines(text)
    is_open = bool(written) and not written[-1].endswith(("\n", "\r"))
    open_line = written.pop() if is_open else ""
    old = [bare(line) for line in before[region.start : region.end]]
    aligned = _Alignment(old, region.start)
    for line in written:
        aligned.add(bare(line))
    if open_line and not aligned.expects(open_line):
        aligned.add_open(open_line)
    rows.extend(aligned.rows)
    cursor = max(0, len(rows) - 1)
    rest = range(region.start + aligned.position, region.end)
    rows.extend(UnwrittenRow(n, bare(before[n])) for n in rest)
    shift = aligned.written - len(old)
    rows.extend(ContextRow(n, n + max(shift, 0), bare(before[n])) for n in range(region.end, last))
    if last < len(before):
        rows.append(FoldRow(Span(last, len(before))))
    return StreamedRows(tuple(rows), cursor)


def emphasis_of(hunk: Hunk) -> Emphasis:
    """Return the words that differ inside the hunk's pairs of similar lines.

    Lines are paired in order, each with the most similar one that is left; a pair that has less
    than half in common gets none, for there everything is new.
    """
    old = [bare(line) for line in hunk.old]
    new = [bare(line) for line in hunk.new]
    old_columns: list[Columns] = [()] * len(old)
    new_columns: list[Columns] = [()] * len(new)
    for i, j in _pairs(old, new):
        old_columns[i], new_columns[j] = _differing(old[i], new[j])
    return Emphasis(tuple(old_columns), tuple(new_columns))


def bare(line: str) -> str:
    """Return the line without its ending."""
    return line.rstrip("\r\n")


def old_line(row: Row) -> int | None:
    """Return the row's line in the old text; None for an added row. A fold's is its first."""
    match row:
        case ContextRow(old=old) | RemovedRow(old=old) | UnwrittenRow(old=old):
            return old
        case FoldRow(lines=lines):
            return lines.start
        case AddedRow():
            return None


def _unchanged(
    lines: Sequence[str],
    stretch: Span,
    shift: int,
    context: tuple[int, int],
    unfolded: frozenset[int],
) -> Iterator[Row]:
    hidden = Span(stretch.start + context[0], stretch.end - context[1])
    folds = hidden.end - hidden.start >= _LEAST_FOLDED and hidden.start not in unfolded
    for number in range(stretch.start, stretch.end):
        if folds and number == hidden.start:
            yield FoldRow(hidden)
        if not folds or not hidden.start <= number < hidden.end:
            yield ContextRow(number, number + shift, lines[number])


def _changed(hunk: Hunk, new_start: int, decisions: Mapping[str, Decision]) -> Iterator[Row]:
    decision = decisions.get(hunk.id, Decision.PENDING)
    old_endings = [line[len(bare(line)) :] for line in hunk.old]
    new_endings = [line[len(bare(line)) :] for line in hunk.new]
    # An ending is worth a word only where it is part of the change.
    notes = set(old_endings) != set(new_endings) and bool(old_endings) and bool(new_endings)
    for index, line in enumerate(hunk.old):
        note = _note(old_endings[index]) if notes else ""
        yield RemovedRow(hunk.start + index, bare(line), hunk.id, index, decision, note)
    for index, line in enumerate(hunk.new):
        note = _note(new_endings[index]) if notes else ""
        yield AddedRow(new_start + index, bare(line), hunk.id, index, decision, note)


def _note(ending: str) -> str:
    return {"": tr("no newline at end"), "\r\n": "CRLF", "\r": "CR", "\n": "LF"}[ending]


class _Alignment:
    """Written lines against old ones, in order; rows are final but for the last run of changes."""

    def __init__(self, old: list[str], start: int) -> None:
        self.rows: list[Row] = []
        self.position = 0
        self.written = 0
        self._old = old
        self._start = start
        self._run = 0

    def add(self, line: str) -> None:
        found = self._find(line)
        if found is None:
            self.add_open(line)
            return
        removed: list[Row] = [
            RemovedRow(self._start + n, self._old[n]) for n in range(self.position, found)
        ]
        self.rows[self._run : self._run] = removed
        self.rows.append(ContextRow(self._start + found, self._start + self.written, line))
        self.position = found + 1
        self.written += 1
        self._run = len(self.rows)

    def add_open(self, line: str) -> None:
        self.rows.append(AddedRow(self._start + self.written, line))
        self.written += 1

    def expects(self, beginning: str) -> bool:
        rest = self._old[self.position : self.position + 1]
        return bool(rest) and rest[0].startswith(beginning)

    def _find(self, line: str) -> int | None:
        # A blank line or a brace occurs everywhere: far ahead it is not the same one.
        reach = _LOOKAHEAD if len(line.strip()) > 2 else 1
        try:
            return self._old.index(line, self.position, self.position + reach)
        except ValueError:
            return None


def _pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    if len(old) * len(new) > _LARGEST_PAIRING:
        return
    first = 0
    for i, line in enumerate(old):
        best, best_ratio = -1, _SIMILAR
        matcher = difflib.SequenceMatcher(None, "", line, autojunk=False)
        for j in range(first, len(new)):
            if max(len(line), len(new[j])) > _LONGEST_LINE or not line.strip():
                continue
            matcher.set_seq1(new[j])
            if matcher.real_quick_ratio() <= best_ratio or matcher.quick_ratio() <= best_ratio:
                continue
            ratio = matcher.ratio()
            if ratio > best_ratio:
                best, best_ratio = j, ratio
        if best >= 0:
            first = best + 1
            yield i, best


def _differing(old: str, new: str) -> tuple[Columns, Columns]:
    old_words, new_words = _WORDS.findall(old), _WORDS.findall(new)
    old_starts, new_starts = _starts(old_words), _starts(new_words)
    old_columns, new_columns = [], []
    matcher = difflib.SequenceMatcher(None, old_words, new_words, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        if i1 < i2:
            old_columns.append((old_starts[i1], old_starts[i2]))
        if j1 < j2:
            new_columns.append((new_starts[j1], new_starts[j2]))
    return tuple(old_columns), tuple(new_columns)


def _starts(words: Sequence[str]) -> list[int]:
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word))
    return starts
