"""From a request's body to what the engine is asked: every field is read here, and only here."""

from dataclasses import dataclass, replace

from inference_core.domain.chat import ChatMessage, ChatRequest
from inference_core.domain.errors import RequestError
from inference_core.domain.generation import (
    GenerationRequest,
    Sampling,
    TextPrompt,
    TokenPrompt,
)
from inference_core.server.fields import Fields, kind_of
from inference_core.server.fim import ExtraFile, Infill, infill_prompt, require_fim
from inference_core.server.served_model import ServedModel

# A fill-in runs on after its end until something stops it.
_INFILL_TOKENS = 256

# The engine reads numbers into 32 bits and lets larger ones wrap around without a word.
_INT32_MAX = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the answer is sent: at once or streamed, with which extras."""

    stream: bool
    include_usage: bool = False
    progress: bool = False


@dataclass(frozen=True, slots=True)
class Generation:
    """One validated request."""

    question: GenerationRequest | ChatRequest
    delivery: Delivery


def read_chat(fields: Fields, model: ServedModel) -> Generation:
    """Return the request of /v1/chat/completions. Raises RequestError."""
    _check_common(fields, model)
    messages = tuple(_message(item) for item in fields.objects("messages", required=True))
    if not messages:
        raise fields.wrong("messages", "must have at least one message")
    # OpenAI renamed max_tokens; where both are sent the new name counts.
    limit = "max_completion_tokens" if fields.has("max_completion_tokens") else "max_tokens"
    sampling = _sampling(fields, _limit(fields, limit, low=1))
    return Generation(ChatRequest(messages, sampling), _delivery(fields))


def read_completion(fields: Fields, model: ServedModel) -> Generation:
    """Return the request of /v1/completions, a fill-in where it has a ``suffix``.

    Raises RequestError.
    """
    _check_common(fields, model)
    sampling = _sampling(fields, _limit(fields, "max_tokens", low=1))
    if fields.has("suffix"):
        infill = Infill(fields.text("prompt"), fields.text("suffix"))
        return _fill_in(infill, sampling, _delivery(fields), model)
    return Generation(GenerationRequest(_text_or_tokens(fields), sampling), _delivery(fields))


def read_infill(fields: Fields, model: ServedModel) -> Generation:
    """Return the request of /infill, whose fields are llama-server's. Raises RequestError."""
    _check_common(fields, model)
    extra = tuple(
        ExtraFile(item.text("filename", ""), item.text("text"))
        for item in fields.objects("input_extra")
    )
    infill = Infill(
        fields.text("input_prefix", ""),
        fields.text("input_suffix", ""),
        extra,
        fields.text("prompt", ""),
    )
    limit = "n_predict" if fields.has("n_predict") else "max_tokens"
    # llama-server takes -1 for "no limit"; here that is the default limit of a fill-in.
    wanted = _limit(fields, limit, low=-1)
    if wanted == 0:
        raise fields.wrong(limit, "must be at least 1, or -1 for the default")
    tokens = _INFILL_TOKENS if wanted in (None, -1) else wanted
    return _fill_in(infill, _sampling(fields, tokens), _delivery(fields), model)


def _fill_in(
    infill: Infill, sampling: Sampling, delivery: Delivery, model: ServedModel
) -> Generation:
    fim = require_fim(model.fim, model.id)
    stops = tuple(dict.fromkeys((*sampling.stop, *fim.stop)))
    question = GenerationRequest(infill_prompt(infill, fim), replace(sampling, stop=stops))
    return Generation(question, delivery)


def _check_common(fields: Fields, model: ServedModel) -> None:
    if fields.has("model"):
        model.check_name(fields.text("model"))
    if (fields.integer("n", low=1) or 1) > 1:
        raise fields.wrong("n", "must be 1: this core answers once")


def _limit(fields: Fields, name: str, low: int) -> int | None:
    """Return a limit in tokens; the context ends every answer long before the largest one."""
    wanted = fields.integer(name, low)
    return None if wanted is None else min(wanted, _INT32_MAX)


def _seed(fields: Fields) -> int | None:
    """Return the seed; OpenAI's have 64 bits, of which the lower 31 are kept."""
    seed = fields.integer("seed", low=-1)
    return seed if seed is None or seed < 0 else seed & _INT32_MAX


def _delivery(fields: Fields) -> Delivery:
    options = fields.child("stream_options")
    return Delivery(
        stream=fields.flag("stream"),
        include_usage=options.flag("include_usage"),
        progress=fields.flag("return_progress"),
    )


def _sampling(fields: Fields, max_tokens: int | None) -> Sampling:
    return Sampling(
        max_tokens=max_tokens,
        temperature=fields.number("temperature", 0.0, 2.0),
        top_p=fields.number("top_p", 0.0, 1.0),
        top_k=fields.integer("top_k", low=0, high=_INT32_MAX),
        min_p=fields.number("min_p", 0.0, 1.0),
        presence_penalty=fields.number("presence_penalty", -2.0, 2.0),
        frequency_penalty=fields.number("frequency_penalty", -2.0, 2.0),
        seed=_seed(fields),
        stop=tuple(stop for stop in fields.texts("stop") if stop),
    )


def _message(fields: Fields) -> ChatMessage:
    role = fields.text("role")
    # "developer" is OpenAI's newer word for the system's role; templates know the old one.
    role = "system" if role == "developer" else role
    content = fields.data.get("content")
    if isinstance(content, list):
        return ChatMessage(role, "".join(_part(part) for part in fields.objects("content")))
    if content is None and role == "assistant":
        return ChatMessage(role, "")
    return ChatMessage(role, fields.text("content"))


def _part(fields: Fields) -> str:
    kind = fields.text("type", "text")
    if kind != "text":
        raise fields.wrong("type", f"must be 'text': this model cannot read {kind!r}")
    return fields.text("text")


def _text_or_tokens(fields: Fields) -> TextPrompt | TokenPrompt:
    prompt = fields.data.get("prompt")
    if not isinstance(prompt, list):
        return TextPrompt(fields.text("prompt"))
    if len(prompt) == 1 and isinstance(prompt[0], str):
        return TextPrompt(prompt[0])
    for index, item in enumerate(prompt):
        if isinstance(item, bool) or not isinstance(item, int):
            raise fields.wrong(f"prompt[{index}]", f"must be a token number, not {kind_of(item)}")
        if not 0 <= item <= _INT32_MAX:
            raise fields.wrong(f"prompt[{index}]", "is no token number of any model")
    if not prompt:
        raise RequestError("'prompt' must not be empty.", param="prompt", code="invalid_value")
    return TokenPrompt(tuple(prompt))
