"""Messages and tools as chat templates expect them, and as text for templates without tools."""

import json
from collections.abc import Sequence
from typing import Any

from inference_core.chat.json_depth import depth_of
from inference_core.domain.chat import ChatMessage, Tool, ToolCall

# Deeper arguments are shown to the model as the text they are.
_ARGUMENTS_DEPTH = 64

_OFFER = """\
# Tools

You can call these functions. Each line describes one, as JSON:
<tools>
{tools}
</tools>

To call a function, answer with its name and its arguments, as JSON between tags:
<tool_call>
{{"name": "the function's name", "arguments": {{"the parameter's name": "its value"}}}}
</tool_call>
Call a function only where it helps; answer in words otherwise."""


def message_values(messages: Sequence[ChatMessage]) -> list[dict[str, Any]]:
    """Return messages as templates read them; a tool's message has the name of its call."""
    names = {call.id: call.name for message in messages for call in message.tool_calls}
    return [_message(message, names) for message in messages]


def tool_values(tools: Sequence[Tool]) -> list[dict[str, Any]]:
    """Return tools as templates read them: OpenAI's form."""
    return [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters or {"type": "object", "properties": {}},
            },
        }
        for tool in tools
    ]


def without_tools(
    messages: Sequence[dict[str, Any]], tools: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return messages with tools, calls and their results written out in the contents.

    The tools come with the first system message; results that follow each other are one message of
    the user, since many templates want user and assistant in turn.
    """
    laid_out: list[dict[str, Any]] = []
    after_result = False
    for message in messages:
        is_result = message["role"] == "tool"
        if is_result and after_result:
            laid_out[-1]["content"] += "\n" + _result(message)
        elif is_result:
            laid_out.append({"role": "user", "content": _result(message)})
        else:
            laid_out.append(_with_calls(message))
        after_result = is_result
    return _with_offer(laid_out, tools) if tools else laid_out


def _message(message: ChatMessage, names: dict[str, str]) -> dict[str, Any]:
    value: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        value["tool_calls"] = [_call(call) for call in message.tool_calls]
    if message.tool_call_id is not None:
        value["tool_call_id"] = message.tool_call_id
    name = message.name or names.get(message.tool_call_id or "")
    if name:
        value["name"] = name
    return value


def _call(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": _arguments(call.arguments)}
    return {"type": "function", "id": call.id, "function": function}


def _arguments(text: str) -> Any:
    """Return the parsed arguments, which templates write out again; the text if it is no JSON."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if depth_of(value, _ARGUMENTS_DEPTH) <= _ARGUMENTS_DEPTH else text


def _with_calls(message: dict[str, Any]) -> dict[str, Any]:
    texts = [message["content"]] if message["content"] else []
    for call in message.get("tool_calls", ()):
        written = json.dumps(call["function"], ensure_ascii=False)
        texts.append(f"<tool_call>\n{written}\n</tool_call>")
    kept = {key: value for key, value in message.items() if key != "tool_calls"}
    return kept | {"content": "\n".join(texts)}


def _result(message: dict[str, Any]) -> str:
    return f"<tool_response>\n{message['content']}\n</tool_response>"


def _with_offer(
    messages: list[dict[str, Any]], tools: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    lines = "\n".join(json.dumps(tool, ensure_ascii=False) for tool in tools)
    offer = _OFFER.format(tools=lines)
    if messages and messages[0]["role"] == "system":
        first = messages[0] | {"content": f"{messages[0]['content']}\n\n{offer}"}
        return [first, *messages[1:]]
    return [{"role": "system", "content": offer}, *messages]
