"""The answers of ``/v1/chat/completions``, whole and in chunks."""

import time
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import version

from inference_core.domain.chat import ArgumentsPart, CallPart, ContentPart, ReasoningPart
from inference_core.domain.generation import (
    Candidate,
    Finished,
    PromptProgress,
    StopReason,
    TextPiece,
    TokenLogprob,
)
from inference_core.server.answers import (
    Json,
    Wire,
    figures_json,
    logprob_of,
    new_id,
    progress_json,
    timings_json,
    usage_json,
)
from inference_core.server.chat_requests import ChatShape
from inference_core.server.collected import Collected, Figures, Part


class ChatWire(Wire):
    """Writes the answers of one request."""

    def __init__(self, model: str, shape: ChatShape) -> None:
        self._shape = shape
        self._head: Json = {
            "id": new_id("chatcmpl"),
            "created": int(time.time()),
            "model": model,
            "system_fingerprint": _fingerprint(),
        }
        if shape.tier is not None:
            self._head["service_tier"] = shape.tier

    def opening(self, index: int) -> list[Json]:
        """Return the chunk that names the role."""
        return [self._chunk(index, {"role": "assistant", "content": ""})]

    def progress(self, progress: PromptProgress) -> Json:
        """Return a chunk without choices."""
        return self._bare() | {"prompt_progress": progress_json(progress)}

    def part(self, index: int, part: Part) -> Json | None:
        """Return a delta of the content, of the reasoning, or of a call."""
        match part:
            case ContentPart() | TextPiece():
                return self._content(index, part.text, part.logprobs)
            case ReasoningPart():
                return self._chunk(index, _reasoning(part.text))
            case CallPart():
                function = {"name": part.name, "arguments": ""}
                return self._chunk(index, self._calling(part.index, function, {"id": part.id}))
            case ArgumentsPart():
                return self._chunk(index, self._calling(part.index, {"arguments": part.text}))
            case _:
                return None

    def ending(self, index: int, finished: Finished) -> Json:
        """Return the chunk with the finish reason."""
        return self._chunk(index, {}, self._reason(finished))

    def figures(self, last: Json, figures: Figures, include_usage: bool) -> list[Json]:
        """Return the usage if it was asked for; timings are on the last chunk, whichever it is."""
        chunks = [last]
        if include_usage:
            chunks.append(self._bare() | {"usage": usage_json(figures)})
        chunks[-1]["timings"] = timings_json(figures.timings)
        return chunks

    def whole(self, answers: Sequence[Collected], figures: Figures) -> Json:
        """Return a chat.completion."""
        return {
            **self._head,
            "object": "chat.completion",
            "choices": [self._choice(index, answer) for index, answer in enumerate(answers)],
            **figures_json(figures),
        }

    def _choice(self, index: int, answer: Collected) -> Json:
        calls = answer.tool_calls()
        # Null where there are only calls, as OpenAI's answers have it; models put a line break
        # before them.
        content = None if calls and not answer.text.strip() else answer.text
        message: Json = {"role": "assistant", "content": content, "refusal": None}
        if answer.reasoning:
            message |= _reasoning("".join(answer.reasoning))
        written = [{"name": call.name, "arguments": call.arguments} for call in calls]
        if written and self._shape.legacy:
            message["function_call"] = written[0]
        elif written:
            message["tool_calls"] = [
                {"id": call.id, "type": "function", "function": function}
                for call, function in zip(calls, written, strict=True)
            ]
        reason = None if answer.finished is None else self._reason(answer.finished)
        logprobs = _logprobs_json(answer.logprobs) if self._shape.logprobs else None
        return {"index": index, "message": message, "logprobs": logprobs, "finish_reason": reason}

    def _content(self, index: int, text: str, logprobs: Sequence[TokenLogprob]) -> Json | None:
        if not text and not logprobs:
            return None
        chunk = self._chunk(index, {"content": text})
        if self._shape.logprobs:
            chunk["choices"][0]["logprobs"] = _logprobs_json(logprobs)
        return chunk

    def _calling(self, number: int, function: Json, ids: Json | None = None) -> Json:
        if self._shape.legacy:
            return {"function_call": function}
        # The type is in every delta: Cerebras' client reads none without it.
        call = {"index": number, **(ids or {}), "type": "function", "function": function}
        return {"tool_calls": [call]}

    def _reason(self, finished: Finished) -> str:
        if finished.reason is StopReason.TOOL_CALLS and self._shape.legacy:
            return "function_call"
        return finished.reason.value

    def _bare(self) -> Json:
        return {**self._head, "object": "chat.completion.chunk", "choices": []}

    def _chunk(self, index: int, delta: Json, reason: str | None = None) -> Json:
        choice = {"index": index, "delta": delta, "finish_reason": reason}
        return {**self._head, "object": "chat.completion.chunk", "choices": [choice]}


def _reasoning(text: str) -> Json:
    """Return a reasoning under both names: DeepSeek's, and that of Cerebras and vLLM."""
    return {"reasoning_content": text, "reasoning": text}


def _logprobs_json(logprobs: Iterable[TokenLogprob]) -> Json:
    content = [
        _token_json(each.chosen) | {"top_logprobs": [_token_json(token) for token in each.top]}
        for each in logprobs
    ]
    return {"content": content, "refusal": None}


def _token_json(token: Candidate) -> Json:
    return {"token": token.text, "logprob": logprob_of(token), "bytes": list(token.data)}


@cache
def _fingerprint() -> str:
    """Return what tells one version of the core from another."""
    return f"spark-{version('spark-desktop')}"
