"""Anthropic's Messages as JSON: from a request to a body and headers. No I/O.

As documented in November 2026 at platform.claude.com/docs: fast mode (a research preview) under
build-with-claude/fast-mode, the shape of an answer under build-with-claude/structured-outputs,
places of the cache under build-with-claude/prompt-caching.
"""

import json

from spark_desktop.adapters.json_fields import Json, object_of
from spark_desktop.adapters.responses_wire import parted
from spark_desktop.domain.completion import ChatRequest, Message, Role, ToolCall
from spark_desktop.domain.endpoints import RemoteModel
from spark_desktop.domain.errors import EndpointError

_VERSION = "2023-06-01"
_FAST = "fast-mode-2026-02-01"
# What is before it is kept for five minutes, and read from there at a tenth of the price.
_KEPT: Json = {"type": "ephemeral"}
# A conversation must begin with a question and end with one; a message must not be empty.
_NOTHING = "…"


def headers_of(model: RemoteModel) -> dict[str, str]:
    """Return the headers beside the key's."""
    headers = {"anthropic-version": _VERSION}
    return headers | {"anthropic-beta": _FAST} if model.fast else headers


def body_of(request: ChatRequest, model: RemoteModel) -> Json:
    """Return the body of a streamed answer."""
    most = request.max_tokens if model.max_output is None else model.max_output
    body = prompt_of(request.messages, model) | {
        "max_tokens": max(1, min(request.max_tokens, most)),
        "stream": True,
    }
    if not model.reasoning:
        # Models that reason take no temperature; Claude does not from Opus 4.7 on.
        body["temperature"] = min(1.0, request.temperature)
    if stops := [stop for stop in request.stop if stop.strip()]:
        body["stop_sequences"] = stops
    if model.fast:
        body["speed"] = "fast"
    if request.tools and model.tools:
        body["tools"] = [
            {
                "name": tool.name,
                "description": tool.description,
                "input_schema": json.loads(tool.parameters or '{"type": "object"}'),
            }
            for tool in request.tools
        ]
    if request.schema and model.structured_output:
        shape = {"type": "json_schema", "schema": json.loads(request.schema)}
        body["output_config"] = {"format": shape}
    return body


def prompt_of(messages: tuple[Message, ...], model: RemoteModel) -> Json:
    """Return what the prompt is made of: instructions apart, then messages in turns.

    Two places are marked for the vendor's cache: the instructions' end, and the conversation's,
    which the next turn begins with. The instructions' mark keeps the tools too, which come before.
    """
    instructions, rest = parted(messages)
    turns = _turns(rest)
    turns[-1]["content"][-1]["cache_control"] = _KEPT
    prompt: Json = {"model": model.id, "messages": turns}
    if instructions.strip():
        system = {"type": "text", "text": instructions, "cache_control": _KEPT}
        prompt["system"] = [system]
    return prompt


def _turns(messages: tuple[Message, ...]) -> list[Json]:
    """Return the messages with those of one side that follow each other as one."""
    turns: list[Json] = []
    for message in messages:
        role = "assistant" if message.role is Role.ASSISTANT else "user"
        blocks = _blocks(message)
        if not blocks:
            continue
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] += blocks
        else:
            turns.append({"role": role, "content": blocks})
    if not turns or turns[0]["role"] == "assistant":
        turns.insert(0, {"role": "user", "content": [_text_block(_NOTHING)]})
    if turns[-1]["role"] == "assistant":
        # An answer that was begun for the model: newer ones go on with none, and refuse it.
        turns.append({"role": "user", "content": [_text_block(_NOTHING)]})
    for turn in turns:
        # Results of calls must come before what is said to them.
        turn["content"].sort(key=lambda block: block["type"] != "tool_result")
    return turns


def _blocks(message: Message) -> list[Json]:
    if message.role is Role.TOOL:
        result = {"tool_use_id": message.call_id, "content": message.text}
        return [{"type": "tool_result", **result}]
    # A block of blanks alone is refused.
    text = [_text_block(message.text)] if message.text.strip() else []
    return text + [_call_block(call) for call in message.calls]


def _text_block(text: str) -> Json:
    return {"type": "text", "text": text}


def _call_block(call: ToolCall) -> Json:
    try:
        arguments = object_of(call.arguments)
    except EndpointError:
        # A model wrote no object; repeated as it was, the request would be refused for ever.
        arguments = {}
    return {"type": "tool_use", "id": call.id, "name": call.name, "input": arguments}
