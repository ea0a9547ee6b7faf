"""Between our values and the JSON of llama.cpp's server: pure, so that tables can test it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from inference_core.domain.errors import ContextExceededError, CoreError, EngineError, RequestError
from inference_core.domain.generation import (
    Event,
    Finished,
    PromptProgress,
    Sampling,
    StopReason,
    TextPiece,
    Timings,
)


@dataclass(frozen=True, slots=True)
class EngineRequest:
    """A body for the engine."""

    body: str


def engine_request(prompt: str | tuple[int, ...], sampling: Sampling) -> EngineRequest:
    """Return the engine's body for a chat, a text or tokens.

    ``return_progress`` makes the engine report between batches of the prompt, which is where it
    can be stopped; ``include_usage`` makes it report its timings.
    """
    body: dict[str, object] = {
        "stream": True,
        "return_progress": True,
        "cache_prompt": True,
        "stream_options": {"include_usage": True},
    }
    for name in ("temperature", "top_p", "top_k", "min_p", "seed"):
        body[name] = getattr(sampling, name)
    body["presence_penalty"] = sampling.presence_penalty
    body["frequency_penalty"] = sampling.frequency_penalty
    body["max_tokens"] = -1 if sampling.max_tokens is None else sampling.max_tokens
    body["stop"] = list(sampling.stop)
    body["prompt"] = prompt
    return EngineRequest(json.dumps({k: v for k, v in body.items() if v is not None}))


class AnswerReader:
    """Turns the engine's stream of JSON texts into events."""

    def __init__(self) -> None:
        self._reason = StopReason.STOP

    def read(self, raw: str) -> Iterator[Event]:
        """Yield the events of one text; raises what the engine's error means."""
        data: dict[str, Any] = json.loads(raw)
        if "error" in data:
            raise engine_error(data["error"])
        if progress := data.get("prompt_progress"):
            yield PromptProgress(progress["total"], progress["cache"], progress["processed"])
        for choice in data.get("choices", ()):
            delta = choice.get("delta", {})
            if text := delta.get("content") or choice.get("text"):
                yield TextPiece(text)
            if reason := choice.get("finish_reason"):
                self._reason = StopReason.LENGTH if reason == "length" else StopReason.STOP
        if timings := data.get("timings"):
            yield Finished(self._reason, _timings(timings))


def engine_error(error: dict[str, Any]) -> CoreError:
    """Return our error for the engine's: the context, a bad request, or the engine's own fault."""
    message = str(error.get("message", error))
    if error.get("type") == "exceed_context_size_error":
        return ContextExceededError(int(error["n_prompt_tokens"]), int(error["n_ctx"]))
    if error.get("code") == 400:
        return RequestError(f"The engine refuses the request: {message}", code="engine_refused")
    return EngineError(f"The engine failed: {message}", "Repeat the request; see the core's log.")


def _timings(data: dict[str, Any]) -> Timings:
    return Timings(
        cache_n=int(data["cache_n"]),
        prompt_n=int(data["prompt_n"]),
        prompt_ms=float(data["prompt_ms"]),
        predicted_n=int(data["predicted_n"]),
        predicted_ms=float(data["predicted_ms"]),
    )
