import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from spark_desktop import qt_loop
from spark_desktop.adapters.settings_file import TomlSettings
from spark_desktop.app import main
from spark_desktop.desktop import DesktopApp
from spark_desktop.domain.errors import FileError
from spark_desktop.domain.handover import FailedCommand, OpenWindow, QuickText, Snooze
from spark_desktop.domain.hotkey import HotkeyOn
from spark_desktop.domain.settings import Desktop, Quick, Settings
from spark_desktop.domain.trigger import Span
from spark_desktop.services.settings import SettingsService
from spark_desktop.services.test_runs import FailedRun
from tests.interface_fakes import FakeProject, proposal, until


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


async def test_what_the_user_opens_and_selects_is_told_to_the_project(
    desktop: DesktopApp, tmp_path: Path
) -> None:
    await desktop.open_folder(tmp_path)
    project, view = desktop.project, desktop.window.project
    assert isinstance(project, FakeProject)
    assert view is not None
    review = view.models.review
    review.open_file("stats.py")
    await until(lambda: review.path == "stats.py")
    review.select(Span(0, 1))
    assert project.looks[-2:] == [("stats.py", None), ("stats.py", Span(0, 1))]


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
    desktop = DesktopApp(tmp_path, opener=_opened, settings=kept(tmp_path / "settings.toml"))
    system = desktop.window.theme
    desktop.window.keys["theme"].trigger()
    assert desktop.window.theme != system
    chosen = desktop.window.theme
    await desktop.close()
    again = DesktopApp(tmp_path, opener=_opened, settings=kept(tmp_path / "settings.toml"))
    assert again.window.theme == chosen
    await again.close()


def kept(file: Path) -> SettingsService:
    return SettingsService(TomlSettings(file))


def _written(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


async def test_a_theme_that_was_remembered_with_the_layout_becomes_a_setting(
    qapp: object, tmp_path: Path
) -> None:
    _written(tmp_path / "window.ini", "[General]\ntheme=light\n")
    desktop = DesktopApp(tmp_path, opener=_opened, settings=kept(tmp_path / "settings.toml"))
    assert desktop.window.theme.name == "light"
    await desktop.close()
    assert _read(tmp_path / "settings.toml") == '[looks]\ntheme = "light"\n'
    assert "theme" not in _read(tmp_path / "window.ini")


async def test_an_open_project_follows_the_settings(desktop: DesktopApp, tmp_path: Path) -> None:
    await desktop.open_folder(tmp_path)
    assert isinstance(desktop.project, FakeProject)
    desktop.window.settings.set("watching.stubs", False)
    assert not desktop.project.settings.watching.stubs


async def test_the_model_of_the_settings_is_asked_for(qapp: object, tmp_path: Path) -> None:
    asked: list[str | None] = []

    async def opened(folder: Path, model: str | None, _data: Path) -> FakeProject:
        asked.append(model)
        return FakeProject(root=folder)

    _written(tmp_path / "mine.toml", '[model]\nmodel = "big"\n')
    for named in (None, "small"):
        desktop = DesktopApp(tmp_path, named, opener=opened, settings=kept(tmp_path / "mine.toml"))
        await desktop.open_folder(tmp_path)
        await desktop.close()
    assert asked == ["big", "small"]


async def test_a_broken_settings_file_is_named_in_the_window(qapp: object, tmp_path: Path) -> None:
    _written(tmp_path / "settings.toml", "[looks\n")
    desktop = DesktopApp(tmp_path, opener=_opened, settings=kept(tmp_path / "settings.toml"))
    assert "It is kept as settings.toml.broken-" in desktop.window.notice.text
    desktop.window.notice.button.click()
    assert desktop.window.notice.isHidden()
    await desktop.close()


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
# Whoever runs the tests may have let them ignore it, as nohup does.
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
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
@pytest.mark.parametrize("number", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_ends_the_program_in_order(number: str, tmp_path: Path) -> None:
    environment = os.environ | {
        "SPARK_DATA_DIR": str(tmp_path),
        "SPARK_CONFIG_DIR": str(tmp_path),
        "QT_QPA_PLATFORM": "offscreen",
    }
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "up\n"
        program.send_signal(signal.Signals[number])
        _out, errors = program.communicate(timeout=60)
    assert program.returncode == 0
    assert "Traceback" not in errors
    assert (tmp_path / "window.ini").exists()


class FakePanel:
    def is_available(self) -> bool:
        return True


@pytest.fixture
async def in_tray(qapp: object, tmp_path: Path) -> AsyncIterator[DesktopApp]:
    made = DesktopApp(tmp_path / "data", theme="dark", opener=_opened, panel=FakePanel())
    made.begin(None)
    yield made
    if not made.closed.is_set():
        await made.close()


async def test_another_start_opens_its_folder_and_shows_the_window(
    in_tray: DesktopApp, tmp_path: Path
) -> None:
    in_tray.window.hide()
    in_tray.take(OpenWindow(str(tmp_path), activation="token"))
    assert in_tray.window.isVisible()
    await until(lambda: in_tray.project is not None)
    first = in_tray.project
    in_tray.take(OpenWindow(str(tmp_path)))
    in_tray.take(OpenWindow())
    await asyncio.sleep(0)
    assert in_tray.project is first
    in_tray.take(OpenWindow(model="other"))
    await until(lambda: in_tray.project not in (None, first))
    assert isinstance(first, FakeProject)
    assert first.is_closed


async def test_a_folder_that_another_start_names_wrongly_costs_no_open_project(
    in_tray: DesktopApp, tmp_path: Path
) -> None:
    await in_tray.open_folder(tmp_path)
    project = in_tray.project
    in_tray.take(OpenWindow(str(tmp_path / "gone")))
    await asyncio.sleep(0)
    assert in_tray.project is project
    assert "gone is not a folder. Name one that exists." in in_tray.window.told.text


async def test_a_hidden_start_beside_a_running_one_shows_nothing(in_tray: DesktopApp) -> None:
    in_tray.window.hide()
    in_tray.take(OpenWindow(hidden=True))
    assert not in_tray.window.isVisible()


async def test_a_text_for_the_quick_prompt_is_handed_on(in_tray: DesktopApp) -> None:
    heard: list[str] = []
    in_tray.presence.quick_requested.connect(heard.append)
    assert in_tray.take(QuickText("Why?", "token"))
    assert heard == ["Why?"]


async def test_a_snooze_is_taken_where_a_folder_is_open(
    in_tray: DesktopApp, tmp_path: Path
) -> None:
    assert not in_tray.take(Snooze(30))
    await in_tray.open_folder(tmp_path)
    assert in_tray.take(Snooze(30))
    assert in_tray.tray.rest.is_snoozed
    assert in_tray.take(Snooze())
    assert not in_tray.tray.rest.is_snoozed


class _HandedRuns:
    def __init__(self) -> None:
        self.taken: list[FailedRun] = []

    def take(self, run: FailedRun) -> bool:
        self.taken.append(run)
        return True


async def test_a_failed_command_is_taken_where_its_folder_is_in_the_open_one(
    in_tray: DesktopApp, tmp_path: Path
) -> None:
    tree, open_ = tmp_path / "tree", tmp_path / "tree" / "ui" / "shop"
    (open_ / "src").mkdir(parents=True)
    failed = FailedCommand(str(tree), "ui/shop", "pytest -q", "it failed")
    assert not in_tray.take(failed)
    await in_tray.open_folder(open_)
    assert isinstance(in_tray.project, FakeProject)
    handed = in_tray.project.handed_runs = _HandedRuns()
    assert in_tray.take(failed)
    assert in_tray.take(replace(failed, folder="ui/shop/src"))
    assert in_tray.take(FailedCommand(str(open_), "", "make", ""))
    assert in_tray.take(FailedCommand(str(open_ / "src"), "", "make", ""))
    assert handed.taken == [
        FailedRun(("pytest", "-q"), "", "it failed"),
        FailedRun(("pytest", "-q"), "src", "it failed"),
        FailedRun(("make",), "", ""),
        FailedRun(("make",), "src", ""),
    ]
    for elsewhere in ("", "ui", "ui/shops", "ui/shop/../shops"):
        assert not in_tray.take(replace(failed, folder=elsewhere))
    # Another work tree of git, which is in an ignored folder more often than not.
    (open_ / "src" / ".git").write_text("gitdir: elsewhere\n", encoding="utf-8")
    assert not in_tray.take(FailedCommand(str(open_ / "src"), "", "make", ""))
    assert not in_tray.take(replace(failed, command="it's not closed"))
    assert len(handed.taken) == 4


async def test_a_start_that_comes_while_this_program_ends_is_not_taken(
    in_tray: DesktopApp, tmp_path: Path
) -> None:
    in_tray.request_close()
    assert not in_tray.take(OpenWindow(str(tmp_path)))
    await in_tray.closed.wait()


async def test_a_hidden_start_opens_the_newest_project(qapp: object, tmp_path: Path) -> None:
    before = DesktopApp(tmp_path / "data", theme="dark", opener=_opened, panel=FakePanel())
    await before.open_folder(tmp_path)
    await until(lambda: bool(before.tray.recent))
    await before.close()
    desktop = DesktopApp(tmp_path / "data", theme="dark", opener=_opened, panel=FakePanel())
    desktop.begin(None, hidden=True)
    await until(lambda: desktop.project is not None)
    assert desktop.project is not None
    assert desktop.project.root == tmp_path
    assert not desktop.window.isVisible()
    await desktop.close()


async def test_the_window_offers_the_recent_projects_that_the_tray_has(
    in_tray: DesktopApp, tmp_path: Path
) -> None:
    await in_tray.open_folder(tmp_path)
    await until(lambda: in_tray.window.recent_folders == [str(tmp_path)])


async def test_a_recent_project_is_opened_from_the_tray(
    in_tray: DesktopApp, tmp_path: Path
) -> None:
    in_tray.window.hide()
    in_tray.presence.folder_chosen.emit(str(tmp_path))
    await until(lambda: in_tray.project is not None)
    assert in_tray.window.isVisible()


async def test_the_tray_follows_the_open_project_until_it_is_closed(
    in_tray: DesktopApp, tmp_path: Path
) -> None:
    await in_tray.open_folder(tmp_path)
    assert in_tray.tray.tip == f"Spark · {tmp_path.name}: ready"
    project = in_tray.project
    assert isinstance(project, FakeProject)
    in_tray.window.hide()
    told: list[tuple[str, str]] = []
    in_tray.presence.elsewhere = type("Heard", (), {"notify": lambda _, *said: told.append(said)})()
    in_tray.presence.tray.set_visible(False)
    project.turns.put(proposal())
    assert told == [("A proposal waits", "parser.py")]
    await in_tray.close()
    assert in_tray.tray.tip == "Spark: no folder is open"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="XDG is of the others")
async def test_the_start_at_log_in_follows_the_settings_and_a_refusal_is_told(
    qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    desktop = DesktopApp(tmp_path / "data", theme="dark", opener=_opened)
    entry = tmp_path / "config" / "autostart" / "spark-desktop.desktop"
    await desktop.settings.update(Settings(desktop=Desktop(autostart=True)))
    await until(entry.is_file)
    await desktop.settings.update(Settings())
    await until(lambda: not entry.exists())
    entry.parent.rmdir()
    entry.parent.write_text("a file", encoding="utf-8")
    await desktop.settings.update(Settings(desktop=Desktop(autostart=True)))
    await until(lambda: "start at log-in could not be changed" in desktop.window.told.text)
    await desktop.close()


_QUITS = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from spark_desktop.app import application, main
application()
timer = QTimer()
timer.timeout.connect(QApplication.quit)
timer.start(20)
sys.exit(main([]))
"""


def test_the_systems_quit_ends_the_program_in_order(tmp_path: Path) -> None:
    environment = os.environ | {
        "SPARK_DATA_DIR": str(tmp_path),
        "SPARK_CONFIG_DIR": str(tmp_path),
        "QT_QPA_PLATFORM": "offscreen",
    }
    done = subprocess.run(
        [sys.executable, "-c", _QUITS], env=environment, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "window.ini").exists()
    assert not (tmp_path / "run" / "app.sock").exists()


_UP = """
import sys
from PySide6.QtCore import QTimer
from spark_desktop.app import application, main
application()
timer = QTimer()
timer.setSingleShot(True)
timer.timeout.connect(lambda: print("up", flush=True))
timer.start(0)
sys.exit(main([]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
def test_a_second_start_says_so_in_one_line_and_ends_well(tmp_path: Path) -> None:
    environment = os.environ | {
        "SPARK_DATA_DIR": str(tmp_path),
        "SPARK_CONFIG_DIR": str(tmp_path),
        "QT_QPA_PLATFORM": "offscreen",
    }
    with subprocess.Popen(
        [sys.executable, "-c", _UP], env=environment, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "up\n"
        second = subprocess.run(
            [sys.executable, "-m", "spark_desktop.app", str(tmp_path)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (second.returncode, second.stderr) == (0, "")
        assert second.stdout == "Spark runs already; this start was handed over to it.\n"
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=60)
    assert first.returncode == 0


async def test_a_hotkey_that_cannot_be_had_is_told_beside_it_and_at_a_start_only_once(
    qapp: object, tmp_path: Path
) -> None:
    # Offscreen there is no desktop that could have one.
    first = DesktopApp(tmp_path / "data", theme="dark")
    await first._quick.prepare()
    assert first.quick is not None
    await first.quick.hotkey.settled()
    assert "The quick prompt has no key: There is no desktop" in first.window.told.text
    assert "There is no desktop" in first.window.settings.remark("quick.hotkey")
    await first.settings.update(Settings(quick=Quick("")))
    await first.quick.hotkey.settled()
    assert first.window.told.text == ""
    assert first.window.settings.remark("quick.hotkey") == ""
    await first.close()

    second = DesktopApp(tmp_path / "data", theme="dark")
    await second._quick.prepare()
    assert second.quick is not None
    await second.quick.hotkey.settled()
    assert second.window.told.text == ""
    assert "There is no desktop" in second.window.settings.remark("quick.hotkey")
    await second.settings.update(Settings(quick=Quick("Ctrl+Alt+J")))
    await second.quick.hotkey.settled()
    assert "The quick prompt has no key" in second.window.told.text
    await second.close()


async def test_a_hotkey_that_takes_a_key_of_the_window_says_so_beside_it(
    qapp: object, tmp_path: Path
) -> None:
    desktop = DesktopApp(tmp_path / "data", theme="dark")
    desktop.settings.use(Settings(quick=Quick("Ctrl+K")))
    desk = desktop._quick.made()
    for handler in desk.hotkey._handlers:
        handler(HotkeyOn("Ctrl+K"))
    remark = desktop.window.settings.remark("quick.hotkey")
    assert remark.startswith("Ctrl+K is also that of: Find an action, a file or a thread.")
    await desktop.close()
