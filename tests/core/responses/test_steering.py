"""Talking into a response while it is written."""

import asyncio
import json

import pytest
from core.responses.serving import ENDS, official_socket, raw_socket, told, until
from generating import ScriptedEngine, ended, pieces

from inference_core.domain.errors import ContextExceededError, EngineError
from inference_core.engine.replay import prompt_text

HELLO = [*pieces("Hel", "lo"), ended()]
BODY = {"model": "tiny", "input": "hi"}


def held(go, before=("Hel",), after=("lo",)):
    """An answer that stops in its middle until ``go`` is set."""
    return [*pieces(*before), go, *pieces(*after), ended()]


async def begun(connection, **more):
    """Ask, wait for the first word, and return the response's id."""
    await connection.response.create(**BODY | more)
    return (await until(connection, "response.output_text.delta"))[0].response.id


def types(events):
    return [event.type.removeprefix("response.") for event in events]


async def test_a_steered_response_ends_and_its_successor_goes_on_from_what_was_said():
    go = asyncio.Event()
    engine = ScriptedEngine(held(go, after=("lo", "never said")), HELLO)
    async with official_socket(engine) as connection:
        first = await begun(connection, instructions="Be nice.", stream_id="lane")
        await connection.response.steer(input="Wait!", previous_response_id=first)
        [accepted] = await until(connection, "response.steer.accepted")
        go.set()
        steered = await until(connection, *ENDS)
        successor = await until(connection, *ENDS)
    assert accepted.steer.id.startswith("steer_")
    assert accepted.steer.previous_response_id == first
    assert types(steered)[-1] == "incomplete"
    assert steered[-1].response.incomplete_details.reason == "steered"
    assert steered[-1].response.output_text == "Hello"
    assert successor[0].type == "response.created"
    assert successor[0].response.previous_response_id == first
    assert successor[0].response.instructions == "Be nice."
    assert successor[-1].type == "response.completed"
    assert {event.stream_id for event in [accepted, *steered, *successor]} == {"lane"}
    assert prompt_text(engine.asked[1].prompt) == (
        "system: Be nice.\nuser: hi\nassistant: Hello\nuser: Wait!\n"
    )
    assert engine.open == 0


async def test_the_numbers_of_a_response_rise_with_the_answer_to_its_steering():
    go = asyncio.Event()
    async with official_socket(ScriptedEngine(held(go), HELLO)) as connection:
        await connection.response.create(**BODY)
        events = await until(connection, "response.output_text.delta")
        first = events[0].response.id
        await connection.response.steer(input="Wait!", previous_response_id=first)
        events += await until(connection, "response.steer.accepted")
        go.set()
        events += await until(connection, *ENDS)
    assert [event.sequence_number for event in events] == list(range(len(events)))


async def test_everything_that_was_said_meanwhile_comes_in_order():
    go = asyncio.Event()
    engine = ScriptedEngine(held(go), HELLO)
    async with official_socket(engine) as connection:
        first = await begun(connection)
        message = {"type": "message", "role": "user", "content": "two"}
        for said in ("one", [message]):
            await connection.response.steer(input=said, previous_response_id=first)
            await until(connection, "response.steer.accepted")
        go.set()
        await until(connection, *ENDS)
        await until(connection, *ENDS)
    assert prompt_text(engine.asked[1].prompt).endswith("user: one\nuser: two\n")


async def test_a_successor_comes_before_what_waits_in_its_lane():
    go = asyncio.Event()
    engine = ScriptedEngine(held(go), HELLO)
    async with official_socket(engine) as connection:
        first = await begun(connection)
        await connection.response.create(**BODY | {"input": "later"})
        await connection.response.steer(input="now", previous_response_id=first)
        await until(connection, "response.steer.accepted")
        go.set()
        for _ in range(3):
            await until(connection, *ENDS)
    ends = [prompt_text(asked.prompt).splitlines()[-1] for asked in engine.asked]
    assert ends == ["user: hi", "user: now", "user: later"]


async def test_a_successor_that_cannot_begin_gives_the_input_back():
    go = asyncio.Event()

    class Full(ScriptedEngine):
        async def generate(self, request):
            if self.asked:
                raise ContextExceededError(70, 64)
            async for event in super().generate(request):
                yield event

    async with official_socket(Full(held(go))) as connection:
        first = await begun(connection)
        await connection.response.steer(input="Wait!", previous_response_id=first)
        [accepted] = await until(connection, "response.steer.accepted")
        go.set()
        await until(connection, *ENDS)
        [failed] = await until(connection, "response.steer.failed")
    assert failed.error.code == "successor_creation_failed"
    assert "70 tokens" in failed.error.message
    assert (failed.steer.id, failed.steer.input) == (accepted.steer.id, "Wait!")


async def test_a_response_that_fails_gives_the_input_back():
    go = asyncio.Event()
    broken = [*pieces("Hel"), go, EngineError("It broke.")]
    async with official_socket(ScriptedEngine(broken)) as connection:
        first = await begun(connection)
        await connection.response.steer(input="Wait!", previous_response_id=first)
        await until(connection, "response.steer.accepted")
        go.set()
        assert (await until(connection, *ENDS))[-1].type == "response.failed"
        [failed] = await until(connection, "response.steer.failed")
    assert failed.error.code == "successor_creation_failed"
    assert "It broke." in failed.error.message


REFUSED = {
    "an empty list": ([], "invalid_input"),
    "no text": (None, "invalid_input"),
    "another role": ([{"role": "system", "content": "a"}], "invalid_input"),
    "another item": (
        [{"type": "function_call", "call_id": "c", "name": "n", "arguments": "{}"}],
        "invalid_input",
    ),
    "an image": (
        [{"role": "user", "content": [{"type": "input_image", "image_url": "x"}]}],
        "invalid_input",
    ),
}


@pytest.mark.parametrize(("said", "code"), REFUSED.values(), ids=REFUSED.keys())
async def test_wrong_input_is_given_back_and_the_response_goes_on(said, code):
    go = asyncio.Event()
    async with raw_socket(ScriptedEngine(held(go))) as (_, socket):
        await socket.send(json.dumps({"type": "response.create"} | BODY))
        first = (await told(socket, "response.output_text.delta"))[0]["response"]["id"]
        steer = {"type": "response.steer", "previous_response_id": first, "input": said}
        await socket.send(json.dumps(steer))
        [failed] = await told(socket, "response.steer.failed")
        go.set()
        ends = await told(socket, *ENDS)
    assert failed["error"]["code"] == code
    assert failed["error"]["type"] == "invalid_request_error"
    assert failed["steer"] == {"previous_response_id": first, "input": said}
    assert ends[-1]["type"] == "response.completed"


async def test_half_a_character_in_the_input_is_an_error():
    go = asyncio.Event()
    async with raw_socket(ScriptedEngine(held(go))) as (_, socket):
        steer = '{"type": "response.steer", "previous_response_id": "r", "input": ["\\ud800"]}'
        await socket.send(steer)
        [event] = await told(socket, *ENDS)
    assert (event["type"], event["error"]["param"]) == ("error", "input")


async def test_steering_without_a_target_is_an_error():
    async with raw_socket(ScriptedEngine(HELLO)) as (_, socket):
        await socket.send('{"type": "response.steer", "input": "a"}')
        [event] = await told(socket, *ENDS)
    assert (event["type"], event["error"]["param"]) == ("error", "previous_response_id")


async def test_what_has_ended_or_never_was_cannot_be_steered():
    async with official_socket(ScriptedEngine(HELLO)) as connection:
        await connection.response.create(**BODY)
        over = (await until(connection, *ENDS))[-1].response.id
        codes = []
        for target in (over, "resp_nowhere"):
            await connection.response.steer(input="a", previous_response_id=target)
            [failed] = await until(connection, "response.steer.failed")
            codes.append(failed.error.code)
            assert failed.steer.previous_response_id == target
    assert codes == ["response_already_completed", "response_not_found"]


async def test_a_warm_up_cannot_be_steered():
    go = asyncio.Event()
    async with official_socket(ScriptedEngine([go, ended()])) as connection:
        await connection.response.create(**BODY, generate=False)
        first = (await until(connection, "response.in_progress"))[0].response.id
        await connection.response.steer(input="a", previous_response_id=first)
        [failed] = await until(connection, "response.steer.failed")
        go.set()
    assert failed.error.code == "steering_not_supported"


async def test_so_much_input_waits_for_a_response():
    go = asyncio.Event()
    async with official_socket(ScriptedEngine(held(go)), steers=1) as connection:
        first = await begun(connection)
        for _ in range(2):
            await connection.response.steer(input="a", previous_response_id=first)
        await until(connection, "response.steer.accepted")
        [failed] = await until(connection, "response.steer.failed")
        go.set()
    assert failed.error.code == "too_many_pending_steers"
