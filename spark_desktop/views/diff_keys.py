"""The keys inside a diff: from row to row, selecting, copying, opening folds."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from spark_desktop.viewmodels.diff_rows import FoldRow
from spark_desktop.views.diff_lanes import Side

if TYPE_CHECKING:
    from spark_desktop.views.diff_view import DiffView

_SHIFT = Qt.KeyboardModifier.ShiftModifier
_COPY_PATCH = QKeyCombination(Qt.KeyboardModifier.ControlModifier | _SHIFT, Qt.Key.Key_C)
_OPEN_UP = QKeyCombination(Qt.KeyboardModifier.AltModifier, Qt.Key.Key_Up)
_OPEN_DOWN = QKeyCombination(Qt.KeyboardModifier.AltModifier, Qt.Key.Key_Down)
_COMMENT = QKeyCombination(Qt.KeyboardModifier.NoModifier, Qt.Key.Key_C)
_MOVES = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -1,
    Qt.Key.Key_PageDown: 1,
    Qt.Key.Key_Home: 0,
    Qt.Key.Key_End: 0,
}
_PAGES = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class DiffKeys:
    """Takes the keys of ``view``."""

    def __init__(self, view: "DiffView") -> None:
        self._view = view

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key says; return False where it says nothing here."""
        view, cursor = self._view, self._view.selection.cursor
        if event.keyCombination() == _COPY_PATCH:
            view.copy(as_patch=True)
        elif event.matches(QKeySequence.StandardKey.Copy):
            view.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll) and view.content.rows:
            view.select(0, len(view.content.rows) - 1, self._side())
        elif event.keyCombination() in (_OPEN_UP, _OPEN_DOWN) and cursor is not None:
            is_up = event.keyCombination() == _OPEN_UP
            self._open_near(cursor, "fold_up" if is_up else "fold_down")
        elif event.keyCombination() == _COMMENT and cursor is not None:
            view.request_comment()
        elif event.key() in _MOVES:
            self._move(Qt.Key(event.key()), bool(event.modifiers() & _SHIFT))
        elif event.key() in _ENTER and cursor is not None:
            self._enter(cursor)
        elif event.key() == Qt.Key.Key_Escape and cursor is not None:
            view.unselect()
        else:
            return False
        return True

    def _move(self, key: Qt.Key, extends: bool) -> None:
        view, count = self._view, len(self._view.content.rows)
        if not count:
            return
        cursor, anchor = view.selection.cursor, view.selection.anchor
        first, last = view.rows.visible()
        by = _MOVES[key] * (max(1, last - first - 2) if key in _PAGES else 1)
        if key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            row = 0 if key == Qt.Key.Key_Home else count - 1
        elif cursor is None:
            row = first if key not in _PAGES else first + by
        else:
            row = cursor + by
        row = min(max(row, 0), count - 1)
        view.select(anchor if extends and anchor is not None else row, row, self._side())
        bar = view.verticalScrollBar()
        if row == 0:
            bar.setValue(bar.minimum())
        elif row == count - 1:
            bar.setValue(bar.maximum())
        view.rows.reveal(row, row + 1)
        view.read_row()

    def _side(self) -> Side:
        """Return the text that is selected by key: side by side the new one, unless chosen."""
        view = self._view
        if not view.content.is_split:
            return Side.BOTH
        return Side.NEW if view.selection.side is Side.BOTH else view.selection.side

    def _open_near(self, row: int, how: str) -> None:
        """Open a piece of the fold at a row, or next to it in the direction of the key."""
        rows = self._view.content.rows
        step = -1 if how == "fold_up" else 1
        for near in (row, row + step):
            if 0 <= near < len(rows) and isinstance(rows[near], FoldRow):
                self._view.open_fold(near, how)
                return

    def _enter(self, row: int) -> None:
        hunk = self._view.content.hunk_at(row)
        if hunk:
            self._view.hunk_clicked.emit(hunk)
        else:
            self._view.open_fold(row)
