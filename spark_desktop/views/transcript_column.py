"""Where a transcript's units stand: heights, known or estimated, and their sum."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from spark_desktop.views.transcript_documents import Slot, estimated_height
from spark_desktop.views.transcript_units import CodePart, Header, Notice, Plain, Text, Unit

PAD = 12
CODE_PAD = 10
STRIP = 26
_ABOVE_HEADER = 16
_AFTER_CODE = 12


@dataclass(frozen=True, slots=True)
class Placed:
    """A unit in its slot."""

    slot: Slot
    unit: Unit

    @property
    def above(self) -> int:
        """Return the space above the unit's text, in logical pixels."""
        match self.unit:
            case Header():
                return _ABOVE_HEADER
            case CodePart(first=0):
                return STRIP + 2
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
    """Units below each other; ``top`` and ``height`` are in logical pixels."""

    def __init__(self) -> None:
        self.placed: tuple[Placed, ...] = ()
        self._width = 0
        self._heights: list[int] = []
        self._ends: list[int] = []
        self._known: dict[Slot, tuple[Unit, int]] = {}
        self._index: dict[Slot, int] = {}

    @property
    def height(self) -> int:
        """Return the height of everything."""
        return (self._ends[-1] if self._ends else 0) + PAD

    def place(self, placed: Iterable[Placed], width: int) -> None:
        """Take the units; heights that were measured at this width stay known."""
        if width != self._width:
            self._known = {}
            self._width = width
        self.placed = tuple(placed)
        self._index = {found.slot: number for number, found in enumerate(self.placed)}
        self._heights = [self._height_of(found) for found in self.placed]
        self._ends = list(accumulate(self._heights))

    def measured(self, number: int, text_height: int) -> bool:
        """Take a unit's measured text height; return whether anything moved."""
        found = self.placed[number]
        self._known[found.slot] = (found.unit, text_height)
        height = self._height_of(found)
        if height == self._heights[number]:
            return False
        self._heights[number] = height
        self._ends = list(accumulate(self._heights))
        return True

    def top(self, number: int) -> int:
        """Return where a unit begins."""
        return self._ends[number - 1] if number else 0

    def end(self, number: int) -> int:
        """Return where a unit ends."""
        return self._ends[number]

    def at(self, place: int) -> int:
        """Return the unit at a height; the last one below everything, 0 where there is none."""
        return max(0, min(bisect_right(self._ends, max(0, place)), len(self._ends) - 1))

    def number(self, slot: Slot) -> int | None:
        """Return which unit is in the slot, if any."""
        return self._index.get(slot)

    def code_block(self, number: int) -> range:
        """Return the units of the code block that the unit belongs to; empty for other units."""
        unit, slot = self.placed[number].unit, self.placed[number].slot
        if not isinstance(unit, CodePart):
            return range(0)

        def is_same(other: int) -> bool:
            found = self.placed[other]
            same_turn = found.slot[0] == slot[0] and isinstance(found.unit, CodePart)
            return same_turn and isinstance(found.unit, CodePart) and found.unit.block == unit.block

        first = last = number
        while first and is_same(first - 1):
            first -= 1
        while last + 1 < len(self.placed) and is_same(last + 1):
            last += 1
        return range(first, last + 1)

    def _height_of(self, placed: Placed) -> int:
        known = self._known.get(placed.slot)
        if known is not None and known[0] == placed.unit:
            text = known[1]
        elif known is not None and isinstance(placed.unit, Text | CodePart):
            # A growing unit is at least as high as it was; it is measured when it is seen.
            text = max(known[1], estimated_height(placed.unit, self._width))
        else:
            text = estimated_height(placed.unit, placed.text_width(self._width))
        return placed.above + text + placed.below
