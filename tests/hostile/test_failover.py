"""An endpoint is killed in mid-session, under load, a hundred times: no turn is lost.

Everything between the server's socket and the turns on the disk is the product's own.
"""

import asyncio
import itertools
import socket
import struct
from collections import Counter
from enum import Enum

import pytest

from spark_desktop.adapters.connector import HttpConnector
from spark_desktop.adapters.database import Database
from spark_desktop.adapters.network import NetworkPolicy
from spark_desktop.adapters.prompt_memory import SqlitePromptMemory
from spark_desktop.adapters.thread_store import SqliteThreadStore
from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.endpoint_book import EndpointBook
from spark_desktop.domain.endpoints import AuthKind, EndpointSpec, WorkKind
from spark_desktop.domain.events import AnswerMeasured, AnswerRerouted
from spark_desktop.domain.spending import Budget
from spark_desktop.services.bus import Bus
from spark_desktop.services.composing import KeptChats, Surroundings, compose
from spark_desktop.services.endpoint_health import Health
from spark_desktop.services.endpoints import EndpointsService, ProjectPreferences
from spark_desktop.services.keys import Keys
from spark_desktop.services.purse import Purse
from spark_desktop.services.routing import Router
from spark_desktop.services.tasks import TaskScope
from tests.composer_fakes import FakeDiffs, FakeTokenizer, MemoryComposer
from tests.endpoint_fakes import MemoryBook, MemorySecrets
from tests.fakes import (
    FakeClock,
    FakeCore,
    FakeEndpoint,
    LineSyntax,
    MemoryFiles,
    MemorySteps,
    Recorder,
)
from tests.hostile.asking import Noted
from tests.hostile.server import chunked, event, head, read_request

KILLS = 100
# Conversations that ask at the same time.
LOAD = 5
WORDS = ("One ", "two ", "three ", "four.")
PART, WHOLE = "".join(WORDS[:2]), "".join(WORDS)
LAST_CHUNK = b"0\r\n\r\n"


class Death(Enum):
    """How an endpoint dies."""

    REFUSED = "the connection is refused"
    FAULT = "status 500"
    BUSY = "status 429"
    RESET = "a reset before the first token"
    CUT = "cut after some tokens"


class Vendor:
    """A server that streams an answer, unless it dies of ``death`` first."""

    def __init__(self) -> None:
        self.death: Death | None = None
        self.port = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen, at the port of the first time."""
        self._server = await asyncio.start_server(self._met, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def kill(self) -> None:
        """Take the listener and every connection away."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await read_request(reader) is not None:
                self._answer(writer)
                await writer.drain()
        except ConnectionError:
            """The client left."""
        finally:
            writer.close()

    def _answer(self, writer: asyncio.StreamWriter) -> None:
        match self.death:
            case Death.FAULT:
                writer.write(head("500 Internal Server Error", content_length="0"))
            case Death.BUSY:
                writer.write(head("429 Too Many Requests", retry_after="60", content_length="0"))
            case Death.RESET:
                reset(writer)
            case Death.CUT:
                writer.write(answer_head() + chunked(said(*WORDS[:2])).removesuffix(LAST_CHUNK))
                writer.close()
            case _:
                stop = event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
                writer.write(answer_head() + chunked(said(*WORDS) + stop + event("[DONE]")))


def answer_head() -> bytes:
    return head(content_type="text/event-stream", transfer_encoding="chunked")


def said(*words: str) -> bytes:
    """Tokens as server-sent events."""
    deltas = [{"choices": [{"index": 0, "delta": {"content": word}}]} for word in words]
    return b"".join(map(event, deltas))


def reset(writer: asyncio.StreamWriter) -> None:
    """Break the connection as a killed process does, with a reset."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class Conversation:
    """One project's chat, over the shared health of the endpoints."""

    def __init__(self, world: "World") -> None:
        self.bus, self.scope = Bus(), TaskScope("conversation")
        self.seen = Recorder(self.bus)
        core = FakeCore(FakeEndpoint())
        router = Router(
            ProjectPreferences(world.endpoints, core),
            *(world.health, world.purse, self.bus, world.clock, self.scope),
        )
        kept = KeptChats(world.threads, MemorySteps(), MemoryComposer(world.threads), world.prompts)
        around = Surroundings(
            MemoryFiles(), LineSyntax(), FakeDiffs(), core, FakeTokenizer(), router
        )
        self.chat, _composing = compose(kept, around, self.bus, world.clock, self.scope)
        self.thread_id = ""

    async def ask(self, question: str):
        """Ask, and return the turn with the notices that came meanwhile."""
        if not self.thread_id:
            self.thread_id = (await self.chat.new_thread()).id
        before = len(self.seen.of(AnswerRerouted))
        turn = await self.chat.ask(question, thread_id=self.thread_id)
        return turn, self.seen.of(AnswerRerouted)[before:]

    async def go_on(self, turn):
        """Continue an answer that was cut."""
        return await self.chat.go_on(self.thread_id, turn.id)

    async def close(self) -> None:
        await self.chat.close()
        await self.scope.close()


class World:
    """Two endpoints over real connections; the first one dies as a test wants."""

    def __init__(self, folder, fast_port: int, spare_port: int) -> None:
        self.bus, self.clock = Bus(), FakeClock()
        self.seen = Recorder(self.bus)
        self.health = Health(self.bus, self.clock)
        self.purse = Purse(self, Budget, self.bus, self.clock)
        self.connector = HttpConnector(NetworkPolicy({}), Noted())
        specs = (spec("Fast", fast_port), spec("Spare", spare_port))
        book = EndpointBook(specs, dict.fromkeys(WorkKind, ("fast", "spare")))
        keys = Keys(MemorySecrets(), {})
        self.endpoints = EndpointsService(MemoryBook(book), keys, self.connector, self.health)
        self.file, self.folder = folder / "spark.db", folder
        self.database = Database(self.file)
        self.threads = SqliteThreadStore(self.database, folder, self.clock)
        self.prompts = SqlitePromptMemory(self.database)
        self.conversations = [Conversation(self) for _ in range(LOAD)]

    def note(self, record) -> None:
        """Forget a record: the bus has told it."""

    @property
    def kills(self) -> int:
        """How many answers the endpoint broke off or never began."""
        records = [told.record for told in self.seen.of(AnswerMeasured)]
        return sum(1 for one in records if one.endpoint == "fast" and one.error)

    async def close(self) -> None:
        for conversation in self.conversations:
            await conversation.close()
        await self.connector.close()
        await self.database.close()


def spec(title: str, port: int) -> EndpointSpec:
    return EndpointSpec(
        title.lower(), title, f"http://127.0.0.1:{port}", auth=AuthKind.NONE, model="m"
    )


async def one_round(world: World, vendor: Vendor, death: Death, number: int):
    """Let everybody ask an endpoint that dies; then it comes back and answers again."""
    vendor.death = death
    if death is Death.REFUSED:
        await vendor.kill()
    ended = await asyncio.gather(
        *(one.ask(f"Round {number}, question {n}?") for n, one in enumerate(world.conversations))
    )
    vendor.death = None
    if death is Death.REFUSED:
        await vendor.start()
    # Whoever was left out for a while is tried again.
    world.clock.seconds += 400
    back, notices = await world.conversations[0].ask(f"Round {number}, are you back?")
    assert (back.endpoint, back.answer, notices) == ("Fast", WHOLE, [])
    for place, (turn, told) in enumerate(ended):
        if turn.endpoint == "Spare":
            assert (turn.state, turn.answer) == (TurnState.DONE, WHOLE)
            assert {(one.source, one.target) for one in told} == {("Fast", "Spare")}
            assert all(one.reason for one in told)
            continue
        # What came is kept, with the reason, and can be continued.
        assert (death, turn.state, turn.endpoint) == (Death.CUT, TurnState.FAILED, "Fast")
        assert (turn.answer, bool(turn.error)) == (PART, True)
        ended[place] = (await world.conversations[place].go_on(turn), told)
        assert (ended[place][0].state, ended[place][0].answer) == (TurnState.DONE, WHOLE)
    return [turn for turn, _told in ended], back


@pytest.mark.timeout(120)
async def test_no_turn_is_lost_in_a_hundred_deaths_and_each_has_its_notice(tmp_path):
    fast, spare = Vendor(), Vendor()
    await fast.start()
    await spare.start()
    world = World(tmp_path, fast.port, spare.port)
    ways, asked = list(Death), []
    kills: Counter[Death] = Counter()
    for number in itertools.count():
        before, death = world.kills, ways[number % len(ways)]
        turns, back = await one_round(world, fast, death, number)
        asked += [*turns, back]
        assert len(turns) == LOAD
        kills[death] += world.kills - before
        is_enough = world.kills >= KILLS and all(kills[way] >= KILLS // 10 for way in Death)
        if is_enough and number % len(ways) == len(ways) - 1:
            break
    await world.close()
    await fast.kill()
    await spare.kill()
    assert sum(kills.values()) >= KILLS
    assert all(kills[death] >= KILLS // 10 for death in Death), kills
    assert await kept_turns(world) == {turn.id: turn for turn in asked}


async def kept_turns(world: World):
    """Return the turns on the disk, as the next start of the program reads them."""
    database = Database(world.file)
    store = SqliteThreadStore(database, world.folder, world.clock)
    threads = [await store.thread(one.id) for one in await store.threads()]
    await database.close()
    return {turn.id: turn for thread in threads for turn in thread.turns}
