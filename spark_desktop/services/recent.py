"""The recent projects: newest first, without those that are gone."""

from pathlib import Path
from typing import Protocol

from spark_desktop.domain.recent import newest_first


class RecentStore(Protocol):
    """Where the list is kept across restarts."""

    async def load(self) -> tuple[Path, ...]:
        """Return the kept folders that exist now, newest first."""
        ...

    async def save(self, folders: tuple[Path, ...]) -> None:
        """Keep the folders. Raises StoreError."""
        ...


class RecentFolders:
    """Reads the store anew each time: folders vanish, and another Spark may have added one."""

    def __init__(self, store: RecentStore) -> None:
        self._store = store

    async def folders(self) -> tuple[Path, ...]:
        """Return the folders, newest first."""
        return await self._store.load()

    async def opened(self, folder: Path) -> tuple[Path, ...]:
        """Put a folder in front, keep the list, and return it. Raises StoreError."""
        folders = newest_first(await self._store.load(), folder)
        await self._store.save(folders)
        return folders
