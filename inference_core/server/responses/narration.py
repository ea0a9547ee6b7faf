"""One response told as events: which come, and in which order; the wire numbers them.

A pure machine: parts of a chat's answer go in, events come out. Every response that began ends in
exactly one of ``response.completed``, ``response.incomplete`` and ``response.failed``.
"""

import time
from typing import Any, TypeVar

from inference_core.domain.chat import (
    ArgumentsPart,
    CallPart,
    ChatPart,
    ContentPart,
    ReasoningPart,
)
from inference_core.domain.errors import CoreError, RequestError
from inference_core.domain.generation import (
    Finished,
    StopReason,
    Timings,
)
from inference_core.server.responses.items import Json
from inference_core.server.responses.open_item import OpenCall, OpenItem, OpenMessage, OpenReasoning

_Text = TypeVar("_Text", bound=OpenMessage | OpenReasoning)


class Narration:
    """The events of one response; ``echo`` is what it repeats of its request.

    With ``silent`` nothing is generated, and the response ends without output.
    """

    def __init__(self, response_id: str, echo: Json, *, silent: bool = False) -> None:
        self._head: Json = {
            "id": response_id,
            "object": "response",
            "created_at": int(time.time()),
            "completed_at": None,
        } | echo
        self._silent = silent
        self._output: list[Json] = []
        self._open: OpenItem | None = None
        self._reasoning_tokens = 0

    @property
    def id(self) -> str:
        """The response's id."""
        return str(self._head["id"])

    @property
    def interruptible(self) -> bool:
        """Whether the response can end here: a call must be whole, and wants its output next."""
        called = any(item["type"] == "function_call" for item in self._output)
        return not called and not isinstance(self._open, OpenCall)

    def begin(self) -> list[Json]:
        """Return the events that say that the engine works on it."""
        body = self._body("in_progress")
        return [
            {"type": "response.created", "response": body},
            {"type": "response.in_progress", "response": body},
        ]

    def part(self, part: ChatPart) -> list[Json]:
        """Return the events for a part of the answer; those that end it have a method each."""
        match part:
            case ContentPart(text, _, logprobs):
                if not text and not logprobs:
                    return []
                message, opening = self._going_on(OpenMessage)
                return [*opening, message.delta(text, logprobs)]
            case ReasoningPart(text, tokens):
                self._reasoning_tokens += tokens
                if not text:
                    return []
                reasoning, opening = self._going_on(OpenReasoning)
                return [*opening, reasoning.delta(text)]
            case CallPart(_, call_id, name):
                closing = self._close("completed")
                return [*closing, *self._begin_item(OpenCall(len(self._output), call_id, name))]
            case ArgumentsPart(_, text):
                item = self._open
                return [item.delta(text)] if text and isinstance(item, OpenCall) else []
        return []

    def finish(self, finished: Finished) -> list[Json]:
        """Return the events of an answer that the engine ended."""
        usage = self._usage(finished.timings)
        if finished.reason is StopReason.LENGTH and not self._silent:
            return self._incomplete("max_output_tokens", usage)
        closing = self._close("completed")
        if not self._output and not self._silent:
            # Clients read output[0]: an answer without a word is a message without one.
            closing = [*self._going_on(OpenMessage)[1], *self._close("completed")]
        body = self._body("completed", usage=usage, completed_at=int(time.time()))
        return [*closing, {"type": "response.completed", "response": body}]

    def steer(self) -> list[Json]:
        """Return the events of a response that ends because its user goes on talking."""
        return self._incomplete("steered", None)

    def fail(self, error: CoreError) -> list[Json]:
        """Return the events of a response that cannot be ended."""
        closing = self._close("incomplete")
        body = self._body("failed", error=_error_json(error))
        return [*closing, {"type": "response.failed", "response": body}]

    def _incomplete(self, reason: str, usage: Json | None) -> list[Json]:
        closing = self._close("incomplete")
        body = self._body("incomplete", incomplete_details={"reason": reason}, usage=usage)
        return [*closing, {"type": "response.incomplete", "response": body}]

    def _going_on(self, kind: type[_Text]) -> tuple[_Text, list[Json]]:
        """Return the open item of this kind, a new one with its events where another was open."""
        item = self._open
        if isinstance(item, kind):
            return item, []
        closing = self._close("completed")
        fresh = kind(len(self._output))
        return fresh, [*closing, *self._begin_item(fresh)]

    def _begin_item(self, item: OpenItem) -> list[Json]:
        self._open = item
        return item.opening()

    def _close(self, status: str) -> list[Json]:
        item, self._open = self._open, None
        if item is None:
            return []
        events = item.closing(status)
        self._output.append(item.item(status))
        return events

    def _body(self, status: str, **more: Any) -> Json:
        rest = {
            "status": status,
            "output": list(self._output),
            "error": None,
            "incomplete_details": None,
            "usage": None,
        }
        return self._head | rest | more

    def _usage(self, timings: Timings) -> Json:
        return {
            "input_tokens": timings.prompt_tokens,
            "input_tokens_details": {
                "cached_tokens": timings.cache_n,
                "cache_write_tokens": timings.prompt_n,
            },
            "output_tokens": timings.predicted_n,
            "output_tokens_details": {"reasoning_tokens": self._reasoning_tokens},
            "total_tokens": timings.prompt_tokens + timings.predicted_n,
        }


def _error_json(error: CoreError) -> Json:
    """Return an error in the words that OpenAI has for failed responses."""
    if error.status == 429:
        code = "rate_limit_exceeded"
    else:
        code = "invalid_prompt" if isinstance(error, RequestError) else "server_error"
    message = f"{error.message} {error.next_step}".rstrip()
    return {"code": code, "message": message, "type": error.kind}
