"""The window about Spark: facts, components, the text of each licence."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from spark_desktop.domain.errors import NoticesError
from spark_desktop.domain.notices import About
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.about import AboutViewModel
from spark_desktop.viewmodels.machine import machine_view_models
from spark_desktop.viewmodels.notice import Tone
from spark_desktop.views.about_dialog import AboutDialog
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.theme import load_theme
from tests.interface_fakes import until
from tests.views.test_machine_windows import FakeAbout, Services


@pytest.fixture
async def scope(qapp: object) -> AsyncIterator[TaskScope]:
    made = TaskScope("test")
    yield made
    await made.close()


@pytest.fixture
def source() -> FakeAbout:
    return FakeAbout()


@pytest.fixture
def model(source: FakeAbout, scope: TaskScope) -> AboutViewModel:
    return AboutViewModel(source, scope)


@pytest.fixture
async def dialog(qtbot: QtBot, model: AboutViewModel) -> AsyncIterator[AboutDialog]:
    parent = QWidget()
    qtbot.addWidget(parent)
    made = AboutDialog(parent, model, load_theme("dark"))
    made.show_front()
    await until(lambda: bool(model.text))
    yield made
    made.close()


async def test_the_first_component_is_spark_itself_with_its_licence(dialog: AboutDialog) -> None:
    assert dialog.text.toPlainText() == "Licence of Spark Desktop"
    assert dialog.chosen.text() == "Licence: Apache-2.0"
    assert "2" in dialog.notice.text


async def test_facts_are_shown_and_copied_as_a_report(dialog: AboutDialog) -> None:
    dialog.copy.click()
    copied = QGuiApplication.clipboard().text()
    for said in ("1.2.3, commit abcdef012345", "Linux 6.1", "llama.cpp b1", "small", "Apache-2.0"):
        assert said in copied
    assert dialog.copy.text() == "Copied"
    shown = dialog.facts.itemAtPosition(0, 1).widget()
    assert shown.text() == "1.2.3, commit abcdef012345"


async def test_what_is_not_known_is_said_to_be_so(model: AboutViewModel, source: FakeAbout) -> None:
    source.about = About("", "", "Linux", "")
    source.model = ""
    model.refresh()
    await until(lambda: bool(model.rows.rows))
    assert dict(model.facts) == {
        "Version": "not known",
        "System": "Linux",
        "Engine": "not known",
        "Model": "the default one",
        "Licence": "Apache-2.0",
    }


async def test_the_arrow_keys_go_through_the_licences(
    dialog: AboutDialog, model: AboutViewModel
) -> None:
    dialog.list.setFocus()
    QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    await until(lambda: dialog.text.toPlainText() == "Licence of Qt")
    assert dialog.chosen.text().splitlines() == [
        "Licence: LGPL-3.0-only",
        "Comes inside of pyside6",
        "https://www.qt.io",
    ]
    dialog.copy_text.click()
    assert QGuiApplication.clipboard().text() == "Licence of Qt"
    QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    await until(lambda: "not among what is installed" in dialog.text.toPlainText())
    assert dialog.chosen.text().splitlines() == [
        "Licence: not stated",
        "Source code: https://tool.example/src",
    ]


async def test_words_of_names_licences_and_origins_are_found(
    dialog: AboutDialog, model: AboutViewModel
) -> None:
    for words, titles in (
        ("lgpl", ["Qt 6.11.3"]),
        ("pyside6 QT", ["Qt 6.11.3"]),
        ("tool", ["tool"]),
        ("qt apache", []),
        ("", ["Spark Desktop 1.2.3", "Qt 6.11.3", "tool"]),
    ):
        dialog.filter.setText(words)
        assert [row.title for row in model.rows.rows] == titles
        if not titles:
            assert dialog.notice.text == "Nothing fits the filter."
    dialog.filter.setText("lgpl")
    await until(lambda: dialog.text.toPlainText() == "Licence of Qt")


async def test_the_list_of_materials_and_the_folder_open_where_there_are_any(
    dialog: AboutDialog,
    model: AboutViewModel,
    source: FakeAbout,
    scope: TaskScope,
    tmp_path: Path,
) -> None:
    assert not dialog.bill.isVisible()
    assert not dialog.folder.isVisible()
    bill = tmp_path / "sbom.cdx.json"
    source.about = About("1", "", "Linux", "", bill, tmp_path)
    packaged = AboutDialog(
        dialog.parentWidget(), AboutViewModel(source, scope), load_theme("light")
    )
    packaged.show_front()
    await until(packaged.bill.isVisible)
    opener = _Opener(packaged)
    QDesktopServices.setUrlHandler("file", opener, "opened")
    try:
        packaged.bill.click()
        packaged.folder.click()
    finally:
        QDesktopServices.unsetUrlHandler("file")
    assert opener.paths == [str(bill), str(tmp_path)]
    packaged.close()


class _Opener(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.paths: list[str] = []

    @Slot(QUrl)
    def opened(self, url: QUrl) -> None:
        self.paths.append(url.toLocalFile())


async def test_a_list_that_cannot_be_read_says_so_and_is_read_again(
    model: AboutViewModel, source: FakeAbout
) -> None:
    assert model.notice.tone is Tone.BUSY
    source.error = NoticesError("The list of licences is damaged.", "Install Spark Desktop again.")
    model.refresh()
    await until(lambda: model.notice.tone is Tone.PROBLEM)
    assert model.notice.text == "The list of licences is damaged."
    assert model.report.startswith("Spark Desktop\nVersion: 1.2.3")
    source.error = None
    model.refresh()
    await until(lambda: len(model.rows.rows) == 3)
    assert model.notice.tone is Tone.PLAIN


async def test_a_text_that_cannot_be_read_says_why(
    model: AboutViewModel, source: FakeAbout
) -> None:
    async def fails(_component: object) -> str:
        raise NoticesError("LICENSE cannot be read.", "Install Spark Desktop again.")

    source.text = fails  # type: ignore[method-assign, assignment]
    model.refresh()
    await until(lambda: bool(model.rows.rows))
    model.choose("1")
    await until(lambda: bool(model.text))
    assert model.text == "LICENSE cannot be read. Install Spark Desktop again."


async def test_nothing_is_chosen_before_there_is_a_list(model: AboutViewModel) -> None:
    model.choose("0")
    model.choose("x")
    assert model.chosen is None
    assert model.about_chosen == ""
    assert model.facts == ()
    assert (model.bill, model.folder) == ("", "")


async def test_the_menu_opens_it_and_escape_closes_it(qtbot: QtBot, tmp_path: Path) -> None:
    services = Services()
    window = MainWindow(load_theme("dark"), LayoutMemory(tmp_path / "window.ini"))
    window.machine.connect_to(lambda: machine_view_models(services))
    window.show()
    window.keys["about"].trigger()
    opened = window.machine.open["about"]
    assert isinstance(opened, AboutDialog)
    await until(lambda: bool(opened.text.toPlainText()))
    QTest.keyClick(opened, Qt.Key.Key_Escape)
    assert not opened.isVisible()
    await services.scope.close()
    window.finish()
    window.deleteLater()


async def test_every_control_has_a_name_and_the_smallest_window_shows_the_text(
    dialog: AboutDialog,
) -> None:
    for widget in (dialog.filter, dialog.list, dialog.text):
        assert widget.accessibleName()
    assert dialog.minimumSizeHint().width() <= 900
    assert dialog.minimumSizeHint().height() <= 560
    dialog.set_theme(load_theme("light"))
    assert dialog.text.toPlainText() == "Licence of Spark Desktop"
