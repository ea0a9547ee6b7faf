"""Updates as a user sees them: the setting, the window, and the whole way with a real server."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from spark_desktop.desktop import DesktopApp
from spark_desktop.domain.settings import Updates
from spark_desktop.domain.updates import UpdateSource
from spark_desktop.update_desk import UpdateDesk
from spark_desktop.update_wiring import Build
from spark_desktop.viewmodels.settings_rows import Category
from spark_desktop.viewmodels.updates import UpdateAction
from spark_desktop.views.settings_dialog import SettingsDialog
from spark_desktop.views.theme import load_theme
from spark_desktop.views.updates_dialog import UpdatesDialog
from tests.interface_fakes import until
from tests.release_host import NAME, ReleaseHost
from tests.update_fakes import INSTALLED, PACKAGE, feed, release
from tests.views.walking import cut_off, without_name, without_tip


@pytest.fixture
async def host() -> AsyncIterator[ReleaseHost]:
    async with ReleaseHost().running() as made:
        publish(made, 1)
        yield made


def publish(host: ReleaseHost, sequence: int, version: str = "0.2.0") -> None:
    """Publish a feed that is valid today: the window has no other clock than the machine's."""
    now = datetime.now(UTC)
    days = {"issued": now.isoformat(), "expires": (now + timedelta(days=9)).isoformat()}
    notes = release(version, files=[host.package()])
    host.publish(feed(notes, sequence=sequence, **days))


class Program:
    """The program on its own data folder, with a build that follows ``source``."""

    def __init__(self, folder: Path, source: UpdateSource) -> None:
        self.downloads, self.data = folder / "Downloads", folder / "data"
        self.app = DesktopApp(self.data, theme="dark")
        self.follow(source)

    def follow(self, source: UpdateSource) -> None:
        app, build = self.app, Build(source, INSTALLED, self.downloads)
        app.updates = UpdateDesk(self.data, app.settings, app._scope, app._tell_update, build)
        app.window.machine.connect_updates(app.updates.view_model)
        app.begin(None)

    def dialog(self) -> UpdatesDialog:
        self.app.window.keys["updates"].trigger()
        found = self.app.window.machine.open["updates"]
        assert isinstance(found, UpdatesDialog)
        return found

    def settings(self) -> SettingsDialog:
        return self.app.window.preferences.show(Category.UPDATES)

    @property
    def kept(self) -> list[str]:
        return sorted(path.name for path in self.downloads.glob("*"))


@pytest.fixture
async def program(qapp: object, tmp_path: Path, host: ReleaseHost) -> AsyncIterator[Program]:
    made = Program(tmp_path, host.source)
    yield made
    await made.app.close()


def button(dialog: UpdatesDialog, action: UpdateAction) -> QPushButton:
    """Return a button that can be pressed now."""
    found = dialog.buttons[action]
    assert found.isVisibleTo(dialog)
    assert found.isEnabled()
    return found


async def checked(program: Program) -> UpdatesDialog:
    """Open the window, check and agree, as a user does the first time."""
    dialog = program.dialog()
    button(dialog, UpdateAction.CHECK).click()
    button(dialog, UpdateAction.AGREE).click()
    await until(lambda: "is available" in dialog.notice.text)
    return dialog


async def test_from_the_first_question_to_a_verified_package_in_the_downloads(
    program: Program, host: ReleaseHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = program.dialog()
    assert host.asked == []
    button(dialog, UpdateAction.CHECK).click()
    assert f"Spark would ask 127.0.0.1:{host.server.port} now." in dialog.notice.text
    assert host.asked == []
    button(dialog, UpdateAction.AGREE).click()
    await until(lambda: "Spark 0.2.0 is available." in dialog.notice.text)
    assert host.asked == ["/stable.json", "/stable.json.minisig"]
    assert dialog.notes.toPlainText() == "Faster."
    assert "10.2 kB" in button(dialog, UpdateAction.DOWNLOAD).text()

    button(dialog, UpdateAction.DOWNLOAD).click()
    await until(lambda: "is the file that was released" in dialog.notice.text)
    assert program.kept == [NAME]
    kept = hashlib.sha256((program.downloads / NAME).read_bytes()).hexdigest()
    assert kept == hashlib.sha256(PACKAGE).hexdigest()
    assert f"sudo apt install ./{NAME}" in dialog.how.text()

    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    button(dialog, UpdateAction.SHOW).click()
    assert [url.toLocalFile() for url in opened] == [str(program.downloads)]


async def test_a_tampered_package_is_told_and_nothing_of_it_lies_in_the_downloads(
    program: Program, host: ReleaseHost
) -> None:
    dialog = await checked(program)
    host.pages[f"/{NAME}"] = b"\0" * len(PACKAGE)
    button(dialog, UpdateAction.DOWNLOAD).click()
    await until(lambda: "not the file that the release feed names" in dialog.notice.text)
    assert program.kept == []
    assert not dialog.buttons[UpdateAction.SHOW].isVisibleTo(dialog)
    assert dialog.how.text() == ""


async def test_a_replayed_feed_is_told_also_after_a_restart(
    program: Program, host: ReleaseHost
) -> None:
    publish(host, 5)
    await checked(program)
    await program.app.updates.close()
    program.app.window.machine.forget()
    program.follow(host.source)
    publish(host, 4, "0.9.0")
    dialog = program.dialog()
    button(dialog, UpdateAction.CHECK).click()
    await until(lambda: "number 4, and number 5 was seen here before" in dialog.notice.text)
    assert not dialog.buttons[UpdateAction.DOWNLOAD].isVisibleTo(dialog)


async def test_the_daily_check_tells_in_the_main_window_which_leads_to_the_notes(
    program: Program,
) -> None:
    window = program.app.window
    line = program.settings().line_of("updates.check")
    assert "Spark 0.2.0" not in window.told.text
    line.control.click()
    await until(lambda: window.told.text == "Spark 0.2.0 is available.")
    window.told.button.click()
    dialog = window.machine.open["updates"]
    assert isinstance(dialog, UpdatesDialog)
    assert dialog.isVisible()
    assert dialog.notes.toPlainText() == "Faster."
    assert "Spark 0.2.0" not in window.told.text


async def test_the_switch_agrees_to_the_host_that_stands_beside_it(
    program: Program, host: ReleaseHost
) -> None:
    dialog = program.settings()
    line = dialog.line_of("updates.check")
    name = f"127.0.0.1:{host.server.port}"
    texts = [label.text() for label in line.findChildren(type(line.remark))]
    assert any(f"A check asks {name} for two small files" in text for text in texts)
    assert host.asked == []
    line.control.click()
    await until(lambda: program.app.settings.current.updates == Updates(True, name))
    await until(lambda: len(host.asked) == 2)
    line.control.click()
    assert not program.app.settings.current.updates.check
    dialog.findChild(QPushButton, "updates").click()
    assert "updates" in program.app.window.machine.open


async def test_without_a_release_key_the_switch_is_off_and_says_why(
    qapp: object, tmp_path: Path
) -> None:
    program = Program(tmp_path, UpdateSource())
    line = program.settings().line_of("updates.check")
    assert not line.control.isEnabled()
    assert line.remark.text().startswith("This build has no release key")
    dialog = program.dialog()
    assert "no release key" in dialog.notice.text
    assert not any(one.isVisibleTo(dialog) for one in dialog.buttons.values())
    await program.app.close()


async def test_a_start_without_the_check_makes_nothing_and_asks_nobody(
    program: Program, host: ReleaseHost
) -> None:
    assert program.app.updates._model is None
    assert host.asked == []
    assert not (program.data / "updates.json").exists()


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_everything_has_a_name_and_takes_either_theme(
    program: Program, theme: str, qtbot: QtBot
) -> None:
    dialog = await checked(program)
    program.app.window.set_theme(load_theme(theme))
    for shown in (dialog, program.settings()):
        assert without_name(shown) == []
        assert without_tip(shown) == []


BIG = replace(load_theme("dark"), font_size=26)


async def test_type_of_twice_the_size_has_room_in_every_state(program: Program) -> None:
    window = program.app.window
    window.set_theme(BIG)
    dialog = program.dialog()
    for action in (UpdateAction.CHECK, UpdateAction.AGREE):
        assert cut_off(dialog) == []
        button(dialog, action).click()
    await until(lambda: "is available" in dialog.notice.text)
    # The window grows with what it says, a moment after it is said.
    await until(lambda: cut_off(dialog) == [])
    button(dialog, UpdateAction.DOWNLOAD).click()
    await until(lambda: dialog.buttons[UpdateAction.SHOW].isVisibleTo(dialog))
    await until(lambda: cut_off(dialog) == [])
    area = window.screen().availableSize()
    assert dialog.width() <= area.width()
