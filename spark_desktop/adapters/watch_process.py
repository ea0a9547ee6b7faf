"""Changes of a folder, told by a process of its own."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from spark_desktop.adapters.line_process import LineProcess
from spark_desktop.adapters.workers import worker_command
from spark_desktop.domain.errors import FileError
from spark_desktop.domain.words import joined, recalled, say

# What a packaged program takes for the worker.
WORKER = "--watch-worker"
_STOP_S = 3.0


class ProcessFileWatch:
    """Watches ``root`` by ``watch_worker``; a FileWatch.

    What it tells, and the errors, are those of ``WatchdogFileWatch``. A worker that ends by itself
    ends the stream with a FileError: what changed meanwhile could not be told.
    """

    def __init__(self, root: Path, command: tuple[str, ...] | None = None) -> None:
        self._root = root
        self._command = command or worker_command(WORKER, "spark_desktop.adapters.watch_worker")

    @asynccontextmanager
    async def changes(self) -> AsyncGenerator[AsyncIterator[tuple[str, ...]]]:
        """Open the stream of changed paths, also removed ones; one burst of events is one tuple.

        Raises FileError where the folder cannot be watched; the stream raises it when the folder
        is removed, or can no longer be watched.
        """
        try:
            process = LineProcess((*self._command, str(self._root)), _STOP_S)
        except OSError as error:
            raise self._ended(error.strerror or str(error)) from error
        try:
            while "watching" not in await self._message(process):
                pass
            yield self._bursts(process)
        finally:
            await asyncio.shield(process.stop())

    async def _bursts(self, process: LineProcess) -> AsyncIterator[tuple[str, ...]]:
        while True:
            yield tuple((await self._message(process)).get("changed", ()))

    async def _message(self, process: LineProcess) -> dict[str, Any]:
        """Return what the worker tells next; raises FileError for its last word, or its end."""
        while (line := await process.line()) is not None:
            try:
                message = json.loads(line)
            except ValueError:
                message = None
            if not isinstance(message, dict):
                continue  # what else a library prints is not for us
            if "error" in message:
                raise FileError(*(recalled(text, kept) for text, kept in message["error"]))
            return message
        raise self._ended(_reason(await process.code(), process.last_words))

    def _ended(self, reason: str) -> FileError:
        return FileError(
            say("What watches {root} ended: {reason}.", root=self._root, reason=reason),
            say("Open the folder again."),
        )


def _reason(code: int, last_words: str) -> str:
    if code >= 0:
        return last_words or say("exit code {code}", code=code)
    # Whoever is killed cannot say why: what was said before may be any warning.
    killed = say("killed by signal {number}", number=-code)
    return joined((killed, last_words and f"({last_words})"))
