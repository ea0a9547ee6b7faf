"""The open window while nothing happens: a project, a long thread, and no processor time.

What is measured is the app's window on a real project in a folder of its own, watched, with the
thread read from its database. The core is not started: only the app's own process counts.
"""

import asyncio
import json
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.platforms import on_each_platform

if TYPE_CHECKING:
    from spark_desktop.views.main_window import MainWindow

SUMMARY = "processor share of the open window with a thread of 500,000 tokens, nothing happening"

SECONDS = 20.0
QUICK_SECONDS = 4.0
TOKENS = 500_000
SIZE = (1280, 800)
# What the start left behind is over by then.
_SETTLE_S = 3.0


def run(quick: bool) -> list[dict[str, object]]:
    """Return a row for each platform and place of the keyboard: percent of one core, paints."""
    return on_each_platform("benchmarks.idle", quick)


def measured(quick: bool) -> list[dict[str, object]]:
    """Return the rows of this process's platform."""
    from spark_desktop import qt_loop
    from spark_desktop.app import application
    from spark_desktop.collector import spare_the_collector

    application()
    spare_the_collector()
    rows: list[dict[str, object]] = []

    async def work() -> int:
        with tempfile.TemporaryDirectory() as folder:
            await _store_thread(Path(folder))
            rows.extend(await _measured(Path(folder), QUICK_SECONDS if quick else SECONDS))
        return 0

    qt_loop.run(work)
    return rows


async def _store_thread(folder: Path) -> None:
    from benchmarks.transcript import TOKENS_A_TURN, thread_of
    from spark_desktop.adapters.database import Database
    from spark_desktop.adapters.system_clock import SystemClock
    from spark_desktop.adapters.thread_store import SqliteThreadStore

    root = folder / "project"
    root.mkdir()
    (root / "stats.py").write_text("def median(values):\n    return 0\n", encoding="utf-8")
    database = Database(folder / "spark.db")
    await database.open()
    store = SqliteThreadStore(database, root, SystemClock())
    thread = await store.create("")
    for turn in thread_of(TOKENS, TOKENS_A_TURN).turns:
        await store.save_turn(thread.id, turn)
    await database.close()


async def _measured(folder: Path, seconds: float) -> list[dict[str, object]]:
    from spark_desktop.viewmodels.project import view_models
    from spark_desktop.views.layout_memory import LayoutMemory
    from spark_desktop.views.main_window import MainWindow
    from spark_desktop.views.theme import load_theme
    from spark_desktop.wiring import open_project

    project = await open_project(folder / "project", data_dir=folder)
    window = MainWindow(load_theme("dark"), LayoutMemory(folder / "window.ini"))
    try:
        window.resize(*SIZE)
        window.show()
        models = view_models(project, lambda: datetime.now(UTC))
        window.show_project(models, project.root, "main")
        models.chat.load()
        project.watch()
        assert window.project is not None
        chat = window.project.chat
        # It takes the keyboard when it has its thread.
        await asyncio.sleep(_SETTLE_S)
        chat.transcript.setFocus()
        rows = [await _row("the transcript", window, seconds)]
        chat.composer.editor.setFocus()
        return [*rows, await _row("the composer", window, seconds)]
    finally:
        window.finish()
        window.deleteLater()
        await project.close()


async def _row(focus: str, window: "MainWindow", seconds: float) -> dict[str, object]:
    from PySide6.QtWidgets import QWidget

    from benchmarks.paints import Paints

    await asyncio.sleep(_SETTLE_S)
    paints = [Paints(widget) for widget in window.findChildren(QWidget)]
    began, worked = time.perf_counter(), time.process_time()
    await asyncio.sleep(seconds)
    share = (time.process_time() - worked) / (time.perf_counter() - began)
    return {
        "keyboard_in": focus,
        "thread_tokens": TOKENS,
        "seconds": seconds,
        "cpu_percent": round(100 * share, 3),
        "paints_per_s": round(sum(paint.count for paint in paints) / seconds, 2),
    }


if __name__ == "__main__":
    print(json.dumps(measured("--quick" in sys.argv[1:])))
