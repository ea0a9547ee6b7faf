"""OpenAI's and llama-server's JSON: from a request to a body, from events to chunks. No I/O."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from spark_desktop.adapters.emulation_wire import emulation_in
from spark_desktop.adapters.redaction import REDACTION
from spark_desktop.domain.completion import (
    ChatRequest,
    Chunk,
    Finished,
    FinishReason,
    InfillRequest,
    ModelInfo,
    ReasoningChunk,
    Request,
    TextChunk,
    Timing,
    Usage,
)
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.errors import (
    ContextExceededError,
    EndpointBusyError,
    EndpointError,
    EndpointRejectedError,
    EngineDownError,
)
from spark_desktop.domain.words import Said, say

Json = dict[str, Any]

# Codes and types by which servers name a prompt over the context (OpenAI, vLLM; llama-server).
_CONTEXT_CODES = ("context_length_exceeded", "exceed_context_size_error")
_CONTEXT_WORDS = re.compile(r"context (?:length|size|window)|maximum context", re.IGNORECASE)
_REASONS = {
    "stop": FinishReason.STOP,
    "eos": FinishReason.STOP,
    "word": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "limit": FinishReason.LENGTH,
}
# What our core says when its engine's process is gone, and a server that has too much to do.
_ENGINE_DOWN = "engine_down"
_BUSY = "too_many_connections"
_TOO_MANY_REQUESTS = 429
_AGAIN = say("Try again in a moment.")
# Servers put HTML pages and whole prompts into errors; a person reads the beginning.
_MESSAGE_LIMIT = 500


def route_of(request: Request) -> str:
    """Return the path that answers the request."""
    return "/infill" if isinstance(request, InfillRequest) else "/v1/chat/completions"


def body_of(request: Request, model: ModelInfo, progress: bool) -> Json:
    """Return the JSON body; ``progress`` asks for llama-server's events during the prompt."""
    body: Json = {"model": model.id, "temperature": request.temperature, "stream": True}
    if request.stop:
        body["stop"] = list(request.stop)
    if progress:
        body["return_progress"] = True
    if request.priority in model.priorities:
        # Never to others: strict servers refuse a field that they do not know.
        body["priority"] = request.priority.value
    if isinstance(request, ChatRequest):
        return body | {
            "messages": [{"role": m.role.value, "content": m.text} for m in request.messages],
            "max_tokens": request.max_tokens,
            "stream_options": {"include_usage": True},
        }
    return body | {
        "input_prefix": request.prefix,
        "input_suffix": request.suffix,
        "input_extra": [{"filename": name, "text": text} for name, text in request.extra],
        "n_predict": request.max_tokens,
    }


@dataclass(slots=True)
class Answer:
    """What has come of one streamed answer; ``reason`` is None until the server said it is over."""

    reason: FinishReason | None = None
    _usage: Json = field(default_factory=dict)
    _timings: Json = field(default_factory=dict)
    _emulation: Emulation | None = None

    def take(self, data: str) -> list[Chunk]:
        """Return the chunks in one event's data. Raises EndpointError for an error told in it."""
        if data == "[DONE]":
            self.reason = self.reason or FinishReason.OTHER
            return []
        event = _object(data)
        if event is None:
            raise EndpointError(
                say(
                    "The model's server sent something that is no JSON object: {data!r}.",
                    data=data[:80],
                ),
                say("Try again; if it stays so, look at the server's log."),
            )
        problem = _problem(event)
        if problem is not None:
            raise error_of(_status_in(event), problem)
        self._usage = _child(event, "usage") or self._usage
        self._timings = _child(event, "timings") or self._timings
        told = emulation_in(event)
        # Said once, before the text; the figures of its end come with Finished.
        begun: list[Chunk] = [] if told is None or self._emulation is not None else [told]
        self._emulation = told or self._emulation
        return begun + (self._infill(event) if "choices" not in event else self._chat(event))

    def finished(
        self, first_token: float | None, total: float, connect: float | None = None
    ) -> Finished:
        """Return the end; ``first_token`` and ``total`` are seconds since the request.

        ``connect`` is what opening the connection took.
        """
        timings = self._timings
        timing = Timing(
            first_token=total if first_token is None else first_token,
            total=total,
            prefill=_seconds(timings.get("prompt_ms")),
            decode=_seconds(timings.get("predicted_ms")),
            connect=connect,
            queue=_seconds(timings.get("queue_ms")),
        )
        reason = self.reason or FinishReason.OTHER
        return Finished(reason, self._counted(), timing, self._emulation)

    def _counted(self) -> Usage:
        usage, timings = self._usage, self._timings
        details = _child(usage, "prompt_tokens_details")
        cached = _count(timings.get("cache_n", details.get("cached_tokens")))
        prompt = usage.get("prompt_tokens", cached + _count(timings.get("prompt_n")))
        completion = usage.get("completion_tokens", timings.get("predicted_n"))
        return Usage(_count(prompt), _count(completion), cached)

    def _chat(self, event: Json) -> list[Chunk]:
        choices = event["choices"]
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, dict):
            return []
        if isinstance(choice.get("finish_reason"), str):
            self.reason = _REASONS.get(choice["finish_reason"], FinishReason.OTHER)
        delta = _child(choice, "delta")
        # vLLM and Ollama renamed the field that DeepSeek introduced.
        reasoning = delta.get("reasoning_content") or delta.get("reasoning")
        chunks: list[Chunk] = []
        if isinstance(reasoning, str) and reasoning:
            chunks.append(ReasoningChunk(reasoning))
        if isinstance(delta.get("content"), str) and delta["content"]:
            chunks.append(TextChunk(delta["content"]))
        return chunks

    def _infill(self, event: Json) -> list[Chunk]:
        if event.get("stop") is True:
            self.reason = _REASONS.get(str(event.get("stop_type", "eos")), FinishReason.OTHER)
        content = event.get("content")
        return [TextChunk(content)] if isinstance(content, str) and content else []


def error_of_response(status: int, body: str, retry_after: str | None = None) -> EndpointError:
    """Return the error that a response of status 400 and above tells, in whatever shape.

    ``retry_after`` is the header of that name; one that holds a date is not read.
    """
    event = _object(body) or {}
    problem = _problem(event)
    if problem is None:
        problem = {"message": " ".join(body.split())} if body.strip() else {}
    seconds = float(retry_after) if retry_after and retry_after.isdecimal() else None
    return error_of(status, problem, seconds)


def error_of(status: int, problem: Json, retry_after: float | None = None) -> EndpointError:
    """Return the most specific error for an HTTP status and an error object.

    ``retry_after`` is in seconds, None where the server did not say. A server that repeats the key
    in its words gets it shown nowhere.
    """
    message = _message(problem) or say("HTTP status {status}", status=status)
    sizes = _context_sizes(problem, message)
    if sizes is not None:
        return ContextExceededError(*sizes)
    next_step = REDACTION.redacted(str(problem.get("next_step") or ""))
    if problem.get("code") == _ENGINE_DOWN:
        return EngineDownError(message, next_step or _AGAIN, retry_after)
    if status == _TOO_MANY_REQUESTS or problem.get("code") == _BUSY:
        return EndpointBusyError(
            say("The model's server has too much to do: {message}", message=message),
            next_step or _again_in(retry_after),
            retry_after,
        )
    if status in (401, 403):
        return EndpointRejectedError(
            say("The model's server refused the access: {message}", message=message),
            next_step or say("Check the token or the key of this endpoint."),
        )
    if 400 <= status < 500:
        return EndpointRejectedError(
            say("The model's server refused the request: {message}", message=message), next_step
        )
    return EndpointError(
        say("The model's server failed: {message}", message=message),
        next_step or _AGAIN,
    )


def _message(problem: Json) -> str:
    told = problem.get("message")
    if isinstance(told, Said):
        return told
    # Before it is cut, which could leave the half of a key that nobody recognises.
    return REDACTION.redacted(str(told or ""))[:_MESSAGE_LIMIT]


def _again_in(seconds: float | None) -> str:
    if seconds is None:
        return say("Ask again in a moment.")
    return say("Ask again in {seconds:g} s.", seconds=seconds)


def _context_sizes(problem: Json, message: str) -> tuple[int, int] | None:
    named = problem.get("code") in _CONTEXT_CODES or problem.get("type") in _CONTEXT_CODES
    prompt, context = problem.get("n_prompt_tokens"), problem.get("n_ctx")
    if isinstance(prompt, int) and isinstance(context, int):
        return prompt, context
    if not named and not _CONTEXT_WORDS.search(message):
        return None
    # The order of the two differs between servers; a prompt is only refused if it is the larger.
    numbers = [int(number) for number in re.findall(r"\d+", message)]
    return (max(numbers), min(numbers)) if len(numbers) >= 2 else None


def _problem(event: Json) -> Json | None:
    error = event.get("error")
    if isinstance(error, dict):
        return error or {"message": say("It did not say why.")}
    if isinstance(error, str) and error:
        return {"message": error}
    if event.get("object") == "error" or ("choices" not in event and "message" in event):
        return event
    return {"message": str(event["detail"])} if "detail" in event else None


def _status_in(event: Json) -> int:
    error = event.get("error")
    details = error if isinstance(error, dict) else event
    if isinstance(details.get("code"), int):
        return int(details["code"])
    # Mid-stream there is no HTTP status; OpenAI's type tells whose fault it was.
    return 400 if details.get("type") == "invalid_request_error" else 500


def _object(text: str) -> Json | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _child(value: Json, name: str) -> Json:
    child = value.get(name)
    return child if isinstance(child, dict) else {}


def _count(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _seconds(milliseconds: object) -> float | None:
    return milliseconds / 1000 if isinstance(milliseconds, int | float) else None
