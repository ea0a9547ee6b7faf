"""The answer on the wire: OpenAI's two shapes, and llama-server's for a fill-in."""

import time
import uuid
from typing import Any, Protocol

from inference_core.domain.chat import ContentPart, ReasoningPart
from inference_core.domain.generation import (
    Finished,
    PromptProgress,
    StopReason,
    TextPiece,
    Timings,
)

Json = dict[str, Any]
Piece = TextPiece | ContentPart | ReasoningPart


class Wire(Protocol):
    """One route's way to write an answer."""

    def opening(self) -> list[Json]:
        """Return the chunks that begin a stream."""
        ...

    def progress(self, progress: PromptProgress) -> Json:
        """Return the chunk that says how far the prompt is."""
        ...

    def piece(self, piece: Piece) -> Json:
        """Return the chunk of a piece."""
        ...

    def ending(self, finished: Finished, include_usage: bool) -> list[Json]:
        """Return the chunks that end a stream."""
        ...

    def whole(self, text: str, reasoning: str, finished: Finished) -> Json:
        """Return the answer that is not streamed."""
        ...


class ChatWire:
    """``/v1/chat/completions``."""

    def __init__(self, model: str) -> None:
        self._head: Json = {"id": _new_id("chatcmpl"), "created": int(time.time()), "model": model}

    def opening(self) -> list[Json]:
        """Return the chunk that names the role."""
        return [self._chunk({"role": "assistant", "content": ""}, None)]

    def progress(self, progress: PromptProgress) -> Json:
        """Return a chunk without choices."""
        return self._bare() | {"prompt_progress": progress_json(progress)}

    def piece(self, piece: Piece) -> Json:
        """Return a delta of the content, or of the reasoning."""
        key = "reasoning_content" if isinstance(piece, ReasoningPart) else "content"
        return self._chunk({key: piece.text}, None)

    def ending(self, finished: Finished, include_usage: bool) -> list[Json]:
        """Return the finish reason, then the usage if it was asked for; timings are on the last."""
        last = [self._chunk({}, finished.reason.value)]
        if include_usage:
            last.append(self._bare() | {"usage": usage_json(finished.timings)})
        last[-1]["timings"] = timings_json(finished.timings)
        return last

    def whole(self, text: str, reasoning: str, finished: Finished) -> Json:
        """Return a chat.completion."""
        message: Json = {"role": "assistant", "content": text}
        if reasoning:
            message["reasoning_content"] = reasoning
        choice = {"index": 0, "message": message, "finish_reason": finished.reason.value}
        return {
            **self._head,
            "object": "chat.completion",
            "choices": [choice],
            **_figures(finished),
        }

    def _bare(self) -> Json:
        return {**self._head, "object": "chat.completion.chunk", "choices": []}

    def _chunk(self, delta: Json, reason: str | None) -> Json:
        return self._bare() | {"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}


class CompletionWire:
    """``/v1/completions``."""

    def __init__(self, model: str) -> None:
        self._head: Json = {
            "id": _new_id("cmpl"),
            "object": "text_completion",
            "created": int(time.time()),
            "model": model,
        }

    def opening(self) -> list[Json]:
        """Return nothing: a completion begins with its text."""
        return []

    def progress(self, progress: PromptProgress) -> Json:
        """Return a chunk without choices."""
        return {**self._head, "choices": [], "prompt_progress": progress_json(progress)}

    def piece(self, piece: Piece) -> Json:
        """Return the text; a completion has no place for reasoning but the text."""
        return self._chunk(piece.text, None)

    def ending(self, finished: Finished, include_usage: bool) -> list[Json]:
        """Return the finish reason, then the usage if it was asked for; timings are on the last."""
        last = [self._chunk("", finished.reason.value)]
        if include_usage:
            last.append({**self._head, "choices": [], "usage": usage_json(finished.timings)})
        last[-1]["timings"] = timings_json(finished.timings)
        return last

    def whole(self, text: str, reasoning: str, finished: Finished) -> Json:
        """Return a text_completion."""
        return self._chunk(reasoning + text, finished.reason.value) | _figures(finished)

    def _chunk(self, text: str, reason: str | None) -> Json:
        choice = {"index": 0, "text": text, "logprobs": None, "finish_reason": reason}
        return {**self._head, "choices": [choice]}


class InfillWire:
    """``/infill``: llama-server's native shape, with ``usage`` added."""

    def __init__(self, model: str) -> None:
        self._model = model

    def opening(self) -> list[Json]:
        """Return nothing: a fill-in begins with its text."""
        return []

    def progress(self, progress: PromptProgress) -> Json:
        """Return an empty piece with the progress."""
        return {"content": "", "stop": False, "prompt_progress": progress_json(progress)}

    def piece(self, piece: Piece) -> Json:
        """Return a piece of the content."""
        return {"index": 0, "content": piece.text, "stop": False}

    def ending(self, finished: Finished, include_usage: bool) -> list[Json]:
        """Return the last chunk, which always has the usage."""
        return [self.whole("", "", finished)]

    def whole(self, text: str, reasoning: str, finished: Finished) -> Json:
        """Return content and figures; stop_type eos also covers a stop string."""
        timings = finished.timings
        return {
            "index": 0,
            "content": text,
            "stop": True,
            "stop_type": "limit" if finished.reason is StopReason.LENGTH else "eos",
            "model": self._model,
            "tokens_evaluated": timings.prompt_tokens,
            "tokens_predicted": timings.predicted_n,
            "truncated": False,
            **_figures(finished),
        }


def usage_json(timings: Timings) -> Json:
    """Return OpenAI's ``usage``."""
    return {
        "prompt_tokens": timings.prompt_tokens,
        "completion_tokens": timings.predicted_n,
        "total_tokens": timings.prompt_tokens + timings.predicted_n,
        "prompt_tokens_details": {"cached_tokens": timings.cache_n},
    }


def timings_json(timings: Timings) -> Json:
    """Return llama-server's ``timings``, with its derived figures."""
    return {
        "cache_n": timings.cache_n,
        "prompt_n": timings.prompt_n,
        "prompt_ms": round(timings.prompt_ms, 3),
        **_rates("prompt", timings.prompt_n, timings.prompt_ms),
        "predicted_n": timings.predicted_n,
        "predicted_ms": round(timings.predicted_ms, 3),
        **_rates("predicted", timings.predicted_n, timings.predicted_ms),
    }


def progress_json(progress: PromptProgress) -> Json:
    """Return llama-server's ``prompt_progress``."""
    return {
        "total": progress.total,
        "cache": progress.cached,
        "processed": progress.processed,
    }


def _figures(finished: Finished) -> Json:
    return {"usage": usage_json(finished.timings), "timings": timings_json(finished.timings)}


def _rates(name: str, tokens: int, ms: float) -> Json:
    return {
        f"{name}_per_token_ms": round(ms / tokens, 3) if tokens else 0.0,
        f"{name}_per_second": round(tokens / ms * 1000, 3) if ms > 0 else 0.0,
    }


def _new_id(kind: str) -> str:
    return f"{kind}-{uuid.uuid4().hex}"
