"""Where the rows are in a scroll area: equally high ones, or some that are several lines high."""

from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QAbstractScrollArea

from spark_desktop.views.diff_heights import RowHeights


class RowGeometry:
    """Rows in the viewport of ``area``; places are in its logical pixels."""

    def __init__(self, area: QAbstractScrollArea, row_height: int, column_width: float) -> None:
        self.row_height = row_height
        self.heights: RowHeights | None = None
        self._area = area
        self._column_width = column_width
        self._count = 0

    def set_sizes(self, row_height: int, column_width: float) -> None:
        """Take rows of another height; ``measure`` must follow."""
        self.row_height, self._column_width = row_height, column_width

    def measure(self, count: int, width: int, heights: RowHeights | None = None) -> None:
        """Set the scroll bars for ``count`` rows of which the longest is ``width`` wide.

        ``heights`` are those of rows that are broken, None where every row is one line.
        """
        self._count, self.heights = count, heights
        size: QSize = self._area.viewport().size()
        vertical, horizontal = self._area.verticalScrollBar(), self._area.horizontalScrollBar()
        vertical.setSingleStep(self.row_height)
        vertical.setPageStep(size.height())
        self.settle()
        horizontal.setSingleStep(round(4 * self._column_width))
        horizontal.setPageStep(size.width())
        horizontal.setRange(0, max(0, width - size.width()))

    def settle(self) -> None:
        """Let the scroll bar go as far as the rows do, which may have become higher."""
        page = self.page()
        self._area.verticalScrollBar().setRange(0, max(0, self.height() - page))

    def height(self) -> int:
        """Return the height of all rows."""
        lines = self._count if self.heights is None else self.heights.total
        return lines * self.row_height

    def place_of(self, row: int) -> int:
        """Return where the row begins, from the top of the first one."""
        lines = row if self.heights is None else self.heights.top(row)
        return lines * self.row_height

    def page(self) -> int:
        """Return the height of the viewport."""
        return self._area.viewport().height()

    def visible(self) -> tuple[int, int]:
        """Return the first visible row and the one after the last."""
        top = self._area.verticalScrollBar().value()
        bottom = top + self._area.viewport().height()
        first = min(self._row_at(top), max(0, self._count - 1))
        return first, min(self._row_at(bottom) + 1, self._count)

    def top_of(self, row: int) -> int:
        """Return where the row begins; negative above the viewport."""
        return self.place_of(row) - self._area.verticalScrollBar().value()

    def height_of(self, row: int) -> int:
        """Return how high a row is."""
        return self.row_height * (1 if self.heights is None else self.heights.lines(row))

    def row_at(self, place: QPoint) -> int | None:
        """Return the row at a place; None behind the last one."""
        y = place.y() + self._area.verticalScrollBar().value()
        return self._row_at(y) if 0 <= y < self.height() else None

    def offset(self) -> int:
        """Return how much of the first visible row is scrolled away."""
        top = self._area.verticalScrollBar().value()
        return top - self.place_of(self.visible()[0])

    def scroll_to(self, row: int, offset: int = 0) -> None:
        """Make ``row`` the first visible one, with ``offset`` pixels of it scrolled away."""
        place = self.place_of(row)
        self.settle()
        self._area.verticalScrollBar().setValue(place + offset)

    def reveal(self, first: int, last: int) -> None:
        """Scroll as little as shows rows ``first`` to ``last`` (exclusive), or their beginning."""
        bar, page = self._area.verticalScrollBar(), self.page()
        start, end = self.place_of(first), self.place_of(last)
        self.settle()
        top, height = bar.value(), self.row_height
        too_long = end - start + 4 * height > page
        if start < top or (too_long and start + 2 * height > top + page // 2):
            bar.setValue(max(0, start - 2 * height))
        elif not too_long and end + height > top + page:
            bar.setValue(end + 2 * height - page)

    def _row_at(self, y: int) -> int:
        line = y // self.row_height
        return line if self.heights is None else self.heights.row_at(line)
