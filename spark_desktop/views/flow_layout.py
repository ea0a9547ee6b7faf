"""Widgets in a row that goes on in the next where the width ends, as words do."""

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget, QWidgetItem

# More than any height, in pixels.
_ANY = 100_000


class FlowLayout(QLayout):
    """``spacing`` pixels between widgets and rows; widgets have their preferred sizes."""

    def __init__(self, spacing: int) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        # Heights by width: Qt asks for them dozens of times before anything changes.
        self._heights: dict[int, int] = {}
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def insert_widget(self, place: int, widget: QWidget) -> None:
        """Put a widget before what stands at a place."""
        self.addChildWidget(widget)
        self._items.insert(place, QWidgetItem(widget))
        self.invalidate()

    def addItem(self, item: QLayoutItem) -> None:
        """Put an item behind all others."""
        self._items.append(item)

    def count(self) -> int:
        """Return how many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return an item; None behind the last."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Take an item out; None behind the last."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Return none: it takes no more than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Return True: less width takes more rows."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of the rows within a width, in pixels."""
        known = self._heights.get(width)
        if known is None:
            known = self._heights[width] = self._place(QRect(0, 0, width, 0), is_test=True)
        return known

    def invalidate(self) -> None:
        """Forget what was computed: an item is new, gone, hidden or of another size."""
        self._heights.clear()
        super().invalidate()

    def setGeometry(self, rect: QRect) -> None:
        """Place the items."""
        super().setGeometry(rect)
        self._place(rect, is_test=False)

    def sizeHint(self) -> QSize:
        """Return the size of one row with everything in it."""
        hints = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(hint.width() for hint in hints) + self.spacing() * max(0, len(hints) - 1)
        size = QSize(width, max((hint.height() for hint in hints), default=0))
        return size.grownBy(self.contentsMargins())

    def minimumSize(self) -> QSize:
        """Return the size of the largest item."""
        size = QSize()
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.sizeHint())
        return size.grownBy(self.contentsMargins())

    def _place(self, rect: QRect, *, is_test: bool) -> int:
        edges = self.contentsMargins()
        inside = rect.marginsRemoved(edges)
        y = inside.top()
        for row in self._rows(inside.width()):
            height = max(hint.height() for _item, hint in row)
            x = inside.left()
            for item, hint in row if not is_test else ():
                # In the middle of its row: a label beside a button stands at the button's text.
                top = y + (height - hint.height()) // 2
                item.setGeometry(QRect(QPoint(x, top), hint))
                x += hint.width() + self.spacing()
            y += height + self.spacing()
        return max(inside.top(), y - self.spacing()) - rect.top() + edges.bottom()

    def _rows(self, width: int) -> Iterator[list[tuple[QLayoutItem, QSize]]]:
        row: list[tuple[QLayoutItem, QSize]] = []
        used = 0
        for item in self._items:
            if item.isEmpty():
                continue
            # What is wider than the row is cut, not pushed out of it.
            hint = item.sizeHint().boundedTo(QSize(max(1, width), _ANY))
            if row and used + hint.width() > width:
                yield row
                row, used = [], 0
            row.append((item, hint))
            used += hint.width() + self.spacing()
        if row:
            yield row
