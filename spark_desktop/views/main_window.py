"""The window: the top line over the welcome page or the open project."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from spark_desktop.viewmodels.chat import Mode
from spark_desktop.viewmodels.notice import Intent, Notice
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.viewmodels.review import ReviewViewModel
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.pickers import pick_file, pick_folder
from spark_desktop.views.project_view import ProjectView
from spark_desktop.views.shortcuts import ShortcutSheet, bind
from spark_desktop.views.stylesheet import palette_of, stylesheet
from spark_desktop.views.theme import Theme, other_theme
from spark_desktop.views.top_bar import TopBar
from spark_desktop.views.welcome import Welcome

_SIZE = (1280, 800)
_SMALLEST = (800, 480)


class MainWindow(QMainWindow):
    """Closing it only asks for the end (``close_requested``), which comes with ``finish``."""

    folder_chosen = Signal(str)
    close_requested = Signal()

    def __init__(self, theme: Theme, memory: LayoutMemory) -> None:
        super().__init__()
        self._theme, self._memory = theme, memory
        self._models: ProjectViewModels | None = None
        self._root: Path | None = None
        self._may_close = False
        self.project: ProjectView | None = None
        self.sheet: ShortcutSheet | None = None
        self.keys = bind(self, self._handlers())
        self.top = TopBar(self.keys, theme)
        self.welcome = Welcome()
        self.welcome.intent_raised.connect(self.do)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.welcome)
        self._arrange()
        self.set_theme(theme)
        self.show_welcome()

    @property
    def theme(self) -> Theme:
        """Return the theme that is shown."""
        return self._theme

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        QGuiApplication.setPalette(palette_of(theme))
        self.setStyleSheet(stylesheet(theme))
        self.top.set_theme(theme)
        if self.project is not None:
            self.project.set_theme(theme)

    def show_welcome(self, notice: Notice | None = None) -> None:
        """Show no project; ``notice`` says why, None invites to open a folder."""
        self._drop_project()
        self.top.show_project("", "")
        self.setWindowTitle("Spark Desktop")
        self.welcome.show_notice(notice)

    def show_project(self, models: ProjectViewModels, root: Path, branch: str) -> None:
        """Show an open project."""
        self._drop_project()
        self._memory.open_project(root)
        self._models, self._root = models, root
        self.project = ProjectView(models, self._theme, self._memory)
        self.project.intent_raised.connect(self.do)
        self._pages.addWidget(self.project)
        self._pages.setCurrentWidget(self.project)
        self.project.fit(self.width())
        self.project.changes.inbox.setFocus()
        self.top.show_project(root.name or str(root), branch)
        self.setWindowTitle(f"{root.name or root} - Spark Desktop")

    def finish(self) -> None:
        """Close for good, remembering the layout."""
        self._drop_project()
        self._memory.set_geometry(self.saveGeometry())
        self._memory.save()
        self._may_close = True
        self.close()

    def do(self, intent: Intent) -> None:
        """Do what a notice's button asks the window for."""
        match intent:
            case Intent.OPEN_FOLDER:
                self.choose_folder()
            case Intent.HELP:
                self.show_sheet()
            case Intent.EDIT:
                self._begin(Mode.EDIT)
            case Intent.ASK:
                self._begin(Mode.ASK)
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
        if self.project is not None:
            self.project.fit(event.size().width())

    def _arrange(self) -> None:
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addWidget(self._pages, 1)
        self.setCentralWidget(centre)
        self.setMinimumSize(*_SMALLEST)
        self.resize(*_SIZE)
        if self._memory.geometry is not None:
            self.restoreGeometry(self._memory.geometry)

    def _drop_project(self) -> None:
        if self.project is not None:
            self.project.remember()
            self._pages.removeWidget(self.project)
            self.project.deleteLater()
        self.project, self._models, self._root = None, None, None
        self._pages.setCurrentWidget(self.welcome)

    def _toggle_theme(self) -> None:
        self.set_theme(other_theme(self._theme))
        self._memory.set_theme(self._theme.name)

    def _begin(self, mode: Mode) -> None:
        if self.project is not None:
            self.project.begin(mode)

    def _with_models(self, work: Callable[[ProjectViewModels], None]) -> None:
        if self._models is not None:
            work(self._models)

    def _with_project(self, work: Callable[[ProjectView], None]) -> None:
        if self.project is not None:
            work(self.project)

    def _with_review(self, work: Callable[[ReviewViewModel], None]) -> None:
        # Nobody decides on hunks that the speed lab covers.
        if self._models is not None and self.project is not None and not self.project.is_in_lab:
            work(self._models.review)

    def _handlers(self) -> dict[str, Callable[[], None]]:
        do, show, review = self._with_models, self._with_project, self._with_review
        return {
            "accept": lambda: review(lambda model: model.accept()),
            "reject": lambda: review(lambda model: model.reject()),
            "next": lambda: review(lambda model: model.next_hunk()),
            "previous": lambda: review(lambda model: model.previous_hunk()),
            "accept_all": lambda: review(lambda model: model.accept_all()),
            "reject_all": lambda: review(lambda model: model.reject_all()),
            "stop": lambda: show(ProjectView.stop),
            "undo": lambda: do(lambda models: models.changes.undo()),
            "redo": lambda: do(lambda models: models.changes.redo()),
            "ask": lambda: self._begin(Mode.ASK),
            "edit": lambda: self._begin(Mode.EDIT),
            "new_thread": lambda: do(lambda models: models.chat.new_thread()),
            "open_folder": self.choose_folder,
            "open_file": self.choose_file,
            "changes": lambda: show(ProjectView.toggle_changes),
            "chat": lambda: show(ProjectView.toggle_chat),
            "find": lambda: show(ProjectView.begin_find),
            "lab": lambda: show(ProjectView.toggle_lab),
            "play": lambda: show(ProjectView.toggle_play),
            "theme": self._toggle_theme,
            "help": self.show_sheet,
            "quit": self.close_requested.emit,
        }
