"""The file of the folder that the review shows as it is, and the lines selected in it."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.ports import FileStore
from spark_desktop.services.tasks import LatestTask, TaskScope


class OpenFile(QObject):
    """Reads what is wanted last; ``opened`` says that it is read."""

    opened = Signal()

    def __init__(
        self, files: FileStore, scope: TaskScope, failed: Callable[[SparkError], None]
    ) -> None:
        super().__init__()
        self._files, self._failed = files, failed
        self._opening = LatestTask(scope)
        self.snapshot: Snapshot | None = None
        self.selection: Span | None = None

    def open(self, path: str) -> None:
        """Read a file; a failure is told, and what was shown stays."""
        self._opening.start("open", self._open(path))

    def cancel(self) -> None:
        """Read no more: something else is shown."""
        self._opening.cancel()

    def is_among(self, paths: tuple[str, ...]) -> bool:
        """Return whether the file is one of these."""
        return self.snapshot is not None and self.snapshot.path in paths

    async def _open(self, path: str) -> None:
        try:
            snapshot = await self._files.read(path)
        except SparkError as error:
            self._failed(error)
            return
        self.snapshot = snapshot
        self.opened.emit()
