"""The window: the top line over the welcome page or the open project."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QMoveEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QStackedWidget,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.domain.settings import ThemeChoice
from spark_desktop.domain.trigger import QuickAction
from spark_desktop.viewmodels.notice import Intent, Notice
from spark_desktop.viewmodels.rest import HOUR, QUARTER, RestViewModel
from spark_desktop.viewmodels.settings import SettingsViewModel, unkept_settings
from spark_desktop.viewmodels.settings_rows import Category
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.action_menu import fill
from spark_desktop.views.app_icon import app_icon
from spark_desktop.views.finder import Finder
from spark_desktop.views.frames import single_shot
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.looks import in_type
from spark_desktop.views.machine_windows import MachineWindows
from spark_desktop.views.notice_line import NoticeLine
from spark_desktop.views.pickers import pick_file, pick_folder
from spark_desktop.views.preferences import Preferences
from spark_desktop.views.room import fitting
from spark_desktop.views.shortcut_sheet import ShortcutSheet
from spark_desktop.views.shortcuts import PANEL_KEYS, SHORTCUTS, Need, Shortcut, bind
from spark_desktop.views.stylesheet import palette_of, stylesheet
from spark_desktop.views.theme import Theme, other_theme
from spark_desktop.views.top_bar import TopBar
from spark_desktop.views.unsaved import Unsaved
from spark_desktop.views.welcome import Welcome

if TYPE_CHECKING:
    from spark_desktop.viewmodels.chat import Mode
    from spark_desktop.viewmodels.deciding import Deciding
    from spark_desktop.viewmodels.project import ProjectViewModels
    from spark_desktop.views.project_view import ProjectView

_SIZE = (1280, 800)
_SMALLEST = (800, 480)
_FIELDS = (QPlainTextEdit, QTextEdit, QLineEdit)
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
        self._models: ProjectViewModels | None = None
        self._root: Path | None = None
        self._branch = ""
        self._may_close = False
        self._layout_timer = single_shot(self, _SETTLED, self.remember)
        self.project: ProjectView | None = None
        self.rest: RestViewModel | None = None
        self.sheet: ShortcutSheet | None = None
        self.preferences = Preferences(self)
        self.machine = MachineWindows(self)
        self.keys = bind(self, self._handlers())
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
        self._models, self._root, self._branch = models, root, branch
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
        model.quiet_wanted.connect(self._choose_quiet)

    def speak(self) -> None:
        """Make all that holds words anew: the language is another."""
        models, root, branch = self._models, self._root, self._branch
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
        match intent:
            case Intent.OPEN_FOLDER:
                self.choose_folder()
            case Intent.HELP:
                self.show_sheet()
            case Intent.ENDPOINTS:
                self.machine.show_endpoints()
            case Intent.UPDATES:
                self.machine.show_updates()
            case Intent.EDIT:
                self._begin_edit()
            case Intent.ASK:
                self._begin_question()
            case Intent.UNDO:
                self._with_models(lambda models: models.changes.undo())

    def choose_folder(self) -> None:
        """Ask for a folder, without blocking."""
        # Another project often lies beside the open one.
        start = Path.home() if self._root is None else self._root.parent
        pick_folder(self, start, self.folder_chosen.emit)

    def choose_file(self) -> None:
        """Ask for a file of the folder to show, without blocking."""
        if self._root is not None:
            pick_file(self, self._root, self.show_file)

    def show_file(self, path: str) -> None:
        """Show a file by its absolute path; the store refuses one outside the folder."""
        root, file = self._root, Path(path)
        if root is not None:
            inside = file.relative_to(root).as_posix() if file.is_relative_to(root) else path
            self._with_models(lambda models: models.changes.choose_file(inside))

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

    def unavailable(self, shortcut: Shortcut) -> str:
        """Return why an action cannot be done now, in a sentence; empty where it can."""
        is_in_lab = self.project is not None and self.project.is_in_lab
        match shortcut.needs:
            case Need.NOTHING:
                return ""
            case _ if self._models is None:
                return tr("Open a folder first.")
            case Need.PROPOSAL if is_in_lab or not self._models.review.decide.is_possible:
                return tr("No proposal waits for a decision.")
            case Need.REVIEW if is_in_lab or self._models.review.proposal is None:
                return tr("No proposal is shown.")
            case Need.LAB if not is_in_lab:
                return tr("Open the speed lab first.")
            case Need.SELECTION:
                return self._models.quick_actions.reason(QuickAction(shortcut.name))
            case Need.SNOOZE if self.rest is None or not self.rest.is_snoozed:
                return tr("Spark is not snoozed.")
            case _:
                return ""

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
        self.project, self._models, self._root = None, None, None
        self.settings.follow(None)
        self.machine.follow(None)
        self._pages.setCurrentWidget(self.welcome)

    def _toggle_theme(self) -> None:
        self.settings.set("looks.theme", ThemeChoice(other_theme(self._theme).name))

    def _show_settings(self, category: Category | None = None) -> None:
        self.preferences.show(category)

    def _begin_edit(self) -> None:
        from spark_desktop.viewmodels.chat import Mode

        self._begin(Mode.EDIT)

    def _begin_question(self) -> None:
        from spark_desktop.viewmodels.chat import Mode

        self._begin(Mode.ASK)

    def _new_thread(self) -> None:
        # With the cursor in it: elsewhere the letters of a question would decide on hunks.
        self._with_models(lambda models: models.chat.new_thread())
        self._begin_question()

    def _begin(self, mode: "Mode") -> None:
        if self.project is not None:
            self.project.begin(mode)

    def _with_models(self, work: "Callable[[ProjectViewModels], None]") -> None:
        if self._models is not None:
            work(self._models)

    def _with_project(self, work: "Callable[[ProjectView], None]") -> None:
        if self.project is not None:
            work(self.project)

    def _in_review(self, name: str) -> None:
        if self.project is not None and not self.project.is_in_lab:
            self.project.show_review()
            self.project.review.do(name)

    def _with_review(self, work: "Callable[[Deciding], None]") -> None:
        # Nobody decides on hunks that the speed lab covers, or that the chat's tab does.
        view = self.project
        if self._models is None or view is None or view.is_in_lab:
            return
        if not view.review.isVisibleTo(view):
            view.show_review()
            view.review.diff.setFocus()
            return
        work(self._models.review.decide)

    def _walk(self, work: "Callable[[Deciding], None]") -> None:
        # Who goes through the hunks from a field of text wants the letters to decide next.
        self._with_review(work)
        if self.project is not None and isinstance(QApplication.focusWidget(), _FIELDS):
            self.project.review.diff.setFocus()

    def _quick_action(self, action: QuickAction) -> None:
        # Nobody sees the lines that the speed lab covers.
        if self.project is not None and not self.project.is_in_lab:
            self._with_models(lambda models: models.quick_actions.run(action))

    def _with_rest(self, work: "Callable[[RestViewModel], None]") -> None:
        if self.rest is not None:
            work(self.rest)

    def _choose_quiet(self, is_quiet: bool) -> None:
        # Where the open folder has its own choice, that is the one that holds.
        root = self._root
        if root is not None and self.settings.current.project(root).quiet is not None:
            self.settings.set_own(root, quiet=is_quiet)
        else:
            self.settings.set("watching.quiet", is_quiet)

    def _handlers(self) -> dict[str, Callable[[], None]]:
        do, show = self._with_models, self._with_project
        review, walk, rest = self._with_review, self._walk, self._with_rest
        return {
            "accept": lambda: review(lambda model: model.accept()),
            "reject": lambda: review(lambda model: model.reject()),
            "next": lambda: walk(lambda model: model.next_hunk()),
            "previous": lambda: walk(lambda model: model.previous_hunk()),
            "next_file": lambda: walk(lambda model: model.next_file()),
            "previous_file": lambda: walk(lambda model: model.previous_file()),
            "accept_file": lambda: review(lambda model: model.accept_file()),
            "reject_file": lambda: review(lambda model: model.reject_file()),
            "accept_all": lambda: review(lambda model: model.accept_all()),
            "reject_all": lambda: review(lambda model: model.reject_all()),
            "undo_decision": lambda: review(lambda model: model.undo()),
            **{name: partial(self._in_review, name) for name in PANEL_KEYS},
            "quick_actions": lambda: show(lambda view: view.open_quick_actions()),
            **{one.value: partial(self._quick_action, one) for one in QuickAction},
            "stop": lambda: show(lambda view: view.stop()),
            "undo": lambda: do(lambda models: models.changes.undo()),
            "redo": lambda: do(lambda models: models.changes.redo()),
            "ask": lambda: self._begin_question(),
            "edit": lambda: self._begin_edit(),
            "new_thread": self._new_thread,
            "search_threads": lambda: show(lambda view: view.search_threads()),
            "open_folder": self.choose_folder,
            "open_file": self.choose_file,
            "changes": lambda: show(lambda view: view.toggle_changes()),
            "chat": lambda: show(lambda view: view.toggle_chat()),
            "find": lambda: show(lambda view: view.begin_find()),
            "lab": lambda: show(lambda view: view.toggle_lab()),
            "play": lambda: show(lambda view: view.toggle_play()),
            "theme": self._toggle_theme,
            "bigger": lambda: self.preferences.grow(1),
            "smaller": lambda: self.preferences.grow(-1),
            "usual_size": lambda: self.preferences.grow(None),
            "palette": lambda: self.finder.open(),
            "menu": lambda: self.top.show_menu(),
            "quick": self.quick_requested.emit,
            "pause": self.pause_requested.emit,
            "quiet": lambda: rest(lambda model: model.toggle_quiet()),
            "snooze_quarter": lambda: rest(lambda model: model.snooze(QUARTER)),
            "snooze_hour": lambda: rest(lambda model: model.snooze(HOUR)),
            "snooze_morning": lambda: rest(lambda model: model.snooze_until_morning()),
            "wake": lambda: rest(lambda model: model.wake()),
            "settings": lambda: self._show_settings(),
            "keys": lambda: self._show_settings(Category.KEYS),
            "endpoints": self.machine.show_endpoints,
            "models": lambda: self.machine.show("models"),
            "doctor": lambda: self.machine.show("doctor"),
            "self_test": lambda: self.machine.show("self_test"),
            "times": self.machine.show_times,
            "history": self.machine.show_history,
            "connections": lambda: self.machine.show("connections"),
            "about": lambda: self.machine.show("about"),
            "updates": self.machine.show_updates,
            "help": self.show_sheet,
            "quit": self.quit_requested.emit,
        }
