"""JSON schemas of a request: bounded, whole in themselves, and put together into one."""

import json
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from inference_core.chat.json_depth import depth_of
from inference_core.domain.chat import Tool
from inference_core.domain.errors import RequestError

# An object in an object is two levels. OpenAI allows ten objects; a grammar of more takes long to
# make and to follow.
SCHEMA_DEPTH = 32

# All schemas of a request together. As text in a prompt this is some 80,000 tokens already.
SCHEMA_BYTES = 256 * 1024

# All lists of a schema together; longer ones fit into no context. The engine's grammar takes time
# and memory for each item: a minimum of a thousand million takes all that a machine has, and two
# hundred thousand the engine for seconds.
ITEMS_LIMIT = 20_000
_COUNTS = frozenset(("minItems", "maxItems"))

# References that lead to references: generators write one or two. An engine's grammar follows each.
CHAIN_LIMIT = 32

# OpenAI's bound.
TOOLS_LIMIT = 128

# Say what a schema is called and written in: a schema that becomes part of another loses them,
# since its references would be read as relative to its own name.
_NAMING = frozenset(("$id", "$schema"))

# Where a member's value is a map from the user's own names to schemas, or no schema at all.
_MAPS = frozenset(("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"))
_VALUES = frozenset(("const", "enum", "default", "examples"))

# The formats that the engine's grammar (llguidance 1) knows. Others only describe: it would refuse
# them, and pydantic writes many ("path", "password").
_FORMATS = frozenset(
    ("date", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "time", "uuid")
)

# What a grammar cannot express, and llguidance 1 therefore refuses. pydantic writes ``uniqueItems``
# for a set, and tools of other makers have the rest.
_INEXPRESSIBLE = frozenset(
    (
        *("contains", "maxContains", "minContains", "uniqueItems", "unevaluatedItems"),
        *("dependencies", "dependentRequired", "dependentSchemas", "propertyNames"),
        *("unevaluatedProperties", "not", "if", "then", "else"),
        *("minProperties", "maxProperties"),
        *("$dynamicAnchor", "$dynamicRef", "$recursiveRef"),
    )
)

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

# In a pattern: the engine's regular expressions have nothing that looks ahead or back.
_LOOK_AROUND = re.compile(r"\(\?<?[=!]")


def check_tools(tools: Sequence[Tool]) -> None:
    """Raise RequestError for too many tools and for parameters that are no sound schema."""
    if len(tools) > TOOLS_LIMIT:
        raise RequestError(
            f"There are {len(tools)} tools, but at most {TOOLS_LIMIT} are read.",
            param="tools",
            code="array_above_max_length",
            next_step="Offer the tools that this question needs.",
        )
    # Of all together first: what is too long is not worth a closer look.
    _check_size([tool.parameters for tool in tools], "The parameters of the tools", "tools")
    for tool in tools:
        subject = f"The parameters of the tool {tool.name!r}"
        _check_sound(tool.parameters, subject, "tools")
        if tool.parameters.get("type", "object") != "object":
            raise _unsound(f"{subject} must have the type 'object'.", "tools")


def check_schema(schema: dict[str, Any], subject: str, param: str) -> None:
    """Raise RequestError for a schema that is too deep, too long or refers to another document.

    ``subject`` names it in the message, ``param`` is the field of the request.
    """
    _check_size([schema], subject, param)
    _check_sound(schema, subject, param)


def _check_sound(schema: dict[str, Any], subject: str, param: str) -> None:
    if depth_of(schema, SCHEMA_DEPTH) > SCHEMA_DEPTH:
        raise _too_deep(subject, param)
    items = sum(
        count
        for name, count in _members(schema)
        if name in _COUNTS and isinstance(count, int | float) and count > 0
    )
    if items > ITEMS_LIMIT:
        why = f"'minItems' and 'maxItems' of together more than {ITEMS_LIMIT}"
        raise _unsound(f"{subject} have {why}.", param)
    _check_references(schema, subject, param)


def calls_schema(tools: Sequence[Tool]) -> dict[str, Any]:
    """Return the schema of a call of one of these tools: its name, and its arguments."""
    return one_of_schema([_call_schema(tool) for tool in tools])


def form_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an answer without what only describes it and the engine refuses."""
    return _moved(schema, "#")


def one_of_schema(schemas: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the schema of what any of these describes; their references stay right."""
    whole: dict[str, Any] = {"anyOf": []}
    for index, schema in enumerate(schemas):
        if any(_references(schema)):
            name = f"part_{index}"
            whole.setdefault("$defs", {})[name] = _moved(schema, f"#/$defs/{name}")
            whole["anyOf"].append({"$ref": f"#/$defs/{name}"})
        else:
            whole["anyOf"].append(_moved(schema, "#"))
    return whole


def schema_text(schema: dict[str, Any]) -> str:
    """Return a schema as an engine reads it; the order of members is kept."""
    return _COMPACT.encode(schema)


def _call_schema(tool: Tool) -> dict[str, Any]:
    # Leaving parameters out means that there are none.
    parameters = tool.parameters or {"properties": {}, "additionalProperties": False}
    if "$ref" not in parameters:
        parameters = {"type": "object"} | parameters
    left_out = frozenset[str]() if tool.strict else _INEXPRESSIBLE
    return {
        "type": "object",
        "properties": {
            "name": {"const": tool.name},
            "arguments": _moved(parameters, "#/properties/arguments", left_out),
        },
        "required": ["name", "arguments"],
        "additionalProperties": False,
    }


def _moved(
    schema: dict[str, Any], place: str, left_out: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Return a schema that is to be at ``place`` of another one, with its references moved.

    The members ``left_out`` are, everywhere in it.
    """
    nameless = {key: value for key, value in schema.items() if key not in _NAMING}
    return dict(_moved_members(nameless, place, left_out))


def _moved_value(value: Any, place: str, left_out: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_moved_value(item, place, left_out) for item in value]
    return dict(_moved_members(value, place, left_out)) if isinstance(value, dict) else value


def _moved_members(
    schema: dict[str, Any], place: str, left_out: frozenset[str]
) -> Iterator[tuple[str, Any]]:
    if left_out and "oneOf" in schema and "anyOf" not in schema:
        # A grammar can say "one or more of these" only: near enough for what is left out anyway.
        schema = {"anyOf" if key == "oneOf" else key: item for key, item in schema.items()}
    for key, item in schema.items():
        if key in left_out or (key == "format" and not _is_known(item)):
            continue
        if left_out and key == "pattern" and _LOOK_AROUND.search(str(item)):
            continue
        if key == "$ref" and isinstance(item, str):
            yield key, place + item.removeprefix("#")
        elif key in _VALUES:
            yield key, item
        elif key in _MAPS and isinstance(item, dict):
            moved = {name: _moved_value(inner, place, left_out) for name, inner in item.items()}
            yield key, moved
        else:
            yield key, _moved_value(item, place, left_out)


def _is_known(form: Any) -> bool:
    return isinstance(form, str) and form in _FORMATS


def _references(schema: Any) -> Iterator[str]:
    """Yield every ``$ref`` of a schema."""
    return (value for name, value in _members(schema) if name == "$ref" and isinstance(value, str))


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield every keyword with its value, at all depths; a property's name is no keyword."""
    if isinstance(value, list):
        for item in value:
            yield from _members(item)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        yield key, item
        if key in _MAPS and isinstance(item, dict):
            for inner in item.values():
                yield from _members(inner)
        elif key not in _VALUES and not (key == "$ref" and isinstance(item, str)):
            yield from _members(item)


def _check_references(schema: dict[str, Any], subject: str, param: str) -> None:
    """Raise RequestError for a reference that leads nowhere, in a circle or over too many others.

    Each is followed once, however many lead to it.
    """
    lengths: dict[str, int] = {}
    for reference in _references(schema):
        passed: dict[str, None] = {}
        following: str | None = reference
        while following is not None and following not in lengths:
            if following in passed:
                why = f"the reference {following[:100]!r} to itself"
                raise _unsound(f"{subject} have {why}.", param)
            passed[following] = None
            following = _next_reference(schema, following, subject, param)
        length = 0 if following is None else lengths[following]
        for each in reversed(passed):
            length += 1
            lengths[each] = length
        if length > CHAIN_LIMIT:
            why = f"more than {CHAIN_LIMIT} references that lead to one another"
            raise _unsound(f"{subject} have {why}, from {reference[:100]!r} on.", param)


def _next_reference(schema: dict[str, Any], reference: str, subject: str, param: str) -> str | None:
    """Return the reference that stands where one leads to, None where a schema does."""
    if reference != "#" and not reference.startswith("#/"):
        raise _unsound(
            f"{subject} refer to {reference[:100]!r}, which is not in the same schema.", param
        )
    target = _resolved(schema, reference)
    if target is None:
        raise _unsound(f"{subject} refer to {reference[:100]!r}, which is not there.", param)
    following = target.get("$ref")
    return following if isinstance(following, str) else None


def _resolved(schema: dict[str, Any], reference: str) -> dict[str, Any] | None:
    """Return the schema that a JSON pointer (RFC 6901) leads to, None where there is none.

    Percent signs are taken as they are: the engine's grammar does not decode them either.
    """
    target: Any = schema
    for escaped in reference.split("/")[1:]:
        step = escaped.replace("~1", "/").replace("~0", "~")
        if isinstance(target, dict) and step in target:
            target = target[step]
        elif isinstance(target, list) and _is_index(step, target):
            target = target[int(step)]
        else:
            return None
    return target if isinstance(target, dict) else None


def _is_index(step: str, items: list[Any]) -> bool:
    # Of so few digits int() takes any; of thousands it takes none.
    short = step.isascii() and step.isdecimal() and len(step) <= len(str(len(items)))
    return short and int(step) < len(items)


def _check_size(schemas: Sequence[dict[str, Any]], subject: str, param: str) -> None:
    size = 0
    try:
        # Piece by piece: of what is far too long only the beginning is written.
        for piece in chain.from_iterable(map(_COMPACT.iterencode, schemas)):
            size += len(piece.encode("utf-8", "replace"))
            if size > SCHEMA_BYTES:
                raise _unsound(f"{subject} have more than {SCHEMA_BYTES} bytes.", param)
    except RecursionError as error:
        raise _too_deep(subject, param) from error


def _too_deep(subject: str, param: str) -> RequestError:
    return _unsound(f"{subject} are nested deeper than {SCHEMA_DEPTH} levels.", param)


def _unsound(message: str, param: str) -> RequestError:
    return RequestError(
        message,
        param=param,
        code="invalid_schema",
        next_step="Send a smaller schema that has all its definitions in itself.",
    )
