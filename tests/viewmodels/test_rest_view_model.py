"""Quiet mode and the snooze, as the tray and the window show them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import SaveSettled, WatchingChanged
from spark_desktop.domain.inbox_entry import InboxEntry, Outcome
from spark_desktop.domain.rest import Rest
from spark_desktop.domain.trigger import Span, Stub
from spark_desktop.domain.workspace import IgnoreReason
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.notice import Intent
from spark_desktop.viewmodels.told import Told
from spark_desktop.viewmodels.tray import TrayState, TrayViewModel
from tests.interface_fakes import NOON, FakeProject, MemoryRecent, snapshot

STUB = Stub(snapshot(), Span(0, 2), Span(1, 2), "median")


class Desk:
    """The view models of the tray, at noon, with an open project."""

    def __init__(self) -> None:
        self.scope = TaskScope("test")
        self.told = Told()
        self.tray = TrayViewModel(MemoryRecent(), self.told, self.scope)
        self.rest = self.tray.rest
        self.rest.now = lambda: NOON
        self.project = FakeProject(root=Path("/projects/parser"))

    @property
    def notice(self) -> str:
        return "" if self.told.notice is None else self.told.notice.text

    def hold(self, name: str, reason: IgnoreReason, path: str = "a.py", count: int = 1) -> None:
        entry = InboxEntry(name, (path,), Outcome.IGNORED, "held", reason, offered=(STUB,) * count)
        self.project.bus.publish(SaveSettled(entry))


@pytest.fixture
async def desk(qapp: object) -> AsyncIterator[Desk]:
    made = Desk()
    made.tray.follow(made.project)
    yield made
    await made.scope.close()


async def test_without_a_project_nothing_can_rest(desk: Desk) -> None:
    desk.tray.follow(None)
    desk.rest.snooze(15)
    desk.rest.toggle_quiet()
    desk.rest.wake()
    desk.rest.start_held()
    assert (desk.rest.can_rest, desk.rest.text) == (False, "")
    assert desk.tray.state is TrayState.IDLE


async def test_a_snooze_says_until_when_and_can_be_ended(desk: Desk) -> None:
    desk.rest.snooze(60)
    assert desk.rest.text == "Snoozed until 13:00"
    assert desk.tray.state is TrayState.PAUSED
    assert desk.tray.tip.endswith("Snoozed until 13:00")
    desk.rest.wake()
    assert (desk.rest.text, desk.project.quiet.rest) == ("", Rest())


@pytest.mark.parametrize(("hour", "minutes"), [(12, 18 * 60), (2, 4 * 60), (6, 24 * 60)])
async def test_a_snooze_until_tomorrow_ends_at_six(desk: Desk, hour: int, minutes: int) -> None:
    desk.rest.now = lambda: NOON.replace(hour=hour)
    desk.rest.snooze_until_morning()
    assert desk.project.quiet.rest.until == NOON + timedelta(minutes=minutes)


async def test_the_next_day_is_named(desk: Desk) -> None:
    desk.rest.snooze_until_morning()
    assert desk.rest.text == "Snoozed until tomorrow, 06:00"


async def test_quiet_is_asked_of_the_settings_and_shown_when_it_holds(desk: Desk) -> None:
    wanted: list[bool] = []
    desk.rest.quiet_wanted.connect(wanted.append)
    desk.rest.toggle_quiet()
    assert (wanted, desk.rest.text) == ([True], "")
    desk.project.quiet.use(True)
    assert (desk.rest.is_quiet, desk.rest.text) == (True, "Quiet")
    desk.rest.toggle_quiet()
    assert wanted == [True, False]


async def test_each_state_says_what_it_means(desk: Desk) -> None:
    assert desk.rest.tip.startswith("Quiet and snooze:")
    desk.project.quiet.use(True)
    assert desk.rest.tip.startswith("Only comments")
    desk.rest.snooze(15)
    assert desk.rest.tip.startswith("Saves start nothing until then")


async def test_a_snooze_that_is_refused_is_told(desk: Desk) -> None:
    desk.project.quiet.error = SparkError("A snooze of 0 minutes is not possible.")
    desk.rest.snooze(0)
    assert desk.notice == "A snooze of 0 minutes is not possible."


async def test_a_command_snoozes_and_wakes_the_open_project(desk: Desk) -> None:
    assert desk.rest.snooze_as_told(5, until_morning=False)
    assert desk.rest.text == "Snoozed until 12:05"
    assert desk.rest.snooze_as_told(0, until_morning=True)
    assert desk.rest.text == "Snoozed until tomorrow, 06:00"
    assert desk.rest.snooze_as_told(0, until_morning=False)
    assert desk.rest.text == ""
    desk.tray.follow(None)
    assert not desk.rest.snooze_as_told(5, until_morning=False)


async def test_a_snooze_goes_on_in_the_next_project(desk: Desk) -> None:
    desk.rest.snooze(60)
    desk.tray.follow(None)
    other = FakeProject(root=Path("/projects/other"))
    desk.rest.now = lambda: NOON + timedelta(minutes=20)
    desk.tray.follow(other)
    # The fake begins at noon whenever it is asked.
    assert other.quiet.rest.until == NOON + timedelta(minutes=40)
    await other.scope.close()


async def test_a_snooze_that_ended_meanwhile_does_not(desk: Desk) -> None:
    desk.rest.snooze(15)
    desk.tray.follow(None)
    desk.rest.now = lambda: NOON + timedelta(hours=1)
    other = FakeProject(root=Path("/projects/other"))
    desk.tray.follow(other)
    assert (desk.rest.is_snoozed, other.quiet.rest) == (False, Rest())
    await other.scope.close()


async def test_what_was_held_back_is_told_at_the_end_and_started_at_a_click(desk: Desk) -> None:
    desk.project.quiet.use(True)
    desk.hold("e1", IgnoreReason.QUIET, "a.py", 2)
    desk.hold("e2", IgnoreReason.QUIET, "b.py")
    assert desk.notice == ""
    desk.project.quiet.use(False)
    assert desk.notice == "3 proposals held back meanwhile"
    desk.tray.act(Intent.START_HELD)
    assert (desk.project.inbox.started, desk.notice) == (["e1", "e2"], "")


async def test_what_was_held_back_is_told_until_its_entry_offers_it_no_longer(desk: Desk) -> None:
    desk.rest.snooze(15)
    desk.hold("e1", IgnoreReason.SNOOZED)
    desk.project.bus.publish(SaveSettled(InboxEntry("e2", ("a.py",), Outcome.IGNORED, "snoozed")))
    desk.rest.wake()
    assert desk.notice == "1 proposal held back meanwhile"
    gone = InboxEntry("e1", ("a.py",), Outcome.IGNORED, "snoozed", IgnoreReason.SNOOZED)
    desk.project.bus.publish(SaveSettled(gone))
    assert desk.notice == ""
    desk.rest.start_held()
    assert desk.project.inbox.started == []


async def test_what_was_held_back_is_told_only_when_nothing_holds_any_more(desk: Desk) -> None:
    desk.project.quiet.use(True)
    desk.rest.snooze(15)
    desk.hold("e1", IgnoreReason.SNOOZED)
    desk.rest.wake()
    assert desk.notice == ""
    desk.project.quiet.use(False)
    assert desk.notice == "1 proposal held back meanwhile"
    desk.project.quiet.use(True)
    assert desk.notice == ""


async def test_held_entries_that_are_gone_are_told(desk: Desk) -> None:
    desk.project.quiet.use(True)
    desk.hold("e1", IgnoreReason.QUIET)
    desk.project.quiet.use(False)
    desk.project.inbox.error = SparkError("This entry is gone.", "Save the file again.")
    desk.rest.start_held()
    assert desk.notice == "This entry is gone."


async def test_what_a_switch_of_branches_holds_is_not_told_as_held_back(desk: Desk) -> None:
    desk.project.quiet.use(True)
    entry = InboxEntry(
        "e1", ("a.py", "b.py"), Outcome.IGNORED, "many", offered=(STUB,), is_burst=True
    )
    desk.project.bus.publish(SaveSettled(entry))
    desk.project.quiet.use(False)
    assert desk.notice == ""


async def test_files_saved_during_a_snooze_are_told_as_that(desk: Desk) -> None:
    desk.rest.snooze(15)
    desk.project.bus.publish(WatchingChanged(False, ("src/a.py",)))
    assert desk.notice == "Files saved while Spark was snoozed: 1"
