"""A recording served again: the same bytes, at the right moments, to the right request."""

import asyncio
import json
from contextlib import asynccontextmanager
from itertools import pairwise

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_core.recording.exchange import End
from inference_core.recording.lines import exchange_line, read_exchange
from inference_core.recording.pace import Pace, wait_until
from inference_core.recording.replaying import Replay
from tests.core.recording.scripted import exchange, served

AT_ONCE = Pace(None)
PATH = "/v1/chat/completions"


@asynccontextmanager
async def replay(*exchanges, pace=AT_ONCE, wait=wait_until, closing=None):
    closing = closing or asyncio.Event()
    async with (
        served(Replay(exchanges, closing, pace, wait), closing) as url,
        httpx.AsyncClient(base_url=url, timeout=20, trust_env=False) as client,
    ):
        yield client


async def chunks_of(client, body=None):
    async with client.stream("POST", PATH, json=body or {"model": "m"}) as answer:
        return [chunk async for chunk in answer.aiter_raw()]


async def test_status_headers_bytes_and_borders_of_chunks_are_the_recorded_ones():
    headers = (("content-type", "text/event-stream"), ("x-a", "1"), ("x-a", "2"), ("date", "then"))
    async with (
        replay(exchange(b"data: \xff", b"\n", b"\n", headers=headers, status=203)) as client,
        client.stream("POST", PATH, json={"model": "m"}) as answer,
    ):
        chunks = [chunk async for chunk in answer.aiter_raw()]
    assert chunks == [b"data: \xff", b"\n", b"\n"]
    assert answer.status_code == 203
    assert [pair for pair in answer.headers.multi_items() if pair[0] != "transfer-encoding"] == (
        list(headers)
    )


async def test_an_answer_of_known_length_has_it_again():
    kept = exchange(b"ab", b"c", headers=(("content-length", "3"),))
    async with replay(kept) as client:
        answer = await client.post(PATH, json={"model": "m"})
    assert (answer.content, answer.headers["content-length"]) == (b"abc", "3")


class Asgi:
    """An application's caller without sockets: one request in, the messages out."""

    def __init__(self, body):
        self.messages = []
        self._body = body
        self._asked = False

    async def receive(self):
        if self._asked:
            await asyncio.Event().wait()
        self._asked = True
        return {"type": "http.request", "body": self._body, "more_body": False}

    async def send(self, message):
        self.messages.append(message)

    async def ask(self, app):
        scope = {
            "type": "http",
            "method": "POST",
            "raw_path": PATH.encode(),
            "query_string": b"",
            "headers": [],
        }
        await app(scope, self.receive, self.send)


@given(st.binary(max_size=100), st.lists(st.integers(0, 100), max_size=6))
async def test_replay_gives_back_the_bytes_of_every_chunk(data, cuts):
    bounds = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    chunks = [data[a:b] for a, b in pairwise(bounds)]
    kept = read_exchange(exchange_line(exchange(*chunks)))
    caller = Asgi(b'{"model": "m"}')
    await caller.ask(Replay([kept], asyncio.Event(), AT_ONCE))
    bodies = [each["body"] for each in caller.messages if each["type"] == "http.response.body"]
    assert bodies == [*chunks, b""]


@pytest.mark.parametrize(("factor", "times"), [(1.0, [1, 2, 3]), (4.0, [0.25, 0.5, 0.75])])
async def test_every_piece_is_due_at_its_time_from_the_request(factor, times):
    deadlines = []

    async def wait(deadline):
        deadlines.append(deadline)

    caller = Asgi(b'{"model": "m"}')
    await caller.ask(Replay([exchange(b"a", b"b")], asyncio.Event(), Pace(factor), wait))
    asked = deadlines[0] - times[0]
    assert [deadline - asked for deadline in deadlines] == pytest.approx(times)


async def test_at_once_is_when_the_request_came():
    deadlines = []

    async def wait(deadline):
        deadlines.append(deadline)

    await Asgi(b'{"model": "m"}').ask(Replay([exchange(b"a")], asyncio.Event(), AT_ONCE, wait))
    assert len(set(deadlines)) == 1


async def test_the_default_wait_does_not_return_early():
    now = asyncio.get_running_loop().time
    deadline = now() + 0.02
    await wait_until(deadline)
    assert now() >= deadline - 0.001


async def test_a_repeated_request_gets_the_recorded_answers_in_order_and_the_last_one_again():
    async with replay(exchange(b"one"), exchange(b"two", number=2)) as client:
        answers = [await chunks_of(client) for _ in range(4)]
    assert answers == [[b"one"], [b"two"], [b"two"], [b"two"]]


async def test_the_order_of_fields_and_who_asks_do_not_count():
    async with replay(exchange(b"one", body={"model": "m", "n": 1})) as client:
        assert await chunks_of(client, {"n": 1, "user": "me", "model": "m"}) == [b"one"]


@pytest.mark.parametrize("end", [End.UPSTREAM_FAILED, End.CLIENT_LEFT, End.STOPPED])
async def test_an_answer_that_was_cut_off_is_cut_off_at_the_same_place(end):
    async with (
        replay(exchange(b"first", end=end)) as client,
        client.stream("POST", PATH, json={"model": "m"}) as answer,
    ):
        chunks = answer.aiter_raw()
        assert await anext(chunks) == b"first"
        with pytest.raises(httpx.RemoteProtocolError):
            await anext(chunks)


async def test_a_client_that_leaves_ends_the_wait():
    waiting, left = asyncio.Event(), asyncio.Event()

    async def wait(deadline):
        waiting.set()
        try:
            await asyncio.Event().wait()
        finally:
            left.set()

    async with replay(exchange(b"a"), wait=wait) as client:
        asking = asyncio.create_task(chunks_of(client))
        await waiting.wait()
        asking.cancel()
        await asyncio.wait_for(left.wait(), 10)


async def test_the_end_of_the_replay_is_told_to_who_still_waits():
    waiting, closing = asyncio.Event(), asyncio.Event()

    async def wait(deadline):
        waiting.set()
        await asyncio.Event().wait()

    async with replay(exchange(b"a"), wait=wait, closing=closing) as client:
        asking = asyncio.create_task(client.post(PATH, json={"model": "m"}))
        await waiting.wait()
        closing.set()
        assert (await asking).json()["error"]["code"] == "closing"


RECORDED = (
    exchange(body={"model": "m", "messages": ["a"], "temperature": 0}),
    exchange(body={"model": "m", "messages": ["b"], "temperature": 1}, number=2),
    exchange(body={"model": "n"}, number=3),
    exchange(body={"a": 1}, number=4, path="/v1/other"),
)


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        (PATH, {"model": "m", "messages": ["a"], "temperature": 0.5}, "differs in temperature."),
        (PATH, {"model": "m", "messages": ["a"], "top_p": 1}, "differs in temperature, top_p."),
        (PATH, {"model": "o"}, "Recorded for this path: 3, for the model m, n."),
        (PATH, [1], "Recorded for this path: 3, for the model m, n."),
        ("/v1/other", {"b": 2}, "Recorded for this path: 1; the nearest differs in a, b."),
        ("/v1/completions", {"model": "m"}, f"The recording has POST {PATH}, POST /v1/other."),
    ],
)
async def test_a_request_that_was_not_recorded_is_told_how_near_the_nearest_is(path, body, says):
    async with replay(*RECORDED) as client:
        answer = await client.post(path, json=body)
    error = answer.json()["error"]
    assert answer.status_code == 404
    assert error["code"] == "not_recorded"
    assert f"the same as this POST {path}." in error["message"]
    assert error["message"].endswith(says)


async def test_an_empty_recording_says_that_it_is():
    async with replay() as client:
        answer = await client.get("/v1/models")
    assert answer.json()["error"]["message"].endswith("The recording has no exchange.")


async def test_a_foreign_host_is_refused():
    async with replay(exchange(b"a")) as client:
        answer = await client.post(PATH, json={"model": "m"}, headers={"Host": "evil.example"})
    assert answer.status_code == 403


async def test_what_is_no_path_is_refused():
    async with replay() as client:
        host, port = client.base_url.host, client.base_url.port
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        body = json.loads(await reader.readuntil(b"}}"))
        writer.close()
    assert head.startswith(b"HTTP/1.1 400")
    assert body["error"]["code"] == "no_path"
