"""The index of a workspace, by a worker process that reads it and answers."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from spark_desktop.adapters.line_process import LineProcess
from spark_desktop.adapters.workers import worker_command
from spark_desktop.domain.code import (
    Definition,
    Import,
    IndexState,
    Reference,
    TextHit,
    UseKind,
)
from spark_desktop.domain.events import (
    ChangeApplied,
    ChangeReverted,
    FilesChanged,
    WorkFailed,
)
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.words import say
from spark_desktop.services.bus import Bus
from spark_desktop.services.tasks import TaskScope

# What a packaged program takes for the worker, and what it is in Python.
WORKER = "--index-worker"
_MODULE = "spark_desktop.adapters.index_worker"
_STOP_S = 3.0
# Changes that come close together go in one message, and a large burst in several; seconds, paths.
_GATHER_S = 0.2
_MOST_PATHS = 1000
# An answer that takes longer helps no proposal, in seconds.
_ANSWER_S = 10.0
_STARTS = 2

_log = logging.getLogger(__name__)


class WorkspaceIndex:
    """Implements CodeIndex. Nothing runs before ``start``; all that runs belongs to ``scope``.

    The database is a file of the project's own in ``folder``. A worker that ends by itself is
    started once more; after that the index is empty, which WorkFailed says.
    """

    def __init__(
        self,
        root: Path,
        folder: Path,
        bus: Bus,
        scope: TaskScope,
        command: tuple[str, ...] | None = None,
    ) -> None:
        program = command or worker_command(WORKER, _MODULE)
        self._command = (*program, str(root), str(database(root, folder)))
        self._bus = bus
        self._scope = scope
        self._process: LineProcess | None = None
        self._state = IndexState(0, 0, False)
        self._ready = asyncio.Event()
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._changed: dict[str, None] = {}
        self._flushing: asyncio.Task[Any] | None = None
        self._sending = asyncio.Lock()
        self._last = 0
        self._work: asyncio.Task[Any] | None = None
        self._unsubscribe: list[Callable[[], None]] = []

    @property
    def state(self) -> IndexState:
        """Return how far it is."""
        return self._state

    def start(self) -> None:
        """Begin to read the workspace, and to follow its changes."""
        if self._work is not None:
            return
        self._unsubscribe = [
            self._bus.subscribe(FilesChanged, lambda event: self._note(event.paths)),
            self._bus.subscribe(ChangeApplied, lambda event: self._note([event.change.path])),
            self._bus.subscribe(ChangeReverted, lambda event: self._note([event.change.path])),
        ]
        self._work = self._scope.start("index", self._run())

    async def close(self) -> None:
        """End the worker; every question is answered with nothing from then on."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe = []
        for task in (self._flushing, self._work):
            if task is not None:
                task.cancel()
                await asyncio.wait({task})

    async def ready(self, seconds: float) -> bool:
        """Wait at most so long until all files were read; return whether they were.

        Of an index that was never started, as on the command line, nothing is waited for.
        """
        if self._work is None or self._work.done():
            return False
        try:
            async with asyncio.timeout(seconds):
                await self._ready.wait()
        except TimeoutError:
            return False
        return True

    async def defined(self, names: Collection[str]) -> frozenset[str]:
        """Return those of the names that something in the workspace defines."""
        return frozenset(await self._ask("defined", sorted(names)) or ())

    async def definitions(self, name: str, most: int = 20) -> tuple[Definition, ...]:
        """Return what has the name, at most so many."""
        return _definitions(await self._ask("definitions", name, most))

    async def outline(self, path: str) -> tuple[Definition, ...]:
        """Return what a file defines, in its order."""
        return _definitions(await self._ask("outline", path))

    async def names_in(self, path: str) -> frozenset[str]:
        """Return every name that a file uses or defines."""
        return frozenset(await self._ask("names_in", path) or ())

    async def references(self, name: str, most: int = 500) -> tuple[Reference, ...]:
        """Return where the name is used, by path and line."""
        found = await self._ask("references", name, most) or ()
        return tuple(Reference(**{**one, "kind": UseKind(one["kind"])}) for one in found)

    async def imports(self, path: str) -> tuple[Import, ...]:
        """Return what a file imports."""
        return _imports(await self._ask("imports", path))

    async def resolved(self, path: str, module: str, names: Collection[str]) -> tuple[Import, ...]:
        """Return an import as it would be in a file that need not hold it yet."""
        return _imports(await self._ask("resolved", path, module, list(names)))

    async def importers(self, path: str) -> tuple[str, ...]:
        """Return the files that import a file."""
        return tuple(await self._ask("importers", path) or ())

    async def tests_of(self, path: str) -> tuple[str, ...]:
        """Return the test files for a file, the likeliest first; for a test what it tests."""
        return tuple(await self._ask("tests_of", path) or ())

    async def tests_reaching(self, path: str) -> tuple[str, ...]:
        """Return the test files that import a file by way of others only, the nearest first."""
        return tuple(await self._ask("tests_reaching", path) or ())

    async def search(self, words: str, most: int = 20) -> tuple[TextHit, ...]:
        """Return the files that hold the words, the best first."""
        return tuple(TextHit(**one) for one in await self._ask("search", words, most) or ())

    async def map(self, about: Sequence[str], characters: int) -> str:
        """Return signatures of the workspace, ranked by what the paths touch."""
        return str(await self._ask("map", list(about), characters) or "")

    async def _run(self) -> None:
        for left in range(_STARTS - 1, -1, -1):
            reason = await self._live()
            self._end_questions()
            _log.warning("the index's worker ended: %s", reason)
            if not left:
                self._give_up(reason)

    async def _live(self) -> str:
        """Start the worker, hear it to its end, and return why it ended."""
        try:
            process = LineProcess(self._command, _STOP_S)
        except OSError as error:
            return error.strerror or str(error)
        self._process = process
        try:
            while (line := await process.line()) is not None:
                self._hear(line)
            code = await process.code()
            return process.last_words or say("exit code {code}", code=code)
        finally:
            self._process = None
            # An empty answer of a worker that is gone says nothing of what exists.
            self._ready.clear()
            self._state = IndexState(0, 0, False)
            self._end_questions()
            await asyncio.shield(process.stop())

    def _hear(self, line: str) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            return  # what else a library prints is not for us
        if "state" in message:
            self._state = IndexState(*message["state"])
            if self._state.is_ready:
                self._ready.set()
            else:
                self._ready.clear()
        elif (waiting := self._waiting.pop(message.get("id", 0), None)) and not waiting.done():
            waiting.set_result(message["answer"])

    def _give_up(self, reason: str) -> None:
        self._state = IndexState(0, 0, False)
        self._bus.publish(
            WorkFailed(
                say("The index of the project does not work: {reason}.", reason=reason.rstrip(".")),
                say("Proposals go on without it. Open the project again to try once more."),
            )
        )

    def _note(self, paths: Iterable[str]) -> None:
        self._changed.update(dict.fromkeys(paths))
        if (self._flushing is None or self._flushing.done()) and self._scope.can_start:
            self._flushing = self._scope.start("index changes", self._flush_soon())

    async def _flush_soon(self) -> None:
        await asyncio.sleep(_GATHER_S)
        await self._flush()

    async def _flush(self) -> None:
        while self._changed:
            paths = list(self._changed)[:_MOST_PATHS]
            for path in paths:
                del self._changed[path]
            await self._send({"update": paths})

    async def _ask(self, question: str, *arguments: object) -> Any:
        """Return the answer; None where there is none."""
        if self._process is None:
            return None
        # What was saved before the question counts in its answer.
        await self._flush()
        self._last += 1
        number = self._last
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(_ANSWER_S):
                await self._send({"id": number, "ask": question, "with": arguments})
                return await answer
        except TimeoutError:
            _log.warning("the index did not answer %s", question)
            return None
        finally:
            self._waiting.pop(number, None)

    async def _send(self, message: object) -> None:
        process = self._process
        if process is None:
            self._end_questions()
            return
        async with self._sending:
            await process.send(json.dumps(message))

    def _end_questions(self) -> None:
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_result(None)


def database(root: Path, folder: Path) -> Path:
    """Return the file of the project's index in the folder."""
    digest = hashlib.sha256(str(root).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return folder / f"{digest}.db"


def _imports(found: Iterable[dict[str, Any]] | None) -> tuple[Import, ...]:
    return tuple(Import(**{**one, "names": tuple(one["names"])}) for one in found or ())


def _definitions(found: Iterable[dict[str, Any]] | None) -> tuple[Definition, ...]:
    return tuple(Definition(**{**one, "lines": Span(**one["lines"])}) for one in found or ())
