"""A field that opens under the diff: Ctrl+Enter keeps what is written, Esc leaves."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.elided_label import ElidedLabel
from spark_desktop.views.theme import Theme

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Drawer(QFrame):
    """Hidden until it is wanted; ``written`` carries each change of its text."""

    kept = Signal()
    left = Signal()
    written = Signal(str)

    def __init__(self, name: str, least: int, most: int) -> None:
        """``name`` is for readers of the screen; it has room for ``least`` to ``most`` lines."""
        super().__init__()
        self.setObjectName("bottom")
        self._least, self._most = least, most
        self.heading = ElidedLabel()
        self.text = QPlainTextEdit()
        self.text.setProperty("field", True)
        self.text.setAccessibleName(name)
        self.text.setTabChangesFocus(True)
        self.keep, self.leave = QPushButton(tr("Keep")), QPushButton(tr("Leave"))
        self._row = QHBoxLayout()
        self._arrange()
        self.keep.clicked.connect(self.kept)
        self.leave.clicked.connect(self.left)
        self.text.textChanged.connect(self._on_text)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take the size of type of another theme."""
        self._fit()

    def add_button(self, button: QPushButton) -> None:
        """Put another button before those that end it."""
        self._row.insertWidget(1, button)

    def begin(self, heading: str, text: str) -> None:
        """Open with a text, and the cursor behind it."""
        self.heading.setText(heading)
        self.heading.setToolTip(heading)
        self.write(text)
        self.show()
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def write(self, text: str) -> None:
        """Show a text, with the cursor behind it; what was there can be had back with Ctrl+Z."""
        if self.text.toPlainText() == text:
            return
        cursor = self.text.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(text)
        self.text.setTextCursor(cursor)

    def end(self) -> bool:
        """Close; return whether the focus was in it."""
        widgets: tuple[QWidget, ...] = (self.text, *self.findChildren(QPushButton))
        had_focus = any(widget.hasFocus() for widget in widgets)
        self.hide()
        return had_focus

    def event(self, event: QEvent) -> bool:
        """Take Esc and Ctrl+Enter before the window's shortcuts do."""
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and (event.key() == Qt.Key.Key_Escape or _is_keep(event))
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep, or leave."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif _is_keep(event):
            self.kept.emit()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Fit the height to another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _on_text(self) -> None:
        self._fit()
        self.written.emit(self.text.toPlainText())

    def _fit(self) -> None:
        lines = max(self._least, min(self._most, self.text.document().blockCount()))
        # The document's margin, the border and a little padding on both sides.
        around = 2 * round(self.text.document().documentMargin()) + 10
        self.text.setFixedHeight(lines * self.text.fontMetrics().lineSpacing() + around)

    def _arrange(self) -> None:
        self.heading.setProperty("strong", True)
        self.text.setPlaceholderText(tr("Ctrl+Enter keeps, Esc leaves"))
        self.keep.setProperty("main", True)
        self.keep.setToolTip(tr("Keep (Ctrl+Enter)"))
        self.leave.setToolTip(tr("Leave; what is written is there when you come back (Esc)"))
        self._row.setSpacing(8)
        self._row.addWidget(self.heading, 1)
        self._row.addWidget(self.leave)
        self._row.addWidget(self.keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(self._row)
        column.addWidget(self.text)


def _is_keep(event: QKeyEvent) -> bool:
    held = event.modifiers() & Qt.KeyboardModifier.ControlModifier
    return event.key() in _ENTER and bool(held)
