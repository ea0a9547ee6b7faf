"""While a question is written, a server that remembers reads again what it has answered before."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from composer_fakes import FakeDiffs, FakeTokenizer, LineSyntax, MemoryPrompts
from endpoint_fakes import FakeConnector, MemoryBook, MemorySecrets
from fakes import FakeClock, FakeCore, FakeEndpoint, MemoryFiles, MemoryThreads, Recorder

from spark_desktop.domain.completion import ChatRequest, Role
from spark_desktop.domain.context_item import ItemKind, ItemRef, Question
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.endpoint_book import EndpointBook
from spark_desktop.domain.endpoints import (
    AuthKind,
    EndpointSpec,
    Price,
    RemoteModel,
    WireProtocol,
    WorkKind,
)
from spark_desktop.domain.errors import EndpointUnreachableError
from spark_desktop.domain.spending import Budget
from spark_desktop.services.bus import Bus
from spark_desktop.services.chat_prompt import ChatPrompt
from spark_desktop.services.context_items import ContextItems
from spark_desktop.services.endpoint_health import Health
from spark_desktop.services.endpoints import EndpointsService, ProjectPreferences
from spark_desktop.services.keys import Keys
from spark_desktop.services.preview import PromptPreview
from spark_desktop.services.purse import Purse
from spark_desktop.services.routing import Router
from spark_desktop.services.tasks import TaskScope
from spark_desktop.services.token_counter import TokenCounter

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
PRICE = Price(1_000_000.0, 1_000_000.0, NOON.date(), "made up")
SPEC = EndpointSpec(
    *("fast", "Fast", "https://fast.example/v1", WireProtocol.RESPONSES_SOCKET, AuthKind.NONE),
    model="big",
    models=(RemoteModel("big", context=131072),),
)


class Remembering(FakeEndpoint):
    """Remembers what it was warmed up with."""

    def __init__(self):
        super().__init__()
        self.warmed: list[ChatRequest] = []

    async def warm(self, request):
        self.warmed.append(request)
        return True


class NoLog:
    def note(self, record):
        """Forget it."""

    async def records(self, since):
        return ()


class World:
    """The real router and preview over one endpoint that remembers, and a core."""

    def __init__(self, spec=SPEC, order=("fast", "local")):
        bus, clock = Bus(), FakeClock()
        self.seen, self.endpoint, self.budget = Recorder(bus), Remembering(), Budget()
        self.health, core = Health(bus, clock), FakeCore(FakeEndpoint())
        book = EndpointBook((spec,), {WorkKind.CHAT: order})
        keys = Keys(MemorySecrets(), {})
        self.connector = FakeConnector(fast=self.endpoint)
        service = EndpointsService(MemoryBook(book), keys, self.connector, self.health)
        self.purse = Purse(NoLog(), lambda: self.budget, bus, clock)
        preferences = ProjectPreferences(service, core)
        router = Router(preferences, self.health, self.purse, bus, clock, TaskScope("test"))
        files, self.threads = MemoryFiles(a__py="A = 1\n"), MemoryThreads(clock)
        items = ContextItems(files, LineSyntax(), FakeDiffs().read)
        counter = TokenCounter(FakeTokenizer())
        prompt = ChatPrompt(self.threads, items, counter, MemoryPrompts())
        self.preview = PromptPreview(prompt, items, counter, core, router)

    async def write(self, *endpoints):
        thread = await self.threads.create("")
        for number, title in enumerate(endpoints):
            turn = Turn(f"t{number}", f"{number}?", "Yes.", TurnState.DONE, NOON, endpoint=title)
            await self.threads.save_turn(thread.id, turn)
        item = ItemRef(ItemKind.FILE, "a.py")
        await self.preview.read_ahead(Question("new", thread.id, "My secret?", (item,), None))
        return thread.id


def texts(request):
    return [message.text for message in request.messages if message.role is not Role.SYSTEM]


async def test_it_reads_the_turns_that_it_answered_and_nothing_of_what_is_written():
    world = World()
    thread = await world.write("Fast", "Fast")
    (request,) = world.endpoint.warmed
    assert (request.thread, texts(request)) == (thread, ["0?", "Yes.", "1?", "Yes."])


@pytest.mark.parametrize("answered", [(), ("",), ("", "Fast"), ("Other",)])
async def test_nothing_goes_to_a_machine_that_has_not_answered_all_of_it(answered):
    world = World()
    await world.write(*answered)
    assert (world.endpoint.warmed, world.connector.opened) == ([], [])


@pytest.mark.parametrize(
    ("spec", "order"),
    [(replace(SPEC, protocol=WireProtocol.RESPONSES), ("fast",)), (SPEC, ("local", "fast"))],
)
async def test_only_a_connection_that_stays_and_comes_first_is_warmed_up(spec, order):
    world = World(spec, order)
    await world.write("Fast")
    assert world.connector.opened == []


async def test_what_is_left_out_for_now_or_cannot_be_reached_is_left_alone_in_silence():
    world = World()

    async def down(spec, key):
        raise EndpointUnreachableError("Down.")

    opened, world.connector.open = world.connector.open, down
    await world.write("Fast")
    world.connector.open = opened
    for _ in range(3):
        world.health.failed("fast", EndpointUnreachableError("Down."))
    await world.write("Fast")
    assert (world.endpoint.warmed, world.seen.events) == ([], [])


async def test_it_counts_against_the_budget_and_stops_with_it():
    world = World(replace(SPEC, models=(RemoteModel("big", context=131072, price=PRICE),)))
    world.budget = Budget(1.0, stops=True)
    await world.write("Fast")
    assert world.purse.month > 1.0
    await world.write("Fast")
    assert len(world.endpoint.warmed) == 1
