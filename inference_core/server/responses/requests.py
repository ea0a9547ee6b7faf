"""From a request's body to what is asked; the same for HTTP and for WebSocket."""

from dataclasses import dataclass, replace

from inference_core.domain.chat import ChatMessage, ChatRequest
from inference_core.domain.errors import RequestError
from inference_core.domain.generation import Priority, Sampling
from inference_core.server.fields import Fields
from inference_core.server.responses.items import ITEMS_LIMIT, Json, read_items
from inference_core.server.responses.options import (
    read_choice,
    read_format,
    read_metadata,
    read_priority,
    read_raw,
    read_tools,
    tool_json,
)
from inference_core.server.served_model import ServedModel

_LOGPROBS = "message.output_text.logprobs"
_TOP_LOGPROBS = 20

# OpenAI's lower bound is 16, for billing; here one token is an answer.
_INT32_MAX = 2**31 - 1

# Kept elsewhere, or done elsewhere: refused by name, for a client that counts on them.
_REFUSED = ("conversation", "prompt", "context_management", "moderation", "background_options")


@dataclass(frozen=True, slots=True)
class ResponseRequest:
    """One validated request.

    ``chat`` has the settings and no messages yet; ``items`` is the new input. ``echo`` is what
    the response repeats of the request. Without ``generate`` only the prompt is processed.
    """

    items: tuple[Json, ...]
    instructions: str | None
    previous_id: str | None
    chat: ChatRequest
    echo: Json
    store: bool = True
    stream: bool = False
    generate: bool = True

    def chat_after(
        self, history: tuple[ChatMessage, ...], new: tuple[ChatMessage, ...]
    ) -> ChatRequest:
        """Return the chat to answer: instructions, what was said before, the new messages.

        Always in this order, so that the next turn's prompt begins like this one's.
        """
        head = () if self.instructions is None else (ChatMessage("system", self.instructions),)
        messages = (*head, *history, *new)
        if not messages:
            raise RequestError("'input' is required.", param="input", code="invalid_value")
        if len(messages) > ITEMS_LIMIT:
            raise RequestError(
                f"The conversation has {len(messages)} messages; {ITEMS_LIMIT} are the most.",
                param="input",
                code="invalid_value",
                next_step="Begin a new conversation with a summary of this one.",
            )
        return replace(self.chat, messages=messages)


def read_request(fields: Fields, model: ServedModel) -> ResponseRequest:
    """Return the request for a response. Raises RequestError."""
    if fields.has("model"):
        model.check_name(fields.text("model"))
    _refuse_foreign(fields)
    tools = read_tools(fields)
    choice, allowed, choice_echo = read_choice(fields, tools)
    answer, format_echo = read_format(fields)
    generate = fields.flag("generate", default=True)
    sampling = _sampling(fields, generate)
    priority = read_priority(fields) if generate else Priority.WARMUP
    parallel = fields.flag("parallel_tool_calls", default=True)
    instructions = fields.text("instructions") if fields.has("instructions") else None
    previous = fields.text("previous_response_id", "") or None
    store = fields.flag("store", default=True)
    echo: Json = {
        "model": model.id,
        "instructions": instructions,
        "previous_response_id": previous,
        "max_output_tokens": fields.integer("max_output_tokens", low=1),
        "metadata": read_metadata(fields),
        "parallel_tool_calls": parallel,
        "reasoning": {"effort": None, "summary": None} | read_raw(fields, "reasoning"),
        "store": store,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_logprobs": sampling.logprobs or 0,
        "text": {"format": format_echo},
        "tool_choice": choice_echo,
        "tools": [tool_json(tool) for tool in tools],
        "truncation": _truncation(fields),
        "service_tier": "default",
        "background": False,
    } | _labels(fields)
    return ResponseRequest(
        items=read_items(fields),
        instructions=instructions,
        previous_id=previous,
        chat=ChatRequest(
            messages=(),
            sampling=sampling,
            tools=allowed,
            tool_choice=choice,
            parallel_tool_calls=parallel,
            response_format=answer,
            priority=priority,
        ),
        echo=echo,
        store=store,
        stream=fields.flag("stream"),
        generate=generate,
    )


def _refuse_foreign(fields: Fields) -> None:
    if fields.flag("background"):
        raise fields.wrong("background", "must be false: this core answers while you wait")
    for name in _REFUSED:
        if fields.has(name):
            raise fields.wrong(name, "is nothing this core can do; leave it out")


def _sampling(fields: Fields, generate: bool) -> Sampling:
    limit = fields.integer("max_output_tokens", low=1)
    wants_logprobs = _LOGPROBS in fields.texts("include")
    top = fields.integer("top_logprobs", low=0, high=_TOP_LOGPROBS)
    logprobs = None if top is None and not wants_logprobs else top or 0
    return Sampling(
        max_tokens=(None if limit is None else min(limit, _INT32_MAX)) if generate else 0,
        temperature=fields.number("temperature", 0.0, 2.0),
        top_p=fields.number("top_p", 0.0, 1.0),
        logprobs=logprobs if generate else None,
    )


def _truncation(fields: Fields) -> str:
    """Return "disabled", which is what happens: nothing of a conversation is ever left out.

    A prompt that is too long gets an error with both numbers, also where "auto" would let it be
    cut: an answer to half a question is worse than none.
    """
    given = fields.text("truncation", "disabled")
    if given not in ("auto", "disabled"):
        raise fields.wrong("truncation", f"must be 'auto' or 'disabled', not {given!r}")
    return "disabled"


def _labels(fields: Fields) -> Json:
    """Return what names the request for its sender alone."""
    names = ("user", "prompt_cache_key", "safety_identifier")
    return {name: fields.text(name) if fields.has(name) else None for name in names}
