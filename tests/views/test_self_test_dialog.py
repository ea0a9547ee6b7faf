"""The window of the self-test, over a fake of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.self_test import SelfTestViewModel
from spark_desktop.views.self_test_dialog import SelfTestDialog
from spark_desktop.views.theme import load_theme
from tests.interface_fakes import until
from tests.self_test_fakes import BAD, NOTE, OK, FakeSelfTest, rows


@pytest.fixture
def test() -> FakeSelfTest:
    return FakeSelfTest(rows(OK, BAD, NOTE))


@pytest.fixture
async def dialog(qtbot: QtBot, tmp_path: Path, test: FakeSelfTest) -> AsyncIterator[SelfTestDialog]:
    scope, parent = TaskScope("test"), QWidget()
    qtbot.addWidget(parent)
    made = SelfTestDialog(parent, SelfTestViewModel(test, scope), load_theme("dark"))
    made.show()
    yield made
    made.close()
    await scope.close()


async def test_it_runs_when_it_comes_up_and_tells_what_failed(dialog: SelfTestDialog) -> None:
    await until(lambda: dialog.notice.text == "1 check failed.")
    table = dialog.findings.table
    assert [table.text_at(row, 1) for row in range(3)] == ["ok", "FAILED", "note"]
    table.setCurrentCell(1, 0)
    assert dialog.findings.reason.text() == "it is torn"
    assert dialog.findings.step.text() == "Mend it."
    dialog.findings.copy.click()
    assert QGuiApplication.clipboard().text() == "report of 3"
    assert not dialog.stop.isVisible()


async def test_it_can_be_stopped_and_run_again(dialog: SelfTestDialog, test: FakeSelfTest) -> None:
    test.hangs = True
    await until(lambda: dialog.findings.table.rowCount() == 3)
    assert dialog.stop.isVisible()
    assert not dialog.again.isVisible()
    dialog.stop.click()
    assert not dialog.stop.isEnabled()
    await until(dialog.again.isVisible)
    assert test.stops == 1
    test.hangs = False
    dialog.again.click()
    await until(lambda: dialog.notice.text == "1 check failed.")
    assert test.starts == 2


async def test_closing_the_window_stops_it(dialog: SelfTestDialog, test: FakeSelfTest) -> None:
    test.hangs = True
    await until(lambda: dialog.findings.table.rowCount() == 3)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    await until(lambda: test.stops == 1)


async def test_it_follows_the_theme(dialog: SelfTestDialog) -> None:
    await until(lambda: dialog.notice.text == "1 check failed.")
    item = dialog.findings.table.item(1, 1)
    assert item is not None
    before = item.foreground().color().name()
    light = load_theme("light")
    dialog.set_theme(light)
    assert item.foreground().color().name() == light.problem != before
