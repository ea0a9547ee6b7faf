"""The Responses API over a WebSocket: a real server, OpenAI's own client, a scripted engine."""

import asyncio
import json
from contextlib import aclosing

import pytest
from core.responses.serving import ENDS, official_socket, raw_socket, serving, told, until
from generating import ScriptedEngine, ended, pieces
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from inference_core.domain.errors import BusyError, ContextExceededError, EngineError
from inference_core.domain.generation import Priority, StopReason
from inference_core.engine.replay import prompt_text
from inference_core.server.served_model import ServedModel

HELLO = [*pieces("Hel", "lo"), ended()]
BODY = {"model": "tiny", "input": "hi"}


def never():
    """An answer that begins and does not end; events belong to the loop of their test."""
    return [*pieces("Hel"), asyncio.Event()]


async def answer(connection, **body):
    await connection.response.create(**BODY | body)
    return await until(connection, *ENDS)


async def test_a_response_is_told_by_the_same_events_as_over_http():
    async with official_socket(ScriptedEngine(HELLO)) as connection:
        events = await answer(connection)
    assert [event.type for event in events] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert [event.sequence_number for event in events] == list(range(10))
    assert events[-1].response.output_text == "Hello"


async def test_the_next_turn_needs_only_what_is_new_though_nothing_is_stored():
    engine = ScriptedEngine(HELLO)
    async with official_socket(engine) as connection:
        first = (await answer(connection, store=False))[-1].response.id
        await answer(connection, input="more", previous_response_id=first, store=False)
    assert prompt_text(engine.asked[1].prompt) == "user: hi\nassistant: Hello\nuser: more\n"


async def test_what_is_not_stored_is_known_on_its_own_connection_only():
    async with (
        serving(ScriptedEngine(HELLO)) as served,
        connect(served.url) as one,
        connect(served.url) as other,
    ):
        ids = []
        for store in (False, True):
            await one.send(json.dumps({"type": "response.create", "store": store} | BODY))
            ids.append((await told(one, *ENDS))[-1]["response"]["id"])
        ends = []
        for parent in ids:
            body = {"type": "response.create", "previous_response_id": parent} | BODY
            await other.send(json.dumps(body))
            ends.append((await told(other, *ENDS))[-1])
    assert ends[0]["error"]["code"] == "previous_response_not_found"
    assert ends[1]["type"] == "response.completed"


async def test_a_warm_up_only_works_on_the_prompt_and_may_be_a_parent():
    engine = ScriptedEngine([ended(StopReason.LENGTH, predicted_n=0)], HELLO)
    async with official_socket(engine) as connection:
        warm = await answer(connection, generate=False)
        await answer(connection, input="more", previous_response_id=warm[-1].response.id)
    assert [event.type for event in warm] == [
        "response.created",
        "response.in_progress",
        "response.completed",
    ]
    assert warm[-1].response.output == []
    assert engine.asked[0].sampling.max_tokens == 0
    assert engine.asked[0].priority is Priority.WARMUP
    assert prompt_text(engine.asked[1].prompt) == "user: hi\nuser: more\n"


async def test_the_events_of_a_lane_name_it():
    async with official_socket(ScriptedEngine(HELLO)) as connection:
        named = await answer(connection, stream_id="a.b_c-1")
        plain = await answer(connection)
    assert {event.stream_id for event in named} == {"a.b_c-1"}
    assert {event.stream_id for event in plain} == {None}


async def test_a_lane_works_while_another_one_waits():
    go = asyncio.Event()
    engine = ScriptedEngine([*pieces("slow"), go, ended()], HELLO)
    async with official_socket(engine) as connection:
        await connection.response.create(**BODY, stream_id="slow")
        await until(connection, "response.output_text.delta")
        quick = await answer(connection, stream_id="quick")
        go.set()
        slow = await until(connection, *ENDS)
    assert {event.stream_id for event in quick} == {"quick"}
    assert {event.stream_id for event in slow} == {"slow"}


async def test_a_lane_answers_one_request_after_the_other():
    engine = ScriptedEngine(HELLO)
    async with official_socket(engine) as connection:
        for word in ("one", "two", "three"):
            await connection.response.create(**BODY | {"input": word}, stream_id="lane")
        for _ in range(3):
            events = await until(connection, *ENDS)
            assert events[0].type == "response.created"
            assert len({event.response.id for event in events if hasattr(event, "response")}) == 1
    assert [prompt_text(asked.prompt) for asked in engine.asked] == [
        "user: one\n",
        "user: two\n",
        "user: three\n",
    ]


REFUSED = {
    "no JSON": ("{", "bad_json", None),
    "no object": ("[]", "bad_json", None),
    "another type": ('{"type": "session.update"}', "invalid_value", "type"),
    "no type": ("{}", "invalid_value", "type"),
    "a foreign tool": (
        '{"type": "response.create", "input": "a", "tools": [{"type": "web_search"}]}',
        "invalid_value",
        "tools[0].type",
    ),
    "background": (
        '{"type": "response.create", "input": "a", "background": true}',
        "invalid_value",
        "background",
    ),
    "an unknown parent": (
        '{"type": "response.create", "input": "a", "previous_response_id": "resp_x"}',
        "previous_response_not_found",
        "previous_response_id",
    ),
    "a lane with a blank": (
        '{"type": "response.create", "input": "a", "stream_id": "a b"}',
        "invalid_stream_id",
        "stream_id",
    ),
    "a lane that is a number": (
        '{"type": "response.create", "input": "a", "stream_id": 5}',
        "invalid_stream_id",
        "stream_id",
    ),
    "no input": ('{"type": "response.create"}', "invalid_value", "input"),
    "bytes": (b"\x00", "invalid_message", None),
}


@pytest.mark.parametrize(("frame", "code", "param"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_is_refused_is_told_and_the_connection_goes_on(frame, code, param):
    async with raw_socket(ScriptedEngine(HELLO)) as (_, socket):
        await socket.send(frame)
        [event] = await told(socket, *ENDS)
        await socket.send(json.dumps({"type": "response.create"} | BODY))
        assert (await told(socket, *ENDS))[-1]["type"] == "response.completed"
    assert (event["type"], event["status"]) == ("error", 400)
    assert (event["error"]["code"], event["error"]["param"]) == (code, param)
    assert event["error"]["type"] == "invalid_request_error"
    assert event["error"]["message"]


async def test_an_error_names_the_lane_of_its_request():
    async with official_socket(ScriptedEngine(HELLO)) as connection:
        refused = await answer(connection, stream_id="lane", previous_response_id="resp_x")
        unknown = await answer(connection, stream_id="lane", model="gpt-17")
    assert (refused[-1].stream_id, refused[-1].error.code) == (
        "lane",
        "previous_response_not_found",
    )
    assert (unknown[-1].stream_id, unknown[-1].status) == ("lane", 404)


class RefusingEngine(ScriptedEngine):
    """Refuses before it begins."""

    async def generate(self, request):
        raise self._answers[0][0]
        yield


EARLY = {
    "a prompt over the context": (ContextExceededError(70, 64), 400, "context_length_exceeded"),
    "a full queue": (BusyError(64), 429, "engine_busy"),
    "a broken engine": (EngineError("It broke."), 500, "engine_failed"),
}


@pytest.mark.parametrize(("error", "status", "code"), EARLY.values(), ids=EARLY.keys())
async def test_what_fails_before_it_begins_is_an_error(error, status, code):
    async with raw_socket(RefusingEngine([error])) as (_, socket):
        await socket.send(json.dumps({"type": "response.create"} | BODY))
        [event] = await told(socket, *ENDS)
    assert (event["status"], event["error"]["code"]) == (status, code)
    assert event["error"].get("headers") == ({"Retry-After": "1"} if status == 429 else None)


async def test_what_fails_later_is_a_failed_response_that_cannot_be_a_parent():
    engine = ScriptedEngine([*pieces("Hel"), EngineError("It broke.")], HELLO)
    async with official_socket(engine) as connection:
        failed = await answer(connection)
        orphan = await answer(connection, previous_response_id=failed[-1].response.id)
    assert failed[-1].type == "response.failed"
    assert orphan[-1].error.code == "previous_response_not_found"


# -- limits ----------------------------------------------------------------------------------


async def test_a_connection_has_so_many_named_lanes():
    async with official_socket(ScriptedEngine(HELLO), named_lanes=2) as connection:
        for lane in ("a", "b", "a"):
            assert (await answer(connection, stream_id=lane))[-1].type == "response.completed"
        [refused] = await answer(connection, stream_id="c")
        assert (await answer(connection))[-1].type == "response.completed"
    assert (refused.status, refused.error.code) == (429, "websocket_stream_limit_reached")
    assert "2 named streams" in refused.error.message


async def test_more_lanes_than_may_work_wait_for_their_turn():
    go = asyncio.Event()
    engine = ScriptedEngine([*pieces("slow"), go, ended()])
    async with official_socket(engine, active_lanes=1) as connection:
        await connection.response.create(**BODY, stream_id="a")
        await until(connection, "response.output_text.delta")
        await connection.response.create(**BODY, stream_id="b")
        [refused] = await answer(connection, stream_id="no lane")
        assert len(engine.asked) == 1
        go.set()
        first = await until(connection, *ENDS)
        second = await until(connection, *ENDS)
    assert refused.error.code == "invalid_stream_id"
    assert [first[-1].stream_id, second[-1].stream_id] == ["a", "b"]


@pytest.mark.parametrize("limit", [{"lane_queue": 1}, {"queued_bytes": 150}])
async def test_a_lane_lets_so_much_wait(limit):
    async with official_socket(ScriptedEngine(never()), **limit) as connection:
        await connection.response.create(**BODY)
        await until(connection, "response.output_text.delta")
        await connection.response.create(**BODY)
        [refused] = await answer(connection, input="x" * 60)
    assert refused.error.code == "websocket_stream_limit_reached"


async def test_a_message_over_the_limit_closes_the_connection():
    async with raw_socket(ScriptedEngine(HELLO), frame_bytes=100) as (_, socket):
        await socket.send("x" * 101)
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd.code == 1009


async def test_a_connection_ends_after_its_time_and_says_so():
    engine, over, asked = ScriptedEngine(never()), asyncio.Event(), []

    async def sleep(seconds):
        asked.append(seconds)
        await over.wait()

    async with raw_socket(engine, sleep=sleep) as (_, socket):
        await socket.send(json.dumps({"type": "response.create"} | BODY))
        await told(socket, "response.output_text.delta")
        over.set()
        [event] = await told(socket, "error")
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert engine.open == 0
    assert asked == [3600.0]
    assert event["error"]["code"] == "websocket_connection_limit_reached"
    assert "60 minutes" in event["error"]["message"]
    assert closed.value.rcvd.code == 1001


async def test_the_end_of_the_core_closes_the_connection_and_stops_the_engine():
    engine = ScriptedEngine(never())
    async with raw_socket(engine) as (served, socket):
        await socket.send(json.dumps({"type": "response.create"} | BODY))
        await told(socket, "response.output_text.delta")
        served.service.activity.closing.set()
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert engine.open == 0
    assert (closed.value.rcvd.code, "closing" in closed.value.rcvd.reason) == (1001, True)


class WatchedEngine(ScriptedEngine):
    """Says when an answer has been stopped."""

    def __init__(self, *answers):
        super().__init__(*answers)
        self.stopped = asyncio.Queue()

    async def generate(self, request):
        try:
            async with aclosing(super().generate(request)) as events:
                async for event in events:
                    yield event
        finally:
            self.stopped.put_nowait(request)


async def test_a_client_that_leaves_stops_whatever_it_asked_for():
    engine = WatchedEngine(never())
    async with serving(engine) as served:
        async with connect(served.url) as socket:
            for lane in ("a", "b"):
                await socket.send(json.dumps({"type": "response.create", "stream_id": lane} | BODY))
                await told(socket, "response.output_text.delta")
        await engine.stopped.get()
        await engine.stopped.get()
        assert engine.open == 0


async def test_a_core_in_use_over_a_socket_is_not_idle():
    async with raw_socket(ScriptedEngine(HELLO)) as (served, socket):
        await socket.send(json.dumps({"type": "response.create"} | BODY))
        await told(socket, *ENDS)
        assert served.service.activity.idle_seconds() == 0.0


class FaultyEngine(ScriptedEngine):
    """Has a fault of its own, which no error of ours tells, where its script says ``fault``."""

    async def generate(self, request):
        async with aclosing(super().generate(request)) as events:
            async for event in events:
                if event == "fault":
                    raise ZeroDivisionError
                yield event


@pytest.mark.parametrize("before", [[], pieces("Hel")], ids=["at once", "in its middle"])
async def test_a_fault_in_one_lane_is_told_there_and_the_others_go_on(before, caplog):
    go = asyncio.Event()
    engine = FaultyEngine([*pieces("Hel"), go, *pieces("lo"), ended()], [*before, "fault"], HELLO)
    async with official_socket(engine) as connection:
        await connection.response.create(**BODY, stream_id="good")
        await until(connection, "response.output_text.delta")
        failed = (await answer(connection, stream_id="bad"))[-1]
        again = (await answer(connection, stream_id="bad"))[-1]
        go.set()
        good = (await until(connection, *ENDS))[-1]
        assert engine.open == 0
    assert (failed.type, failed.status, failed.stream_id) == ("error", 500, "bad")
    assert failed.error.code == "core_failed"
    assert "ZeroDivisionError" in failed.error.message
    assert (again.type, again.stream_id) == ("response.completed", "bad")
    assert (good.type, good.response.output_text) == ("response.completed", "Hello")
    assert caplog.text.count("Traceback") == 1


class FaultyModel(ServedModel):
    """Has a fault of its own when it is asked for by this name."""

    def check_name(self, asked):
        if asked == "fault":
            raise ZeroDivisionError
        super().check_name(asked)


async def test_a_fault_in_taking_a_message_does_not_end_what_runs(caplog):
    go = asyncio.Event()
    engine, model = ScriptedEngine([*pieces("Hel"), go, ended()]), FaultyModel("tiny")
    async with serving(engine, model=model) as served, connect(served.url) as socket:
        await socket.send(json.dumps({"type": "response.create"} | BODY))
        await told(socket, "response.output_text.delta")
        bad = {"type": "response.create", "stream_id": "bad", "model": "fault", "input": "hi"}
        await socket.send(json.dumps(bad))
        [failed] = await told(socket, "error")
        go.set()
        ending = (await told(socket, *ENDS))[-1]
    assert (failed["error"]["code"], failed["stream_id"]) == ("core_failed", "bad")
    assert ending["type"] == "response.completed"
    assert caplog.text.count("Traceback") == 1


async def test_input_for_a_response_that_meets_a_fault_is_given_back():
    go = asyncio.Event()
    async with official_socket(FaultyEngine([*pieces("Hel"), go, "fault"])) as connection:
        await connection.response.create(**BODY)
        begun = (await until(connection, "response.output_text.delta"))[0].response
        await connection.response.steer(input="Wait!", previous_response_id=begun.id)
        await until(connection, "response.steer.accepted")
        go.set()
        events = await until(connection, *ENDS)
    assert [event.type for event in events] == ["response.steer.failed", "error"]
    assert events[0].steer.input == "Wait!"
