"""Three-way merge by hunk: a patch made for one version of a file, on another version of it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate

from spark_desktop.domain.line_changes import changes
from spark_desktop.domain.patch import ABSENT, FileKind, FilePatch, Hunk, closed_lines, in_order
from spark_desktop.domain.text import dominant_newline, split_lines


class Side(StrEnum):
    """What shall stand where a proposal and the file collide."""

    MINE = "mine"
    DISK = "disk"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Merged:
    """A patch on the file's new version, and what did not simply move there.

    The hunks of ``conflicts`` are those whose lines were changed in the file as well: ``old`` is
    what stands there now, ``new`` what the proposal wants there, and ``conflicts`` has the lines
    that it was made for. The hunks ``stale`` are not in the patch: the file holds them already, or
    they are part of the conflict with a neighbour.
    """

    patch: FilePatch
    conflicts: Mapping[str, tuple[str, ...]]
    stale: frozenset[str]


def merged(
    patch: FilePatch,
    before: str,
    after: str,
    base: str,
    conflicts: Mapping[str, tuple[str, ...]] | None = None,
) -> Merged:
    """Return the patch, made for ``before``, for the text ``after``, whose digest is ``base``.

    Hunks keep their ids, and no line of ``after`` that is new against ``before`` is replaced by a
    hunk that is not in conflict. A hunk that only inserts conflicts where both of its neighbours
    were changed, or where other lines were inserted at the very same place: their order would be a
    guess. ``conflicts`` are those that the patch has already; one whose lines the file got back is
    none any more. Hunks that collide with the same change are one conflict, with the first's id.
    """
    held = conflicts or {}
    if patch.kind is FileKind.DELETE and base != ABSENT:
        return _still_deleted(patch, before, after, base, held)
    merge = _Merge(split_lines(before), split_lines(after), held)
    for cluster in merge.clusters(in_order(patch.hunks)):
        merge.place(cluster)
    moved = replace(patch, base=base, hunks=tuple(merge.hunks))
    return Merged(moved, merge.conflicts, frozenset(merge.stale))


def closed_in(hunk: Hunk, lines: Sequence[str], newline: str) -> Hunk:
    """Return a hunk on ``lines`` whose lines all end but the file's last, as undo must find them.

    A hunk behind a last line without an ending says that it gives it one.
    """
    start, old, new = hunk.start, hunk.old, hunk.new
    if new and hunk.end < len(lines) and not new[-1].endswith(("\n", "\r")):
        new = (*new[:-1], new[-1] + newline)
    if new and not old and 0 < start == len(lines) and not lines[-1].endswith(("\n", "\r")):
        start, old, new = start - 1, (lines[-1],), (lines[-1] + newline, *new)
    return replace(hunk, start=start, old=old, new=new)


@dataclass(slots=True)
class _Cluster:
    """Hunks that collide with the same changes, which are those from ``first`` to ``last``."""

    hunks: list[Hunk]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Sides:
    """A stretch of the new file: what a patch was made for, what it wants, and what is there."""

    start: int
    made_for: list[str]
    mine: list[str]
    there: list[str]


class _Merge:
    """One merge: the changes in the file, and the hunks that found their place in it so far."""

    def __init__(self, old: list[str], new: list[str], held: Mapping[str, tuple[str, ...]]) -> None:
        self.hunks: list[Hunk] = []
        self.conflicts: dict[str, tuple[str, ...]] = {}
        self.stale: set[str] = set()
        self._old = old
        self._new = new
        self._held = held
        found = changes(old, new)
        self._starts = [change[0] for change in found]
        self._ends = [change[1] for change in found]
        # How much longer the file is by so many of its changes.
        grown = (j2 - j1 - i2 + i1 for i1, i2, j1, j2 in found)
        self._shifts = [0, *accumulate(grown)]
        self._newline = dominant_newline("".join(new))

    def clusters(self, hunks: Iterable[Hunk]) -> Iterator[_Cluster]:
        """Yield the hunks in order, those that collide with the same change together."""
        held: _Cluster | None = None
        for hunk in hunks:
            if self._is_applied(hunk):
                self.stale.add(hunk.id)
                continue
            first, last = self._around(hunk)
            if held is not None and first < last and first < held.last:
                held.hunks.append(hunk)
                held.last = last
                continue
            if held is not None:
                yield held
            held = _Cluster([hunk], first, last)
        if held is not None:
            yield held

    def place(self, cluster: _Cluster) -> None:
        """Move a hunk that nothing collides with, or make the conflict of those that do."""
        if cluster.first >= cluster.last:
            (hunk,) = cluster.hunks
            shift = self._shifts[bisect_right(self._ends, hunk.start)]
            self._add(replace(hunk, start=hunk.start + shift), self._held.get(hunk.id))
            return
        first = cluster.hunks[0]
        self.stale.update(hunk.id for hunk in cluster.hunks[1:])
        sides = self._sides(cluster)
        # What only moved until now is not placed by likeness: its order would be a guess.
        was_conflict = all(hunk.id in self._held for hunk in cluster.hunks)
        again = self._fitting_again(first, sides) if was_conflict else None
        if sides.there == sides.mine:
            self.stale.add(first.id)
        elif again is not None:
            for hunk in again.hunks:
                self._add(replace(hunk, start=hunk.start + sides.start), None)
            self.stale |= again.stale & {first.id}
        else:
            there, mine = tuple(sides.there), tuple(sides.mine)
            self._add(replace(first, start=sides.start, old=there, new=mine), tuple(sides.made_for))

    def _sides(self, cluster: _Cluster) -> _Sides:
        hunks = cluster.hunks
        start = min(hunks[0].start, self._starts[cluster.first])
        end = max(hunks[-1].end, self._ends[cluster.last - 1])
        new_start, new_end = start + self._shifts[cluster.first], end + self._shifts[cluster.last]
        return _Sides(
            new_start,
            self._old_with(start, end, hunks, self._held),
            self._old_with(start, end, hunks, {hunk.id: hunk.new for hunk in hunks}),
            self._new[new_start:new_end],
        )

    def _fitting_again(self, hunk: Hunk, sides: _Sides) -> "_Merge | None":
        """Return what was in conflict as plain hunks, if the file is one that they fit again."""
        inner = _Merge(sides.made_for, sides.there, {})
        wanted = [
            replace(hunk, id=f"{hunk.id}.{n}" if n else hunk.id, start=i1, old=old, new=new)
            for n, (i1, old, new) in enumerate(_pieces(sides.made_for, sides.mine))
        ]
        for cluster in inner.clusters(wanted):
            inner.place(cluster)
        return None if inner.conflicts else inner

    def _add(self, hunk: Hunk, made_for: tuple[str, ...] | None) -> None:
        fitted = closed_in(hunk, self._new, self._newline)
        if fitted.start < hunk.start and made_for is not None:
            made_for = (fitted.new[0], *made_for)
        before = self.hunks[-1] if self.hunks else None
        if before is not None and fitted.start < before.end:
            # Both want the file's last line, which lost its ending: they are one.
            ours = tuple(closed_lines([*before.new, *hunk.new], self._newline))
            self.hunks[-1] = replace(before, new=ours)
            self.stale.add(hunk.id)
            return
        self.hunks.append(fitted)
        if made_for is not None:
            self.conflicts[hunk.id] = made_for

    def _around(self, hunk: Hunk) -> tuple[int, int]:
        """Return the changes that count for a hunk: that collide, or that end its conflict."""
        if hunk.id in self._held:
            first, last = self._touching(hunk)
            sides = self._sides(_Cluster([hunk], first, last)) if first < last else None
            if sides is not None and self._fitting_again(hunk, sides) is not None:
                return first, last
        return self._colliding(hunk)

    def _touching(self, hunk: Hunk) -> tuple[int, int]:
        """Return the changes that share a line with the hunk, or stand right beside it."""
        return bisect_left(self._ends, hunk.start), bisect_right(self._starts, hunk.end)

    def _colliding(self, hunk: Hunk) -> tuple[int, int]:
        """Return the changes, from the first to behind the last, of lines that the hunk is about.

        They share a line with it, or one of both inserts inside of the other, or both insert at
        the same place.
        """
        first = bisect_right(self._ends, hunk.start)
        if hunk.start == hunk.end and first and self._starts[first - 1] == hunk.start:
            return first - 1, first
        return first, bisect_left(self._starts, hunk.end)

    def _is_applied(self, hunk: Hunk) -> bool:
        """Return whether around the hunk the file is as the hunk would make it."""
        first, last = self._touching(hunk)
        if first >= last:
            return False
        sides = self._sides(_Cluster([hunk], first, last))
        return sides.there == sides.mine

    def _old_with(
        self, start: int, end: int, hunks: Sequence[Hunk], lines: Mapping[str, tuple[str, ...]]
    ) -> list[str]:
        """Return old lines with others in place of those that these hunks replace."""
        found: list[str] = []
        position = start
        for hunk in hunks:
            found += self._old[position : hunk.start]
            found += lines.get(hunk.id, hunk.old)
            position = hunk.end
        found += self._old[position:end]
        return closed_lines(found, self._newline)


def _pieces(
    old: list[str], new: list[str]
) -> Iterator[tuple[int, tuple[str, ...], tuple[str, ...]]]:
    for i1, i2, j1, j2 in changes(old, new):
        yield i1, tuple(old[i1:i2]), tuple(new[j1:j2])


def _still_deleted(
    patch: FilePatch, before: str, after: str, base: str, held: Mapping[str, tuple[str, ...]]
) -> Merged:
    """A file to delete is one hunk however it changes: more than the lines seen must not go."""
    if before == after:
        return Merged(replace(patch, base=base), dict(held), frozenset())
    first = patch.hunks[0] if patch.hunks else Hunk("1-0", 0, (), ())
    made_for = held.get(first.id, tuple(split_lines(before)))
    there = tuple(split_lines(after))
    conflicts = {} if there == made_for else {first.id: made_for}
    hunks = (replace(first, start=0, old=there, new=()),) if there else ()
    stale = frozenset(hunk.id for hunk in patch.hunks[1:])
    return Merged(replace(patch, base=base, hunks=hunks), conflicts if hunks else {}, stale)
