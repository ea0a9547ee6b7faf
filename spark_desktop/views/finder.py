"""The command palette of the window, with all that it offers there."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from spark_desktop.viewmodels.palette import LargeSource, PaletteViewModel, Source
from spark_desktop.views.command_palette import CommandPalette
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.palette_sources import (
    ActionSource,
    CurrentThread,
    FileSource,
    ProjectThreads,
    RecentProjects,
)
from spark_desktop.views.theme import Theme

if TYPE_CHECKING:
    from spark_desktop.viewmodels.project import ProjectViewModels
    from spark_desktop.viewmodels.project_files import ProjectFiles
    from spark_desktop.views.main_window import MainWindow


class Finder(QObject):
    """``model.add_source`` takes more kinds of things to find."""

    def __init__(
        self, window: "MainWindow", actions: Mapping[str, QAction], memory: LayoutMemory
    ) -> None:
        super().__init__(window)
        self._window = window
        self.model = PaletteViewModel(memory)
        self.palette: CommandPalette | None = None
        self._files: ProjectFiles | None = None
        self._of_project: list[Source | LargeSource] = []
        self.model.add_source(ActionSource(actions, window.unavailable))
        self.model.add_source(
            RecentProjects(lambda: window.recent_folders, window.folder_chosen.emit)
        )

    def make(self, theme: Theme) -> None:
        """Make the palette, or another in another language."""
        if self.palette is not None:
            self.palette.close_again()
            self.palette.deleteLater()
        self.palette = CommandPalette(self.model, theme, self._window)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        if self.palette is not None:
            self.palette.set_theme(theme)

    def open(self) -> None:
        """Show the palette; once more closes it."""
        if self._files is not None:
            self._files.load()
        if self.palette is not None:
            self.palette.open()

    def close(self) -> None:
        """Hide the palette."""
        if self.palette is not None:
            self.palette.close_again()

    def show_project(self, models: "ProjectViewModels") -> None:
        """Offer the threads and files of an open project."""
        self.drop_project()
        self._files = models.files
        self._files.changed.connect(self._refresh)
        threads = ProjectThreads(models.chat, self._show_chat)
        files = FileSource(models.files, models.changes.choose_file)
        self._of_project = [threads, files]
        self.model.add_source(threads)
        if self._window.project is not None:
            thread = CurrentThread(self._window.project.changes.threads.current_actions)
            self._of_project.append(thread)
            self.model.add_source(thread)
        self.model.add_large(files)

    def drop_project(self) -> None:
        """Offer nothing of a project any more."""
        if self._files is not None:
            self._files.changed.disconnect(self._refresh)
        self._files = None
        for source in self._of_project:
            self.model.remove_source(source)
        self._of_project = []

    def _refresh(self) -> None:
        if self.palette is not None and self.palette.isVisible():
            self.model.refresh()

    def _show_chat(self) -> None:
        if self._window.project is not None:
            self._window.project.show_chat()
