"""A disk that a power cut leaves with what was synced, and no more.

It keeps a second picture of the workspace: of each file the bytes that its last sync saw, of each
folder the names. After ``cut`` the workspace is as that picture says. Which of the rest a real disk
keeps is chance; the worst two are here: names get lost with all they lead to, or names are kept and
the bytes that they lead to are lost, all or every other sector. Commits of the database that did
not sync are lost or kept.
"""

import os
import shutil
import sqlite3
import stat
from dataclasses import dataclass, field
from pathlib import Path

from faults.stopping import Stopping

_FULL = 2
_SECTOR = 512


@dataclass(frozen=True)
class Loss:
    """What a power cut takes of what was not synced, besides the bytes of files."""

    names: bool
    commits: bool
    every_other_sector: bool = False


LOSSES = (
    *(Loss(names, commits) for names in (True, False) for commits in (True, False)),
    Loss(names=False, commits=False, every_other_sector=True),
)


@dataclass
class Forgetting(Stopping):
    """A disk and a database that know what would be left of them; ``ignored`` syncs do nothing."""

    root: Path = Path()
    copy: Path = Path()
    ignored: str = ""
    files: dict[int, tuple[bytes, int]] = field(default_factory=dict)
    folders: dict[Path, dict[str, int]] = field(default_factory=dict)
    handles: list[int] = field(default_factory=list)

    def begin(self, database: Path) -> None:
        """Take what is there now for lasting."""
        for folder, _, names in os.walk(self.root):
            self._look_into(Path(folder))
            for name in names:
                self._look_at(Path(folder) / name)
        self._copy(database)

    def sync(self, handle: int) -> None:
        """Take the bytes, or names, behind the handle for lasting."""
        path = Path(f"/proc/self/fd/{handle}").readlink()
        kind = "folders" if path.is_dir() else "files"
        if kind == self.ignored:
            return
        if path.is_dir():
            self._look_into(path)
        else:
            self._look_at(path)

    def cut(self, loss: Loss) -> None:
        """Leave of the workspace what lasts."""
        if loss.names:
            self._restore(self.root)
        for folder, _, names in os.walk(self.root):
            for name in names:
                self._keep_lasting_bytes(Path(folder) / name, loss)
        for handle in self.handles:
            os.close(handle)
        self.handles.clear()

    def _commit(self, connection: sqlite3.Connection) -> None:
        super()._commit(connection)
        (level,) = connection.execute("PRAGMA synchronous").fetchone()
        if level == _FULL and self.ignored != "commits":
            (_, _, file), *_ = connection.execute("PRAGMA database_list").fetchall()
            self._copy(Path(file))

    def _copy(self, database: Path) -> None:
        shutil.rmtree(self.copy, ignore_errors=True)
        self.copy.mkdir()
        for suffix in ("", "-wal"):
            file = Path(f"{database}{suffix}")
            if file.exists():
                shutil.copy(file, self.copy)

    def _look_into(self, folder: Path) -> None:
        self.folders[folder] = {
            path.name: 0 if path.is_dir() else path.stat().st_ino for path in folder.iterdir()
        }

    def _look_at(self, file: Path) -> None:
        status = file.stat()
        # Held open, so that no other file gets its number once it is gone.
        self.handles.append(os.open(file, os.O_RDONLY))
        self.files[status.st_ino] = file.read_bytes(), stat.S_IMODE(status.st_mode)

    def _restore(self, folder: Path) -> None:
        lasting = self.folders.get(folder, {})
        here = {path.name: path for path in folder.iterdir()}
        for name, path in here.items():
            if name not in lasting:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        for name, number in lasting.items():
            path = folder / name
            if not number:
                path.mkdir(exist_ok=True)
                self._restore(path)
            elif name not in here or path.stat().st_ino != number:
                path.unlink(missing_ok=True)
                self._bring_back(path, number)

    def _bring_back(self, path: Path, number: int) -> None:
        for other in self.root.rglob("*"):
            if other.is_file() and other.stat().st_ino == number:
                path.hardlink_to(other)
                return
        data, mode = self.files.get(number, (b"", 0o600))
        path.write_bytes(data)
        path.chmod(mode)
        self.files[path.stat().st_ino] = data, mode

    def _keep_lasting_bytes(self, path: Path, loss: Loss) -> None:
        data, _ = self.files.get(path.stat().st_ino, (b"", 0))
        unsynced = path.read_bytes()
        if unsynced == data:
            return
        if loss.every_other_sector:
            sides = data.ljust(len(unsynced), b"\0"), unsynced
            places = range(0, len(unsynced), _SECTOR)
            data = b"".join(sides[at // _SECTOR % 2][at : at + _SECTOR] for at in places)
        path.write_bytes(data)
