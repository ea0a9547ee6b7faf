"""Where the pictures of a thread go, and what became of them."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.errors import SparkError
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.intents import Intents
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone, notice_of
from spark_desktop.viewmodels.ports import Exports
from spark_desktop.viewmodels.translation import number_text, tr


class ThreadImageViewModel(QObject):
    """``told`` carries the notice: that it is being made, where it went, or why it did not.

    ``ended`` says that no more pictures are wanted.
    """

    told = Signal(object)
    ended = Signal()

    def __init__(self, exports: Exports, scope: TaskScope) -> None:
        super().__init__()
        self._exports = exports
        self._intents = Intents(scope, self._on_failure)
        self._path: Path | None = None
        self._written = 0

    def begin(self, path: str) -> None:
        """Take what comes next as the picture for this file."""
        self._path, self._written = Path(path), 0
        self.told.emit(Notice(tr("Making the image of the thread…"), Tone.BUSY))

    def write(self, number: int, count: int, data: bytes) -> None:
        """Write one of ``count`` pictures; more than one are numbered in their files' names."""
        if self._path is not None:
            path = tile_path(self._path, number, count)
            self._intents.start("image", self._write(self._path, path, count, data))

    def refuse(self, height: int, limit: int) -> None:
        """Say that the thread is too long for a picture; both in pixels."""
        self._path = None
        text = tr(
            "The thread would be about {height} pixels high; an image takes at most {limit}.",
            height=number_text(height, ","),
            limit=number_text(limit, ","),
        )
        hint = tr("Nothing was written. Fork the thread at a later turn, or copy it as Markdown.")
        self.told.emit(Notice(text, Tone.WARNING, hint, _dismiss()))
        self.ended.emit()

    async def _write(self, target: Path, path: Path, count: int, data: bytes) -> None:
        await self._exports.export(path, data)
        if target != self._path:
            return
        self._written += 1
        if self._written == count:
            written = tr("Written to {path}", path=path if count == 1 else target.parent)
            hint = "" if count == 1 else tr("%n image(s)", "", count)
            self.told.emit(Notice(written, Tone.GOOD, hint, _dismiss()))
            self.ended.emit()

    def _on_failure(self, error: SparkError) -> None:
        self._path = None
        self.told.emit(notice_of(error, _dismiss()))
        self.ended.emit()


def tile_path(path: Path, number: int, count: int) -> Path:
    """Return the file of one picture of several: ``thread-2.png`` for ``thread.png``."""
    return path if count == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")


def _dismiss() -> Action:
    return Action(tr("Dismiss"), Intent.DISMISS)
