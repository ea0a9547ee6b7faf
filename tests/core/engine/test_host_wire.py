"""What goes over the pipe comes out as it went in."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_core.domain.errors import (
    BusyError,
    ContextExceededError,
    EngineError,
    ModelError,
    RequestError,
)
from inference_core.domain.generation import (
    Candidate,
    Constraint,
    Finished,
    GenerationRequest,
    MarkedPrompt,
    ModelInfo,
    Plain,
    Priority,
    PromptProgress,
    Sampling,
    Special,
    StopReason,
    TextPiece,
    TextPrompt,
    Timings,
    TokenLogprob,
    TokenPrompt,
)
from inference_core.engine.host_wire import (
    error_json,
    event_json,
    info_json,
    read_error,
    read_event,
    read_info,
    read_request,
    read_slot,
    request_json,
    slot_json,
)
from inference_core.engine.slot import SlotPhase, SlotState

prompts = st.one_of(
    st.builds(TextPrompt, st.text()),
    st.builds(TokenPrompt, st.lists(st.integers(0, 2**31)).map(tuple)),
    st.builds(
        MarkedPrompt,
        st.lists(st.one_of(st.builds(Special, st.text()), st.builds(Plain, st.text()))).map(tuple),
    ),
)
samplings = st.builds(
    Sampling,
    max_tokens=st.none() | st.integers(0, 99),
    temperature=st.none() | st.floats(0, 2),
    stop=st.lists(st.text()).map(tuple),
    logprobs=st.none() | st.integers(0, 20),
    logit_bias=st.lists(st.tuples(st.integers(0, 9), st.floats(-100, 100))).map(tuple),
)
requests = st.builds(
    GenerationRequest,
    prompts,
    samplings,
    st.none() | st.builds(Constraint, st.text(), st.text(), st.text(), st.booleans()),
    st.text(),
    st.sampled_from(list(Priority)),
)


def over_the_pipe(data):
    return json.loads(json.dumps(data))


@given(requests)
def test_a_request_arrives_as_it_was(request_):
    assert read_request(over_the_pipe(request_json(request_))) == request_


TIMINGS = Timings(1, 2, 3.5, 4, 5.5, 6.5, 7, 5)
CANDIDATE = Candidate("�", b"\xc3", -0.25)


@pytest.mark.parametrize(
    "event",
    [
        PromptProgress(9, 3, 5),
        TextPiece("é\n", 2, (TokenLogprob(CANDIDATE, (CANDIDATE, CANDIDATE)),)),
        Finished(StopReason.LENGTH, TIMINGS),
        Finished(StopReason.STOP, TIMINGS, "\n\n"),
    ],
)
def test_an_event_arrives_as_it_was(event):
    assert read_event(over_the_pipe(event_json(event))) == event


@pytest.mark.parametrize(
    "error",
    [
        ContextExceededError(9000, 8192),
        BusyError(64),
        RequestError("bad", param="prompt[1]", code="invalid_value", next_step="Do it."),
        EngineError("broke", "Repeat."),
        ModelError("no file", "Check."),
    ],
)
def test_an_error_arrives_with_its_class_and_its_texts(error):
    read = read_error(over_the_pipe(error_json(error)))
    assert type(read) is type(error)
    assert (read.message, read.next_step, read.code) == (error.message, error.next_step, error.code)
    assert event_json(error) == ["e", error_json(error)]
    assert read_event(["e", error_json(error)]).message == error.message


def test_a_models_words_about_itself_arrive():
    info = ModelInfo(8192, 32768, 151_000, "{{ x }}", "<s>", "</s>", True, ("<|im_end|>",))
    assert read_info(over_the_pipe(info_json(info))) == info


def test_a_slot_arrives():
    slot = SlotState(1, SlotPhase.DECODE, 2, 30, 40, 50, 6)
    assert read_slot(over_the_pipe(slot_json(slot))) == slot


def test_something_unknown_is_an_error_of_the_engine():
    with pytest.raises(EngineError, match="unknown"):
        read_event(["?", 1])
