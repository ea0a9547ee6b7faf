"""From a request's body to what is asked; the same for HTTP and for WebSocket."""

from dataclasses import dataclass, replace

from inference_core.domain.chat import ChatMessage, ChatRequest
from inference_core.domain.errors import RequestError
from inference_core.domain.generation import Sampling
from inference_core.server.fields import Fields
from inference_core.server.responses.items import ITEMS_LIMIT, Json, read_items
from inference_core.server.responses.options import (
    read_choice,
    read_format,
    read_metadata,
    read_tools,
    tool_json,
)
from inference_core.server.sampling_fields import (
    read_limit,
    read_priority,
    read_sampling,
    read_tier,
)
from inference_core.server.served_model import ServedModel

_LOGPROBS = "message.output_text.logprobs"
_TOP_LOGPROBS = 20

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
    # OpenAI asks for at least 16, for its billing; here one token is an answer.
    limit = read_limit(fields, "max_output_tokens", low=1)
    sampling = _sampling(fields, limit if generate else 0)
    priority = read_priority(fields, sampling.max_tokens)
    parallel = fields.flag("parallel_tool_calls", default=True)
    instructions = fields.text("instructions") if fields.has("instructions") else None
    previous = fields.text("previous_response_id", "") or None
    store = fields.flag("store", default=True)
    echo: Json = {
        "model": model.id,
        "instructions": instructions,
        "previous_response_id": previous,
        "max_output_tokens": limit,
        "metadata": read_metadata(fields),
        "parallel_tool_calls": parallel,
        "reasoning": {"effort": None, "summary": None} | (fields.json_object("reasoning") or {}),
        "store": store,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_logprobs": sampling.logprobs or 0,
        "text": {"format": format_echo},
        "tool_choice": choice_echo,
        "tools": [tool_json(tool) for tool in tools],
        "truncation": _truncation(fields),
        "service_tier": read_tier(fields) or "default",
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


def _sampling(fields: Fields, max_tokens: int | None) -> Sampling:
    sampling = read_sampling(fields, max_tokens)
    top = fields.integer("top_logprobs", low=0, high=_TOP_LOGPROBS)
    if top is None and _LOGPROBS in fields.texts("include"):
        top = 0
    return sampling if max_tokens == 0 else replace(sampling, logprobs=top)


def _truncation(fields: Fields) -> str:
    """Return "disabled", which is what happens: nothing of a conversation is ever left out.

    A prompt that is too long gets an error with both numbers, also where "auto" would let it be
    cut: an answer to half a question is worse than none.
    """
    fields.choice("truncation", ("auto", "disabled"), "disabled")
    return "disabled"


def _labels(fields: Fields) -> Json:
    """Return what names the request for its sender alone."""
    names = ("user", "prompt_cache_key", "safety_identifier")
    return {name: fields.text(name) if fields.has(name) else None for name in names}
