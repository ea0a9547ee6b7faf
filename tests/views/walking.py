"""Walks every widget of a window as a reader of the screen does, and says what has no name."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollBar,
    QSizePolicy,
    QTabBar,
    QWidget,
)

from spark_desktop.views.elided_label import ElidedLabel

# What has something to say of its own: Qt's containers speak through what is in them.
_SPEAKING = (QAbstractButton, QComboBox, QLineEdit, QTabBar)


def without_name(root: QWidget) -> list[str]:
    """Return a line for each widget that can be used, and of which nobody is told what it is."""
    # What is hidden gets its text when it is shown: a notice's button, for one.
    shown = [widget for widget in _inside(root) if widget.isVisibleTo(root)]
    return [_line(widget) for widget in shown if _needs_name(widget)]


def without_tip(root: QWidget) -> list[str]:
    """Return a line for each button that shows a picture only and does not say what it does."""
    return [
        _line(button)
        for button in root.findChildren(QAbstractButton)
        if button.isVisibleTo(root)
        and not button.text()
        and not button.icon().isNull()
        and not button.toolTip()
    ]


def cut_off(root: QWidget) -> list[str]:
    """Return a line for each label and button that has no room for its text.

    Those that end in an ellipsis say so themselves, and have the whole in their tooltip.
    """
    found = []
    for widget in _inside(root):
        if not widget.isVisibleTo(root) or isinstance(widget, ElidedLabel):
            continue
        if isinstance(widget, QPushButton) and widget.text():
            if widget.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Ignored:
                continue
            if widget.width() < widget.minimumSizeHint().width():
                found.append(f"{widget.text()}: {_line(widget)}")
        elif isinstance(widget, QLabel) and widget.text():
            if widget.wordWrap():
                is_cut = widget.height() < widget.heightForWidth(widget.width())
            else:
                is_cut = widget.width() < widget.minimumSizeHint().width()
            if is_cut or widget.height() < widget.fontMetrics().height():
                found.append(f"{widget.text()}: {_line(widget)}")
    return found


def _inside(root: QWidget) -> Iterator[QWidget]:
    # Qt's own parts of a widget (a combo box's list, a line's clear button) answer for themselves.
    for widget in root.findChildren(QWidget):
        if not widget.objectName().startswith("qt_") and not isinstance(widget, QMenu):
            yield widget


def _needs_name(widget: QWidget) -> bool:
    if isinstance(widget, QScrollBar) or isinstance(widget.parentWidget(), QComboBox):
        return False
    takes_keys = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    is_used = isinstance(widget, _SPEAKING) or (
        takes_keys and (isinstance(widget, QAbstractScrollArea) or not widget.isWindow())
    )
    return is_used and not _name(widget)


def _name(widget: QWidget) -> str:
    if isinstance(widget, QTabBar):
        return " ".join(widget.tabText(number) for number in range(widget.count()))
    told = QAccessible.queryAccessibleInterface(widget)
    return told.text(QAccessible.Text.Name) if told is not None else widget.accessibleName()


def _line(widget: QWidget) -> str:
    path = []
    here: QWidget | None = widget
    while here is not None:
        path.append(here.objectName() or type(here).__name__)
        here = here.parentWidget()
    return " < ".join(path)
