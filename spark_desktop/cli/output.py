"""Where a command writes: text, diffs and JSON lines to stdout, everything else to stderr."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, TextIO

from spark_desktop.domain.errors import SparkError


def fill_standard_streams() -> None:
    """Let the null device stand for each standard stream that is closed, as by ``>&-``.

    Else the next file that is opened, say a database, gets its number, and programs that are
    started write there.
    """
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        try:
            os.fstat(number)
        except OSError:
            # The lowest number that is free, so this one.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
        if getattr(sys, name) is None:
            null = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - stays open
            setattr(sys, name, null)


class Output:
    """Writes UTF-8 on every platform, and ends quietly when the reader of a pipe goes away.

    ``structured`` is whether the user asked for JSON. ``on_closed`` is called once when stdout has
    no reader any more; later writes are dropped.
    """

    def __init__(self, out: BinaryIO, err: TextIO, structured: bool) -> None:
        self._out = out
        self._err = err
        self.structured = structured
        self.on_closed: Callable[[], None] = _nothing
        self._closed = False

    @property
    def closed(self) -> bool:
        """Return whether the reader of stdout went away."""
        return self._closed

    def text(self, text: str) -> None:
        """Write text as it is, at once."""
        # Bytes, not text: on Windows stdout may neither be UTF-8 nor leave line endings alone.
        self.data(text.encode("utf-8", errors="surrogateescape"))

    def line(self, text: str) -> None:
        """Write one line of text."""
        self.text(f"{text}\n")

    def record(self, record: Mapping[str, object]) -> None:
        """Write one JSON object on a line of its own.

        JSON has to be UTF-8: what is not in a file's name is a question mark.
        """
        line = json.dumps(record, ensure_ascii=False)
        self.data(f"{line}\n".encode("utf-8", errors="replace"))

    def data(self, data: bytes) -> None:
        """Write bytes as they are, at once."""
        if self._closed:
            return
        try:
            self._out.write(data)
            self._out.flush()
        except OSError:
            # BrokenPipeError, or EINVAL on Windows: the reader has seen enough.
            self._closed = True
            self.on_closed()

    def note(self, text: str) -> None:
        """Write one line for the person, not for the pipe."""
        self._to_err(f"{text}\n")

    def redraw(self, text: str) -> None:
        """Replace the last line on stderr where it is a terminal; write nothing elsewhere."""
        if self.interactive:
            self._to_err(f"\r\x1b[K{text}")

    @property
    def interactive(self) -> bool:
        """Return whether stderr is a terminal."""
        return self._err.isatty()

    def fail(self, error: SparkError) -> None:
        """Say what failed and what to do next, as JSON where that was asked for."""
        if self.structured:
            self.record({"event": "error", "message": error.message, "next_step": error.next_step})
        else:
            self.note(f"spark: {error}")

    def _to_err(self, text: str) -> None:
        with suppress(OSError):
            self._err.write(text)
            self._err.flush()


def _nothing() -> None:
    """Do nothing: nobody is to be told."""
