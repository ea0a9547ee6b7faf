"""Who answers: the core alone, the user's endpoints with it, and both only when they are wanted."""

import asyncio

import pytest
from endpoint_fakes import FakeConnector, MemoryBook, MemorySecrets
from fakes import MODEL, Answer, FakeClock, FakeCore, FakeEndpoint, Recorder

from spark_desktop.domain.completion import ChatRequest, Message, Role, TextChunk
from spark_desktop.domain.core_state import CoreStarting
from spark_desktop.domain.endpoint_book import LOCAL, EndpointBook
from spark_desktop.domain.endpoints import AuthKind, EndpointSpec, RemoteModel, WorkKind
from spark_desktop.domain.errors import CoreError, EndpointUnreachableError
from spark_desktop.domain.events import AnswerRerouted
from spark_desktop.domain.spending import Budget
from spark_desktop.services.answers import CoreAnswers, LateAnswers
from spark_desktop.services.bus import Bus
from spark_desktop.services.endpoint_health import Health
from spark_desktop.services.endpoints import (
    EndpointsService,
    LocalPreferences,
    ProjectPreferences,
    UnkeptEndpoints,
)
from spark_desktop.services.keys import Keys
from spark_desktop.services.purse import Purse
from spark_desktop.services.routing import Router
from spark_desktop.services.tasks import TaskScope

HI = ChatRequest((Message(Role.USER, "Hi"),))
FAST = EndpointSpec(
    *("fast", "Fast", "https://fast.example/v1"),
    auth=AuthKind.NONE,
    model="big",
    models=(RemoteModel("big", context=131072),),
)
DOWN = EndpointUnreachableError("It is down.", "Start it.")


class NoLog:
    """Keeps nothing."""

    def note(self, record):
        """Forget it."""

    async def records(self, since):
        return ()


class World:
    """The real router and preferences over fake endpoints and a fake core."""

    def __init__(self, *order, remote=()):
        self.bus, self.clock, self.scope = Bus(), FakeClock(), TaskScope("test")
        self.seen = Recorder(self.bus)
        self.core = FakeCore(FakeEndpoint("From here."))
        health = Health(self.bus, self.clock)
        self.remote = FakeEndpoint(*remote)
        connector = FakeConnector(fast=self.remote)
        book = EndpointBook((FAST,), dict.fromkeys(WorkKind, order) if order else {})
        store, keys = MemoryBook(book), Keys(MemorySecrets(), {})
        self.service = EndpointsService(store, keys, connector, health)
        self.preferences = ProjectPreferences(self.service, self.core)
        purse = Purse(NoLog(), Budget, self.bus, self.clock)
        self.router = self.routed(self.preferences, health, purse)

    def routed(self, preferences, health, purse):
        return Router(preferences, health, purse, self.bus, self.clock, self.scope)

    async def ask(self):
        endpoint = await self.router.endpoint_for(WorkKind.CHAT)
        async with endpoint.stream(HI) as chunks:
            return "".join([chunk.text async for chunk in chunks if isinstance(chunk, TextChunk)])


async def test_who_has_set_up_no_order_is_answered_by_the_core():
    world = World()
    world.router.warm(WorkKind.CHAT)
    assert world.core.started
    assert world.router.model_for(WorkKind.CHAT) == MODEL
    assert await world.ask() == "From here."


async def test_a_core_that_only_steps_in_is_not_started_before_that():
    world = World("fast", LOCAL, remote=("From there.", Answer(error=DOWN)))
    world.router.warm(WorkKind.CHAT)
    assert world.router.model_for(WorkKind.CHAT).context == 131072
    assert await world.ask() == "From there."
    assert not world.core.started
    assert await world.ask() == "From here."
    assert world.core.started
    (told,) = world.seen.of(AnswerRerouted)
    assert (told.source, told.target) == ("Fast", "")


async def test_a_core_that_the_user_stopped_is_not_started_again_by_a_question():
    world = World(LOCAL)
    world.router.warm(WorkKind.CHAT)
    world.core.stop()
    await world.ask()
    assert not world.core.started


async def test_where_a_model_is_named_only_the_core_is_asked():
    world = World("fast")
    preferences = LocalPreferences(world.core)
    world.router = world.routed(
        preferences, Health(world.bus, world.clock), Purse(NoLog(), Budget, world.bus, world.clock)
    )
    assert await world.ask() == "From here."
    assert world.remote.requests == []
    assert preferences.hedge(WorkKind.CHAT) == 0
    assert world.router.model_for(WorkKind.EDIT) == MODEL


async def test_a_core_without_endpoints_answers_everything():
    core = FakeCore(FakeEndpoint("From here."))
    answers = CoreAnswers(core)
    answers.warm(WorkKind.EDIT)
    assert core.started
    assert (await answers.endpoint_for(WorkKind.EDIT)).model == MODEL
    assert answers.model_for(WorkKind.EDIT) == MODEL


async def test_a_core_that_is_not_ready_has_no_model_yet(monkeypatch):
    monkeypatch.setattr(FakeCore, "state", CoreStarting())
    core = FakeCore(FakeEndpoint())
    assert CoreAnswers(core).model_for(WorkKind.CHAT) is None
    assert LocalPreferences(core).order(WorkKind.CHAT)[0].model is None
    assert World(LOCAL).router.model_for(WorkKind.CHAT) is None


async def test_late_answers_are_built_once_and_only_when_they_are_wanted():
    built, scope = [], TaskScope("late")
    core = FakeCore(FakeEndpoint("So."), None)

    async def build():
        built.append(True)
        await asyncio.sleep(0)
        return CoreAnswers(core)

    late = LateAnswers(build, scope)
    assert late.model_for(WorkKind.CHAT) is None
    assert built == []
    late.warm(WorkKind.CHAT)
    assert (await late.endpoint_for(WorkKind.CHAT)).model == MODEL
    assert core.started
    core.stop()
    late.warm(WorkKind.CHAT)
    assert core.started
    assert late.model_for(WorkKind.CHAT) == MODEL
    assert built == [True]
    await scope.close()


async def test_what_cannot_be_built_is_told_to_whoever_asks():
    async def build():
        raise CoreError("No model.")

    scope = TaskScope("late")
    with pytest.raises(CoreError, match="No model"):
        await LateAnswers(build, scope).endpoint_for(WorkKind.CHAT)


async def test_endpoints_that_nobody_keeps_are_none():
    store = UnkeptEndpoints()
    assert store.load() == (EndpointBook(), ())
    assert await store.save(EndpointBook((FAST,))) is None
