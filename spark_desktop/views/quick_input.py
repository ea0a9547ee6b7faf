"""Where a quick question is typed: Enter asks, arrows at its ends go through earlier ones."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit

from spark_desktop.viewmodels.translation import tr

_MOST_LINES = 6
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class QuickInput(QPlainTextEdit):
    """Grows with its text up to six lines.

    ``copied`` tells of Copy where nothing is selected in it; ``window_keys`` are left to the window
    though an editor would take some of them.
    """

    asked = Signal()
    older = Signal()
    newer = Signal()
    copied = Signal()

    def __init__(self, window_keys: tuple[QKeySequence, ...]) -> None:
        super().__init__()
        self._window_keys = window_keys
        self.setObjectName("quickinput")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setPlaceholderText(tr("Ask anything…"))
        self.setAccessibleName(tr("Quick question"))
        self.textChanged.connect(self._fit)
        self._fit()

    def show_text(self, text: str) -> None:
        """Show a question, the cursor at its end."""
        self.setPlainText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def offer(self, text: str) -> None:
        """Show a question in place of what is typed, which Undo brings back."""
        cursor = self.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def event(self, event: QEvent) -> bool:
        """Leave the window's keys to the window."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.ShortcutOverride
            and QKeySequence(event.keyCombination()) in self._window_keys
        ):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ask on Enter (with Shift it begins a line); leave the text upwards or downwards."""
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        is_plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        if event.key() in _ENTER and not shift:
            self.asked.emit()
        elif event.matches(QKeySequence.StandardKey.Copy) and not self.textCursor().hasSelection():
            self.copied.emit()
        elif is_plain and event.key() == Qt.Key.Key_Up and self._is_at(upwards=True):
            self.older.emit()
        elif is_plain and event.key() == Qt.Key.Key_Down and self._is_at(upwards=False):
            self.newer.emit()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Fit the height to another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _is_at(self, *, upwards: bool) -> bool:
        # By the lines on the screen: a long question is wrapped.
        cursor = self.textCursor()
        if cursor.hasSelection():
            # All of it is selected when the window comes: the arrows go to earlier questions.
            return True
        way = QTextCursor.MoveOperation.Up if upwards else QTextCursor.MoveOperation.Down
        return not cursor.movePosition(way)

    def _fit(self) -> None:
        wanted = round(self.document().size().height())
        lines = max(1, min(_MOST_LINES, wanted))
        policy = Qt.ScrollBarPolicy
        # One pixel of rounding would show a bar for a text that fits.
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if wanted > lines else policy.ScrollBarAlwaysOff
        )
        margins = 2 * round(self.document().documentMargin())
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + margins)
