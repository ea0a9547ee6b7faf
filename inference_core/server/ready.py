"""The ready file: how programs find a running core."""

import errno
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from inference_core.domain.errors import UsageError


@dataclass(frozen=True, slots=True)
class Ready:
    """Where the core answers and with which token; ``pid`` is the core's process."""

    url: str
    token: str
    pid: int
    model: str

    def json(self) -> str:
        """Return the one line that goes to the file and to standard output."""
        return json.dumps(asdict(self))


@contextmanager
def ready_file(path: Path | None, ready: Ready) -> Iterator[None]:
    """Keep the file while the core can answer; at the end it is removed if it still is ours.

    It is written aside and renamed, so that a reader sees all of it or nothing, and only its owner
    may read it (mode 0600). Raises UsageError where it cannot be written.
    """
    if path is None:
        yield
        return
    _write(path, ready)
    try:
        yield
    finally:
        _remove_if_ours(path, ready)


def refuse_unwritable(path: Path | None) -> None:
    """Raise UsageError if the ready file cannot be written, before minutes go into a download."""
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if path.exists() and not path.is_file():
            # It would be replaced: for root that is the system's device itself.
            raise FileExistsError(errno.EEXIST, "it is a device or a pipe")
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
        Path(name).unlink()
    except OSError as error:
        raise _cannot_be_written(path, error) from error


def _write(path: Path, ready: Ready) -> None:
    aside: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # mkstemp creates with mode 0600, which the rename keeps.
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        aside = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(ready.json() + "\n")
        aside.replace(path)
    except OSError as error:
        if aside is not None:
            aside.unlink(missing_ok=True)
        raise _cannot_be_written(path, error) from error


def _cannot_be_written(path: Path, error: OSError) -> UsageError:
    return UsageError(
        f"The ready file {path} cannot be written: {error.strerror or error}.",
        "Name a path in a folder that you may write to.",
    )


def _remove_if_ours(path: Path, ready: Ready) -> None:
    try:
        if json.loads(path.read_text(encoding="utf-8")).get("token") == ready.token:
            path.unlink()
    except (OSError, ValueError, AttributeError):
        # Gone, or another core's by now: either way no longer ours to remove.
        return
