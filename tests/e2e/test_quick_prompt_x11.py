"""The quick prompt as a user has it under X11: over another window, and back into it."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from adapters.x_screen import do, needs_x, screen

pytestmark = [
    pytest.mark.e2e,
    needs_x,
    pytest.mark.skipif(shutil.which("openbox") is None, reason="openbox is not installed"),
]

# Another program: it tells what stands in it, a line a change.
EDITOR = """
from PySide6.QtWidgets import QApplication, QPlainTextEdit
app = QApplication([])
editor = QPlainTextEdit()
editor.setWindowTitle("other editor")
editor.textChanged.connect(lambda: print(repr(editor.toPlainText()), flush=True))
editor.show()
editor.activateWindow()
print("shown", flush=True)
app.exec()
"""
# The app with the prompt on its desk; it tells of the hotkey and of each change of the answer.
APP = """
import asyncio, sys
from pathlib import Path
from spark_desktop import app as program, qt_loop
from spark_desktop.adapters.settings_file import TomlSettings
from spark_desktop.desktop import DesktopApp
from spark_desktop.quick_desk import QuickDesk
from spark_desktop.services.settings import SettingsService

async def main():
    folder = Path(sys.argv[1])
    desktop = DesktopApp(folder / "data", theme="dark")
    settings = SettingsService(TomlSettings(folder / "settings.toml"))
    theme = desktop.window.theme
    desk = QuickDesk(folder / "data", settings, desktop, theme, sys.argv[2])
    desk.prepare()
    print(await desk.hotkey.settled(), flush=True)
    desk.model.turn_changed.connect(lambda turn: print(turn.state.value, turn.answer, flush=True))
    desk.model.hidden.connect(lambda: print("hidden", flush=True))
    stop = qt_loop.on_termination(desktop.request_close)
    await desktop.closed.wait()
    await desk.close()
    stop()
    return 0

program.application()
sys.exit(qt_loop.run(main))
"""


class Program:
    """A process on the screen, and the lines that it tells."""

    def __init__(self, display: str, source: str, *words: str) -> None:
        environment = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
            environment.pop(name, None)
        self.process = subprocess.Popen(
            [sys.executable, "-c", source, *words],
            env=environment,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def tells(self, wanted: str) -> None:
        """Read lines until one holds ``wanted``; the test's time limit ends the wait."""
        assert self.process.stdout is not None
        seen = []
        for line in self.process.stdout:
            seen.append(line)
            if wanted in line:
                return
        raise AssertionError(f"{wanted!r} is not in {seen}")

    def end(self) -> int:
        with self.process:
            self.process.terminate()
        return self.process.returncode


async def is_active(display: str, title: str) -> None:
    """Return when the window with this title has the keyboard."""
    words = ("getactivewindow", "getwindowname")
    while await do(display, *words, may_fail=True) != title:  # noqa: ASYNC110 - an X server's
        await asyncio.sleep(0.05)


@pytest.fixture
def display() -> Iterator[str]:
    with screen() as name:
        manager = subprocess.Popen(
            ["openbox"],
            env=os.environ | {"DISPLAY": name},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        yield name
        manager.terminate()
        manager.wait()


@pytest.fixture
def start(display: str) -> Iterator[Callable[..., Program]]:
    """Start a program on the screen; what a test leaves running is ended."""
    started: list[Program] = []

    def start(source: str, *words: str) -> Program:
        started.append(Program(display, source, *words))
        return started[-1]

    yield start
    for program in started:
        program.end()


async def test_the_hotkey_opens_it_over_another_window_and_the_answer_is_pasted_there(
    display: str, start: Callable[..., Program], tmp_path: Path, replay_script
) -> None:
    model = replay_script([{"match": "", "text": "Use this:\n```python\nx = 1\n```\n"}])
    app = start(APP, str(tmp_path), model)
    app.tells("HotkeyOn(keys='Ctrl+Alt+Space')")
    editor = start(EDITOR)
    editor.tells("shown")
    await is_active(display, "other editor")
    await do(display, "key", "ctrl+alt+space")
    await is_active(display, "Quick prompt")
    await do(display, "type", "Why?")
    await do(display, "key", "Return")
    app.tells("done Use this:")
    await do(display, "key", "ctrl+Return")
    app.tells("hidden")
    editor.tells("'x = 1\\n'")
    # And once more: Escape leaves the keyboard to the window below.
    await do(display, "key", "ctrl+alt+space")
    await is_active(display, "Quick prompt")
    await do(display, "key", "Escape")
    app.tells("hidden")
    await is_active(display, "other editor")
    assert app.end() == 0
