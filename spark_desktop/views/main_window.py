"""The window: the top line over the welcome page or the open project."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QMoveEvent, QResizeEvent
from PySide6.QtWidgets import (
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.viewmodels.notice import Intent, Notice
from spark_desktop.viewmodels.rest import RestViewModel
from spark_desktop.viewmodels.settings import SettingsViewModel, unkept_settings
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.action_menu import fill
from spark_desktop.views.app_icon import app_icon
from spark_desktop.views.finder import Finder
from spark_desktop.views.frames import single_shot
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.looks import in_type
from spark_desktop.views.machine_windows import MachineWindows
from spark_desktop.views.notice_line import NoticeLine
from spark_desktop.views.preferences import Preferences
from spark_desktop.views.room import fitting
from spark_desktop.views.shortcut_sheet import ShortcutSheet
from spark_desktop.views.shortcuts import SHORTCUTS, Shortcut, bind
from spark_desktop.views.stylesheet import palette_of, stylesheet
from spark_desktop.views.theme import Theme
from spark_desktop.views.top_bar import TopBar
from spark_desktop.views.unsaved import Unsaved
from spark_desktop.views.welcome import Welcome
from spark_desktop.views.window_actions import WindowActions

if TYPE_CHECKING:
    from spark_desktop.viewmodels.project import ProjectViewModels
    from spark_desktop.views.project_view import ProjectView

_SIZE = (1280, 800)
_SMALLEST = (800, 480)
# Milliseconds without a change until the layout is written: a crash must not lose it, and a window
# that is dragged must not write at each step.
_SETTLED = 400


class MainWindow(QMainWindow):
    """Closing it only asks (``close_requested``); the end comes with ``finish``."""

    folder_chosen = Signal(str)
    close_requested = Signal()
    sample_wanted = Signal(str)
    quit_requested = Signal()
    quick_requested = Signal()
    pause_requested = Signal()
    theme_changed = Signal(object)
    language_changed = Signal()

    def __init__(
        self, theme: Theme, memory: LayoutMemory, settings: SettingsViewModel | None = None
    ) -> None:
        super().__init__()
        self._memory = memory
        self.settings = settings or unkept_settings()
        self._theme = in_type(theme, self.settings.current.looks)
        self.recent_folders: list[str] = []
        # Of the open project; None where there is none.
        self.models: ProjectViewModels | None = None
        self.root: Path | None = None
        self._branch = ""
        self._may_close = False
        self._layout_timer = single_shot(self, _SETTLED, self.remember)
        self.project: ProjectView | None = None
        self.rest: RestViewModel | None = None
        self.sheet: ShortcutSheet | None = None
        self.preferences = Preferences(self)
        self.machine = MachineWindows(self)
        self._actions = WindowActions(self)
        self.keys = bind(self, self._actions.handlers())
        self.finder = Finder(self, self.keys, memory)
        self.told = NoticeLine(strip=True)
        self._make_parts()
        self._restore_size()
        self.setWindowIcon(app_icon())
        self.set_theme(self._theme)
        self.show_welcome()
        self.preferences.render_notice()

    @property
    def theme(self) -> Theme:
        """Return the theme that is shown."""
        return self._theme

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        QGuiApplication.setPalette(palette_of(theme))
        sheet = stylesheet(theme)
        # It styles every widget anew, also where it is the same; new parts take it by themselves.
        if sheet != self.styleSheet():
            self.setStyleSheet(sheet)
        self.top.set_theme(theme)
        self.finder.set_theme(theme)
        self.welcome.set_theme(theme)
        self.machine.set_theme(theme)
        if self.project is not None:
            self.project.set_theme(theme)
        self.theme_changed.emit(theme)

    def offer_recent(self, folders: Sequence[str]) -> None:
        """Offer these folders, newest first, on the welcome page and in the palette."""
        if list(folders) != self.recent_folders:
            self.recent_folders = list(folders)
            self.welcome.show_recent(self.recent_folders)

    def show_welcome(self, notice: Notice | None = None) -> None:
        """Show no project; ``notice`` says why, None invites to open a folder."""
        self._drop_project()
        self.top.show_project("", "")
        self.setWindowTitle(tr("Spark Desktop"))
        self.welcome.show_recent(self.recent_folders)
        self.welcome.show_notice(notice)

    def show_project(self, models: "ProjectViewModels", root: Path, branch: str) -> None:
        """Show an open project."""
        self._drop_project()
        self._memory.open_project(root)
        self.models, self.root, self._branch = models, root, branch
        self.settings.follow(root)
        self.machine.follow(models.times, models.history)
        # Here, and not at the start: the window is painted before a project is shown.
        from spark_desktop.views.project_view import ProjectView

        self.project = ProjectView(models, self._theme, self._memory)
        self.project.intent_raised.connect(self.do)
        self.project.layout_changed.connect(self._layout_timer.start)
        if self.rest is not None:
            self.project.show_rest(self.rest)
        self._pages.addWidget(self.project)
        self._pages.setCurrentWidget(self.project)
        self.project.fit(self.width())
        self.project.changes.inbox.setFocus()
        self.finder.show_project(models)
        self.top.show_project(root.name or str(root), branch)
        self.setWindowTitle(tr("{reason} - Spark Desktop", reason=root.name or root))

    def use_rest(self, model: RestViewModel) -> None:
        """Offer quiet mode and the snooze, in the projects that are shown from now on."""
        self.rest = model
        model.quiet_wanted.connect(self._actions.choose_quiet)

    def speak(self) -> None:
        """Make all that holds words anew: the language is another."""
        models, root, branch = self.models, self.root, self._branch
        kept = None if self.project is None else Unsaved.of(self.project)
        for shortcut in SHORTCUTS:
            self.keys[shortcut.name].setText(shortcut.label)
        self._drop_project()
        self.machine.forget()
        if self.sheet is not None:
            self.sheet.close()
            self.sheet.deleteLater()
            self.sheet = None
        notice = self.welcome.notice
        self._make_parts()
        self.set_theme(self._theme)
        self.language_changed.emit()
        if models is None or root is None:
            self.show_welcome(notice)
            return
        self.show_project(models, root, branch)
        models.changes.refresh()
        if kept is not None and self.project is not None:
            kept.give_back(self.project)

    def finish(self) -> None:
        """Close for good, remembering the layout."""
        self.remember()
        self._drop_project()
        self.preferences.end()
        self._layout_timer.stop()
        self._may_close = True
        self.close()

    def remember(self) -> None:
        """Write the layout to disk now."""
        if self.project is not None:
            self.project.remember()
        if self.isVisible():
            self._memory.set_geometry(self.saveGeometry())
        self._memory.save()

    def put_away(self) -> None:
        """Hide the window; ``bring`` shows it where it was."""
        self.remember()
        self.hide()

    def bring(self) -> None:
        """Show the window, in front of the others where the desktop allows it."""
        if not self.isVisible() and self._memory.geometry is not None:
            # The window manager would place it anew.
            self.restoreGeometry(self._memory.geometry)
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def do(self, intent: Intent) -> None:
        """Do what a notice's button asks the window for."""
        self._actions.do(intent)

    def unavailable(self, shortcut: Shortcut) -> str:
        """Return why an action cannot be done now, in a sentence; empty where it can."""
        return self._actions.unavailable(shortcut)

    def choose_folder(self) -> None:
        """Ask for a folder, without blocking."""
        self._actions.choose_folder()

    def show_sheet(self) -> None:
        """Show what starts a proposal, and the keys."""
        if self.sheet is None:
            self.sheet = ShortcutSheet(self)
        self.sheet.show()
        self.sheet.raise_()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask for an orderly end first; ``finish`` closes."""
        event.setAccepted(self._may_close)
        if not self._may_close:
            self.close_requested.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the regions for the new width."""
        super().resizeEvent(event)
        self._layout_timer.start()
        self.finder.close()
        if self.project is not None:
            self.project.fit(event.size().width())

    def moveEvent(self, event: QMoveEvent) -> None:
        """Remember the new place, once it is settled."""
        super().moveEvent(event)
        self._layout_timer.start()

    def changeEvent(self, event: QEvent) -> None:
        """Remember whether the window is maximised."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self._layout_timer.start()

    def _make_parts(self) -> None:
        self.top = TopBar(self.keys, self._theme, self.unavailable)
        self.welcome = Welcome()
        self.welcome.intent_raised.connect(self.do)
        self.welcome.folder_chosen.connect(self.folder_chosen)
        self.welcome.sample_wanted.connect(self.sample_wanted)
        self.notice = NoticeLine(strip=True)
        self.notice.intent.connect(self.settings.act)
        self.told.intent.connect(self.do)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.welcome)
        if sys.platform == "darwin":
            fill(self.menuBar(), self.keys, self.unavailable)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addWidget(self.notice)
        column.addWidget(self.told)
        column.addWidget(self._pages, 1)
        # The one before goes with all that stands in it.
        self.setCentralWidget(centre)
        self.finder.make(self._theme)

    def _restore_size(self) -> None:
        self.setMinimumSize(*_SMALLEST)
        self.resize(fitting(QSize(*_SIZE), self.screen()))
        if self._memory.geometry is not None:
            self.restoreGeometry(self._memory.geometry)

    def _drop_project(self) -> None:
        if self.project is not None:
            self.project.remember()
            self.finder.drop_project()
            self._pages.removeWidget(self.project)
            self.project.deleteLater()
        self.project, self.models, self.root = None, None, None
        self.settings.follow(None)
        self.machine.follow(None)
        self._pages.setCurrentWidget(self.welcome)
