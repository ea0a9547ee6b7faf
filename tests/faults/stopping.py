"""A disk and a database that stop, fail or wait at any of their calls, each of which has a name."""

import os
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from spark_desktop.adapters.database import Database
from spark_desktop.adapters.disk import Disk, create

_STAGED = re.compile(r"\.spark-step-[0-9a-f]+-")
# What every operation must go through; a new call of Disk has to be named here.
CALLS = ("create", "write", "truncate", "fsync", "replace", "link", "unlink", "mkdir", "rmdir")


class KilledError(BaseException):
    """The process is gone: no cleanup of ours runs after this, as none does after a kill."""


class Moment(Enum):
    """When the process stops: before the call, in the middle of a write, after the call."""

    BEFORE = "before"
    HALF = "half"
    AFTER = "after"


@dataclass
class Stopping:
    """Numbers the calls, and stops at one of them.

    ``at`` is the number of that call; ``moment`` is when to stop there. After a stop each call
    raises KilledError, so that whatever would tidy up cannot. ``act`` gets the number and the name
    of each call before it, and may raise.
    """

    at: int = -1
    moment: Moment = Moment.BEFORE
    act: Callable[[int, str], None] = lambda _number, _name: None
    points: list[str] = field(default_factory=list)
    is_dead: bool = False

    def disk(self) -> Disk:
        """Return the disk that stops."""
        return Disk(
            create=lambda path, mode: self._call("create", path, create, path, mode),
            write=self._write,
            truncate=lambda handle, size: self._on("truncate", handle, os.ftruncate, handle, size),
            fsync=lambda handle: self._on("fsync", handle, self.sync, handle),
            replace=lambda old, new: self._call("replace", new, os.replace, old, new),
            link=lambda old, new: self._call("link", new, os.link, old, new),
            unlink=lambda path: self._call("unlink", path, os.unlink, path),
            mkdir=lambda path: self._call("mkdir", path, os.mkdir, path),
            rmdir=lambda path: self._call("rmdir", path, os.rmdir, path),
        )

    def database(self, path: Path) -> Database:
        """Return a database that stops at its commits."""
        return Database(path, commit=self._commit)

    def sync(self, handle: int) -> None:
        """Make the bytes lasting; tests that lose what is not override this."""
        del handle  # nothing here is lost: the machine goes on

    def _write(self, handle: int, data: bytes) -> int:
        if self._is_at(Moment.HALF):
            self._note("write", Path(f"/proc/self/fd/{handle}").readlink())
            os.write(handle, data[: len(data) // 2])
            self._stop()
        written = self._on("write", handle, os.write, handle, data)
        assert isinstance(written, int)
        return written

    def _commit(self, connection: sqlite3.Connection) -> None:
        self._named("commit", connection.execute, "COMMIT")

    def _on(self, call: str, handle: int, do: Callable[..., Any], *arguments: Any) -> Any:
        return self._call(call, Path(f"/proc/self/fd/{handle}").readlink(), do, *arguments)

    def _call(self, call: str, path: Path, do: Callable[..., Any], *arguments: Any) -> Any:
        return self._named(f"{call} {_name(path)}", do, *arguments)

    def _named(self, name: str, do: Callable[..., Any], *arguments: Any) -> Any:
        number = len(self.points)
        is_at = number == self.at and not self.is_dead
        self._note(name)
        if is_at and self.moment is Moment.BEFORE:
            self._stop()
        try:
            self.act(number, name)
            return do(*arguments)
        finally:
            if is_at:
                self._stop()

    def _is_at(self, moment: Moment) -> bool:
        return len(self.points) == self.at and not self.is_dead and self.moment is moment

    def _note(self, name: str, path: Path | None = None) -> None:
        if self.is_dead:
            raise KilledError
        self.points.append(f"{name} {_name(path)}" if path else name)

    def _stop(self) -> None:
        self.is_dead = True
        raise KilledError


def _name(path: Path) -> str:
    return _STAGED.sub("staged-", path.name)
