"""OpenAI's Responses as JSON: what a request becomes, and what its events mean."""

import json
from dataclasses import replace
from typing import Any

import pytest
from adapters.responses_events import (
    call,
    completed,
    created,
    failed,
    incomplete,
    message,
    reasoning,
    refusal,
)

from spark_desktop.adapters.responses_answer import ResponsesAnswer
from spark_desktop.adapters.responses_memory import ServerMemory
from spark_desktop.adapters.responses_wire import body_of, parted
from spark_desktop.adapters.stop_texts import StopTexts
from spark_desktop.domain.completion import (
    ChatRequest,
    Chunk,
    Finished,
    FinishReason,
    Message,
    ReasoningChunk,
    Role,
    TextChunk,
    Timing,
    Tool,
    ToolCall,
    Usage,
)
from spark_desktop.domain.endpoints import RemoteModel
from spark_desktop.domain.errors import (
    AccessRefusedError,
    ContextExceededError,
    EndpointBusyError,
    EndpointError,
    EndpointRejectedError,
    IncompleteStreamError,
    LimitError,
)

MODEL = RemoteModel("m", tools=True, structured_output=True, max_output=2000)
SYSTEM, HI = Message(Role.SYSTEM, "Be short."), Message(Role.USER, "Hi")
LOOK = ToolCall("call_1", "look", '{"at": "x"}')
CHAT = ChatRequest((SYSTEM, HI), thread="t")
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}


def body(request: ChatRequest, model: RemoteModel = MODEL) -> dict[str, Any]:
    return body_of(request, model, parted(request.messages)[1])


def test_a_question_is_asked_without_being_stored() -> None:
    assert body(CHAT) == {
        "model": "m",
        "instructions": "Be short.",
        "input": [{"role": "user", "content": "Hi"}],
        "max_output_tokens": 1024,
        "temperature": 0.2,
        "store": False,
    }


def test_calls_and_what_they_gave_are_items_of_their_own() -> None:
    said = Message(Role.ASSISTANT, "I look.", (LOOK,))
    silent = Message(Role.ASSISTANT, "", (replace(LOOK, id="call_2"),))
    given = Message(Role.TOOL, "nothing", call_id="call_1")
    later = Message(Role.SYSTEM, "Be kind.")
    asked = body(replace(CHAT, messages=(HI, said, given, silent, later)))
    assert "instructions" not in asked
    call_item = {"type": "function_call", "name": "look", "arguments": '{"at": "x"}'}
    assert asked["input"] == [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "I look."},
        call_item | {"call_id": "call_1"},
        {"type": "function_call_output", "call_id": "call_1", "output": "nothing"},
        call_item | {"call_id": "call_2"},
        {"role": "developer", "content": "Be kind."},
    ]


def test_tools_and_schemas_are_told_to_models_that_know_them_only() -> None:
    tool = Tool("look", "Look.", json.dumps(SCHEMA))
    asking = replace(CHAT, tools=(tool,), schema=json.dumps(SCHEMA))
    asked = body(asking)
    function = {"type": "function", "name": "look", "description": "Look.", "strict": False}
    assert asked["tools"] == [function | {"parameters": SCHEMA}]
    shape = {"type": "json_schema", "name": "answer", "schema": SCHEMA, "strict": False}
    assert asked["text"] == {"format": shape}
    plain = body(asking, RemoteModel("m"))
    assert not {"tools", "text"} & plain.keys()


def test_a_model_that_reasons_is_asked_for_its_summary_and_told_no_temperature() -> None:
    asked = body(CHAT, replace(MODEL, reasoning=True, fast=True))
    assert "temperature" not in asked
    assert asked["reasoning"] == {"summary": "auto"}
    assert asked["service_tier"] == "priority"


@pytest.mark.parametrize(("most", "told"), [(1, 16), (500, 500), (9000, 2000)])
def test_the_answers_length_is_one_that_the_server_takes(most: int, told: int) -> None:
    assert body(replace(CHAT, max_tokens=most))["max_output_tokens"] == told


# -- events ----------------------------------------------------------------------------------


def read(*parts: list[dict[str, Any]], stops: tuple[str, ...] = ()) -> list[Chunk]:
    answer = ResponsesAnswer(StopTexts(stops))
    chunks: list[Chunk] = []
    for event in (event for part in parts for event in part):
        chunks += answer.take(json.dumps(event))
        if answer.is_over:
            return [*chunks, *answer.rest(), answer.finished(Timing(0.0, 0.0))]
    raise IncompleteStreamError("cut")


def texts(chunks: list[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks if isinstance(chunk, TextChunk))


def end(chunks: list[Chunk]) -> Finished:
    assert isinstance(chunks[-1], Finished)
    return chunks[-1]


def test_text_reasoning_and_usage_are_read() -> None:
    chunks = read(created(), reasoning("First.", "Then."), message("Hel", "lo"), completed())
    thought = "".join(chunk.text for chunk in chunks if isinstance(chunk, ReasoningChunk))
    assert thought == "First.\n\nThen."
    assert texts(chunks) == "Hello"
    assert end(chunks).usage == Usage(30, 7, 20)
    assert end(chunks).reason is FinishReason.STOP


def test_raw_reasoning_is_reasoning_too() -> None:
    event = {"type": "response.reasoning_text.delta", "delta": "Hm.", "content_index": 0}
    assert read([event], completed())[0] == ReasoningChunk("Hm.")


def test_calls_come_with_the_end() -> None:
    chunks = read(created(), call('{"at": ', '"x"}'), call("{}", place=1), completed())
    assert end(chunks).reason is FinishReason.TOOLS
    assert end(chunks).calls == (
        ToolCall("call_0", "look", '{"at": "x"}'),
        ToolCall("call_1", "look", "{}"),
    )


def test_a_call_that_is_told_in_the_last_event_only_is_taken_from_there() -> None:
    item = {"type": "function_call", "call_id": "c", "name": "look", "arguments": "{}"}
    assert end(read(completed(output=[item]))).calls == (ToolCall("c", "look", "{}"),)


def test_half_a_call_is_none() -> None:
    parts = (call('{"at', status="incomplete"), incomplete("max_output_tokens"))
    assert end(read(*parts)).calls == ()
    begun = call('{"at')[:2]
    assert end(read(begun, incomplete("max_output_tokens"))).calls == ()


def test_a_text_that_comes_in_the_last_event_only_is_told() -> None:
    part = {"type": "output_text", "text": "Hello"}
    output = [{"type": "message", "content": [part]}, "rubbish", {"content": "rubbish"}]
    assert texts(read(created(), completed(output=output))) == "Hello"
    told = [output[0]]
    assert texts(read(created(), message("Hello"), completed(output=told))) == "Hello"


@pytest.mark.parametrize(
    ("why", "reason"),
    [
        ("max_output_tokens", FinishReason.LENGTH),
        ("content_filter", FinishReason.FILTER),
        ("steered", FinishReason.OTHER),
        ("something new", FinishReason.OTHER),
    ],
)
def test_why_an_answer_is_incomplete_is_told(why: str, reason: FinishReason) -> None:
    assert end(read(message("Hel"), incomplete(why))).reason is reason


def test_a_refusal_is_told_and_marked() -> None:
    event = {"type": "response.refusal.delta", "delta": "I cannot."}
    chunks = read([event], completed())
    assert texts(chunks) == "I cannot."
    assert end(chunks).reason is FinishReason.FILTER


def test_a_stop_ends_the_answer_as_the_server_knows_none() -> None:
    chunks = read(created(), message("one E", "ND two"), completed(), stops=("END",))
    assert texts(chunks) == "one "
    assert end(chunks).reason is FinishReason.STOP


def test_the_beginning_of_a_stop_is_told_at_the_end() -> None:
    assert texts(read(message("one EN"), completed(), stops=("END",))) == "one EN"


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": "response.new_thing", "delta": "x"},
        {"type": 7},
        {"type": "response.output_text.delta", "delta": None},
        {"type": "response.output_item.added", "item": None},
        {"type": "response.function_call_arguments.delta", "output_index": 9, "delta": "x"},
        {"type": "codex.rate_limits", "rate_limits": {}},
    ],
)
def test_what_is_not_known_is_passed_over(event: dict[str, Any]) -> None:
    assert texts(read([event], message("Hello"), completed())) == "Hello"


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (failed("server_error", "Sorry."), EndpointError),
        (failed("rate_limit_exceeded", "Slow down."), EndpointBusyError),
        (failed("invalid_prompt", "No."), EndpointRejectedError),
        (failed("context_length_exceeded", "9000 tokens, 8192 at most"), ContextExceededError),
        ([{"type": "response.failed", "response": {}}], EndpointError),
        ([{"type": "error", "code": "server_error", "message": "Sorry."}], EndpointError),
        ([{"type": "error", "message": "No.", "code": "invalid_value"}], EndpointRejectedError),
        ([{"type": "error"}], EndpointError),
        ([refusal(404, "model_not_found", "No such model.")], EndpointRejectedError),
        ([refusal(429, "slow_down", "Slow down.")], EndpointBusyError),
        (failed("insufficient_quota", "Pay."), LimitError),
        ([refusal(401, "invalid_api_key", "Wrong.")], AccessRefusedError),
        ([{"error": "Sorry."}], EndpointError),
        ([{"error": {"message": "Sorry."}}], EndpointError),
    ],
)
def test_an_error_in_an_event_is_an_error(
    event: list[dict[str, Any]], kind: type[Exception]
) -> None:
    with pytest.raises(EndpointError) as raised:
        read(created(), message("Hel"), event)
    assert type(raised.value) is kind
    assert raised.value.message


def test_when_to_ask_again_is_read_from_a_message() -> None:
    busy = refusal(429, "too_many", "Later.", headers={"Retry-After": "7"})
    with pytest.raises(EndpointBusyError) as raised:
        read([busy])
    assert raised.value.retry_after == 7


@pytest.mark.parametrize("data", ["rubbish", "[1]", '"x"', "null"])
def test_what_is_no_object_is_named(data: str) -> None:
    with pytest.raises(EndpointError, match="no JSON object"):
        ResponsesAnswer(StopTexts(())).take(data)


# -- what the server knows already -----------------------------------------------------------


def after(*more: Message) -> ChatRequest:
    return replace(CHAT, messages=(SYSTEM, HI, *more))


SAID, MORE = Message(Role.ASSISTANT, "Hello"), Message(Role.USER, "More")


def test_only_what_is_new_is_sent_after_an_answer() -> None:
    memory = ServerMemory()
    assert memory.split(CHAT) == ("", (HI,))
    memory.keep(CHAT, "resp_1", SAID)
    assert memory.split(after(SAID, MORE)) == ("resp_1", (MORE,))


@pytest.mark.parametrize(
    "request_",
    [
        CHAT,
        after(SAID),
        after(Message(Role.ASSISTANT, "Hello!"), MORE),
        replace(CHAT, messages=(Message(Role.USER, "Hello"), SAID, MORE)),
        replace(after(SAID, MORE), thread="other"),
        replace(after(SAID, MORE), thread=""),
    ],
    ids=["again", "nothing new", "other answer", "edited", "other thread", "no thread"],
)
def test_all_is_sent_where_the_history_is_another_one(request_: ChatRequest) -> None:
    memory = ServerMemory()
    memory.keep(CHAT, "resp_1", SAID)
    memory.keep(replace(CHAT, thread=""), "resp_2", SAID)
    assert memory.split(request_) == ("", parted(request_.messages)[1])


def test_other_instructions_change_nothing_as_they_are_told_each_time() -> None:
    memory = ServerMemory()
    memory.keep(CHAT, "resp_1", SAID)
    kinder = (Message(Role.SYSTEM, "Be kind."), HI, SAID, MORE)
    assert memory.split(replace(CHAT, messages=kinder)) == ("resp_1", (MORE,))


def test_the_thread_that_was_unused_for_longest_is_forgotten() -> None:
    memory = ServerMemory(most=2)
    one, two, three = (replace(CHAT, thread=name) for name in ("1", "2", "3"))
    memory.keep(one, "resp_1")
    memory.keep(two, "resp_2")
    memory.keep(one, "resp_3")
    memory.keep(three, "resp_4")
    assert memory.has_all(one)
    assert not memory.has_all(two)
    memory.forget(one)
    assert not memory.has_all(one)
