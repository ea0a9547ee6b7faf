"""Units in a scroll area: laid out as they are seen, the view held where the user has it."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QRegion, QTextDocument
from PySide6.QtWidgets import QAbstractScrollArea

from spark_desktop.views.calm_scroll_bar import CalmScrollBar
from spark_desktop.views.transcript_column import CODE_PAD, PAD, Column, Placed
from spark_desktop.views.transcript_documents import Documents
from spark_desktop.views.transcript_same import same_height
from spark_desktop.views.transcript_units import Change, CodePart, Header

_AT_END = 4
# More than the strip over a code block, whose edge would else be seen.
_OUTSIDE = 100

# A code block: the turn's id and its number in the turn.
BlockId = tuple[str, int]
_Anchor = tuple[Placed, int]


@dataclass(frozen=True, slots=True)
class CodeBox:
    """A code block that is at least partly visible: where, in the viewport."""

    rect: QRect
    language: str


class Stage:
    """The column of units in ``area``, which gets a scroll bar for it.

    ``follows`` while the view is at the end.
    """

    def __init__(self, area: QAbstractScrollArea, documents: Documents) -> None:
        self.column = Column(documents.scale)
        self.documents = documents
        self.follows = True
        # By how many pixels the last change moved what is seen.
        self.moved = 0
        self._area = area
        self._bar = CalmScrollBar(area)
        area.setVerticalScrollBar(self._bar)
        self._arranging = False

    @property
    def is_arranging(self) -> bool:
        """Return whether the view moves because of what is laid out, not because of the user."""
        return self._arranging

    def change(self, changes: Iterable[tuple[str, Change]]) -> QRegion | None:
        """Change units, the first visible one staying where it was, or the end where it was seen.

        Return which part of the viewport must be drawn again; None for all of it. The rest was
        scrolled along.
        """
        anchor, before = self._anchor(), self._bar.value()
        headers: list[int] = []
        first, same = len(self.column.placed), 0
        for turn_id, change in changes:
            kept = self._same(turn_id, change)
            number = self.column.change(turn_id, change)
            if change.count == len(change.units) == 1 and isinstance(change.units[0], Header):
                headers.append(number)
            elif number < first:
                first, same = number, kept
        first = min(first, len(self.column.placed))
        top = self.column.top(first)
        self._arrange(anchor)
        moved = self.moved = self._bar.value() - before
        viewport = self._area.viewport()
        if self.column.top(first) != top or not 0 <= moved < viewport.height():
            return None
        if moved:
            viewport.scroll(0, -moved)
        drawn = max(0, self.top(first) + same)
        region = QRegion(0, drawn, viewport.width(), max(0, viewport.height() - drawn))
        for number in headers:
            rows = self.text_rect(number)
            region += QRect(0, rows.top(), viewport.width(), rows.height())
        return region

    def _same(self, turn_id: str, change: Change) -> int:
        """Return how much of the first changed unit, in pixels, stays as it is drawn."""
        number = self.column.number((turn_id, change.first))
        if number is None or not change.units:
            return 0
        placed = self.column.placed[number]
        if number not in self.visible():
            return 0
        height = same_height(placed.unit, change.units[0], self.document(number))
        return placed.above + height if height > 0 else 0

    def lay_out(self) -> None:
        """Lay out for the area's width, the first visible unit staying where it was."""
        anchor = self._anchor()
        self.column.set_width(self._area.viewport().width())
        self._arrange(anchor)

    def show(self, number: int, place: int = 0) -> None:
        """Bring a place of a unit, in pixels from its text's top, into the view's upper third."""
        self._bar.setValue(self._place_of(number, place))
        # What is above was estimated until now.
        self._bar.setValue(self._place_of(number, place))

    def _place_of(self, number: int, place: int) -> int:
        above = self.column.placed[number].above
        return self.column.top(number) + above + place - self._area.viewport().height() // 3

    def scrolled(self) -> bool:
        """Lay out what was scrolled to; return False where no user scrolled."""
        if self._arranging:
            return False
        bar = self._bar
        self.follows = bar.value() >= bar.maximum() - _AT_END
        self._arrange(self._anchor())
        return True

    def begin(self, documents: Documents) -> None:
        """Hold nothing, from the end on; what comes is laid out with these documents."""
        self.column = Column(documents.scale)
        self.documents = documents
        self.follows = True

    def use(self, documents: Documents) -> None:
        """Lay out with other documents, because of another theme."""
        self.documents = documents
        self._arrange(self._anchor())

    def visible(self) -> range:
        """Return the numbers of the visible units."""
        return self._seen_from(self._bar.value())

    def _seen_from(self, top: int) -> range:
        if not self.column.placed:
            return range(0)
        height = self._area.viewport().height()
        return range(self.column.at(top), self.column.at(top + height) + 1)

    def document(self, number: int) -> QTextDocument:
        """Return a unit laid out for the viewport's width."""
        placed = self.column.placed[number]
        width = placed.text_width(self._area.viewport().width())
        return self.documents.get(placed.slot, placed.unit, width)

    def top(self, number: int) -> int:
        """Return where a unit's space begins in the viewport."""
        return self.column.top(number) - self._bar.value()

    def text_rect(self, number: int) -> QRect:
        """Return where a unit's text is in the viewport."""
        placed = self.column.placed[number]
        height = self.column.end(number) - self.column.top(number) - placed.above - placed.below
        width = placed.text_width(self._area.viewport().width())
        return QRect(placed.left, self.top(number) + placed.above, width, height)

    def unit_at(self, place: QPoint) -> int | None:
        """Return the unit at a place of the viewport, or the last above it; None without units."""
        if not self.column.placed:
            return None
        return self.column.at(place.y() + self._bar.value())

    def offset_at(self, number: int, place: QPoint) -> int:
        """Return the position in a unit's text that is nearest to a place."""
        inside = QPointF(place - self.text_rect(number).topLeft())
        layout = self.document(number).documentLayout()
        return max(0, layout.hitTest(inside, Qt.HitTestAccuracy.FuzzyHit))

    def link_at(self, place: QPoint) -> str:
        """Return the target of the link at a place; empty where there is none."""
        number = self.unit_at(place)
        if number is None:
            return ""
        inside = QPointF(place - self.text_rect(number).topLeft())
        return self.document(number).documentLayout().anchorAt(inside)

    def boxes(self) -> dict[BlockId, CodeBox]:
        """Return the visible code blocks, from top to bottom."""
        boxes: dict[BlockId, CodeBox] = {}
        width, height = self._area.viewport().width(), self._area.viewport().height()
        for number in self.visible():
            placed = self.column.placed[number]
            unit = placed.unit
            if not isinstance(unit, CodePart):
                continue
            block = (placed.slot[0], unit.block)
            # A block that goes on outside of the view need not be gone through to its end.
            top = self.top(number) if unit.first == 0 else -_OUTSIDE
            if block in boxes:
                top = boxes[block].rect.top()
            bottom = self.column.end(number) - placed.below + CODE_PAD
            bottom -= self._bar.value()
            bottom = bottom if unit.is_last else height + _OUTSIDE
            boxes[block] = CodeBox(QRect(PAD, top, width - 2 * PAD, bottom - top), unit.language)
        return boxes

    def _anchor(self) -> _Anchor | None:
        visible = self.visible()
        if not visible:
            return None
        value = self._bar.value()
        return self.column.placed[visible.start], value - self.column.top(visible.start)

    def _arrange(self, anchor: _Anchor | None) -> None:
        # Until measuring what is seen moves nothing any more into or out of the view. Only then
        # the bar is told, which lays out the whole area.
        self._arranging = True
        moved = True
        while moved:
            place = self._wanted(anchor)
            moved = False
            for number in self._seen_from(place):
                height = ceil(self.document(number).size().height())
                moved |= self.column.measured(number, height)
        page = self._area.viewport().height()
        self._bar.place(page, max(0, self.column.height - page), place)
        self._arranging = False

    def _wanted(self, anchor: _Anchor | None) -> int:
        """Return where the view belongs: at the end, or where its first unit is now."""
        most = max(0, self.column.height - self._area.viewport().height())
        number = self.column.number(anchor[0].slot) if anchor else None
        if self.follows:
            return most
        if anchor and number is not None:
            return min(most, max(0, self.column.top(number) + anchor[1]))
        return min(most, self._bar.value())


def height_of(document: QTextDocument, position: int) -> int:
    """Return how far below the top of a laid-out document a character's line is, in pixels."""
    block = document.findBlock(position)
    line = block.layout().lineForTextPosition(position - block.position())
    top = document.documentLayout().blockBoundingRect(block).top()
    return int(top + (line.y() if line.isValid() else 0))
