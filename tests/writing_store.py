"""A file store that can write, as the window can: by a store of steps on the same folder."""

import itertools
from pathlib import Path

from spark_desktop.adapters.database import Database
from spark_desktop.adapters.disk import Disk
from spark_desktop.adapters.file_store import LocalFileStore
from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.adapters.step_store import SqliteStepStore
from spark_desktop.domain.operation import FileWrite, Operation
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.workspace import Snapshot, snapshot_of

_numbers = itertools.count()
_opened: list[Database] = []


class WritingStore(LocalFileStore):
    """The files below ``root``; its database lies beside that folder."""

    def __init__(self, root: Path, max_bytes: int = 1_000_000, disk: Disk | None = None) -> None:
        super().__init__(root, IgnoreRules(root), max_bytes)
        database = Database(root.parent / f"{root.name}.db")
        _opened.append(database)
        self._steps = SqliteStepStore(database, self.folder, disk=disk)

    async def replace(self, path: str, text: SourceText, base: str) -> Snapshot:
        """Write one file, and return what was written."""
        write = FileWrite(path, base, text)
        await self._steps.commit(Operation(f"write {next(_numbers)}", (write,)))
        return snapshot_of(path, text)


async def close_databases() -> None:
    """Close the databases of all stores."""
    while _opened:
        await _opened.pop().close()
