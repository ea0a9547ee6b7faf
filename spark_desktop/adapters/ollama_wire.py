"""Ollama's own words: from a request to a route and a body, from lines to chunks. No I/O."""

import json
from dataclasses import dataclass, field, replace

from spark_desktop.adapters.chat_body import tool_of
from spark_desktop.adapters.json_fields import Json, child_in, count_in, object_of, text_in
from spark_desktop.adapters.openai_wire import error_of, problem_in, status_in
from spark_desktop.adapters.think_tags import ThinkTags
from spark_desktop.adapters.tool_pieces import ToolPieces
from spark_desktop.domain.completion import (
    ChatRequest,
    Chunk,
    Finished,
    FinishReason,
    InfillRequest,
    Message,
    ReasoningChunk,
    Request,
    Role,
    Timing,
    Usage,
)
from spark_desktop.domain.endpoints import EndpointSpec

# What an answer can do without: models that do not reason refuse it.
OPTIONAL = ("think",)
_NANOSECONDS = 1e9
_REASONS = {"stop": FinishReason.STOP, "length": FinishReason.LENGTH}


def route_of(request: Request) -> str:
    """Return the path below the server's root."""
    return "/api/generate" if isinstance(request, InfillRequest) else "/api/chat"


def body_of(request: Request, spec: EndpointSpec, context: int) -> Json:
    """Return the JSON body; ``context`` is how many tokens Ollama makes room for.

    It would cut a longer prompt without a word. Other files of a fill-in are left out: the model's
    template, which Ollama fills in, has no place for them.
    """
    options: Json = {
        "num_ctx": context,
        "num_predict": request.max_tokens,
        "temperature": request.temperature,
    }
    if request.stop:
        options["stop"] = list(request.stop)
    # Servers of 2026 then refuse what they would cut; older ones pass the field over.
    body: Json = {"model": spec.chosen.id, "stream": True, "truncate": False, "options": options}
    if isinstance(request, InfillRequest):
        return body | {"prompt": request.prefix, "suffix": request.suffix}
    return body | _chat(request, spec)


@dataclass(slots=True)
class OllamaAnswer:
    """What has come of one answer; ``reason`` is None until its last line."""

    tags: ThinkTags
    reason: FinishReason | None = None
    is_over: bool = False
    has_begun: bool = False
    _tools: ToolPieces = field(default_factory=ToolPieces)
    _end: Json = field(default_factory=dict)

    def take(self, data: str) -> list[Chunk]:
        """Return the chunks in one line. Raises EndpointError for an error told in it."""
        line = object_of(data)
        problem = problem_in(line)
        if problem is not None:
            raise error_of(status_in(line), problem)
        # A chat's line holds a message, a fill-in's a response.
        message = child_in(line, "message")
        thinking = text_in(message, "thinking") or text_in(line, "thinking")
        text = text_in(message, "content") or text_in(line, "response")
        self._tools.take(message.get("tool_calls"))
        self.has_begun = self.has_begun or bool(thinking or text) or self._tools.has_begun
        chunks: list[Chunk] = [ReasoningChunk(thinking)] if thinking else []
        chunks += self.tags.feed(text)
        if line.get("done") is True:
            self._end, self.is_over = line, True
            told = text_in(line, "done_reason") or "stop"
            self.reason = _REASONS.get(told, FinishReason.OTHER)
        return chunks

    def rest(self) -> list[Chunk]:
        """Return what was held back, as nothing follows."""
        return self.tags.rest()

    def finished(self, timing: Timing) -> Finished:
        """Return the end, with what the server measured."""
        reason = self.reason or FinishReason.OTHER
        calls = self._tools.calls()
        if calls and reason is FinishReason.STOP:
            reason = FinishReason.TOOLS
        usage = Usage(count_in(self._end, "prompt_eval_count"), count_in(self._end, "eval_count"))
        measured = replace(
            timing,
            # The answer waits for its model to be read from the disk, as it would in a queue.
            queue=_seconds(self._end.get("load_duration")),
            prefill=_seconds(self._end.get("prompt_eval_duration")),
            decode=_seconds(self._end.get("eval_duration")),
        )
        return Finished(reason, usage, measured, calls=calls)


def _chat(request: ChatRequest, spec: EndpointSpec) -> Json:
    chosen = spec.chosen
    names = {call.id: call.name for message in request.messages for call in message.calls}
    body: Json = {"messages": [_message(one, names) for one in request.messages]}
    if request.tools and chosen.tools:
        body["tools"] = [tool_of(tool) for tool in request.tools]
    if request.schema and chosen.structured_output:
        body["format"] = json.loads(request.schema)
    if chosen.reasoning:
        body["think"] = True
    return body


def _message(message: Message, names: dict[str, str]) -> Json:
    told: Json = {"role": message.role.value, "content": message.text}
    if message.role is Role.TOOL:
        # Ollama knows a result by the tool's name.
        told["tool_name"] = names.get(message.call_id, message.call_id)
    if message.calls:
        told["tool_calls"] = [
            {"function": {"name": call.name, "arguments": _arguments(call.arguments)}}
            for call in message.calls
        ]
    return told


def _arguments(text: str) -> Json:
    """Return a call's arguments as the object that Ollama wants, whatever the model wrote."""
    try:
        value = json.loads(text or "{}")
    except ValueError:
        value = text
    return value if isinstance(value, dict) else {"value": value}


def _seconds(nanoseconds: object) -> float | None:
    return nanoseconds / _NANOSECONDS if isinstance(nanoseconds, int | float) else None
