"""The window with the keyboard alone, and what a reader of the screen is told."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from spark_desktop.domain.core_state import CoreFailed
from spark_desktop.domain.events import ChangeApplied
from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.chat import Mode
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.views.elided_label import ElidedLabel
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.project_view import ProjectView
from spark_desktop.views.theme import load_theme
from tests.interface_fakes import FakeProject, change, proposal, until

_CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
async def window(qtbot: QtBot, models: ProjectViewModels, tmp_path: Path) -> MainWindow:
    made = MainWindow(load_theme("dark"), LayoutMemory(tmp_path / "window.ini"))
    qtbot.addWidget(made, before_close_func=lambda window: window.finish())
    made.show_project(models, tmp_path / "library", "main")
    made.resize(1280, 800)
    made.show()
    made.activateWindow()
    await until(made.isActiveWindow)
    return made


@pytest.fixture
def view(window: MainWindow, project: FakeProject) -> ProjectView:
    project.turns.put(proposal())
    assert window.project is not None
    window.project.models.changes.choose_proposal("p1")
    return window.project


def focused() -> QWidget:
    """Return what the keyboard goes to."""
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def tab_round(start: QWidget) -> list[QWidget]:
    """Return what Tab reaches from ``start`` until it comes back."""
    start.setFocus()
    reached: list[QWidget] = []
    while not reached or (focused() is not start and len(reached) < 60):
        reached.append(focused())
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
    return reached


@pytest.mark.parametrize("width", [1280, 900])
async def test_tab_goes_through_the_regions_in_order_and_comes_back(
    window: MainWindow, view: ProjectView, project: FakeProject, width: int
) -> None:
    window.resize(width, 700)
    await until(lambda: view.width() == width)
    # An empty list has nothing to go to.
    project.bus.publish(ChangeApplied(change()))
    await until(view.changes.files.isVisible)
    reached = tab_round(view.changes.inbox)
    wanted: list[QWidget] = [
        view.changes.inbox,
        view.changes.files,
        view.review.diff,
        view.review.accept,
        view.review.reject,
        view.review.previous,
        view.review.next,
        view.review.accept_all,
        view.review.reject_all,
    ]
    if width == 1280:
        wanted += [view.chat.new, view.chat.composer.editor]
    assert focused() is view.changes.inbox
    assert [widget for widget in reached if widget in wanted] == wanted


@pytest.mark.parametrize("place", ["inbox", "diff"])
async def test_the_review_keys_work_in_the_inbox_and_in_the_diff(
    project: FakeProject, view: ProjectView, place: str
) -> None:
    target: QWidget = view.changes.inbox if place == "inbox" else view.review.diff
    target.setFocus()
    QTest.keyClick(target, Qt.Key.Key_N)
    assert view.review.position.text() == "hunk 2 of 3"
    QTest.keyClick(target, Qt.Key.Key_P)
    assert view.review.position.text() == "hunk 1 of 3"
    QTest.keyClick(target, Qt.Key.Key_R)
    assert len(project.review.rejected) == 1
    QTest.keyClick(target, Qt.Key.Key_A)
    await until(lambda: len(project.review.accepted) == 1)


async def test_undo_in_the_composer_is_that_of_its_text(
    models: ProjectViewModels, view: ProjectView
) -> None:
    editor = view.chat.composer.editor
    editor.setFocus()
    QTest.keyClicks(editor, "typed")
    QTest.keyClick(editor, Qt.Key.Key_Z, _CONTROL)
    assert editor.toPlainText() == ""
    assert models.changes.files.rows == ()
    view.review.diff.setFocus()
    QTest.keyClick(view.review.diff, Qt.Key.Key_Z, _CONTROL)
    await until(lambda: bool(models.changes.files.rows))
    assert models.changes.files.rows[0].detail == "undone"


async def test_a_question_mark_shows_the_sheet_outside_the_composer(
    window: MainWindow, view: ProjectView
) -> None:
    view.review.diff.setFocus()
    QTest.keyClicks(view.review.diff, "?")
    assert window.sheet is not None
    assert window.sheet.isVisible()


async def test_the_focus_on_a_list_selects_nothing(view: ProjectView) -> None:
    view.changes.inbox.mark(None)
    view.review.diff.setFocus()
    view.changes.inbox.setFocus()
    assert view.changes.inbox.currentIndex().row() == 0
    assert view.changes.inbox.selectedIndexes() == []


async def test_the_current_hunk_is_told_to_readers_of_the_screen(view: ProjectView) -> None:
    said = view.review.diff.accessibleDescription()
    assert said.startswith("hunk 1 of 3, at line 3.\nRemoves:\nline 3\nAdds:\nthree")
    QTest.keyClick(view.review.diff, Qt.Key.Key_N)
    assert view.review.diff.accessibleDescription().startswith("hunk 2 of 3, at line 9.")


async def test_every_place_that_tab_reaches_has_a_name(view: ProjectView) -> None:
    for widget in tab_round(view.changes.inbox):
        label = widget.property("text")
        assert widget.accessibleName() or label, widget


async def test_the_button_of_a_notice_tells_what_it_is_about(
    project: FakeProject, view: ProjectView
) -> None:
    project.core.become(CoreFailed("The disk is full.", "Free 2 GB."))
    button = view.core_notice.button
    assert button.accessibleDescription() == "The disk is full. Free 2 GB."
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert project.core.starts == 1


async def test_a_typed_edit_is_shown_at_once(
    window: MainWindow, project: FakeProject, view: ProjectView
) -> None:
    models = view.models
    models.changes.choose_file("stats.py")
    await until(lambda: models.review.path == "stats.py")
    window.resize(900, 700)
    await until(lambda: view.is_narrow)
    models.review.select(Span(0, 1))
    project.turns.put(replace(proposal(), id="r1"))
    view.begin(Mode.EDIT)
    models.composer.set_text("import json as well", 0)
    models.composer.send()
    await until(lambda: view.tabs.currentWidget() is view.review)
    assert models.review.proposal is not None
    assert models.review.proposal.id == "r1"


async def test_a_window_that_grows_gives_the_chat_its_width_back(
    window: MainWindow, view: ProjectView
) -> None:
    before = view.chat.width()
    window.resize(900, 700)
    await until(lambda: view.is_narrow)
    window.resize(1280, 800)
    await until(lambda: view.chat.width() > view.chat.minimumWidth())
    assert abs(view.chat.width() - before) < 10


async def test_the_focus_goes_from_a_chat_that_becomes_a_tab_to_the_diff(
    window: MainWindow, view: ProjectView
) -> None:
    view.chat.composer.editor.setFocus()
    window.resize(900, 700)
    await until(lambda: view.is_narrow)
    assert focused() is view.review.diff


async def test_a_hint_that_became_another_is_drawn_at_once(view: ProjectView) -> None:
    composer = view.chat.composer
    composer.show_mode(Mode.EDIT, "parser.py", "Say what to change in 3 lines…")
    QApplication.processEvents()
    before = composer.editor.grab().toImage()
    composer.show_mode(Mode.EDIT, "parser.py", "Say what to change in the file…")
    viewport = composer.editor.viewport()
    seen = PaintCount(viewport)
    await until(lambda: seen.paints > 0)
    assert composer.editor.grab().toImage() != before


class PaintCount(QObject):
    """Counts the paint events of a widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.paints = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count, and let the event pass."""
        self.paints += event.type() is QEvent.Type.Paint
        return super().eventFilter(watched, event)


def test_a_label_without_room_ends_in_an_ellipsis(qtbot: QtBot) -> None:
    label = ElidedLabel("parser.py, lines 3 to 9")
    qtbot.addWidget(label)
    label.resize(60, 20)
    assert label.shown.endswith("…")
    label.resize(600, 20)
    label.show()
    assert label.shown == label.text()
