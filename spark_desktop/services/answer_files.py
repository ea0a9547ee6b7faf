"""The files that an answer is about, as far as it may read and change them."""

from collections.abc import Iterable

from spark_desktop.domain.errors import FileError
from spark_desktop.domain.refusals import Refused, refused_by
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.path_guard import PathGuard
from spark_desktop.services.ports import FileStore


class AnswerFiles:
    """Reads each file once: an answer's blocks are about the files as they were when it began.

    ``snapshots`` has each path that was admitted, None where no file is there; ``refused`` the
    others.
    """

    def __init__(self, guard: PathGuard, files: FileStore) -> None:
        self._guard = guard
        self._files = files
        self.snapshots: dict[str, Snapshot | None] = {}
        self.refused: dict[str, Refused] = {}

    async def admit(self, paths: Iterable[str]) -> None:
        """Read those of the paths, as the answer writes them, that are new."""
        for path in paths:
            if path not in self.snapshots and path not in self.refused:
                await self._admit(path)

    async def _admit(self, written: str) -> None:
        admitted = await self._guard.admit(written)
        if isinstance(admitted, Refused):
            self.refused[written] = admitted
        elif not admitted.exists:
            self.snapshots[written] = None
        else:
            try:
                self.snapshots[written] = await self._files.read(admitted.path)
            except FileError as error:
                self.refused[written] = refused_by(error, written)
