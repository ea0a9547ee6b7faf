"""The messages of a chat request, as OpenAI's clients write them."""

import json

from inference_core.domain.chat import ChatMessage, ToolCall
from inference_core.domain.errors import RequestError
from inference_core.server.fields import Fields

# A conversation of a whole day has a few hundred; a part is a paste or a file.
_MESSAGES = 4096
_PARTS = 256
_CALLS = 128

# "developer" is OpenAI's newer word for the system's role, "function" the older one for a tool's;
# templates know the others.
_ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}


def read_messages(fields: Fields) -> tuple[ChatMessage, ...]:
    """Return the messages. Raises RequestError, which names the message and its field."""
    messages = fields.objects("messages", required=True, most=_MESSAGES)
    if not messages:
        raise fields.wrong("messages", "must have at least one message")
    return tuple(_message(item) for item in messages)


def read_text_or_parts(fields: Fields, name: str, refusals: bool = False) -> str:
    """Return a string, or the joined texts of a list of parts; the field is required.

    With ``refusals`` parts of that type are read as well. Raises RequestError.
    """
    if not isinstance(fields.data.get(name), list):
        return fields.text(name)
    parts = fields.objects(name, most=_PARTS)
    return "".join(_part(part, refusals) for part in parts)


def _message(fields: Fields) -> ChatMessage:
    asked = fields.choice("role", _ROLES)
    role = _ROLES[asked]
    name = fields.text("name") if fields.has("name") else None
    if role == "assistant":
        return _assistant(fields, name)
    if asked == "function":
        content = fields.text("content", "")
        return ChatMessage(role, content, tool_call_id=_legacy_id(fields.text("name")), name=name)
    answers = fields.text("tool_call_id") if fields.has("tool_call_id") else None
    content = read_text_or_parts(fields, "content")
    return ChatMessage(role, content, tool_call_id=answers, name=name)


def _assistant(fields: Fields, name: str | None) -> ChatMessage:
    calls = tuple(_call(item) for item in fields.objects("tool_calls", most=_CALLS))
    if fields.has("function_call"):
        function = fields.child("function_call")
        called = function.text("name")
        calls += (ToolCall(_legacy_id(called), called, _arguments(function)),)
    # Null where the model only called tools, or refused.
    content = fields.text("refusal", "")
    if fields.has("content"):
        content = read_text_or_parts(fields, "content", refusals=True)
    return ChatMessage("assistant", content, calls, name=name)


def _call(fields: Fields) -> ToolCall:
    fields.choice("type", ("function",), "function")
    function = fields.child("function")
    return ToolCall(fields.text("id", ""), function.text("name"), _arguments(function))


def _arguments(function: Fields) -> str:
    """Return the arguments as JSON text; some clients send back the object that they read."""
    if isinstance(function.data.get("arguments"), dict):
        return json.dumps(function.json_object("arguments"), ensure_ascii=False)
    return function.text("arguments", "{}")


def _legacy_id(name: str) -> str:
    """Return an id for a call of before calls had ids, when there was one of a name at a time."""
    return f"call_{name}"


def _part(fields: Fields, refusals: bool) -> str:
    kind = fields.text("type", "text")
    if kind == "text" or (refusals and kind == "refusal"):
        return fields.text(kind)
    raise _unreadable(fields, kind)


def _unreadable(fields: Fields, kind: str) -> RequestError:
    return fields.wrong("type", f"must be 'text': this model cannot read {kind[:64]!r}")
