"""A link shows something; what it asks for happens when the user says so."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from spark_desktop.app import build_parser, main, message_of
from spark_desktop.desktop import DesktopApp
from spark_desktop.domain.handover import ChooseFolder, FollowLink, OpenWindow, QuickText
from tests.interface_fakes import FakeProject, until
from tests.views.test_quick_desk import World
from tests.views.test_quick_prompt import Shown


async def _opened(folder: Path, _model: str | None, _data: Path) -> FakeProject:
    return FakeProject(root=folder)


class Panel:
    def is_available(self) -> bool:
        return True


@pytest.fixture
async def desktop(qapp: object, tmp_path: Path) -> AsyncIterator[DesktopApp]:
    made = DesktopApp(tmp_path / "data", theme="dark", opener=_opened, panel=Panel())
    made.begin(None)
    yield made
    if not made.closed.is_set():
        await made.close()


def link_to(folder: Path) -> FollowLink:
    name = folder.as_posix()
    return FollowLink(f"spark://open?folder={quote(name)}", "token")


async def test_a_folder_is_opened_only_when_the_user_agrees(
    desktop: DesktopApp, tmp_path: Path
) -> None:
    told = desktop.window.told
    desktop.window.hide()
    assert desktop.take(link_to(tmp_path))
    await asyncio.sleep(0)
    assert desktop.window.isVisible()
    assert f"A link asks Spark to open {tmp_path.as_posix()}." in told.text
    assert (told.button.text(), told.other.text()) == ("Open the folder", "Do not open")
    assert desktop.project is None
    told.button.click()
    await until(lambda: desktop.project is not None)
    assert desktop.project is not None
    assert desktop.project.root == tmp_path
    assert told.isHidden()


async def test_a_folder_is_not_opened_when_the_user_declines(
    desktop: DesktopApp, tmp_path: Path
) -> None:
    desktop.take(link_to(tmp_path))
    desktop.window.told.other.click()
    await asyncio.sleep(0)
    assert desktop.window.told.isHidden()
    assert desktop.project is None


async def test_a_link_to_the_open_folder_shows_the_window_and_asks_nothing(
    desktop: DesktopApp, tmp_path: Path
) -> None:
    await desktop.open_folder(tmp_path)
    desktop.window.hide()
    desktop.take(link_to(tmp_path))
    assert desktop.window.isVisible()
    assert desktop.window.told.text == ""


async def test_a_folder_that_is_gone_is_told_once_the_user_agreed(
    desktop: DesktopApp, tmp_path: Path
) -> None:
    # Not before: to look for it could already reach out to another machine.
    desktop.take(link_to(tmp_path / "gone"))
    assert "A link asks" in desktop.window.told.text
    desktop.window.told.button.click()
    assert "gone is not a folder. Name one that exists." in desktop.window.told.text
    assert desktop.window.told.other.isHidden()


async def test_a_link_that_cannot_be_read_takes_an_open_question_back(
    desktop: DesktopApp, tmp_path: Path
) -> None:
    told = desktop.window.told
    desktop.take(link_to(tmp_path))
    desktop.take(FollowLink("spark://run?command=ls"))
    assert told.text == (
        'The link asks for "run", which Spark does not know. Nothing was opened or asked. '
        "Spark follows spark://ask?text=… and spark://open?folder=/… and no other link."
    )
    assert (told.button.text(), told.other.isHidden()) == ("Dismiss", True)
    told.button.click()
    await asyncio.sleep(0)
    assert desktop.project is None


async def test_a_long_path_keeps_its_ends_in_the_question(desktop: DesktopApp) -> None:
    desktop.take(link_to(Path("/start") / ("x" * 300) / "end"))
    text = desktop.window.told.text
    assert "open /start/xxx" in text
    assert "xxx/end." in text
    assert len(text) < 250


async def test_a_link_brings_the_prompt_with_its_question_and_no_window(
    desktop: DesktopApp,
) -> None:
    offered: list[str] = []
    desktop.presence.draft_requested.connect(offered.append)
    desktop.window.hide()
    desktop.take(FollowLink("spark://ask?text=Why%3F"))
    assert offered == ["Why?"]
    assert desktop.quick is not None
    assert desktop.quick.prompt.isVisible()
    assert not desktop.window.isVisible()


async def test_a_link_that_comes_while_spark_ends_shows_nothing(desktop: DesktopApp) -> None:
    desktop.request_close()
    desktop.offer_question("Why?")
    assert desktop.quick is None
    await desktop.closed.wait()


@pytest.fixture
async def world(qapp: object, tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    yield made
    await made.close()


async def test_a_question_of_a_link_stands_in_the_prompt_and_is_not_asked(world: World) -> None:
    prompt = world.desk.prompt
    world.desk.show(draft="Why?\nReally")
    await until(lambda: prompt.input.toPlainText() == "Why?\nReally")
    assert world.desk.model.turn is None
    assert world.endpoint.requests == []
    assert prompt.notice.text == (
        "A link wrote this question. It is sent only when you press Enter."
    )
    prompt.notice.button.click()
    assert "A link" not in prompt.notice.text
    assert prompt.input.toPlainText() == "Why?\nReally"


@pytest.fixture
async def shown(qapp: object) -> AsyncIterator[Shown]:
    made = Shown()
    yield made
    await made.desk.service.close()
    await made.desk.scope.close()
    made.prompt.hide()
    made.prompt.deleteLater()


async def test_what_the_user_had_typed_comes_back_by_undo(shown: Shown) -> None:
    shown.prompt.present()
    shown.type("mine")
    shown.desk.model.draft("theirs")
    assert shown.prompt.input.toPlainText() == "theirs"
    QTest.keyClick(shown.prompt.input, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert shown.prompt.input.toPlainText() == "mine"


async def test_a_question_of_a_link_is_asked_by_enter(shown: Shown) -> None:
    shown.prompt.present()
    shown.desk.model.draft("theirs")
    assert shown.desk.model.turn is None
    await shown.ask("", "So.")
    assert shown.desk.model.turn is not None
    assert shown.desk.model.turn.question == "theirs"
    assert shown.prompt.notice.isHidden()


async def test_a_folder_can_be_chosen_from_outside(desktop: DesktopApp) -> None:
    desktop.window.hide()
    desktop.take(ChooseFolder("token"))
    assert desktop.window.isVisible()
    dialog = desktop.window.findChild(QFileDialog)
    assert dialog is not None
    dialog.reject()


@pytest.mark.parametrize("option", ["--new-prompt", "--choose-folder"])
def test_what_opens_something_else_takes_no_folder(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([option, "/tmp"])
    assert "--new-prompt and --choose-folder take no folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--new-prompt"], QuickText("", "token")),
        (["--choose-folder"], ChooseFolder("token")),
        (["spark://ask?text=a b"], FollowLink("spark://ask?text=a%20b", "token")),
        # As the registry of Windows starts it: what a link holds becomes no option.
        (["--", "spark://ask"], FollowLink("spark://ask", "token")),
        (["sftp://host/a"], FollowLink("sftp://host/a", "token")),
        (["--hidden"], OpenWindow("", "", True, "token")),
        (["--model", "m"], OpenWindow("", "m", False, "token")),
    ],
)
def test_a_start_says_what_it_is_for(
    arguments: list[str], message: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_ACTIVATION_TOKEN", "token")
    assert message_of(build_parser().parse_args(arguments)) == message


def test_a_folder_is_named_by_its_path_or_by_a_url_of_a_file_manager(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path.resolve() / "a b"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("a b", str(folder), folder.as_uri()):
        named = message_of(build_parser().parse_args([name]))
        assert isinstance(named, OpenWindow)
        assert Path(named.folder) == folder


def test_words_behind_a_link_are_no_options(capsys: pytest.CaptureFixture[str]) -> None:
    # A link with a quotation mark in it ends the word early on Windows.
    with pytest.raises(SystemExit, match="2"):
        main(["--", "spark://ask?text=", "--model", "x.gguf"])
    assert "unrecognized arguments: --model x.gguf" in capsys.readouterr().err


_STARTS = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from spark_desktop.app import application, main
app = application()

def look():
    shown = [one for one in app.topLevelWidgets() if one.isVisible()]
    if shown and shown[0].told.text:
        print(shown[0].told.text, flush=True)
        QApplication.quit()

timer = QTimer()
timer.timeout.connect(look)
timer.start(20)
sys.exit(main(["spark://run"]))
"""


def test_a_program_that_a_link_starts_follows_it(tmp_path: Path) -> None:
    environment = os.environ | {
        "SPARK_DATA_DIR": str(tmp_path),
        "SPARK_CONFIG_DIR": str(tmp_path),
        "QT_QPA_PLATFORM": "offscreen",
    }
    done = subprocess.run(
        [sys.executable, "-c", _STARTS], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0
    assert done.stdout.startswith('The link asks for "run"')
