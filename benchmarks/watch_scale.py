"""A folder of 100,000 files: how soon it is watched, and a save answered; and a branch switch.

The whole app runs, with a replayed model in a process of its own. What a frame is late is seen by a
small widget that is painted at 60 Hz in the app's window, over its own idle seconds for comparison:
others may use the machine.
"""

import asyncio
import gc
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from benchmarks import watched_tree

if TYPE_CHECKING:
    from benchmarks.ticker import Ticker
    from spark_desktop.desktop import DesktopApp
    from spark_desktop.domain.inbox_entry import InboxEntry
    from spark_desktop.wiring import Project

SUMMARY = "100,000 watched files: start, memory, save to request, and a switch of 5,000 files"

FILES, SWITCHED, SAVES = 100_000, 5_000, 30
QUICK_FILES, QUICK_SWITCHED, QUICK_SAVES = 5_000, 500, 10
IDLE_S = 3.0
WAIT_S = 120.0
_MB = 1_000_000


def run(quick: bool) -> list[dict[str, object]]:
    """Return a row for each part of the day: opening, saves, idling, switches and a formatter."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from spark_desktop import qt_loop
    from spark_desktop.app import application
    from spark_desktop.collector import Collector

    Collector(application())
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SPARK_CONFIG_DIR"] = str(Path(folder, "config"))
        files, switched, saves = (
            (QUICK_FILES, QUICK_SWITCHED, QUICK_SAVES) if quick else (FILES, SWITCHED, SAVES)
        )
        root = Path(folder, "project")
        paths = watched_tree.make(root, files, switched)

        async def day() -> int:
            await _Day(Path(folder), root, paths).work(rows, files, saves)
            return 0

        qt_loop.run(day)
    return rows


class _Day:
    def __init__(self, folder: Path, root: Path, switched: list[str]) -> None:
        self._folder, self._root, self._switched = folder, root, switched
        self._number = 0

    async def work(self, rows: list[dict[str, object]], files: int, saves: int) -> None:
        from spark_desktop.desktop import DesktopApp

        script = self._folder / "replay.json"
        region = "def todo():\n    return 1\n"
        script.write_text(json.dumps([{"match": "", "text": region}]), encoding="utf-8")
        begun = time.perf_counter()
        desktop = await DesktopApp.open(
            self._root, f"replay:{script}", data_dir=self._folder / "data"
        )
        try:
            ticker = _ticker(desktop)
            opened = time.perf_counter() - begun
            watching = await self._watching(desktop, begun)
            rows.append(
                {
                    "part": "open",
                    "files": files,
                    "window_s": round(opened, 2),
                    "watching_s": round(watching, 2),
                    **await _memory_mb(),
                    **ticker.figures(),
                }
            )
            rows.append({"part": "save to request", **await self._saves(desktop, saves)})
            rows.append({"part": "idle", **await self._framed(ticker, asyncio.sleep(IDLE_S))})
            rows.append(await self._elsewhere(ticker))
            for branch in ("other", "main"):
                rows.append(await self._switch(desktop, ticker, branch))
            rows.append(await self._format(desktop, ticker))
            rows[-1] |= await _memory_mb()
        finally:
            await desktop.close()

    async def _watching(self, desktop: "DesktopApp", begun: float) -> float:
        """Return the seconds until the folder was watched: the first save that was heard tells."""
        from spark_desktop.domain.events import FilesChanged

        heard: list[float] = []
        stop = _project(desktop).bus.subscribe(
            FilesChanged, lambda _event: heard.append(time.perf_counter() - begun)
        )
        async with asyncio.timeout(WAIT_S):
            while not heard:
                self._number += 1
                (self._root / "probe.txt").write_text(f"{self._number}\n", encoding="utf-8")
                await asyncio.sleep(0.05)
        stop()
        return heard[0]

    async def _saves(self, desktop: "DesktopApp", saves: int) -> dict[str, object]:
        """Save one file after the other with a new comment, and wait until it was asked for."""
        taken = []
        for number in range(saves):
            path = watched_tree.path_of(number * 7 + 1)
            asked = _heard_proposal(desktop, path)
            file = self._root / path
            text = file.read_text(encoding="utf-8") + f"\n\n# tidy up {number} AI!\n"
            begun = time.perf_counter()
            file.write_text(text, encoding="utf-8")
            await asyncio.wait_for(asked, WAIT_S)
            taken.append((time.perf_counter() - begun) * 1000)
            await _project(desktop).turns.idle()
        watched_tree.git(self._root, "checkout", "-q", "-f", "main")
        await asyncio.sleep(2)
        return {
            "saves": saves,
            "median_ms": round(statistics.median(taken), 1),
            "worst_ms": round(max(taken), 1),
        }

    async def _switch(
        self, desktop: "DesktopApp", ticker: "Ticker", branch: str
    ) -> dict[str, object]:
        command = ("git", "checkout", "-q", branch)
        return {"part": f"switch to {branch}"} | await self._changed(
            desktop, ticker, self._run(*command)
        )

    async def _elsewhere(self, ticker: "Ticker") -> dict[str, object]:
        """Let git switch a repository that is not watched: what it takes from the machine."""
        other = self._folder / "elsewhere"
        count = len(self._switched)
        watched_tree.make(other, count, count)
        git = self._run("git", "checkout", "-q", "other", folder=other)
        return {"part": "switch elsewhere", "files": count} | await self._framed(ticker, git)

    async def _format(self, desktop: "DesktopApp", ticker: "Ticker") -> dict[str, object]:
        """Rewrite the same files from another process, one after the other."""
        code = (
            "import sys, pathlib\n"
            "for path in sys.stdin.read().split():\n"
            "    file = pathlib.Path(path)\n"
            "    file.write_text(file.read_text() + '# formatted\\n')\n"
        )
        work = self._run("python3", "-c", code, data="\n".join(self._switched))
        return {"part": "formatter"} | await self._changed(desktop, ticker, work)

    async def _changed(
        self, desktop: "DesktopApp", ticker: "Ticker", work: Coroutine[Any, Any, None]
    ) -> dict[str, object]:
        """Let the work change the files, and return what the inbox made of it."""
        from spark_desktop.domain.events import SaveSettled

        project = _project(desktop)
        before = len(project.turns.proposals())
        entries: list[InboxEntry] = []
        wanted, begun = set(self._switched), time.perf_counter()
        left, all_told = set(wanted), asyncio.Event()

        def hear(event: SaveSettled) -> None:
            entries.append(event.entry)
            left.difference_update(event.entry.paths)
            if not left:
                all_told.set()

        stop = project.bus.subscribe(SaveSettled, hear)

        async def until_told() -> None:
            await work
            # Where something is dropped, the row says how much.
            with suppress(TimeoutError):
                await asyncio.wait_for(all_told.wait(), WAIT_S)

        framed = await self._framed(ticker, until_told())
        told = time.perf_counter() - begun
        await asyncio.sleep(1)
        stop()
        paths = [path for entry in entries for path in entry.paths]
        return {
            "files": len(wanted),
            "accounted": len(wanted & set(paths)),
            "dropped": len(wanted - set(paths)),
            "twice": len(paths) - len(set(paths)),
            "entries": len(entries),
            "proposed": len(project.turns.proposals()) - before,
            "told_s": round(told, 2),
            "reason": entries[0].reason if entries else "",
            **framed,
        }

    async def _framed(self, ticker: "Ticker", work: Coroutine[Any, Any, None]) -> dict[str, object]:
        gc.collect()
        ticker.begin()
        await work
        return ticker.figures()

    async def _run(self, *command: str, data: str = "", folder: Path | None = None) -> None:
        environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder or self._root, env=environment, stdin=asyncio.subprocess.PIPE
        )
        await process.communicate(data.encode())
        assert process.returncode == 0, command


def _project(desktop: "DesktopApp") -> "Project":
    assert desktop.project is not None
    return desktop.project


def _heard_proposal(desktop: "DesktopApp", path: str) -> "asyncio.Future[None]":
    from spark_desktop.domain.events import ProposalChanged

    found: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def handler(event: ProposalChanged) -> None:
        if not found.done() and event.proposal.trigger.snapshot.path == path:
            found.set_result(None)
            stop()

    stop: Callable[[], None] = _project(desktop).bus.subscribe(ProposalChanged, handler)
    return found


def _ticker(desktop: "DesktopApp") -> "Ticker":
    from benchmarks.ticker import Ticker

    ticker = Ticker(desktop.window)
    ticker.begin()
    return ticker


async def _memory_mb() -> dict[str, object]:
    """Return what the window's process holds, and what its workers do: index, watch, model."""
    # Two rounds: what Qt deletes later goes in the first, and frees more for the second.
    for _ in range(2):
        await asyncio.sleep(0.5)
        gc.collect()
    window = psutil.Process()
    workers = sum(one.memory_info().rss for one in window.children(recursive=True))
    return {
        "rss_mb": round(window.memory_info().rss / _MB, 1),
        "workers_mb": round(workers / _MB, 1),
    }
