"""The names of the project's files, for lists in which one is chosen."""

import asyncio

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import FilesChanged
from spark_desktop.domain.name_index import NameIndex
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import FileStore
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.intents import Intents


class ProjectFiles(QObject):
    """``index`` finds paths, relative to the folder; ``changed`` says that it is another."""

    changed = Signal()

    def __init__(self, files: FileStore, bus: Bus, scope: TaskScope) -> None:
        super().__init__()
        self._files = files
        self._intents = Intents(scope, self._failed)
        self._is_stale, self._is_loading = True, False
        self.index = NameIndex()
        bus.subscribe(FilesChanged, self._on_changed)

    @property
    def paths(self) -> tuple[str, ...]:
        """Return the paths, as far as they are known."""
        return self.index.names

    def load(self) -> None:
        """Read the names in the background, unless they are known."""
        if self._is_stale and not self._is_loading:
            self._is_stale, self._is_loading = False, True
            self._intents.start("list files", self._load())

    async def _load(self) -> None:
        try:
            paths = await self._files.files()
            if paths == self.paths:
                return
            # About 50 ms for 20,000 files: too long for the thread of the window.
            self.index = await asyncio.to_thread(NameIndex, paths)
        finally:
            self._is_loading = False
        self.changed.emit()

    def _on_changed(self, event: FilesChanged) -> None:
        if not set(event.paths).issubset(self.paths):
            self._is_stale = True

    def _failed(self, _error: SparkError) -> None:
        # The folder is gone: the strip of the inbox says so, and no file can be opened.
        self._is_stale = True
