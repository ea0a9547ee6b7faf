"""Every dialect of a streamed answer: reasoning, tool calls, counts, times, ends."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from law_cases import cases
from remote_fakes import delta, told

from spark_desktop.adapters.chat_answer import ChatAnswer
from spark_desktop.adapters.stop_texts import StopTexts
from spark_desktop.adapters.think_tags import ThinkTags
from spark_desktop.domain.completion import (
    Chunk,
    Finished,
    FinishReason,
    TextChunk,
    Timing,
    ToolCall,
    Usage,
)
from spark_desktop.domain.errors import AnswerTooLargeError, EndpointBusyError, EndpointError

TIMING = Timing(0.5, 1.0)


def read(*events: object, stops: tuple[str, ...] = ()) -> tuple[list[Chunk], Finished]:
    answer = ChatAnswer(ThinkTags(), StopTexts(stops))
    chunks: list[Chunk] = []
    for event in events:
        if not answer.is_over:
            chunks += answer.take(event if isinstance(event, str) else json.dumps(event))
    chunks += answer.rest()
    return chunks, answer.finished(TIMING)


def pieces_of(text: str, cuts: set[int]) -> list[str]:
    places = [0, *sorted(cut for cut in cuts if 0 < cut < len(text)), len(text)]
    return [text[a:b] for a, b in pairwise(places)]


@pytest.mark.parametrize("tag", ["think", "thinking", "thought"])
def test_reasoning_between_tags_is_folded_wherever_it_is_cut(tag: str) -> None:
    whole = f"\n<{tag}>\nhm <b> </th\n</{tag}>\n\nAnswer </{tag}> <{tag}>."
    for cut in range(1, len(whole)):
        chunks, _ = read(*(delta(content=piece) for piece in (whole[:cut], whole[cut:])))
        assert told(chunks) == (f"Answer </{tag}> <{tag}>.", "\nhm <b> </th\n"), cut


@given(st.sets(st.integers(0, 60)))
def test_tags_in_any_pieces_are_the_same_answer(cuts: set[int]) -> None:
    whole = "<think>one</think> <think>two</think>\n<p>three</p>"
    chunks, _ = read(*(delta(content=piece) for piece in pieces_of(whole, cuts)))
    assert told(chunks) == ("<p>three</p>", "onetwo")


@given(st.text("<think>/ab \n", max_size=40), st.sets(st.integers(0, 40)))
def test_nothing_of_an_answer_is_lost_but_its_tags_and_blanks(text: str, cuts: set[int]) -> None:
    chunks, _ = read(*(delta(content=piece) for piece in pieces_of(text, cuts)))
    whole, _ = read(delta(content=text))
    assert told(chunks) == told(whole)
    if not text.lstrip().startswith("<think>"):
        assert told(chunks) == (text, "")


@pytest.mark.parametrize("text", ["<thi", "<", "  \n", "a <think>b</think>", "<div>"])
def test_what_only_looks_like_reasoning_is_text(text: str) -> None:
    assert told(read(delta(content=text))[0]) == (text, "")


def test_reasoning_that_never_ends_is_no_text() -> None:
    assert told(read(delta(content="<think>hm </thi"))[0]) == ("", "hm </thi")


def test_mistrals_parts_are_reasoning_and_text() -> None:
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}, 3]},
        {"type": "text", "text": "yes"},
        "odd",
    ]
    assert told(read(delta(content=parts))[0]) == ("yes", "hm")


def call(index: int | None = 0, id_: str | None = None, **function: object) -> dict[str, Any]:
    piece: dict[str, Any] = {"type": "function", "function": function}
    if index is not None:
        piece["index"] = index
    if id_ is not None:
        piece["id"] = id_
    return piece


def calls_of(*deltas: list[dict[str, Any]], reason: str = "tool_calls") -> tuple[ToolCall, ...]:
    _, end = read(*(delta(tool_calls=pieces) for pieces in deltas), delta(reason))
    return end.calls


@given(st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)))
def test_numbered_pieces_of_two_calls_are_put_together(one: set[int], two: set[int]) -> None:
    first, second = '{"path": "a.py", "n": 1}', '{"path": "b.py"}'
    deltas = [[call(0, "c1", name="read", arguments="")], [call(1, "c2", name="write")]]
    deltas += [[call(0, arguments=piece)] for piece in pieces_of(first, one)]
    deltas += [[call(1, arguments=piece)] for piece in pieces_of(second, two)]
    assert calls_of(*deltas) == (ToolCall("c1", "read", first), ToolCall("c2", "write", second))


def test_whole_calls_in_one_chunk_are_taken() -> None:
    pieces = [call(0, "a", name="f", arguments="{}"), call(1, "b", name="g", arguments={"é": 1})]
    assert calls_of(pieces) == (ToolCall("a", "f", "{}"), ToolCall("b", "g", '{"é": 1}'))


def test_calls_that_all_have_the_number_0_are_several() -> None:
    deltas = [[call(0, "a", name="f", arguments="{}")], [call(0, "b", name="g", arguments="[]")]]
    assert [one.name for one in calls_of(*deltas)] == ["f", "g"]


def test_pieces_without_numbers_go_on_with_the_last_call() -> None:
    deltas = [
        [call(None, "a", name="f", arguments='{"x"')],
        [call(None, arguments=": 1")],
        [call(None, "a", arguments="}")],
        [call(None, "b", name="f")],
    ]
    assert calls_of(*deltas) == (ToolCall("a", "f", '{"x": 1}'), ToolCall("b", "f", "{}"))


def test_a_call_without_an_id_gets_one() -> None:
    (one,) = calls_of([call(0, name="f", arguments="{}")])
    # As Mistral wants them.
    assert len(one.id) == 9
    assert one.id.isalnum()


def test_a_call_without_a_name_is_none() -> None:
    assert calls_of([call(0, "a", arguments="{}")]) == ()


def test_a_call_that_was_cut_by_the_limit_is_none() -> None:
    pieces = [call(0, "a", name="f", arguments="{}"), call(1, "b", name="g", arguments='{"x": "y')]
    assert [one.id for one in calls_of(pieces, reason="length")] == ["a"]


def test_the_old_function_call_is_a_call() -> None:
    _, end = read(
        delta(function_call={"name": "f", "arguments": '{"a"'}),
        delta(function_call={"arguments": ": 1}"}),
        delta("function_call"),
    )
    assert (end.reason, end.calls[0].name, end.calls[0].arguments) == (
        FinishReason.TOOLS,
        "f",
        '{"a": 1}',
    )


def test_odd_pieces_of_calls_are_passed_over() -> None:
    odd: list[Any] = [None, 3, {"function": "f"}, {"index": "x", "function": {"name": 4}}]
    assert calls_of(odd) == ()


def test_arguments_without_an_end_are_refused() -> None:
    answer = ChatAnswer()
    event = json.dumps(delta(tool_calls=[call(0, "a", name="f", arguments="x" * 10_000_000)]))
    answer.take(event)
    with pytest.raises(AnswerTooLargeError):
        answer.take(event)


@pytest.mark.parametrize(
    ("told_", "expected"),
    [
        ("stop", FinishReason.STOP),
        ("end_turn", FinishReason.STOP),
        ("length", FinishReason.LENGTH),
        ("model_length", FinishReason.LENGTH),
        ("tool_calls", FinishReason.TOOLS),
        ("content_filter", FinishReason.FILTER),
        ("abort", FinishReason.OTHER),
    ],
)
def test_every_reason_has_its_meaning(told_: str, expected: FinishReason) -> None:
    assert read(delta(told_))[1].reason is expected


@pytest.mark.parametrize("reason", ["stop", None])
def test_calls_are_the_reason_whatever_the_server_says(reason: str | None) -> None:
    _, end = read(delta(tool_calls=[call(0, "a", name="f")]), delta(reason), "[DONE]")
    assert end.reason is FinishReason.TOOLS


@pytest.mark.parametrize(
    ("event", "usage"),
    [
        (
            {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2}},
            Usage(9, 2, 0),
        ),
        (
            {"choices": [], "x_groq": {"usage": {"prompt_tokens": 9, "completion_tokens": 2}}},
            Usage(9, 2, 0),
        ),
        (
            {
                "choices": [],
                "usage": {
                    "prompt_tokens": 9,
                    "completion_tokens": 2,
                    "prompt_tokens_details": {"cached_tokens": 4},
                },
            },
            Usage(9, 2, 4),
        ),
        (
            {"choices": [], "usage": {"prompt_tokens": 9, "prompt_cache_hit_tokens": 4}},
            Usage(9, 0, 4),
        ),
        ({"choices": [], "usage": {"prompt_tokens": 9, "cached_tokens": 4}}, Usage(9, 0, 4)),
        (
            {
                "choices": [],
                "usage": {"input_tokens": 9, "output_tokens": 3, "cache_read_input_tokens": 4},
            },
            Usage(9, 3, 4),
        ),
        (
            {"choices": [], "timings": {"cache_n": 5, "prompt_n": 4, "predicted_n": 3}},
            Usage(9, 3, 5),
        ),
        ({"choices": [], "usage": None}, Usage(0, 0, 0)),
        ({"choices": [], "usage": {"prompt_tokens": "x", "completion_tokens": -4}}, Usage()),
        ({"choices": [], "usage": {"prompt_tokens": True, "prompt_tokens_details": 3}}, Usage()),
    ],
)
def test_tokens_are_read_under_every_name(event: object, usage: Usage) -> None:
    assert read(delta(content="x"), delta("stop"), event)[1].usage == usage


def test_of_usage_in_every_chunk_the_last_counts() -> None:
    chunks = [
        delta(content="x") | {"usage": {"prompt_tokens": 5, "completion_tokens": n}} for n in (1, 2)
    ]
    assert read(*chunks, delta("stop") | {"usage": None})[1].usage == Usage(5, 2)


@pytest.mark.parametrize(
    "event",
    [
        {"time_info": {"queue_time": 0.25, "prompt_time": 0.5, "completion_time": 1.5}},
        {"usage": {"queue_time": 0.25, "prompt_time": 0.5, "completion_time": 1.5}},
        {"timings": {"queue_ms": 250, "prompt_ms": 500, "predicted_ms": 1500}},
    ],
    ids=["cerebras", "groq", "llama-server"],
)
def test_the_servers_times_are_read(event: dict[str, object]) -> None:
    timing = read(delta("stop"), {"choices": []} | event)[1].timing
    assert timing == Timing(0.5, 1.0, prefill=0.5, decode=1.5, queue=0.25)


def test_an_answer_in_one_piece_is_taken_whole() -> None:
    message = {
        "role": "assistant",
        "reasoning": "hm",
        "content": "x",
        "tool_calls": [call(0, "a", name="f")],
    }
    chunks, end = read(
        {
            "choices": [{"message": message, "finish_reason": "tool_calls"}],
            "usage": {"prompt_tokens": 1},
        }
    )
    assert told(chunks) == ("x", "hm")
    assert (end.reason, end.usage.prompt_tokens, end.calls[0].name) == (FinishReason.TOOLS, 1, "f")


def test_a_completions_text_is_the_answer() -> None:
    chunks, end = read(
        {"choices": [{"text": "a"}]}, {"choices": [{"text": "b", "finish_reason": "stop"}]}
    )
    assert (told(chunks)[0], end.reason) == ("ab", FinishReason.STOP)


def test_a_refusal_is_told_as_text() -> None:
    assert told(read(delta(refusal="No."))[0]) == ("No.", "")


@given(st.sets(st.integers(0, 12)))
def test_a_stop_ends_the_answer_where_the_server_knows_none(cuts: set[int]) -> None:
    chunks, end = read(
        *(delta(content=one) for one in pieces_of("ab\nENDab", cuts)), stops=("END",)
    )
    assert (told(chunks)[0], end.reason) == ("ab\n", FinishReason.STOP)


def test_the_beginning_of_a_stop_is_told_in_the_end() -> None:
    assert told(read(delta(content="ab EN"), delta("stop"), stops=("END",))[0])[0] == "ab EN"


@pytest.mark.parametrize(
    ("event", "kind", "said"),
    [
        ({"error": {"message": "slow", "code": 429}}, EndpointBusyError, "slow"),
        ({"error": {"message": "slow", "code": "429"}}, EndpointBusyError, "slow"),
        ({"error": {"message": "slow"}, "status_code": 429}, EndpointBusyError, "slow"),
        ({"error": {"message": "full", "type": "overloaded_error"}}, EndpointBusyError, "full"),
        ({"error": {"message": "odd", "code": 7}}, EndpointError, "failed: odd"),
        (
            {"choices": [{"error": {"code": 502, "message": "gone"}, "finish_reason": "error"}]},
            EndpointError,
            "gone",
        ),
        ("[" * 100_000, EndpointError, "no JSON object"),
        ("null", EndpointError, "no JSON object"),
    ],
)
def test_an_error_told_in_the_stream_is_raised(
    event: object, kind: type[EndpointError], said: str
) -> None:
    with pytest.raises(kind, match=said):
        read(delta(content="x"), event)


_NAMES = """
choices delta message content text tool_calls function name arguments index id usage timings x_groq
prompt_tokens reasoning finish_reason prompt_tokens_details type time_info stop thinking error code
"""
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(_NAMES.split()), inner, max_size=5)
    ),
    max_leaves=20,
)


@settings(max_examples=cases(50))
@given(st.lists(_json, max_size=4))
def test_whatever_a_server_sends_is_chunks_or_one_of_our_errors(events: list[object]) -> None:
    answer = ChatAnswer(ThinkTags(), StopTexts(("END",)))
    try:
        for event in events:
            for chunk in answer.take(json.dumps(event)):
                assert not isinstance(chunk, TextChunk) or chunk.text
    except EndpointError:
        return
    answer.rest()
    assert answer.finished(TIMING).usage.prompt_tokens >= 0


def test_how_sure_the_model_was_is_the_mean_of_its_tokens() -> None:
    def token(logprob: object) -> dict[str, Any]:
        choice = {"delta": {"content": "x"}, "logprobs": {"content": [{"logprob": logprob}]}}
        return {"choices": [choice]}

    _, finished = read(token(-0.5), token(-1.5), token("none"), "[DONE]")
    assert finished.likelihood == -1.0
    _, finished = read({"choices": [{"delta": {"content": "x"}, "logprobs": None}]}, "[DONE]")
    assert finished.likelihood is None
