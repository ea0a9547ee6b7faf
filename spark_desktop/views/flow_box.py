"""Widgets one after the other, in as many rows as the width needs."""

from collections.abc import Iterable

from PySide6.QtCore import QRect
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget


class FlowBox(QWidget):
    """Breaks rows like text; a widget wider than a row gets the row's width."""

    def __init__(self, spacing: int = 4) -> None:
        super().__init__()
        self._spacing = spacing
        self._widgets: list[QWidget] = []

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        """Return the widgets in their order."""
        return tuple(self._widgets)

    def set_widgets(self, widgets: Iterable[QWidget]) -> None:
        """Hold these widgets instead of those before, which go."""
        for old in self._widgets:
            old.hide()
            old.deleteLater()
        self._widgets = list(widgets)
        for widget in self._widgets:
            widget.setParent(self)
            widget.show()
        self._lay(self.width(), only_measure=False)

    def row_height(self) -> int:
        """Return the height of the tallest widget, in pixels."""
        return max((widget.sizeHint().height() for widget in self._widgets), default=0)

    def height_of(self, rows: int) -> int:
        """Return the height of so many rows, in pixels."""
        return rows * self.row_height() + (rows - 1) * self._spacing

    def heightForWidth(self, width: int) -> int:
        """Return the height of all rows at this width, in pixels."""
        return self._lay(width, only_measure=True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the widgets for the new width."""
        super().resizeEvent(event)
        self._lay(event.size().width(), only_measure=False)

    def _lay(self, room: int, *, only_measure: bool) -> int:
        x = y = tall = 0
        for widget in self._widgets:
            hint = widget.sizeHint()
            width = min(hint.width(), room)
            if x > 0 and x + width > room:
                x, y, tall = 0, y + tall + self._spacing, 0
            if not only_measure:
                widget.setGeometry(QRect(x, y, width, hint.height()))
            x += width + self._spacing
            tall = max(tall, hint.height())
        return y + tall
