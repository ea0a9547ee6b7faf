"""Model files that the user brought into the store, beside those of the catalogue.

They lie in a folder of their own, so that no name of theirs can take the place of a known file.
They are copied, never linked: a later change of the user's file must not change the store's.
"""

import json
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from inference_core.models.catalogue import Catalogue, CatalogueModel
from inference_core.models.errors import (
    FetchCancelledError,
    MissingModelError,
    ModelBusyError,
    ModelFileError,
    NameTakenError,
    NotEnoughSpaceError,
    StoreFolderError,
)
from inference_core.models.fetching import free_bytes
from inference_core.models.files import publish, write_json
from inference_core.models.gguf import read_gguf
from inference_core.models.part_file import PartFile
from inference_core.models.progress import Listener, Meter, Verifying
from inference_core.models.sources.port import BLOCK
from inference_core.models.verification import sha256_of

FOLDER = "own"
# A name that every file system takes, and no command line takes for a flag.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._+-]{0,120}\.gguf")


@dataclass(frozen=True)
class OwnModel:
    """A file of the user's, and what its header says; ``name`` and ``licence`` may be empty.

    ``fault`` says why it cannot be used, and is empty where it can; ``context`` is in tokens.
    """

    path: Path
    bytes: int
    name: str = ""
    licence: str = ""
    architecture: str = ""
    context: int = 0
    fault: str = ""


class OwnModels:
    """The folder of the user's own files in a store; ``free`` tells the bytes free in a folder."""

    def __init__(self, store: Path, free: Callable[[Path], int] = free_bytes) -> None:
        self._store = store
        self._free = free

    @property
    def folder(self) -> Path:
        """Return where the files are."""
        return self._store / FOLDER

    def list(self) -> tuple[OwnModel, ...]:
        """Return the files by name; one that was damaged since is listed with its fault."""
        with suppress(OSError):
            return tuple(_described(path) for path in sorted(self.folder.glob("*.gguf")))
        return ()

    def bring_in(self, path: Path, progress: Listener, cancelled: threading.Event) -> Path:
        """Copy a file whose header is sound into the store and return its new place.

        The same file once more is no mistake. What was copied of it is removed when it is
        cancelled. Raises ModelFileError, BadGgufError, NameTakenError, NotEnoughSpaceError,
        StoreFolderError, ModelBusyError and FetchCancelledError.
        """
        read_gguf(path)
        if not _NAME.fullmatch(path.name):
            raise ModelFileError(
                f"The name of {path.name} cannot be used in the store.",
                "Use letters, digits, spaces and . _ + - only, and end it with .gguf.",
            )
        final = self.folder / path.name
        size = path.stat().st_size
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(final.with_name(f"{final.name}.lock"), timeout=0):
                if final.exists():
                    if final.stat().st_size == size and _same_bytes(path, final, cancelled):
                        return final
                    raise NameTakenError(path.name)
                self._refuse_full_disk(size)
                self._copy(path, final, Meter(f"local {path}", size, progress), cancelled)
        except Timeout as error:
            raise ModelBusyError(path.name) from error
        except OSError as error:
            raise StoreFolderError(self.folder, error) from error
        return final

    def remove(self, path: Path) -> int:
        """Remove one of the files and return the bytes that became free.

        Raises MissingModelError for any other file, ModelBusyError, StoreFolderError.
        """
        name = path.name
        final = self.folder / name
        if path.absolute().parent != self.folder.absolute() or not final.is_file():
            raise MissingModelError(name, path)
        try:
            with FileLock(final.with_name(f"{name}.lock"), timeout=0):
                freed = final.stat().st_size
                final.unlink()
                _note(final).unlink(missing_ok=True)
        except Timeout as error:
            raise ModelBusyError(name) from error
        except OSError as error:
            raise StoreFolderError(self.folder, error) from error
        return freed

    def _refuse_full_disk(self, size: int) -> None:
        free = self._free(self.folder)
        if free < size:
            raise NotEnoughSpaceError(self.folder, size, free)

    def _copy(self, path: Path, final: Path, meter: Meter, cancelled: threading.Event) -> None:
        part = PartFile(final)
        done = False
        try:
            with path.open("rb") as source, part.append_at(0) as target:
                meter.at(0)
                while block := source.read(BLOCK):
                    if cancelled.is_set():
                        raise FetchCancelledError(path.name)
                    target.write(block)
                    meter.at(target.tell())
            # Once more on the copy: the file may have been changed while it was read.
            read_gguf(part.path)
            publish(part.path, final)
            done = True
        finally:
            if not done:
                part.discard()


def known_as(
    path: Path, catalogue: Catalogue, progress: Listener, cancelled: threading.Event
) -> CatalogueModel | None:
    """Return the model of the catalogue that has exactly these bytes; None where none has.

    Only a file of a known size is hashed. Raises ModelFileError, FetchCancelledError.
    """
    try:
        size = path.stat().st_size
        alike = [model for model in catalogue.models if model.bytes == size]
        if not alike:
            return None

        def each_block(done: int) -> None:
            if cancelled.is_set():
                raise FetchCancelledError(path.name)
            progress(Verifying(done, size))

        digest = sha256_of(path, each_block)
    except OSError as error:
        raise ModelFileError(
            f"The model file {path} cannot be read: {error.strerror or error}.",
            "Check the path and its rights.",
        ) from error
    return next((model for model in alike if model.sha256 == digest), None)


def _same_bytes(first: Path, second: Path, cancelled: threading.Event) -> bool:
    if first.samefile(second):
        return True
    with first.open("rb") as one, second.open("rb") as other:
        while block := one.read(BLOCK):
            if cancelled.is_set():
                raise FetchCancelledError(first.name)
            if block != other.read(BLOCK):
                return False
        return not other.read(1)


def _described(path: Path) -> OwnModel:
    stat = path.stat()
    state = {"size": stat.st_size, "mtime_ns": stat.st_mtime_ns}
    with suppress(OSError, ValueError, TypeError, KeyError):
        noted = json.loads(_note(path).read_text(encoding="utf-8"))
        if noted["state"] == state:
            return OwnModel(path, stat.st_size, **noted["header"])
    try:
        header = read_gguf(path)
    except ModelFileError as error:
        return OwnModel(path, stat.st_size, fault=error.message)
    told = {
        "name": header.name,
        "licence": header.licence,
        "architecture": header.architecture,
        "context": header.context,
    }
    # A header of 150,000 words takes a tenth of a second: not at every look.
    with suppress(OSError):
        write_json(_note(path), {"state": state, "header": told})
    return OwnModel(
        path, stat.st_size, header.name, header.licence, header.architecture, header.context
    )


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.header.json")


def is_own(asked: str, store: Path) -> bool:
    """Return whether a user's word for a model is a file in the store's own folder."""
    return Path(asked).absolute().parent == (store / FOLDER).absolute()
