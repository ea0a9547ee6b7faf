"""The folders that were opened last, in a JSON file of the data folder."""

import asyncio
import json
from pathlib import Path
from typing import Any

from spark_desktop.adapters.whole_file import write_whole
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.recent import MOST_RECENT
from spark_desktop.domain.words import say

# Bytes; ten paths are far less.
_MOST = 1 << 20


class RecentFile:
    """One file; a RecentStore."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def load(self) -> tuple[Path, ...]:
        """Return the kept folders that still exist; a file that cannot be read counts as empty."""
        return await asyncio.to_thread(self._load)

    async def save(self, folders: tuple[Path, ...]) -> None:
        """Keep these folders. Raises StoreError."""
        data = json.dumps([str(folder) for folder in folders], indent=1).encode()
        try:
            await asyncio.to_thread(write_whole, self._file, data)
        except OSError as error:
            raise StoreError(
                say(
                    "The list of recent projects could not be written to {file} ({reason}).",
                    file=self._file,
                    reason=error.strerror or error,
                ),
                say("Make the folder writable."),
            ) from error

    def _load(self) -> tuple[Path, ...]:
        try:
            if self._file.stat().st_size > _MOST:
                return ()
            kept: Any = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return ()
        named = (
            [Path(one) for one in kept if isinstance(one, str)] if isinstance(kept, list) else []
        )
        found = (folder for folder in named if folder.is_absolute() and _is_folder(folder))
        return tuple(found)[:MOST_RECENT]


def _is_folder(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except (OSError, ValueError):  # a null character, or a disk that does not answer
        return False
