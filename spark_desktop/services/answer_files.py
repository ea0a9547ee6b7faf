"""The files that an answer is about, as far as it may read and change them."""

from collections.abc import Iterable
from dataclasses import replace

from spark_desktop.domain.edit_blocks import Block, Region, Rename
from spark_desktop.domain.errors import FileError
from spark_desktop.domain.refusals import Refused, refused_by
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.answer_reading import Numbered
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
        self._names: dict[str, str] = {}

    async def admit(self, paths: Iterable[str]) -> None:
        """Read those of the paths, as the answer writes them, that are new."""
        for path in paths:
            if path not in self._names and path not in self.refused:
                await self._admit(path)

    def name(self, written: str) -> str:
        """Return the workspace's own name for a path that the answer writes, as far as known."""
        return self._names.get(written, written)

    def named(self, blocks: Numbered) -> Numbered:
        """Return the blocks with the workspace's names: a file written in two ways is one."""
        return tuple((number, self._named(block)) for number, block in blocks)

    def _named(self, block: Block) -> Block:
        if isinstance(block, Region):
            return block
        if isinstance(block, Rename):
            return replace(block, path=self.name(block.path), target=self.name(block.target))
        name = self.name(block.path)
        return block if name == block.path else replace(block, path=name)

    async def _admit(self, written: str) -> None:
        admitted = await self._guard.admit(written)
        if isinstance(admitted, Refused):
            self.refused[written] = admitted
            return
        path = self._names[written] = admitted.path
        if path not in self.snapshots and path not in self.refused:
            try:
                self.snapshots[path] = await self._files.read(path) if admitted.exists else None
            except FileError as error:
                self.refused[path] = refused_by(error, path)
        if path in self.snapshots:
            self.snapshots[written] = self.snapshots[path]
