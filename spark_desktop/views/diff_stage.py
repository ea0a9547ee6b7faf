"""The rows of a diff in their viewport: measured, found at a place, and drawn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QRect
from PySide6.QtGui import QFont, QPainter, QRegion
from PySide6.QtWidgets import QAbstractScrollArea

from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.diff_rows import FoldRow, PairRow, Row, WideRow, owner_of
from spark_desktop.viewmodels.diff_search import DiffSearch
from spark_desktop.views.diff_buttons import Button, DiffButtons
from spark_desktop.views.diff_content import DiffContent
from spark_desktop.views.diff_geometry import RowGeometry
from spark_desktop.views.diff_heights import RowHeights
from spark_desktop.views.diff_lanes import Lane, Scene, Side, cells, lanes_of, text_columns
from spark_desktop.views.diff_layouts import LineLayouts, Metrics, columns_of
from spark_desktop.views.diff_overlay import Block, OverlayPainter
from spark_desktop.views.diff_paint import Cell, DiffPainter, divider
from spark_desktop.views.diff_palette import DiffPalette
from spark_desktop.views.theme import Theme


@dataclass
class Marks:
    """What is marked in the rows: the current hunk, the selection, matches, the mouse's place."""

    current: str | None = None
    selected: Span = field(default_factory=lambda: Span(0, 0))
    side: Side = Side.BOTH
    cursor: int | None = None
    search: DiffSearch = field(default_factory=DiffSearch)
    hovered: Button | None = None
    hovered_block: str | None = None
    comment: tuple[int, Side] | None = None


class Stage:
    """Draws the content of ``area`` with one font and theme."""

    def __init__(self, area: QAbstractScrollArea, theme: Theme, font: QFont) -> None:
        self._area = area
        self.wraps = False
        # Columns of a broken line that stand beside a hunk's buttons.
        self._beside = 0
        # What the heights of broken lines follow from, besides the rows.
        self._broken: tuple[object, ...] = ()
        # Rows that were laid out in more lines than they were taken to have.
        self.corrections: dict[int, int] = {}
        self.scene = Scene(0, 0, (Lane(0, 0, 0, 0, Side.BOTH, False),))
        metrics = Metrics.of(font)
        self.rows = RowGeometry(area, metrics.line_height, metrics.char_width)
        self.buttons = DiffButtons(self.rows, font)
        self.set_looks(theme, font)

    def set_looks(self, theme: Theme, font: QFont) -> None:
        """Draw with another theme and font; ``measure`` must follow."""
        self.font = font
        self.metrics = Metrics.of(font)
        self.palette = DiffPalette(theme)
        self.layouts = LineLayouts(font)
        self.painter = DiffPainter(self.palette, font, self.layouts)
        self.overlay = OverlayPainter(self.palette)
        self.rows.set_sizes(self.metrics.line_height, self.metrics.char_width)
        self.buttons.set_font(font)

    def measure(self, content: DiffContent, columns: int, block_columns: int) -> None:
        """Place the lanes and the scroll bars for the longest line, and that of any block."""
        width = self._area.viewport().width()
        digits = max(2, len(str(content.last_number)))
        lanes = lanes_of(
            width,
            digits,
            self.metrics,
            is_diff=content.is_diff,
            is_split=content.is_split,
        )
        self._lanes = lanes
        fitting = text_columns(lanes[0], self.metrics)
        # Half a pixel more: the sum of the characters' widths is rounded.
        self.layouts.break_at(fitting * self.metrics.char_width + 0.5 if self.wraps else 0.0)
        heights = None
        if self.wraps:
            taken = round(self.buttons.reserved() / self.metrics.char_width)
            self._beside = max(0, fitting - taken)
            heights = RowHeights(
                len(content.rows),
                lambda first, last: self._heights(content, first, last, fitting),
            )
            broken = (fitting, self._beside, content.path)
            if self.rows.heights is not None and broken == self._broken:
                heights.take_up(self.rows.heights, content.rows.same)
            self._broken = broken
        longest = 0 if self.wraps else round((columns + 2) * self.metrics.char_width)
        if longest and content.hunks:
            # So that the end of a line can be moved out from under the buttons.
            beside = round((block_columns + 2) * self.metrics.char_width)
            longest = max(longest, beside + self.buttons.reserved())
        needed = width + max(0, longest - lanes[0].width)
        self.rows.measure(len(content.rows), needed if longest else 0, heights)
        self.look()

    def look(self) -> None:
        """Take the place that is scrolled to sideways."""
        scrolled = self._area.horizontalScrollBar().value()
        self.scene = Scene(self._area.viewport().width(), scrolled, self._lanes)

    def rect_of(self, row: int) -> QRect:
        """Return where a row is in the viewport."""
        return QRect(0, self.rows.top_of(row), self.scene.width, self.rows.height_of(row))

    def blocks(
        self, content: DiffContent, marks: Marks, rows: Sequence[Row], region: QRegion
    ) -> Iterator[Block]:
        """Yield the hunks and failed blocks of visible rows that are in a region."""
        first, width = self.rows.visible()[0], self.scene.width
        for owner in dict.fromkeys(owner_of(row) for row in rows):
            span = content.hunks.get(owner or "")
            if owner is None or span is None:
                continue
            top, bottom = self.rows.top_of(span.start), self.rows.top_of(span.end)
            rect = QRect(0, top, width, bottom - top)
            if not region.intersects(rect):
                continue
            is_current = owner == marks.current
            is_full = is_current or owner == marks.hovered_block
            rects = self.buttons.rects(content, owner, width, is_full=is_full)
            number = max(span.start, first)
            row_top = max(top, min(0, self.rows.top_of(span.end - 1)))
            row = QRect(0, row_top, width, self.rows.row_height)
            yield Block(owner, rect, number, row, rects, is_current)

    def comment_rect(self, row: int, side: Side) -> QRect:
        """Return where the button that asks for a comment on a row's line is."""
        lane = next((lane for lane in self.scene.lanes if lane.side is side), self.scene.lanes[0])
        height = self.rows.row_height - 4
        return QRect(lane.left + 4, self.rows.top_of(row) + 2, height, height)

    def paint(self, painter: QPainter, region: QRegion, content: DiffContent, marks: Marks) -> None:
        """Draw what of the rows is in a region of the viewport."""
        painter.setFont(self.font)
        first, last = self.rows.visible()
        rows = content.rows[first:last]
        painter.fillRect(region.boundingRect(), self.palette.window)
        drawn = list(self._cells(content, marks, region, rows, first))
        for _number, cell in drawn:
            self.painter.ground(painter, cell, self.scene)
            divider(painter, self.scene, cell, self.palette)
        self._texts(painter, drawn)
        self._folds(painter, marks, drawn)
        for block in self.blocks(content, marks, rows, region):
            self.overlay.block(painter, block, content, marks.hovered)
        if marks.comment:
            self.overlay.comment(painter, self.comment_rect(*marks.comment))

    def _texts(self, painter: QPainter, drawn: Sequence[tuple[int, Cell]]) -> None:
        height = self._area.viewport().height()
        for lane in self.scene.lanes:
            for is_wide in (False, True):
                right = self.scene.width if is_wide else lane.right
                painter.setClipRect(lane.text, 0, right - lane.text, height)
                for number, cell in drawn:
                    if cell.lane is lane and isinstance(cell.row, WideRow) == is_wide:
                        lines = self.painter.text(painter, cell, self.scene.scrolled)
                        needed = lines * self.rows.row_height + cell.drop
                        if self.wraps and needed > cell.height:
                            self.corrections[number] = needed // self.rows.row_height
        painter.setClipping(False)

    def _heights(self, content: DiffContent, first: int, last: int, fitting: int) -> list[int]:
        return [
            _lines(row, fitting) + self._is_under(content, number, row)
            for number, row in enumerate(content.rows[first:last], first)
        ]

    def _is_under(self, content: DiffContent, number: int, row: Row) -> bool:
        """Return whether a broken line would be hidden under buttons."""
        if not self.wraps or number not in content.firsts or isinstance(row, WideRow):
            return False
        shown = row.new if isinstance(row, PairRow) else row
        return shown is not None and columns_of(shown.text) > self._beside

    def _folds(self, painter: QPainter, marks: Marks, drawn: Sequence[tuple[int, Cell]]) -> None:
        for _number, cell in drawn:
            if isinstance(cell.row, FoldRow):
                rects = self.buttons.fold_rects(cell.row, cell.top, self.scene.width)
                owner = str(cell.row.lines.start)
                self.overlay.buttons(painter, owner, rects, marks.hovered)

    def _cells(
        self,
        content: DiffContent,
        marks: Marks,
        region: QRegion,
        rows: Sequence[Row],
        first: int,
    ) -> Iterator[tuple[int, Cell]]:
        colors, search = content.colors, marks.search
        top = self.rows.top_of(first) if rows else 0
        # To ask the region about every row costs more than it takes to draw some.
        parts = [(rect.top(), rect.bottom()) for rect in region]  # type: ignore[attr-defined]
        for number, shown in enumerate(rows, first):
            height = self.rows.height_of(number)
            if any(start < top + height and end >= top for start, end in parts):
                drop = self.rows.row_height if self._is_under(content, number, shown) else 0
                is_selected = marks.selected.start <= number < marks.selected.end
                for lane, row in cells(shown, self.scene):
                    selected = is_selected and _is_on(marks.side, lane, row)
                    if row is None:
                        yield number, Cell(None, lane, top, height, selected=selected)
                        continue
                    of_new = lane.side is Side.NEW
                    yield (
                        number,
                        Cell(
                            row,
                            lane,
                            top,
                            height,
                            colors.parts(row, of_new=of_new),
                            colors.emphasis(row),
                            search.marks(row, of_new=of_new) if search.matches else (),
                            selected,
                            drop,
                        ),
                    )
            top += height


def _is_on(side: Side, lane: Lane, row: Row | None) -> bool:
    return side is Side.BOTH or lane.side is Side.BOTH or lane.side is side


def _lines(row: Row, fitting: int) -> int:
    if isinstance(row, FoldRow):
        return 1
    if isinstance(row, PairRow):
        return max(_lines(side, fitting) for side in (row.old, row.new) if side)
    text = row.text
    # A line that is short in any case need not be looked at.
    if 2 * len(text) <= fitting and "\t" not in text:
        return 1
    return max(1, -(-columns_of(text) // fitting))
