"""The request of ``/v1/chat/completions``."""

from dataclasses import dataclass, replace

from inference_core.domain.chat import ChatRequest
from inference_core.domain.generation import Sampling
from inference_core.server.chat_messages import read_messages, read_text_or_parts
from inference_core.server.chat_tools import read_offer, read_response_format
from inference_core.server.fields import Fields
from inference_core.server.requests import (
    Generation,
    check_model,
    read_count,
    read_delivery,
    several,
)
from inference_core.server.sampling_fields import (
    read_limit,
    read_priority,
    read_sampling,
    read_tier,
)
from inference_core.server.served_model import ServedModel

# OpenAI's bound, and Cerebras'.
_TOP_LOGPROBS = 20


@dataclass(frozen=True, slots=True)
class ChatShape:
    """What the answer's form depends on; ``legacy`` writes calls as ``function_call``."""

    logprobs: bool = False
    legacy: bool = False
    tier: str | None = None


def read_chat(
    fields: Fields, model: ServedModel, vocabulary: int = 0
) -> tuple[Generation, ChatShape]:
    """Return the request and the form of its answer; ``vocabulary`` as in read_sampling.

    Raises RequestError.
    """
    check_model(fields, model)
    # OpenAI renamed max_tokens; where both are sent the new name counts.
    limit = read_limit(fields, "max_completion_tokens", "max_tokens")
    offer = read_offer(fields)
    question = ChatRequest(
        read_messages(fields),
        _with_logprobs(fields, read_sampling(fields, limit, vocabulary)),
        tools=offer.tools,
        tool_choice=offer.choice,
        # Before there were tools, an answer had one call at most.
        parallel_tool_calls=fields.flag("parallel_tool_calls", True) and not offer.legacy,
        response_format=read_response_format(fields),
        prediction=_prediction(fields),
        priority=read_priority(fields, limit),
    )
    shape = ChatShape(question.sampling.logprobs is not None, offer.legacy, read_tier(fields))
    return several([question], read_count(fields), read_delivery(fields)), shape


def _with_logprobs(fields: Fields, sampling: Sampling) -> Sampling:
    wanted = fields.flag("logprobs")
    top = fields.integer("top_logprobs", low=0, high=_TOP_LOGPROBS)
    if top and not wanted:
        raise fields.wrong("top_logprobs", "needs 'logprobs' to be true")
    return replace(sampling, logprobs=top or 0) if wanted else sampling


def _prediction(fields: Fields) -> str:
    if not fields.has("prediction"):
        return ""
    prediction = fields.child("prediction")
    prediction.choice("type", ("content",), "content")
    return read_text_or_parts(prediction, "content")
