"""A working day of the desktop, sped up: does its memory stay flat?

Each simulated hour has what an hour of work has, without the pauses: saves that start proposals,
which are accepted, rejected and undone; chat turns; changes of theme; a visit to the speed lab; the
other project. A replayed model answers, in the core's own process, so that what is measured is the
window's process alone. Memory is that of the process after a full garbage collection.
"""

import asyncio
import gc
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import psutil

if TYPE_CHECKING:
    from spark_desktop.desktop import DesktopApp
    from spark_desktop.domain.events import Event

SUMMARY = "memory of the window's process over 8 simulated hours of work"

HOURS = 8
SAVES, TURNS, THEMES = 30, 10, 2
QUICK_SAVES, QUICK_TURNS = 4, 2
WAIT_S = 60.0
_MB = 1_000_000
_SOURCE = "def add(a, b):\n    # add both, as in {number} AI!\n    return {number}\n\n\n{rest}"
_REGION = "def add(a, b):\n    return a + b\n"
_REST = "".join(f"def other_{n}(value):\n    return value * {n}\n\n\n" for n in range(100))
_ANSWER = (
    "Because the *sum* is what the name says:\n\n```python\n"
    + "".join(f"value_{n} = add({n}, {n + 1})  # {n}\n" for n in range(30))
    + "```\n\n- first\n- second\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
)

E = TypeVar("E", bound="Event")


def run(quick: bool) -> list[dict[str, object]]:
    """Return a row for each hour: MB in use at its end, and the ratio to the second hour's end.

    The first two hours fill caches that stay: fonts, lexers, compiled patterns, SQLite's pages.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from spark_desktop import qt_loop
    from spark_desktop.app import application

    application()
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SPARK_CONFIG_DIR"] = str(Path(folder, "config"))

        async def day() -> int:
            await _Day(Path(folder), quick).work(rows)
            return 0

        qt_loop.run(day)
    base = float(str(rows[1]["rss_mb"]))
    for row in rows:
        row["to_second"] = round(float(str(row["rss_mb"])) / base, 3)
    return rows


class _Day:
    def __init__(self, folder: Path, quick: bool) -> None:
        self._folder, self._quick = folder, quick
        self._projects = [folder / "one", folder / "two"]
        self._number = 0

    async def work(self, rows: list[dict[str, object]]) -> None:
        from spark_desktop.desktop import DesktopApp

        for project in self._projects:
            project.mkdir()
        script = self._folder / "replay.json"
        entries = [{"match": "Explain", "text": _ANSWER}, {"match": "", "text": _REGION}]
        script.write_text(json.dumps(entries), encoding="utf-8")
        desktop = await DesktopApp.open(
            self._projects[0], f"replay:{script}", data_dir=self._folder / "data"
        )
        try:
            for hour in range(HOURS):
                await desktop.open_folder(self._projects[hour % 2])
                counted = await self._hour(desktop)
                rows.append({"hour": hour + 1, **counted, "rss_mb": await _memory_mb()})
        finally:
            await desktop.close()

    async def _hour(self, desktop: "DesktopApp") -> dict[str, object]:
        from spark_desktop.views.theme import other_theme

        project = desktop.project
        assert project is not None
        await self._watching(desktop)
        saves, turns = (QUICK_SAVES, QUICK_TURNS) if self._quick else (SAVES, TURNS)
        await project.chat.new_thread()
        for number in range(saves):
            await self._save(desktop, number)
            if number < turns:
                turn = await project.chat.ask(f"Explain sum number {number}.")
                assert turn.answer == _ANSWER, turn
        for _ in range(THEMES):
            desktop.window.set_theme(other_theme(desktop.window.theme))
            await asyncio.sleep(0.05)
        for _ in range(2):
            desktop.window.keys["lab"].trigger()
            await asyncio.sleep(0.2)
        return {"saves": saves, "turns": turns}

    async def _save(self, desktop: "DesktopApp", number: int) -> None:
        from spark_desktop.domain.events import ProposalChanged
        from spark_desktop.domain.proposal import Ready

        project = desktop.project
        assert project is not None
        ready = _heard(
            desktop, ProposalChanged, lambda event: isinstance(event.proposal.state, Ready)
        )
        self._number += 1
        file = project.root / "sums.py"
        file.write_text(_SOURCE.format(number=self._number, rest=_REST), encoding="utf-8")
        await asyncio.wait_for(ready, WAIT_S)
        await asyncio.sleep(0.02)
        desktop.window.keys["reject_all" if number % 3 == 0 else "accept_all"].trigger()
        await asyncio.sleep(0.05)
        if number % 3 == 1:
            desktop.window.keys["undo"].trigger()
            await asyncio.sleep(0.05)

    async def _watching(self, desktop: "DesktopApp") -> None:
        """Return when the folder is watched: nothing but the first change that comes tells."""
        from spark_desktop.domain.events import FilesChanged

        project = desktop.project
        assert project is not None
        seen = _heard(desktop, FilesChanged, lambda _event: True)
        async with asyncio.timeout(WAIT_S):
            while not seen.done():
                self._number += 1
                (project.root / "probe.txt").write_text(f"{self._number}\n", encoding="utf-8")
                await asyncio.wait([seen], timeout=0.2)


def _heard(
    desktop: "DesktopApp", event_type: type[E], holds: Callable[[E], bool]
) -> "asyncio.Future[None]":
    project = desktop.project
    assert project is not None
    found: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def handler(event: E) -> None:
        if not found.done() and holds(event):
            found.set_result(None)
            stop()

    stop = project.bus.subscribe(event_type, handler)
    return found


async def _memory_mb() -> float:
    # Two rounds: what Qt deletes later goes in the first, and frees more for the second.
    for _ in range(2):
        await asyncio.sleep(0.5)
        gc.collect()
    return round(psutil.Process().memory_info().rss / _MB, 1)
