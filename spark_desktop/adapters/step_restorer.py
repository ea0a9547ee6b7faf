"""Finds out how far an operation got, and finishes it or takes it back."""

import stat
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from spark_desktop.adapters.atomic_write import discard
from spark_desktop.adapters.disk import Disk
from spark_desktop.adapters.folder_lock import alone_in
from spark_desktop.adapters.planned_write import PlannedWrite, Way
from spark_desktop.adapters.step_writer import Contents, StepWriter, folders_of
from spark_desktop.adapters.torn import is_torn
from spark_desktop.adapters.workspace_folder import WorkspaceFolder, write_failure
from spark_desktop.domain.errors import FileChangedError, FileError, OutsideWorkspaceError
from spark_desktop.domain.patch import ABSENT
from spark_desktop.domain.text import digest_of


class Stand(Enum):
    """How far one write got."""

    WAITING = auto()  # as before, and staged
    DONE = auto()  # as after
    TORN = auto()  # between both, by our own hand
    TAKEN_BACK = auto()  # as before, and not staged any more
    CHANGED_BEFORE = auto()  # somebody else's, and never ours
    CHANGED_AFTER = auto()  # somebody else's, who changed what we had written


@dataclass(frozen=True, slots=True)
class Outcome:
    """Which paths hold the result, and which were left as somebody else made them.

    ``skipped`` are those of the latter that never held the result.
    """

    done: tuple[str, ...] = ()
    left_alone: tuple[str, ...] = ()
    skipped: frozenset[str] = frozenset()


class StepRestorer:
    """Blocking; works on what ``StepWriter`` left, in this process or in one that ended."""

    def __init__(self, folder: WorkspaceFolder, disk: Disk, writer: StepWriter) -> None:
        self._folder = folder
        self._disk = disk
        self._writer = writer

    def complete(self, writes: Sequence[PlannedWrite], contents: Contents) -> Outcome | None:
        """Finish the writes that wait; None, with nothing done, where some were taken back already.

        What somebody changed meanwhile is left alone, both names of a renamed file together.
        Raises FileError where the system refuses; it can be called again then.
        """
        with alone_in(folders_of(writes)):
            stands = {write: self._stand(write, contents) for write in writes}
            if any(_is_taken_back(write, stand) for write, stand in stands.items()):
                return None
            skipped = _skipped(stands)
            for write, stand in stands.items():
                if write.path in skipped:
                    if stand is Stand.DONE:  # the other name of a rename that cannot be finished
                        self._writer.put_back(write, contents)
                elif stand in (Stand.WAITING, Stand.TORN):
                    self._put(write, stand, contents)
            self._writer.clear(writes)
            left_out = [write for write in writes if write.path in skipped]
            self._writer.remove_folders(left_out, Way.CREATE)
        return Outcome(
            done=tuple(write.path for write in writes if write.path not in skipped),
            left_alone=_left_alone(stands),
            skipped=skipped,
        )

    def take_back(
        self,
        writes: Sequence[PlannedWrite],
        contents: Contents,
        reached: Collection[PlannedWrite] | None = None,
    ) -> Outcome:
        """Give every file that holds our result its old bytes again: of ``reached``, if known.

        What somebody changed meanwhile is left alone. Raises the first FileError after trying all;
        it can be called again then.
        """
        failures: list[FileError] = []
        with alone_in(folders_of(writes)):
            stands = {}
            for write in writes:
                with _kept(failures):
                    stands[write] = self._stand(write, contents)
            # First: from now on a crash leads here again, not to completion.
            with _kept(failures):
                self._writer.unstage(writes)
            for write in reversed(writes):
                is_reached = reached is None or write in reached
                if is_reached and stands.get(write) in (Stand.DONE, Stand.TORN):
                    with _kept(failures):
                        stands[write] = self._put_back(write, contents)
            with _kept(failures):
                self._writer.remove_folders(writes, Way.CREATE)
            self._writer.sync(writes)
        if failures:
            raise failures[0]
        return Outcome(left_alone=_left_alone(stands))

    def _put_back(self, write: PlannedWrite, contents: Contents) -> Stand:
        try:
            self._writer.put_back(write, contents)
        except FileChangedError:
            return Stand.CHANGED_AFTER
        return Stand.TAKEN_BACK

    def _put(self, write: PlannedWrite, stand: Stand, contents: Contents) -> None:
        if stand is Stand.TORN:
            self._writer.write_over(write, contents[write.after])
            return
        if write.way in (Way.REPLACE, Way.CREATE) and not _holds(write.staged, write.after):
            # Not as we left it; we know the bytes.
            try:
                discard(write.staged, self._disk)
                self._writer.stage_one(write, contents)
            except OSError as error:
                raise write_failure(write.path, error) from error
        self._writer.put(write, contents, set())

    def _stand(self, write: PlannedWrite, contents: Contents) -> Stand:
        is_staged = write.staged.exists()
        try:
            data = self._bytes(write)
        except _NotOursError:
            return Stand.CHANGED_BEFORE if is_staged else Stand.CHANGED_AFTER
        except OSError as error:
            raise write_failure(write.path, error) from error
        digest = ABSENT if data is None else digest_of(data)
        if digest == write.after:
            return Stand.DONE
        if digest == write.before:
            return Stand.WAITING if is_staged else Stand.TAKEN_BACK
        if data is not None and self._was_torn(write, data, contents):
            return Stand.TORN
        if not is_staged or _is_same_file(write.staged, write.target):
            return Stand.CHANGED_AFTER
        return Stand.CHANGED_BEFORE

    def _was_torn(self, write: PlannedWrite, data: bytes, contents: Contents) -> bool:
        is_in_place = write.way is Way.IN_PLACE
        return is_in_place and is_torn(data, contents[write.before], contents[write.after])

    def _bytes(self, write: PlannedWrite) -> bytes | None:
        """Return what is there, None for nothing; raises _NotOursError, OSError."""
        try:
            is_elsewhere = self._folder.target(write.path) != write.target
        except OutsideWorkspaceError as error:
            raise _NotOursError from error
        try:
            status = write.target.lstat()
            if is_elsewhere or not stat.S_ISREG(status.st_mode):
                raise _NotOursError
            if write.way is Way.IN_PLACE and status.st_ino != write.inode:
                raise _NotOursError
            return write.target.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None


class _NotOursError(Exception):
    """Something else has the name now: a folder, a link, another file."""


def _is_taken_back(write: PlannedWrite, stand: Stand) -> bool:
    # What is torn without its mark was torn by putting the old bytes back.
    is_torn_back = stand is Stand.TORN and not write.staged.exists()
    return stand is Stand.TAKEN_BACK or is_torn_back


def _skipped(stands: Mapping[PlannedWrite, Stand]) -> frozenset[str]:
    changed = {write.path for write, stand in stands.items() if stand is Stand.CHANGED_BEFORE}
    removed = {write.path for write in stands if write.way is Way.REMOVE}
    for write in stands:
        pair = {write.path, write.source}
        if write.source in removed and pair & changed:
            changed |= pair
    return frozenset(changed)


def _left_alone(stands: Mapping[PlannedWrite, Stand]) -> tuple[str, ...]:
    changed = (Stand.CHANGED_BEFORE, Stand.CHANGED_AFTER)
    return tuple(write.path for write, stand in stands.items() if stand in changed)


def _is_same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _holds(file: Path, digest: str) -> bool:
    try:
        return digest_of(file.read_bytes()) == digest
    except OSError:
        return False


@contextmanager
def _kept(failures: list[FileError]) -> Iterator[None]:
    try:
        yield
    except FileError as error:
        failures.append(error)
