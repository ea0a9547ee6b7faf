"""The folder with the model files: each is whole and verified before it is used."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Self

import platformdirs
from filelock import FileLock, Timeout

from inference_core.models.catalogue import Catalogue, CatalogueModel
from inference_core.models.errors import (
    BundledModelError,
    DamagedModelError,
    FetchCancelledError,
    MissingModelError,
    ModelBusyError,
    StoreFolderError,
)
from inference_core.models.fetching import Fetcher, free_bytes, sources_of
from inference_core.models.part_file import PartFile
from inference_core.models.progress import Checking, DamagedRemoved, Listener, WaitingForOther
from inference_core.models.sources.port import Source
from inference_core.models.verification import fault, forget, is_remembered, remember
from spark_resources.packaged import bundled

MODELS_DIR = "SPARK_MODELS_DIR"
MODEL_SOURCE = "SPARK_MODEL_SOURCE"

# How often a process that waits for another one's download looks at it, in seconds.
_LOOK_EVERY_S = 0.2


class FileState(Enum):
    """What the store knows of a model's file without reading it."""

    ABSENT = "absent"
    PARTIAL = "partly fetched"
    UNVERIFIED = "here, not yet verified"
    VERIFIED = "here"
    BUNDLED = "comes with Spark"


@dataclass(frozen=True)
class StoredModel:
    """A model of the catalogue, where its file is or would be, and the ``bytes_here``."""

    model: CatalogueModel
    path: Path
    state: FileState
    bytes_here: int


class ModelStore:
    """One folder; any number of processes may use it at once.

    ``sources`` returns a model's sources, best first; ``free`` the bytes free in a folder;
    ``part_of`` the part file of a place; ``bundled_file`` the file that the installed app brings
    along, in a folder that nobody writes to, None where it brings none. A file in the store's own
    folder goes before it.
    """

    def __init__(
        self,
        folder: Path,
        sources: Callable[[CatalogueModel], tuple[Source, ...]] = sources_of,
        free: Callable[[Path], int] = free_bytes,
        part_of: Callable[[Path], PartFile] = PartFile,
        bundled_file: Callable[[CatalogueModel], Path | None] = lambda model: None,
    ) -> None:
        self.folder = folder
        self._sources = sources
        self._free = free
        self._part_of = part_of
        self._bundled_file = bundled_file

    @classmethod
    def default(cls, source: Path | None = None) -> Self:
        """Return the store of SPARK_MODELS_DIR, or else of the user's cache folder.

        ``source`` is a file or folder to copy from before the catalogue's sources are asked;
        where it is left out, SPARK_MODEL_SOURCE may name one.
        """
        named_folder = os.environ.get(MODELS_DIR)
        if named_folder:
            folder = Path(named_folder).expanduser().absolute()
        else:
            folder = platformdirs.user_cache_path("spark-desktop", appauthor=False) / "models"
        named_source = os.environ.get(MODEL_SOURCE)
        if source is None and named_source:
            source = Path(named_source).expanduser().absolute()
        return cls(
            folder,
            lambda model: sources_of(model, source),
            bundled_file=lambda model: bundled("models", model.file),
        )

    def ensure(
        self,
        model: CatalogueModel,
        progress: Listener = lambda event: None,
        cancelled: threading.Event | None = None,
    ) -> Path:
        """Return the path of the model's verified file, which is fetched if it is not here.

        A damaged file is removed and fetched again. Where another process fetches the same model,
        its download is waited for. ``progress`` is called in this OS thread; ``cancelled`` stops
        the work within a second. Raises NoSourceError, NotEnoughSpaceError, StoreFolderError
        and FetchCancelledError.
        """
        cancelled = cancelled or threading.Event()
        path = self._file(model)
        progress(Checking(model.id))
        with self._folder_errors():
            # Without the lock, so that a store on a read-only disk can be used.
            if not self._fault(model, progress, cancelled):
                return path
            if (brought := self._right_bundled(model, progress, cancelled)) is not None:
                return brought
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._lock(model, progress, cancelled):
                # Once more: the process that was waited for has fetched or mended it.
                reason = self._fault(model, progress, cancelled)
                if not reason:
                    return path
                if path.exists():
                    forget(path)
                    path.unlink()
                    progress(DamagedRemoved(path, reason))
                fetcher = Fetcher(model, progress, cancelled, self._free, self._part_of)
                fetcher.fetch(path, self._sources(model))
                with suppress(OSError):
                    # A disk that is full now holds the model all the same.
                    remember(path, model)
        return path

    def path(self, model: CatalogueModel) -> Path:
        """Return the path of the model's file; raises MissingModelError where it is not here."""
        path = self._file(model)
        if path.is_file():
            return path
        brought = self._bundled_file(model)
        if brought is None:
            raise MissingModelError(model.id, path)
        return brought

    def verify(
        self,
        model: CatalogueModel,
        progress: Listener = lambda event: None,
        cancelled: threading.Event | None = None,
    ) -> Path:
        """Hash the file, whatever is remembered of it, and return its path.

        Raises MissingModelError, DamagedModelError (the file stays), StoreFolderError and
        FetchCancelledError.
        """
        path = self.path(model)
        with self._folder_errors():
            reason = fault(path, model, progress, cancelled)
            with suppress(OSError):
                # On a read-only disk nothing can be noted, and the answer is right all the same.
                if reason:
                    self._note(path, model).unlink(missing_ok=True)
                else:
                    remember(path, model, self._note(path, model))
        if reason:
            raise DamagedModelError(model.id, path, reason)
        return path

    def remove(self, model: CatalogueModel) -> int:
        """Remove the model's file and all that belongs to it; return the bytes that became free.

        Raises ModelBusyError while another process fetches it, StoreFolderError, and
        BundledModelError for one that is here only as a part of the installed app.
        """
        path, part = self._file(model), PartFile(self._file(model))
        brought = self._bundled_file(model)
        if brought is not None and not path.exists() and not part.size:
            raise BundledModelError(model.id, brought)
        if not self.folder.is_dir():
            return 0
        with self._folder_errors():
            try:
                with FileLock(self._lock_path(model), timeout=0):
                    freed = part.size + (path.stat().st_size if path.exists() else 0)
                    forget(path)
                    path.unlink(missing_ok=True)
                    part.discard()
                    shutil.rmtree(part.scratch, ignore_errors=True)
            except Timeout as error:
                raise ModelBusyError(model.id) from error
        return freed

    def list(self, catalogue: Catalogue) -> tuple[StoredModel, ...]:
        """Return what is here of each model of the catalogue, in its order."""
        return tuple(self._stored(model) for model in catalogue.models)

    def is_busy(self, model: CatalogueModel) -> bool:
        """Return whether some process fetches the model now."""
        if not self._lock_path(model).exists():
            return False
        try:
            with FileLock(self._lock_path(model), timeout=0):
                return False
        except Timeout:
            return True
        except OSError:
            # A read-only disk: nobody can fetch there.
            return False

    def _stored(self, model: CatalogueModel) -> StoredModel:
        path = self._file(model)
        if path.is_file():
            verified = is_remembered(path, model)
            state = FileState.VERIFIED if verified else FileState.UNVERIFIED
            return StoredModel(model, path, state, path.stat().st_size)
        brought = self._bundled_file(model)
        if brought is not None:
            return StoredModel(model, brought, FileState.BUNDLED, brought.stat().st_size)
        here = PartFile(path).size
        return StoredModel(model, path, FileState.PARTIAL if here else FileState.ABSENT, here)

    def _file(self, model: CatalogueModel) -> Path:
        return self.folder / model.file

    def _note(self, path: Path, model: CatalogueModel) -> Path:
        """Return where it is noted that a file was found right: always in the user's folder."""
        return self.folder / f"{'' if path == self._file(model) else 'bundled-'}{_noted(model)}"

    def _right_bundled(
        self, model: CatalogueModel, progress: Listener, cancelled: threading.Event
    ) -> Path | None:
        """Return the file that the app brought along, None where there is none, or a damaged one.

        The damaged one stays, since it is not ours to remove; the model is fetched then.
        """
        path = self._bundled_file(model)
        if path is None:
            return None
        note = self._note(path, model)
        if is_remembered(path, model, note):
            return path
        try:
            if fault(path, model, progress, cancelled):
                return None
        except OSError:
            # As good as none: it may lie where this user must not read.
            return None
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            remember(path, model, note)
        return path

    def _lock_path(self, model: CatalogueModel) -> Path:
        return self.folder / f"{model.file}.lock"

    def _fault(self, model: CatalogueModel, progress: Listener, cancelled: threading.Event) -> str:
        """Return why the file cannot be used, or an empty text; a right one is remembered."""
        path = self._file(model)
        if is_remembered(path, model):
            return ""
        try:
            reason = fault(path, model, progress, cancelled)
        except (FileNotFoundError, NotADirectoryError):
            return "it is not here"
        if not reason:
            with suppress(OSError):
                remember(path, model)
        return reason

    @contextmanager
    def _lock(
        self, model: CatalogueModel, progress: Listener, cancelled: threading.Event
    ) -> Iterator[None]:
        """Hold the model's lock; it is released by the system if this process dies."""
        lock = FileLock(self._lock_path(model))
        part = PartFile(self._file(model))
        while True:
            try:
                lock.acquire(timeout=_LOOK_EVERY_S)
                break
            except Timeout:
                progress(WaitingForOther(min(part.size, model.bytes), model.bytes))
            if cancelled.is_set():
                raise FetchCancelledError(model.id)
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _folder_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreFolderError(self.folder, error) from error


def _noted(model: CatalogueModel) -> str:
    return f"{model.file}.verified.json"
