"""The command palette over the window, with the keyboard alone."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.views.command_palette import CommandPalette
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.theme import load_theme
from tests.interface_fakes import until


@pytest.fixture
async def window(qtbot: QtBot, models: ProjectViewModels, tmp_path: Path) -> MainWindow:
    made = MainWindow(load_theme("dark"), LayoutMemory(tmp_path / "window.ini"))
    qtbot.addWidget(made, before_close_func=lambda window: window.finish())
    made.show_project(models, tmp_path / "library", "main")
    models.chat.load()
    made.show()
    made.activateWindow()
    await until(made.isActiveWindow)
    await until(lambda: bool(models.chat.threads))
    return made


@pytest.fixture
async def palette(window: MainWindow) -> CommandPalette:
    window.keys["palette"].trigger()
    palette = window.finder.palette
    assert palette is not None
    assert palette.isVisible()
    assert palette.line.hasFocus()
    return palette


def titles(palette: CommandPalette) -> list[str]:
    return [hit.entry.title for hit in palette._rows.hits]


async def test_typed_letters_find_an_action_and_enter_does_it(
    window: MainWindow, palette: CommandPalette
) -> None:
    QTest.keyClicks(palette.line, "speed lab")
    assert titles(palette)[0] == "Speed lab"
    palette.grab()
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette.isHidden()
    assert window.project is not None
    assert window.project.is_in_lab
    window.keys["palette"].trigger()
    assert titles(palette)[0] == "Speed lab"


async def test_arrows_go_round_and_escape_gives_the_focus_back(
    window: MainWindow, palette: CommandPalette
) -> None:
    QTest.keyClick(palette.line, Qt.Key.Key_Up)
    assert palette.list.currentIndex().row() == len(titles(palette)) - 1
    QTest.keyClick(palette.line, Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == 0
    QTest.keyClick(palette.line, Qt.Key.Key_PageDown)
    assert palette.list.currentIndex().row() > 1
    assert palette.line.accessibleDescription()
    QTest.keyClick(palette.line, Qt.Key.Key_Escape)
    assert palette.isHidden()
    assert window.project is not None
    assert window.project.changes.inbox.hasFocus()


async def test_files_threads_and_folders_are_found(
    window: MainWindow, palette: CommandPalette, models: ProjectViewModels, tmp_path: Path
) -> None:
    await until(lambda: bool(models.files.paths))
    window.offer_recent([str(tmp_path / "library")])
    window.keys["palette"].trigger()
    window.keys["palette"].trigger()
    QTest.keyClicks(palette.line, "stats")
    assert titles(palette)[0] == "stats.py"
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    await until(lambda: models.review.path == "stats.py")
    window.keys["palette"].trigger()
    QTest.keyClicks(palette.line, "new thread")
    assert "thread:th1" in [hit.entry.id for hit in palette._rows.hits]
    palette.line.clear()
    QTest.keyClicks(palette.line, "library")
    opened: list[str] = []
    window.folder_chosen.connect(opened.append)
    assert titles(palette)[0] == "library"
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert opened == [str(tmp_path / "library")]


async def test_what_cannot_be_done_says_why_and_stays_open(
    window: MainWindow, palette: CommandPalette
) -> None:
    QTest.keyClicks(palette.line, "play or pause")
    (hit,) = palette._rows.hits
    assert hit.entry.reason == "Open the speed lab first."
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette.isVisible()


async def test_nothing_found_is_said(palette: CommandPalette) -> None:
    QTest.keyClicks(palette.line, "qqqqq")
    assert titles(palette) == []
    assert not palette.none.isHidden()


async def test_a_click_beside_it_closes_it(window: MainWindow, palette: CommandPalette) -> None:
    assert window.project is not None
    window.project.review.diff.setFocus()
    assert palette.isHidden()
