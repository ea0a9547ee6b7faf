"""What a client sees of each fault, over an application of two answers."""

import json
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from inference_core.server.connections import ABORT
from inference_core.server.emulation.conditions import current
from inference_core.server.emulation.faults import FaultPlan, read_faults
from inference_core.server.emulation.faulty import Faulty
from inference_core.server.emulation.flat_errors import FlatErrors

WHOLE, STREAM = "/v1/completions", "/v1/chat/completions"


class Events(Response):
    """A stream of ten events."""

    async def __call__(self, scope, receive, send):
        headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for number in range(10):
            body = b'data: {"n": %d}\n\n' % number
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b"data: [DONE]\n\n", "more_body": False})


@asynccontextmanager
async def asking(plan=""):
    seen = []

    async def whole(request):
        seen.append(current())
        return JSONResponse({"text": "a whole answer", "more": [1, 2, 3]})

    async def stream(request):
        seen.append(current())
        return Events()

    app = Starlette(
        routes=[
            Route(path, route, methods=["POST"])
            for path, route in ((WHOLE, whole), (STREAM, stream))
        ],
        middleware=[Middleware(FlatErrors), Middleware(Faulty, plan=FaultPlan(read_faults(plan)))],
    )
    sent = []

    async def recorded(scope, receive, send):
        async def send_noting(message):
            sent.append(message)
            await send(message)

        await app(scope, receive, send_noting)

    client = httpx.AsyncClient(transport=httpx.ASGITransport(recorded), base_url="http://core")
    async with client:
        yield client, seen, sent


def body_of(sent):
    return b"".join(message.get("body", b"") for message in sent)


def is_complete(sent):
    return bool(sent) and sent[-1]["type"] == "http.response.body" and not sent[-1].get("more_body")


async def broken_answer(path, fault):
    """Ask, and return what was sent of an answer that httpx's transport takes for a fault."""
    async with asking() as (client, _, sent):
        with pytest.raises(AssertionError):
            await client.post(path, headers={"x-spark-fault": fault})
    return sent


async def test_without_a_fault_nothing_is_changed():
    async with asking() as (client, seen, _):
        assert (await client.post(WHOLE)).json()["text"] == "a whole answer"
        assert (await client.post(STREAM)).text.endswith("data: [DONE]\n\n")
    assert all(each.queue_s == each.delay_s == 0 for each in seen)


async def test_refuse_sends_nothing_at_all():
    assert await broken_answer(STREAM, "refuse") == []


@pytest.mark.parametrize(
    ("fault", "status", "code", "after"),
    [
        ("429=7", 429, "request_quota_exceeded", "7"),
        ("503", 503, "fault_on_demand", "1"),
    ],
)
async def test_a_status_is_answered_flat_with_the_time_to_wait(fault, status, code, after):
    async with asking() as (client, seen, _):
        response = await client.post(STREAM, headers={"x-spark-fault": fault})
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["retry-after"] == after
    assert "error" not in response.json()
    assert not seen


async def test_queue_and_delay_are_conditions_of_the_request():
    async with asking("queue=150") as (client, seen, _):
        await client.post(STREAM)
        await client.post(STREAM, headers={"x-spark-fault": "delay=40", "queue_threshold": "500"})
    assert (seen[0].queue_s, seen[0].delay_s, seen[0].queue_threshold_s) == (0.15, 0, None)
    assert (seen[1].queue_s, seen[1].delay_s, seen[1].queue_threshold_s) == (0, 0.04, 0.5)


@pytest.mark.parametrize("threshold", ["49", "20001", "soon", "1.5", "-100", "9" * 30])
async def test_a_queue_threshold_out_of_its_range_is_refused(threshold):
    async with asking() as (client, _, _):
        response = await client.post(STREAM, headers={"queue_threshold": threshold})
    assert response.status_code == 400
    assert response.json()["param"] == "queue_threshold"


async def test_a_fault_that_is_none_is_refused():
    async with asking() as (client, _, _):
        response = await client.post(STREAM, headers={"x-spark-fault": "explode"})
    assert (response.status_code, response.json()["code"]) == (400, "bad_fault")
    assert "trickle" in response.headers["x-spark-next-step"]


async def test_cut_ends_a_stream_without_its_end():
    sent = await broken_answer(STREAM, "cut=3")
    assert body_of(sent).count(b"data: ") == 3
    assert not is_complete(sent)


async def test_cut_ends_a_whole_answer_in_its_middle():
    sent = await broken_answer(WHOLE, "cut")
    assert body_of(sent).startswith(b'{"text":"a wh')
    assert not is_complete(sent)


async def test_error_ends_a_stream_with_an_event_and_its_status():
    async with asking() as (client, _, sent):
        response = await client.post(STREAM, headers={"x-spark-fault": "error=2"})
    events = [line for line in response.text.split("\n\n") if line]
    last = json.loads(events[-1].removeprefix("data: "))
    assert len(events) == 3
    assert last["status_code"] == 500
    assert last["error"]["code"] == "fault_on_demand"
    assert is_complete(sent)


async def test_error_makes_a_whole_answer_an_error():
    async with asking() as (client, _, _):
        response = await client.post(WHOLE, headers={"x-spark-fault": "error"})
    assert (response.status_code, response.json()["code"]) == (500, "fault_on_demand")


async def test_malformed_puts_half_an_event_into_a_stream_that_goes_on():
    async with asking() as (client, _, _):
        response = await client.post(STREAM, headers={"x-spark-fault": "malformed=2"})
    events = [line for line in response.text.split("\n\n") if line]
    with pytest.raises(ValueError, match="Unterminated"):
        json.loads(events[2].removeprefix("data: "))
    assert events[-1] == "data: [DONE]"
    assert len(events) == 12


async def test_malformed_makes_a_whole_answer_no_json():
    async with asking() as (client, _, _):
        response = await client.post(WHOLE, headers={"x-spark-fault": "malformed"})
    with pytest.raises(ValueError, match="line 1"):
        response.json()


async def test_trickle_sends_a_few_bytes_at_a_time_and_all_of_them():
    async with asking() as (client, _, sent):
        response = await client.post(WHOLE, headers={"x-spark-fault": "trickle=1"})
    assert response.json()["more"] == [1, 2, 3]
    assert max(len(message.get("body", b"")) for message in sent) == 7


async def test_an_error_before_a_cut_reaches_the_client_on_a_connection_that_stays():
    aborted, sent = [], []

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "path": WHOLE,
        "headers": [(b"x-spark-fault", b"cut=3,error=2")],
        "extensions": {ABORT: lambda: aborted.append(True)},
    }
    app = Faulty(JSONResponse({"text": "a whole answer"}), FaultPlan())
    await app(scope, receive, send)
    assert [message.get("status") for message in sent] == [500, None]
    assert not aborted
    await app(scope | {"headers": [(b"x-spark-fault", b"cut")]}, receive, send)
    assert aborted
