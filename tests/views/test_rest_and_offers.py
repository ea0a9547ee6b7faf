"""Quiet mode and the snooze in the tray, the status bar and by key; what the inbox offers."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from spark_desktop.domain.completion import Usage
from spark_desktop.domain.events import SaveSettled, TurnChanged
from spark_desktop.domain.inbox_entry import InboxEntry, Outcome, burst_reason
from spark_desktop.domain.project_settings import ProjectSettings
from spark_desktop.domain.trigger import EditComment, Span
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.viewmodels.told import Told
from spark_desktop.viewmodels.tray import TrayViewModel
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.offer_list import OfferList
from spark_desktop.views.rest_control import RestControl
from spark_desktop.views.rest_menu import RestMenu
from spark_desktop.views.status_bar import StatusBar
from spark_desktop.views.theme import Theme, load_theme
from spark_desktop.views.tray import Tray
from tests.interface_fakes import NOON, TIMING, FakeProject, MemoryRecent, snapshot, turn, until
from tests.views.walking import without_name, without_tip

COMMENT = EditComment(snapshot(), Span(3, 4), "sort it")


@pytest.fixture
async def tray(qapp: object, project: FakeProject) -> AsyncIterator[TrayViewModel]:
    scope = TaskScope("test")
    made = TrayViewModel(MemoryRecent(), Told(), scope)
    made.rest.now = lambda: NOON
    made.follow(project)
    yield made
    await scope.close()


@pytest.fixture
def window(
    qtbot: QtBot,
    tmp_path: Path,
    models: ProjectViewModels,
    tray: TrayViewModel,
    either_theme: Theme,
) -> Iterator[MainWindow]:
    made = MainWindow(either_theme, LayoutMemory(tmp_path / "window.ini"))
    made.use_rest(tray.rest)
    made.resize(1280, 800)
    made.show()
    made.show_project(models, Path("/home/me/library"), "main")
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    made.finish()
    made.deleteLater()


def control_of(window: MainWindow) -> RestControl:
    assert window.project is not None
    assert window.project.rest is not None
    return window.project.rest


def offers_of(window: MainWindow) -> OfferList:
    assert window.project is not None
    return window.project.offers


def offered(name: str = "b", count: int = 3) -> InboxEntry:
    paths = tuple(f"src/{number}.py" for number in range(1000))
    reason = burst_reason(1000, True, count)
    return InboxEntry(
        name, paths, Outcome.IGNORED, reason, offered=(COMMENT,) * count, is_burst=True
    )


def is_seen(offers: OfferList, count: int) -> bool:
    seen = [line.visibleRegion().boundingRect().height() for line in offers.lines]
    return seen == [line.height() for line in offers.lines] and len(seen) == count


def readings_of(status: StatusBar) -> list[str]:
    labels = (status.speed, status.first_token, status.context)
    labels += (status.cost, status.cached, status.split)
    return [label.text() for label in labels if label.isVisible()]


def shown(menu: RestMenu) -> list[str]:
    return [one.text() for one in menu.actions() if one.isVisible() and one.text()]


async def test_the_status_bar_says_until_when_and_a_click_resumes(
    window: MainWindow, project: FakeProject
) -> None:
    control = control_of(window)
    assert (control.state.text(), control.resume.isVisible()) == ("", False)
    assert control.state.accessibleName() == "Quiet and snooze"
    control.menu.hour.trigger()
    assert control.state.text() == "Snoozed until 13:00"
    assert control.state.accessibleName() == "Quiet and snooze: Snoozed until 13:00"
    assert (without_name(control), without_tip(control)) == ([], [])
    control.resume.setFocus()
    QTest.keyClick(control.resume, Qt.Key.Key_Space)
    assert (control.state.text(), control.resume.isVisible()) == ("", False)
    assert control.state.hasFocus()
    assert not project.quiet.rest.is_snoozed


async def test_the_menu_offers_what_can_be_done(
    window: MainWindow, project: FakeProject, tray: TrayViewModel
) -> None:
    menu = control_of(window).menu
    snoozes = [
        "Quiet",
        "Snooze for 15 minutes",
        "Snooze for an hour",
        "Snooze until tomorrow morning",
    ]
    assert shown(menu) == snoozes
    menu.quarter.trigger()
    assert shown(menu) == ["Resume now (Snoozed until 12:15)", *snoozes]
    menu.resume.trigger()
    menu.morning.trigger()
    assert project.quiet.rest.until == NOON + timedelta(hours=18)
    tray.follow(None)
    assert not any(one.isEnabled() for one in menu.actions() if one.text())
    assert not control_of(window).isVisible()


async def test_quiet_is_kept_in_the_settings_and_ticked_when_it_holds(
    window: MainWindow, project: FakeProject
) -> None:
    menu = control_of(window).menu
    menu.quiet.trigger()
    assert window.settings.value("watching.quiet") is True
    # Nobody has told the project yet.
    assert not menu.quiet.isChecked()
    project.use(window.settings.current)
    assert menu.quiet.isChecked()
    assert control_of(window).state.text() == "Quiet"
    window.keys["quiet"].trigger()
    assert window.settings.value("watching.quiet") is False


async def test_where_the_folder_has_its_own_choice_that_one_is_changed(
    window: MainWindow, project: FakeProject
) -> None:
    root = Path("/home/me/library")
    window.settings.set_own(root, quiet=False)
    window.keys["quiet"].trigger()
    assert window.settings.current.project(root) == ProjectSettings(quiet=True)
    assert window.settings.value("watching.quiet") is False


async def test_every_way_to_rest_is_in_the_palette(
    window: MainWindow, project: FakeProject
) -> None:
    minutes = {"snooze_quarter": 15, "snooze_hour": 60, "snooze_morning": 18 * 60}
    for name, length in minutes.items():
        window.keys[name].trigger()
        assert project.quiet.rest.until == NOON + timedelta(minutes=length)
    window.keys["wake"].trigger()
    assert not project.quiet.rest.is_snoozed


async def test_the_menu_of_the_tray_has_the_same(
    tray: TrayViewModel, project: FakeProject, either_theme: Theme
) -> None:
    icon = Tray(tray, either_theme)
    assert icon.rest.menuAction() in icon.menu.actions()
    icon.rest.hour.trigger()
    assert icon.icon.toolTip().endswith("Snoozed until 13:00")
    icon.speak()
    assert icon.rest.menuAction() in icon.menu.actions()
    assert shown(icon.rest)[0] == "Resume now (Snoozed until 13:00)"
    tray.follow(None)
    assert not icon.rest.isEnabled()
    icon.finish()
    tray.follow(project)


async def test_a_switch_of_branches_offers_its_comments_over_the_inbox(
    window: MainWindow, project: FakeProject
) -> None:
    offers = offers_of(window)
    assert not offers.isVisible()
    project.bus.publish(SaveSettled(offered()))
    (line,) = offers.lines
    assert offers.isVisible()
    assert line.start.text() == "Start 3 comments"
    assert line.start.accessibleName().startswith("Start 3 comments: Branch switched: 1000 files")
    assert (without_name(offers), without_tip(offers)) == ([], [])
    line.start.setFocus()
    QTest.keyClick(line.start, Qt.Key.Key_Space)
    assert project.inbox.started == ["b"]
    assert not offers.isVisible()


async def test_an_offer_that_is_taken_away_leaves_the_focus_in_the_list(
    window: MainWindow, project: FakeProject
) -> None:
    offers = offers_of(window)
    for name in ("b1", "b2", "b3"):
        project.bus.publish(SaveSettled(offered(name)))
    offers.lines[0].close_button.setFocus()
    QTest.keyClick(offers.lines[0].close_button, Qt.Key.Key_Space)
    assert [line.row.id for line in offers.lines] == ["b2", "b1"]
    assert offers.lines[0].start.hasFocus()
    assert project.inbox.started == []


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize("size", [(1280, 800), (1024, 640)])
async def test_nothing_is_cut_in_either_theme_and_size(
    window: MainWindow, project: FakeProject, name: str, size: tuple[int, int]
) -> None:
    window.set_theme(load_theme(name))
    window.resize(*size)
    project.quiet.snooze(60)
    project.bus.publish(SaveSettled(offered()))
    control, offers = control_of(window), offers_of(window)
    await until(lambda: is_seen(offers, 1))
    project.bus.publish(SaveSettled(offered("c", 1)))
    await until(lambda: is_seen(offers, 2))
    assert control.state.width() >= control.state.sizeHint().width()
    assert control.resume.width() >= control.resume.sizeHint().width()
    for line in offers.lines:
        assert line.start.width() >= line.start.sizeHint().width()
        assert line.text.height() >= line.text.heightForWidth(line.text.width())


@pytest.mark.parametrize("hours", [1, 18])
async def test_the_readings_leave_their_room_to_a_snooze(
    window: MainWindow, project: FakeProject, hours: int
) -> None:
    usage = Usage(800, 400, 500)
    answered = replace(turn("t1", "Yes."), usage=usage, timing=TIMING, cost=0.0)
    project.bus.publish(TurnChanged("th1", answered))
    window.resize(800, 600)
    await until(lambda: window.width() == 800)
    control = control_of(window)
    assert window.project is not None
    status = window.project.status
    before = readings_of(status)
    project.quiet.snooze(60 * hours)
    assert control.state.text().startswith("Snoozed until")
    QApplication.processEvents()
    assert control.state.width() >= control.state.sizeHint().width()
    assert control.resume.width() >= control.resume.sizeHint().width()
    after = readings_of(status)
    assert after == before[: len(after)]
    assert len(after) < len(before)
    for gone in before[len(after) :]:
        assert gone in status.more.toolTip()
    project.quiet.wake()
    assert readings_of(status) == before
