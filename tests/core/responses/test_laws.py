"""Laws of a connection: any requests and steering, in any lanes, interleaved in any way."""

import asyncio
import json
from collections import defaultdict

from generating import ended, pieces, service_of
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.websockets import WebSocket

from inference_core.domain.errors import EngineError
from inference_core.domain.generation import ModelInfo, PromptProgress
from inference_core.engine.replay import prompt_text
from inference_core.server.responses.limits import SocketLimits
from inference_core.server.responses.socket import Connection
from inference_core.server.responses.store import ResponseStore

TERMINAL = {"response.completed", "response.incomplete", "response.failed"}

# After so many rounds of the loop without a message nothing will come any more: nobody sleeps here.
QUIET = 300

LANES = st.sampled_from([None, "a", "b", "c"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("create"), LANES, st.integers(0, 5), st.integers(0, 9)),
        st.tuples(st.just("steer"), LANES, st.integers(0, 5), st.integers(0, 9)),
    ),
    max_size=12,
)


class PacedEngine:
    """Answers with as many words as the last number in the prompt; each takes that many rounds.

    An answer whose number can be divided by five breaks off.
    """

    def __init__(self):
        self.info = ModelInfo(context=64)
        self.open = 0

    async def generate(self, request):
        pace = int(prompt_text(request.prompt).split()[-1])
        self.open += 1
        try:
            yield PromptProgress(1, 0, 1)
            for piece in pieces(*["word "] * pace):
                for _ in range(pace):
                    await asyncio.sleep(0)
                yield piece
            if pace and pace % 5 == 0:
                raise EngineError("It broke.")
            yield ended()
        finally:
            self.open -= 1


class Client:
    """Plays the steps, as the server's side of ASGI sees it, and keeps what it was told."""

    def __init__(self, steps):
        self._steps = list(steps)
        self._connected = False
        self.events = []
        self.asked = defaultdict(list)
        self._created = {}

    async def receive(self):
        if not self._connected:
            self._connected = True
            return {"type": "websocket.connect"}
        if not self._steps:
            await self._quiet()
            return {"type": "websocket.disconnect", "code": 1000}
        kind, lane, wait, pace = self._steps.pop(0)
        for _ in range(wait):
            await asyncio.sleep(0)
        body = self._create(lane, pace) if kind == "create" else self._steer(lane, pace)
        return {"type": "websocket.receive", "text": json.dumps(body)}

    async def send(self, message):
        await asyncio.sleep(0)
        if message["type"] != "websocket.send":
            return
        event = json.loads(message["text"])
        self.events.append(event)
        if event["type"] == "response.created":
            self._created[event.get("stream_id")] = event["response"]["id"]

    async def _quiet(self):
        rounds, seen = 0, -1
        while rounds < QUIET:
            rounds = rounds + 1 if seen == len(self.events) else 0
            seen = len(self.events)
            await asyncio.sleep(0)

    def _create(self, lane, pace):
        mark = f"{lane}-{len(self.asked[lane])}"
        self.asked[lane].append(mark)
        body = {"type": "response.create", "input": str(pace), "metadata": {"mark": mark}}
        return body if lane is None else body | {"stream_id": lane}

    def _steer(self, lane, pace):
        target = self._created.get(lane, "resp_nowhere")
        return {"type": "response.steer", "previous_response_id": target, "input": str(pace)}


async def play(steps, limits):
    engine, client = PacedEngine(), Client(steps)
    scope = {"type": "websocket", "path": "/", "headers": [], "query_string": b""}
    socket = WebSocket(scope, client.receive, client.send)
    await Connection(service_of(engine), ResponseStore(), socket, limits).serve()
    assert engine.open == 0
    return client


@settings(max_examples=60)
@given(STEPS, st.integers(1, 4), st.integers(1, 4))
def test_lanes_keep_their_order_and_every_response_ends_once(steps, active, outbox):
    limits = SocketLimits(active_lanes=active, outbox=outbox)
    client = asyncio.run(play(steps, limits))
    responses = [event for event in client.events if "response" in event]
    began = [e["response"] for e in responses if e["type"] == "response.created"]
    ended_ids = [e["response"]["id"] for e in responses if e["type"] in TERMINAL]
    assert sorted(ended_ids) == sorted(body["id"] for body in began)

    for lane, marks in client.asked.items():
        mine = [e for e in client.events if e.get("stream_id") == lane]
        first = [
            e["response"]["metadata"]["mark"]
            for e in mine
            if e["type"] == "response.created" and e["response"]["previous_response_id"] is None
        ]
        assert first == marks
        _require_one_at_a_time(mine)

    steers = [e for e in client.events if e["type"].startswith("response.steer")]
    accepted = {e["steer"]["id"] for e in steers if e["type"].endswith("accepted")}
    given_back = {e["steer"].get("id") for e in steers if e["type"].endswith("failed")} - {None}
    followed = {body["previous_response_id"] for body in began}
    for event in steers:
        if event["type"].endswith("accepted") and event["steer"]["id"] not in given_back:
            assert event["steer"]["previous_response_id"] in followed
    assert given_back <= accepted


def _require_one_at_a_time(events):
    """In one lane a response begins after the one before it ended; its numbers rise."""
    running, last = None, -1
    for event in events:
        if event["type"] == "response.created":
            assert running is None
            running, last = event["response"]["id"], -1
        if running is None:
            continue
        if not event["type"].endswith("steer.failed"):
            assert event["sequence_number"] > last
            last = event["sequence_number"]
        if event["type"] in TERMINAL:
            assert event["response"]["id"] == running
            running = None
    assert running is None
