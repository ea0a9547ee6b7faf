from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from spark_desktop.domain.conversation import Thread
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.viewmodels.thread_rows import Heading
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.project_view import ProjectView
from spark_desktop.views.theme import Theme
from spark_desktop.views.threads_panel import ThreadsPanel
from tests.interface_fakes import NOON, FakeProject, turn, until

_CONTROL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
async def view(
    either_theme: Theme,
    qtbot: QtBot,
    project: FakeProject,
    models: ProjectViewModels,
    tmp_path: Path,
) -> ProjectView:
    made = MainWindow(either_theme, LayoutMemory(tmp_path / "window.ini"))
    qtbot.addWidget(made, before_close_func=lambda window: window.finish())
    for name, question in (("a", "Alpha?"), ("b", "Beta & more?"), ("c", "Gamma?")):
        asked = replace(turn(f"{name}-1", "The median."), question=question)
        project.threads.put(Thread(name, "", NOON, (asked,)))
    made.show_project(models, tmp_path / "library", "main")
    models.chat.load()
    models.threads.load()
    made.resize(1280, 800)
    made.show()
    made.activateWindow()
    await until(lambda: made.isActiveWindow() and models.threads.count == 3)
    models.chat.open_thread("a")
    await until(lambda: models.threads.current == "a")
    assert made.project is not None
    return made.project


@pytest.fixture
def panel(view: ProjectView) -> ThreadsPanel:
    return view.changes.threads


def go_to(panel: ThreadsPanel, thread: str) -> None:
    place = panel.list.model().position(thread)
    panel.list.setFocus()
    panel.list.setCurrentIndex(panel.list.model().index(place, 0))


def names(view: ProjectView) -> list[str]:
    return [row.id for row in view.models.threads.rows.threads]


def chosen(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if action.text() == text).trigger()


async def test_the_heading_counts_and_a_click_opens(view: ProjectView, panel: ThreadsPanel) -> None:
    assert view.changes.sections[3].heading == "THREADS  3"
    place = panel.list.visualRect(panel.list.model().index(2, 0)).center()
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    await until(lambda: view.models.chat.thread_id == names(view)[1])


async def test_the_keyboard_passes_over_headings_and_opens(
    view: ProjectView, panel: ThreadsPanel
) -> None:
    assert isinstance(view.models.threads.rows.entries[0], Heading)
    panel.list.setFocus()
    assert panel.list.selected == [names(view)[0]]
    QTest.keyClick(panel.list, Qt.Key.Key_Up)
    assert panel.list.selected == [names(view)[0]]
    QTest.keyClick(panel.list, Qt.Key.Key_End)
    assert panel.list.selected == [names(view)[2]]
    QTest.keyClick(panel.list, Qt.Key.Key_Home)
    assert panel.list.selected == [names(view)[0]]
    QTest.keyClick(panel.list, Qt.Key.Key_Down)
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    await until(lambda: view.models.chat.thread_id == names(view)[1])


async def test_in_a_narrow_window_a_chosen_thread_brings_its_tab_to_the_front(
    view: ProjectView, panel: ThreadsPanel
) -> None:
    view.fit(1024)
    assert view.tabs.currentWidget() is view.review
    go_to(panel, "b")
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    assert view.tabs.currentWidget() is view.chat
    view.tabs.setCurrentWidget(view.review)
    go_to(panel, "a")
    QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    await until(lambda: len(names(view)) == 2)
    assert view.tabs.currentWidget() is view.review


async def test_f2_edits_the_title_in_place(view: ProjectView, panel: ThreadsPanel) -> None:
    go_to(panel, "b")
    QTest.keyClick(panel.list, Qt.Key.Key_F2)
    editor = panel.list.findChild(QLineEdit, "threadtitle")
    assert editor is not None
    assert (editor.text(), editor.accessibleName()) == ("Beta & more?", "Title of the thread")
    assert editor.height() <= 28
    QTest.keyClicks(editor, "About beta")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    await until(lambda: "About beta" in [row.title for row in view.models.threads.rows.threads])
    await until(lambda: QApplication.focusWidget() is panel.list)
    menu = view.chat.threads.menu().actions()
    assert any(action.text().startswith("About beta") for action in menu)


async def test_esc_leaves_the_title_as_it_was(
    project: FakeProject, view: ProjectView, panel: ThreadsPanel
) -> None:
    go_to(panel, "b")
    QTest.keyClick(panel.list, Qt.Key.Key_F2)
    editor = panel.list.findChild(QLineEdit, "threadtitle")
    assert editor is not None
    QTest.keyClicks(editor, "Other")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert project.chat.known["b"].title == ""
    assert not view.models.threads.listing.is_editing


async def test_delete_takes_the_thread_away_and_undo_brings_it_back(
    view: ProjectView, panel: ThreadsPanel
) -> None:
    second = names(view)[1]
    go_to(panel, second)
    QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    await until(lambda: second not in names(view) and panel.notice.isVisible())
    # The next thread came into its place, and is the one that the keys are for.
    await until(lambda: panel.list.selected == [names(view)[1]])
    assert panel.notice.button.text() == "Undo"
    panel.notice.button.click()
    await until(lambda: len(names(view)) == 3)
    assert not panel.notice.isVisible()


async def test_several_selected_are_deleted_together(
    view: ProjectView, panel: ThreadsPanel
) -> None:
    go_to(panel, names(view)[0])
    QTest.keyClick(panel.list, Qt.Key.Key_Down, _SHIFT)
    assert panel.list.selected == names(view)[:2]
    QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    await until(lambda: len(names(view)) == 1)
    assert "2" in panel.notice.text


async def test_the_search_field_is_reached_used_and_left_by_keys(
    project: FakeProject, view: ProjectView, panel: ThreadsPanel
) -> None:
    view.changes.sections[3].set_open(False)
    QTest.keyClick(view.review.diff, Qt.Key.Key_F, _CONTROL | _SHIFT)
    assert QApplication.focusWidget() is panel.search
    QTest.keyClicks(panel.search, "beta")
    await until(lambda: names(view) == ["b"])
    assert panel.list.sizeHintForRow(0) == 44
    panel.grab()
    QTest.keyClick(panel.search, Qt.Key.Key_Return)
    await until(lambda: view.models.chat.thread_id == "b")
    QTest.keyClick(panel.search, Qt.Key.Key_Down)
    assert QApplication.focusWidget() is panel.list
    panel.search.setFocus()
    stops = project.chat.stops
    QTest.keyClick(panel.search, Qt.Key.Key_Escape)
    assert (panel.search.text(), project.chat.stops) == ("", stops)
    await until(lambda: len(names(view)) == 3)
    assert panel.list.sizeHintForRow(0) == 28


async def test_what_is_not_found_is_said(view: ProjectView, panel: ThreadsPanel) -> None:
    panel.search.setText("zzz")
    await until(lambda: panel.empty.isVisible())
    assert "Nothing is found" in panel.empty.text()


async def test_the_menu_of_a_thread_pins_and_forks_it(
    view: ProjectView, panel: ThreadsPanel
) -> None:
    row = next(row for row in view.models.threads.rows.threads if row.id == "b")
    chosen(panel.list.menu_of(row), "Pin to the top")
    await until(lambda: names(view)[0] == "b")
    panel.grab()
    row = view.models.threads.rows.threads[0]
    assert "Unpin" in [action.text() for action in panel.list.menu_of(row).actions()]
    chosen(panel.list.menu_of(row), "Fork from the last answer")
    await until(lambda: view.models.chat.thread_id == "b-fork")


async def test_the_menu_key_opens_the_menu_of_the_current_thread(
    view: ProjectView, panel: ThreadsPanel
) -> None:
    go_to(panel, "b")
    reason = QContextMenuEvent.Reason.Keyboard
    QApplication.sendEvent(panel.list, QContextMenuEvent(reason, QPoint(0, 0), QPoint(0, 0)))
    (menu,) = panel.list.findChildren(QMenu)
    assert menu.isVisible()
    assert menu.accessibleName() == "Thread: Beta & more?"
    menu.close()


async def test_a_question_to_edit_stands_in_the_composer_and_the_draft_stays_with_its_thread(
    view: ProjectView, panel: ThreadsPanel
) -> None:
    editor = view.chat.composer.editor
    QTest.keyClicks(editor, "a draft")
    row = next(row for row in view.models.threads.rows.threads if row.id == "b")
    chosen(panel.list.menu_of(row), "Edit the last question")
    await until(lambda: editor.toPlainText() == "Beta & more?")
    assert QApplication.focusWidget() is editor
    assert view.models.chat.thread_id == "b-edit"
    view.models.chat.open_thread("a")
    await until(lambda: editor.toPlainText() == "a draft")


async def test_the_chats_own_menu_forks_edits_and_leads_to_the_search(view: ProjectView) -> None:
    chosen(view.chat.threads.menu(), "Search all threads…")
    assert QApplication.focusWidget() is view.changes.threads.search
    chosen(view.chat.threads.menu(), "Fork from the last answer")
    await until(lambda: view.models.chat.thread_id == "a-fork")
    view.models.chat.open_thread("a")
    await until(lambda: view.models.chat.thread_id == "a")
    chosen(view.chat.threads.menu(), "Edit the last question")
    await until(lambda: view.chat.composer.editor.toPlainText() == "Alpha?")


@pytest.mark.parametrize(
    ("text", "suffix"), [("Export as Markdown…", "md"), ("Export as JSON…", "json")]
)
async def test_an_export_asks_for_a_place_without_blocking(
    project: FakeProject,
    view: ProjectView,
    panel: ThreadsPanel,
    tmp_path: Path,
    text: str,
    suffix: str,
) -> None:
    row = next(row for row in view.models.threads.rows.threads if row.id == "b")
    chosen(panel.list.menu_of(row), text)
    (dialog,) = panel.findChildren(QFileDialog)
    assert dialog.defaultSuffix() == suffix
    dialog.fileSelected.emit(str(tmp_path / f"b.{suffix}"))
    await until(lambda: project.threads.written == {tmp_path / f"b.{suffix}": f"{suffix} of b"})
    await until(lambda: "Written to" in panel.notice.text)
    dialog.close()
    panel.notice.button.click()
    assert not panel.notice.isVisible()


async def test_the_palette_offers_what_can_be_done_with_the_open_thread(
    view: ProjectView, panel: ThreadsPanel
) -> None:
    window = view.window()
    assert isinstance(window, MainWindow)
    window.keys["palette"].trigger()
    palette = window.finder.palette
    assert palette is not None
    QTest.keyClicks(palette.line, "pin to the top")
    assert window.finder.model.hits[0].entry.title == "Pin to the top"
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    await until(lambda: panel.current_actions()["pin"][0] == "Unpin")
