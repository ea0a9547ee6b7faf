"""What the tray icon says of the open project."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.core_state import (
    CoreDownloading,
    CoreFailed,
    CoreReady,
    CoreRestarting,
    CoreStarting,
    CoreState,
    CoreStopped,
)
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.events import FilesChanged, TurnChanged, WorkFailed
from spark_desktop.domain.proposal import Cancelled, Closed, Queued, Ready, Streaming
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.notice import Intent, Notice
from spark_desktop.viewmodels.told import Told
from spark_desktop.viewmodels.tray import TrayState, TrayViewModel
from tests.interface_fakes import MODEL, FakeProject, MemoryRecent, proposal, turn, until


class Desk:
    """The view model, with what is around it."""

    def __init__(self) -> None:
        self.scope = TaskScope("test")
        self.recent = MemoryRecent()
        self.told = Told()
        self.tray = TrayViewModel(self.recent, self.told, self.scope)
        self.project = FakeProject(root=Path("/projects/parser"))

    @property
    def shows(self) -> tuple[TrayState, str]:
        return self.tray.state, self.tray.tip

    @property
    def notice(self) -> Notice:
        assert self.told.notice is not None
        return self.told.notice


@pytest.fixture
async def desk(qapp: object) -> AsyncIterator[Desk]:
    made = Desk()
    made.tray.follow(made.project)
    yield made
    await made.scope.close()


async def test_without_a_project_it_is_idle(desk: Desk) -> None:
    desk.tray.follow(None)
    assert desk.shows == (TrayState.IDLE, "Spark: no folder is open")
    assert not desk.tray.can_pause


@pytest.mark.parametrize(
    ("core", "state", "words"),
    [
        (CoreReady(MODEL), TrayState.READY, "ready"),
        (CoreStarting(), TrayState.WORKING, "the model is starting"),
        (CoreDownloading("x", 1, 2, 3.0, None), TrayState.WORKING, "the model is starting"),
        (CoreRestarting("it died", 1, 2.0), TrayState.WORKING, "the model is starting"),
        (CoreStopped(), TrayState.IDLE, "the model is not running"),
        (CoreFailed("No model.", "Get one."), TrayState.PROBLEM, "No model."),
    ],
)
async def test_the_cores_state_is_shown(
    core: CoreState, state: TrayState, words: str, desk: Desk
) -> None:
    desk.project.core.become(core)
    assert desk.shows == (state, f"Spark · parser: {words}")


async def test_proposals_that_wait_are_counted_until_they_are_decided(desk: Desk) -> None:
    desk.project.turns.put(proposal(Queued(), name="a"))
    assert desk.shows == (TrayState.WORKING, "Spark · parser: working")
    desk.project.turns.put(proposal(Ready(), name="a"))
    desk.project.turns.put(proposal(Ready(), name="b"))
    desk.project.turns.put(proposal(Streaming(), name="c"))
    assert desk.tray.waiting == 2
    assert desk.shows == (TrayState.WAITING, "Spark · parser: proposals waiting: 2, working")
    desk.project.turns.put(proposal(Closed(1), name="a"))
    desk.project.turns.put(proposal(Cancelled("dismissed"), name="b"))
    desk.project.turns.put(proposal(Cancelled("stopped"), name="c"))
    assert desk.shows == (TrayState.READY, "Spark · parser: ready")


async def test_an_answer_in_the_chat_is_work(desk: Desk) -> None:
    desk.project.bus.publish(TurnChanged("th1", turn(state=TurnState.STREAMING)))
    assert desk.tray.state is TrayState.WORKING
    desk.project.bus.publish(TurnChanged("th1", turn(state=TurnState.DONE)))
    assert desk.tray.state is TrayState.READY


async def test_a_long_failure_is_cut_in_the_tip(desk: Desk) -> None:
    desk.project.bus.publish(WorkFailed("It failed " + "very " * 50, ""))
    assert desk.tray.tip.endswith("very…")
    assert len(desk.tray.tip) < 100


@pytest.mark.parametrize("way", ["saved", "seen"])
async def test_a_failure_is_a_problem_until_the_user_saves_or_looks(way: str, desk: Desk) -> None:
    desk.project.bus.publish(WorkFailed("The folder was removed.", "Open another."))
    assert desk.shows == (TrayState.PROBLEM, "Spark · parser: The folder was removed.")
    if way == "saved":
        desk.project.bus.publish(FilesChanged(("a.py",)))
    else:
        desk.tray.seen()
    assert desk.tray.state is TrayState.READY


async def test_a_pause_is_shown_in_the_tray_and_in_the_window(desk: Desk) -> None:
    desk.tray.toggle_pause()
    assert desk.project.inbox.is_paused
    assert desk.shows == (TrayState.PAUSED, "Spark · parser: watching is paused")
    assert desk.notice.text == "Watching is paused."
    desk.tray.act(Intent.RESUME)
    assert not desk.project.inbox.is_paused
    assert desk.told.notice is None


async def test_what_was_saved_during_a_pause_is_named_and_can_be_looked_at(desk: Desk) -> None:
    desk.tray.toggle_pause()
    desk.project.inbox.missed = ("src/a.py", "b.py", "c.py", "d.py")
    desk.tray.toggle_pause()
    assert desk.notice.text == "Files saved while watching was paused: 4"
    assert desk.notice.hint == "a.py, b.py, c.py, …"
    desk.tray.act(Intent.TAKE_MISSED)
    assert desk.told.notice is None
    await until(lambda: desk.project.inbox.looked_at == [("src/a.py", "b.py", "c.py", "d.py")])


async def test_a_pause_holds_for_the_next_project(desk: Desk) -> None:
    desk.tray.toggle_pause()
    other = FakeProject()
    desk.tray.follow(other)
    assert other.inbox.is_paused
    assert desk.tray.state is TrayState.PAUSED


async def test_the_project_before_is_no_longer_followed(desk: Desk) -> None:
    first = desk.project
    desk.tray.follow(FakeProject())
    changes: list[bool] = []
    desk.tray.changed.connect(lambda: changes.append(True))
    first.core.become(CoreStopped())
    first.turns.put(proposal(Ready()))
    assert changes == []
    assert desk.tray.state is TrayState.READY


async def test_an_opened_project_becomes_the_newest_of_the_recent_ones(desk: Desk) -> None:
    await until(lambda: bool(desk.tray.recent))
    desk.tray.follow(FakeProject(root=Path("/other/parser")))
    await until(lambda: len(desk.tray.recent) == 2)
    labels = [one.label for one in desk.tray.recent]
    assert labels == [f"parser ({Path('/other')})", f"parser ({Path('/projects')})"]
    desk.recent.known = (Path("/projects/parser"),)
    desk.tray.refresh()
    await until(lambda: [one.label for one in desk.tray.recent] == ["parser"])


async def test_a_list_that_cannot_be_kept_is_told(desk: Desk) -> None:
    await until(lambda: bool(desk.tray.recent))
    desk.recent.error = StoreError("The disk is full.", "Make room.")
    desk.tray.follow(FakeProject())
    await until(lambda: desk.told.notice is not None)
    assert (desk.notice.text, desk.notice.hint) == ("The disk is full.", "Make room.")
    desk.tray.act(Intent.DISMISS)
    assert desk.told.notice is None


async def test_notices_about_different_things_lie_over_each_other(qapp: object) -> None:
    told = Told()
    changes: list[Notice | None] = []
    told.changed.connect(lambda: changes.append(told.notice))
    told.tell("a", Notice("one"))
    told.tell("b", Notice("two"))
    told.tell("a", None)
    told.dismiss()
    told.dismiss()
    await asyncio.sleep(0)
    assert [None if one is None else one.text for one in changes] == ["one", "two", None]
