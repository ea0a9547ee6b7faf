"""The lines of JSON between the core and its engine's process, and the values they stand for."""

import base64
from dataclasses import asdict, fields
from typing import Any

from inference_core.domain.errors import (
    BusyError,
    ContextExceededError,
    CoreError,
    EngineError,
    ModelError,
    RequestError,
)
from inference_core.domain.generation import (
    Candidate,
    Constraint,
    Event,
    Finished,
    GenerationRequest,
    MarkedPrompt,
    ModelInfo,
    Plain,
    Priority,
    Prompt,
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
from inference_core.engine.slot import SlotPhase, SlotState

Json = dict[str, Any]

# A text of more characters takes more than a tenth of a second to be cut into tokens.
LONG_TEXT = 64 * 1024


def request_json(request: GenerationRequest) -> Json:
    """Return a request as JSON; what is at its default is left out."""
    sampling = request.sampling
    set_fields = {
        item.name: getattr(sampling, item.name)
        for item in fields(sampling)
        if getattr(sampling, item.name) != item.default
    }
    return {
        "prompt": _prompt_json(request.prompt),
        "sampling": set_fields,
        "constraint": None if request.constraint is None else asdict(request.constraint),
        "prediction": request.prediction,
        "priority": int(request.priority),
    }


def text_length(request: GenerationRequest) -> int:
    """Return how many characters, or numbers of tokens, a request makes the engine go through."""
    match request.prompt:
        case TextPrompt(text):
            length = len(text)
        case TokenPrompt(tokens):
            length = len(tokens)
        case MarkedPrompt(parts):
            length = sum(len(part.text) for part in parts)
    return length + len(request.prediction)


def read_request(data: Json) -> GenerationRequest:
    """Return the request that ``request_json`` wrote."""
    sampling = dict(data["sampling"])
    if "stop" in sampling:
        sampling["stop"] = tuple(sampling["stop"])
    if "logit_bias" in sampling:
        sampling["logit_bias"] = tuple((int(t), float(b)) for t, b in sampling["logit_bias"])
    constraint = data["constraint"]
    return GenerationRequest(
        _read_prompt(data["prompt"]),
        Sampling(**sampling),
        None if constraint is None else Constraint(**constraint),
        data["prediction"],
        Priority(data["priority"]),
    )


def event_json(event: Event | CoreError) -> list[Any]:
    """Return an event, or the error that ends an answer, as a short list."""
    match event:
        case PromptProgress(total, cached, processed):
            return ["p", total, cached, processed]
        case TextPiece(text, tokens, logprobs):
            return ["t", text, tokens, [_logprob_json(each) for each in logprobs]]
        case Finished(reason, timings, stop):
            return ["f", reason.value, asdict(timings), stop]
        case CoreError():
            return ["e", error_json(event)]


def read_event(data: list[Any]) -> Event | CoreError:
    """Return the event that ``event_json`` wrote."""
    match data:
        case ["p", total, cached, processed]:
            return PromptProgress(total, cached, processed)
        case ["t", text, tokens, logprobs]:
            return TextPiece(text, tokens, tuple(_read_logprob(each) for each in logprobs))
        case ["f", reason, timings, stop]:
            return Finished(StopReason(reason), Timings(**timings), stop)
        case ["e", error]:
            return read_error(error)
    raise EngineError(f"The engine's process says something unknown: {data!r:.80}")


def error_json(error: CoreError) -> Json:
    """Return an error of the engine as JSON."""
    data: Json = {"class": type(error).__name__, "message": error.message}
    data["next_step"] = error.next_step
    match error:
        case ContextExceededError():
            data["numbers"] = [error.prompt_tokens, error.context_tokens, error.at_least]
        case BusyError():
            data["waiting"] = error.waiting
        case RequestError():
            data |= {"param": error.param, "code": error.code}
    return data


def read_error(data: Json) -> CoreError:
    """Return the error that ``error_json`` wrote."""
    match data["class"]:
        case "ContextExceededError":
            return ContextExceededError(*data["numbers"])
        case "BusyError":
            return BusyError(data["waiting"])
        case "ModelError":
            return ModelError(data["message"], data["next_step"])
    if "code" in data:
        return RequestError(
            data["message"], param=data["param"], code=data["code"], next_step=data["next_step"]
        )
    return EngineError(data["message"], data["next_step"])


def info_json(info: ModelInfo) -> Json:
    """Return what a model says about itself as JSON."""
    return asdict(info)


def read_info(data: Json) -> ModelInfo:
    """Return what ``info_json`` wrote."""
    return ModelInfo(**{**data, "special": tuple(data["special"])})


def slot_json(slot: SlotState) -> list[Any]:
    """Return a slot's state as a list: its fields in order, the phase last."""
    counts = [getattr(slot, each.name) for each in fields(slot) if each.name != "phase"]
    return [*counts, slot.phase.value]


def read_slot(data: list[Any]) -> SlotState:
    """Return what ``slot_json`` wrote."""
    number, *counts, phase = data
    return SlotState(number, SlotPhase(phase), *counts)


def _prompt_json(prompt: Prompt) -> Json:
    match prompt:
        case TextPrompt(text):
            return {"text": text}
        case TokenPrompt(tokens):
            return {"tokens": tokens}
        case MarkedPrompt(parts):
            return {"parts": [[isinstance(part, Special), part.text] for part in parts]}


def _read_prompt(data: Json) -> Prompt:
    if "text" in data:
        return TextPrompt(data["text"])
    if "tokens" in data:
        return TokenPrompt(tuple(data["tokens"]))
    return MarkedPrompt(
        tuple(Special(text) if special else Plain(text) for special, text in data["parts"])
    )


def _logprob_json(logprob: TokenLogprob) -> list[Any]:
    return [_candidate_json(each) for each in (logprob.chosen, *logprob.top)]


def _read_logprob(data: list[Any]) -> TokenLogprob:
    chosen, *top = (_read_candidate(each) for each in data)
    return TokenLogprob(chosen, tuple(top))


def _candidate_json(candidate: Candidate) -> list[Any]:
    data = base64.b64encode(candidate.data).decode("ascii")
    return [candidate.text, data, candidate.logprob]


def _read_candidate(data: list[Any]) -> Candidate:
    text, encoded, logprob = data
    return Candidate(text, base64.b64decode(encoded), logprob)
