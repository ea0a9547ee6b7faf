"""Words to write JSON schemas with; where a field may be absent, null is the same here."""

from typing import Any

Schema = dict[str, Any]

FLAG: Schema = {"type": ["boolean", "null"]}
ANY_OBJECT: Schema = {"type": ["object", "null"], "additionalProperties": True}


def text(what: str = "", **more: Any) -> Schema:
    """Return the schema of a string that is always there."""
    return _described({"type": "string", **more}, what)


def maybe_text(what: str = "", **more: Any) -> Schema:
    """Return the schema of a string or null."""
    return _described({"type": ["string", "null"], **more}, what)


def word(*words: str, what: str = "") -> Schema:
    """Return the schema of one of a few words, or null."""
    return _described({"enum": [*words, None]}, what)


def constant(value: str) -> Schema:
    """Return the schema of this one word."""
    return {"const": value}


def integer(low: int | None = None, high: int | None = None, what: str = "") -> Schema:
    """Return the schema of an integer between bounds, or null."""
    return _described({"type": ["integer", "null"], **_between(low, high)}, what)


def number(low: float | None = None, high: float | None = None, what: str = "") -> Schema:
    """Return the schema of a number between bounds, or null."""
    return _described({"type": ["number", "null"], **_between(low, high)}, what)


def listed(items: Schema, most: int | None = None, least: int = 0, what: str = "") -> Schema:
    """Return the schema of a list."""
    schema: Schema = {"type": "array", "items": items}
    if most is not None:
        schema["maxItems"] = most
    if least:
        schema["minItems"] = least
    return _described(schema, what)


def either(*schemas: Schema, what: str = "") -> Schema:
    """Return the schema of a value that fits one of these, or null."""
    return _described({"anyOf": [*schemas, {"type": "null"}]}, what)


def fields(required: tuple[str, ...] = (), /, **properties: Schema) -> Schema:
    """Return the schema of an object; what it does not name is ignored."""
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": True}
    if required:
        schema["required"] = list(required)
    return schema


def told(**properties: Schema) -> Schema:
    """Return the schema of an object of ours, which has all of these fields."""
    return fields(tuple(properties), **properties)


def named(name: str) -> Schema:
    """Return a reference to a schema among the document's components."""
    return {"$ref": f"#/components/schemas/{name}"}


def _between(low: float | None, high: float | None) -> Schema:
    bounds: Schema = {}
    if low is not None:
        bounds["minimum"] = low
    if high is not None:
        bounds["maximum"] = high
    return bounds


def _described(schema: Schema, what: str) -> Schema:
    return schema | {"description": what} if what else schema
