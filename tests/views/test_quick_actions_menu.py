"""The quick actions in the menus of a file, by key and in the palette."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from spark_desktop.domain.quick_actions import Actions
from spark_desktop.domain.trigger import QuickAction, Span
from spark_desktop.domain.words import say
from spark_desktop.services.quick_actions import Asked
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.palette_sources import ActionSource
from spark_desktop.views.project_view import ProjectView
from spark_desktop.views.theme import Theme
from tests.interface_fakes import FakeProject, proposal, until


@pytest.fixture
def window(
    qtbot: QtBot, tmp_path: Path, models: ProjectViewModels, either_theme: Theme
) -> Iterator[MainWindow]:
    made = MainWindow(either_theme, LayoutMemory(tmp_path / "window.ini"))
    made.resize(1280, 800)
    made.show()
    made.show_project(models, Path("/home/me/library"), "main")
    yield made
    made.finish()
    made.deleteLater()


def view_of(window: MainWindow) -> ProjectView:
    assert window.project is not None
    return window.project


async def show_file(window: MainWindow, models: ProjectViewModels) -> None:
    models.review.open_file("src/parser.py")
    await until(lambda: models.review.path == "src/parser.py")
    view_of(window).review.diff.setFocus()


def open_menu() -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def words(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


ALL = ["Explain", "Fix", "Document", "Write a test", "Simplify"]


async def test_the_menu_of_a_line_has_the_actions(
    window: MainWindow, models: ProjectViewModels, project: FakeProject
) -> None:
    await show_file(window, models)
    diff = view_of(window).review.diff
    diff.select(2, 4)
    where = diff.stage.rect_of(3).center()
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, where, diff.viewport().mapToGlobal(where)
    )
    diff.contextMenuEvent(event)
    menu = open_menu()
    assert words(menu)[-5:] == ALL
    next(action for action in menu.actions() if action.text() == "Document").trigger()
    menu.close()
    await until(lambda: bool(project.quick_actions.begun))
    begun = (QuickAction.DOCUMENT, "src/parser.py", Span(2, 5))
    assert project.quick_actions.begun == [begun]


async def test_a_key_shows_the_actions_at_the_selection_and_arrows_choose(
    window: MainWindow, models: ProjectViewModels, project: FakeProject
) -> None:
    await show_file(window, models)
    view_of(window).review.diff.select(2, 2)
    QTest.keyClick(
        view_of(window).review.diff, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier
    )
    menu = open_menu()
    assert (words(menu), menu.accessibleName()) == (ALL, "Quick actions")
    assert menu.activeAction().text() == "Explain"
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    await until(lambda: bool(project.quick_actions.begun))
    assert project.quick_actions.begun == [(QuickAction.FIX, "src/parser.py", Span(2, 3))]


async def test_without_a_selection_the_menu_says_what_is_missing(
    window: MainWindow, models: ProjectViewModels
) -> None:
    await show_file(window, models)
    window.keys["quick_actions"].trigger()
    menu = open_menu()
    assert words(menu) == ["Select lines first.", *ALL]
    assert not any(action.isEnabled() for action in menu.actions() if action.text())
    assert menu.actions()[-1].toolTip() == "Select lines first."
    menu.close()


async def test_where_all_are_switched_off_the_menu_says_so(
    window: MainWindow, models: ProjectViewModels, project: FakeProject
) -> None:
    project.quick_actions.chosen = Actions(*[False] * 5)
    await show_file(window, models)
    view_of(window).review.diff.select(2, 2)
    window.keys["quick_actions"].trigger()
    assert words(open_menu()) == ["All quick actions are switched off."]
    open_menu().close()


async def test_the_menu_of_a_proposal_has_none(
    window: MainWindow, models: ProjectViewModels, project: FakeProject
) -> None:
    project.turns.put(proposal())
    models.review.show_proposal("p1")
    diff = view_of(window).review.diff
    menu = QMenu(diff)
    diff.menu_filled.emit(menu)
    assert words(menu) == []


async def test_the_palette_offers_each_action_and_says_what_it_needs(
    window: MainWindow, models: ProjectViewModels, project: FakeProject
) -> None:
    def reasons() -> dict[str, str]:
        entries = ActionSource(window.keys, window.unavailable).entries()
        names = {f"action:{one.value}": one.value for one in QuickAction}
        return {names[one.id]: one.reason for one in entries if one.id in names}

    assert set(reasons().values()) == {"Show a file first, and select lines of it."}
    await show_file(window, models)
    view_of(window).review.diff.select(2, 4)
    assert set(reasons().values()) == {""}
    project.quick_actions.chosen = Actions(test=False)
    assert reasons()["test"] == "This quick action is switched off in the settings."
    window.keys["simplify"].trigger()
    await until(lambda: bool(project.quick_actions.begun))


async def test_an_explanation_brings_the_chat_to_the_front_of_a_narrow_window(
    window: MainWindow, models: ProjectViewModels, project: FakeProject
) -> None:
    window.resize(1024, 640)
    models.chat.load()
    await until(lambda: models.chat.thread_id is not None)
    project.quick_actions.answer = Asked(say("Explain it"), "src/parser.py", Span(2, 5))
    await show_file(window, models)
    view_of(window).review.diff.select(2, 4)
    window.keys["explain"].trigger()
    view = view_of(window)
    await until(lambda: view.tabs.currentWidget() is view.chat)
    await project.composing.outbox.idle()
    window.keys["quick_actions"].trigger()
    assert view.tabs.currentWidget() is view.review
    open_menu().close()


async def test_lines_that_the_speed_lab_covers_are_left_alone(
    window: MainWindow, models: ProjectViewModels, project: FakeProject
) -> None:
    await show_file(window, models)
    view_of(window).review.diff.select(2, 4)
    window.keys["lab"].trigger()
    window.keys["fix"].trigger()
    window.keys["quick_actions"].trigger()
    assert QApplication.activePopupWidget() is None
    assert not project.quick_actions.begun
