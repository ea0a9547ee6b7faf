"""The open window while nothing happens: a project, a long thread, and no processor time.

What is measured is the app's window with a real project in a folder of its own; the core is not
started, so that only the app's process counts.
"""

import asyncio
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spark_desktop.views.main_window import MainWindow
    from spark_desktop.wiring import Project

SUMMARY = "processor share of the open window with a thread of 500,000 tokens, nothing happening"

SECONDS = 20.0
QUICK_SECONDS = 4.0
TOKENS = 500_000
SIZE = (1280, 800)
# Late timers of the start are over by then.
_SETTLE_S = 3.0


def run(quick: bool) -> list[dict[str, object]]:
    """Return one row for each state of the window: percent of one core, and paints."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from spark_desktop import qt_loop
    from spark_desktop.app import application, spare_the_collector

    application()
    spare_the_collector()
    rows: list[dict[str, object]] = []

    async def measure() -> None:
        with tempfile.TemporaryDirectory() as folder:
            rows.extend(await _measured(Path(folder), QUICK_SECONDS if quick else SECONDS))

    qt_loop.run(measure())
    return rows


async def _measured(folder: Path, seconds: float) -> list[dict[str, object]]:
    from benchmarks.transcript import TOKENS_A_TURN, thread_of
    from spark_desktop.viewmodels.project import view_models
    from spark_desktop.views.layout_memory import LayoutMemory
    from spark_desktop.views.main_window import MainWindow
    from spark_desktop.views.theme import load_theme
    from spark_desktop.wiring import open_project

    root = folder / "project"
    root.mkdir()
    (root / "stats.py").write_text("def median(values):\n    pass\n", encoding="utf-8")
    project = await open_project(root, data_dir=folder / "data")
    window = MainWindow(load_theme("dark"), LayoutMemory(folder / "window.ini"))
    try:
        window.resize(*SIZE)
        window.show()
        window.show_project(view_models(project, _now), root, "main")
        project.watch()
        chat = window.project
        assert chat is not None
        thread = thread_of(TOKENS, TOKENS_A_TURN)
        await _keep(project, thread.turns)
        chat.models.chat.open_thread((await project.chat.current()).id)
        await asyncio.sleep(_SETTLE_S)
        unseen = await _row("composer", window, seconds)
        chat.chat.composer.editor.setFocus()
        await asyncio.sleep(_SETTLE_S)
        return [unseen, await _row("cursor blinks", window, seconds)]
    finally:
        window.finish()
        window.deleteLater()
        await project.close()


async def _keep(project: "Project", turns: tuple[object, ...]) -> None:
    raise NotImplementedError


async def _row(case: str, window: "MainWindow", seconds: float) -> dict[str, object]:
    raise NotImplementedError
