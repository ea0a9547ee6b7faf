"""The keys of every action: change them by pressing others; what clashes is said at once."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QKeySequenceEdit,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.viewmodels.key_map import Clash, clashes, is_letter
from spark_desktop.viewmodels.settings import SettingsViewModel
from spark_desktop.viewmodels.translation import in_language, tr
from spark_desktop.views.flow_layout import FlowLayout
from spark_desktop.views.shortcuts import KEYBOARD, SHORTCUTS, Shortcut, grouped, native, portable

_PORTABLE = QKeySequence.SequenceFormat.PortableText
_LABELS = {shortcut.name: shortcut for shortcut in SHORTCUTS}


def keys_in_use() -> dict[str, tuple[str, ...]]:
    """Return the keys of every action, in portable notation."""
    return {shortcut.name: KEYBOARD.keys(shortcut.name) for shortcut in SHORTCUTS}


def strangers(chosen: Iterable[tuple[str, tuple[str, ...]]]) -> list[str]:
    """Return a sentence for each thing in the user's keys that means nothing here."""
    said: list[str] = []
    for name, keys in chosen:
        if name not in _LABELS:
            said.append(tr("keys.{name} is no action of this window.", name=name))
        said += [
            tr("keys.{name}: {key} is no key.", name=name, key=repr(key))
            for key in keys
            if name in _LABELS and not portable(key)
        ]
    return said


class KeyLine(QFrame):
    """One action: its keys as buttons that take one away, a field for another, what clashes."""

    def __init__(self, shortcut: Shortcut, model: SettingsViewModel) -> None:
        super().__init__()
        self.shortcut = shortcut
        self._model = model
        self._candidate = ""
        self.title, self.clash = QLabel(shortcut.label), QLabel()
        self.add, self.reset = QPushButton(tr("Add a key")), QPushButton(tr("Reset"))
        self.field, self.take = QKeySequenceEdit(), QPushButton(tr("Use it all the same"))
        self.cancel = QPushButton(tr("Cancel"))
        self.chips: list[QPushButton] = []
        self._chips = FlowLayout(4)
        self._arrange()
        self.add.clicked.connect(self.begin)
        self.reset.clicked.connect(self._reset)
        self.take.clicked.connect(lambda: self._take(self._candidate))
        self.cancel.clicked.connect(self.end)
        self.field.keySequenceChanged.connect(self._pressed)
        self.end()
        self.render_state()

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys in use, in portable notation."""
        return KEYBOARD.keys(self.shortcut.name)

    def matches(self, query: str) -> bool:
        """Return whether each word of a query stands in the action's text, its name or a key."""
        parts = (self.title.text(), self.shortcut.name, in_language(self.shortcut.group))
        keys = (*self.keys, *map(native, self.keys))
        text = " ".join((*parts, *keys, tr("Keys"))).casefold()
        return all(word in text for word in query.casefold().split())

    def begin(self) -> None:
        """Wait for a key to be pressed."""
        self._candidate = ""
        self._show_field(True)
        self.field.clear()
        self.field.setFocus()

    def end(self) -> None:
        """Wait no longer."""
        had_focus = self.isAncestorOf(self.focusWidget() or self) and self.field.hasFocus()
        self._candidate = ""
        self._show_field(False)
        if had_focus:
            self.add.setFocus()
        self._render_clash()

    def render_state(self) -> None:
        """Show the keys in use, and what they clash with."""
        for chip in self.chips:
            self._chips.removeWidget(chip)
            # It goes only when the program is idle, and must not be seen until then.
            chip.hide()
            chip.deleteLater()
        self.chips = [self._chip(key) for key in self.keys]
        for place, chip in enumerate(self.chips):
            self._chips.insert_widget(place, chip)
        is_usual = self.keys == tuple(map(portable, self.shortcut.keys))
        self.reset.setVisible(not is_usual)
        self._render_clash()

    def _chip(self, key: str) -> QPushButton:
        chip = QPushButton(f"{native(key)}  \N{MULTIPLICATION SIGN}")
        chip.setObjectName("keychip")
        # Enter in the dialog's search must not press it.
        chip.setAutoDefault(False)
        chip.setToolTip(tr("Take {key} away", key=native(key)))
        chip.setAccessibleName(
            tr("Take {key} away from: {title}", key=native(key), title=self.title.text())
        )
        chip.clicked.connect(lambda: self._remove(key))
        return chip

    def _remove(self, key: str) -> None:
        self.add.setFocus()
        self._model.set_keys(self.shortcut.name, [one for one in self.keys if one != key])

    def _reset(self) -> None:
        self.add.setFocus()
        self._model.set_keys(self.shortcut.name, None)

    def _pressed(self, sequence: QKeySequence) -> None:
        key = portable(sequence.toString(_PORTABLE))
        if not key or self.field.isHidden():
            return
        if key in self.keys:
            self.end()
        elif self._clashes([key]):
            # Not taken before the user has read with what it clashes.
            self._candidate = key
            self._show_field(True)
            self._render_clash()
            self.take.setFocus()
        else:
            self._take(key)

    def _take(self, key: str) -> None:
        self.end()
        self.add.setFocus()
        self._model.set_keys(self.shortcut.name, [*self.keys, key])

    def _clashes(self, keys: Iterable[str]) -> list[Clash]:
        return clashes(self.shortcut.name, keys, keys_in_use())

    def _render_clash(self) -> None:
        found = self._clashes([self._candidate] if self._candidate else self.keys)
        said = [_words(clash, is_asked=bool(self._candidate)) for clash in found]
        self.clash.setText("\n".join(said))
        self.clash.setVisible(bool(said))

    def _show_field(self, is_shown: bool) -> None:
        self.field.setVisible(is_shown and not self._candidate)
        self.cancel.setVisible(is_shown)
        self.take.setVisible(is_shown and bool(self._candidate))
        self.add.setVisible(not is_shown)

    def _arrange(self) -> None:
        self.title.setWordWrap(True)
        self.clash.setProperty("tone", "warning")
        self.clash.setProperty("small", True)
        self.clash.setWordWrap(True)
        self.field.setMaximumSequenceLength(1)
        title = self.title.text()
        self.field.setAccessibleName(tr("Press the key for: {title}", title=title))
        self.field.setToolTip(tr("Press the keys together"))
        self.add.setAccessibleName(tr("Add a key for: {title}", title=title))
        self.reset.setAccessibleName(tr("Usual keys for: {title}", title=title))
        self.reset.setToolTip(tr("Use the usual keys again"))
        self.take.setAccessibleName(tr("Use it all the same for: {title}", title=title))
        self.cancel.setAccessibleName(tr("Cancel: {title}", title=title))
        keys = QWidget()
        keys.setLayout(self._chips)
        for widget in (self.field, self.take, self.cancel, self.add, self.reset):
            self._chips.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.title, 2, Qt.AlignmentFlag.AlignTop)
        row.addWidget(keys, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.clash)


class KeyLines(QFrame):
    """A line for every action, by group; ``changed`` says that headings must be shown anew."""

    changed = Signal()

    def __init__(self, model: SettingsViewModel) -> None:
        super().__init__()
        self._model = model
        self.lines: dict[str, KeyLine] = {}
        self._headings: dict[str, QLabel] = {}
        self.strange, self.reset_all = QLabel(), QPushButton(tr("Reset all keys"))
        self._column = QVBoxLayout(self)
        self._arrange()
        self.reset_all.clicked.connect(lambda: model.use_keys({}))
        KEYBOARD.changed.connect(self.render_state)
        self.render_state()

    def render_state(self) -> None:
        """Show the keys in use."""
        for line in self.lines.values():
            line.render_state()
        said = strangers(self._model.current.keys.items())
        self.strange.setText("\n".join(said))
        self.strange.setVisible(bool(said))
        self.reset_all.setEnabled(bool(self._model.current.keys))

    def show_matching(self, query: str) -> bool:
        """Show the lines that match a query; return whether there is one."""
        any_shown = False
        for group, heading in self._headings.items():
            lines = [line for line in self.lines.values() if line.shortcut.group == group]
            shown = [line for line in lines if line.matches(query)]
            for line in lines:
                line.setVisible(line in shown)
            heading.setVisible(bool(shown))
            any_shown = any_shown or bool(shown)
        return any_shown

    def _arrange(self) -> None:
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        said = QLabel(
            tr(
                "Letters act only while you are not typing. In a text field the keys that edit "
                "text go before these."
            )
        )
        said.setProperty("quiet", True)
        said.setWordWrap(True)
        self.strange.setProperty("tone", "warning")
        self.strange.setWordWrap(True)
        self._column.addWidget(said)
        self._column.addWidget(self.strange)
        self._column.addSpacing(4)
        self._column.addWidget(self.reset_all, 0, Qt.AlignmentFlag.AlignLeft)
        for group, shortcuts in grouped().items():
            heading = QLabel(in_language(group))
            heading.setProperty("strong", True)
            heading.setContentsMargins(0, 12, 0, 4)
            self._headings[group] = heading
            self._column.addWidget(heading)
            for shortcut in shortcuts:
                line = KeyLine(shortcut, self._model)
                self.lines[shortcut.name] = line
                self._column.addWidget(line)


def _words(clash: Clash, *, is_asked: bool) -> str:
    key = native(clash.key)
    if clash.other is not None:
        other = _LABELS[clash.other].label
        if is_asked:
            return tr("{key} is that of: {other}. Then neither acts.", key=key, other=other)
        return tr(
            "{key} is also that of: {other}. Neither acts until one has another.",
            key=key,
            other=other,
        )
    does = "" if clash.fixed is None else in_language(clash.fixed)
    if is_letter(clash.key):
        return tr("{key} {does} while you type, and acts elsewhere only.", key=key, does=does)
    return tr("{key} {does} in text fields and lists, and stays so there.", key=key, does=does)
