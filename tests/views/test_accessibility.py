"""What a reader of the screen is told: every part that can be used has a name."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.theme import load_theme
from tests.interface_fakes import FakeProject, proposal
from tests.views.walking import without_name, without_tip


@pytest.fixture
async def window(
    qtbot: QtBot, models: ProjectViewModels, project: FakeProject, tmp_path: Path
) -> MainWindow:
    made = MainWindow(load_theme("dark"), LayoutMemory(tmp_path / "window.ini"))
    qtbot.addWidget(made, before_close_func=lambda window: window.finish())
    made.show_project(models, tmp_path / "library", "main")
    project.turns.put(proposal())
    assert made.project is not None
    made.project.models.changes.choose_proposal("p1")
    made.show()
    return made


def test_the_walk_finds_a_button_without_a_name(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    column = QVBoxLayout(widget)
    column.addWidget(QPushButton("Send"))
    column.addWidget(QToolButton())
    assert without_name(widget) == ["QToolButton < QWidget"]


@pytest.mark.parametrize("width", [1280, 1024])
def test_everything_in_the_window_has_a_name(window: MainWindow, width: int) -> None:
    window.resize(width, 640)
    assert without_name(window) == []
    assert without_tip(window) == []


async def test_everything_in_the_speed_lab_has_a_name(window: MainWindow) -> None:
    window.keys["lab"].trigger()
    assert without_name(window) == []
    assert without_tip(window) == []


def test_everything_in_the_sheet_has_a_name(window: MainWindow) -> None:
    window.keys["help"].trigger()
    assert window.sheet is not None
    assert without_name(window.sheet) == []
