"""A sheet that lists what starts a proposal, and every key."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.domain.words import say
from spark_desktop.viewmodels.translation import in_language, tr
from spark_desktop.views.shortcuts import KEYBOARD, grouped, key_text

_TRIGGERS = (
    ("AI!", say("A comment that ends so, saved in any editor: do it here.")),
    ("AI?", say("A comment that ends so: answer in the chat.")),
    ("pass", say("A saved function with an empty body is offered one.")),
)


class ShortcutSheet(QDialog):
    """Lists what starts a proposal, and every key; it does not block the window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Triggers and keys"))
        self.setModal(False)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setAccessibleName(tr("Triggers and keys"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._scroll)
        KEYBOARD.changed.connect(self.render_state)
        self.render_state()

    def render_state(self) -> None:
        """Show the keys that are in use now."""
        page = QWidget()
        page.setObjectName("sheet")
        grid = QGridLayout(page)
        grid.setContentsMargins(24, 16, 24, 24)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        row = _heading(grid, 0, tr("What starts a proposal"))
        for key, text in _TRIGGERS:
            row = _line(grid, row, key, in_language(text))
        for group, shortcuts in grouped().items():
            row = _heading(grid, row, in_language(group))
            # What has no key is found in the palette; here it would stand beside a hole.
            for shortcut in filter(lambda one: key_text(one.name), shortcuts):
                row = _line(grid, row, key_text(shortcut.name), shortcut.label)
        self._scroll.setWidget(page)
        # As high as it is, where the window leaves it the room.
        hint, parent = page.sizeHint(), self.parentWidget()
        most = hint.height() if parent is None else parent.window().height()
        bar = self._scroll.verticalScrollBar().sizeHint().width()
        self.resize(hint.width() + bar, min(hint.height(), most))

    @property
    def text(self) -> str:
        """Return all that the sheet says."""
        return "\n".join(label.text() for label in self.findChildren(QLabel))


def _heading(grid: QGridLayout, row: int, text: str) -> int:
    label = QLabel(text)
    label.setProperty("strong", True)
    label.setContentsMargins(0, 8, 0, 0)
    grid.addWidget(label, row, 0, 1, 2)
    return row + 1


def _line(grid: QGridLayout, row: int, key: str, text: str) -> int:
    label = QLabel(key)
    label.setObjectName("key")
    grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignLeft)
    grid.addWidget(QLabel(text), row, 1)
    return row + 1
