"""What has worked with which model on this machine, in a JSON file of the data folder."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spark_desktop.adapters.whole_file import write_whole
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.track_record import Tally, Way
from spark_desktop.domain.words import say

# Bytes; a model takes some hundreds.
_MOST_BYTES = 1 << 20
# What was long ago counts for less: a newer program asks in another way.
_MOST_ASKED = 200

_Kinds = dict[str, dict[str, dict[str, list[int]]]]


class TrackRecordFile:
    """Implements the TrackRecord port, over the answers of all projects.

    A file that cannot be read counts as none: it only says what is tried first. Of two programs
    that write at once the later one wins.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = asyncio.Lock()

    async def tallies(self, model: str, kind: str) -> Mapping[Way, Tally]:
        """Return what is known; ways that were never tried are not in it. Never raises."""
        kept = await asyncio.to_thread(self._load)
        known = {way.value: way for way in Way}
        ways = kept.get(model, {}).get(kind, {})
        return {known[way]: Tally(*counts) for way, counts in ways.items() if way in known}

    async def keep(self, model: str, kind: str, way: Way, passed: bool) -> None:
        """Count one more answer. Raises StoreError."""
        async with self._lock:
            await asyncio.to_thread(self._add, model, kind, way, passed)

    def _add(self, model: str, kind: str, way: Way, passed: bool) -> None:
        kept = self._load()
        ways = kept.setdefault(model, {}).setdefault(kind, {})
        counts = ways.get(way.value, [0, 0])
        if counts[0] >= _MOST_ASKED:
            counts = [count // 2 for count in counts]
        ways[way.value] = [counts[0] + 1, counts[1] + passed]
        try:
            write_whole(self._file, json.dumps(kept, indent=1, sort_keys=True).encode())
        except OSError as error:
            raise StoreError(
                say(
                    "{file} cannot be written ({reason}).",
                    file=self._file,
                    reason=error.strerror or str(error),
                ),
                say("Free some space or make the folder writable."),
            ) from error

    def _load(self) -> _Kinds:
        try:
            if self._file.stat().st_size > _MOST_BYTES:
                return {}
            return _checked(json.loads(self._file.read_text(encoding="utf-8")))
        except (OSError, ValueError, RecursionError):
            return {}


def _checked(value: Any) -> _Kinds:
    """Return what a file holds. Raises ValueError for anything that is no record."""
    try:
        return {
            str(model): {
                str(kind): {str(way): _counts(counts) for way, counts in ways.items()}
                for kind, ways in kinds.items()
            }
            for model, kinds in value.items()
        }
    except (AttributeError, TypeError) as error:
        raise ValueError("no record") from error


def _counts(value: Any) -> list[int]:
    asked, passed = value
    if type(asked) is not int or type(passed) is not int or not 0 <= passed <= asked:
        raise ValueError("no counts")
    return [asked, passed]
