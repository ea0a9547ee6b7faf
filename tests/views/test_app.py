import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spark_desktop import qt_loop
from spark_desktop.app import DesktopApp, main
from spark_desktop.domain.errors import FileError
from tests.interface_fakes import FakeProject


async def _opened(folder: Path, _model: str | None, _data: Path) -> FakeProject:
    return FakeProject(root=folder)


async def _refused(folder: Path, _model: str | None, _data: Path) -> FakeProject:
    raise FileError(f"{folder} is not a folder.", "Open the folder of your project.")


@pytest.fixture
async def desktop(qapp: object, tmp_path: Path) -> AsyncIterator[DesktopApp]:
    made = DesktopApp(tmp_path / "data", theme="dark", opener=_opened)
    made.window.show()
    yield made
    if not made.closed.is_set():
        await made.close()


async def test_a_folder_is_opened_watched_and_its_core_started(
    desktop: DesktopApp, tmp_path: Path
) -> None:
    git = tmp_path / ".git"
    git.mkdir()
    (git / "HEAD").write_text("ref: refs/heads/feature/x\n", encoding="utf-8")
    await desktop.open_folder(tmp_path)
    assert isinstance(desktop.project, FakeProject)
    assert desktop.project.is_watched
    assert desktop.project.core.starts == 1
    assert desktop.window.top.text == f"{tmp_path.name} feature/x"
    (git / "HEAD").write_text("0123456789abcdef\n", encoding="utf-8")
    first = desktop.project
    await desktop.open_folder(tmp_path)
    assert first.is_closed
    assert desktop.window.top.text == f"{tmp_path.name} 01234567"


async def test_a_folder_that_cannot_be_opened_is_told_in_the_window(
    qapp: object, tmp_path: Path
) -> None:
    desktop = DesktopApp(tmp_path, theme="light", opener=_refused)
    await desktop.open_folder(tmp_path / "gone")
    assert "gone is not a folder. Open the folder" in desktop.window.welcome.text
    assert desktop.project is None
    await desktop.close()


async def test_closing_the_window_closes_the_project_first(
    desktop: DesktopApp, tmp_path: Path
) -> None:
    await desktop.open_folder(tmp_path)
    project = desktop.project
    assert isinstance(project, FakeProject)
    desktop.window.close()
    desktop.window.close()
    await desktop.closed.wait()
    assert project.is_closed
    assert not desktop.window.isVisible()
    assert (tmp_path / "data" / "window.ini").exists()


async def test_the_windows_about_the_machine_open_without_and_with_a_project(
    desktop: DesktopApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPARK_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("SPARK_MODELS_DIR", str(tmp_path / "models"))
    desktop.window.keys["models"].trigger()
    assert desktop.window.machine.open["models"].isVisible()
    await desktop.open_folder(tmp_path)
    desktop.window.keys["connections"].trigger()
    desktop.window.keys["times"].trigger()
    assert set(desktop.window.machine.open) == {"models", "connections", "times"}
    await desktop.close()
    assert desktop.closed.is_set()


async def test_closing_while_a_folder_opens_ends_too(qapp: object, tmp_path: Path) -> None:
    never = asyncio.Event()
    began = asyncio.Event()

    async def slow(_folder: Path, _model: str | None, _data: Path) -> FakeProject:
        began.set()
        await never.wait()
        return FakeProject()

    desktop = DesktopApp(tmp_path, theme="dark", opener=slow)
    desktop.window.folder_chosen.emit(str(tmp_path))
    await began.wait()
    assert desktop.window.welcome.text == f"Opening {tmp_path.name}…"
    desktop.request_close()
    await desktop.closed.wait()
    assert desktop.project is None


async def test_the_systems_theme_is_followed_until_the_user_chooses(
    qapp: object, tmp_path: Path
) -> None:
    desktop = DesktopApp(tmp_path, opener=_opened)
    system = desktop.window.theme
    desktop.window.keys["theme"].trigger()
    assert desktop.window.theme != system
    chosen = desktop.window.theme
    await desktop.close()
    again = DesktopApp(tmp_path, opener=_opened)
    assert again.window.theme == chosen
    await again.close()


def test_the_app_opens_and_ends_in_qts_loop(qapp: object, tmp_path: Path) -> None:
    async def work() -> int:
        desktop = DesktopApp(tmp_path / "data", theme="dark", opener=_opened)
        desktop.window.show()
        await desktop.open_folder(tmp_path)
        desktop.window.close()
        await desktop.closed.wait()
        return 7

    assert qt_loop.run(work) == 7


def test_wrong_arguments_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--theme", "plaid"])
    assert "plaid" in capsys.readouterr().err


_PROGRAM = """
import signal
import sys
from PySide6.QtCore import QTimer
from spark_desktop.app import application, main
application()
timer = QTimer()

def report():
    if signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        timer.stop()
        print("up", flush=True)

timer.timeout.connect(report)
timer.start(5)
sys.exit(main([]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_program_in_order(number: signal.Signals, tmp_path: Path) -> None:
    environment = os.environ | {"SPARK_DATA_DIR": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "up\n"
        program.send_signal(number)
        _out, errors = program.communicate(timeout=60)
    assert program.returncode == 0
    assert "Traceback" not in errors
    assert (tmp_path / "window.ini").exists()
