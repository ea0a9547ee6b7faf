"""Draws the rows of a diff: gutter, line, fold, headings and comments."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QStaticText, QTextLayout, QTextLine

from spark_desktop.domain.intraline import Columns
from spark_desktop.domain.proposal import Decision
from spark_desktop.viewmodels.diff_rows import (
    AddedRow,
    CommentRow,
    FoldRow,
    HeadRow,
    Part,
    QuotedRow,
    RemovedRow,
    Row,
    UnwrittenRow,
    WideRow,
    decision_of,
)
from spark_desktop.views.diff_lanes import MARK, PAD, Lane, Scene, Side, numbers
from spark_desktop.views.diff_layouts import LineLayouts, Metrics
from spark_desktop.views.diff_palette import DiffPalette
from spark_desktop.views.highlighting import Spans
from spark_desktop.views.utf16 import utf16_spans

_DECIDED_OPACITY = 0.62
_STRIPE = 3
_SHORT_TEXTS = 4000
_MINUS = "\N{MINUS SIGN}"
_MARKS = {AddedRow: "+", RemovedRow: _MINUS}
_QUOTED_MARKS = {Part.WRITTEN: "+", Part.SOUGHT: _MINUS, Part.BASE: "\N{DOTTED CIRCLE}"}
# A tuple: to hash a decision takes longer than to compare it with two.
_OPEN = (Decision.PENDING, Decision.CONFLICTING)


@dataclass(frozen=True, slots=True)
class Cell:
    """One row in one lane: where, with which colours, and what is marked in it.

    ``row`` is None for an empty place; ``matches`` are (start, end, is the current one).
    """

    row: Row | None
    lane: Lane
    top: int
    height: int
    parts: Spans = ()
    emphasis: Columns = ()
    matches: tuple[tuple[int, int, bool], ...] = ()
    selected: bool = False
    # Pixels that the text stands lower, because buttons are above it.
    drop: int = 0


class DiffPainter:
    """Draws with one palette and font."""

    def __init__(self, palette: DiffPalette, font: QFont, layouts: LineLayouts) -> None:
        self.metrics = Metrics.of(font)
        self._palette = palette
        self._layouts = layouts
        self._measured = QFontMetricsF(font)
        self._baseline = self.metrics.top + self._measured.ascent()
        self._font = font
        # A text that is drawn again and again is laid out once.
        self._short: dict[str, QStaticText] = {}
        self._numbers: set[str] = set()

    def ground(self, painter: QPainter, cell: Cell, scene: Scene) -> None:
        """Draw what is under a row's text: its ground, numbers and mark."""
        lane, row = cell.lane, cell.row
        right = scene.width if isinstance(row, WideRow) else lane.right
        ground = self._palette.ground(row, cell.selected)
        if ground is not self._palette.window:
            painter.fillRect(lane.left, cell.top, right - lane.left, cell.height, ground)
        if isinstance(row, FoldRow):
            self._fold(painter, cell, scene)
        elif isinstance(row, HeadRow | CommentRow | QuotedRow):
            self._words_ground(painter, cell)
        elif row is not None:
            self._gutter(painter, cell)

    def text(self, painter: QPainter, cell: Cell, scrolled: int) -> int:
        """Draw a row's text; return how many lines it is laid out in."""
        row, palette = cell.row, self._palette
        if row is None or isinstance(row, FoldRow):
            return 1
        decision = decision_of(row)
        struck = isinstance(row, AddedRow) and decision is Decision.REJECTED
        layout = self._layouts.get(row.text, cell.parts, palette.theme.is_dark, struck)
        left = cell.lane.text - (0 if isinstance(row, HeadRow | CommentRow) else scrolled)
        self._marks(painter, cell, layout, left)
        if decision not in _OPEN:
            painter.setOpacity(_DECIDED_OPACITY)
        is_quiet = isinstance(row, UnwrittenRow | QuotedRow)
        painter.setPen(palette.quiet if is_quiet else palette.text)
        layout.draw(painter, QPointF(left, cell.top + cell.drop + self.metrics.top))
        note = row.note if isinstance(row, AddedRow | RemovedRow) else ""
        if note:
            painter.setPen(palette.quiet)
            place = left + layout.lineAt(layout.lineCount() - 1).naturalTextWidth() + 2 * PAD
            below = cell.drop + (layout.lineCount() - 1) * self.metrics.line_height
            painter.drawText(
                QPointF(place, cell.top + below + self._baseline), f"\N{RETURN SYMBOL} {note}"
            )
        if decision not in _OPEN:
            painter.setOpacity(1.0)
        return layout.lineCount()

    def _marks(self, painter: QPainter, cell: Cell, layout: QTextLayout, left: int) -> None:
        row, palette, top = cell.row, self._palette, cell.top + cell.drop
        if row is None:
            return
        if cell.emphasis:
            word = palette.added_word if isinstance(row, AddedRow) else palette.removed_word
            spans = [(start, end - start) for start, end in cell.emphasis]
            for rect in self._rects(row.text, spans, layout, left, top):
                painter.fillRect(rect, word)
        for start, end, is_current in cell.matches:
            for rect in self._rects(row.text, [(start, end - start)], layout, left, top):
                painter.fillRect(rect, palette.match(row, is_current=is_current))
                if is_current:
                    painter.fillRect(
                        QRectF(rect.left(), rect.bottom() - 2, rect.width(), 2), palette.accent
                    )

    def _rects(
        self, text: str, spans: list[tuple[int, int]], layout: QTextLayout, left: int, top: int
    ) -> list[QRectF]:
        rects = []
        height = self.metrics.line_height
        for start, length in utf16_spans(text, spans):
            for number in range(layout.lineCount()):
                line = layout.lineAt(number)
                first = max(start, line.textStart())
                last = min(start + length, line.textStart() + line.textLength())
                if first < last:
                    x1, x2 = _x_of(line, first), _x_of(line, last)
                    y = top + number * height + 1
                    rects.append(QRectF(left + x1, y, x2 - x1, height - 2))
        return rects

    def _gutter(self, painter: QPainter, cell: Cell) -> None:
        lane, row, palette = cell.lane, cell.row, self._palette
        if row is None:
            return
        top = cell.top + cell.drop + self.metrics.top
        painter.setPen(palette.quiet)
        is_diff = lane.has_marks
        for column, number in enumerate(numbers(row, lane, is_diff=is_diff)):
            if number is not None:
                text = str(number + 1)
                right = lane.left + (column + 1) * lane.number_width - 2
                x = right - len(text) * self.metrics.char_width
                self._number(painter, x, top, text)
        mark = _MARKS.get(type(row), "")
        if mark and is_diff:
            painter.setPen(palette.added if isinstance(row, AddedRow) else palette.removed)
            self._mark(painter, lane, cell.top + cell.drop, mark)

    def _mark(self, painter: QPainter, lane: Lane, top: int, mark: str) -> None:
        x = lane.text - (self.metrics.px(MARK) + self.metrics.char_width) / 2
        painter.drawStaticText(QPointF(x, top + self.metrics.top), self._static(mark))

    def _number(self, painter: QPainter, x: float, top: float, text: str) -> None:
        # To lay it out for good takes three times as long as to draw it once.
        if text in self._numbers:
            painter.drawStaticText(QPointF(x, top), self._static(text))
        else:
            if len(self._numbers) > _SHORT_TEXTS:
                self._numbers.clear()
            self._numbers.add(text)
            painter.drawText(QPointF(x, top + self._measured.ascent()), text)

    def _static(self, text: str) -> QStaticText:
        found = self._short.get(text)
        if found is None:
            if len(self._short) > _SHORT_TEXTS:
                self._short.clear()
            found = self._short[text] = QStaticText(text)
            found.setTextFormat(Qt.TextFormat.PlainText)
            found.prepare(font=self._font)
        return found

    def _words_ground(self, painter: QPainter, cell: Cell) -> None:
        palette, row, lane = self._palette, cell.row, cell.lane
        stripe = QRect(lane.left, cell.top, _STRIPE, cell.height)
        match row:
            case HeadRow(part=Part.CONFLICT | Part.DISK | Part.MINE | Part.BASE):
                painter.fillRect(stripe, palette.warning)
            case HeadRow() | QuotedRow(part=Part.SOUGHT | Part.WRITTEN):
                painter.fillRect(stripe, palette.problem)
            case QuotedRow():
                painter.fillRect(stripe, palette.warning)
            case CommentRow():
                painter.fillRect(stripe, palette.link)
        if isinstance(row, QuotedRow) and row.part is not Part.BASE:
            is_new = row.part is Part.WRITTEN
            painter.setPen(palette.added if is_new else palette.removed)
            self._mark(painter, lane, cell.top, _QUOTED_MARKS[row.part])

    def _fold(self, painter: QPainter, cell: Cell, scene: Scene) -> None:
        row, palette = cell.row, self._palette
        if row is None:
            return
        left, middle = cell.lane.text, cell.top + cell.height // 2
        text = row.text
        width = round(self._measured.horizontalAdvance(text))
        painter.fillRect(PAD, middle, left - 2 * PAD, 1, palette.line)
        rest = left + width + PAD
        painter.fillRect(rest, middle, max(0, scene.width - rest - PAD), 1, palette.line)
        painter.setPen(palette.quiet)
        painter.drawText(QPointF(left, cell.top + self._baseline), text)


def divider(painter: QPainter, scene: Scene, cell: Cell, palette: DiffPalette) -> None:
    """Draw the line between two lanes."""
    if cell.lane.side is Side.NEW:
        painter.fillRect(cell.lane.left, cell.top, 1, cell.height, palette.line)


def _x_of(line: QTextLine, position: int) -> float:
    # Declared as a float, it answers with the place and the position it took.
    found: object = line.cursorToX(position)
    return float(found[0]) if isinstance(found, tuple) else line.naturalTextWidth()
