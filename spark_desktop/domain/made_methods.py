"""A function that became a method of what it took first. Pure."""

import re

from spark_desktop.domain.defined import Defined, Parameter
from spark_desktop.domain.definition_matching import (
    ELSEWHERE,
    SAME_PLACE,
    SHORT,
    words_alike,
    words_of,
)
from spark_desktop.domain.regex import regex

_RECEIVER = regex(r"func\s*\(\s*(\w+)\s")
_STATIC = regex(r"@(?:classmethod|staticmethod)\b|^[^({]*\bstatic\s")
_HIDDEN = regex(r"\s*(?:private|protected)\b|[\w<>\s]*#\w")
# What stands around the name of a parameter's type where it takes one object of it.
_AROUND = regex(r"\b(?:const|struct|mut|dyn)\b|'\w+|[&*\"\s]|\b\w+(?:\.|::)")


def became(function: Defined, method: Defined) -> bool:
    """Return whether a method that came is a function that went, of the type that it took first."""
    taken = function.parameters or ()
    if not taken or method.parameters is None or not method.container:
        return False
    first = taken[0]
    if first.takes_rest or first.is_keyword_only or first.has_default:
        return False
    if _AROUND.sub("", first.type) not in ("", method.container):
        return False
    waits = [one.turning is not None and one.turning.is_async for one in (function, method)]
    gives = [(one.result, one.gives.startswith("iterator")) for one in (function, method)]
    if method.parameters != taken[1:] or gives[0] != gives[1] or waits[0] != waits[1]:
        return False
    is_hidden = method.name.startswith("_") and not function.name.startswith("_")
    if is_hidden or _HIDDEN.match(method.text) or is_static(method):
        return False
    return _is_called_on(method) and _are_alike(function, first, method)


def is_static(method: Defined) -> bool:
    """Return whether a method is called on its class."""
    return _STATIC.search(method.text) is not None


def _is_called_on(method: Defined) -> bool:
    """Return whether it has a receiver, which Rust and Python write among the parameters."""
    if not method.path.endswith((".py", ".pyi", ".rs")):
        return True
    place = _parameters_in(method)
    return place is not None and "self" in method.text[place[0] : place[1]]


def _are_alike(function: Defined, first: Parameter, method: Defined) -> bool:
    found = _RECEIVER.match(method.text)
    own = {found[1]} if found else {"self", "this"}
    # Functions that call themselves do so by the name before.
    names = {function.name, method.name}
    is_told = bool(first.type)
    here = _body(function, {first.name}, names, is_told=is_told)
    there = _body(method, own, names, is_told=is_told)
    is_same_name = function.name.lower() == method.name.lower()
    if here is None or there is None:
        return False
    if len(here) < 2 and len(there) < 2:
        # Declared, and defined elsewhere.
        return is_same_name and is_told
    if here == there:
        return True
    if not is_told or min(len(here), len(there)) < SHORT:
        # ``path.read()`` that became ``self.path.read()`` is a field of another class.
        return False
    return words_alike(here, there) >= (SAME_PLACE if is_same_name else ELSEWHERE)


def _body(one: Defined, own: set[str], names: set[str], *, is_told: bool) -> list[str] | None:
    """Return the words behind the parameters, without those of the object's own name.

    Where its type ``is_told`` members count without it, too, as C++ writes them.
    """
    place = _parameters_in(one)
    if place is None:
        return None
    text = re.sub(r"^\s*(?:const|noexcept)\b", "", one.text[place[1] :])
    word = "|".join(map(re.escape, own))
    if is_told:
        text = re.sub(rf"(?<![\w.])(?:{word})\s*(?:\.|->)\s*", "", text)
    return words_of(text, own | names)


def _parameters_in(one: Defined) -> tuple[int, int] | None:
    """Return where the parameters stand in the text, with their brackets."""
    found = re.search(rf"\b{re.escape(one.name)}\s*(?:<[^()]*>|\[[^()]*\])?\s*\(", one.text)
    if found is None:
        return None
    start, end = one.parameters_at
    return found.end() - 1, found.end() - 1 + end - start
