"""Streams that are slow, left, or read together."""

import asyncio
import json
import logging
from contextlib import aclosing

import pytest
from generating import MODEL, ScriptedEngine, asking, ended, pieces, service_of
from hypothesis import given
from hypothesis import strategies as st

from inference_core.domain.errors import ContextExceededError, EngineError
from inference_core.server.answering import Answer
from inference_core.server.chat_requests import read_chat
from inference_core.server.chat_wire import ChatWire
from inference_core.server.fields import Fields
from inference_core.server.merging import merged


class Reader:
    """A client at the other end of ASGI, that takes ``takes`` messages and then goes to sleep.

    ``asleep`` is set when it is asked to take one more.
    """

    def __init__(self, takes: int = 1000) -> None:
        self._takes = takes
        self.asleep = asyncio.Event()
        self.gone = asyncio.Event()
        self.messages = []

    async def send(self, message):
        if len(self.messages) >= self._takes:
            self.asleep.set()
            await asyncio.Event().wait()
        self.messages.append(message)

    async def receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}

    @property
    def text(self):
        bodies = [each["body"] for each in self.messages if each["type"] == "http.response.body"]
        return b"".join(bodies).decode()

    @property
    def ended(self):
        return any(
            each["type"] == "http.response.body" and not each.get("more_body")
            for each in self.messages
        )


def answer(engine, stall_s=60.0, **fields):
    body = {"messages": [{"role": "user", "content": "hi"}], "stream": True} | fields
    generation, shape = read_chat(Fields(body), MODEL)
    service = service_of(engine)
    return service, Answer(service, generation, ChatWire("tiny", shape), stall_s)


@pytest.mark.parametrize("takes", [0, 1, 3])
async def test_a_reader_that_takes_nothing_is_left_and_its_answer_stopped(takes, caplog):
    engine = ScriptedEngine([*pieces(*"abcdefgh"), ended()])
    service, response = answer(engine, stall_s=0.01)
    reader = Reader(takes)
    with caplog.at_level(logging.WARNING):
        await response({"type": "http"}, reader.receive, reader.send)
    assert reader.asleep.is_set()
    assert not reader.ended
    assert "[DONE]" not in reader.text
    assert engine.open == 0
    assert "read nothing for 0.01 s" in caplog.text
    assert service.activity.idle_seconds() >= 0


async def test_a_reader_that_takes_no_whole_answer_is_left_too():
    engine = ScriptedEngine([*pieces("a"), ended()])
    _, response = answer(engine, stall_s=0.01, stream=False)
    reader = Reader(1)
    await response({"type": "http"}, reader.receive, reader.send)
    assert not reader.ended


async def test_the_engine_waits_for_a_reader_that_is_slow():
    async def counted():
        for piece in pieces(*"abcdefgh"):
            given.append(piece)
            yield piece

    given = []
    taken = merged([counted(), counted()])
    await anext(taken)
    await asyncio.sleep(0)
    # Of each stream one piece is read ahead, and no more.
    assert len(given) <= 4
    await taken.aclose()


@pytest.mark.parametrize("n", [1, 3])
async def test_when_the_client_leaves_every_answer_is_stopped(n):
    forever = asyncio.Event()
    engine = ScriptedEngine([*pieces("a"), forever])
    _, response = answer(engine, n=n)
    reader = Reader()
    running = asyncio.create_task(response({"type": "http"}, reader.receive, reader.send))
    for _ in range(n):
        await engine.waits.get()
    reader.gone.set()
    await running
    assert engine.open == 0
    assert not reader.ended


async def test_when_the_core_ends_a_stream_says_so_without_done():
    engine = ScriptedEngine([*pieces("a"), asyncio.Event()])
    service, response = answer(engine, n=2)
    reader = Reader()
    running = asyncio.create_task(response({"type": "http"}, reader.receive, reader.send))
    for _ in range(2):
        await engine.waits.get()
    service.activity.closing.set()
    await running
    last = json.loads(reader.text.strip().split("\n\n")[-1].removeprefix("data: "))
    assert "closing down" in last["error"]["message"]
    assert reader.ended
    assert engine.open == 0


async def of(*items):
    for item in items:
        if isinstance(item, Exception):
            raise item
        yield item


@given(st.lists(st.lists(st.integers()), max_size=5))
def test_what_is_merged_keeps_the_order_of_each_stream(lists):
    async def read():
        return [pair async for pair in merged([of(*each) for each in lists])]

    pairs = asyncio.run(read())
    assert [[item for number, item in pairs if number == k] for k in range(len(lists))] == lists


async def test_when_one_stream_fails_the_others_are_closed():
    closed = []

    async def endless():
        try:
            while True:
                yield 1
                await asyncio.sleep(0)
        finally:
            closed.append(True)

    with pytest.raises(EngineError):
        async for _ in merged([endless(), of(2, EngineError("broken")), endless()]):
            pass
    assert closed == [True, True]


class FussyEngine(ScriptedEngine):
    """Takes a while to find a prompt too long, and answers all others."""

    async def generate(self, request):
        if request.prompt.text == "long":
            for _ in range(5):
                await asyncio.sleep(0)
            raise ContextExceededError(99, 64)
        async with aclosing(super().generate(request)) as events:
            async for event in events:
                yield event


@pytest.mark.parametrize("prompts", [["long"], ["short", "long"], ["short", "long", "short"]])
async def test_a_prompt_that_does_not_fit_is_refused_before_a_stream_begins(prompts):
    forever = asyncio.Event()
    engine = FussyEngine([forever])
    async with asking(engine) as client:
        body = {"prompt": prompts, "stream": True}
        response = await client.post("/v1/completions", json=body)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "context_length_exceeded"
    assert engine.open == 0


async def test_a_stream_begins_with_the_first_text_though_another_answer_waits():
    engine = ScriptedEngine([*pieces("a"), asyncio.Event()])
    slot, generate = asyncio.Semaphore(1), engine.generate

    async def in_turn(request):
        async with slot, aclosing(generate(request)) as events:
            async for event in events:
                yield event

    engine.generate = in_turn
    _, response = answer(engine, n=2)
    reader = Reader()
    running = asyncio.create_task(response({"type": "http"}, reader.receive, reader.send))
    await engine.waits.get()
    reader.gone.set()
    await running
    assert '"content":"a"' in reader.text
