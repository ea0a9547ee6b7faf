"""A chat as OpenAI's followers want it told: messages, tools, limits. No I/O.

What a server may not know is sent only where the model's data says that it does.
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from spark_desktop.domain.completion import ChatRequest, Message, Role, Tool, ToolCall
from spark_desktop.domain.endpoints import EndpointSpec, RemoteModel

Json = dict[str, Any]

# What an answer can do without; ``stop`` is done here, too (StopTexts).
OPTIONAL = (
    "stream_options",
    "max_completion_tokens",
    "max_tokens",
    "temperature",
    "stop",
    "prediction",
)
# Who has replaced ``max_tokens``: models that reason refuse it there, and a temperature as well.
# Elsewhere the old name is the one that every server knows; an unknown one may be passed over, and
# the answer would have no bound.
_NEW_LIMIT = ("api.openai.com", "openai.azure.com", "api.cerebras.ai")
# OpenAI and Cerebras refuse more.
_MOST_STOPS = 4
_SCHEMA_NAME = "answer"


def chat_body(request: ChatRequest, spec: EndpointSpec) -> Json:
    """Return the JSON body of a streamed chat."""
    chosen = spec.chosen
    body: Json = {
        "model": chosen.id,
        "messages": messages_of(request.messages, chosen.tools),
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    has_new_limit = knows_new_limit(spec)
    body["max_completion_tokens" if has_new_limit else "max_tokens"] = request.max_tokens
    if not (has_new_limit and chosen.reasoning):
        body["temperature"] = request.temperature
    if request.stop:
        body["stop"] = list(request.stop[:_MOST_STOPS])
    return body | abilities(request, chosen)


def knows_new_limit(spec: EndpointSpec) -> bool:
    """Return whether the endpoint wants ``max_completion_tokens``."""
    host = urlsplit(spec.url).hostname or ""
    return any(host == one or host.endswith(f".{one}") for one in _NEW_LIMIT)


def messages_of(messages: Sequence[Message], has_tools: bool) -> list[Json]:
    """Return the messages; without tools, calls and results of an earlier model become text."""
    names = {call.id: call.name for message in messages for call in message.calls}
    return [_message(message, has_tools, names) for message in messages]


def abilities(request: ChatRequest, chosen: RemoteModel) -> Json:
    """Return the fields for tools, a schema and a prediction, as far as the model has them."""
    body: Json = {}
    if request.tools and chosen.tools:
        body["tools"] = [tool_of(tool) for tool in request.tools]
    if request.schema and chosen.structured_output:
        schema = {"name": _SCHEMA_NAME, "schema": json.loads(request.schema), "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    if request.prediction and chosen.prediction and "tools" not in body:
        # OpenAI and Cerebras take either.
        body["prediction"] = {"type": "content", "content": request.prediction}
    return body


def tool_of(tool: Tool) -> Json:
    """Return a tool as the request names it. Raises ValueError for parameters that are no JSON."""
    function = {
        "name": tool.name,
        "description": tool.description,
        "parameters": json.loads(tool.parameters or "{}"),
    }
    return {"type": "function", "function": function}


def _message(message: Message, has_tools: bool, names: dict[str, str]) -> Json:
    if message.role is Role.TOOL:
        if has_tools:
            return {"role": "tool", "tool_call_id": message.call_id, "content": message.text}
        name = names.get(message.call_id, message.call_id)
        return {"role": "user", "content": f"Result of {name}:\n{message.text}"}
    told: Json = {"role": message.role.value, "content": message.text}
    if not message.calls:
        return told
    if not has_tools:
        calls = "\n".join(f"Call of {call.name}: {call.arguments}" for call in message.calls)
        return told | {"content": f"{message.text}\n{calls}".strip()}
    # A message of calls alone has no content: some servers refuse an empty one.
    return told | {
        "content": message.text or None,
        "tool_calls": [_call(call) for call in message.calls],
    }


def _call(call: ToolCall) -> Json:
    function = {"name": call.name, "arguments": call.arguments or "{}"}
    return {"id": call.id, "type": "function", "function": function}
