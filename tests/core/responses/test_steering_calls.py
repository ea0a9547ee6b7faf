"""Talking into a response that calls the client's functions."""

import asyncio

from core.responses.serving import ENDS, official_socket, until
from generating import ScriptedEngine, ended, pieces

from inference_core.engine.replay import prompt_text

HELLO = [*pieces("Hel", "lo"), ended()]
BODY = {"model": "tiny", "input": "hi"}
TOOL = {"type": "function", "name": "look", "parameters": {"type": "object"}}
CALL = '<tool_call>\n{"name": "look", "arguments": {}}\n</tool_call>'


async def test_input_for_a_response_that_calls_waits_for_the_output():
    go = asyncio.Event()
    engine = ScriptedEngine([*pieces(CALL), go, ended()], HELLO)
    async with official_socket(engine) as connection:
        await connection.response.create(**BODY, tools=[TOOL], stream_id="lane")
        opened = await until(connection, "response.output_item.added")
        first = opened[0].response.id
        await connection.response.steer(input="Wait!", previous_response_id=first)
        await until(connection, "response.steer.accepted")
        go.set()
        ends = await until(connection, *ENDS)
        [pending] = await until(connection, "response.steer.pending")
        [required] = pending.required_input
        output = required.model_dump() | {"output": "sunny"}
        await connection.response.create(
            model="tiny",
            input=[{key: output[key] for key in ("type", "call_id", "output")}],
            previous_response_id=first,
            stream_id="lane",
        )
        await until(connection, *ENDS)
    assert ends[-1].type == "response.completed"
    assert pending.reason == "waiting_for_required_input"
    assert (required.name, pending.stream_id) == ("look", "lane")
    assert prompt_text(engine.asked[1].prompt).endswith("user: Wait!\ntool: sunny\n")


async def test_input_that_waits_is_given_back_where_too_much_does():
    goes = [asyncio.Event(), asyncio.Event()]
    engine = ScriptedEngine(*([*pieces(CALL), go, ended()] for go in goes))
    ends = []
    async with official_socket(engine, steers=1) as connection:
        for go in goes:
            await connection.response.create(**BODY, tools=[TOOL])
            first = (await until(connection, "response.output_item.added"))[0].response.id
            await connection.response.steer(input="Wait!", previous_response_id=first)
            await until(connection, "response.steer.accepted")
            go.set()
            told = await until(connection, "response.steer.pending", "response.steer.failed")
            ends.append(told[-1])
    assert [end.type for end in ends] == ["response.steer.pending", "response.steer.failed"]
    assert ends[1].error.code == "successor_creation_failed"
    assert ends[1].steer.input == "Wait!"


async def test_a_call_is_told_by_its_own_events_and_answered_by_its_output():
    engine = ScriptedEngine([*pieces(*CALL), ended()], HELLO)
    async with official_socket(engine) as connection:
        await connection.response.create(**BODY, tools=[TOOL])
        events = await until(connection, *ENDS)
        [call] = events[-1].response.output
        output = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
        await connection.response.create(
            model="tiny", input=[output], previous_response_id=events[-1].response.id
        )
        final = await until(connection, *ENDS)
    kinds = [event.type.removeprefix("response.") for event in events]
    assert [kind for kind in kinds if kind != "function_call_arguments.delta"] == [
        "created",
        "in_progress",
        "output_item.added",
        "function_call_arguments.done",
        "output_item.done",
        "completed",
    ]
    assert (call.name, call.arguments, call.status) == ("look", "{}", "completed")
    assert final[-1].response.output_text == "Hello"
    assert prompt_text(engine.asked[1].prompt).endswith("tool: sunny\n")
