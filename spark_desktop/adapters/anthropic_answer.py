"""One answer of Anthropic's Messages: from its events to chunks, from its errors to ours. No I/O.

Events as documented in November 2026 at platform.claude.com/docs/build-with-claude/streaming,
errors at platform.claude.com/docs/en/api/errors.
"""

import re
import time
from dataclasses import dataclass, field

from spark_desktop.adapters.json_fields import Json, child_in, count_in, object_of, text_in
from spark_desktop.adapters.openai_wire import error_of, problem_of_body
from spark_desktop.adapters.rate_headers import seconds_in
from spark_desktop.domain.completion import (
    Bucket,
    Chunk,
    Finished,
    FinishReason,
    ReasoningChunk,
    TextChunk,
    Timing,
    ToolCall,
    Usage,
)
from spark_desktop.domain.errors import EndpointError
from spark_desktop.domain.regex import regex

_REASONS = {
    "end_turn": FinishReason.STOP,
    "stop_sequence": FinishReason.STOP,
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "tool_use": FinishReason.TOOLS,
    "refusal": FinishReason.FILTER,
    # A tool of the vendor's own took too long; we offer none, so this is nobody's stop.
    "pause_turn": FinishReason.OTHER,
}
_STATUSES = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "overloaded_error": 529,
}
_PAYMENT = 402
_NO_MONEY = regex(r"credit balance is too low|usage limits?|spend limit", re.IGNORECASE)


@dataclass(slots=True)
class AnthropicAnswer:
    """What has come of one answer."""

    buckets: tuple[Bucket, ...] = ()
    reason: FinishReason | None = None
    is_over: bool = False
    has_begun: bool = False
    _usage: Json = field(default_factory=dict)
    _open: dict[int, ToolCall] = field(default_factory=dict)
    _calls: list[ToolCall] = field(default_factory=list)

    def take(self, data: str) -> list[Chunk]:
        """Return the chunks in one event's data. Raises EndpointError for an error told in it."""
        event = object_of(data)
        place = count_in(event, "index")
        match event.get("type"):
            case "message_start":
                self._usage |= child_in(child_in(event, "message"), "usage")
            case "content_block_start":
                self.has_begun = True
                return self._begin(place, child_in(event, "content_block"))
            case "content_block_delta":
                return self._delta(place, child_in(event, "delta"))
            case "content_block_stop" if place in self._open:
                call = self._open.pop(place)
                self._calls.append(ToolCall(call.id, call.name, call.arguments or "{}"))
            case "message_delta":
                # Its counts are those of the whole answer so far.
                told = child_in(event, "usage")
                self._usage |= {name: n for name, n in told.items() if n is not None}
                if reason := text_in(child_in(event, "delta"), "stop_reason"):
                    self.reason = _REASONS.get(reason, FinishReason.OTHER)
            case "message_stop":
                self.is_over = True
                self.reason = self.reason or FinishReason.OTHER
            case "error":
                raise error_in(event)
            case None if "error" in event:
                raise error_in(event)
        return []

    def rest(self) -> list[Chunk]:
        """Return what was held back: nothing."""
        return []

    def finished(self, timing: Timing) -> Finished:
        """Return the end."""
        reason = self.reason or FinishReason.OTHER
        # A call that the limit cut in two is told like a whole one.
        calls = tuple(self._calls) if reason is FinishReason.TOOLS else ()
        return Finished(reason, self._counted(), timing, calls=calls, buckets=self.buckets)

    def _counted(self) -> Usage:
        # "input_tokens" is what was neither read from the cache nor written to it.
        cached = count_in(self._usage, "cache_read_input_tokens")
        written = count_in(self._usage, "cache_creation_input_tokens")
        prompt = count_in(self._usage, "input_tokens") + cached + written
        return Usage(prompt, count_in(self._usage, "output_tokens"), cached, written)

    def _begin(self, place: int, block: Json) -> list[Chunk]:
        if block.get("type") == "tool_use":
            self._open[place] = ToolCall(text_in(block, "id"), text_in(block, "name"), "")
        text = text_in(block, "text")
        return [TextChunk(text)] if text else []

    def _delta(self, place: int, delta: Json) -> list[Chunk]:
        match delta.get("type"):
            case "text_delta" if text := text_in(delta, "text"):
                return [TextChunk(text)]
            case "thinking_delta" if text := text_in(delta, "thinking"):
                return [ReasoningChunk(text)]
            case "input_json_delta" if place in self._open:
                call = self._open[place]
                arguments = call.arguments + text_in(delta, "partial_json")
                self._open[place] = ToolCall(call.id, call.name, arguments)
        return []


def error_of_response(status: int, body: str, retry_after: str | None = None) -> EndpointError:
    """Return the error that a response of status 400 and above tells."""
    return _error(status, problem_of_body(body), seconds_in(retry_after, time.time()))


def error_in(event: Json) -> EndpointError:
    """Return the error that an event in the middle of an answer tells."""
    problem = child_in(event, "error") or {"message": str(event.get("error", ""))}
    return _error(_STATUSES.get(text_in(problem, "type"), 500), problem, None)


def _error(status: int, problem: Json, retry_after: float | None) -> EndpointError:
    # An empty account is a bad request here, and only its words tell.
    is_poor = _NO_MONEY.search(text_in(problem, "message")) is not None
    return error_of(_PAYMENT if is_poor else status, problem, retry_after)
