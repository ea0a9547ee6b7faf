"""A recording that answers in the place of a model."""

import pytest

from inference_core.domain.errors import ContextExceededError, RequestError
from inference_core.domain.generation import (
    Finished,
    GenerationRequest,
    PromptProgress,
    Sampling,
    StopReason,
    TextPiece,
    TextPrompt,
)
from inference_core.server.emulation.recorded_engine import (
    RecordedEngine,
    RecordedPiece,
    single_tokens,
)

PIECES = [
    RecordedPiece(number / 10, text) for number, text in enumerate(["one ", "two ", "three "])
]
PROMPT = "a prompt of some words " * 8


async def said(engine, prompt="Say it.", **sampling):
    request = GenerationRequest(TextPrompt(prompt), Sampling(**sampling))
    events = [event async for event in engine.generate(request)]
    text = "".join(event.text for event in events if isinstance(event, TextPiece))
    return text, events


async def test_without_a_limit_the_recording_is_said_once():
    text, events = await said(RecordedEngine(PIECES, 100))
    assert text == "one two three "
    assert events[-1].reason is StopReason.STOP
    assert events[-1].timings.predicted_n == 3


async def test_it_is_said_again_to_the_length_asked_for():
    text, events = await said(RecordedEngine(PIECES, 100), max_tokens=7)
    assert text == "one two three one two three one "
    assert events[-1].reason is StopReason.LENGTH
    assert sum(event.tokens for event in events if isinstance(event, TextPiece)) == 7


async def test_it_ends_at_a_stop_string():
    text, events = await said(RecordedEngine(PIECES, 100), max_tokens=50, stop=("three",))
    assert text == "one two "
    assert (events[-1].reason, events[-1].stop) == (StopReason.STOP, "three")


async def test_a_warm_up_writes_nothing():
    text, events = await said(RecordedEngine(PIECES, 100), max_tokens=0)
    assert text == ""
    assert isinstance(events[-1], Finished)


async def test_a_prompt_that_begins_like_the_last_one_is_known():
    engine = RecordedEngine(PIECES, 1000)
    await said(engine, PROMPT)
    _, events = await said(engine, PROMPT + "and more")
    assert events[0] == PromptProgress(events[0].total, events[0].cached, events[0].total)
    assert 16 <= events[0].cached < events[0].total
    assert events[-1].timings.cache_n == events[0].cached


async def test_the_context_bounds_prompt_and_answer():
    engine = RecordedEngine(PIECES, 10)
    text, _ = await said(engine, "a b c", max_tokens=50)
    assert len(text.split()) == 7
    with pytest.raises(ContextExceededError):
        await said(engine, PROMPT)


async def test_an_empty_recording_says_nothing():
    assert (await said(RecordedEngine([], 10), max_tokens=5))[0] == ""


async def test_its_tokens_are_words_that_cannot_be_read_back():
    engine = RecordedEngine(PIECES, 10)
    assert [token.text for token in await engine.tokenize("a b", special=False)] == ["a", " b"]
    with pytest.raises(RequestError):
        await engine.detokenize([1])


def test_pieces_of_several_tokens_are_taken_apart():
    recorded = [(0.1, "def", 1), (0.2, " add(a, b)", 5), (0.3, "", 0), (0.4, "x y", 0)]
    assert single_tokens(recorded) == [
        RecordedPiece(0.1, "def"),
        *(RecordedPiece(0.2, text) for text in (" add", "(", "a", ",", " b", ")")),
        RecordedPiece(0.4, "x"),
        RecordedPiece(0.4, " y"),
    ]
