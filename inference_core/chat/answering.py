"""Answer a chat: lay out the prompt, ask the engine, take the answer apart."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from inference_core.chat.asking import question_of
from inference_core.chat.reading import AnswerReader
from inference_core.chat.template import ChatTemplate
from inference_core.domain.chat import ChatPart, ChatRequest
from inference_core.domain.generation import Finished, PromptProgress, StopReason, TextPiece
from inference_core.engine.protocol import Engine


async def answer_chat(
    engine: Engine, template: ChatTemplate, request: ChatRequest
) -> AsyncGenerator[ChatPart, None]:
    """Yield the parts of the answer up to Finished; closing it stops the engine.

    Raises what Engine.generate raises, and RequestError for what cannot be asked: see question_of.
    """
    question = question_of(template, request)
    layout = question.layout
    reader = AnswerReader(layout.tools, layout.thinking, layout.bare)
    async with aclosing(engine.generate(question.asked)) as events:
        async for event in events:
            match event:
                case TextPiece():
                    for part in reader.feed(event):
                        yield part
                case Finished():
                    for part in reader.end():
                        yield part
                    yield _with_calls(event, reader.calls)
                case PromptProgress():
                    yield event


def _with_calls(finished: Finished, calls: int) -> Finished:
    """Return the end with the reason that clients act on: a call that was cut off is none."""
    if calls and finished.reason is StopReason.STOP:
        return replace(finished, reason=StopReason.TOOL_CALLS)
    return finished
