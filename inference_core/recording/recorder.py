"""Writing a recording: one line an exchange, only ever appended."""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from inference_core.recording.errors import RecordingError
from inference_core.recording.exchange import Exchange
from inference_core.recording.lines import exchange_line, head_line

_NEXT_STEP = "Free space or choose another disk, then record into another file with --output."


class Recorder:
    """A new recording, which only its owner may read (mode 0600); a context manager.

    Every exchange is in the file when ``write`` returns. May be used from several OS threads.
    """

    def __init__(
        self,
        path: Path,
        upstream: str,
        created: float | None = None,
        write: Callable[[int, memoryview], int] = os.write,
    ) -> None:
        """Create the file with its first line; ``created`` is Unix time, None is now.

        ``write`` writes to an open file what there is room for, and returns how many bytes.

        Raises RecordingError where it cannot be created, or is there already.
        """
        self._path = path
        self._lock = threading.Lock()
        self._write = write
        self._length = 0
        self.written = 0
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)
        try:
            self._file = os.open(path, flags, 0o600)
        except FileExistsError as error:
            raise RecordingError(
                f"There is a file {path} already; a recording begins in a new one.",
                "Name another file with --output, or remove this one.",
            ) from error
        except OSError as error:
            raise self._failed(error, "Name a file in a folder that you may write to.") from error
        try:
            self._append(head_line(time.time() if created is None else created, upstream))
        except RecordingError:
            os.close(self._file)
            raise

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            # For the case that the machine, not the program, ends next.
            with suppress(OSError):
                os.fsync(self._file)
            os.close(self._file)

    def write(self, exchange: Exchange) -> None:
        """Append an exchange, whose keys were taken out. Raises RecordingError, and keeps none."""
        with self._lock:
            self._append(exchange_line(exchange))
            self.written += 1

    def _append(self, line: bytes) -> None:
        left = memoryview(line)
        try:
            while left:
                left = left[self._write(self._file, left) :]
        except OSError as error:
            # Half a line is readable as a crash's last one, but not with others after it.
            with suppress(OSError):
                os.ftruncate(self._file, self._length)
            raise self._failed(error, _NEXT_STEP) from error
        self._length += len(line)

    def _failed(self, error: OSError, next_step: str) -> RecordingError:
        kept = f" Exchanges that are kept: {self.written}." if self._length else ""
        return RecordingError(
            f"The recording {self._path} cannot be written: {error.strerror or error}.{kept}",
            next_step,
        )
