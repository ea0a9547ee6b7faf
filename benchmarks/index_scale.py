"""The index of a folder of 100,000 files: the first reading, its cost, updates and questions."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil

from benchmarks import watched_tree
from spark_desktop.adapters.code_index import WorkspaceIndex, database
from spark_desktop.domain.events import FilesChanged
from spark_desktop.services.bus import Bus
from spark_desktop.services.tasks import TaskScope

SUMMARY = "the index of 100,000 files: first reading, memory, size, updates, questions, stalls"

FILES, CHANGED = 100_000, 5_000
QUICK_FILES, QUICK_CHANGED = 5_000, 500
_MB = 1_000_000
_TICK_S = 0.01
_POLL_S = 0.1
_LONGEST_S = 3600.0


def run(quick: bool) -> list[dict[str, object]]:
    """Return a row for each part: first reading, opening again, updates, questions."""
    files, changed = (QUICK_FILES, QUICK_CHANGED) if quick else (FILES, CHANGED)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "project")
        paths = watched_tree.make(root, files, changed)
        return asyncio.run(_Measure(root, Path(folder, "index"), paths).rows())


class _Stalls:
    """How late a task comes that wants to run each hundredth of a second: the app's own stall."""

    def __init__(self) -> None:
        self._longest = 0.0
        self.peak_bytes = 0

    async def follow(self, worker: Callable[[], psutil.Process | None]) -> None:
        last, measured = time.perf_counter(), 0.0
        while True:
            await asyncio.sleep(_TICK_S)
            now = time.perf_counter()
            self._longest = max(self._longest, now - last - _TICK_S)
            if now - measured > _POLL_S and (process := worker()) is not None:
                measured = now
                self.peak_bytes = max(self.peak_bytes, process.memory_info().rss)
            last = time.perf_counter()

    def taken(self) -> float:
        """Return the longest in milliseconds since it was asked last."""
        longest, self._longest = self._longest, 0.0
        return round(longest * 1000, 1)


class _Measure:
    def __init__(self, root: Path, folder: Path, changed: list[str]) -> None:
        self._root, self._folder, self._changed = root, folder, changed
        self._bus = Bus()
        self._stalls = _Stalls()
        self._scope = TaskScope("benchmark")
        self._index = WorkspaceIndex(root, folder, self._bus, self._scope)

    async def rows(self) -> list[dict[str, object]]:
        self._scope.start("ticker", self._stalls.follow(_worker))
        try:
            found = [await self._opened("first reading"), await self._saved([self._changed[0]])]
            found.append(await self._switched())
            found += await self._questions()
            await self._index.close()
            self._index = WorkspaceIndex(self._root, self._folder, self._bus, self._scope)
            found.append(await self._opened("opened again"))
            await self._index.close()
        finally:
            await self._scope.close()
        return found

    async def _opened(self, part: str) -> dict[str, object]:
        begun = time.perf_counter()
        self._index.start()
        if not await self._index.ready(_LONGEST_S):
            raise RuntimeError("the index did not become ready")
        seconds = time.perf_counter() - begun
        file = database(self._root, self._folder)
        size = sum(one.stat().st_size for one in file.parent.glob(f"{file.name}*"))
        total = self._index.state.total
        return self._row(part, total, seconds) | {
            "files_s": round(total / seconds),
            "worker_mb": round(self._stalls.peak_bytes / _MB),
            "database_mb": round(size / _MB, 1),
        }

    async def _saved(self, paths: list[str]) -> dict[str, object]:
        for path in paths:
            with (self._root / path).open("a") as stream:
                stream.write("\n\ndef marked_by_save():\n    pass\n")
        return await self._until_known(paths, "marked_by_save", len(paths))

    async def _switched(self) -> dict[str, object]:
        await asyncio.to_thread(watched_tree.git, self._root, "checkout", "-q", "-f", "other")
        # The other branch names itself in the first line of each file, which the last one shows.
        with (self._root / self._changed[-1]).open("a") as stream:
            stream.write("\n\ndef marked_by_switch():\n    pass\n")
        return await self._until_known(self._changed, "marked_by_switch", 1)

    async def _until_known(self, paths: list[str], name: str, count: int) -> dict[str, object]:
        begun = time.perf_counter()
        self._stalls.taken()
        self._bus.publish(FilesChanged(tuple(paths)))
        async with asyncio.timeout(_LONGEST_S):
            # Each question waits for the worker itself: nothing spins here.
            while len(await self._index.definitions(name, count)) < count:  # noqa: ASYNC110
                await asyncio.sleep(_TICK_S)
        return self._row(f"update of {len(paths)}", len(paths), time.perf_counter() - begun)

    async def _questions(self) -> list[dict[str, object]]:
        index, path = self._index, self._changed[len(self._changed) // 2]
        number = Path(path).stem.rpartition("_")[2]
        asked: dict[str, Callable[[], Awaitable[object]]] = {
            "definitions": lambda: index.definitions(f"value_{number}"),
            "references": lambda: index.references("first"),
            "outline": lambda: index.outline(path),
            "search": lambda: index.search(f"Thing{number} told"),
            "tests_of": lambda: index.tests_of(path),
            "map": lambda: index.map([path], 4000),
        }
        found = []
        for name, ask in asked.items():
            times = []
            for _ in range(5):
                begun = time.perf_counter()
                await ask()
                times.append(time.perf_counter() - begun)
            found.append(self._row(f"question {name}", 5, sorted(times)[2]))
        return found

    def _row(self, part: str, count: int, seconds: float) -> dict[str, object]:
        stall = self._stalls.taken()
        return {"part": part, "count": count, "seconds": round(seconds, 3), "stall_ms": stall}


def _worker() -> psutil.Process | None:
    children = psutil.Process().children()
    return next((one for one in children if _is_worker(one)), None)


def _is_worker(process: psutil.Process) -> bool:
    try:
        return any("index_worker" in word for word in process.cmdline())
    except psutil.Error:
        return False
