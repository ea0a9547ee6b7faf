"""Ten thousand hostile bodies: each gets an answer or a clear refusal, and the core goes on.

In this process and without sockets, so that the whole number fits into the suite. A failure names
the request's number; ``hostile(number)`` makes it again.
"""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from inference_core.chat.template import JinjaTemplate
from inference_core.engine.protocol import Engine
from inference_core.engine.replay import ReplayEngine, ScriptedAnswer
from inference_core.engine.slot import SlotPhase
from inference_core.models.catalogue import Catalogue
from inference_core.server.activity import Activity
from inference_core.server.app import build_app
from inference_core.server.served_model import ServedModel
from inference_core.server.service import Service
from tests.faults.hostile_bodies import BODIES, Hostile, hostile, hostile_frame

BODIES_IN_ALL = 10_000
BATCHES = 10
FRAMES_IN_ALL = 1_000
FRAMES_PER_SOCKET = 20
TOKEN = "secret"
# Walks over all that a request can say, as the templates of models with tools do.
TEMPLATE = """
{%- for tool in tools or [] %}{{ tool | tojson }}{% endfor %}
{%- for message in messages %}
<|im_start|>{{ message.role }}\n{{ message.content | trim }}
{%- for call in message.tool_calls or [] %}
<tool_call>{{ call.function.name }} {{ call.function.arguments | tojson }}</tool_call>
{%- endfor %}<|im_end|>
{%- endfor %}
{%- if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"""
STATUSES = {200, 400, 404, 409, 413, 415, 422}


@dataclass
class Reply:
    """What the application answered."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


async def ask(app: Starlette, request: Hostile, method: str = "POST", query: str = "") -> Reply:
    """Send a request straight to the application; a client that stays connected to the end."""
    headers = {"host": "127.0.0.1", "authorization": f"Bearer {TOKEN}"} | request.headers
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": request.path,
        "raw_path": request.path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(key.encode(), value.encode("utf-8")) for key, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
        "state": {},
    }
    pieces = [request.body[:1000], request.body[1000:]]
    reply, gone = Reply(), asyncio.Event()

    async def receive() -> dict[str, Any]:
        if not pieces:
            await gone.wait()
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            reply.status = message["status"]
            reply.headers = {k.decode(): v.decode("latin-1") for k, v in message["headers"]}
        elif message["type"] == "http.response.body":
            reply.body += message.get("body", b"")

    await app(scope, receive, send)
    return reply


@pytest.fixture
def engine() -> Engine:
    return ReplayEngine((ScriptedAnswer("", "hello there, friend"),), 2000)


@pytest.fixture
def app(engine: Engine) -> Starlette:
    model = ServedModel("tiny", frozenset(), Catalogue.load().default.fim, ("region",), 1000)
    template = JinjaTemplate(TEMPLATE, ["<|im_start|>", "<|im_end|>", "<tool_call>"])
    service = Service(engine, model, template, Activity())
    return build_app(service, TOKEN)


def fault_of(reply: Reply) -> str:
    """What is wrong with a reply, or an empty text."""
    if reply.status not in STATUSES:
        return f"status {reply.status}: {reply.body[:300]!r}"
    try:
        if reply.headers["content-type"].startswith("text/event-stream"):
            return _fault_of_stream(reply.body.decode())
        body = json.loads(reply.body)
    except ValueError as error:
        return f"the body is no JSON: {error}"
    if reply.status == 200:
        return "" if isinstance(body, dict) else "the answer is no object"
    return _fault_of_error(body)


def _fault_of_error(body: Any) -> str:
    error = body.get("error") if isinstance(body, dict) else None
    right = isinstance(error, dict) and error.get("message") and "type" in error
    return "" if right else f"no error envelope: {body!r:.300}"


def _fault_of_stream(text: str) -> str:
    for block in text.split("\n\n"):
        for line in block.split("\n"):
            if line.startswith("data: ") and line != "data: [DONE]":
                data = json.loads(line.removeprefix("data: "))
                error = data.get("error") or (data.get("response") or {}).get("error")
                if isinstance(error, dict) and error.get("type") == "server_error":
                    return f"the stream broke off: {error}"
                if isinstance(error, dict) and error.get("code") == "server_error":
                    return f"the stream broke off: {error}"
    return ""


@pytest.mark.parametrize("batch", range(BATCHES))
async def test_a_hostile_body_is_answered_or_refused_and_the_core_goes_on(
    app: Starlette, engine: Engine, batch: int
) -> None:
    tasks = asyncio.all_tasks()
    size = BODIES_IN_ALL // BATCHES
    faults = {}
    for number in range(batch * size, (batch + 1) * size):
        request = hostile(number)
        fault = fault_of(await ask(app, request))
        if fault:
            faults[number] = f"{request.path}: {fault}"
    assert faults == {}
    assert asyncio.all_tasks() == tasks
    assert [slot.phase for slot in engine.slots()] == [SlotPhase.FREE]
    right = Hostile(0, "/v1/completions", b'{"prompt": "once", "max_tokens": 3}')
    assert (await ask(app, right)).status == 200


async def test_the_bodies_are_neither_all_refused_nor_all_answered(app: Starlette) -> None:
    counts: dict[str, dict[int, int]] = {}
    for number in range(1000):
        request = hostile(number)
        found = counts.setdefault(request.path, {})
        status = (await ask(app, request)).status
        found[status] = found.get(status, 0) + 1
    for path in ("/v1/chat/completions", "/v1/completions", "/infill", "/tokenize"):
        assert counts[path].get(200, 0) > 5, counts
        assert counts[path].get(400, 0) > 5, counts


def test_every_route_that_takes_a_body_gets_hostile_ones(app: Starlette) -> None:
    routes = {
        route.path.replace("{response_id}", "resp_1")
        for route in app.routes
        if isinstance(route, Route) and "POST" in (route.methods or ())
    }
    assert routes <= set(BODIES)


@pytest.mark.parametrize("path", BODIES)
async def test_a_body_over_the_limit_is_refused(app: Starlette, path: str) -> None:
    reply = await ask(app, Hostile(0, path, b'{"a": "' + b"a" * 9_000_000 + b'"}'))
    assert reply.status in (404, 413)
    assert _fault_of_error(json.loads(reply.body)) == ""


# -- WebSocket ----------------------------------------------------------------------------------

LAST = {"type": "response.create", "input": "hi", "metadata": {"last": "yes"}}


def _is_the_end(event: dict[str, Any]) -> bool:
    response = event.get("response") or {}
    last = (response.get("metadata") or {}).get("last") == "yes"
    return last and event["type"] == "response.completed"


async def converse(app: Starlette, frames: list[str]) -> list[dict[str, Any]]:
    """Send these messages over one WebSocket, then a right one; returns all until its answer."""
    headers = {"host": "127.0.0.1", "authorization": f"Bearer {TOKEN}"}
    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "ws",
        "path": "/v1/responses",
        "raw_path": b"/v1/responses",
        "query_string": b"",
        "root_path": "",
        "headers": [(key.encode(), value.encode()) for key, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
        "subprotocols": [],
        "state": {},
    }
    texts = [*frames, json.dumps(LAST)]
    incoming: list[dict[str, Any]] = [{"type": "websocket.connect"}]
    incoming += [{"type": "websocket.receive", "text": text} for text in texts]
    events: list[dict[str, Any]] = []
    ended = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if incoming:
            return incoming.pop(0)
        await ended.wait()
        return {"type": "websocket.disconnect", "code": 1000}

    async def send(message: Any) -> None:
        if message["type"] == "websocket.send":
            event = json.loads(message["text"])
            events.append(event)
            if _is_the_end(event):
                ended.set()
        elif message["type"] == "websocket.close":
            events.append({"type": "close", "code": message["code"]})
            ended.set()

    await app(scope, receive, send)
    return events


@pytest.mark.parametrize("first", range(0, FRAMES_IN_ALL, FRAMES_PER_SOCKET))
async def test_hostile_messages_leave_a_websocket_open_for_right_ones(
    app: Starlette, engine: Engine, first: int
) -> None:
    tasks = asyncio.all_tasks()
    frames = [hostile_frame(number) for number in range(first, first + FRAMES_PER_SOCKET)]
    events = await converse(app, frames)
    assert any(_is_the_end(event) for event in events)
    said = [event["error"] for event in events if event["type"] == "error"]
    assert all(error["message"] and error["type"] != "server_error" for error in said)
    failed = [event for event in events if event["type"] == "response.failed"]
    codes = {event["response"]["error"]["code"] for event in failed}
    assert "server_error" not in codes, failed
    assert asyncio.all_tasks() == tasks
    assert [slot.phase for slot in engine.slots()] == [SlotPhase.FREE]
