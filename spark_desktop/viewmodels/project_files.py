"""The names of the project's files, for lists in which one is chosen."""

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import FilesChanged
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import FileStore
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.intents import Intents


class ProjectFiles(QObject):
    """``paths`` are relative to the folder, as far as they are known; ``changed`` says of more."""

    changed = Signal()

    def __init__(self, files: FileStore, bus: Bus, scope: TaskScope) -> None:
        super().__init__()
        self._files = files
        self._intents = Intents(scope, self._failed)
        self._is_stale, self._is_loading = True, False
        self.paths: tuple[str, ...] = ()
        bus.subscribe(FilesChanged, self._on_changed)

    def load(self) -> None:
        """Read the names in the background, unless they are known."""
        if self._is_stale and not self._is_loading:
            self._is_stale, self._is_loading = False, True
            self._intents.start("list files", self._load())

    async def _load(self) -> None:
        try:
            paths = await self._files.files()
        finally:
            self._is_loading = False
        if paths != self.paths:
            self.paths = paths
            self.changed.emit()

    def _on_changed(self, event: FilesChanged) -> None:
        if not set(event.paths).issubset(self.paths):
            self._is_stale = True

    def _failed(self, _error: SparkError) -> None:
        # The folder is gone: the strip of the inbox says so, and no file can be opened.
        self._is_stale = True
