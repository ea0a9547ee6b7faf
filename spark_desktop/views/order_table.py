"""A table whose rows are an order: moved by dragging, and by Alt with the arrow keys."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtWidgets import QTableWidget

from spark_desktop.views.tool_window import Table

_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class OrderTable(Table):
    """``moved`` carries a row and how far; ``dropped`` a row and its new place.

    ``toggled`` wants the chosen row turned on or off, ``opened`` wants it edited, and ``removed``
    wants it gone.
    """

    moved = Signal(int, int)
    dropped = Signal(int, int)
    toggled = Signal(int)
    opened = Signal(int)
    removed = Signal(int)

    def __init__(self, name: str, headings: tuple[str, ...], wide: int) -> None:
        super().__init__(name, headings, wide)
        self._drops: list[QPoint] = []
        # Not InternalMove, which would take the row out of the table once it is dropped.
        self.setDragDropMode(QTableWidget.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.CopyAction)
        self.setDragDropOverwriteMode(False)
        self.setDropIndicatorShown(True)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, turn on or off, edit or remove the chosen row."""
        row, key = self.currentRow(), Qt.Key(event.key())
        if row < 0:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier and key in _STEPS:
            self.moved.emit(row, _STEPS[key])
        elif key == Qt.Key.Key_Space:
            self.toggled.emit(row)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(row)
        elif key == Qt.Key.Key_Delete:
            self.removed.emit(row)
        else:
            super().keyPressEvent(event)

    def startDrag(self, _actions: Qt.DropAction) -> None:
        """Drag the chosen row as a copy; where it was dropped is told once the drag is over."""
        self._drops.clear()
        super().startDrag(Qt.DropAction.CopyAction)
        for point in self._drops:
            self.drop_at(point)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take note of where the dragged row was dropped; the rows come from the model."""
        if event.source() is not self or self.currentRow() < 0:
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._drops = [event.position().toPoint()]

    def drop_at(self, point: QPoint) -> None:
        """Put the chosen row where ``point`` is, between the two rows that are next to it."""
        row, target = self.currentRow(), self._place_at(point)
        # Behind itself nothing is moved: it counts no more where it goes.
        self.dropped.emit(row, target - 1 if target > row else target)

    def _place_at(self, point: QPoint) -> int:
        index = self.indexAt(point)
        if not index.isValid():
            return self.rowCount()
        is_below = point.y() > self.visualRect(index).center().y()
        return index.row() + (1 if is_below else 0)
