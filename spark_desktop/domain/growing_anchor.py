"""Follows a block that is being written to its place in a file."""

from collections.abc import Sequence
from dataclasses import replace

from spark_desktop.domain.anchor import Anchor, Certainty
from spark_desktop.domain.edit_blocks import Format, Rewrite, WholeFile
from spark_desktop.domain.file_lines import FileLines, bare_lines
from spark_desktop.domain.growing_diff import GrowingDiff
from spark_desktop.domain.indentation import reindenter
from spark_desktop.domain.places import Place, decided
from spark_desktop.domain.placing import NoPlace, place_of, several, written_lines
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.words import say

# Old lines that are needed before lines like them are looked for.
_ENOUGH = 3
# Lines of a file in which likeness is not looked for while the block grows.
_LONG = 5000
# In these forms the old lines are all there once a new one comes.
_OLD_FIRST = (Format.SEARCH_REPLACE, Format.REGION, Format.WHOLE_FILE)


class GrowingAnchor:
    """Keeps where the old lines so far may stand; each further line leaves fewer places.

    Other than by their text themselves, lines are looked for again only when a good part more of
    them is there.
    """

    def __init__(self, file: FileLines, number: int) -> None:
        self._file = file
        self._number = number
        # In a long file likeness takes longer than a frame: it waits for the whole block.
        self._is_long = len(file.bare) > _LONG
        self._begin()

    def _begin(self) -> None:
        self._old_count = self._new_count = self._looked_at = 0
        self._old: list[str] = []
        self._last_old = self._last_new = ""
        self._heading: object = None
        self._exact: list[int] = []
        self._decided_of = -1
        self._found: Place | NoPlace = NoPlace(say("Its place is being looked for."))
        self._diff: GrowingDiff | None = None
        self._diff_of: object = None
        self._last: Anchor | None = None

    def grow(self, block: Rewrite | WholeFile) -> Anchor:
        """Return the anchor of the block so far; a last line without its ending is not whole."""
        if isinstance(block, WholeFile):
            return self._whole_file(block)
        # A block equals its old lines until it is known what comes in their place.
        old, new = _whole(block.old), 0 if block.new == block.old else _whole(block.new)
        if new and block.format in _OLD_FIRST:
            old = len(block.old)
        if not self._goes_on(block, old, new):
            self._begin()
        if self._last is not None and (old, new) == (self._old_count, self._new_count):
            return self._last
        self._heading = _heading_of(block)
        self._take_old(bare_lines(block.old[self._old_count : old]))
        self._old_count, self._last_old = old, block.old[old - 1] if old else ""
        found = self._place(block, old, bool(new))
        self._last = self._anchor(block, found, new)
        return self._last

    def _goes_on(self, block: Rewrite, old: int, new: int) -> bool:
        """Return whether the block is the one from before, grown."""
        return (
            self._heading in (None, _heading_of(block))
            and old >= self._old_count
            and new >= self._new_count
            and (not self._old_count or block.old[self._old_count - 1] == self._last_old)
            and (not self._new_count or block.new[self._new_count - 1] == self._last_new)
        )

    def _take_old(self, lines: Sequence[str]) -> None:
        bare = self._file.bare
        for line in lines:
            if not self._old:
                self._exact = self._file.exact_spots.get(line, [])
            else:
                step, room = len(self._old), len(bare) - len(self._old)
                self._exact = [
                    spot for spot in self._exact if spot < room and bare[spot + step] == line
                ]
            self._old.append(line)

    def _place(self, block: Rewrite, old: int, has_new: bool) -> Place | NoPlace:
        if self._exact:
            return self._exact_place(block)
        if not old:
            if has_new and not block.old:
                self._found = place_of(block, self._file)
            return self._found
        is_old_whole = has_new and block.format in _OLD_FIRST and old == len(block.old)
        is_due = old >= _ENOUGH and 2 * old >= 3 * self._looked_at and old > self._looked_at
        if is_due or (is_old_whole and old > self._looked_at):
            self._looked_at = old
            so_far = replace(block, old=block.old[:old], new=())
            self._found = place_of(so_far, self._file, is_strict=self._is_long)
        elif self._looked_at == 0:
            self._found = NoPlace(say("Its place is being looked for."))
        return self._found

    def _exact_place(self, block: Rewrite) -> Place | NoPlace:
        count = len(self._old)
        if isinstance(self._found, Place) and len(self._exact) == self._decided_of:
            start = self._found.span.start
            self._found = replace(self._found, span=Span(start, start + count))
        elif len(self._exact) != self._decided_of:
            self._decided_of = len(self._exact)
            places = [Place(Span(spot, spot + count)) for spot in self._exact]
            self._found = decided(places, block, self._file) or several(places)
        return self._found

    def _anchor(self, block: Rewrite, found: Place | NoPlace, new: int) -> Anchor:
        if isinstance(found, NoPlace):
            self._diff = None
            self._note_new(block.new, new)
            return Anchor(Certainty.FAILED, None, found.score, found.reason, found.nearest)
        place = (found.span.start, found.pairs)
        if self._diff is None or self._diff_of != place:
            indented = None
            if found.pairs:
                pairs = ((self._old[one], self._file.bare[there]) for one, there in found.pairs)
                indented = reindenter(pairs, self._old)
            self._diff = GrowingDiff(self._file, found.span.start, self._number, indented)
            self._diff_of = place
            self._new_count = 0
        for line in bare_lines(block.new[self._new_count : new]):
            self._diff.feed(line, found.span.end)
        self._note_new(block.new, new)
        certainty = Certainty.EXACT if found.score >= 1.0 else Certainty.FUZZY
        return Anchor(certainty, found.span, found.score, found.how, hunks=self._diff.hunks())

    def _whole_file(self, block: WholeFile) -> Anchor:
        lines = written_lines(block, self._file)
        count, end = _whole(lines), len(self._file.bare)
        goes_on = count >= self._new_count and (
            not self._new_count or lines[self._new_count - 1] == self._last_new
        )
        if self._diff is None or not goes_on:
            self._begin()
            self._diff = GrowingDiff(self._file, 0, self._number)
        elif self._last is not None and count == self._new_count:
            return self._last
        for line in bare_lines(lines[self._new_count : count]):
            self._diff.feed(line, end)
        self._note_new(lines, count)
        self._last = Anchor(Certainty.EXACT, Span(0, end), 1.0, hunks=self._diff.hunks())
        return self._last

    def _note_new(self, lines: Sequence[str], count: int) -> None:
        self._new_count = count
        self._last_new = lines[count - 1] if count else ""


def _whole(lines: Sequence[str]) -> int:
    """Return how many of the lines are written to their end."""
    return len(lines) - (1 if lines and not lines[-1].endswith(("\n", "\r")) else 0)


def _heading_of(block: Rewrite) -> object:
    return block.path, block.format, block.near, block.below, block.at_end
