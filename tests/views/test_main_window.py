import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMetaMethod, QObject, QSize, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from spark_desktop.domain.settings import ThemeChoice
from spark_desktop.viewmodels.notice import Intent
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.views.icons import pixmap
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.room import fitting
from spark_desktop.views.shortcuts import SHORTCUTS, Need, key_text
from spark_desktop.views.theme import load_theme
from tests.interface_fakes import FakeProject, proposal, until


@pytest.fixture
def memory(tmp_path: Path) -> LayoutMemory:
    return LayoutMemory(tmp_path / "window.ini")


@pytest.fixture
def window(qtbot: QtBot, memory: LayoutMemory) -> Iterator[MainWindow]:
    made = MainWindow(load_theme("dark"), memory)
    made.resize(1280, 800)
    made.show()
    yield made
    made.finish()
    made.deleteLater()


@pytest.fixture
async def opened(window: MainWindow, models: ProjectViewModels) -> MainWindow:
    window.show_project(models, Path("/home/me/library"), "main")
    return window


async def test_the_first_run_invites_to_open_a_folder(window: MainWindow) -> None:
    assert window.welcome.text.startswith("Open a folder to begin.")
    assert window.top.text == "Open folder…"
    window.do(Intent.OPEN_FOLDER)
    (dialog,) = window.findChildren(QFileDialog)
    assert dialog.fileMode() is QFileDialog.FileMode.Directory
    with_folder: list[str] = []
    window.folder_chosen.connect(with_folder.append)
    dialog.fileSelected.emit("/home/me/library")
    dialog.reject()
    assert with_folder == ["/home/me/library"]


async def test_keys_without_a_project_do_nothing(window: MainWindow) -> None:
    for shortcut in SHORTCUTS:
        if shortcut.needs is not Need.NOTHING:
            window.keys[shortcut.name].trigger()
    assert window.project is None


async def test_an_open_project_is_named_with_its_branch(opened: MainWindow) -> None:
    assert opened.top.text == "library main"
    assert opened.windowTitle() == "library - Spark Desktop"
    opened.show_welcome()
    assert opened.project is None
    assert opened.windowTitle() == "Spark Desktop"


async def test_what_the_view_models_still_tell_reaches_no_view_that_is_gone(
    opened: MainWindow, models: ProjectViewModels
) -> None:
    opened.show_welcome()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    told = [
        bytes(method.name().data()).decode()
        for model in models.all()
        for method in own_signals(model)
        if tell(model, method)
    ]
    assert {"gauge_changed", "chips_changed", "turn_changed"} & set(told)


def own_signals(model: QObject) -> list[QMetaMethod]:
    """The signals of a view model's own classes that carry nothing."""
    meta = model.metaObject()
    methods = [
        meta.method(n) for n in range(QObject.staticMetaObject.methodCount(), meta.methodCount())
    ]
    return [
        one
        for one in methods
        if one.methodType() is QMetaMethod.MethodType.Signal and not one.parameterCount()
    ]


def tell(model: QObject, method: QMetaMethod) -> bool:
    return bool(method.invoke(model, Qt.ConnectionType.DirectConnection))


async def test_the_keys_review(opened: MainWindow, project: FakeProject) -> None:
    project.turns.put(proposal())
    assert opened.project is not None
    opened.project.changes.inbox.chosen.emit("p1")
    QTest.keyClick(opened, Qt.Key.Key_N)
    assert opened.project.review.position.text() == "hunk 2 of 3"
    QTest.keyClick(opened, Qt.Key.Key_P)
    QTest.keyClick(opened, Qt.Key.Key_R)
    assert len(project.review.rejected) == 1
    QTest.keyClick(opened, Qt.Key.Key_A)
    await until(lambda: len(project.review.accepted) == 1)
    QTest.keyClick(opened, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    await until(lambda: len(project.review.accepted) == 2)


async def test_letters_typed_in_the_composer_decide_nothing(
    opened: MainWindow, project: FakeProject
) -> None:
    project.turns.put(proposal())
    assert opened.project is not None
    opened.project.changes.inbox.chosen.emit("p1")
    opened.activateWindow()
    opened.keys["ask"].trigger()
    editor = opened.project.chat.composer.editor
    await until(editor.hasFocus)
    QTest.keyClicks(editor, "a rare plan?")
    assert editor.toPlainText() == "a rare plan?"
    assert project.review.accepted == []
    assert project.review.rejected == []
    assert opened.sheet is None


async def test_undo_and_redo_reach_the_edits(opened: MainWindow, models: ProjectViewModels) -> None:
    opened.do(Intent.UNDO)
    await until(lambda: bool(models.changes.files.rows))
    opened.keys["redo"].trigger()
    await until(lambda: models.changes.files.rows[0].detail == "redone")


async def test_an_edit_begins_in_the_composer(
    opened: MainWindow, models: ProjectViewModels
) -> None:
    opened.do(Intent.EDIT)
    assert models.chat.mode.value == "edit"


async def test_a_file_of_the_folder_is_shown(opened: MainWindow, models: ProjectViewModels) -> None:
    opened.keys["open_file"].trigger()
    (dialog,) = opened.findChildren(QFileDialog)
    dialog.fileSelected.emit("/home/me/library/stats.py")
    dialog.reject()
    await until(lambda: models.review.path == "stats.py")
    opened.keys["open_file"].trigger()
    opened.findChildren(QFileDialog)[-1].fileSelected.emit("/etc/hosts")
    await until(
        lambda: models.review.notice is not None and "/etc/hosts" in models.review.notice.text
    )


async def test_a_narrow_window_rearranges_itself(opened: MainWindow) -> None:
    assert opened.project is not None
    opened.resize(1024, 700)
    assert opened.project.is_narrow
    opened.resize(1280, 800)
    assert not opened.project.is_narrow


async def test_nothing_is_cut_off_at_the_smallest_sizes(opened: MainWindow) -> None:
    for width in (800, 1024, 1100, 1280):
        opened.resize(width, 700)
        assert opened.width() == width
        assert opened.minimumSizeHint().width() <= width


async def test_the_theme_is_switched_and_is_a_setting(opened: MainWindow) -> None:
    before = opened.grab().toImage()
    opened.keys["theme"].trigger()
    assert opened.theme.name == "light"
    assert opened.settings.current.looks.theme is ThemeChoice.LIGHT
    assert opened.grab().toImage() != before


async def test_the_sheet_lists_every_key(window: MainWindow) -> None:
    window.show_sheet()
    window.show_sheet()
    assert window.sheet is not None
    assert not window.sheet.isModal()
    text = window.sheet.text
    assert "AI!" in text
    # What has no key is in the palette.
    with_key = [shortcut for shortcut in SHORTCUTS if key_text(shortcut.name)]
    assert all(one.label in text and key_text(one.name) in text for one in with_key)
    window.sheet.close()


async def test_closing_only_asks_until_it_is_finished(window: MainWindow) -> None:
    asked: list[bool] = []
    window.close_requested.connect(lambda: asked.append(False))
    window.quit_requested.connect(lambda: asked.append(True))
    event = QCloseEvent()
    window.closeEvent(event)
    assert not event.isAccepted()
    window.keys["quit"].trigger()
    assert asked == [False, True]
    assert window.isVisible()
    window.finish()
    assert not window.isVisible()


async def test_the_windows_place_is_remembered(
    window: MainWindow, memory: LayoutMemory, tmp_path: Path
) -> None:
    # Within the screen of the offscreen platform, to which a restored window is held.
    window.resize(800, 600)
    window.finish()
    again = MainWindow(load_theme("dark"), LayoutMemory(tmp_path / "window.ini"))
    assert again.size().toTuple() == (800, 600)
    again.finish()


async def test_the_layout_is_on_disk_soon_after_a_change_and_not_only_at_the_end(
    opened: MainWindow, tmp_path: Path
) -> None:
    file = tmp_path / "window.ini"
    opened.resize(800, 610)
    assert opened.project is not None
    opened.project.changes.sections[1].set_open(True)

    await until(lambda: file.exists() and "sections=1, 1, 1" in file.read_text("utf-8"))
    # A copy, as another process would find it: Qt keeps one image of a file in this one.
    copy = shutil.copy(file, tmp_path / "copy.ini")
    again = MainWindow(load_theme("dark"), LayoutMemory(Path(copy)))
    assert again.size().toTuple() == (800, 610)
    again.finish()


async def test_the_layout_of_a_hidden_window_stays_as_it_was(
    window: MainWindow, memory: LayoutMemory
) -> None:
    window.resize(800, 610)
    window.put_away()
    kept = memory.geometry
    window.resize(810, 620)
    window.remember()
    assert memory.geometry == kept


def test_a_damaged_memory_counts_as_none(tmp_path: Path) -> None:
    file = tmp_path / "window.ini"
    file.write_text("[General]\ntheme=plaid\ngeometry=7\n[x]\nwide=a, b\n", encoding="utf-8")
    memory = LayoutMemory(file)
    assert memory.take_theme() is None
    assert memory.geometry is None
    assert memory.sizes("wide") is None


def test_an_unknown_icon_is_named(qapp: object) -> None:
    with pytest.raises(FileNotFoundError, match=r"icons/unknown\.svg"):
        pixmap("unknown", "#ffffff")


def test_qt_calls_keep_the_references_to_none(qtbot: QtBot) -> None:
    # PySide6 6.12.0 on Python 3.11 loses one a call, and aborts in the end.
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for number in range(2000):
        label.setText(str(number))
        label.update()
    assert abs(sys.getrefcount(None) - before) < 500


def test_a_window_is_no_larger_than_its_screen(window: MainWindow) -> None:
    room = window.screen().availableGeometry().size()
    assert fitting(QSize(99_999, 99_999), window.screen()).boundedTo(room) != room
    assert fitting(QSize(99_999, 300), window.screen()).height() == 300
    fresh = MainWindow(load_theme("dark"), LayoutMemory(Path("nowhere.ini")))
    assert fresh.height() < room.height()
    fresh.finish()
    fresh.deleteLater()


async def test_a_folders_name_is_shown_as_it_is(
    window: MainWindow, models: ProjectViewModels
) -> None:
    window.show_project(models, Path("/home/me/a & b\nc"), "")
    assert window.top._folder.text() == "a && b c"


async def test_the_menu_offers_the_quick_prompt_and_the_pause(window: MainWindow) -> None:
    asked: list[str] = []
    window.quick_requested.connect(lambda: asked.append("quick"))
    window.pause_requested.connect(lambda: asked.append("pause"))
    window.keys["quick"].trigger()
    window.keys["pause"].trigger()
    assert asked == ["quick", "pause"]
