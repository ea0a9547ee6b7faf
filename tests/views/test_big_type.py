"""Type twice as big, and windows that are small for it: what is shown is shown whole."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from spark_desktop.domain.completion import Usage
from spark_desktop.domain.conversation import Thread
from spark_desktop.domain.core_state import CoreDownloading
from spark_desktop.domain.errors import EndpointBusyError, FileError
from spark_desktop.domain.events import ChangeApplied, TurnChanged
from spark_desktop.viewmodels.endpoint_desk_models import endpoint_view_models
from spark_desktop.viewmodels.machine import machine_view_models
from spark_desktop.viewmodels.notice import notice_of
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.views.endpoints_dialog import EndpointsDialog
from spark_desktop.views.first_steps import FolderButton
from spark_desktop.views.flow_layout import FlowLayout
from spark_desktop.views.lab_figures import Figures, broken
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.theme import Theme, load_theme
from spark_desktop.views.tool_window import Cell, Table
from tests.endpoint_desk_fakes import Desk, book, buckets, record
from tests.interface_fakes import TIMING, FakeProject, change, proposal, turn, until
from tests.views.test_machine_windows import Services
from tests.views.walking import cut_off

BIG = replace(load_theme("dark"), font_size=26)
SIZES = pytest.mark.parametrize("size", [(1280, 800), (1024, 640)])


@pytest.fixture
async def services(qapp: object) -> AsyncIterator[Services]:
    made = Services()
    yield made
    await made.scope.close()


@pytest.fixture
async def window(
    qtbot: QtBot,
    models: ProjectViewModels,
    project: FakeProject,
    services: Services,
    tmp_path: Path,
) -> MainWindow:
    answered = replace(
        turn("t1", "See it, line by line."), usage=Usage(200, 400, 150), timing=TIMING
    )
    project.chat.known["th1"] = Thread("th1", "First", turn().created, (answered,))
    made = MainWindow(load_theme("dark"), LayoutMemory(tmp_path / "window.ini"))
    qtbot.addWidget(made, before_close_func=lambda window: window.finish())
    made.machine.connect_to(lambda: machine_view_models(services))
    made.show_project(models, tmp_path / "library", "main")
    made.set_theme(BIG)
    made.show()
    project.bus.publish(TurnChanged("th1", answered))
    return made


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


@SIZES
async def test_an_empty_project_has_room_for_every_word(
    window: MainWindow, size: tuple[int, int]
) -> None:
    window.resize(*size)
    settle()
    assert cut_off(window) == []


@SIZES
async def test_a_proposal_and_a_download_have_room_for_every_word(
    window: MainWindow, project: FakeProject, size: tuple[int, int]
) -> None:
    window.resize(*size)
    project.turns.put(proposal())
    project.bus.publish(ChangeApplied(change()))
    assert window.project is not None
    window.project.models.changes.choose_proposal("p1")
    project.core.become(CoreDownloading("the Hub", 1_000_000, 4_000_000, 1e6, 3.0))
    settle()
    assert cut_off(window) == []


@SIZES
async def test_the_speed_lab_has_room_for_every_word(
    window: MainWindow, models: ProjectViewModels, size: tuple[int, int]
) -> None:
    window.resize(*size)
    window.keys["lab"].trigger()
    await until(lambda: len(models.lab.lanes.lanes) == 3)
    assert window.project is not None
    assert window.project.lab is not None
    for page in range(3):
        window.project.lab.tabs.setCurrentIndex(page)
        settle()
        assert cut_off(window) == []


@pytest.mark.parametrize("name", ["models", "doctor", "self_test", "connections", "times"])
async def test_the_windows_beside_have_rows_as_high_as_their_type(
    window: MainWindow, name: str
) -> None:
    window.keys[name].trigger()
    opened = window.machine.open[name]
    settle()
    assert cut_off(opened) == []
    for table in opened.findChildren(Table):
        assert table.verticalHeader().minimumSectionSize() == BIG.px(28)
    area = window.screen().availableSize()
    assert opened.width() <= area.width()
    assert opened.height() <= area.height()


@pytest.fixture
async def desk(qapp: object) -> AsyncIterator[Desk]:
    made = Desk(book(), record(), record("local", "qwen2.5-coder-0.5b", cost=None))
    made.health.succeeded("fast", buckets())
    made.health.failed("fast", EndpointBusyError("It is busy.", "", 12.0))
    yield made
    await made.scope.close()


@SIZES
async def test_the_endpoints_have_room_for_every_word(
    window: MainWindow, desk: Desk, size: tuple[int, int]
) -> None:
    models = endpoint_view_models(desk.services)
    window.machine.connect_endpoints(lambda: models)
    window.machine.show_endpoints()
    opened = window.machine.open["endpoints"]
    assert isinstance(opened, EndpointsDialog)
    opened.resize(*size)
    for page in range(3):
        opened.tabs.setCurrentIndex(page)
        await until(lambda page=page: page < 2 or bool(models.costs.rows))
        settle()
        assert cut_off(opened) == []
    opened.edit("")
    editor = opened.editor
    assert editor is not None
    editor.resize(*size)
    editor.form.url.textEdited.emit("http://gpu-box:8000")
    editor.form.connection.set_open(True)
    editor.save.click()
    settle()
    assert cut_off(editor) == []
    assert editor.form.horizontalScrollBar().maximum() == 0


async def test_icons_are_as_big_as_the_type(window: MainWindow, project: FakeProject) -> None:
    project.turns.put(proposal())
    settle()
    sizes = {
        button.iconSize().width()
        for button in window.findChildren(QAbstractButton)
        if button.isVisibleTo(window) and not button.icon().isNull()
    }
    assert sizes == {BIG.px(16)}


async def test_the_welcome_page_cuts_long_folders_and_nothing_else(
    qtbot: QtBot, tmp_path: Path
) -> None:
    made = MainWindow(load_theme("dark"), LayoutMemory(tmp_path / "window.ini"))
    qtbot.addWidget(made, before_close_func=lambda window: window.finish())
    made.show()
    made.offer_recent(["/home/me/a", f"/srv/{'long/' * 40}name"])
    made.show_welcome(notice_of(FileError("It is gone.", "Choose another.")))
    made.set_theme(BIG)
    made.resize(1024, 640)
    settle()
    assert cut_off(made) == []
    short, long = (one for one in made.findChildren(FolderButton) if one.isVisible())
    assert short.text() == "a   /home/me"
    assert "…" in long.text()
    assert long.width() == short.width()
    assert long.fontMetrics().horizontalAdvance(long.text()) < long.width()


async def test_the_status_line_leaves_whole_readings_out_and_tells_them(
    window: MainWindow, project: FakeProject
) -> None:
    assert window.project is not None
    status = window.project.status
    window.resize(1280, 640)
    window.set_theme(load_theme("dark"))
    settle()
    assert not status.more.isVisible()
    assert status.cached.isVisible()
    window.set_theme(BIG)
    window.resize(900, 640)
    settle()
    assert status.more.isVisible()
    assert status.speed.isVisible()
    assert not status.cached.isVisible()
    assert status.cached.text() in status.more.toolTip()
    assert status.more.accessibleName() == status.more.toolTip()
    assert cut_off(status) == []


async def test_an_empty_list_says_so(window: MainWindow, project: FakeProject) -> None:
    assert window.project is not None
    changes = window.project.changes

    def said() -> set[str]:
        return {one.text() for one in changes.findChildren(QLabel) if one.isVisibleTo(changes)}

    assert "Nothing was written yet." in said()
    project.bus.publish(ChangeApplied(change()))
    assert "Nothing was written yet." not in said()
    assert changes.files.isVisible()


def table(qtbot: QtBot, width: int, *, wraps: bool) -> Table:
    made = Table("Things", ("What", "Why"), wide=1, wraps=wraps)
    qtbot.addWidget(made)
    theme: Theme = load_theme("dark")
    made.set_theme(theme)
    made.resize(width, 300)
    made.show()
    made.show_rows([(Cell("keyring", theme), Cell("why " * 60 + "\nnext", theme))])
    settle()
    return made


def test_a_text_that_wraps_has_as_many_lines_as_it_needs(qtbot: QtBot) -> None:
    wide, narrow = table(qtbot, 900, wraps=True), table(qtbot, 500, wraps=True)
    cut = table(qtbot, 500, wraps=False)
    assert cut.rowHeight(0) < wide.rowHeight(0) < narrow.rowHeight(0)


def test_a_table_that_is_too_narrow_scrolls_before_a_column_goes(qtbot: QtBot) -> None:
    narrow = table(qtbot, 150, wraps=False)
    assert narrow.columnWidth(1) == 200
    assert narrow.horizontalScrollBar().maximum() > 0
    assert table(qtbot, 900, wraps=False).horizontalScrollBar().maximum() == 0


def test_a_line_is_broken_between_two_figures(qapp: object) -> None:
    font = QFont()
    font.setPixelSize(12)
    metrics = QFontMetrics(font)
    text = "one · two · three"
    room = metrics.horizontalAdvance("one · two")
    assert broken(text, metrics, room) == ("one · two", "three")
    assert broken(text, metrics, room - 1) == ("one", "two · three")
    assert broken("one", metrics, 1) == ("one", "")


def test_figures_keep_the_height_of_their_longest_texts(qtbot: QtBot) -> None:
    figures = Figures(2)
    qtbot.addWidget(figures)
    figures.set_theme(load_theme("dark"), "#000000")
    figures.resize(1000, 100)
    figures.reserve(("12 of 12 tokens · 7 t/s", "first token 1 s · done in 2 s"))
    flat = figures.sizeHint().height()
    figures.resize(100, 100)
    figures.show()
    assert figures.sizeHint().height() == 2 * flat
    figures.set_lines(("1 of 12 tokens", "waiting"), ("#ffffff", "#ffffff"))
    assert figures.sizeHint().height() == 2 * flat


def test_widgets_that_flow_stand_in_the_middle_of_their_row(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    flow = FlowLayout(8)
    page.setLayout(flow)
    flow.setContentsMargins(4, 4, 4, 4)
    button, label = QPushButton("A button"), QLabel("text")
    button.setMinimumHeight(60)
    for place, widget in enumerate((button, label)):
        flow.insert_widget(place, widget)
    page.resize(flow.sizeHint())
    page.show()
    assert abs(button.geometry().center().y() - label.geometry().center().y()) <= 1
    assert page.height() == 68
    assert flow.heightForWidth(button.sizeHint().width() + 10) > 68
    assert not label.testAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
