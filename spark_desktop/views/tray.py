"""The icon in the desktop's tray, with its menu."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.viewmodels.translation import tr
from spark_desktop.viewmodels.tray import TrayState, TrayViewModel
from spark_desktop.views.app_icon import app_icon
from spark_desktop.views.rest_menu import RestMenu
from spark_desktop.views.stylesheet import stylesheet
from spark_desktop.views.theme import Theme
from spark_desktop.views.tray_icon import tray_icon

# Milliseconds; most desktops have their own time for it.
_SHOWN_MS = 8000


class Panel(Protocol):
    """The place where the desktop shows tray icons; it may come and go."""

    def is_available(self) -> bool:
        """Return whether an icon would be seen now."""
        ...


class SystemPanel:
    """The one of the running desktop."""

    def is_available(self) -> bool:
        """Return whether an icon would be seen now."""
        return QSystemTrayIcon.isSystemTrayAvailable()


class Tray(QObject):
    """Shows the view model; its signals are what the user asks for."""

    show_requested = Signal()
    quick_requested = Signal()
    settings_requested = Signal()
    quit_requested = Signal()
    folder_chosen = Signal(str)

    def __init__(self, model: TrayViewModel, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._theme = model, theme
        self._drawn: tuple[TrayState, int, Theme] | None = None
        self.icon = QSystemTrayIcon(self)
        self.menu = QMenu()
        self.recent = QMenu(tr("Recent projects"), self.menu)
        self.pause = QAction(self.menu)
        self.rest = RestMenu(model.rest, self.menu)
        self._arrange()
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activated)
        self.icon.messageClicked.connect(self.show_requested)
        self.menu.aboutToShow.connect(model.refresh)
        model.changed.connect(self.render)
        self.set_theme(theme)

    @property
    def can_tell(self) -> bool:
        """Return whether a message of the icon would be seen."""
        return self.icon.isVisible() and QSystemTrayIcon.supportsMessages()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        # It is no part of the window, whose style it would have.
        self.menu.setStyleSheet(stylesheet(theme))
        self.render()

    def speak(self) -> None:
        """Make the menu anew: the language is another."""
        for action in self.menu.actions():
            self.menu.removeAction(action)
        self.recent.setTitle(tr("Recent projects"))
        self.rest.speak()
        self.pause.triggered.disconnect()
        self._arrange()
        self.render()

    def set_visible(self, is_visible: bool) -> None:
        """Show or hide the icon."""
        self.icon.setVisible(is_visible)

    def tell(self, title: str, body: str) -> None:
        """Show a message beside the icon; a click on it asks for the window."""
        self.icon.showMessage(title, body, app_icon(), _SHOWN_MS)

    def render(self) -> None:
        """Show the state, and offer what can be done in it."""
        model = self._model
        # Each time it is set, a panel is told over the session bus.
        drawn = (model.state, model.waiting, self._theme)
        if drawn != self._drawn:
            self._drawn = drawn
            self.icon.setIcon(tray_icon(*drawn))
        if model.tip != self.icon.toolTip():
            self.icon.setToolTip(model.tip)
        self.pause.setText(tr("Resume watching") if model.is_paused else tr("Pause watching"))
        self.pause.setEnabled(model.can_pause)
        self.rest.setEnabled(model.can_pause)
        self._render_recent()

    def finish(self) -> None:
        """Take the icon away; nothing is shown afterwards."""
        self._model.changed.disconnect(self.render)
        self.rest.finish()
        self.icon.hide()
        self.icon.deleteLater()
        self.menu.deleteLater()

    def _arrange(self) -> None:
        self._offer(tr("Quick prompt…"), self.quick_requested.emit)
        self._offer(tr("Show the window"), self.show_requested.emit)
        self.menu.addSeparator()
        self.pause.triggered.connect(lambda _checked=False: self._model.toggle_pause())
        self.menu.addAction(self.pause)
        self.menu.addMenu(self.rest)
        self.menu.addMenu(self.recent)
        self.menu.addSeparator()
        self._offer(tr("Settings…"), self.settings_requested.emit)
        self._offer(tr("Quit Spark"), self.quit_requested.emit)

    def _offer(self, text: str, asked: Callable[[], object]) -> None:
        action = QAction(text, self.menu)
        action.triggered.connect(lambda _checked=False: asked())
        self.menu.addAction(action)

    def _render_recent(self) -> None:
        projects = self._model.recent
        self.recent.setEnabled(bool(projects))
        if [action.data() for action in self.recent.actions()] == [
            str(project.folder) for project in projects
        ]:
            return
        self.recent.clear()
        for project in projects:
            # An ampersand would underline the letter after it.
            action = QAction(project.label.replace("&", "&&"), self.recent)
            action.setData(str(project.folder))
            action.setToolTip(plain_tip(str(project.folder)))
            action.triggered.connect(
                lambda _checked=False, folder=str(project.folder): self.folder_chosen.emit(folder)
            )
            self.recent.addAction(action)

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        # The context menu is opened by Qt itself.
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self.show_requested.emit()
