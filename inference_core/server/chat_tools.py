"""What the answer of a chat may be: calls of tools, and JSON of a form."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from inference_core.domain.chat import JsonAnswer, NamedTool, Tool, ToolChoice, ToolUse
from inference_core.server.fields import Fields

# OpenAI's bound.
_TOOLS = 128

# OpenAI's names, and the dots of other servers' clients; a name ends up in a grammar and a prompt.
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")

_USES = {use.value: use for use in ToolUse}


@dataclass(frozen=True, slots=True)
class Offer:
    """The tools that the model may call; ``legacy`` where they came as ``functions``."""

    tools: tuple[Tool, ...]
    choice: ToolChoice
    legacy: bool = False


def read_offer(fields: Fields) -> Offer:
    """Return the tools and the choice among them, also from ``functions`` and ``function_call``.

    Raises RequestError.
    """
    if fields.has("functions") and not fields.has("tools"):
        listed = fields.objects("functions", most=_TOOLS)
        tools = _without_doubles(fields, "functions", [_tool(item) for item in listed])
        return Offer(tools, _legacy_choice(fields), legacy=True)
    functions = [_function(item) for item in fields.objects("tools", most=_TOOLS)]
    tools = _without_doubles(fields, "tools", [_tool(item) for item in functions])
    choice = fields.data.get("tool_choice")
    if isinstance(choice, dict) and choice.get("type") == "allowed_tools":
        return _allowed(fields.child("tool_choice"), tools)
    return Offer(tools, _choice(fields))


def read_response_format(fields: Fields) -> JsonAnswer | None:
    """Return the form of the answer, None where it is text. Raises RequestError.

    As llama-server does, a ``schema`` beside ``type`` is taken too. ``strict`` makes no difference:
    an answer always validates.
    """
    asked = fields.child("response_format")
    kind = asked.choice("type", ("text", "json_object", "json_schema"), "text")
    if kind == "text":
        return None
    form = asked.child("json_schema") if asked.has("json_schema") else asked
    schema = form.json_object("schema")
    if kind == "json_schema" and schema is None and not asked.has("json_schema"):
        raise asked.wrong("json_schema", "is required")
    form.flag("strict")
    return JsonAnswer(schema)


def _function(fields: Fields) -> Fields:
    kind = fields.text("type", "function")
    if kind != "function":
        raise fields.wrong("type", f"must be 'function': this core has no {kind[:64]!r} tools")
    if not fields.has("function"):
        raise fields.wrong("function", "is required")
    return fields.child("function")


def _tool(fields: Fields) -> Tool:
    parameters = fields.json_object("parameters")
    return Tool(
        _name(fields), fields.text("description", ""), parameters or {}, fields.flag("strict")
    )


def _name(fields: Fields) -> str:
    name = fields.text("name")
    if not _NAME.fullmatch(name):
        raise fields.wrong(
            "name", "must have 1 to 128 letters, digits, underscores, dots or hyphens"
        )
    return name


def _without_doubles(fields: Fields, name: str, tools: Sequence[Tool]) -> tuple[Tool, ...]:
    seen: set[str] = set()
    for index, tool in enumerate(tools):
        if tool.name in seen:
            raise fields.wrong(
                f"{name}[{index}]", f"has the name {tool.name!r} for the second time"
            )
        seen.add(tool.name)
    return tuple(tools)


def _choice(fields: Fields) -> ToolChoice:
    if not isinstance(fields.data.get("tool_choice"), dict):
        return _USES[fields.choice("tool_choice", _USES, ToolUse.AUTO.value)]
    choice = fields.child("tool_choice")
    return NamedTool(_name(_function(choice)))


def _legacy_choice(fields: Fields) -> ToolChoice:
    if isinstance(fields.data.get("function_call"), dict):
        return NamedTool(_name(fields.child("function_call")))
    # "required" came later than functions did.
    return _USES[fields.choice("function_call", ("auto", "none"), ToolUse.AUTO.value)]


def _allowed(choice: Fields, tools: tuple[Tool, ...]) -> Offer:
    """Return those of the tools that ``allowed_tools`` names; the prompt does not show others."""
    allowed = choice.child("allowed_tools")
    mode = _USES[allowed.choice("mode", ("auto", "required"), ToolUse.AUTO.value)]
    known = {tool.name for tool in tools}
    names: set[str] = set()
    for item in allowed.objects("tools", required=True, most=_TOOLS):
        function = _function(item)
        name = _name(function)
        if name not in known:
            raise function.wrong("name", f"is {name!r}, which is none of 'tools'")
        names.add(name)
    return Offer(tuple(tool for tool in tools if tool.name in names), mode)
