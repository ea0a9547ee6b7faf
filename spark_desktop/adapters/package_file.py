"""A package on its way to the disk: under another name until its bytes are those of the feed."""

import errno
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from spark_desktop.adapters.atomic_write import RisingTimes, appear, discard
from spark_desktop.adapters.disk import Disk
from spark_desktop.domain.errors import PackageError
from spark_desktop.domain.regex import regex
from spark_desktop.domain.release_feed import ReleaseFile
from spark_desktop.domain.words import say

# What every system takes as a name, and no shell or file manager reads as something else.
_NAME = regex(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,120}")
_PIECE = 1024 * 1024
# Names that are tried: "x.deb", "x (2).deb" …
_MOST_NAMES = 100
_FULL = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)


class PackageFile:
    """One package in a folder; blocking, for an OS thread. Methods raise OSError and PackageError.

    ``free`` tells how many bytes a folder has room for.
    """

    def __init__(
        self,
        folder: Path,
        file: ReleaseFile,
        disk: Disk | None = None,
        free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        self._folder, self._file = folder, file
        self._disk, self._free = disk or Disk(), free
        self.name = _name_of(file)
        # With the digest: what belongs to another version never goes on in this one.
        self.part = folder / f"{self.name}.{file.sha256[:8]}.part"

    def begin(self) -> int:
        """Return how many bytes of it are here already; checks that there is room for the rest."""
        self._folder.mkdir(parents=True, exist_ok=True)
        here = self.part.stat().st_size if self.part.is_file() else 0
        if here > self._file.bytes:
            self.remove()
            here = 0
        if self._free(self._folder) < self._file.bytes - here:
            raise self._no_room()
        return here

    def restart(self) -> None:
        """Begin with an empty file."""
        self.remove()
        os.close(self._disk.create(self.part, 0o666))

    def add(self, data: bytes) -> None:
        """Write more bytes at the end of what is here."""
        handle = os.open(self.part, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))
        try:
            self._disk.write_all(handle, data)
        except OSError as error:
            if error.errno in _FULL:
                raise self._no_room() from error
            raise
        finally:
            os.close(handle)

    def verify(self) -> None:
        """Read all of it again, from the disk. Raises PackageError, and removes what is not it."""
        if not self._is_it(self.part):
            self.remove()
            raise PackageError(
                say(
                    "{name} is not the file that the release feed names: somebody changed it, or "
                    "it was damaged on the way. It was removed.",
                    name=self.name,
                ),
                say("Download it again; if it stays so, report it, and install nothing."),
            )

    def appear(self) -> Path:
        """Give the verified file its name, beside what has that name; return where it lies."""
        handle = os.open(self.part, os.O_WRONLY)
        try:
            self._disk.fsync(handle)
        finally:
            os.close(handle)
        times = RisingTimes()
        for target in self._names():
            try:
                appear(self.part, target, self._disk, times)
            except FileExistsError:
                continue
            self.remove()
            return target
        raise PackageError(
            say("{folder} is full of files named {name}.", folder=self._folder, name=self.name),
            say("Move them away, then download again."),
        )

    def found(self) -> Path | None:
        """Return where the whole file lies from an earlier download; None where it does not."""
        return next((path for path in self._names() if path.is_file() and self._is_it(path)), None)

    def remove(self) -> None:
        """Remove what is here of it."""
        discard(self.part, self._disk)

    def _is_it(self, path: Path) -> bool:
        if path.stat().st_size != self._file.bytes:
            return False
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            while piece := stream.read(_PIECE):
                digest.update(piece)
        return digest.hexdigest() == self._file.sha256

    def _names(self) -> list[Path]:
        stem, dot, ending = self.name.rpartition(".")
        if stem.endswith(".tar"):
            stem, ending = stem.removesuffix(".tar"), f"tar.{ending}"
        more = (f"{stem} ({n}){dot}{ending}" for n in range(2, _MOST_NAMES))
        return [self._folder / name for name in (self.name, *more)]

    def _no_room(self) -> PackageError:
        return PackageError(
            say(
                "There is no room for {name} in {folder}: it takes {size:,.0f} MB.",
                name=self.name,
                folder=self._folder,
                size=self._file.bytes / 1e6,
            ),
            say("Free some space, then download it again."),
        )


def _name_of(file: ReleaseFile) -> str:
    name = unquote(urlsplit(file.url).path).rpartition("/")[2]
    if _NAME.fullmatch(name) and not name.endswith((".", ".part")):
        return name
    ending = "tar.gz" if file.format == "tar" else file.format
    return f"spark-desktop-{file.system}-{file.architecture}-{file.kind}.{ending}"
