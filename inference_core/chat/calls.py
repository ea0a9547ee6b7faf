"""Read the calls of tools that a model wrote as JSON."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from json import JSONDecoder

_FENCE_OPENINGS = ("```json", "```")

# The keys that a call may begin with; "type" is Llama's.
_FIRST_KEYS = ('"name"', '"arguments"', '"parameters"', '"type"')
_NAME_FIRST = re.compile(r'"name"\s*:\s*("(?:[^"\\]|\\.)*")')

_BLANKS = re.compile(r"[ \t\n\r]*")
_DECODER = JSONDecoder()


@dataclass(frozen=True, slots=True)
class FoundCall:
    """A call: ``arguments`` is an object's JSON as the model wrote it."""

    name: str
    arguments: str


def read_call(text: str, names: Collection[str]) -> FoundCall | None:
    """Return the call that a JSON object is, None if it is none of these tools'.

    A call without arguments has the empty object.
    """
    try:
        members, end = _members(text, _after_blanks(text, 0))
    except (ValueError, RecursionError):
        return None
    return None if text[end:].strip() else _call(members, names, "{}")


def read_bare_calls(text: str, names: Collection[str]) -> list[FoundCall]:
    """Return the calls that an answer as a whole is, and none if there is anything else in it.

    Small models write a call like that, or several, or a list, also in a fence. Without arguments
    it may as well be an answer.
    """
    try:
        objects = _objects(_without_fence(text.strip()))
    except (ValueError, RecursionError):
        return []
    calls = [_call(members, names, None) for members in objects]
    found = [call for call in calls if call is not None]
    return found if len(found) == len(calls) else []


def may_become_bare_calls(text: str, names: Collection[str]) -> bool:
    """Return whether ``read_bare_calls`` may find calls when more is written after ``text``."""
    body = text.lstrip()
    for opening in _FENCE_OPENINGS:
        if opening.startswith(body):
            return True
        if body.startswith(opening):
            body = body[len(opening) :].lstrip()
            break
    if body.startswith("["):
        body = body[1:].lstrip()
    if not body:
        return True
    if not body.startswith("{"):
        return False
    body = body[1:].lstrip()
    named = _NAME_FIRST.match(body)
    if named is not None:
        return _name(named.group(1)) in names
    return any(key.startswith(body) or body.startswith(key) for key in _FIRST_KEYS)


def _without_fence(text: str) -> str:
    for opening in _FENCE_OPENINGS:
        if text.startswith(opening):
            return text.removeprefix(opening).removesuffix("```").strip()
    return text


def _name(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _objects(text: str) -> list[dict[str, str]]:
    """Return the members of each object in a text of objects or a list. Raises ValueError."""
    listed = text.startswith("[")
    if listed:
        # The whole is checked first, since the commas are not looked at below.
        json.loads(text)
        text = text[1:-1]
    objects: list[dict[str, str]] = []
    at = _after_blanks(text, 0)
    while at < len(text):
        members, at = _members(text, at)
        objects.append(members)
        at = _after_blanks(text, at)
        if listed and text[at : at + 1] == ",":
            at = _after_blanks(text, at + 1)
    return objects


def _call(members: dict[str, str], names: Collection[str], without: str | None) -> FoundCall | None:
    name = _name(members.get("name", "null"))
    if not isinstance(name, str) or name not in names:
        return None
    written = members.get("arguments", members.get("parameters"))
    if written is None or (written == "null" and without is not None):
        return None if without is None else FoundCall(name, without)
    if written.startswith('"'):
        # Some write them as a text that contains JSON, as they are on the wire.
        written = json.loads(written).strip()
        try:
            if not isinstance(json.loads(written), dict):
                return None
        except (ValueError, RecursionError):
            return None
    return FoundCall(name, written) if written.startswith("{") else None


def _members(text: str, at: int) -> tuple[dict[str, str], int]:
    """Return the members of the object at a place as they are written, and its end.

    Raises ValueError for what is no object.
    """
    if text[at : at + 1] != "{":
        raise ValueError("no object")
    members: dict[str, str] = {}
    _, end = _DECODER.raw_decode(text, at)
    at = _after_blanks(text, at + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        begin = _after_blanks(text, _after_blanks(text, at) + 1)
        _, at = _DECODER.raw_decode(text, begin)
        members[key] = text[begin:at]
        at = _after_blanks(text, at)
        if text[at] == ",":
            at = _after_blanks(text, at + 1)
    return members, end


def _after_blanks(text: str, at: int) -> int:
    """Return where the blanks end that JSON allows between its signs."""
    blanks = _BLANKS.match(text, at)
    return at if blanks is None else blanks.end()
