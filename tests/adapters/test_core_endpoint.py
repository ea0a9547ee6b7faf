"""A question to a core whose engine is being started again."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from spark_desktop.adapters.core_endpoint import CoreEndpoint
from spark_desktop.domain.completion import ChatRequest, Chunk, Message, Request, Role, TextChunk
from spark_desktop.domain.errors import EndpointBusyError, EndpointError, EngineDownError
from tests.fakes import FakeClock, FakeEndpoint

CHAT = ChatRequest((Message(Role.USER, "Hi"),))


class Served(FakeEndpoint):
    """Refuses as often as it is told, then answers."""

    def __init__(self, *refusals: EndpointError) -> None:
        super().__init__("Hello", "Hello")
        self.refusals = list(refusals)

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[AsyncIterator[Chunk]]:
        if self.refusals:
            self.requests.append(request)
            raise self.refusals.pop(0)
        async with super().stream(request) as chunks:
            yield chunks


class Told:
    """What the core's supervisor hears."""

    def __init__(self) -> None:
        self.waits: list[tuple[str, float]] = []
        self.over = 0
        self.lost = 0

    @contextmanager
    def waiting(self, error: EngineDownError, seconds: float) -> Iterator[None]:
        self.waits.append((error.message, seconds))
        try:
            yield
        finally:
            self.over += 1

    def lost_engine(self, error: EngineDownError) -> EngineDownError:
        self.lost += 1
        return EngineDownError(error.message, "Another core comes.")


def down(seconds: float | None) -> EngineDownError:
    return EngineDownError("It died.", "Wait.", seconds)


async def ask(served: Served, told: Told, clock: FakeClock | None = None) -> list[Chunk]:
    endpoint = CoreEndpoint(served, clock or FakeClock(), told.waiting, told.lost_engine)
    async with endpoint.stream(CHAT) as chunks:
        return [chunk async for chunk in chunks]


@pytest.mark.parametrize(
    ("hints", "waited"), [([2.0], 2.0), ([2.0, 2.0, 1.0], 5.0), ([0.0, 0.0], 1.0)]
)
async def test_a_question_waits_for_the_engine_and_is_answered(
    hints: list[float], waited: float
) -> None:
    served, told, clock = Served(*map(down, hints)), Told(), FakeClock()
    begun = clock.monotonic()
    assert (await ask(served, told, clock))[0] == TextChunk("Hello")
    assert clock.monotonic() - begun == waited
    assert (told.waits, told.over) == ([("It died.", max(0.5, hints[0]))], 1)
    assert served.requests == [CHAT] * (len(hints) + 1)


async def test_a_question_does_not_wait_for_ever() -> None:
    served, told, clock = Served(*(down(2.0) for _ in range(100))), Told(), FakeClock()
    begun = clock.monotonic()
    with pytest.raises(EngineDownError, match="It died"):
        await ask(served, told, clock)
    assert clock.monotonic() - begun == 60.0
    assert (len(told.waits), told.over) == (1, 1)


async def test_another_error_ends_the_wait() -> None:
    broken = EndpointError("Broken.")
    served, told = Served(down(2.0), broken), Told()
    with pytest.raises(EndpointError) as caught:
        await ask(served, told)
    assert caught.value is broken
    assert (len(served.requests), told.over) == (2, 1)


@pytest.mark.parametrize("error", [down(None), EndpointBusyError("Full.", "", 1.0)])
async def test_other_refusals_are_told_at_once(error: EndpointError) -> None:
    served, told = Served(error), Told()
    with pytest.raises(EndpointError) as caught:
        await ask(served, told)
    assert caught.value is error
    assert (len(served.requests), told.waits, told.lost) == (1, [], 0)


async def test_a_core_without_an_engine_for_good_is_given_up() -> None:
    served, told = Served(down(60.0)), Told()
    with pytest.raises(EngineDownError, match="Another core comes"):
        await ask(served, told)
    assert (len(served.requests), told.waits, told.lost) == (1, [], 1)


async def test_stop_ends_the_wait() -> None:
    class Stuck(FakeClock):
        async def sleep(self, seconds: float) -> None:
            sleeping.set()
            await asyncio.Event().wait()

    sleeping = asyncio.Event()
    served, told = Served(down(2.0)), Told()
    asking = asyncio.ensure_future(ask(served, told, Stuck()))
    await sleeping.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert (len(served.requests), told.over) == (1, 1)


async def test_the_rest_is_the_endpoint_s_own() -> None:
    served, told = Served(), Told()
    endpoint = CoreEndpoint(served, FakeClock(), told.waiting, told.lost_engine)
    assert endpoint.model == served.model
    assert await endpoint.count_tokens("a b") == 2
