"""Calls, forms and reasoning in the answers of a chat, as the official clients read them."""

import httpx
import pytest
from cerebras.cloud.sdk import AsyncCerebras
from generating import TOKEN, ScriptedEngine, app_over, ended, official, pieces
from pydantic import BaseModel

ASK = {"model": "tiny", "messages": [{"role": "user", "content": "hi"}]}


async def chunks_of(stream):
    return [chunk async for chunk in stream]


CALL = '<tool_call>\n{"name": "weather", "arguments": {"city": "Oslo"}}\n</tool_call>'
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
CALLING = [*pieces(CALL[:20], CALL[20:50], CALL[50:]), ended()]


async def test_a_call_is_told_without_content():
    async with official(ScriptedEngine(CALLING)) as client:
        answer = await client.chat.completions.create(**ASK, tools=[WEATHER])
    message = answer.choices[0].message
    (call,) = message.tool_calls
    assert (call.type, call.function.name) == ("function", "weather")
    assert call.function.arguments == '{"city": "Oslo"}'
    assert call.id.startswith("call_")
    assert (message.content, answer.choices[0].finish_reason) == (None, "tool_calls")


@pytest.mark.parametrize("strict", [True, False])
async def test_a_call_without_tags_is_read_unless_its_tool_is_strict(strict):
    bare = '{"name": "weather", "arguments": {"town": 5}}'
    tool = {"type": "function", "function": WEATHER["function"] | {"strict": strict}}
    async with official(ScriptedEngine([*pieces(bare), ended()])) as client:
        answer = await client.chat.completions.create(**ASK, tools=[tool])
    message = answer.choices[0].message
    # Nothing held it to the schema while it was written, so it must not count as a strict call.
    assert (message.content == bare, bool(message.tool_calls)) == (strict, not strict)


async def test_the_clients_own_stream_of_tools_reads_the_call():
    async with (
        official(ScriptedEngine(CALLING)) as client,
        client.chat.completions.stream(**ASK, tools=[WEATHER]) as stream,
    ):
        done = [event async for event in stream if event.type.endswith("arguments.done")]
        final = await stream.get_final_completion()
    assert [(event.name, event.parsed_arguments) for event in done] == [
        ("weather", {"city": "Oslo"})
    ]
    (call,) = final.choices[0].message.tool_calls
    assert call.function.parsed_arguments == {"city": "Oslo"}


async def test_cerebras_client_reads_every_piece_of_a_call():
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app_over(ScriptedEngine(CALLING))))
    async with AsyncCerebras(
        base_url="http://127.0.0.1",
        api_key=TOKEN,
        http_client=http,
        max_retries=0,
        warm_tcp_connection=False,
    ) as client:
        stream = await client.chat.completions.create(**ASK, tools=[WEATHER], stream=True)
        deltas = [chunk.choices[0].delta for chunk in await chunks_of(stream)]
    calls = [call for delta in deltas for call in delta.tool_calls or []]
    assert calls[0].function.name == "weather"
    assert "".join(call.function.arguments for call in calls) == '{"city": "Oslo"}'


@pytest.mark.parametrize("stream", [False, True])
async def test_a_call_of_a_function_has_the_older_shape(stream):
    async with official(ScriptedEngine(CALLING)) as client:
        answer = await client.chat.completions.create(
            **ASK, functions=[WEATHER["function"]], stream=stream
        )
        if stream:
            choices = [chunk.choices[0] for chunk in await chunks_of(answer)]
            calls = [each.delta.function_call for each in choices if each.delta.function_call]
            name, arguments = calls[0].name, "".join(call.arguments for call in calls)
            tools, reason = None, choices[-1].finish_reason
        else:
            message, reason = answer.choices[0].message, answer.choices[0].finish_reason
            name, arguments = message.function_call.name, message.function_call.arguments
            tools = message.tool_calls
    assert (name, arguments) == ("weather", '{"city": "Oslo"}')
    assert (tools, reason) == (None, "function_call")


async def test_a_form_is_parsed_by_the_client():
    class Verdict(BaseModel):
        good: bool

    engine = ScriptedEngine([*pieces('{"good":', " true}"), ended()])
    async with official(engine) as client:
        answer = await client.chat.completions.parse(**ASK, response_format=Verdict)
        async with client.chat.completions.stream(**ASK, response_format=Verdict) as stream:
            streamed = await stream.get_final_completion()
    assert answer.choices[0].message.parsed == Verdict(good=True)
    assert streamed.choices[0].message.parsed == Verdict(good=True)
    assert "good" in engine.asked[0].constraint.schema


@pytest.mark.parametrize("stream", [False, True])
async def test_reasoning_is_apart_from_the_content_and_counted(stream):
    engine = ScriptedEngine([*pieces("<think>", "so", "</think>", "yes"), ended()])
    async with official(engine) as client:
        answer = await client.chat.completions.create(
            **ASK, stream=stream, stream_options={"include_usage": True} if stream else None
        )
        if stream:
            chunks = await chunks_of(answer)
            deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
            content = "".join(delta.content or "" for delta in deltas)
            reasoning = "".join(getattr(delta, "reasoning_content", "") for delta in deltas)
            usage = chunks[-1].usage
        else:
            message, usage = answer.choices[0].message, answer.usage
            content, reasoning = message.content, message.reasoning_content
            assert message.reasoning == reasoning
    assert (content, reasoning) == ("yes", "so")
    assert usage.completion_tokens_details.reasoning_tokens > 0
