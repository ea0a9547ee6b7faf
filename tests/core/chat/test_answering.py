"""A chat answered by an engine that says what the test wants."""

from contextlib import aclosing

import pytest

from inference_core.chat.answering import answer_chat
from inference_core.chat.template import template_of
from inference_core.domain.chat import (
    ArgumentsPart,
    CallPart,
    ChatMessage,
    ChatRequest,
    ContentPart,
    ReasoningPart,
    Tool,
    ToolUse,
)
from inference_core.domain.errors import EngineError, RequestError
from inference_core.domain.generation import (
    Finished,
    ModelInfo,
    PromptProgress,
    StopReason,
    TextPiece,
    Timings,
)

TIMINGS = Timings(0, 3, 1.0, 2, 1.0)
CHATML = template_of(ModelInfo(64, vocabulary=9))
THINKING = template_of(ModelInfo(64, vocabulary=9, chat_template="{{ '<think>' }}"))


class ScriptedEngine:
    """Answers with given events, and remembers what it was asked and whether it was closed."""

    def __init__(self, *events):
        self.events = events
        self.asked = None
        self.closed = False

    async def generate(self, request):
        self.asked = request
        try:
            for event in self.events:
                if isinstance(event, Exception):
                    raise event
                yield TextPiece(event) if isinstance(event, str) else event
        finally:
            self.closed = True


def question(**fields):
    return ChatRequest((ChatMessage("user", "hi"),), **fields)


async def parts_of(*events, template=CHATML, **fields):
    return [
        part async for part in answer_chat(ScriptedEngine(*events), template, question(**fields))
    ]


def end(reason=StopReason.STOP):
    return Finished(reason, TIMINGS)


async def test_progress_content_and_the_end_are_passed_on():
    progress = PromptProgress(3, 0, 3)
    assert await parts_of(progress, "yes", " sir", end()) == [
        progress,
        ContentPart("yes"),
        ContentPart(" sir"),
        end(),
    ]


async def test_what_was_held_back_comes_before_the_end():
    parts = await parts_of("<thi", end())
    assert parts == [ContentPart("<thi"), end()]


async def test_a_reasoning_that_the_template_began_is_no_content():
    parts = await parts_of("hm", "</think>", "yes", end(), template=THINKING)
    assert parts == [ReasoningPart("hm"), ContentPart("yes"), end()]


CALL = '<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call>'


@pytest.mark.parametrize(
    ("text", "choice", "reason", "told"),
    [
        (CALL, ToolUse.AUTO, StopReason.STOP, StopReason.TOOL_CALLS),
        (CALL, ToolUse.REQUIRED, StopReason.STOP, StopReason.TOOL_CALLS),
        (CALL, ToolUse.AUTO, StopReason.LENGTH, StopReason.LENGTH),
        (CALL[:50], ToolUse.REQUIRED, StopReason.LENGTH, StopReason.LENGTH),
        (CALL[:20], ToolUse.REQUIRED, StopReason.LENGTH, StopReason.LENGTH),
        (CALL, ToolUse.NONE, StopReason.STOP, StopReason.STOP),
        ("no", ToolUse.AUTO, StopReason.STOP, StopReason.STOP),
    ],
)
async def test_the_reason_is_calls_only_where_the_answer_ended_in_them(text, choice, reason, told):
    parts = await parts_of(text, end(reason), tools=(Tool("add"),), tool_choice=choice)
    assert parts[-1] == end(told)


async def test_a_call_is_told_in_parts():
    call, arguments, _ = await parts_of(CALL, end(), tools=(Tool("add"),))
    assert isinstance(call, CallPart)
    assert (call.index, call.name) == (0, "add")
    assert arguments == ArgumentsPart(0, '{"a": 1}')


async def test_with_tools_forbidden_everything_is_content():
    parts = await parts_of(CALL, end(), tools=(Tool("add"),), tool_choice=ToolUse.NONE)
    assert parts == [ContentPart(CALL), end()]


async def test_closing_an_answer_closes_the_engines():
    engine = ScriptedEngine("a", "b", end())
    async with aclosing(answer_chat(engine, CHATML, question())) as parts:
        async for _ in parts:
            break
    assert engine.closed


async def test_what_the_engine_fails_with_is_passed_on():
    with pytest.raises(EngineError):
        await parts_of("a", EngineError("It broke."))


async def test_a_question_that_cannot_be_asked_does_not_reach_the_engine():
    engine = ScriptedEngine(end())
    with pytest.raises(RequestError):
        await anext(answer_chat(engine, CHATML, question(tool_choice=ToolUse.REQUIRED)))
    assert engine.asked is None
