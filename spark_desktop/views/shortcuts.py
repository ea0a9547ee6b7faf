"""Every key of the window, in one table: the actions and all that shows them are made from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from spark_desktop.domain.words import say
from spark_desktop.viewmodels.translation import in_language

_PORTABLE = QKeySequence.SequenceFormat.PortableText


# What is held, not pressed, and what Qt cannot read.
_NO_KEYS = frozenset(
    (
        Qt.Key.Key_unknown,
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_Meta,
        Qt.Key.Key_AltGr,
    )
)


class Need(Enum):
    """What must be there for an action to do something."""

    NOTHING = "nothing"
    PROJECT = say("an open folder")
    PROPOSAL = say("a proposal to decide on")
    REVIEW = say("a proposal in the review")
    LAB = say("the speed lab")
    SELECTION = say("selected lines of a file")
    SNOOZE = say("a snooze")


@dataclass(frozen=True, slots=True)
class Shortcut:
    """An action and its usual keys, in Qt's portable notation; the first is the one that is shown.

    ``text`` is a literal, or what ``say`` returns for one.
    """

    name: str
    keys: tuple[str, ...]
    text: str
    group: str
    needs: Need = Need.NOTHING

    @property
    def label(self) -> str:
        """Return what the action does, in the user's language."""
        return in_language(self.text)


_REVIEW, _CHAT, _WINDOW, _LAB = say("Review"), say("Chat"), say("Window"), say("Speed lab")

SHORTCUTS = (
    Shortcut("accept", ("A",), say("Accept the hunk"), _REVIEW, Need.PROPOSAL),
    Shortcut("reject", ("R",), say("Reject the hunk"), _REVIEW, Need.PROPOSAL),
    Shortcut("next", ("J", "N", "Ctrl+Down"), say("Next hunk"), _REVIEW, Need.REVIEW),
    Shortcut("previous", ("K", "P", "Ctrl+Up"), say("Previous hunk"), _REVIEW, Need.REVIEW),
    Shortcut("next_file", ("]", "Shift+J"), say("Next file of the answer"), _REVIEW, Need.REVIEW),
    Shortcut(
        "previous_file", ("[", "Shift+K"), say("Previous file of the answer"), _REVIEW, Need.REVIEW
    ),
    Shortcut("accept_file", ("Shift+A",), say("Accept the file"), _REVIEW, Need.PROPOSAL),
    Shortcut("reject_file", ("Shift+R",), say("Reject the file"), _REVIEW, Need.PROPOSAL),
    Shortcut(
        "accept_all",
        ("Ctrl+Return", "Ctrl+Enter"),
        say("Accept all hunks"),
        _REVIEW,
        Need.PROPOSAL,
    ),
    Shortcut(
        "reject_all",
        ("Ctrl+Shift+R",),
        say("Reject all hunks"),
        _REVIEW,
        Need.PROPOSAL,
    ),
    Shortcut("split", ("S",), say("Split the hunk"), _REVIEW, Need.PROPOSAL),
    Shortcut("edit_hunk", ("E",), say("Edit the proposed lines"), _REVIEW, Need.PROPOSAL),
    Shortcut("undo_decision", ("U",), say("Undo the last decision"), _REVIEW, Need.REVIEW),
    Shortcut("comment", ("C",), say("Comment on a line"), _REVIEW, Need.REVIEW),
    Shortcut("layout", ("V",), say("One column, or side by side"), _REVIEW, Need.REVIEW),
    Shortcut("wrap", ("W",), say("Wrap long lines, or not"), _REVIEW, Need.PROJECT),
    Shortcut(
        "quick_actions",
        ("Ctrl+.",),
        say("Quick actions of the selected lines"),
        _REVIEW,
        Need.PROJECT,
    ),
    Shortcut("explain", (), say("Explain the selected lines"), _REVIEW, Need.SELECTION),
    Shortcut("fix", (), say("Fix the selected lines"), _REVIEW, Need.SELECTION),
    Shortcut("document", (), say("Document the selected lines"), _REVIEW, Need.SELECTION),
    Shortcut("test", (), say("Write a test of the selected lines"), _REVIEW, Need.SELECTION),
    Shortcut("simplify", (), say("Simplify the selected lines"), _REVIEW, Need.SELECTION),
    Shortcut("stop", ("Esc",), say("Stop the model"), _REVIEW, Need.PROJECT),
    Shortcut("undo", ("Ctrl+Z",), say("Undo the last applied change"), _REVIEW, Need.PROJECT),
    Shortcut("redo", ("Ctrl+Shift+Z", "Ctrl+Y"), say("Redo it"), _REVIEW, Need.PROJECT),
    Shortcut("history", ("Ctrl+H",), say("History of the steps"), _REVIEW, Need.PROJECT),
    Shortcut("ask", ("Ctrl+L",), say("Ask a question"), _CHAT, Need.PROJECT),
    Shortcut("edit", ("Ctrl+E",), say("Type an edit"), _CHAT, Need.PROJECT),
    Shortcut("new_thread", ("Ctrl+N",), say("New thread"), _CHAT, Need.PROJECT),
    Shortcut("search_threads", ("Ctrl+Shift+F",), say("Search the threads"), _CHAT, Need.PROJECT),
    Shortcut("find", ("Ctrl+F",), say("Find in the thread, or the diff"), _CHAT, Need.PROJECT),
    Shortcut("open_folder", ("Ctrl+O",), say("Open a folder"), _WINDOW),
    Shortcut("open_file", ("Ctrl+P",), say("Show a file of the folder"), _WINDOW, Need.PROJECT),
    Shortcut("changes", ("Ctrl+1",), say("Show or hide the changes"), _WINDOW, Need.PROJECT),
    Shortcut("chat", ("Ctrl+2",), say("Show or hide the chat"), _WINDOW, Need.PROJECT),
    Shortcut("lab", ("Ctrl+3",), say("Speed lab"), _WINDOW, Need.PROJECT),
    Shortcut("theme", ("Ctrl+T",), say("Dark or light theme"), _WINDOW),
    Shortcut("bigger", ("Ctrl++", "Ctrl+="), say("Bigger type (zoom in)"), _WINDOW),
    Shortcut("smaller", ("Ctrl+-",), say("Smaller type (zoom out)"), _WINDOW),
    Shortcut("usual_size", ("Ctrl+0",), say("The usual size of type"), _WINDOW),
    Shortcut(
        "palette",
        ("Ctrl+K", "Ctrl+Shift+P"),
        say("Find an action, a file or a thread"),
        _WINDOW,
    ),
    Shortcut("menu", ("F10",), say("Menu of all actions"), _WINDOW),
    Shortcut("quick", (), say("Quick prompt"), _WINDOW),
    Shortcut("pause", (), say("Pause watching, or go on"), _WINDOW, Need.PROJECT),
    Shortcut("quiet", (), say("Quiet mode, on or off"), _WINDOW, Need.PROJECT),
    Shortcut("snooze_quarter", (), say("Snooze for 15 minutes"), _WINDOW, Need.PROJECT),
    Shortcut("snooze_hour", (), say("Snooze for an hour"), _WINDOW, Need.PROJECT),
    Shortcut("snooze_morning", (), say("Snooze until tomorrow morning"), _WINDOW, Need.PROJECT),
    Shortcut("wake", (), say("End the snooze"), _WINDOW, Need.SNOOZE),
    Shortcut("settings", ("Ctrl+,",), say("Settings"), _WINDOW),
    Shortcut("keys", (), say("Change keys"), _WINDOW),
    Shortcut("endpoints", ("Ctrl+Shift+E",), say("Endpoints"), _WINDOW),
    Shortcut("models", ("Ctrl+M",), say("Models"), _WINDOW),
    Shortcut("doctor", ("Ctrl+Shift+D",), say("Doctor"), _WINDOW),
    Shortcut("self_test", (), say("Self-test"), _WINDOW),
    Shortcut("connections", ("Ctrl+Shift+H",), say("Connections"), _WINDOW),
    Shortcut("times", ("Ctrl+Shift+T",), say("Where the time went"), _WINDOW),
    Shortcut("about", (), say("About Spark"), _WINDOW),
    Shortcut("updates", (), say("Updates"), _WINDOW),
    Shortcut("help", ("?", "F1"), say("This sheet"), _WINDOW),
    Shortcut("quit", ("Ctrl+Q",), say("Quit"), _WINDOW),
    Shortcut("play", ("F5",), say("Play or pause the lanes"), _LAB, Need.LAB),
)

# The panel of the review does these itself: they are about what is on the screen there.
PANEL_KEYS = ("split", "edit_hunk", "comment", "layout", "wrap")


def grouped() -> dict[str, list[Shortcut]]:
    """Return the actions by their group, both in the table's order."""
    groups: dict[str, list[Shortcut]] = {}
    for shortcut in SHORTCUTS:
        groups.setdefault(shortcut.group, []).append(shortcut)
    return groups


_USUAL = {shortcut.name: shortcut.keys for shortcut in SHORTCUTS}


class Keyboard(QObject):
    """The keys in use; there is one in the program, as there is one palette of colours."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._chosen: dict[str, tuple[str, ...]] = {}

    def keys(self, name: str) -> tuple[str, ...]:
        """Return the keys of an action, in portable notation. Raises KeyError for an unknown one.

        What the user has written is passed over where it is no key.
        """
        keys = self._chosen.get(name)
        if keys is None:
            return _USUAL[name]
        return tuple(key for key in map(portable, keys) if key)

    def use(self, chosen: Mapping[str, tuple[str, ...]]) -> None:
        """Take the user's keys; an action that is not named has its usual ones."""
        if dict(chosen) != self._chosen:
            self._chosen = dict(chosen)
            self.changed.emit()


KEYBOARD = Keyboard()


def portable(key: str) -> str:
    """Return a key as Qt writes it for any system; empty where it is none."""
    sequence = QKeySequence.fromString(key, _PORTABLE)
    pressed = [
        sequence[number].key()  # type: ignore[index]
        for number in range(sequence.count())
    ]
    if any(one in _NO_KEYS for one in pressed):
        return ""
    return sequence.toString(_PORTABLE)


def native(key: str) -> str:
    """Return a portable key as this system writes it."""
    sequence = QKeySequence.fromString(key, _PORTABLE)
    return sequence.toString(QKeySequence.SequenceFormat.NativeText)


def key_text(name: str) -> str:
    """Return the first key of an action as the system writes it; empty where it has none.

    Letters are in lower case.
    """
    keys = KEYBOARD.keys(name)
    text = native(keys[0]) if keys else ""
    return text.lower() if len(text) == 1 else text


def with_key(text: str, name: str) -> str:
    """Return a text with the key of an action behind it in brackets, if it has one."""
    key = key_text(name)
    return f"{text} ({key})" if key else text


def show_key(widget: QWidget, name: str, text: str) -> None:
    """Let a widget's tooltip be ``text`` and the key of an action, whichever that is."""
    for old in widget.findChildren(_KeyTip):
        old.setParent(None)
    _KeyTip(widget, name, text)


class _KeyTip(QObject):
    def __init__(self, widget: QWidget, name: str, text: str) -> None:
        super().__init__(widget)
        self._widget, self._name, self._text = widget, name, text
        KEYBOARD.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self._widget.setToolTip(with_key(self._text, self._name))


def bind(window: QWidget, handlers: Mapping[str, Callable[[], None]]) -> dict[str, QAction]:
    """Return one action a shortcut, active in the whole window.

    Raises KeyError for a shortcut without a handler.
    """
    actions = {}
    for shortcut in SHORTCUTS:
        action = QAction(shortcut.label, window)
        action.setMenuRole(_ROLES.get(shortcut.name, QAction.MenuRole.NoRole))
        handler = handlers[shortcut.name]
        action.triggered.connect(lambda _checked=False, handler=handler: handler())
        window.addAction(action)
        actions[shortcut.name] = action
    _Bound(window, actions)
    return actions


# Where macOS wants them.
_ROLES = {
    "settings": QAction.MenuRole.PreferencesRole,
    "about": QAction.MenuRole.AboutRole,
    "quit": QAction.MenuRole.QuitRole,
}


class _Bound(QObject):
    def __init__(self, window: QWidget, actions: dict[str, QAction]) -> None:
        super().__init__(window)
        self._actions = actions
        KEYBOARD.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        for name, action in self._actions.items():
            keys = [QKeySequence.fromString(key, _PORTABLE) for key in KEYBOARD.keys(name)]
            if action.shortcuts() != keys:
                action.setShortcuts(keys)
