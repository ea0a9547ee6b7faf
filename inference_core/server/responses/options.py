"""The settings of a request that are more than a number: tools, formats, priorities."""

import json
from typing import Any

from inference_core.domain.chat import JsonAnswer, NamedTool, Tool, ToolChoice, ToolUse
from inference_core.domain.generation import Priority
from inference_core.server.fields import Fields
from inference_core.server.responses.items import Json

# OpenAI's limits for metadata, so that what works here works there.
_METADATA_PAIRS = 16
_METADATA_KEY = 64
_METADATA_VALUE = 512

# More than any agent offers; each is part of every prompt.
_TOOLS_LIMIT = 128

_PRIORITIES = {
    "question": Priority.QUESTION,
    "suggestion": Priority.SUGGESTION,
    "warmup": Priority.WARMUP,
}
_TIERS = frozenset({"auto", "default", "flex", "priority", "scale", "fast"})


def read_tools(fields: Fields) -> tuple[Tool, ...]:
    """Return the functions that are offered. Raises RequestError for every other kind of tool."""
    listed = fields.objects("tools")
    if len(listed) > _TOOLS_LIMIT:
        raise fields.wrong("tools", f"must have at most {_TOOLS_LIMIT} tools, not {len(listed)}")
    return tuple(_tool(each) for each in listed)


def read_choice(
    fields: Fields, tools: tuple[Tool, ...]
) -> tuple[ToolChoice, tuple[Tool, ...], str | Json]:
    """Return how tools are chosen, those that may be, and what the answer says about it."""
    given = fields.data.get("tool_choice")
    if given is None:
        return ToolUse.AUTO, tools, "auto"
    if isinstance(given, str):
        return _use(fields, given, "tool_choice"), tools, given
    choice = fields.child("tool_choice")
    kind = choice.text("type")
    if kind == "function":
        name = choice.text("name")
        _require_offered(choice, name, tools)
        return NamedTool(name), tools, {"type": kind, "name": name}
    if kind == "allowed_tools":
        return _allowed(choice, tools)
    raise choice.wrong("type", f"must be 'function' or 'allowed_tools', not {kind!r}")


def read_format(fields: Fields) -> tuple[JsonAnswer | None, Json]:
    """Return what the answer must look like, and what the response says about it."""
    form = fields.child("text").child("format")
    kind = form.text("type", "text")
    match kind:
        case "text":
            return None, {"type": kind}
        case "json_object":
            return JsonAnswer(), {"type": kind}
        case "json_schema":
            schema = read_raw(form, "schema")
            if not form.has("schema"):
                raise form.wrong("schema", "is required")
            echo: Json = {"type": kind, "name": form.text("name"), "schema": schema}
            echo["strict"] = form.flag("strict", default=True)
            if form.has("description"):
                echo["description"] = form.text("description")
            return JsonAnswer(schema), echo
    raise form.wrong("type", f"must be 'text', 'json_object' or 'json_schema', not {kind!r}")


def read_metadata(fields: Fields) -> dict[str, str]:
    """Return the pairs that a client attaches; they mean nothing here."""
    metadata = fields.child("metadata")
    if len(metadata.data) > _METADATA_PAIRS:
        raise fields.wrong("metadata", f"must have at most {_METADATA_PAIRS} pairs")
    pairs = {key: metadata.text(key) for key in metadata.data}
    for key, value in pairs.items():
        if len(key) > _METADATA_KEY or len(value) > _METADATA_VALUE:
            raise metadata.wrong(
                key[:_METADATA_KEY],
                f"is too long: keys have at most {_METADATA_KEY} characters, "
                f"values {_METADATA_VALUE}",
            )
    read_raw(fields, "metadata")
    return pairs


def read_priority(fields: Fields) -> Priority:
    """Return who goes first: ``priority`` is Spark's own field, OpenAI's ``flex`` tier waits."""
    tier = fields.text("service_tier", "auto")
    if tier not in _TIERS:
        raise fields.wrong("service_tier", f"must be one of {', '.join(sorted(_TIERS))}")
    if not fields.has("priority"):
        return Priority.SUGGESTION if tier == "flex" else Priority.QUESTION
    name = fields.text("priority")
    if name not in _PRIORITIES:
        raise fields.wrong("priority", f"must be one of {', '.join(_PRIORITIES)}, not {name!r}")
    return _PRIORITIES[name]


def read_raw(fields: Fields, name: str) -> dict[str, Any]:
    """Return an object whose insides nobody here reads, but which the answer repeats."""
    data = fields.child(name).data
    try:
        json.dumps(data, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise fields.wrong(name, "has a text with half a surrogate pair") from error
    return data


def tool_json(tool: Tool) -> Json:
    """Return a tool as a response lists it."""
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description or None,
        "parameters": tool.parameters,
        "strict": tool.strict,
    }


def _tool(fields: Fields) -> Tool:
    kind = fields.text("type")
    if kind != "function":
        raise fields.wrong("type", f"must be 'function': this core has no tool {kind!r} of its own")
    return Tool(
        fields.text("name"),
        fields.text("description", ""),
        read_raw(fields, "parameters"),
        fields.flag("strict"),
    )


def _allowed(fields: Fields, tools: tuple[Tool, ...]) -> tuple[ToolChoice, tuple[Tool, ...], Json]:
    mode = fields.text("mode")
    use = _use(fields, mode, "mode")
    names = [each.text("name") for each in fields.objects("tools", required=True)]
    for name in names:
        _require_offered(fields, name, tools)
    allowed = tuple(tool for tool in tools if tool.name in names)
    listed = [{"type": "function", "name": name} for name in names]
    return use, allowed, {"type": "allowed_tools", "mode": mode, "tools": listed}


def _use(fields: Fields, word: str, name: str) -> ToolUse:
    try:
        return ToolUse(word)
    except ValueError as error:
        raise fields.wrong(name, f"must be 'auto', 'none' or 'required', not {word!r}") from error


def _require_offered(fields: Fields, name: str, tools: tuple[Tool, ...]) -> None:
    if all(tool.name != name for tool in tools):
        raise fields.wrong("name", f"must be one of the request's tools, not {name!r}")
