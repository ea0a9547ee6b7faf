"""End an answer by the clock, as llama-server's ``t_max_predict_ms`` does."""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from inference_core.domain.generation import (
    Event,
    Finished,
    PromptProgress,
    StopReason,
    TextPiece,
    Timings,
)


async def limited_in_time(
    events: AsyncGenerator[Event, None],
    limit_ms: float,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncGenerator[Event, None]:
    """Yield the events, but end the answer once it has taken longer and has a line break.

    The time counts from the first token, as in llama-server. The engine is stopped then, so that
    the figures of such an answer are those that were seen here; ``clock`` counts seconds.
    """
    progress = PromptProgress(0, 0, 0)
    tokens = 0
    has_line = False
    asked = began = clock()
    async with aclosing(events):
        async for event in events:
            yield event
            match event:
                case PromptProgress():
                    progress = event
                case TextPiece():
                    began = clock() if tokens == 0 else began
                    tokens += event.tokens
                    has_line = has_line or "\n" in event.text
                    spent_ms = (clock() - began) * 1000
                    if has_line and spent_ms > limit_ms:
                        break
        else:
            return
    prompt_ms = (began - asked) * 1000
    fresh = progress.total - progress.cached
    timings = Timings(progress.cached, fresh, prompt_ms, tokens, (clock() - began) * 1000)
    yield Finished(StopReason.LENGTH, timings)
