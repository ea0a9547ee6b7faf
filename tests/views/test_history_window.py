"""The window of the history: keys, buttons and what they do."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.views.history_window import HistoryWindow
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.theme import load_theme
from tests.interface_fakes import FakeProject, step, until


@pytest.fixture
async def window(qtbot: QtBot, tmp_path: Path, models: ProjectViewModels) -> MainWindow:
    made = MainWindow(load_theme("dark"), LayoutMemory(tmp_path / "window.ini"))
    made.show()
    made.show_project(models, Path("/home/me/library"), "main")
    yield made
    made.finish()
    made.deleteLater()


async def opened(window: MainWindow, project: FakeProject) -> HistoryWindow:
    project.edits.kept = [step(1), step(2, origin="t"), step(3, origin="t")]
    window.keys["history"].trigger()
    dialog = window.machine.open["history"]
    assert isinstance(dialog, HistoryWindow)
    await until(lambda: dialog.steps.rowCount() == 3)
    return dialog


async def test_keys_alone_choose_a_step_and_switch_one_of_its_hunks(
    window: MainWindow, project: FakeProject, qtbot: QtBot
) -> None:
    dialog = await opened(window, project)
    assert dialog.steps.hasFocus() or not dialog.isActiveWindow()
    qtbot.keyClick(dialog.steps, Qt.Key.Key_Down)
    qtbot.keyClick(dialog.steps, Qt.Key.Key_Down)
    assert not dialog.undo_turn.isEnabled()
    qtbot.keyClick(dialog.parts, Qt.Key.Key_Down)
    assert dialog.lines.toPlainText() == "\u2212 five\n+ FIVE\n+ five more"
    qtbot.keyClick(dialog.parts, Qt.Key.Key_Return)
    await until(lambda: dialog.steps.text_at(2, 4) == "partly undone")
    assert dialog.switch.text() == "Redo this &hunk"
    assert dialog.steps.currentRow() == 2
    dialog.switch.click()
    await until(lambda: dialog.steps.text_at(2, 4) == "stands")


async def test_buttons_undo_redo_and_restore(window: MainWindow, project: FakeProject) -> None:
    dialog = await opened(window, project)
    dialog.undo.click()
    await until(lambda: dialog.steps.text_at(0, 4) == "undone")
    assert not dialog.undo.isEnabled()
    dialog.redo.click()
    await until(lambda: dialog.steps.text_at(0, 4) == "stands")
    dialog.undo_turn.click()
    dialog.restore.click()
    await until(lambda: dialog.steps.rowCount() == 4)
    assert [what for what, *_rest in project.edits.asked] == [
        *("undo", "redo", "undo turn", "restore")
    ]
    assert "kept for undo" in dialog.room.text()


async def test_it_is_drawn_in_both_themes_and_goes_with_the_project(
    window: MainWindow, project: FakeProject
) -> None:
    dialog = await opened(window, project)
    before = dialog.grab().toImage()
    window.keys["theme"].trigger()
    assert dialog.grab().toImage() != before
    dialog.close()
    window.show_welcome()
    assert "history" not in window.machine.open
    window.keys["history"].trigger()
    assert "history" not in window.machine.open


async def test_all_that_can_have_focus_has_a_name(window: MainWindow, project: FakeProject) -> None:
    dialog = await opened(window, project)
    assert [table.accessibleName() for table in (dialog.steps, dialog.parts)] == [
        "Steps",
        "Hunks of the step",
    ]
    assert dialog.lines.accessibleName()
    assert all(
        button.accessibleDescription()
        for button in (dialog.undo, dialog.redo, dialog.undo_turn, dialog.restore, dialog.switch)
    )
