"""Which events tell a response, in which order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_core.domain.chat import ArgumentsPart, CallPart, ContentPart, ReasoningPart
from inference_core.domain.errors import BusyError, EngineError, RequestError
from inference_core.domain.generation import (
    Candidate,
    Finished,
    PromptProgress,
    StopReason,
    Timings,
    TokenLogprob,
)
from inference_core.server.responses.narration import Narration

TIMINGS = Timings(cache_n=4, prompt_n=6, prompt_ms=60.0, predicted_n=3, predicted_ms=30.0)
STOP = Finished(StopReason.STOP, TIMINGS)
LENGTH = Finished(StopReason.LENGTH, TIMINGS)
CALLED = Finished(StopReason.TOOL_CALLS, TIMINGS)

BEGIN = ["created", "in_progress"]
TEXT_OPEN = ["output_item.added", "content_part.added"]
TEXT_DONE = ["output_text.done", "content_part.done", "output_item.done"]
REASONED = ["reasoning_text.done", "content_part.done", "output_item.done"]
CALL_DONE = ["function_call_arguments.done", "output_item.done"]
CALL_DELTA = "function_call_arguments.delta"


def told(*parts, silent=False):
    narration = Narration("resp_1", {"model": "tiny"}, silent=silent)
    events = narration.begin()
    for part in parts:
        events += narration.finish(part) if isinstance(part, Finished) else narration.part(part)
    return events


def names(events):
    return [event["type"].removeprefix("response.") for event in events]


def call(index, name="look", arguments=("{", "}")):
    return [
        CallPart(index, f"call_{index}", name),
        *(ArgumentsPart(index, each) for each in arguments),
    ]


ORDERS = {
    "a text": (
        [ContentPart("Hel"), ContentPart("lo"), STOP],
        [*BEGIN, *TEXT_OPEN, "output_text.delta", "output_text.delta", *TEXT_DONE, "completed"],
    ),
    "a text that reaches its limit": (
        [ContentPart("Hel"), LENGTH],
        [*BEGIN, *TEXT_OPEN, "output_text.delta", *TEXT_DONE, "incomplete"],
    ),
    "a text without a word": (
        [STOP],
        [*BEGIN, *TEXT_OPEN, *TEXT_DONE, "completed"],
    ),
    "progress and an empty piece say nothing": (
        [PromptProgress(10, 4, 10), ContentPart(""), ReasoningPart(""), ContentPart("a"), STOP],
        [*BEGIN, *TEXT_OPEN, "output_text.delta", *TEXT_DONE, "completed"],
    ),
    "a call": (
        [*call(0), CALLED],
        [*BEGIN, "output_item.added", CALL_DELTA, CALL_DELTA, *CALL_DONE, "completed"],
    ),
    "two calls": (
        [*call(0, arguments=("{}",)), *call(1, arguments=("{}",)), CALLED],
        [*BEGIN, *(["output_item.added", CALL_DELTA, *CALL_DONE] * 2), "completed"],
    ),
    "reasoning, text and a call": (
        [ReasoningPart("hm"), ContentPart("So"), *call(0, arguments=("{}",)), CALLED],
        [
            *BEGIN,
            *TEXT_OPEN,
            "reasoning_text.delta",
            *REASONED,
            *TEXT_OPEN,
            "output_text.delta",
            *TEXT_DONE,
            "output_item.added",
            CALL_DELTA,
            *CALL_DONE,
            "completed",
        ],
    ),
}


@pytest.mark.parametrize(("parts", "expected"), ORDERS.values(), ids=ORDERS.keys())
def test_the_events_come_in_the_documented_order(parts, expected):
    assert names(told(*parts)) == expected


def test_a_warm_up_ends_without_output_though_its_limit_is_reached():
    events = told(LENGTH, silent=True)
    assert names(events) == [*BEGIN, "completed"]
    assert events[-1]["response"]["output"] == []


def test_items_are_counted_and_each_event_names_its_own():
    events = told(ReasoningPart("hm"), ContentPart("So"), *call(0), CALLED)
    added = [event for event in events if event["type"] == "response.output_item.added"]
    assert [event["output_index"] for event in added] == [0, 1, 2]
    assert [event["item"]["type"] for event in added] == ["reasoning", "message", "function_call"]
    ids = {event["output_index"]: event["item"]["id"] for event in added}
    for event in events:
        if "item_id" in event:
            assert event["item_id"] == ids[event["output_index"]]


def test_the_response_at_the_end_has_the_items_that_were_done():
    events = told(ContentPart("So"), *call(0), CALLED)
    done = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    body = events[-1]["response"]
    assert body["output"] == done
    assert body["status"] == "completed"
    assert body["output"][1]["arguments"] == "{}"


def test_the_usage_counts_what_was_reused_and_what_was_thought():
    usage = told(ReasoningPart("hm", tokens=2), ContentPart("So"), STOP)[-1]["response"]["usage"]
    assert usage == {
        "input_tokens": 10,
        "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 6},
        "output_tokens": 3,
        "output_tokens_details": {"reasoning_tokens": 2},
        "total_tokens": 13,
    }


def test_log_probabilities_come_with_their_delta_and_with_the_whole():
    chosen = TokenLogprob(Candidate("a", b"a", -0.5), (Candidate("b", b"b", -1.5),))
    events = told(ContentPart("a", 1, (chosen,)), STOP)
    expected = [
        {
            "token": "a",
            "bytes": [97],
            "logprob": -0.5,
            "top_logprobs": [{"token": "b", "bytes": [98], "logprob": -1.5}],
        }
    ]
    by_name = dict(zip(names(events), events, strict=True))
    assert by_name["output_text.delta"]["logprobs"] == expected
    assert by_name["output_text.done"]["logprobs"] == expected
    assert events[-1]["response"]["output"][0]["content"][0]["logprobs"] == expected


FAILURES = {
    "the engine": (EngineError("It broke.", "Ask again."), "server_error", "It broke. Ask again."),
    "a full queue": (BusyError(64), "rate_limit_exceeded", None),
    "the request": (RequestError("It cannot be."), "invalid_prompt", "It cannot be."),
}


@pytest.mark.parametrize(("error", "code", "message"), FAILURES.values(), ids=FAILURES.keys())
def test_a_failure_ends_what_is_open_and_says_why(error, code, message):
    narration = Narration("resp_1", {})
    narration.begin()
    narration.part(ContentPart("Hel"))
    events = narration.fail(error)
    assert names(events) == [*TEXT_DONE, "failed"]
    body = events[-1]["response"]
    assert (body["status"], body["error"]["code"]) == ("failed", code)
    assert message is None or body["error"]["message"] == message
    assert body["output"][0]["status"] == "incomplete"


def test_a_steered_response_keeps_what_was_said_and_says_why_it_ends():
    narration = Narration("resp_1", {})
    narration.part(ContentPart("Hel"))
    events = narration.steer()
    assert names(events) == [*TEXT_DONE, "incomplete"]
    assert events[-1]["response"]["incomplete_details"] == {"reason": "steered"}


def test_a_response_cannot_be_cut_once_it_calls():
    narration = Narration("resp_1", {})
    assert narration.interruptible
    narration.part(ContentPart("a"))
    assert narration.interruptible
    narration.part(CallPart(0, "call_0", "look"))
    assert not narration.interruptible
    narration.part(ContentPart("b"))
    assert not narration.interruptible


def calls(index):
    arguments = st.lists(st.text(max_size=3), max_size=3)
    return arguments.map(lambda each: call(index, arguments=tuple(each)))


PARTS = st.lists(
    st.one_of(
        st.text(max_size=3).map(lambda text: [ContentPart(text)]),
        st.text(max_size=3).map(lambda text: [ReasoningPart(text)]),
        st.integers(0, 3).flatmap(calls),
        st.just([PromptProgress(3, 1, 2)]),
    ),
    max_size=8,
).map(lambda groups: [part for group in groups for part in group])


@given(PARTS, st.sampled_from([STOP, LENGTH, CALLED]))
def test_whatever_comes_is_told_once_and_every_item_is_opened_and_done(parts, finished):
    events = told(*parts, finished)
    kinds = names(events)
    assert kinds[:2] == BEGIN
    assert sum(kind in ("completed", "incomplete", "failed") for kind in kinds) == 1
    assert kinds[-1] in ("completed", "incomplete")
    assert kinds.count("output_item.added") == kinds.count("output_item.done")
    said = "".join(part.text for part in parts if isinstance(part, ContentPart))
    body = events[-1]["response"]
    texts = [item["content"][0]["text"] for item in body["output"] if item["type"] == "message"]
    assert "".join(texts) == said
    deltas = [event["delta"] for event in events if event["type"].endswith("output_text.delta")]
    assert "".join(deltas) == said
