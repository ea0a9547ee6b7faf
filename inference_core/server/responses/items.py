"""The items of a conversation on the wire, and the messages that a model reads for them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from inference_core.domain.chat import ChatMessage, ToolCall
from inference_core.domain.errors import RequestError
from inference_core.server.fields import Fields

Json = dict[str, Any]

# As many as a chat may have messages; a conversation of a whole day has a few hundred.
ITEMS_LIMIT = 4096

# Clients cut a text into a few parts: a question, and a file or two.
_PARTS_LIMIT = 256

_TEXT_PARTS = {"input_text": "text", "output_text": "text", "refusal": "refusal"}
_ROLES = {"user": "user", "assistant": "assistant", "system": "system", "developer": "system"}
_KINDS = ("message", "function_call", "function_call_output", "reasoning")
_STATUSES = ("in_progress", "completed", "incomplete")


def new_id(prefix: str) -> str:
    """Return a fresh id as OpenAI's look: ``resp_`` and hexadecimal digits."""
    return f"{prefix}_{uuid.uuid4().hex}"


def read_items(fields: Fields, name: str = "input") -> tuple[Json, ...]:
    """Return the items of a text or a list, each with an id; empty where the field is absent.

    Raises RequestError naming what this core cannot read.
    """
    if not fields.has(name):
        return ()
    if isinstance(fields.data[name], str):
        return (_message_item("user", [_text_part("user", fields.text(name))], None),)
    return tuple(_item(each) for each in fields.objects(name, most=ITEMS_LIMIT))


def to_messages(
    items: Iterable[Json], before: Sequence[ChatMessage] = ()
) -> tuple[ChatMessage, ...]:
    """Return the messages for items that follow ``before``; reasoning is left out.

    The calls that follow an assistant's text become part of its message, which is how templates
    write an answer, so that a continued conversation begins like the one that was generated.
    Raises RequestError for the output of a call that nobody made.
    """
    names = {call.id: call.name for message in before for call in message.tool_calls}
    messages: list[ChatMessage] = []
    for item in items:
        match item["type"]:
            case "message":
                text = "".join(_part_text(part) for part in item["content"])
                messages.append(ChatMessage(_ROLES[item["role"]], text))
            case "function_call":
                call = ToolCall(item["call_id"], item["name"], item["arguments"])
                names[call.id] = call.name
                _add_call(messages, call)
            case "function_call_output":
                messages.append(_tool_message(item, names))
    return tuple(messages)


def _add_call(messages: list[ChatMessage], call: ToolCall) -> None:
    if messages and messages[-1].role == "assistant":
        last = messages[-1]
        messages[-1] = replace(last, tool_calls=(*last.tool_calls, call))
    else:
        messages.append(ChatMessage("assistant", "", (call,)))


def _tool_message(item: Json, names: Mapping[str, str]) -> ChatMessage:
    call_id = item["call_id"]
    if call_id not in names:
        raise RequestError(
            f"No tool call found for function call output with call_id {call_id!r}.",
            param="input",
            code="invalid_value",
            next_step="Send the function_call item too, or the 'previous_response_id' that has it.",
        )
    output = item["output"]
    text = output if isinstance(output, str) else "".join(_part_text(part) for part in output)
    return ChatMessage("tool", text, tool_call_id=call_id, name=names[call_id])


def _part_text(part: Json) -> str:
    return str(part[_TEXT_PARTS[part["type"]]])


def _item(fields: Fields) -> Json:
    default = "message" if fields.has("role") else None
    kind = fields.choice("type", _KINDS, default)
    match kind:
        case "message":
            return _read_message(fields)
        case "function_call":
            return {
                "id": _id(fields, "fc"),
                "type": kind,
                "call_id": fields.text("call_id"),
                "name": fields.text("name"),
                "arguments": fields.text("arguments"),
                "status": _status(fields),
            }
        case "function_call_output":
            return {
                "id": _id(fields, "fco"),
                "type": kind,
                "call_id": fields.text("call_id"),
                "output": _output(fields),
                "status": _status(fields),
            }
        case _:
            # Models are not shown what they thought before; the item is kept for who lists it.
            return {"id": _id(fields, "rs"), "type": kind, "summary": []}


def _read_message(fields: Fields) -> Json:
    role = fields.choice("role", _ROLES)
    if isinstance(fields.data.get("content"), list):
        parts = [_part(each, role) for each in fields.objects("content", most=_PARTS_LIMIT)]
    else:
        parts = [_text_part(role, fields.text("content"))]
    return _message_item(role, parts, fields)


def _message_item(role: str, parts: list[Json], fields: Fields | None) -> Json:
    return {
        "id": new_id("msg") if fields is None else _id(fields, "msg"),
        "type": "message",
        "role": role,
        "status": "completed" if fields is None else _status(fields),
        "content": parts,
    }


def _text_part(role: str, text: str) -> Json:
    if role == "assistant":
        return {"type": "output_text", "text": text, "annotations": []}
    return {"type": "input_text", "text": text}


def _part(fields: Fields, role: str) -> Json:
    kind = fields.choice("type", _TEXT_PARTS)
    if kind == "refusal":
        return {"type": kind, "refusal": fields.text("refusal")}
    return _text_part(role, fields.text("text"))


def _output(fields: Fields) -> str | list[Json]:
    if isinstance(fields.data.get("output"), list):
        return [_part(each, "tool") for each in fields.objects("output", most=_PARTS_LIMIT)]
    return fields.text("output")


def _id(fields: Fields, prefix: str) -> str:
    return fields.text("id", "") or new_id(prefix)


def _status(fields: Fields) -> str:
    return fields.choice("status", _STATUSES, "completed")
