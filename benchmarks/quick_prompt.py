"""How long the quick prompt takes from being asked for to being painted.

The window is prepared as the app does it after its start. Each row is a process of its own: Qt's
offscreen platform, which draws everything without a screen, and X11 on a server of its own (Xvfb)
where that is installed, with the way over the window system's events in the time.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile

SUMMARY = "milliseconds from asking for the quick prompt to its painted window, first and later"

SHOWS, SHOWS_QUICK = 30, 8
LONGEST_S = 120.0

# The time ends in the loop's next round after the window was drawn, children too; under X11 a reply
# of the server is awaited as well, so that what was drawn is there.
_PROGRAM = """
import asyncio, json, statistics, sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from spark_desktop import app as program, qt_loop, quick_desk
from spark_desktop.adapters.desktop_keys import NoHotkey, previous_window_of
from spark_desktop.adapters.settings_file import TomlSettings
from spark_desktop.desktop import DesktopApp
from spark_desktop.domain.errors import CoreError
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.services.settings import SettingsService

folder, shows = Path(sys.argv[1]), int(sys.argv[2])

def core(model, bus, scope):
    raise CoreError("no model is measured here")

class Prompt(quick_desk.QuickPrompt):
    told = None

    def paintEvent(self, event):
        super().paintEvent(event)
        told, self.told = self.told, None
        if told is not None:
            QTimer.singleShot(0, lambda: self.tell(told))

    def tell(self, told):
        if QGuiApplication.platformName() == "xcb":
            # Awaits the server's answer, which comes after what was drawn.
            self.screen().grabWindow(self.winId(), 0, 0, 1, 1)
        if not told.done():
            told.set_result(time.perf_counter())

quick_desk.QuickPrompt = Prompt

async def main():
    desktop = DesktopApp(folder / "data", theme="dark")
    desktop.window.show()
    await asyncio.sleep(0.3)
    settings = SettingsService(TomlSettings(folder / "settings.toml"))
    previous = previous_window_of(QGuiApplication.platformName(), {}, SystemClock())
    means = quick_desk.Means(lambda scope: NoHotkey(""), previous, core)
    begun = time.perf_counter()
    desk = quick_desk.QuickDesk(
        folder / "data", settings, desktop, desktop.window.theme, means=means
    )
    desk.prepare()
    prepared = time.perf_counter() - begun
    await asyncio.sleep(0.3)
    taken = []
    for _ in range(shows):
        desk.prompt.told = painted = asyncio.get_running_loop().create_future()
        begun = time.perf_counter()
        desk.show()
        taken.append(1000 * (await painted - begun))
        await asyncio.sleep(0.1)
        desk.model.close()
        await asyncio.sleep(0.1)
    later = sorted(taken[1:])
    print(json.dumps({
        "prepare_ms": round(1000 * prepared, 1),
        "first_ms": round(taken[0], 1),
        "later_p50_ms": round(statistics.median(later), 1),
        "later_p95_ms": round(later[round(0.95 * (len(later) - 1))], 1),
        "later_max_ms": round(later[-1], 1),
    }), flush=True)
    await desk.close()
    await desktop.close()
    return 0

program.application()
sys.exit(qt_loop.run(main))
"""


def run(quick: bool) -> list[dict[str, object]]:
    """Return a row for each platform.

    ``first_ms`` is the first show after the start, ``later_*`` those after it; ``prepare_ms`` is
    what the app spends on it once, while nothing is asked for.
    """
    shows = SHOWS_QUICK if quick else SHOWS
    rows = [{"platform": "offscreen", "shows": shows} | _measured("offscreen", shows, {})]
    if shutil.which("Xvfb") is not None:
        for manager in ("", *(name for name in ("openbox",) if shutil.which(name))):
            with _Screen(manager) as display:
                row = _measured("xcb", shows, {"DISPLAY": display})
            name = f"xcb on Xvfb, {manager or 'no window manager'}"
            rows.append({"platform": name, "shows": shows} | row)
    return rows


def _measured(platform: str, shows: int, more: dict[str, str]) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM, folder, str(shows)],
            env=os.environ | {"QT_QPA_PLATFORM": platform} | more,
            capture_output=True,
            encoding="utf-8",
            timeout=LONGEST_S,
        )
    if done.returncode != 0:
        raise RuntimeError(f"exit code {done.returncode}: {done.stderr}")
    measured: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return measured


class _Screen:
    """An X server of its own, on a number that it chooses itself, and a window manager on it."""

    def __init__(self, manager: str) -> None:
        self._manager = manager
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> str:
        reader, writer = os.pipe()
        with os.fdopen(reader) as told:
            self._start(
                ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x800x24"], {}, (writer,)
            )
            os.close(writer)
            display = f":{told.readline().strip()}"
        if self._manager:
            self._start([self._manager], {"DISPLAY": display})
        return display

    def __exit__(self, *_error: object) -> None:
        for process in reversed(self._processes):
            process.terminate()
            process.wait()

    def _start(self, words: list[str], more: dict[str, str], kept: tuple[int, ...] = ()) -> None:
        self._processes.append(
            subprocess.Popen(
                words,
                env=os.environ | more,
                pass_fds=kept,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
