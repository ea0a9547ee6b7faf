"""The line that asks what to find, and says how often it is there."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton

from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.icons import icon
from spark_desktop.views.theme import Theme

# With Ctrl as well: it is the key beside that for the next match.
_BAR_KEYS = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _Words(QLineEdit):
    """Keeps Esc and Enter for the bar: else they would stop the model, or accept a hunk."""

    def event(self, event: QEvent) -> bool:
        """Take the key before the window's shortcuts do."""
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in _BAR_KEYS
        ):
            event.accept()
            return True
        return super().event(event)


class FindBar(QFrame):
    """Hidden until it is wanted; ``stepped`` carries 1 for the next match, -1 for the last one."""

    searched = Signal(str)
    stepped = Signal(int)
    closed = Signal()

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.setObjectName("sidehead")
        self.words = _Words()
        name = name or tr("Find in the thread")
        self.words.setPlaceholderText(name)
        self.words.setAccessibleName(name)
        self.words.setClearButtonEnabled(False)
        self.count = QLabel()
        self.count.setProperty("quiet", True)
        self.previous = _button(tr("Previous match (Shift+Enter)"))
        self.next = _button(tr("Next match (Enter)"))
        self.close_button = _button(tr("Close (Esc)"))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(4)
        row.addWidget(self.words, 1)
        row.addWidget(self.count)
        for button in (self.previous, self.next, self.close_button):
            row.addWidget(button)
        self.words.textChanged.connect(self.searched)
        self.previous.clicked.connect(lambda: self.stepped.emit(-1))
        self.next.clicked.connect(lambda: self.stepped.emit(1))
        self.close_button.clicked.connect(self.closed)
        self.show_count(0, 0, True)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        side = theme.px(16)
        for button in (self.previous, self.next, self.close_button):
            button.setIconSize(QSize(side, side))
        self.previous.setIcon(icon("previous", theme.text_secondary))
        self.next.setIcon(icon("next", theme.text_secondary))
        self.close_button.setIcon(icon("close", theme.text_secondary))

    def begin(self) -> None:
        """Ask what to find; what was asked before is selected."""
        self.show()
        self.words.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.words.selectAll()

    def show_count(self, ordinal: int, total: int, is_done: bool) -> None:
        """Say which match of how many is shown; while the search runs there may be more."""
        if not self.words.text():
            text = ""
        elif not total:
            text = tr("nothing found") if is_done else tr("searching…")
        elif not is_done:
            text = tr("{total}+", total=total)
        elif ordinal:
            text = tr("{ordinal} of {total}", ordinal=ordinal, total=total)
        else:
            text = tr("%n match(es)", "", total)
        self.count.setText(text)
        self.previous.setEnabled(total > 0)
        self.next.setEnabled(total > 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from match to match, or close."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            is_back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.stepped.emit(-1 if is_back else 1)
        else:
            super().keyPressEvent(event)


def _button(name: str) -> QToolButton:
    button = QToolButton()
    button.setToolTip(name)
    button.setAccessibleName(name)
    return button
