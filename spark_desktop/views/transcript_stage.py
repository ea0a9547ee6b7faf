"""Units in a scroll area: laid out as they are seen, the view held where the user has it."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QFont, QTextDocument
from PySide6.QtWidgets import QAbstractScrollArea

from spark_desktop.views.theme import Theme
from spark_desktop.views.transcript_column import CODE_PAD, PAD, Column, Placed
from spark_desktop.views.transcript_documents import Documents
from spark_desktop.views.transcript_units import CodePart

_AT_END = 4

# A code block: the turn's id and its number in the turn.
BlockId = tuple[str, int]
_Anchor = tuple[Placed, int]


@dataclass(frozen=True, slots=True)
class CodeBox:
    """A code block that is at least partly visible: where, in the viewport."""

    rect: QRect
    language: str


class Stage:
    """The column of units in ``area``; ``follows`` while the view is at the end."""

    def __init__(self, area: QAbstractScrollArea, font: QFont, theme: Theme) -> None:
        self.column = Column()
        self.documents = Documents(font, theme)
        self.follows = True
        self._area = area
        self._arranging = False

    def place(self, placed: Iterable[Placed]) -> None:
        """Show these units, the first visible one where it was, or the end where it was seen."""
        anchor = self._anchor()
        self.column.place(placed, self._area.viewport().width())
        self._arrange(anchor)

    def scrolled(self) -> bool:
        """Lay out what was scrolled to; return False where no user scrolled."""
        if self._arranging:
            return False
        bar = self._area.verticalScrollBar()
        self.follows = bar.value() >= bar.maximum() - _AT_END
        self._arrange(self._anchor())
        return True

    def use(self, documents: Documents) -> None:
        """Lay out with other documents, because of another theme."""
        self.documents = documents
        self._arrange(self._anchor())

    def visible(self) -> range:
        """Return the numbers of the visible units."""
        if not self.column.placed:
            return range(0)
        top = self._area.verticalScrollBar().value()
        height = self._area.viewport().height()
        return range(self.column.at(top), self.column.at(top + height) + 1)

    def document(self, number: int) -> QTextDocument:
        """Return a unit laid out for the viewport's width."""
        placed = self.column.placed[number]
        width = placed.text_width(self._area.viewport().width())
        return self.documents.get(placed.slot, placed.unit, width)

    def top(self, number: int) -> int:
        """Return where a unit's space begins in the viewport."""
        return self.column.top(number) - self._area.verticalScrollBar().value()

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
        return self.column.at(place.y() + self._area.verticalScrollBar().value())

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
        width = self._area.viewport().width()
        for number in self.visible():
            placed = self.column.placed[number]
            unit = placed.unit
            if not isinstance(unit, CodePart) or (placed.slot[0], unit.block) in boxes:
                continue
            block = self.column.code_block(number)
            below = self.column.placed[block[-1]].below
            bottom = self.column.end(block[-1]) - below + CODE_PAD
            top = self.column.top(block[0])
            rect = QRect(PAD, self.top(block[0]), width - 2 * PAD, bottom - top)
            boxes[(placed.slot[0], unit.block)] = CodeBox(rect, unit.language)
        return boxes

    def _anchor(self) -> _Anchor | None:
        visible = self.visible()
        if not visible:
            return None
        value = self._area.verticalScrollBar().value()
        return self.column.placed[visible.start], value - self.column.top(visible.start)

    def _arrange(self, anchor: _Anchor | None) -> None:
        # Until measuring what is seen moves nothing any more into or out of the view.
        self._arranging = True
        moved = True
        while moved:
            self._restore(anchor)
            moved = False
            for number in self.visible():
                height = round(self.document(number).size().height())
                moved |= self.column.measured(number, height)
        self._arranging = False

    def _restore(self, anchor: _Anchor | None) -> None:
        bar, page = self._area.verticalScrollBar(), self._area.viewport().height()
        bar.setPageStep(page)
        bar.setRange(0, max(0, self.column.height - page))
        number = self.column.number(anchor[0].slot) if anchor else None
        if self.follows:
            bar.setValue(bar.maximum())
        elif anchor and number is not None:
            bar.setValue(self.column.top(number) + anchor[1])
