"""OpenAI's Responses as JSON: from a request to a body, and what an error in it means. No I/O.

Fields and events are those of the ``openai`` package, 3.54.
"""

import json
import time

from spark_desktop.adapters.json_fields import Json, child_in, text_in
from spark_desktop.adapters.rate_headers import seconds_in
from spark_desktop.domain.completion import ChatRequest, Message, Role
from spark_desktop.domain.endpoints import RemoteModel
from spark_desktop.domain.words import say

# OpenAI refuses less.
_FEWEST_TOKENS = 16
# What codes of errors hold that are the request's fault.
_OURS = ("invalid", "context", "unsupported", "not_found")


def parted(messages: tuple[Message, ...]) -> tuple[str, tuple[Message, ...]]:
    """Return the instructions, and the messages that are input: those from the first answer on."""
    head = 0
    while head < len(messages) and messages[head].role is Role.SYSTEM:
        head += 1
    return "\n\n".join(message.text for message in messages[:head]), messages[head:]


def body_of(request: ChatRequest, model: RemoteModel, new: tuple[Message, ...]) -> Json:
    """Return the body, with ``new`` as its input; the same for HTTP and for WebSocket.

    Nothing is stored at the server. Instructions, tools and the format are told each time: a
    response takes none of them over from the one that it continues.
    """
    most = request.max_tokens if model.max_output is None else model.max_output
    body: Json = {
        "model": model.id,
        "input": items_of(new),
        "max_output_tokens": max(_FEWEST_TOKENS, min(request.max_tokens, most)),
        "store": False,
    }
    if instructions := parted(request.messages)[0]:
        body["instructions"] = instructions
    if model.reasoning:
        # Models that reason take no temperature.
        body["reasoning"] = {"summary": "auto"}
    else:
        body["temperature"] = request.temperature
    if model.fast:
        # developers.openai.com/api/docs/guides/fast-mode; older models know this name only.
        body["service_tier"] = "priority"
    if request.tools and model.tools:
        body["tools"] = [
            {
                "type": "function",
                "name": tool.name,
                "description": tool.description,
                "parameters": json.loads(tool.parameters or "{}"),
                "strict": False,
            }
            for tool in request.tools
        ]
    if request.schema and model.structured_output:
        schema = json.loads(request.schema)
        # Strict schemas are a part of JSON schema that not every schema keeps to.
        shape = {"type": "json_schema", "name": "answer", "schema": schema, "strict": False}
        body["text"] = {"format": shape}
    return body


def items_of(messages: tuple[Message, ...]) -> list[Json]:
    """Return messages as items; an answer's calls are items of their own."""
    items: list[Json] = []
    for message in messages:
        if message.role is Role.TOOL:
            output = {"call_id": message.call_id, "output": message.text}
            items.append({"type": "function_call_output", **output})
            continue
        role = "developer" if message.role is Role.SYSTEM else message.role.value
        if message.text or not message.calls:
            items.append({"role": role, "content": message.text})
        items.extend(
            {
                "type": "function_call",
                "call_id": call.id,
                "name": call.name,
                "arguments": call.arguments,
            }
            for call in message.calls
        )
    return items


def problem_in(event: Json) -> tuple[int, Json, float | None] | None:
    """Return status, error object and seconds to wait of an event that tells an error, else None.

    Over HTTP the event is the error, over WebSocket it holds one; a response that failed has it,
    too, and gateways of another protocol send it without a type.
    """
    if event.get("type") == "response.failed":
        problem = child_in(child_in(event, "response"), "error")
    elif event.get("type") == "error":
        problem = child_in(event, "error") or {
            name: event[name] for name in ("code", "message", "param") if name in event
        }
    elif "type" not in event and event.get("error"):
        error = event["error"]
        problem = error if isinstance(error, dict) else {"message": str(error)}
    else:
        return None
    problem = problem or {"message": say("It did not say why.")}
    told = event.get("status")
    status = told if isinstance(told, int) else _guessed(problem)
    after = text_in(child_in(problem, "headers"), "Retry-After")
    return status, problem, seconds_in(after, time.time())


def _guessed(problem: Json) -> int:
    # In mid-stream there is no HTTP status; the code tells whose fault it was.
    code = text_in(problem, "code") or text_in(problem, "type")
    return 400 if any(word in code for word in _OURS) else 500
