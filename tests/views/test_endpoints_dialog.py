"""The window of the endpoints: by keyboard, by mouse, in both themes, and what it asks before."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from spark_desktop.domain.endpoints import AuthKind, WorkKind
from spark_desktop.domain.errors import EndpointBusyError
from spark_desktop.domain.secret import Secret
from spark_desktop.viewmodels.endpoint_desk_models import EndpointViewModels, endpoint_view_models
from spark_desktop.viewmodels.endpoint_draft import Part
from spark_desktop.viewmodels.notice import Intent
from spark_desktop.views.endpoint_editor import EndpointEditorDialog
from spark_desktop.views.endpoints_dialog import EndpointsDialog
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.share_bar import ShareBar
from spark_desktop.views.theme import load_theme
from tests.endpoint_desk_fakes import Desk, book, buckets, record
from tests.interface_fakes import until
from tests.views.walking import without_name, without_tip


@pytest.fixture
async def desk(qapp: object) -> AsyncIterator[Desk]:
    made = Desk(book(WorkKind.CHAT), record(), record("lab", "qwen", first=0.4, cost=None))
    made.secrets.kept["fast"] = Secret("sk-1")
    yield made
    await made.scope.close()


@pytest.fixture
async def models(desk: Desk) -> EndpointViewModels:
    return endpoint_view_models(desk.services)


@pytest.fixture
async def window(qtbot: QtBot, tmp_path: Path, models: EndpointViewModels) -> MainWindow:
    made = MainWindow(load_theme("dark"), LayoutMemory(tmp_path / "window.ini"))
    qtbot.addWidget(made, before_close_func=lambda window: window.finish())
    made.machine.connect_endpoints(lambda: models)
    made.show()
    return made


@pytest.fixture
async def dialog(window: MainWindow) -> EndpointsDialog:
    window.keys["endpoints"].trigger()
    opened = window.machine.open["endpoints"]
    assert isinstance(opened, EndpointsDialog)
    await until(lambda: opened.list.table.text_at(0, 5) == "200 ms")
    return opened


def names(dialog: EndpointsDialog) -> list[str]:
    table = dialog.list.table
    return [table.text_at(row, 1) for row in range(table.rowCount())]


def opened(dialog: EndpointsDialog, endpoint_id: str = "") -> EndpointEditorDialog:
    dialog.edit(endpoint_id)
    assert dialog.editor is not None
    return dialog.editor


def typed(line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.clear()
    QTest.keyClicks(line, text)


def test_without_endpoints_nothing_opens(qtbot: QtBot, tmp_path: Path) -> None:
    made = MainWindow(load_theme("dark"), LayoutMemory(tmp_path / "window.ini"))
    qtbot.addWidget(made, before_close_func=lambda window: window.finish())
    made.do(Intent.ENDPOINTS)
    assert made.machine.open == {}


async def test_it_opens_from_a_notice_and_from_the_settings(window: MainWindow) -> None:
    window.do(Intent.ENDPOINTS)
    shown = window.machine.open["endpoints"]
    assert not shown.isModal()
    shown.close()
    settings = window.preferences.show()
    settings.endpoints.click()
    assert window.machine.open["endpoints"] is shown
    assert shown.isVisible()


async def test_everything_has_a_name(dialog: EndpointsDialog, desk: Desk) -> None:
    desk.health.succeeded("fast", buckets())
    desk.health.failed("fast", EndpointBusyError("Busy.", "", 12.0))
    for page in range(3):
        dialog.tabs.setCurrentIndex(page)
        assert without_name(dialog) == []
        assert without_tip(dialog) == []
    editor = opened(dialog)
    editor.form.connection.set_open(True)
    editor.form.preset.setCurrentIndex(2)
    editor.form.preset.activated.emit(2)
    editor.form.route.auth.activated.emit(list(AuthKind).index(AuthKind.HEADER))
    assert without_name(editor) == []
    assert without_tip(editor) == []
    editor.form.url.textEdited.emit("http://gpu-box:8000")
    assert without_name(editor) == []


async def test_no_button_is_pressed_by_enter_in_a_field(dialog: EndpointsDialog) -> None:
    editor = opened(dialog, "fast")
    for window in (dialog, editor):
        assert [one.text() for one in window.findChildren(QPushButton) if one.autoDefault()] == []


async def test_the_order_is_changed_by_the_keyboard(dialog: EndpointsDialog) -> None:
    table = dialog.list.table
    assert names(dialog) == ["Fast vendor", "Lab", "Local core"]
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    await until(lambda: names(dialog) == ["Lab", "Fast vendor", "Local core"])
    # The endpoint stays chosen, not its place.
    assert dialog.list.chosen == "fast"
    QTest.keyClick(table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    await until(lambda: names(dialog)[0] == "Fast vendor")
    QTest.keyClick(table, Qt.Key.Key_Space)
    await until(lambda: names(dialog) == ["Lab", "Local core", "Fast vendor"])
    assert table.text_at(2, 0) == "off"
    assert dialog.list.use.text() == "Turn &on"
    assert not dialog.list.up.isEnabled()
    dialog.list.use.click()
    await until(lambda: table.text_at(2, 0) == "3")
    dialog.list.up.click()
    await until(lambda: names(dialog) == ["Lab", "Fast vendor", "Local core"])
    dialog.list.down.click()
    await until(lambda: names(dialog)[2] == "Fast vendor")


@pytest.mark.parametrize(
    ("row", "is_below", "place"), [(0, False, 0), (0, True, 0), (1, True, 1), (2, True, 2)]
)
async def test_a_dragged_row_goes_where_it_is_dropped(
    dialog: EndpointsDialog, row: int, is_below: bool, place: int
) -> None:
    table = dialog.list.table
    told: list[tuple[int, int]] = []
    table.dropped.connect(lambda source, target: told.append((source, target)))
    there = table.visualRect(table.model().index(row, 1))
    table.drop_at(QPoint(20, there.bottom() - 1 if is_below else there.top() + 1))
    assert told == [(0, place)]
    await until(lambda: names(dialog)[place] == "Fast vendor")
    table.drop_at(QPoint(20, table.viewport().height() - 1))
    await until(lambda: names(dialog)[2] == "Fast vendor")


async def test_what_comes_from_elsewhere_is_not_dropped(dialog: EndpointsDialog) -> None:
    told: list[int] = []
    dialog.list.table.dropped.connect(lambda row, _place: told.append(row))
    content = QMimeData()
    event = QDropEvent(
        QPointF(20, 20),
        Qt.DropAction.MoveAction,
        content,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        QEvent.Type.Drop,
    )
    dialog.list.table.dropEvent(event)
    assert (event.isAccepted(), told) == (False, [])


async def test_the_kind_of_work_and_its_patience_are_chosen(
    dialog: EndpointsDialog, desk: Desk
) -> None:
    page = dialog.list
    page.kind.setCurrentIndex(1)
    page.kind.activated.emit(1)
    assert [page.table.text_at(row, 0) for row in range(3)] == ["1", "off", "off"]
    assert page.hedge.text() == "never"
    page.hedge.setFocus()
    page.hedge.setValue(1.5)
    QTest.keyClick(page.hedge, Qt.Key.Key_Return)
    await until(lambda: desk.store.kept.hedge.get(WorkKind.EDIT) == 1.5)
    assert "Both may charge" in page.hedge.toolTip()


async def test_limits_are_drawn_below_the_chosen_one(dialog: EndpointsDialog, desk: Desk) -> None:
    page = dialog.list
    assert page.limits.isHidden()
    desk.health.succeeded("fast", buckets())
    page.render_state()
    lines = [line for line in page.limits.lines if line.isVisible()]
    assert [line.name.text() for line in lines] == ["Requests a minute", "Tokens a day"]
    assert "3 of 30 left" in lines[0].accessibleName()
    assert len(page.limits.findChildren(ShareBar)) == 2
    page.table.setCurrentCell(1, 1)
    assert page.limits.isHidden()


async def test_a_countdown_is_drawn_while_the_window_is_open(
    dialog: EndpointsDialog, desk: Desk
) -> None:
    page = dialog.list
    desk.health.failed("fast", EndpointBusyError("Busy.", "", 12.0))
    page._timer.timeout.emit()
    assert page.table.text_at(0, 2) == "waiting 12.0 s"
    assert page.retry.isVisible()
    page.retry.setFocus()
    page.retry.click()
    assert page.table.text_at(0, 2) == "ready"
    assert not page.retry.isVisible()
    assert page._timer.isActive()
    dialog.close()
    assert not page._timer.isActive()


async def test_a_removal_is_undone_by_its_notice(dialog: EndpointsDialog, desk: Desk) -> None:
    QTest.keyClick(dialog.list.table, Qt.Key.Key_Delete)
    await until(lambda: names(dialog) == ["Lab", "Local core"])
    assert "was removed" in dialog.list.notice.text
    dialog.list.notice.button.click()
    await until(lambda: names(dialog) == ["Fast vendor", "Lab", "Local core"])
    dialog.list.table.setCurrentCell(0, 1)
    dialog.list.remove.click()
    await until(lambda: names(dialog) == ["Lab", "Local core"])
    assert "fast" in desk.secrets.kept
    dialog.close()
    await until(lambda: "fast" not in desk.secrets.kept)


async def test_the_core_is_neither_edited_nor_removed(dialog: EndpointsDialog) -> None:
    dialog.list.table.setCurrentCell(2, 1)
    assert not dialog.list.edit.isEnabled()
    assert not dialog.list.remove.isEnabled()
    QTest.keyClick(dialog.list.table, Qt.Key.Key_Return)
    QTest.keyClick(dialog.list.table, Qt.Key.Key_Delete)
    assert dialog.editor is None
    assert names(dialog)[-1] == "Local core"


async def test_a_missing_key_is_asked_for(dialog: EndpointsDialog, desk: Desk) -> None:
    del desk.secrets.kept["fast"]
    dialog.list._model.refresh()
    await until(lambda: dialog.list.table.text_at(0, 2) == "key missing")
    assert dialog.list.edit.text() == "&Enter the key…"
    dialog.list.edit.click()
    editor = dialog.editor
    assert editor is not None
    await until(lambda: editor.form.key.key.hasFocus() or not editor.isActiveWindow())
    typed(editor.form.key.key, " sk-7 ")
    assert editor.form.key.key.echoMode() is QLineEdit.EchoMode.Password
    editor.save.click()
    await until(lambda: desk.secrets.kept.get("fast") == Secret("sk-7"))
    await until(lambda: not editor.isVisible())
    await until(lambda: dialog.list.table.text_at(0, 2) == "ready")
    assert dialog.list.notice.text == "Fast vendor is saved."


async def test_an_endpoint_is_added_tested_and_saved(dialog: EndpointsDialog, desk: Desk) -> None:
    dialog.list.add.click()
    editor = dialog.editor
    assert editor is not None
    form = editor.form
    typed(form.url, "http://gpu-box:8000")
    assert form.title.text() == "gpu-box:8000"
    editor.test.click()
    line = form.lines[Part.PLAIN_HTTP]
    assert line.isVisible()
    assert line.error == "Tick this, or use an address with https."
    form.consent.click()
    assert line.error == ""
    desk.test.held = asyncio.Event()
    editor.test.click()
    await until(lambda: editor.steps.rowCount() == 2)
    assert editor.stop.isVisible()
    assert [editor.steps.text_at(0, column) for column in (0, 1, 3)] == ["Name", "passed", "4 ms"]
    desk.test.held.set()
    await until(lambda: editor.test.isVisible())
    assert form.model.currentText() == "found-1"
    editor.save.click()
    await until(lambda: not editor.isVisible())
    await until(lambda: names(dialog)[0] == "gpu-box:8000")


async def test_the_first_error_takes_the_focus(dialog: EndpointsDialog) -> None:
    editor = opened(dialog)
    form = editor.form
    form.url.textEdited.emit("https://host.example")
    form.route.proxy.textEdited.emit("nonsense")
    assert not form.connection.is_open
    form.title.textEdited.emit("Mine")
    model = form.model.lineEdit()
    assert model is not None
    typed(model, "m")
    editor.save.click()
    assert form.connection.is_open
    assert "no proxy" in form.route.lines[Part.PROXY].error
    assert "no proxy" in form.route.proxy.accessibleDescription()
    form.route.proxy.textEdited.emit("")
    form.title.textEdited.emit("")
    editor.save.click()
    assert form.lines[Part.TITLE].error == "Give it a name."


async def test_a_presets_words_are_fields(dialog: EndpointsDialog) -> None:
    editor = opened(dialog)
    form = editor.form
    form.preset.setCurrentIndex(2)
    form.preset.activated.emit(2)
    assert list(form.fields) == ["region"]
    assert form.fields["region"].placeholderText() == "us-east1"
    editor.save.click()
    assert "Region" in form._words.error
    typed(form.fields["region"], "eu-west4")
    assert form.url.text() == "https://ai.eu-west4.cloud.example/v1"
    form.preset.setCurrentIndex(1)
    form.preset.activated.emit(1)
    assert form.fields == {}
    assert form.model.currentText() == "large"
    assert "2026-11-01" in form.lines[Part.MODEL].help


async def test_closing_asks_where_something_would_be_lost(dialog: EndpointsDialog) -> None:
    editor = opened(dialog, "fast")
    typed(editor.form.title, "Other")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert editor.isVisible()
    assert "not saved" in editor.notice.text
    dialog.close()
    assert dialog.isVisible()
    # Another one is edited only when this one is settled.
    assert opened(dialog, "lab") is editor
    editor.notice.button.click()
    assert not editor.isVisible()
    again = opened(dialog, "lab")
    assert again is not editor
    again.cancel.click()
    assert not again.isVisible()
    dialog.close()
    assert not dialog.isVisible()


async def test_a_kept_key_is_forgotten_by_its_button(dialog: EndpointsDialog, desk: Desk) -> None:
    editor = opened(dialog, "fast")
    await until(editor.form.key.forget.isVisible)
    assert "in the keyring" in editor.form.key.lines[Part.KEY].help
    editor.form.key.forget.click()
    await until(lambda: "fast" not in desk.secrets.kept)
    await until(lambda: not editor.form.key.forget.isVisible())


async def test_a_key_can_come_from_the_environment(dialog: EndpointsDialog, desk: Desk) -> None:
    editor = opened(dialog)
    key = editor.form.key
    await until(lambda: key.place.count() == 3)
    key.place.setCurrentIndex(2)
    key.place.activated.emit(2)
    assert not key.lines[Part.KEY].isVisible()
    typed(key.variable, "MY_KEY")
    assert "MY_KEY is not set" in key.lines[Part.VARIABLE].help
    desk.environment["MY_KEY"] = "sk"
    typed(key.variable, "MY_KEY")
    assert key.lines[Part.VARIABLE].help == "MY_KEY is set."


async def test_a_certificate_is_chosen_in_the_systems_dialog(dialog: EndpointsDialog) -> None:
    editor = opened(dialog, "fast")
    field = editor.form.route.files["ca_file"]
    field.browse.click()
    (chooser,) = field.findChildren(QFileDialog)
    chooser.fileSelected.emit("/etc/own.pem")
    chooser.reject()
    assert editor._model.draft.route.ca_file == "/etc/own.pem"


async def test_the_leaderboard_is_sorted_and_copied(dialog: EndpointsDialog) -> None:
    dialog.tabs.setCurrentIndex(1)
    page = dialog.leaderboard
    await until(lambda: page.table.rowCount() == 2)
    assert page.table.text_at(0, 0) == "Fast vendor"
    page.turn.click()
    assert page.table.text_at(0, 0) == "Lab"
    page.table.horizontalHeader().sectionClicked.emit(0)
    assert page.sorting.currentText() == "Endpoint"
    page.copy.click()
    assert QGuiApplication.clipboard().text().startswith("| Endpoint | Model |")
    page.kind.activated.emit(1)
    assert page.table.rowCount() == 0
    assert "Nothing was measured" in page.notice.text
    assert not page.copy.isEnabled()
    page.kind.activated.emit(0)
    page.period.activated.emit(0)
    await until(lambda: page.period.currentText() == "The last 7 days")


async def test_the_budget_is_chosen_on_the_page_of_costs(
    dialog: EndpointsDialog, desk: Desk
) -> None:
    dialog.tabs.setCurrentIndex(2)
    page = dialog.costs
    await until(lambda: page.table.rowCount() == 2)
    assert page.amount.text() == "no limit"
    assert page.bar.isHidden()
    assert not page.stops.isEnabled()
    page.amount.setFocus()
    page.amount.setValue(20.0)
    QTest.keyClick(page.amount, Qt.Key.Key_Return)
    await until(lambda: desk.store.kept.budget.month == 20.0)
    assert page.bar.isVisible()
    page.stops.click()
    page.warn.setFocus()
    page.warn.setValue(50)
    QTest.keyClick(page.warn, Qt.Key.Key_Return)
    await until(lambda: desk.store.kept.budget.warn_at == 0.5)
    assert desk.store.kept.budget.stops
    page.table.setCurrentCell(0, 0)
    assert "2026-11-01" in page.price.text()
    assert page.table.text_at(1, 6) == "not known"


async def test_both_themes_reach_every_page(window: MainWindow, dialog: EndpointsDialog) -> None:
    editor = opened(dialog)
    window.set_theme(replace(load_theme("light"), font_size=20))
    assert {one.theme.name for one in (dialog, editor)} == {"light"}
    assert dialog.list.table.verticalHeader().minimumSectionSize() == dialog.theme.px(28)
