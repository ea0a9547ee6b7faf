"""Fields of what a server sent, whatever it really holds there. No I/O."""

import json
import math
from typing import Any

from spark_desktop.adapters.redaction import REDACTION
from spark_desktop.domain.errors import EndpointError
from spark_desktop.domain.words import say

Json = dict[str, Any]


def object_of(data: str) -> Json:
    """Return the JSON object that a text is. Raises EndpointError for any other text."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        return value
    # Before it is cut, which could leave the half of a key that nobody recognises.
    begin = REDACTION.redacted(data[:1000])[:80]
    raise EndpointError(
        say("The model's server sent something that is no JSON object: {data!r}.", data=begin),
        say("Try again; if it stays so, look at the server's log."),
    )


def text_in(value: Json, name: str) -> str:
    """Return a field's text, "" for anything else."""
    text = value.get(name)
    return text if isinstance(text, str) else ""


def child_in(value: Json, name: str) -> Json:
    """Return the object in a field, an empty one for anything else."""
    child = value.get(name)
    return child if isinstance(child, dict) else {}


def children_in(value: Json, name: str) -> list[Json]:
    """Return the objects in a field's list."""
    found = value.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def count_in(value: Json, name: str) -> int:
    """Return a field's number, 0 for anything else."""
    count = value.get(name)
    return int(count) if isinstance(count, int | float) and math.isfinite(count) else 0
