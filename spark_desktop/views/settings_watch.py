"""Notices that somebody edits the settings file, so that it takes effect at once."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject

from spark_desktop.views.frames import single_shot

# Milliseconds: an editor that saves touches the file several times.
_REST = 150


class SettingsWatch(QObject):
    """Calls ``edited`` after the file, or its folder, was changed."""

    def __init__(self, file: Path, edited: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._file, self._edited = file, edited
        self._is_over = False
        self._watcher = QFileSystemWatcher(self)
        self._rest = single_shot(self, _REST, self._changed)
        self._watcher.fileChanged.connect(lambda _path: self._rest.start())
        self._watcher.directoryChanged.connect(lambda _path: self._rest.start())
        self.arm()

    def arm(self) -> None:
        """Watch what exists by now: an editor replaces the file, and the folder may come later."""
        if self._is_over:
            return
        known = {*self._watcher.files(), *self._watcher.directories()}
        wanted = (self._file, self._file.parent)
        missing = [str(path) for path in wanted if path.exists() and str(path) not in known]
        if missing:
            self._watcher.addPaths(missing)

    def end(self) -> None:
        """Watch no longer."""
        self._is_over = True
        self._rest.stop()
        watched = [*self._watcher.files(), *self._watcher.directories()]
        if watched:
            self._watcher.removePaths(watched)

    def _changed(self) -> None:
        self.arm()
        self._edited()
