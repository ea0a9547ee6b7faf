"""Another model while the program runs; the cores are scripts that keep the contract."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spark_desktop.adapters.core_switch import SwitchingCoreProcess
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.domain.core_state import CoreLoading, CoreReady, CoreState, CoreStopped
from spark_desktop.domain.errors import CoreError
from spark_desktop.domain.events import CoreStateChanged, ModelSwitching
from spark_desktop.services.bus import Bus
from spark_desktop.services.tasks import TaskScope
from tests.adapters.test_core_models import Noted
from tests.adapters.test_core_process import CHAT, INFO, Place, alive, place, ticks  # noqa: F401


class Program:
    def __init__(self, place: Place, model: str = "good") -> None:  # noqa: F811
        self.bus = Bus()
        self.states: list[CoreState] = []
        self.switching: list[ModelSwitching] = []
        self.bus.subscribe(CoreStateChanged, lambda event: self.states.append(event.state))
        self.bus.subscribe(ModelSwitching, self.switching.append)
        self.scope = TaskScope("test")
        self.ledger = Noted()
        self.core = SwitchingCoreProcess(
            place.options(model), self.bus, self.scope, SystemClock(), self.ledger
        )


@pytest.fixture
async def program(place: Place) -> AsyncIterator[Program]:  # noqa: F811
    made = Program(place)
    place.program()
    made.core.start()
    await made.core.endpoint()
    yield made
    await made.core.close()
    await made.scope.close()


async def test_the_other_model_answers_and_the_first_core_is_let_go(
    program: Program,
    place: Place,  # noqa: F811
) -> None:
    told: list[CoreState] = []
    (first,) = place.pids()
    await program.core.switch("other", told.append)
    assert program.core.choice == "other"
    assert program.core.state == CoreReady(INFO)
    assert told[-1] == CoreReady(INFO)
    assert CoreLoading() in told
    assert program.switching[0].model == "other"
    assert program.switching[-1] == ModelSwitching("other", None)
    endpoint = await program.core.endpoint()
    async with endpoint.stream(CHAT) as chunks:
        assert [chunk async for chunk in chunks]
    async for _ in ticks():
        if not alive(first):
            break
    assert alive(place.pids()[1])


async def test_an_answer_that_runs_goes_on_with_the_model_it_began_with(
    program: Program,
    place: Place,  # noqa: F811
) -> None:
    (first,) = place.pids()
    endpoint = await program.core.endpoint()
    async with endpoint.stream(CHAT) as chunks:
        await program.core.switch("other", lambda state: None)
        # Longer than a core that nobody uses would be kept.
        await asyncio.sleep(3)
        assert alive(first)
        assert [chunk async for chunk in chunks]
    async for _ in ticks():
        if not alive(first):
            break


async def test_a_model_that_cannot_be_started_leaves_the_earlier_one(program: Program) -> None:
    before = len(program.states)
    with pytest.raises(CoreError, match=r"failing could not be started: The disk is full") as told:
        await program.core.switch("failing", lambda state: None)
    assert told.value.next_step == "Free 1 GB."
    assert program.core.choice == "good"
    assert program.states[before:] == []
    assert program.core.state == CoreReady(INFO)
    assert (await program.core.endpoint()).model == INFO
    assert program.switching[-1].state is None


async def test_a_change_of_the_model_can_be_given_up(program: Program) -> None:
    changing = asyncio.ensure_future(program.core.switch("hanging", lambda state: None))
    async for _ in ticks():
        if program.switching:
            break
    changing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await changing
    assert program.core.choice == "good"
    assert (await program.core.endpoint()).model == INFO


async def test_the_same_model_again_changes_nothing(
    program: Program,
    place: Place,  # noqa: F811
) -> None:
    await program.core.switch("good", lambda state: None)
    assert len(place.starts()) == 1
    assert program.switching == []


async def test_whoever_waits_for_a_core_gets_its_successor(place: Place) -> None:  # noqa: F811
    program = Program(place, "hanging")
    place.program()
    program.core.start()
    waiting = asyncio.ensure_future(program.core.endpoint())
    await asyncio.sleep(0)
    await program.core.switch("good", lambda state: None)
    assert (await waiting).model == INFO
    await program.core.close()
    await program.scope.close()


async def test_closing_ends_a_change_that_runs(place: Place) -> None:  # noqa: F811
    program = Program(place)
    place.program()
    changing = asyncio.ensure_future(program.core.switch("hanging", lambda state: None))
    async for _ in ticks():
        if program.switching:
            break
    await program.core.close()
    with pytest.raises(CoreError):
        await changing
    assert program.core.state == CoreStopped()
    await program.scope.close()


async def test_each_request_to_a_core_is_noted_as_local(program: Program) -> None:
    contacts = program.ledger.contacts
    assert contacts
    assert all(contact.is_local and contact.host == "127.0.0.1" for contact in contacts)
    assert {contact.purpose for contact in contacts} == {"ask the local core: fake"}


def test_the_folder_of_the_run_files_may_be_missing(tmp_path: Path) -> None:
    from spark_desktop.adapters.core_lookup import served_models

    assert served_models(tmp_path / "none") == frozenset()
    (tmp_path / "core-1.json").write_text("{")
    (tmp_path / "core-2.json").write_text('{"url": "u", "token": "t", "pid": 1, "model": "m"}')
    assert served_models(tmp_path) == {"m"}


async def test_a_core_that_is_about_to_begin_can_be_stopped_and_begun_again(
    place: Place,  # noqa: F811
) -> None:
    program = Program(place, "hanging")
    place.program()
    program.core.start()
    async for _ in ticks():
        if place.starts():
            break
    program.core.stop()
    assert program.core.state == CoreStopped()
    async for _ in ticks():
        if not alive(place.pids()[0]):
            break
    program.core.start()
    async for _ in ticks():
        if len(place.starts()) == 2:
            break
    await program.core.close()
    await program.scope.close()
