"""Which feeds were accepted, in a JSON file of the data folder; an UpdateMemory."""

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from spark_desktop.adapters.whole_file import write_whole
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.updates import Memory, SeenFeed
from spark_desktop.domain.words import say

# Bytes; a key takes 200.
_MOST = 1 << 20


class UpdateFile:
    """One file, written whole or not at all."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def load(self) -> Memory:
        """Return what is kept; nothing without a file. Raises StoreError for one that is broken.

        To begin anew then would be what somebody wants who replays an old feed.
        """
        try:
            return await asyncio.to_thread(self._load)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise StoreError(
                say("{file}, which remembers accepted release feeds, is broken.", file=self._file),
                say("Remove it to begin anew, then check again."),
            ) from error
        except OSError as error:
            raise StoreError(
                say("{file} cannot be read ({reason}).", file=self._file, reason=_reason(error)),
                say("Make it readable, then check again."),
            ) from error

    async def save(self, memory: Memory) -> None:
        """Keep this. Raises StoreError."""
        data = json.dumps(_document(memory), indent=1).encode()
        try:
            await asyncio.to_thread(write_whole, self._file, data)
        except OSError as error:
            raise StoreError(
                say(
                    "What was checked could not be kept in {file} ({reason}).",
                    file=self._file,
                    reason=_reason(error),
                ),
                say("Free some space or make the folder writable, then check again."),
            ) from error

    def _load(self) -> Memory:
        try:
            if self._file.stat().st_size > _MOST:
                raise ValueError("too large")
            kept: Any = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Memory()
        attempted = kept["attempted"]
        return Memory(
            {str(key): _seen(feed) for key, feed in kept["feeds"].items()},
            None if attempted is None else _moment(attempted),
            kept["reached"] is True,
        )


def _document(memory: Memory) -> dict[str, object]:
    return {
        "attempted": None if memory.attempted is None else memory.attempted.isoformat(),
        "reached": memory.reached,
        "feeds": {
            key: {
                "sequence": seen.sequence,
                "sha256": seen.digest,
                "issued": seen.issued.isoformat(),
            }
            for key, seen in memory.feeds.items()
        },
    }


def _seen(feed: Any) -> SeenFeed:
    sequence, digest = feed["sequence"], feed["sha256"]
    if type(sequence) is not int or not isinstance(digest, str):
        raise ValueError("no feed")
    return SeenFeed(sequence, digest, _moment(feed["issued"]))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone")
    return moment


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
