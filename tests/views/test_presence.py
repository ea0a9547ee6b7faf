"""Closing, hiding and coming back, with a tray and without."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from spark_desktop.domain.settings import Desktop, Settings
from spark_desktop.presence import Presence
from spark_desktop.services.desktop_notices import Attention
from spark_desktop.services.settings import SettingsService, UnkeptSettings
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.told import Told
from spark_desktop.viewmodels.tray import TrayViewModel
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.theme import load_theme
from tests.interface_fakes import FakeProject, MemoryRecent, until


class FakePanel:
    """A tray that comes and goes as a test says."""

    def __init__(self) -> None:
        self.is_there = True

    def is_available(self) -> bool:
        return self.is_there


class Desk:
    """The window and what keeps it reachable."""

    def __init__(self, folder: Path) -> None:
        self.memory = LayoutMemory(folder / "window.ini")
        self.window = MainWindow(load_theme("dark"), self.memory)
        self.settings = SettingsService(UnkeptSettings())
        self.told, self.panel, self.scope = Told(), FakePanel(), TaskScope("test")
        self.model = TrayViewModel(MemoryRecent(folder), self.told, self.scope)
        self.presence = Presence(self.window, self.memory, self.settings, self.model, self.panel)
        self.asked: list[str] = []
        self.notices: list[tuple[str, str]] = []
        self.presence.elsewhere = self
        self.presence.quit_requested.connect(lambda: self.asked.append("quit"))
        self.presence.settings_requested.connect(lambda: self.asked.append("settings"))
        self.presence.quick_requested.connect(lambda text: self.asked.append(f"quick {text}"))
        self.presence.folder_chosen.connect(lambda path: self.asked.append(path))

    def notify(self, title: str, body: str) -> None:
        self.notices.append((title, body))

    @property
    def says(self) -> str:
        return self.window.told.text

    def choose(self, text: str) -> None:
        """Choose an entry of the tray's menu."""
        for menu in (self.presence.tray.menu, self.presence.tray.recent):
            for action in menu.actions():
                if action.text() == text:
                    action.trigger()
                    return
        raise AssertionError(text)

    async def end(self) -> None:
        self.presence.finish()
        await self.scope.close()
        self.window.finish()


@pytest.fixture
async def desk(qtbot: QtBot, tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    qtbot.addWidget(made.window)
    made.presence.begin()
    yield made
    await made.end()


async def test_closing_hides_the_window_only_after_that_was_said_once(desk: Desk) -> None:
    desk.window.close()
    assert desk.window.isVisible()
    assert "stays in the tray" in desk.says
    assert "Ctrl+Q quits" in desk.says
    desk.window.close()
    assert not desk.window.isVisible()
    assert desk.asked == []
    desk.presence.show_window()
    assert desk.window.isVisible()
    assert desk.says == ""
    desk.window.close()
    assert not desk.window.isVisible()


async def test_that_it_was_said_is_remembered(desk: Desk, tmp_path: Path) -> None:
    desk.window.close()
    assert LayoutMemory(tmp_path / "window.ini").was_told("stays in the tray")


async def test_the_notices_button_hides_the_window(desk: Desk) -> None:
    desk.window.close()
    desk.window.told.button.click()
    assert not desk.window.isVisible()


async def test_a_hidden_window_comes_back_where_it_was(desk: Desk) -> None:
    # Within the screen of the offscreen platform, to which a restored window is held.
    desk.window.resize(800, 600)
    desk.memory.set_told("stays in the tray")
    desk.window.close()
    desk.window.resize(800, 480)
    desk.presence.show_window("token")
    assert desk.window.size().toTuple() == (800, 600)


@pytest.mark.parametrize(
    "choice", [Desktop(keep_in_tray=False), Desktop(tray=False)], ids=["not kept", "no icon"]
)
async def test_closing_quits_where_the_user_wants_it(choice: Desktop, desk: Desk) -> None:
    await desk.settings.update(Settings(desktop=choice))
    desk.window.close()
    assert desk.asked == ["quit"]


async def test_quit_quits_from_window_and_tray(desk: Desk) -> None:
    desk.window.keys["quit"].trigger()
    desk.choose("Quit Spark")
    assert desk.asked == ["quit", "quit"]


async def test_closing_quits_once_the_session_ends(desk: Desk) -> None:
    desk.presence.end_session()
    assert desk.memory.geometry is not None
    desk.window.close()
    assert desk.asked == ["quit"]


async def test_without_a_tray_that_is_said_once_and_closing_quits(
    desk: Desk, tmp_path: Path
) -> None:
    desk.panel.is_there = False
    desk.presence.look()
    # The panel may be late.
    assert desk.says == ""
    desk.presence.look()
    assert "shows no tray icons" in desk.says
    desk.window.told.button.click()
    desk.presence.look()
    assert desk.says == ""
    assert LayoutMemory(tmp_path / "window.ini").was_told("no tray")
    desk.window.close()
    assert desk.asked == ["quit"]


async def test_a_tray_that_comes_later_is_used(desk: Desk) -> None:
    desk.panel.is_there = False
    desk.presence.look()
    desk.presence.look()
    assert not desk.presence.tray.icon.isVisible()
    desk.panel.is_there = True
    desk.presence.look()
    assert desk.presence.tray.icon.isVisible()
    assert desk.says == ""
    desk.window.close()
    assert desk.asked == []


async def test_a_tray_that_vanishes_brings_the_window_back(desk: Desk) -> None:
    desk.memory.set_told("stays in the tray")
    desk.window.close()
    desk.panel.is_there = False
    desk.presence.look()
    assert desk.window.isVisible()
    assert "The tray is gone" in desk.says
    desk.panel.is_there = True
    desk.presence.look()
    assert desk.says == ""


async def test_turning_the_icon_off_brings_the_window_back(desk: Desk) -> None:
    desk.memory.set_told("stays in the tray")
    desk.window.close()
    await desk.settings.update(Settings(desktop=Desktop(tray=False)))
    assert desk.window.isVisible()
    assert not desk.presence.tray.icon.isVisible()


async def test_a_hidden_start_shows_only_the_icon(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.presence.begin(hidden=True)
    assert not desk.window.isVisible()
    assert desk.presence.tray.icon.isVisible()
    desk.choose("Show the window")
    assert desk.window.isVisible()
    await desk.end()


async def test_a_hidden_start_without_a_tray_shows_the_window_in_the_end(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(tmp_path)
    desk.panel.is_there = False
    desk.presence.begin(hidden=True)
    for _ in range(4):
        desk.presence.look()
        assert not desk.window.isVisible()
    desk.presence.look()
    assert desk.window.isVisible()
    assert "shows no tray icons" in desk.says
    await desk.end()


async def test_the_menu_asks_for_what_it_offers(desk: Desk, tmp_path: Path) -> None:
    project = FakeProject(root=tmp_path / "R&D")
    desk.model.follow(project)
    await until(lambda: len(desk.model.recent) == 2)
    desk.choose("Pause watching")
    assert project.inbox.is_paused
    assert "Watching is paused." in desk.says
    desk.choose("Resume watching")
    assert not project.inbox.is_paused
    desk.choose("Quick prompt…")
    desk.choose("Settings…")
    desk.choose("R&&D")
    assert desk.asked == ["quick ", "settings", str(tmp_path / "R&D")]


async def test_the_menus_of_a_closed_project_offer_no_pause(desk: Desk) -> None:
    assert not desk.presence.tray.pause.isEnabled()


async def test_recent_projects_are_offered_before_one_is_opened(desk: Desk) -> None:
    recent = desk.presence.tray.recent
    await until(lambda: bool(recent.actions()))
    assert recent.isEnabled()


async def test_the_icon_says_its_state_in_words_and_follows_the_theme(desk: Desk) -> None:
    icon = desk.presence.tray.icon
    assert icon.toolTip() == "Spark: no folder is open"
    dark = icon.icon().pixmap(22, 22).toImage()
    desk.window.set_theme(load_theme("light"))
    assert icon.icon().pixmap(22, 22).toImage() != dark


async def test_notices_go_elsewhere_where_the_icon_shows_none_and_as_the_user_wants(
    desk: Desk,
) -> None:
    desk.panel.is_there = False
    desk.presence.look()
    desk.presence.notify("A proposal waits", "a.py")
    assert desk.notices == [("A proposal waits", "a.py")]
    await desk.settings.update(Settings(desktop=Desktop(notify=False)))
    desk.presence.notify("A proposal waits", "a.py")
    assert len(desk.notices) == 1


async def test_a_hidden_window_has_no_attention(desk: Desk) -> None:
    desk.window.hide()
    assert desk.presence.attention() is Attention.HIDDEN
    desk.window.showMinimized()
    assert desk.presence.attention() is Attention.HIDDEN
    desk.presence.show_window()
    assert desk.presence.attention() is not Attention.HIDDEN


async def test_a_window_that_is_used_has_the_whole_attention(desk: Desk) -> None:
    await until(lambda: desk.presence.attention() is Attention.IN_USE)


async def test_the_windows_own_actions_open_the_quick_prompt_and_pause(desk: Desk) -> None:
    desk.window.keys["quick"].trigger()
    assert desk.asked == ["quick "]
    project = FakeProject()
    desk.model.follow(project)
    desk.window.keys["pause"].trigger()
    assert project.inbox.is_paused
