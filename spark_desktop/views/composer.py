"""Where the user types: Enter sends, Shift+Enter begins a line."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
)

from spark_desktop.viewmodels.chat import Mode
from spark_desktop.views.elided_label import ElidedLabel

_MOST_LINES = 8


class ComposerText(QPlainTextEdit):
    """Grows with its text up to eight lines; ``focused`` tells the frame around it."""

    entered = Signal()
    focused = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Composer")
        self.textChanged.connect(self._fit)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Send on Enter; with Shift it begins a line."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.entered.emit()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell the frame."""
        super().focusInEvent(event)
        self.focused.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell the frame."""
        super().focusOutEvent(event)
        self.focused.emit(False)

    def changeEvent(self, event: QEvent) -> None:
        """Fit the height to another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        lines = max(2, min(_MOST_LINES, round(self.document().size().height())))
        margins = 2 * round(self.document().documentMargin())
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + margins)


class Composer(QFrame):
    """Text, the two modes, what they are about, and one button: Send or Stop."""

    sent = Signal(str)
    stopped = Signal()
    mode_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("composer")
        self.editor = ComposerText()
        self.ask, self.edit = QToolButton(), QToolButton()
        self.target = ElidedLabel()
        self.button = QPushButton()
        self._is_answering = False
        self._arrange()
        self.editor.entered.connect(self._send)
        self.editor.focused.connect(self._show_focus)
        self.editor.textChanged.connect(self._show_button)
        self.button.clicked.connect(self._clicked)
        self.ask.clicked.connect(lambda: self.mode_chosen.emit(Mode.ASK))
        self.edit.clicked.connect(lambda: self.mode_chosen.emit(Mode.EDIT))
        self._show_button()

    def show_mode(self, mode: Mode, target: str, placeholder: str) -> None:
        """Show what the text will be, and what it will be about."""
        self.ask.setChecked(mode is Mode.ASK)
        self.edit.setChecked(mode is Mode.EDIT)
        self.target.setText(target)
        self.target.setToolTip(target)
        self.editor.setPlaceholderText(placeholder)
        # Qt draws a placeholder that became another only with the next repaint.
        self.editor.viewport().update()
        self.editor.setAccessibleDescription(f"{placeholder} About {target}.")

    def show_answering(self, is_answering: bool) -> None:
        """Offer Stop while an answer streams, else Send."""
        self._is_answering = is_answering
        self._show_button()

    def give_back(self, text: str) -> None:
        """Restore a text that could not be sent, unless another was begun."""
        if not self.editor.toPlainText():
            self.editor.setPlainText(text)

    def put(self, text: str) -> None:
        """Show a text to be changed and sent; Ctrl+Z brings back what stood there."""
        cursor = self.editor.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        self.editor.setTextCursor(cursor)

    def _arrange(self) -> None:
        modes = QButtonGroup(self)
        for button, text in ((self.ask, "Ask"), (self.edit, "Edit")):
            button.setText(text)
            button.setCheckable(True)
            modes.addButton(button)
        self.ask.setToolTip("Ask about the code (Ctrl+L)")
        self.edit.setToolTip("Say what to change in the open file, or its selected lines (Ctrl+E)")
        self.target.setProperty("quiet", True)
        self.target.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.ask)
        row.addWidget(self.edit)
        row.addSpacing(4)
        row.addWidget(self.target, 1)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        column.addWidget(self.editor)
        column.addLayout(row)

    def _send(self) -> None:
        text = self.editor.toPlainText()
        if text.strip():
            self.editor.clear()
            self.sent.emit(text)

    def _clicked(self) -> None:
        if self._is_answering:
            self.stopped.emit()
        else:
            self._send()

    def _show_button(self) -> None:
        has_text = bool(self.editor.toPlainText().strip())
        self.button.setText("Stop" if self._is_answering else "Send")
        tip = "Stop the answer (Esc)" if self._is_answering else "Send (Enter)"
        self.button.setToolTip(tip)
        self.button.setEnabled(self._is_answering or has_text)

    def _show_focus(self, is_focused: bool) -> None:
        self.setProperty("focused", is_focused)
        self.style().unpolish(self)
        self.style().polish(self)
