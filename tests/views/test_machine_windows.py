"""The windows of models, doctor and connections, over fakes."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from spark_desktop.domain.contact import Contact, ContactRecord
from spark_desktop.domain.errors import NoticesError, StoreError
from spark_desktop.domain.findings import Finding, Verdict
from spark_desktop.domain.notices import About, Component
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.machine import MachineViewModels, machine_view_models
from spark_desktop.viewmodels.model_rows import ModelAction
from spark_desktop.views import desktop_examinations as desktop
from spark_desktop.views.connections_dialog import ConnectionsDialog
from spark_desktop.views.doctor_dialog import DoctorDialog
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.models_dialog import ModelsDialog
from spark_desktop.views.self_test_dialog import SelfTestDialog
from spark_desktop.views.theme import load_theme
from tests.interface_fakes import until
from tests.self_test_fakes import FakeSelfTest
from tests.viewmodels.test_models_view_model import FakeModels

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FOUND = (
    Finding("engine", Verdict.OK, "it loads"),
    Finding("tray", Verdict.NOTE, "no icons", "Install one."),
)


@dataclass
class FakeDoctor:
    found: tuple[Finding, ...] = FOUND

    async def examine(self, found: Callable[[int, Finding], None]) -> None:
        # The last one first: they come as they end.
        for place in reversed(range(len(self.found))):
            found(place, self.found[place])

    def report(self, findings: tuple[Finding, ...]) -> str:
        return f"report of {len(findings)}"


@dataclass
class FakeRecords:
    known: list[ContactRecord] = field(
        default_factory=lambda: [
            ContactRecord(Contact("hub.example", 443, "fetch a model"), 2, NOON, NOON),
            ContactRecord(Contact("127.0.0.1", 0, "ask the local core"), 9, NOON, NOON),
        ]
    )
    error: StoreError | None = None

    async def records(self) -> tuple[ContactRecord, ...]:
        if self.error is not None:
            raise self.error
        return tuple(self.known)

    async def clear(self) -> None:
        if self.error is not None:
            raise self.error
        self.known.clear()


class FakeAbout:
    model = "small"

    def __init__(self, texts: tuple[str, ...] = ("Do as you like.", "Be kind.")) -> None:
        self.texts = texts
        self.about = About("1.2.3", "abcdef012345", "Linux 6.1", "llama.cpp b1")
        self.error: NoticesError | None = None
        self.known = (
            Component("Spark Desktop", "1.2.3", "Apache-2.0"),
            Component("Qt", "6.11.3", "LGPL-3.0-only", "https://www.qt.io", inside="pyside6"),
            Component("tool", "", "", source="https://tool.example/src"),
        )

    async def facts(self) -> About:
        return self.about

    async def components(self) -> tuple[Component, ...]:
        if self.error is not None:
            raise self.error
        return self.known

    async def text(self, component: Component) -> str:
        return f"Licence of {component.name}" if component.licence else ""


class Services:
    def __init__(self) -> None:
        self.scope = TaskScope("test")
        self.models = FakeModels()
        self.doctor = FakeDoctor()
        self.connections = FakeRecords()
        self.about = FakeAbout()
        self.self_test = FakeSelfTest()


@pytest.fixture
async def services(qapp: object) -> AsyncIterator[Services]:
    made = Services()
    yield made
    await made.scope.close()


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, services: Services) -> AsyncIterator[MainWindow]:
    made = MainWindow(load_theme("dark"), LayoutMemory(tmp_path / "window.ini"))
    view_models: list[MachineViewModels] = []

    def provider() -> MachineViewModels:
        view_models.append(machine_view_models(services))
        return view_models[0]

    made.machine.connect_to(provider)
    made.show()
    yield made
    assert len(view_models) <= 1
    made.finish()
    made.deleteLater()


def shown(window: MainWindow, name: str, kind: type) -> QWidget:
    window.keys[name].trigger()
    opened = window.machine.open[name]
    assert isinstance(opened, kind)
    assert opened.isVisible()
    assert not opened.isModal()
    return opened


async def test_without_services_the_keys_do_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    window = MainWindow(load_theme("dark"), LayoutMemory(tmp_path / "window.ini"))
    for name in ("models", "doctor", "self_test", "connections"):
        window.keys[name].trigger()
    assert window.machine.open == {}
    window.finish()
    window.deleteLater()


async def test_each_window_is_made_once_and_closed_by_escape(window: MainWindow) -> None:
    for name, kind in (
        ("models", ModelsDialog),
        ("doctor", DoctorDialog),
        ("self_test", SelfTestDialog),
        ("connections", ConnectionsDialog),
    ):
        opened = shown(window, name, kind)
        # Until then Esc is the main window's.
        await until(opened.isActiveWindow)
        QTest.keyClick(opened, Qt.Key.Key_Escape)
        assert not opened.isVisible()
        assert shown(window, name, kind) is opened
    window.keys["theme"].trigger()
    assert {opened.theme.name for opened in window.machine.open.values()} == {"light"}
    window.machine.forget()
    assert window.machine.open == {}
    assert shown(window, "models", ModelsDialog).isVisible()


async def test_every_part_that_takes_the_focus_has_a_name(window: MainWindow) -> None:
    for name in ("models", "doctor", "self_test", "connections"):
        window.machine.show(name)
    for opened in window.machine.open.values():
        for widget in opened.findChildren(QWidget):
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
                text = widget.text() if isinstance(widget, QPushButton) else ""
                named = text or widget.accessibleName() or getattr(widget, "text", str)()
                assert named, widget


async def test_the_models_are_listed_and_their_buttons_act(
    window: MainWindow, services: Services
) -> None:
    dialog = shown(window, "models", ModelsDialog)
    assert isinstance(dialog, ModelsDialog)
    await until(lambda: dialog.table.rowCount() == 2)
    assert dialog.table.text_at(0, 0) == "small"
    assert "54 tokens/s" in dialog.table.text_at(0, 2)
    dialog.table.setCurrentCell(1, 0)
    assert dialog.buttons[ModelAction.PULL].isVisible()
    assert not dialog.buttons[ModelAction.MEASURE].isVisible()
    QTest.keyClick(dialog.buttons[ModelAction.PULL], Qt.Key.Key_Space)
    await until(lambda: services.models.told is not None)
    assert dialog.buttons[ModelAction.PAUSE].isVisible()
    services.models.done.set()
    await until(dialog.buttons[ModelAction.REMOVE].isVisible)


async def test_a_file_to_import_is_chosen_in_the_systems_dialog(
    window: MainWindow, services: Services
) -> None:
    dialog = shown(window, "models", ModelsDialog)
    assert isinstance(dialog, ModelsDialog)
    dialog.bring_in.click()
    (chooser,) = dialog.findChildren(QFileDialog)
    chooser.fileSelected.emit("/home/me/mine.gguf")
    chooser.reject()
    await until(dialog.stop_import.isVisible)
    assert not dialog.bring_in.isEnabled()
    dialog.stop_import.click()
    await until(dialog.bring_in.isEnabled)


async def test_the_doctor_lists_in_its_own_order_and_copies_a_report(window: MainWindow) -> None:
    dialog = shown(window, "doctor", DoctorDialog)
    assert isinstance(dialog, DoctorDialog)
    assert not dialog.findings.copy.isEnabled()
    await until(dialog.findings.copy.isEnabled)
    assert [dialog.findings.table.text_at(row, 0) for row in range(2)] == ["engine", "tray"]
    assert dialog.notice.text == "Everything needed is here; 1 warning."
    dialog.findings.table.setCurrentCell(1, 0)
    assert (dialog.findings.reason.text(), dialog.findings.step.text()) == (
        "no icons",
        "Install one.",
    )
    dialog.findings.copy.click()
    assert QGuiApplication.clipboard().text() == "report of 2"


@pytest.mark.parametrize(
    ("verdict", "text"),
    [
        (Verdict.OK, "Everything is as it should be."),
        (Verdict.MISSING, "1 problem found."),
    ],
)
async def test_the_doctor_sums_up(
    window: MainWindow, services: Services, verdict: Verdict, text: str
) -> None:
    services.doctor.found = (Finding("engine", verdict, "x"),)
    dialog = shown(window, "doctor", DoctorDialog)
    assert isinstance(dialog, DoctorDialog)
    assert dialog.notice.text == "Looking…"
    await until(lambda: dialog.notice.text == text)


async def test_connections_are_filtered_copied_and_cleared(
    window: MainWindow, services: Services
) -> None:
    dialog = shown(window, "connections", ConnectionsDialog)
    assert isinstance(dialog, ConnectionsDialog)
    await until(lambda: dialog.table.rowCount() == 2)
    assert dialog.notice.text == "1 other machine was asked."
    assert dialog.table.text_at(0, 0) == "hub.example:443"
    assert dialog.table.text_at(1, 1) == "this machine"
    dialog.hide_local.setChecked(True)
    assert dialog.table.rowCount() == 1
    dialog.hide_local.setChecked(False)
    QTest.keyClicks(dialog.filter, "local core")
    assert dialog.table.rowCount() == 1
    dialog.copy.click()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("Host\tWhere")
    assert lines[1].startswith("127.0.0.1\tthis machine\task the local core\t9")
    dialog.filter.clear()
    dialog.clear.click()
    await until(lambda: dialog.table.rowCount() == 0)
    assert dialog.notice.text == "No other machine was asked anything."


async def test_a_ledger_that_cannot_be_read_is_told(window: MainWindow, services: Services) -> None:
    services.connections.error = StoreError("The database is damaged.", "Start again.")
    dialog = shown(window, "connections", ConnectionsDialog)
    assert isinstance(dialog, ConnectionsDialog)
    await until(lambda: "damaged" in dialog.notice.text)
    dialog.clear.click()
    await until(lambda: "Start again." in dialog.notice.text)


@dataclass
class FakeHotkey:
    keys: str = "Ctrl+Alt+Space"
    trouble: str = ""


def test_what_only_a_window_can_examine(qapp: object) -> None:
    known = desktop.desktop_examinations(lambda: FakeHotkey())
    assert [look().name for look in known.values()] == ["screens", "tray", "global hotkey"]
    assert desktop.tray(lambda: True).verdict is Verdict.OK
    assert desktop.tray(lambda: False).verdict is Verdict.NOTE
    assert desktop.hotkey_finding(None).verdict is Verdict.OK
    assert "is registered" in desktop.hotkey_finding(FakeHotkey()).detail
    taken = desktop.hotkey_finding(FakeHotkey(trouble="another program has it"))
    assert taken.verdict is Verdict.NOTE
    assert "another program has it" in taken.detail
