"""Qt's controls with the marks of the theme: a tick, arrows; the style sheet draws the rest.

A style sheet takes pictures from files only, and those have one colour. Left to Qt's style, the
frame of an empty box would be darker than a dark window.
"""

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QSpinBox,
    QStyle,
    QStyleOptionButton,
    QStyleOptionSpinBox,
    QWidget,
)

from spark_desktop.views.icons import pixmap

_Role = QPalette.ColorRole
# Pixels before a number, as before other texts.
_INSIDE = 6


class TickBox(QCheckBox):
    """A box with a tick."""

    @property
    def box(self) -> QRect:
        """Return where the box itself is."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        part = QStyle.SubElement.SE_CheckBoxIndicator
        return self.style().subElementRect(part, option, self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tick over the box."""
        super().paintEvent(event)
        if self.isChecked():
            _draw(self, "ready", self.box, _Role.HighlightedText)


class ChoiceBox(QComboBox):
    """A list that opens; its arrow stands at the right."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the arrow over the field."""
        super().paintEvent(event)
        size = self.fontMetrics().height()
        place = QRect(self.width() - size * 3 // 2, (self.height() - size) // 2, size, size)
        _draw(self, "chevron-down", place, _Role.PlaceholderText)


class NumberBox(QSpinBox):
    """A number with two arrows."""

    def __init__(self) -> None:
        super().__init__()
        # A style sheet's padding does not reach the field in it.
        self.lineEdit().setTextMargins(_INSIDE, 0, 0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the arrows over their halves."""
        super().paintEvent(event)
        option = QStyleOptionSpinBox()
        self.initStyleOption(option)
        can_step = self.value() < self.maximum(), self.value() > self.minimum()
        _draw_arrows(self, option, can_step)


class DecimalBox(QDoubleSpinBox):
    """A number with decimals and two arrows."""

    def __init__(self) -> None:
        super().__init__()
        self.lineEdit().setTextMargins(_INSIDE, 0, 0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the arrows over their halves."""
        super().paintEvent(event)
        option = QStyleOptionSpinBox()
        self.initStyleOption(option)
        can_step = self.value() < self.maximum(), self.value() > self.minimum()
        _draw_arrows(self, option, can_step)


def _draw_arrows(widget: QWidget, option: QStyleOptionSpinBox, can_step: tuple[bool, bool]) -> None:
    parts = (QStyle.SubControl.SC_SpinBoxUp, QStyle.SubControl.SC_SpinBoxDown)
    for name, part, is_possible in zip(("up", "down"), parts, can_step, strict=True):
        control = QStyle.ComplexControl.CC_SpinBox
        place = widget.style().subControlRect(control, option, part, widget)
        role = _Role.PlaceholderText if is_possible else _Role.Mid
        _draw(widget, f"chevron-{name}", place, role)


def _draw(widget: QWidget, name: str, place: QRect, role: QPalette.ColorRole) -> None:
    # The palette is the theme's, so that a control needs to be told of no other.
    color = widget.palette().color(role).name()
    size = min(place.width(), place.height())
    painter = QPainter(widget)
    image = pixmap(name, color, widget.devicePixelRatioF(), size)
    left = place.left() + (place.width() - size) // 2
    painter.drawPixmap(left, place.top() + (place.height() - size) // 2, image)
    painter.end()
