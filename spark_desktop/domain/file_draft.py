"""One file while the blocks of an answer change it one after the other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from spark_desktop.domain.file_lines import Change, FileLines, changes_between
from spark_desktop.domain.patch import Hunk
from spark_desktop.domain.trigger import Span


@dataclass(frozen=True, slots=True)
class _Region:
    """Lines from and to of the base, what stands there now, and the numbers of who wrote that."""

    start: int
    end: int
    new: tuple[str, ...]
    makers: frozenset[int]


class FileDraft:
    """The lines of a file with changes, each of which remembers the block that it came from.

    Changes are told in the lines of the base, that is of the file before any of them, or in those
    of the draft as it is. Lines have no endings.
    """

    def __init__(self, base: FileLines) -> None:
        self.base = base
        self.ends_bare: bool | None = None
        self._regions: list[_Region] = []
        self._scores: dict[int, float] = {}
        self._lines: FileLines | None = None

    @property
    def is_changed(self) -> bool:
        """Return whether there are changes."""
        return bool(self._regions)

    def lines(self) -> list[str]:
        """Return the lines of the draft."""
        return [line for line, _ in self._entries()]

    def is_whole(self, span: Span) -> bool:
        """Return whether the lines of the base stand in the draft as they did, side by side."""
        return not any(
            region.start < span.end and span.start < region.end
            if region.start < region.end
            else span.start < region.start < span.end
            for region in self._regions
        )

    def file_lines(self) -> FileLines:
        """Return the lines of the draft to look for others in them; made once for each change."""
        if self._lines is None:
            self._lines = FileLines("".join(f"{line}\n" for line in self.lines()))
        return self._lines

    def moved(self, line: int) -> int:
        """Return where a line of the base stands in the draft, by what changed above it."""
        return line + sum(
            len(region.new) - region.end + region.start
            for region in self._regions
            if region.end <= line
        )

    def change_base(self, changes: Sequence[Change], maker: int, score: float = 1.0) -> bool:
        """Make changes that are told in the lines of the base; return whether that could be done.

        It cannot where another block changed the same lines, or put some between them.
        """
        if any(self._is_taken(start, end) for start, end, _ in changes):
            return False
        self._note(maker, score)
        for start, end, new in changes:
            self._regions.append(_Region(start, end, tuple(new), frozenset({maker})))
        # Of several insertions in one place the one that was written first comes first.
        self._regions.sort(key=lambda region: (region.start, region.end))
        return True

    def change_draft(self, changes: Sequence[Change], maker: int, score: float = 1.0) -> None:
        """Make changes that are told in the lines of the draft as it is."""
        self._note(maker, score)
        entries = self._entries()
        for start, end, new in reversed(changes):
            entries[start:end] = [(line, -1) for line in new]
        self._regions = self._regions_of(entries, maker)

    def rewrite(self, lines: Sequence[str], maker: int) -> None:
        """Give the draft other lines; what blocks before it changed is gone."""
        self._note(maker, 1.0)
        self._regions = [
            _Region(start, end, tuple(new), frozenset({maker}))
            for start, end, new in changes_between(self.base.bare, lines)
        ]

    def hunks(self) -> tuple[tuple[Hunk, ...], dict[str, float]]:
        """Return the changes as hunks, and the score of those whose place is not certain.

        The id of a hunk is its line, from 1, and the number of the first block that made it: it
        stays the same when other blocks change other places.
        """
        joint = _joint(self._regions)
        changes = [change for region in joint for change in self._smallest(region)]
        hunks, places = [], {}
        for hunk in self.base.hunks(changes, 0, self.ends_bare):
            makers = {
                maker
                for region in joint
                if region.start <= hunk.end and hunk.start <= region.end
                for maker in region.makers
            } or {0}
            named = replace(hunk, id=f"{hunk.start + 1}-{min(makers)}")
            hunks.append(named)
            score = min(self._scores.get(maker, 1.0) for maker in makers)
            if score < 1.0:
                places[named.id] = score
        return tuple(hunks), places

    def _note(self, maker: int, score: float) -> None:
        self._lines = None
        self._scores[maker] = min(score, self._scores.get(maker, 1.0))

    def _is_taken(self, start: int, end: int) -> bool:
        if start == end:
            return any(region.start < start < region.end for region in self._regions)
        return any(
            region.start < end and start < region.end
            if region.start < region.end
            else start < region.start < end
            for region in self._regions
        )

    def _smallest(self, region: _Region) -> list[Change]:
        if len(region.makers) == 1:
            return [(region.start, region.end, region.new)]
        before = self.base.bare[region.start : region.end]
        return changes_between(before, region.new, region.start)

    def _entries(self) -> list[tuple[str, int]]:
        """Return the lines of the draft, each with its number in the base or -1."""
        bare = self.base.bare
        entries: list[tuple[str, int]] = []
        at = 0
        for region in self._regions:
            entries += [(bare[number], number) for number in range(at, region.start)]
            entries += [(line, -1) for line in region.new]
            at = region.end
        return entries + [(bare[number], number) for number in range(at, len(bare))]

    def _regions_of(self, entries: Iterable[tuple[str, int]], maker: int) -> list[_Region]:
        found: list[_Region] = []
        known = {(one.start, one.end, one.new): one.makers for one in _joint(self._regions)}
        new: list[str] = []
        at = 0
        for line, number in [*entries, ("", len(self.base.bare))]:
            if number < 0:
                new.append(line)
                continue
            if new or number > at:
                makers = known.get((at, number, tuple(new))) or self._makers(at, number, maker)
                found.append(_Region(at, number, tuple(new), makers))
            new, at = [], number + 1
        return found

    def _makers(self, start: int, end: int, maker: int) -> frozenset[int]:
        return frozenset({maker}).union(
            *(one.makers for one in self._regions if one.start <= end and start <= one.end)
        )


def _joint(regions: Sequence[_Region]) -> list[_Region]:
    """Return the regions with those in one that touch each other: they are one hunk."""
    found: list[_Region] = []
    for region in regions:
        if found and found[-1].end == region.start:
            last = found.pop()
            region = _Region(
                last.start, region.end, last.new + region.new, last.makers | region.makers
            )
        found.append(region)
    return found
