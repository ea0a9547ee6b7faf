"""Where equally high rows are in a scroll area."""

from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QAbstractScrollArea


class RowGeometry:
    """Rows of one height in the viewport of ``area``; places are in its logical pixels."""

    def __init__(self, area: QAbstractScrollArea, row_height: int, column_width: float) -> None:
        self.row_height = row_height
        self._area = area
        self._column_width = column_width
        self._count = 0

    def set_sizes(self, row_height: int, column_width: float) -> None:
        """Take rows of another height; ``measure`` must follow."""
        self.row_height, self._column_width = row_height, column_width

    def measure(self, count: int, width: int) -> None:
        """Set the scroll bars for ``count`` rows of which the longest is ``width`` wide."""
        self._count = count
        size: QSize = self._area.viewport().size()
        vertical, horizontal = self._area.verticalScrollBar(), self._area.horizontalScrollBar()
        vertical.setSingleStep(self.row_height)
        vertical.setPageStep(size.height())
        vertical.setRange(0, max(0, count * self.row_height - size.height()))
        horizontal.setSingleStep(round(4 * self._column_width))
        horizontal.setPageStep(size.width())
        horizontal.setRange(0, max(0, width - size.width()))

    def visible(self) -> tuple[int, int]:
        """Return the first visible row and the one after the last."""
        top = self._area.verticalScrollBar().value()
        last = (top + self._area.viewport().height()) // self.row_height + 1
        return min(top // self.row_height, max(0, self._count - 1)), min(last, self._count)

    def top_of(self, row: int) -> int:
        """Return where the row begins; negative above the viewport."""
        return row * self.row_height - self._area.verticalScrollBar().value()

    def row_at(self, place: QPoint) -> int | None:
        """Return the row at a place; None behind the last one."""
        row = (place.y() + self._area.verticalScrollBar().value()) // self.row_height
        return row if 0 <= row < self._count else None

    def offset(self) -> int:
        """Return how much of the first visible row is scrolled away."""
        return self._area.verticalScrollBar().value() % self.row_height

    def scroll_to(self, row: int, offset: int = 0) -> None:
        """Make ``row`` the first visible one, with ``offset`` pixels of it scrolled away."""
        self._area.verticalScrollBar().setValue(row * self.row_height + offset)

    def reveal(self, first: int, last: int) -> None:
        """Scroll as little as shows rows ``first`` to ``last`` (exclusive), or their beginning."""
        bar, page = self._area.verticalScrollBar(), self._area.viewport().height()
        top, height = bar.value(), self.row_height
        too_long = (last - first + 4) * height > page
        if first * height < top or (too_long and (first + 2) * height > top + page // 2):
            bar.setValue(max(0, (first - 2) * height))
        elif not too_long and (last + 1) * height > top + page:
            bar.setValue((last + 2) * height - page)
