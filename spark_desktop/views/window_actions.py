"""What the window's actions do, those of the keyboard, the menus and the palette."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit

from spark_desktop.domain.settings import ThemeChoice
from spark_desktop.domain.trigger import QuickAction
from spark_desktop.viewmodels.notice import Intent
from spark_desktop.viewmodels.rest import HOUR, QUARTER, RestViewModel
from spark_desktop.viewmodels.settings_rows import Category
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.pickers import pick_file, pick_folder
from spark_desktop.views.shortcuts import PANEL_KEYS, Need, Shortcut
from spark_desktop.views.theme import other_theme

if TYPE_CHECKING:
    from spark_desktop.viewmodels.chat import Mode
    from spark_desktop.viewmodels.deciding import Deciding
    from spark_desktop.viewmodels.project import ProjectViewModels
    from spark_desktop.views.main_window import MainWindow
    from spark_desktop.views.project_view import ProjectView

_FIELDS = (QPlainTextEdit, QTextEdit, QLineEdit)


class WindowActions:
    """Does them on the parts of ``window``, where there is something to do them on."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window

    def do(self, intent: Intent) -> None:
        """Do what a notice's button asks the window for."""
        match intent:
            case Intent.OPEN_FOLDER:
                self.choose_folder()
            case Intent.HELP:
                self._window.show_sheet()
            case Intent.ENDPOINTS:
                self._window.machine.show_endpoints()
            case Intent.UPDATES:
                self._window.machine.show_updates()
            case Intent.EDIT:
                self._begin_edit()
            case Intent.ASK:
                self._begin_question()
            case Intent.UNDO:
                self._with_models(lambda models: models.changes.undo())

    def choose_folder(self) -> None:
        """Ask for a folder, without blocking."""
        window = self._window
        # Another project often lies beside the open one.
        start = Path.home() if window.root is None else window.root.parent
        pick_folder(window, start, window.folder_chosen.emit)

    def choose_file(self) -> None:
        """Ask for a file of the folder to show, without blocking."""
        window = self._window
        if window.root is not None:
            pick_file(window, window.root, self.show_file)

    def show_file(self, path: str) -> None:
        """Show a file by its absolute path; the store refuses one outside the folder."""
        root, file = self._window.root, Path(path)
        if root is not None:
            inside = file.relative_to(root).as_posix() if file.is_relative_to(root) else path
            self._with_models(lambda models: models.changes.choose_file(inside))

    def unavailable(self, shortcut: Shortcut) -> str:
        """Return why an action cannot be done now, in a sentence; empty where it can."""
        window = self._window
        is_in_lab = window.project is not None and window.project.is_in_lab
        match shortcut.needs:
            case Need.NOTHING:
                return ""
            case _ if window.models is None:
                return tr("Open a folder first.")
            case Need.PROPOSAL if is_in_lab or not window.models.review.decide.is_possible:
                return tr("No proposal waits for a decision.")
            case Need.REVIEW if is_in_lab or window.models.review.proposal is None:
                return tr("No proposal is shown.")
            case Need.LAB if not is_in_lab:
                return tr("Open the speed lab first.")
            case Need.SELECTION:
                return window.models.quick_actions.reason(QuickAction(shortcut.name))
            case Need.SNOOZE if window.rest is None or not window.rest.is_snoozed:
                return tr("Spark is not snoozed.")
            case _:
                return ""

    def choose_quiet(self, is_quiet: bool) -> None:
        """Keep the choice where it holds: the open folder's own one, else the program's."""
        window = self._window
        root = window.root
        if root is not None and window.settings.current.project(root).quiet is not None:
            window.settings.set_own(root, quiet=is_quiet)
        else:
            window.settings.set("watching.quiet", is_quiet)

    def handlers(self) -> dict[str, Callable[[], None]]:
        """Return what each action of ``SHORTCUTS`` does, by its name."""
        window = self._window
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
            "bigger": lambda: window.preferences.grow(1),
            "smaller": lambda: window.preferences.grow(-1),
            "usual_size": lambda: window.preferences.grow(None),
            "palette": lambda: window.finder.open(),
            "menu": lambda: window.top.show_menu(),
            "quick": window.quick_requested.emit,
            "pause": window.pause_requested.emit,
            "quiet": lambda: rest(lambda model: model.toggle_quiet()),
            "snooze_quarter": lambda: rest(lambda model: model.snooze(QUARTER)),
            "snooze_hour": lambda: rest(lambda model: model.snooze(HOUR)),
            "snooze_morning": lambda: rest(lambda model: model.snooze_until_morning()),
            "wake": lambda: rest(lambda model: model.wake()),
            "settings": lambda: self._show_settings(),
            "keys": lambda: self._show_settings(Category.KEYS),
            "endpoints": window.machine.show_endpoints,
            "models": lambda: window.machine.show("models"),
            "doctor": lambda: window.machine.show("doctor"),
            "self_test": lambda: window.machine.show("self_test"),
            "times": window.machine.show_times,
            "history": window.machine.show_history,
            "connections": lambda: window.machine.show("connections"),
            "about": lambda: window.machine.show("about"),
            "updates": window.machine.show_updates,
            "help": window.show_sheet,
            "quit": window.quit_requested.emit,
        }

    def _toggle_theme(self) -> None:
        window = self._window
        window.settings.set("looks.theme", ThemeChoice(other_theme(window.theme).name))

    def _show_settings(self, category: Category | None = None) -> None:
        self._window.preferences.show(category)

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
        if self._window.project is not None:
            self._window.project.begin(mode)

    def _with_models(self, work: "Callable[[ProjectViewModels], None]") -> None:
        if self._window.models is not None:
            work(self._window.models)

    def _with_project(self, work: "Callable[[ProjectView], None]") -> None:
        if self._window.project is not None:
            work(self._window.project)

    def _in_review(self, name: str) -> None:
        if self._window.project is not None and not self._window.project.is_in_lab:
            self._window.project.show_review()
            self._window.project.review.do(name)

    def _with_review(self, work: "Callable[[Deciding], None]") -> None:
        # Nobody decides on hunks that the speed lab covers, or that the chat's tab does.
        view = self._window.project
        if self._window.models is None or view is None or view.is_in_lab:
            return
        if not view.review.isVisibleTo(view):
            view.show_review()
            view.review.diff.setFocus()
            return
        work(self._window.models.review.decide)

    def _walk(self, work: "Callable[[Deciding], None]") -> None:
        # Who goes through the hunks from a field of text wants the letters to decide next.
        self._with_review(work)
        if self._window.project is not None and isinstance(QApplication.focusWidget(), _FIELDS):
            self._window.project.review.diff.setFocus()

    def _quick_action(self, action: QuickAction) -> None:
        # Nobody sees the lines that the speed lab covers.
        if self._window.project is not None and not self._window.project.is_in_lab:
            self._with_models(lambda models: models.quick_actions.run(action))

    def _with_rest(self, work: "Callable[[RestViewModel], None]") -> None:
        if self._window.rest is not None:
            work(self._window.rest)
