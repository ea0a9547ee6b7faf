"""Writes the files of an operation: staged beside their targets first, then put there in order."""

import contextlib
import errno
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from spark_desktop.adapters.atomic_write import (
    RisingTimes,
    appear,
    discard,
    stage,
    take_place,
    write_over,
)
from spark_desktop.adapters.disk import Disk
from spark_desktop.adapters.folder_lock import alone_in
from spark_desktop.adapters.planned_write import PlannedWrite, Way
from spark_desktop.adapters.workspace_folder import (
    WorkspaceFolder,
    appeared,
    removed,
    write_failure,
)
from spark_desktop.domain.errors import FileError

Contents = Mapping[str, bytes]
# Why a folder is not removed that needs no word: something is in it, or it was never made.
_STAYS = frozenset({errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR})


class StepWriter:
    """Blocking; what it leaves half done is for ``StepRestorer`` to finish or take back."""

    def __init__(self, folder: WorkspaceFolder, disk: Disk) -> None:
        self._folder = folder
        self._disk = disk
        self._times = RisingTimes()

    def stage(self, writes: Sequence[PlannedWrite], contents: Contents) -> None:
        """Make the missing folders and write all new bytes beside their targets, synced.

        Raises FileError, with no file of the user touched.
        """
        for write in writes:
            with _naming(write):
                if write.way is Way.CREATE:
                    self._make_folders(write)
                self.stage_one(write, contents)
        for folder in folders_of(writes):
            self._disk.sync_folder(folder)

    def stage_one(self, write: PlannedWrite, contents: Contents) -> None:
        """Stage the bytes of one write. Raises OSError."""
        is_new_file = write.way in (Way.REPLACE, Way.CREATE)
        # The others take their bytes from elsewhere, or need none: the name alone is the mark.
        data = contents[write.after] if is_new_file else b""
        stage(write.staged, data, write.attributes if is_new_file else None, self._disk)

    def place(
        self, writes: Sequence[PlannedWrite], contents: Contents, reached: set[PlannedWrite]
    ) -> None:
        """Put the staged bytes of all files in their places, and sync the folders.

        The writes that were not only looked at are added to ``reached``. Raises FileChangedError
        where a file is not what it was when the write was planned, else FileError.
        """
        noted = self._folder.note_writes(
            (name, write.after)
            for write in writes
            if write.way is not Way.REMOVE
            for name in (write.path, self._folder.relative(write.target))
        )
        try:
            with alone_in(folders_of(writes)):
                for write in writes:
                    self._guard(write)
                for write in writes:
                    self.put(write, contents, reached)
                self.clear(writes)
        except FileError:
            self._folder.forget_writes(noted)
            raise

    def put(self, write: PlannedWrite, contents: Contents, reached: set[PlannedWrite]) -> None:
        """Put one file in its place, if its old bytes are what they should be. Raises FileError."""
        self._guard(write)
        reached.add(write)
        with _naming(write):
            if write.way is Way.REPLACE:
                take_place(write.staged, write.target, self._disk, self._times)
            elif write.way is Way.IN_PLACE:
                self._write_over(write, contents[write.after])
            elif write.way is Way.CREATE:
                appear(write.staged, write.target, self._disk, self._times)
            else:
                self._disk.unlink(write.target)

    def write_over(self, write: PlannedWrite, data: bytes) -> None:
        """Write into a file with several names, whatever it holds. Raises FileError."""
        with _naming(write):
            self._write_over(write, data)

    def clear(self, writes: Sequence[PlannedWrite]) -> None:
        """Make lasting what was put in its place, then remove what is staged. Raises FileError."""
        folders = folders_of(writes)
        for folder in folders:
            self._disk.sync_folder(folder)
        # Not before: were the mark gone and the file not there, it would look taken back.
        cleared = set()
        for write in writes:
            with _naming(write):
                if write.staged.exists() and discard(write.staged, self._disk):
                    cleared.add(write.target.parent)
        for folder in folders:
            if folder in cleared:
                self._disk.sync_folder(folder)
        self.remove_folders(writes, Way.REMOVE)

    def unstage(self, writes: Sequence[PlannedWrite]) -> None:
        """Remove what was staged, and folders that were made for it and are empty.

        Raises FileError where something stays.
        """
        failures: list[FileError] = []
        for write in writes:
            with _collecting(write, failures):
                for left in (write.staged, write.restored):
                    if left.exists():
                        discard(left, self._disk)
        try:
            self.remove_folders(writes, Way.CREATE)
        except FileError as error:
            failures.append(error)
        self.sync(writes)
        if failures:
            raise failures[0]

    def remove_folders(self, writes: Sequence[PlannedWrite], way: Way) -> None:
        """Remove the folders that we made for files of writes that go this way, if they are empty.

        Raises FileError where the system refuses.
        """
        made = {folder: write for write in writes if write.way is way for folder in write.folders}
        for folder in sorted(made, key=lambda folder: -len(folder.parts)):
            try:
                self._disk.rmdir(folder)
                self._disk.sync_folder(folder.parent)
            except OSError as error:
                if error.errno not in _STAYS:
                    raise write_failure(made[folder].path, error) from error

    def put_back(self, write: PlannedWrite, contents: Contents) -> None:
        """Give a written file its old bytes, remove a new one, make a removed one again.

        Raises FileChangedError where it is not what we wrote any more, else FileError; one that was
        torn is not looked at.
        """
        with _naming(write):
            if write.way is Way.CREATE:
                discard(write.target, self._disk)
                return
            old = contents[write.before]
            if write.way is Way.IN_PLACE:
                self._write_over(write, old)
                return
            if write.way is Way.REMOVE:
                self._make_folders(write)
            if write.restored.exists():  # torn by a crash
                discard(write.restored, self._disk)
            stage(write.restored, old, write.attributes, self._disk)
            try:
                if write.way is Way.REPLACE:
                    self._folder.base_bytes(write.path, write.target, write.after)
                    take_place(write.restored, write.target, self._disk, self._times)
                else:
                    appear(write.restored, write.target, self._disk, self._times)
            finally:
                if write.restored.exists():
                    discard(write.restored, self._disk)

    def sync(self, writes: Sequence[PlannedWrite]) -> None:
        """Make lasting what happened in the folders of the files."""
        for folder in folders_of(writes):
            self._disk.sync_folder(folder)

    def _write_over(self, write: PlannedWrite, data: bytes) -> None:
        write_over(write.target, data, write.inode, self._disk, self._times)

    def _guard(self, write: PlannedWrite) -> None:
        if write.way is Way.CREATE:
            self._folder.require_absent(write.path, write.target)
        else:
            self._folder.base_bytes(write.path, write.target, write.before)

    def _make_folders(self, write: PlannedWrite) -> None:
        for folder in write.folders:
            try:
                self._disk.mkdir(folder)
            except FileExistsError:
                if not folder.is_dir():
                    raise
            self._disk.sync_folder(folder.parent)


def folders_of(writes: Sequence[PlannedWrite]) -> tuple[Path, ...]:
    """Return the folders of the files, each once."""
    return tuple(dict.fromkeys(write.target.parent for write in writes))


@contextlib.contextmanager
def _naming(write: PlannedWrite) -> Iterator[None]:
    """Translate what the system says into an error that names the file."""
    try:
        yield
    except FileExistsError as error:
        raise appeared(write.path) from error
    except FileNotFoundError as error:
        raise removed(write.path) from error
    except OSError as error:
        raise write_failure(write.path, error) from error


@contextlib.contextmanager
def _collecting(write: PlannedWrite, failures: list[FileError]) -> Iterator[None]:
    try:
        with _naming(write):
            yield
    except FileError as error:
        failures.append(error)
