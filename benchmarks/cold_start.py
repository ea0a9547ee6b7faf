"""How long a start takes: a new process until its window is painted, beside a bare Qt window.

The platform is Qt's offscreen one: it draws everything, and there is no screen to wait for. Both
programs start in turn, so that whatever else the machine does meets both. With SPARK_PROGRAM, the
path of a frozen ``spark-desktop`` (``dev.py dist tar`` leaves one below ``build/dist``), that one
takes its turn too.

A last start finds a core of the real model that has answered before, and asks it as soon as the
project is open: that is the time from the start of the process to a first token of a warm model.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.cores import model_path
from benchmarks.frozen_start import ITSELF, telling
from spark_desktop.wiring import open_project

SUMMARY = (
    "seconds from the start of the process to a painted window, beside a bare PySide6 window, "
    "and to a first token of a warm model"
)
QUESTION = "Name three colours."

STARTS = 5
PROGRAM = "SPARK_PROGRAM"
LONGEST_S = 120.0

# A line goes out when the loop is reached again after the first painting: what the window shows has
# been drawn then, children too. The peer has what any program with PySide6 pays for.
_BARE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

class Window(QMainWindow):
    painted = False

    def paintEvent(self, event):
        super().paintEvent(event)
        if not self.painted:
            self.painted = True
            QTimer.singleShot(0, self.told)

    def told(self):
        print("window", flush=True)
        self.close()

app = QApplication([])
window = Window()
window.setCentralWidget(QLabel("Open a folder."))
window.resize(1280, 800)
window.show()
sys.exit(app.exec())
"""
# The program itself, with windows that tell of their painting.
_SPARK = """
import sys
from PySide6.QtCore import QTimer
from spark_desktop import app, desktop

class Window(desktop.MainWindow):
    painted = ()

    def paintEvent(self, event):
        super().paintEvent(event)
        what = "window" if self.project is None else "project"
        if what not in self.painted:
            self.painted = (*self.painted, what)
            QTimer.singleShot(0, lambda: self.tell(what))

    def show_project(self, models, root, branch):
        super().show_project(models, root, branch)
        self.update()

    def tell(self, what):
        print(what, flush=True)
        if what == "project":
            self.close()

desktop.MainWindow = Window
sys.exit(app.main(sys.argv[1:]))
"""
# The same inside of a frozen program, which calls ``main`` of its module ``app``.
_FROZEN = _SPARK.replace("import app, desktop", f"import desktop, {ITSELF} as app").replace(
    "sys.exit(app.main(sys.argv[1:]))", "main = app.main"
)
# The same, which asks as soon as the thread is there, and ends with the first piece.
_ASKING = _SPARK.replace(
    """        if what == "project":
            self.close()
""",
    f"""
    def ask(self, models):
        if not self.asked:
            self.asked = True
            models.composer.set_text({QUESTION!r}, {len(QUESTION)})
            models.composer.send()

    def first(self, *_):
        print("token", flush=True)
        self.close()
""",
).replace(
    """        self.update()
""",
    """        self.update()
        self.asked = False
        models.chat.pieces.connect(self.first)
        models.chat.thread_changed.connect(lambda: self.ask(models))
""",
)


def run(quick: bool) -> list[dict[str, object]]:
    """Return a row for each start, then one with the medians.

    ``window_s`` is the time to the painted window, ``project_s`` to the painted project in it;
    ``ratio`` is ``window_s`` over that of the bare window. The first start may read from the disk.
    ``token_s`` is the time to the first piece of an answer from a core that has answered before.
    Of a frozen program, ``frozen_window_s`` and ``frozen_project_s`` are the same times.
    """
    with tempfile.TemporaryDirectory() as folder:
        given = os.environ.get(PROGRAM)
        frozen = telling(Path(given), _FROZEN, Path(folder)) if given else None
        rows = [_row(number, frozen) for number in range(1, STARTS + 1)]
    medians: dict[str, object] = {
        name: round(statistics.median(float(str(row[name])) for row in rows), 3)
        for name in rows[0]
        if name != "start"
    }
    warm = [asyncio.run(_warm()) for _ in range(1 if quick else STARTS)]
    token = {"start": f"warm model, median of {len(warm)}", "token_s": statistics.median(warm)}
    return [*rows, {"start": f"median of {STARTS}"} | medians, token]


def _row(number: int, frozen: Path | None) -> dict[str, object]:
    bare = _seconds(_script(_BARE), [])["window"]
    spark = _started(_script(_SPARK))
    row: dict[str, object] = {
        "start": number,
        "window_s": round(spark["window"], 3),
        "project_s": round(spark["project"], 3),
        "bare_window_s": round(bare, 3),
        "ratio": round(spark["window"] / bare, 3),
    }
    if frozen is not None:
        told = _started([str(frozen)])
        row |= {f"frozen_{what}_s": round(told[what], 3) for what in ("window", "project")}
    return row


def _started(program: list[str]) -> dict[str, float]:
    """Return when the app told of each painting, started for the first time by a new user."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return _seconds(program, [_project(folder), *_model(folder)], folder)


def _script(code: str) -> list[str]:
    return [sys.executable, "-c", code]


async def _warm() -> float:
    """Return the seconds from a start to the first piece, with a core that another one holds."""
    model = str(model_path())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        root = _project(folder)
        holder = await open_project(Path(root), model=model, data_dir=folder / "data")
        try:
            holder.core.start()
            turn = await holder.chat.ask(QUESTION)
            if turn.error:
                raise RuntimeError(turn.error)
            asked = await asyncio.to_thread(
                _seconds, _script(_ASKING), [root, "--model", model], folder
            )
        finally:
            await holder.close()
    return round(asked["token"], 3)


def _project(folder: Path) -> str:
    project = folder / "project"
    project.mkdir()
    (project / "main.py").write_text("def main():\n    pass\n", encoding="utf-8")
    return str(project)


def _model(folder: Path) -> tuple[str, str]:
    """The window does not wait for a model; a script in its place leaves the processor alone."""
    script = folder / "replay.json"
    script.write_text("[]", encoding="utf-8")
    return "--model", f"replay:{script}"


def _seconds(
    program: list[str], arguments: list[str], data: Path | None = None
) -> dict[str, float]:
    """Return when the program told of each painting, from its start, once it has ended."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    if data is not None:
        environment["SPARK_DATA_DIR"] = str(data / "data")
        environment["SPARK_CONFIG_DIR"] = str(data / "config")
    told: dict[str, float] = {}
    begun = time.perf_counter()
    with subprocess.Popen(
        [*program, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            told[line.strip()] = time.perf_counter() - begun
        # Qt's offscreen platform says there what it cannot do, which matters only after a failure.
        errors = process.stderr.read()
        code = process.wait(LONGEST_S)
    if code != 0:
        raise RuntimeError(f"exit code {code} after {list(told)}: {errors}")
    return told
