"""Every key of the window, in one table: the actions and the sheet are made from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QWidget


@dataclass(frozen=True, slots=True)
class Shortcut:
    """``keys`` are in Qt's portable notation; the first is the one that is shown."""

    name: str
    keys: tuple[str, ...]
    text: str
    group: str


SHORTCUTS = (
    Shortcut("accept", ("A",), "Accept the hunk", "Review"),
    Shortcut("reject", ("R",), "Reject the hunk", "Review"),
    Shortcut("next", ("N", "J"), "Next hunk", "Review"),
    Shortcut("previous", ("P", "K"), "Previous hunk", "Review"),
    Shortcut("accept_all", ("Shift+A",), "Accept all hunks", "Review"),
    Shortcut("reject_all", ("Shift+R",), "Reject all hunks", "Review"),
    Shortcut("stop", ("Esc",), "Stop the model", "Review"),
    Shortcut("undo", ("Ctrl+Z",), "Undo the last applied change", "Review"),
    Shortcut("redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Redo it", "Review"),
    Shortcut("ask", ("Ctrl+L",), "Ask a question", "Chat"),
    Shortcut("edit", ("Ctrl+E",), "Type an edit", "Chat"),
    Shortcut("new_thread", ("Ctrl+N",), "New thread", "Chat"),
    Shortcut("find", ("Ctrl+F",), "Find in the thread", "Chat"),
    Shortcut("open_folder", ("Ctrl+O",), "Open a folder", "Window"),
    Shortcut("open_file", ("Ctrl+P",), "Show a file of the folder", "Window"),
    Shortcut("changes", ("Ctrl+1",), "Show or hide the changes", "Window"),
    Shortcut("chat", ("Ctrl+2",), "Show or hide the chat", "Window"),
    Shortcut("lab", ("Ctrl+3",), "Speed lab", "Window"),
    Shortcut("theme", ("Ctrl+T",), "Dark or light", "Window"),
    Shortcut("help", ("?", "F1"), "This sheet", "Window"),
    Shortcut("quit", ("Ctrl+Q",), "Quit", "Window"),
    Shortcut("play", ("F5",), "Play or pause the lanes", "Speed lab"),
)

_TRIGGERS = (
    ("AI!", "A comment that ends so, saved in any editor: do it here."),
    ("AI?", "A comment that ends so: answer in the chat."),
    ("pass", "A saved function with an empty body is offered one."),
)


def key_text(name: str) -> str:
    """Return the first key of a shortcut as the system writes it; letters in lower case."""
    keys = next(shortcut.keys for shortcut in SHORTCUTS if shortcut.name == name)
    text = QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText)
    return text.lower() if len(text) == 1 else text


def bind(window: QWidget, handlers: Mapping[str, Callable[[], None]]) -> dict[str, QAction]:
    """Return one action a shortcut, active in the whole window.

    Raises KeyError for a shortcut without a handler.
    """
    actions = {}
    for shortcut in SHORTCUTS:
        action = QAction(shortcut.text, window)
        action.setShortcuts([QKeySequence(keys) for keys in shortcut.keys])
        handler = handlers[shortcut.name]
        action.triggered.connect(lambda _checked=False, handler=handler: handler())
        window.addAction(action)
        actions[shortcut.name] = action
    return actions


class ShortcutSheet(QDialog):
    """Lists what starts a proposal, and every key; it does not block the window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Triggers and keys")
        self.setModal(False)
        grid = QGridLayout(self)
        grid.setContentsMargins(24, 16, 24, 24)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        row = _heading(grid, 0, "What starts a proposal")
        for key, text in _TRIGGERS:
            row = _line(grid, row, key, text)
        group = ""
        for shortcut in SHORTCUTS:
            if shortcut.group != group:
                group = shortcut.group
                row = _heading(grid, row, group)
            row = _line(grid, row, key_text(shortcut.name), shortcut.text)

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
