"""The settings of a request that are more than a number: tools, formats, priorities."""

import re

from inference_core.domain.chat import JsonAnswer, NamedTool, Tool, ToolChoice, ToolUse
from inference_core.server.fields import Fields
from inference_core.server.responses.items import Json

# OpenAI's limits for metadata, so that what works here works there.
_METADATA_PAIRS = 16
_METADATA_KEY = 64
_METADATA_VALUE = 512

# More than any agent offers; each is part of every prompt.
_TOOLS_LIMIT = 128

# A name ends up in a grammar and a prompt.
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")


def read_tools(fields: Fields) -> tuple[Tool, ...]:
    """Return the functions that are offered. Raises RequestError for every other kind of tool."""
    tools = tuple(_tool(each) for each in fields.objects("tools", most=_TOOLS_LIMIT))
    names = [tool.name for tool in tools]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise fields.wrong(f"tools[{index}]", f"has the name {name!r} for the second time")
    return tools


def read_choice(
    fields: Fields, tools: tuple[Tool, ...]
) -> tuple[ToolChoice, tuple[Tool, ...], str | Json]:
    """Return how tools are chosen, those that may be, and what the answer says about it."""
    given = fields.data.get("tool_choice")
    if given is None:
        return ToolUse.AUTO, tools, "auto"
    if isinstance(given, str):
        word = fields.choice("tool_choice", [use.value for use in ToolUse])
        return ToolUse(word), tools, word
    choice = fields.child("tool_choice")
    kind = choice.choice("type", ("function", "allowed_tools"))
    if kind == "function":
        name = choice.text("name")
        _require_offered(choice, name, tools)
        return NamedTool(name), tools, {"type": kind, "name": name}
    return _allowed(choice, tools)


def read_format(fields: Fields) -> tuple[JsonAnswer | None, Json]:
    """Return what the answer must look like, and what the response says about it."""
    form = fields.child("text").child("format")
    kind = form.choice("type", ("text", "json_object", "json_schema"), "text")
    match kind:
        case "text":
            return None, {"type": kind}
        case "json_object":
            return JsonAnswer(), {"type": kind}
        case _:
            schema = form.json_object("schema")
            if schema is None:
                raise form.wrong("schema", "is required")
            echo: Json = {"type": kind, "name": form.text("name"), "schema": schema}
            echo["strict"] = form.flag("strict", default=True)
            if form.has("description"):
                echo["description"] = form.text("description")
            return JsonAnswer(schema), echo


def read_metadata(fields: Fields) -> dict[str, str]:
    """Return the pairs that a client attaches; they mean nothing here."""
    metadata = fields.child("metadata")
    if len(metadata.data) > _METADATA_PAIRS:
        raise fields.wrong("metadata", f"must have at most {_METADATA_PAIRS} pairs")
    fields.json_object("metadata")
    pairs = {key: metadata.text(key) for key in metadata.data}
    for key, value in pairs.items():
        if len(key) > _METADATA_KEY or len(value) > _METADATA_VALUE:
            raise metadata.wrong(
                key[:_METADATA_KEY],
                f"is too long: keys have at most {_METADATA_KEY} characters, "
                f"values {_METADATA_VALUE}",
            )
    return pairs


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
        raise fields.wrong(
            "type", f"must be 'function': this core has no tool {kind[:64]!r} of its own"
        )
    name = fields.text("name")
    if not _NAME.fullmatch(name):
        raise fields.wrong("name", "must be 1 to 128 letters, digits, '_', '.' or '-'")
    return Tool(
        name,
        fields.text("description", ""),
        fields.json_object("parameters") or {},
        fields.flag("strict"),
    )


def _allowed(fields: Fields, tools: tuple[Tool, ...]) -> tuple[ToolChoice, tuple[Tool, ...], Json]:
    mode = fields.choice("mode", ("auto", "required"))
    names = [each.text("name") for each in fields.objects("tools", required=True)]
    for name in names:
        _require_offered(fields, name, tools)
    allowed = tuple(tool for tool in tools if tool.name in names)
    listed = [{"type": "function", "name": name} for name in names]
    return ToolUse(mode), allowed, {"type": "allowed_tools", "mode": mode, "tools": listed}


def _require_offered(fields: Fields, name: str, tools: tuple[Tool, ...]) -> None:
    if all(tool.name != name for tool in tools):
        raise fields.wrong("name", f"must be one of the request's tools, not {name[:64]!r}")
