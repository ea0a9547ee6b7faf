"""Fill-ins: llama-server's fields and its shape."""

import asyncio
import json

import pytest
from generating import MODEL, ScriptedEngine, asking, data_of, ended, pieces

from inference_core.domain.generation import Finished, Priority, PromptProgress, StopReason
from inference_core.server.completion_requests import read_infill
from inference_core.server.fields import Fields
from inference_core.server.time_limit import limited_in_time

ASK = {"input_prefix": "def add", "input_suffix": "\n"}


def read(**fields):
    return read_infill(Fields(ASK | fields), MODEL)[0]


@pytest.mark.parametrize(
    ("fields", "limit", "priority"),
    [
        ({}, 256, Priority.QUESTION),
        ({"n_predict": -1}, 256, Priority.QUESTION),
        ({"n_predict": 5, "max_tokens": 7}, 5, Priority.QUESTION),
        ({"max_tokens": 7}, 7, Priority.QUESTION),
        ({"n_predict": 0}, 0, Priority.WARMUP),
        ({"priority": "suggestion"}, 256, Priority.SUGGESTION),
    ],
)
def test_a_fill_in_has_a_limit_and_a_priority(fields, limit, priority):
    (question,) = read(**fields).questions
    assert (question.sampling.max_tokens, question.priority) == (limit, priority)


@pytest.mark.parametrize(
    ("asked", "limit_ms"), [(None, None), (0, None), (-1, None), (250, 250), (250.0, 250)]
)
def test_a_fill_in_may_have_a_limit_in_time(asked, limit_ms):
    assert read(t_max_predict_ms=asked).predict_ms == limit_ms


@pytest.mark.parametrize(
    ("fields", "param", "says"),
    [
        ({"n": 2}, "n", "must be 1"),
        ({"n_predict": -2}, "n_predict", "at least -1"),
        ({"input_extra": [{"text": "x"}] * 1025}, "input_extra", "at most 1024 entries"),
        ({"input_extra": [{"filename": 1, "text": "x"}]}, "input_extra[0].filename", "a string"),
        ({"t_max_predict_ms": "soon"}, "t_max_predict_ms", "must be an integer"),
        ({"stop": ["x"] * 17}, "stop", "at most 16"),
    ],
)
async def test_a_wrong_field_of_a_fill_in_is_named(fields, param, says):
    async with asking(ScriptedEngine([ended()])) as client:
        response = await client.post("/infill", content=json.dumps(ASK | fields))
    error = response.json()["error"]
    assert (response.status_code, error["param"]) == (400, param)
    assert says in error["message"]


@pytest.mark.parametrize(
    ("end", "kind", "word"),
    [
        (ended(), "eos", ""),
        (ended(StopReason.LENGTH), "limit", ""),
        (ended(stop="\n\n"), "word", "\n\n"),
        # A token that we look for is the model's own way to end, which the client need not know.
        (ended(stop="<|file_sep|>"), "eos", ""),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
async def test_the_end_of_a_fill_in_says_why(end, kind, word, stream):
    async with asking(ScriptedEngine([*pieces("a", "b"), end])) as client:
        body = ASK | {"stop": ["\n\n"], "stream": stream}
        response = await client.post("/infill", json=body)
    chunks = data_of(response)[:-1] if stream else [response.json()]
    assert "".join(chunk["content"] for chunk in chunks) == "ab"
    last = chunks[-1]
    assert (last["stop"], last["stop_type"], last["stopping_word"]) == (True, kind, word)
    assert (last["tokens_evaluated"], last["tokens_predicted"]) == (10, 3)
    assert (last["truncated"], last["timings"]["predicted_n"]) == (False, 3)
    assert last["usage"]["completion_tokens"] == 3


# -- a limit in time -----------------------------------------------------------------------------


class Clock:
    """Seconds that pass only when a piece comes: one each time it is read."""

    def __init__(self):
        self.now = -1.0

    def __call__(self):
        self.now += 1.0
        return self.now


async def of(*events):
    for event in events:
        yield event


@pytest.mark.parametrize(
    ("texts", "limit_ms", "kept"),
    [
        (["a\n", "b", "c"], 1000, 2),  # over the limit at the second piece
        (["a", "b", "c\n", "d"], 1000, 3),  # not before there is a line
        (["a", "b", "c"], 1, 3),
        (["a\n", "b"], 60_000, 2),
    ],
)
async def test_an_answer_ends_at_its_limit_in_time_but_with_a_line(texts, limit_ms, kept):
    events = of(PromptProgress(10, 4, 10), *pieces(*texts), ended())
    came = [event async for event in limited_in_time(events, limit_ms, Clock())]
    assert [event.text for event in came[1:-1]] == texts[:kept]
    end = came[-1]
    assert isinstance(end, Finished)
    if kept < len(texts):
        assert end.reason is StopReason.LENGTH
        assert (end.timings.cache_n, end.timings.prompt_n, end.timings.predicted_n) == (4, 6, kept)
    else:
        assert end == ended()


async def test_an_answer_that_breaks_off_gets_no_end_from_its_limit_in_time():
    came = [event async for event in limited_in_time(of(*pieces("a")), 1000, Clock())]
    assert came == pieces("a")


async def test_the_engine_stops_at_the_limit_in_time():
    engine = ScriptedEngine([*pieces("a\n", "b"), asyncio.Event()])
    events = limited_in_time(engine.generate(read().questions[0]), 0.5, Clock())
    assert isinstance([event async for event in events][-1], Finished)
    assert engine.open == 0
