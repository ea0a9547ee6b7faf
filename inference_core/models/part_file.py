"""The file that a fetch grows: it survives interruptions and moves to its final name when whole."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from inference_core.models.files import write_json


class PartFile:
    """The first bytes of a model's file, beside its final name, with a note of how they came.

    All methods raise OSError where the folder cannot be written.
    """

    def __init__(self, final: Path) -> None:
        self.path = final.with_name(f"{final.name}.part")
        self.scratch = final.with_name(f"{final.name}.scratch")
        self._note = final.with_name(f"{final.name}.part.json")

    @property
    def size(self) -> int:
        """Return the bytes that are here, 0 where there is no file."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def note(self) -> Mapping[str, object]:
        """Return what a source noted about these bytes; empty where there is no usable note."""
        try:
            noted = json.loads(self._note.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return noted if isinstance(noted, dict) else {}

    def take_note(self, value: Mapping[str, object]) -> None:
        """Replace the note."""
        write_json(self._note, value)

    @contextmanager
    def append_at(self, offset: int) -> Iterator[BinaryIO]:
        """Open for writing with exactly ``offset`` bytes kept."""
        self.path.touch()
        with self.path.open("rb+") as stream:
            stream.truncate(offset)
            stream.seek(offset)
            yield stream

    def discard(self) -> None:
        """Remove the bytes and the note."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)
