"""Answer a chat: lay out the prompt, ask the engine, take the answer apart."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from inference_core.chat.template import ChatTemplate
from inference_core.domain.chat import ChatPart, ChatRequest, ContentPart
from inference_core.domain.generation import GenerationRequest, TextPiece
from inference_core.engine.protocol import Engine


async def answer_chat(
    engine: Engine, template: ChatTemplate, request: ChatRequest
) -> AsyncGenerator[ChatPart, None]:
    """Yield the parts of the answer up to Finished; closing it stops the engine.

    Raises what Engine.generate raises, and RequestError for what the template refuses.
    """
    asked = GenerationRequest(
        template.render(request.messages, request.tools),
        request.sampling,
        prediction=request.prediction,
        priority=request.priority,
    )
    async with aclosing(engine.generate(asked)) as events:
        async for event in events:
            if isinstance(event, TextPiece):
                yield ContentPart(event.text, event.tokens, event.logprobs)
            else:
                yield event
