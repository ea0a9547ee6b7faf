"""Doubts an answer of a local model that says nothing, or something else when asked again."""

import asyncio
import logging
from dataclasses import replace

from spark_desktop.domain.answer_facts import (
    claims,
    contradict,
    lacks_number,
    only_repeats,
    says_nothing,
    tells_a_fact,
)
from spark_desktop.domain.completion import ChatRequest, Priority, TextChunk
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.prompt_layout import needs_proof
from spark_desktop.domain.words import say
from spark_desktop.services.ports import Endpoint

_log = logging.getLogger(__name__)
_OTHERS = 2
_TEMPERATURE = 0.7
_SEED = 200
# Tokens of another answer: what it claims stands in few words, or cannot be compared.
_TOKENS = 300


async def doubt_of(endpoint: Endpoint, request: ChatRequest, question: str, answer: str) -> str:
    """Return why the answer to ``request`` should not be relied on; "" where nothing says so.

    Only of a model that costs nothing. It is asked again for an answer that ends in numbers or
    names of code. What fails meanwhile says nothing. Cancelling ends the other answers.
    """
    try:
        return await _doubt(endpoint, request, question, answer)
    except SparkError:
        return ""
    except Exception:  # noqa: BLE001 - nobody foresees what is wrong in it
        # It only warns: an answer that is there must not be lost to a mistake in comparing it.
        _log.exception("an answer could not be doubted")
        return ""


async def _doubt(endpoint: Endpoint, request: ChatRequest, question: str, answer: str) -> str:
    if not endpoint.model.is_local:
        return ""
    if says_nothing(answer):
        return say("The answer says nothing.")
    if only_repeats(question, answer, "\n".join(one.text for one in request.messages)):
        return say("The answer only repeats what the model was shown.")
    if needs_proof(endpoint.model) and tells_a_fact(question, answer):
        return say("Models of this size are mostly wrong about facts of code: do not rely on it.")
    if lacks_number(question, answer):
        return say("The answer gives no number, which was asked for.")
    if not claims(question, answer):
        return ""
    asked = [
        asyncio.ensure_future(_answered(endpoint, request, number)) for number in range(_OTHERS)
    ]
    try:
        others = await asyncio.gather(*asked)
    finally:
        for one in asked:
            one.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
    if contradict(question, (answer, *others)):
        return say("Asked again, the model answered something else each time: do not rely on it.")
    return ""


async def _answered(endpoint: Endpoint, request: ChatRequest, number: int) -> str:
    again = replace(
        request,
        temperature=_TEMPERATURE,
        seed=_SEED + number,
        max_tokens=min(request.max_tokens, _TOKENS),
        priority=Priority.SUGGESTION,
        thread="",
    )
    said = ""
    async with endpoint.stream(again) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, TextChunk):
                said += chunk.text
    return said
