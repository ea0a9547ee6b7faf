"""The Responses API over HTTP, asked by OpenAI's own client; the engine is scripted."""

import asyncio
import json

import openai
import pytest
from generating import ScriptedEngine, asking, chosen, ended, official, pieces, service_of
from pydantic import BaseModel

from inference_core.domain.errors import BusyError, ContextExceededError, EngineError
from inference_core.domain.generation import Priority, StopReason, TextPiece
from inference_core.engine.replay import ReplayEngine, ScriptedAnswer, prompt_text
from inference_core.server.app import build_app

HELLO = [*pieces("Hel", "lo"), ended()]
BODY = {"model": "tiny", "input": "hi"}
EVENTS = [
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


def prompts(engine):
    return [prompt_text(asked.prompt) for asked in engine.asked]


class Point(BaseModel):
    x: int
    y: int


async def test_a_response_has_everything_that_the_clients_type_asks_for():
    async with official(ScriptedEngine(HELLO)) as client:
        response = await client.responses.create(**BODY)
    assert response.id.startswith("resp_")
    assert (response.object, response.status, response.model) == ("response", "completed", "tiny")
    assert response.output_text == "Hello"
    assert (response.error, response.incomplete_details) == (None, None)
    assert (response.tools, response.tool_choice, response.parallel_tool_calls) == (
        [],
        "auto",
        True,
    )
    assert (response.usage.input_tokens, response.usage.output_tokens) == (10, 3)
    type(response).model_validate(response.model_dump())


async def test_a_stream_has_the_documented_events_numbered_from_zero():
    async with official(ScriptedEngine(HELLO)) as client:
        stream = await client.responses.create(**BODY, stream=True)
        events = [event async for event in stream]
    assert [event.type for event in events] == EVENTS
    assert [event.sequence_number for event in events] == list(range(len(EVENTS)))
    assert events[-1].response.output_text == "Hello"


async def test_the_name_of_an_event_stands_before_its_data():
    async with asking(ScriptedEngine(HELLO)) as client:
        answer = await client.post("/v1/responses", json=BODY | {"stream": True})
    assert answer.headers["content-type"].startswith("text/event-stream")
    blocks = [block.split("\n") for block in answer.text.strip().split("\n\n")]
    assert [block[0] for block in blocks] == [f"event: {name}" for name in EVENTS]
    assert all(json.loads(block[1].removeprefix("data: ")) for block in blocks)


async def test_the_stream_helper_gives_the_final_response():
    async with (
        official(ScriptedEngine(HELLO)) as client,
        client.responses.stream(**BODY) as stream,
    ):
        assert [event.type async for event in stream][-1] == "response.completed"
        final = await stream.get_final_response()
    assert final.output_text == "Hello"


async def test_the_parse_helper_gives_the_shape():
    engine = ScriptedEngine([*pieces('{"x": 1, "y": 2}'), ended()])
    async with official(engine) as client:
        response = await client.responses.parse(**BODY, text_format=Point)
    assert response.output_parsed == Point(x=1, y=2)
    assert response.text.format.name == "Point"


async def test_an_answer_at_its_limit_is_incomplete():
    engine = ScriptedEngine([*pieces("Hel"), ended(StopReason.LENGTH)])
    async with official(engine) as client:
        response = await client.responses.create(**BODY, max_output_tokens=1)
    assert (response.status, response.incomplete_details.reason) == (
        "incomplete",
        "max_output_tokens",
    )
    assert response.max_output_tokens == 1
    assert engine.asked[0].sampling.max_tokens == 1


async def test_log_probabilities_are_there_where_they_are_asked_for():
    piece = TextPiece("a", 1, (chosen("a", -0.25, ("a", -0.25), ("b", -2.0)),))
    engine = ScriptedEngine([piece, ended()])
    async with official(engine) as client:
        response = await client.responses.create(
            **BODY, include=["message.output_text.logprobs"], top_logprobs=2
        )
    assert engine.asked[0].sampling.logprobs == 2
    [logprob] = response.output[0].content[0].logprobs
    assert (logprob.token, [top.token for top in logprob.top_logprobs]) == ("a", ["a", "b"])


PRIORITIES = {
    "nothing said": ({}, Priority.QUESTION),
    "the flex tier": ({"service_tier": "flex"}, Priority.SUGGESTION),
    "our own field": ({"extra_body": {"priority": "suggestion"}}, Priority.SUGGESTION),
}


@pytest.mark.parametrize(("more", "priority"), PRIORITIES.values(), ids=PRIORITIES.keys())
async def test_who_goes_first_is_read(more, priority):
    engine = ScriptedEngine(HELLO)
    async with official(engine) as client:
        await client.responses.create(**BODY, **more)
    assert engine.asked[0].priority is priority


async def test_what_a_client_attaches_comes_back():
    labels = {"metadata": {"topic": "été"}, "user": "ada", "prompt_cache_key": "k"}
    async with official(ScriptedEngine(HELLO)) as client:
        response = await client.responses.create(**BODY, **labels)
    assert (response.metadata, response.user, response.prompt_cache_key) == (
        {"topic": "été"},
        "ada",
        "k",
    )


# -- conversations ---------------------------------------------------------------------------


async def test_a_conversation_only_grows_at_its_end_and_instructions_are_not_inherited():
    engine = ScriptedEngine(HELLO)
    async with official(engine) as client:
        first = await client.responses.create(**BODY, instructions="Be nice.")
        second = await client.responses.create(
            model="tiny", input="more", previous_response_id=first.id, instructions="Be nice."
        )
        third = await client.responses.create(
            model="tiny", input="end", previous_response_id=second.id
        )
    one, two, three = prompts(engine)
    assert one == "system: Be nice.\nuser: hi\n"
    assert two == f"{one}assistant: Hello\nuser: more\n"
    assert three == two.removeprefix("system: Be nice.\n") + "assistant: Hello\nuser: end\n"
    assert second.previous_response_id == first.id
    assert third.instructions is None


async def test_a_conversation_that_goes_on_reuses_its_prompt():
    script = (ScriptedAnswer("user: more", "fine"), ScriptedAnswer("user: hi", "Hello there"))
    async with official(ReplayEngine(script)) as client:
        first = await client.responses.create(**BODY)
        second = await client.responses.create(
            model="tiny", input="more", previous_response_id=first.id
        )
    assert second.usage.input_tokens_details.cached_tokens >= first.usage.input_tokens - 1


async def test_two_answers_can_follow_one_response():
    engine = ScriptedEngine(HELLO)
    async with official(engine) as client:
        first = await client.responses.create(**BODY)
        for word in ("left", "right"):
            await client.responses.create(model="tiny", input=word, previous_response_id=first.id)
    assert [prompt.splitlines()[2:] for prompt in prompts(engine)[1:]] == [
        ["user: left"],
        ["user: right"],
    ]


async def test_the_output_can_be_sent_back_as_input():
    engine = ScriptedEngine(HELLO)
    async with official(engine) as client:
        first = await client.responses.create(**BODY)
        sent = [{"role": "user", "content": "hi"}, *first.output]
        again = {"role": "user", "content": [{"type": "input_text", "text": "more"}]}
        await client.responses.create(model="tiny", input=[*sent, again])
    assert prompts(engine)[1] == "user: hi\nassistant: Hello\nuser: more\n"


async def test_an_unknown_parent_is_named():
    async with official(ScriptedEngine(HELLO)) as client:
        with pytest.raises(openai.BadRequestError, match="resp_nowhere") as refused:
            await client.responses.create(**BODY, previous_response_id="resp_nowhere")
    assert (refused.value.code, refused.value.param) == (
        "previous_response_not_found",
        "previous_response_id",
    )


async def test_what_is_not_stored_cannot_be_read_or_continued():
    async with official(ScriptedEngine(HELLO)) as client:
        response = await client.responses.create(**BODY, store=False)
        with pytest.raises(openai.NotFoundError, match=response.id):
            await client.responses.retrieve(response.id)
        with pytest.raises(openai.BadRequestError):
            await client.responses.create(**BODY, previous_response_id=response.id)


async def test_what_is_stored_can_be_read_listed_and_deleted():
    async with official(ScriptedEngine(HELLO)) as client:
        response = await client.responses.create(**BODY)
        assert await client.responses.retrieve(response.id) == response
        listed = await client.responses.input_items.list(response.id)
        await client.responses.delete(response.id)
        with pytest.raises(openai.NotFoundError):
            await client.responses.delete(response.id)
    assert [item.content[0].text for item in listed.data] == ["hi"]
    assert not listed.has_more


async def test_input_items_are_listed_page_by_page_newest_first():
    items = [{"role": "user", "content": str(number)} for number in range(5)]
    async with official(ScriptedEngine(HELLO)) as client:
        response = await client.responses.create(model="tiny", input=items)
        pages = client.responses.input_items.list(response.id, limit=2)
        newest = [item.content[0].text async for item in pages]
        oldest = await client.responses.input_items.list(response.id, order="asc", limit=2)
    assert newest == ["4", "3", "2", "1", "0"]
    assert [item.content[0].text for item in oldest.data] == ["0", "1"]


# More digits than Python turns into a number, after some that are within the bound.
HUGE_LIMIT = "limit=0001" + "9" * 5000


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("limit=0", "limit"),
        (HUGE_LIMIT, "limit"),
        ("limit=00011", "limit"),
        ("limit=x", "limit"),
        ("order=up", "order"),
        ("after=msg", "after"),
    ],
)
async def test_a_wrong_page_is_refused_by_name(query, param):
    async with asking(ScriptedEngine(HELLO)) as client:
        response_id = (await client.post("/v1/responses", json=BODY)).json()["id"]
        answer = await client.get(f"/v1/responses/{response_id}/input_items?{query}")
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


async def test_what_has_ended_cannot_be_cancelled_or_streamed_again():
    async with official(ScriptedEngine(HELLO)) as client:
        response = await client.responses.create(**BODY)
        with pytest.raises(openai.BadRequestError) as refused:
            await client.responses.cancel(response.id)
        assert refused.value.code == "response_not_cancellable"
        with pytest.raises(openai.NotFoundError):
            await client.responses.cancel("resp_nowhere")
        with pytest.raises(openai.BadRequestError) as refused:
            await client.responses.retrieve(response.id, stream=True)
    assert refused.value.param == "stream"


# -- errors ----------------------------------------------------------------------------------

EARLY = {
    "a prompt over the context": (ContextExceededError(70, 64), 400, "context_length_exceeded"),
    "a full queue": (BusyError(64), 429, "engine_busy"),
    "a broken engine": (EngineError("It broke."), 500, "engine_failed"),
}


class RefusingEngine(ScriptedEngine):
    """Refuses before it begins."""

    async def generate(self, request):
        raise self._answers[0][0]
        yield


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("error", "status", "code"), EARLY.values(), ids=EARLY.keys())
async def test_what_fails_before_it_begins_keeps_its_status(error, status, code, stream):
    async with asking(RefusingEngine([error])) as client:
        answer = await client.post("/v1/responses", json=BODY | {"stream": stream})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_a_failure_in_mid_stream_is_the_last_event_and_nothing_is_stored():
    engine = ScriptedEngine([*pieces("Hel"), EngineError("It broke.", "Ask again.")])
    async with official(engine) as client:
        stream = await client.responses.create(**BODY, stream=True)
        events = [event async for event in stream]
        with pytest.raises(openai.NotFoundError):
            await client.responses.retrieve(events[0].response.id)
    assert events[-1].type == "response.failed"
    assert events[-1].response.error.message == "It broke. Ask again."
    assert [event.sequence_number for event in events] == list(range(len(events)))


async def test_a_failure_of_a_whole_answer_is_an_error():
    engine = ScriptedEngine([*pieces("Hel"), EngineError("It broke.", "Ask again.")])
    async with asking(engine) as client:
        answer = await client.post("/v1/responses", json=BODY)
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "engine_failed")


async def test_an_engine_that_falls_silent_is_an_error():
    async with official(ScriptedEngine(pieces("Hel"))) as client:
        stream = await client.responses.create(**BODY, stream=True)
        events = [event async for event in stream]
    assert events[-1].type == "response.failed"


async def streamed(app, send, gone):
    """One streamed request whose client leaves when ``gone`` is set."""
    body = json.dumps(BODY | {"stream": True}).encode()
    requests = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        if requests:
            return requests.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/responses",
        "raw_path": b"/v1/responses",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), (b"authorization", b"Bearer secret")],
        "http_version": "1.1",
        "scheme": "http",
    }
    await app(scope, receive, send)


async def test_a_client_that_leaves_stops_the_engine():
    engine = ScriptedEngine([*pieces("Hel"), asyncio.Event()])
    app = build_app(service_of(engine), "secret")
    gone = asyncio.Event()

    async def send(message):
        if b"output_text.delta" in message.get("body", b""):
            assert engine.open == 1
            gone.set()

    await streamed(app, send, gone)
    assert gone.is_set()
    assert engine.open == 0


async def test_a_stream_says_that_the_core_closes():
    engine = ScriptedEngine([*pieces("Hel"), asyncio.Event()])
    service = service_of(engine)
    sent = []

    async def send(message):
        sent.append(message)
        if b"output_text.delta" in message.get("body", b""):
            service.activity.closing.set()

    await streamed(build_app(service, "secret"), send, asyncio.Event())
    assert b"response.failed" in sent[-2]["body"]
    assert b"closing down" in sent[-2]["body"]
    assert sent[-1]["more_body"] is False
    assert engine.open == 0
