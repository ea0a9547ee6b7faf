"""The control of one setting: shows its value, and tells of another that was chosen."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, Qt, Signal, SignalInstance
from PySide6.QtGui import QFontDatabase, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QKeySequenceEdit,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from spark_desktop.viewmodels.settings_rows import Category, Kind, SettingRow, title_of
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.commands_control import CommandsControl
from spark_desktop.views.form_controls import ChoiceBox, NumberBox, TickBox
from spark_desktop.views.shortcuts import portable

_PORTABLE = QKeySequence.SequenceFormat.PortableText


class Control(Protocol):
    """A widget for a value; ``chosen`` carries one that the user chose."""

    chosen: SignalInstance

    def show_value(self, value: object) -> None:
        """Show a value without telling of it."""
        ...


class _CalmWheel(QObject):
    """Lets the wheel scroll the page, not change what happens to lie under the pointer."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Pass the wheel on to the page unless the control has the focus."""
        is_wheel = event.type() == QEvent.Type.Wheel
        if is_wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


def _calm(widget: QWidget) -> None:
    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    widget.installEventFilter(_CalmWheel(widget))


class ChoiceControl(ChoiceBox):
    """One of a few values, by their words."""

    chosen = Signal(object)

    def __init__(self, options: tuple[tuple[object, str], ...]) -> None:
        super().__init__()
        self._values = [value for value, _text in options]
        self.addItems([text for _value, text in options])
        _calm(self)
        self.activated.connect(lambda place: self.chosen.emit(self._values[place]))

    def show_value(self, value: object) -> None:
        """Show a value; one that is not offered is offered from now on."""
        if value not in self._values:
            self._values.append(value)
            self.addItem(str(value))
        self.setCurrentIndex(self._values.index(value))


def fixed_families() -> list[str]:
    """Return the names of the fonts of fixed width that this system has."""
    return [
        family
        for family in QFontDatabase.families()
        if QFontDatabase.isFixedPitch(family) and not QFontDatabase.isPrivateFamily(family)
    ]


class SwitchControl(TickBox):
    """Yes or no."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.clicked.connect(lambda is_on: self.chosen.emit(is_on))

    def show_value(self, value: object) -> None:
        """Show a value."""
        self.setChecked(bool(value))


class NumberControl(NumberBox):
    """A whole number between two bounds."""

    chosen = Signal(object)

    def __init__(self, row: SettingRow) -> None:
        super().__init__()
        self.setRange(row.least, row.most)
        self.setSuffix(row.unit)
        # Not while a number is half typed.
        self.setKeyboardTracking(False)
        self._is_showing = False
        _calm(self)
        self.valueChanged.connect(self._changed)

    def show_value(self, value: object) -> None:
        """Show a value."""
        self._is_showing = True
        self.setValue(value if isinstance(value, int) else 0)
        self._is_showing = False

    def _changed(self, value: int) -> None:
        if not self._is_showing:
            self.chosen.emit(value)


class ModelControl(QWidget):
    """A text, and a button that opens a list of models; ``asked`` wants that list."""

    chosen = Signal(object)
    asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.line, self.button = QLineEdit(), QPushButton(tr("Choose…"))
        self.line.setPlaceholderText(tr("the default"))
        self.line.editingFinished.connect(self._finished)
        self.button.clicked.connect(self.asked)
        self._shown = ""
        self.setFocusProxy(self.line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)

    def show_value(self, value: object) -> None:
        """Show a value; what is half typed stays while it is the same."""
        if str(value) != self._shown:
            self._shown = str(value)
            self.line.setText(self._shown)

    def _finished(self) -> None:
        if self.line.text().strip() != self._shown:
            self.chosen.emit(self.line.text().strip())


class TextControl(QLineEdit):
    """A line of text, used when it is finished."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._shown = ""
        self.editingFinished.connect(self._finished)

    def show_value(self, value: object) -> None:
        """Show a value; what is half typed stays while it is the same."""
        if str(value) != self._shown:
            self._shown = str(value)
            self.setText(self._shown)

    def _finished(self) -> None:
        if self.text().strip() != self._shown:
            self.chosen.emit(self.text().strip())


class KeyControl(QWidget):
    """One key, chosen by pressing it; a button takes it away."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.field, self.clear = QKeySequenceEdit(), QToolButton()
        self.field.setMaximumSequenceLength(1)
        self.field.editingFinished.connect(self._finished)
        self.clear.setText(tr("None"))
        self.clear.setToolTip(tr("Do without a key"))
        self.clear.clicked.connect(lambda: self.chosen.emit(""))
        self.clear.setEnabled(False)
        self._shown = ""
        self.setFocusProxy(self.field)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.field, 1)
        row.addWidget(self.clear)

    def show_value(self, value: object) -> None:
        """Show a key in Qt's portable notation; one that is being pressed stays, as above."""
        if str(value) == self._shown:
            return
        self._shown = str(value)
        self.field.setKeySequence(QKeySequence.fromString(self._shown, _PORTABLE))
        self.clear.setEnabled(bool(self._shown))

    def _finished(self) -> None:
        key = portable(self.field.keySequence().toString(_PORTABLE))
        if key and key != self._shown:
            self.chosen.emit(key)


def control_of(row: SettingRow) -> QWidget:
    """Return the widget for a row; it is a ``Control``, named for readers of the screen."""
    made: dict[Kind, Callable[[], QWidget]] = {
        Kind.CHOICE: lambda: ChoiceControl(row.options),
        Kind.FONT: lambda: ChoiceControl(
            (*row.options, *((family, family) for family in fixed_families()))
        ),
        Kind.SWITCH: SwitchControl,
        Kind.NUMBER: lambda: NumberControl(row),
        Kind.MODEL: ModelControl,
        Kind.KEY: KeyControl,
        Kind.COMMANDS: CommandsControl,
        Kind.TEXT: TextControl,
    }
    control = made[row.kind]()
    name = row.title
    if row.category is Category.PROJECT:
        # A search may show the same setting for everywhere as well.
        name = f"{title_of(row.category)}: {row.title}"
    for widget in (control, *control.findChildren(QWidget)):
        if not widget.accessibleName() and widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
            text = widget.property("text") if isinstance(widget, QToolButton | QPushButton) else ""
            widget.setAccessibleName(f"{name}: {text}" if text else name)
        widget.setAccessibleDescription(row.help)
    return control
