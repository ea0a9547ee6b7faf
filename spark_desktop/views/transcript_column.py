"""Where a transcript's units stand: heights, known or estimated, and their sum."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from spark_desktop.views.transcript_documents import Slot, estimated_height
from spark_desktop.views.transcript_units import Change, CodePart, Header, Notice, Plain, Text, Unit
from spark_desktop.views.type_scale import TypeScale

PAD = 12
CODE_PAD = 10
STRIP = TypeScale().strip
_ABOVE_HEADER = 16
_AFTER_CODE = 12


@dataclass(frozen=True, slots=True)
class Placed:
    """A unit in its slot; ``strip`` is the height of that over a code block."""

    slot: Slot
    unit: Unit
    strip: int = STRIP

    @property
    def above(self) -> int:
        """Return the space above the unit's text, in logical pixels."""
        match self.unit:
            case Header():
                return _ABOVE_HEADER
            case CodePart(first=0):
                return self.strip + 2
            case _:
                return 0

    @property
    def below(self) -> int:
        """Return the space below the unit's text."""
        match self.unit:
            case Header() | Notice():
                return 4
            case CodePart(is_last=True):
                return CODE_PAD + _AFTER_CODE
            case Plain() | Text():
                return 8
            case CodePart():
                return 0

    @property
    def left(self) -> int:
        """Return where the unit's text begins."""
        return PAD + (CODE_PAD if isinstance(self.unit, CodePart) else 0)

    def text_width(self, width: int) -> int:
        """Return the width of the unit's text in a viewport ``width`` wide."""
        return max(40, width - 2 * self.left)


class Column:
    """Units below each other; ``top`` and ``height`` are in logical pixels.

    A change costs what stands at or below it: at the end of a long thread next to nothing.
    ``placed_count`` adds up the units that were ever placed.
    """

    def __init__(self, scale: TypeScale | None = None) -> None:
        self.placed: list[Placed] = []
        self.placed_count = 0
        self._scale = scale or TypeScale()
        self._width = 0
        self._heights: list[int] = []
        # Where each unit ends; right for the first ``_summed`` of them.
        self._ends: list[int] = []
        self._summed = 0
        self._known: dict[Slot, tuple[Unit, int]] = {}
        # Where each turn's units begin, and how many there are; in the order of the turns.
        self._starts: dict[str, int] = {}
        self._counts: dict[str, int] = {}

    @property
    def height(self) -> int:
        """Return the height of everything."""
        self._sum()
        return (self._ends[-1] if self._ends else 0) + PAD

    def place(self, placed: Iterable[Placed], width: int) -> None:
        """Take the units, turn by turn; heights measured at this width stay known."""
        self.placed = list(placed)
        self._starts, self._counts = {}, {}
        for number, found in enumerate(self.placed):
            self._starts.setdefault(found.slot[0], number)
            self._counts[found.slot[0]] = self._counts.get(found.slot[0], 0) + 1
        self.set_width(width, again=True)

    def set_width(self, width: int, again: bool = False) -> None:
        """Forget what was measured at another width."""
        if width == self._width and not again:
            return
        if width != self._width:
            self._known = {}
            self._width = width
        self._heights = [self._height_of(found) for found in self.placed]
        self.placed_count += len(self.placed)
        self._summed = 0

    def change(self, turn_id: str, change: Change) -> int:
        """Change some of a turn's units, the last turn's where it is a new one.

        Return the number of the first of them in the column.
        """
        start = self._starts.setdefault(turn_id, len(self.placed))
        first = start + change.first
        new = [
            Placed((turn_id, change.first + number), unit, self._scale.strip)
            for number, unit in enumerate(change.units)
        ]
        self.placed[first : first + change.count] = new
        self._heights[first : first + change.count] = [self._height_of(found) for found in new]
        self.placed_count += len(new)
        self._summed = min(self._summed, first)
        more = len(new) - change.count
        self._counts[turn_id] = self._counts.get(turn_id, 0) + more
        if more and start + self._counts[turn_id] < len(self.placed):
            for other, place in self._starts.items():
                if place > start:
                    self._starts[other] = place + more
        return first

    def measured(self, number: int, text_height: int) -> bool:
        """Take a unit's measured text height; return whether anything moved."""
        found = self.placed[number]
        self._known[found.slot] = (found.unit, text_height)
        height = found.above + text_height + found.below
        if height == self._heights[number]:
            return False
        self._heights[number] = height
        self._summed = min(self._summed, number)
        return True

    def top(self, number: int) -> int:
        """Return where a unit begins."""
        self._sum()
        return self._ends[number - 1] if number else 0

    def end(self, number: int) -> int:
        """Return where a unit ends."""
        self._sum()
        return self._ends[number]

    def at(self, place: int) -> int:
        """Return the unit at a height; the last one below everything, 0 where there is none."""
        self._sum()
        return max(0, min(bisect_right(self._ends, max(0, place)), len(self._ends) - 1))

    def number(self, slot: Slot) -> int | None:
        """Return which unit is in the slot, if any."""
        turn_id, number = slot
        is_there = turn_id in self._starts and number < self._counts[turn_id]
        return self._starts[turn_id] + number if is_there else None

    def turn(self, turn_id: str) -> range:
        """Return the numbers of a turn's units; empty for an unknown one."""
        start = self._starts.get(turn_id, 0)
        return range(start, start + self._counts.get(turn_id, 0))

    @property
    def turns(self) -> Sequence[str]:
        """Return the turns that have units, from top to bottom."""
        return tuple(self._starts)

    def code_block(self, number: int) -> range:
        """Return the units of the code block that the unit belongs to; empty for other units."""
        unit, turn = self.placed[number].unit, self.turn(self.placed[number].slot[0])
        if not isinstance(unit, CodePart):
            return range(0)

        def is_same(other: int) -> bool:
            found = self.placed[other].unit
            return isinstance(found, CodePart) and found.block == unit.block

        first = last = number
        while first - 1 in turn and is_same(first - 1):
            first -= 1
        while last + 1 in turn and is_same(last + 1):
            last += 1
        return range(first, last + 1)

    def _sum(self) -> None:
        if self._summed < len(self._heights) or len(self._ends) != len(self._heights):
            base = self._ends[self._summed - 1] if self._summed else 0
            ends = accumulate(self._heights[self._summed :], initial=base)
            next(ends)
            self._ends[self._summed :] = ends
            self._summed = len(self._heights)

    def _height_of(self, placed: Placed) -> int:
        unit = placed.unit
        known = self._known.get(placed.slot)
        if known is not None and known[0] == unit:
            text = known[1]
        else:
            text = estimated_height(unit, placed.text_width(self._width), self._scale)
            if known is not None and isinstance(unit, Text | CodePart):
                # A growing unit is at least as high as it was; it is measured when it is seen.
                text = max(known[1], text) if _grew(known[0], unit) else text
        return placed.above + text + placed.below


def _grew(before: Unit, now: Unit) -> bool:
    if isinstance(before, Text) and isinstance(now, Text):
        return now.prose.source.startswith(before.prose.source)
    return isinstance(before, CodePart) and isinstance(now, CodePart)
