"""All actions of the window by group, as a menu: nothing is reachable by its key only."""

from collections.abc import Callable, Mapping

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar

from spark_desktop.viewmodels.translation import in_language
from spark_desktop.views.shortcuts import Shortcut, grouped

# Why an action cannot be done now; empty where it can.
Reason = Callable[[Shortcut], str]


def fill(target: QMenu | QMenuBar, actions: Mapping[str, QAction], reason: Reason) -> None:
    """Put a menu for each group into a menu or a menu bar.

    What cannot be done is disabled while its menu is open, and its tooltip says why.
    """
    target.clear()
    for group, shortcuts in grouped().items():
        menu = target.addMenu(in_language(group))
        menu.setToolTipsVisible(True)
        for shortcut in shortcuts:
            menu.addAction(actions[shortcut.name])
        _follow(menu, shortcuts, actions, reason)


def _follow(
    menu: QMenu, shortcuts: list[Shortcut], actions: Mapping[str, QAction], reason: Reason
) -> None:
    def opened() -> None:
        for shortcut in shortcuts:
            why = reason(shortcut)
            actions[shortcut.name].setEnabled(not why)
            actions[shortcut.name].setToolTip(why or shortcut.label)

    def closed() -> None:
        # A key acts whatever was true when the menu was open last.
        for shortcut in shortcuts:
            actions[shortcut.name].setEnabled(True)

    menu.aboutToShow.connect(opened)
    menu.aboutToHide.connect(closed)
