"""Types as they are written in several languages, brought into one form to be compared. Pure."""

import re
from collections.abc import Mapping

from spark_desktop.domain.regex import regex

_TOKEN = regex(r"=>|->|\.\.\.|\w+|\S")
_WORD = regex(r"[^\W\d]\w*")
# A name of another file: only what it ends in says what it is.
_QUALIFIED = regex(r"\b(?:[A-Za-z_]\w*(?:\.|::))+(?=[A-Za-z_])")
_QUOTED = regex(r"([\"'])([A-Za-z_][\w.\[\], |]*)\1")
_ALIASES = {
    **{one.capitalize(): one for one in ("list", "dict", "tuple", "set")},
    "FrozenSet": "frozenset",
    **{"Text": "str", "Type": "type", "Deque": "deque", "DefaultDict": "defaultdict"},
    "ReadonlyArray": "Array",
}
# They say something about a field: its type stands in them.
_AROUND = frozenset(
    ("Annotated", "ClassVar", "Final", "InitVar", "NotRequired", "ReadOnly", "Required")
)
_ONLY_HARDER = frozenset(("const", "readonly", "final"))
_LITERAL = regex(r"\bLiteral\[([\"']?)[^\]]*\]")
_GUARD = regex(r"^\w+ is .+$")
_GO_FUNCTION = regex(r"\bfunc\(([^()]*)\)")
_MOST = 400


def same_form(type_: str, renamed: Mapping[str, str] | None = None) -> frozenset[str]:
    """Return the types that a value may be of, each in one form, whatever way it is written.

    Layout, quotes, qualifiers and old names do not count; ``renamed`` are the new names of types.
    """
    # Of what is longer nobody reads two spellings.
    text = type_.strip()[:_MOST]
    if _GUARD.match(text):
        text = "boolean"
    text = _LITERAL.sub(lambda found: "str" if found[1] else "int", text)
    text = _QUALIFIED.sub("", _QUOTED.sub(r"\2", text))
    text = _GO_FUNCTION.sub(lambda found: f"func({_without_names(found[1])})", text)
    tokens = [one for one in _TOKEN.findall(text) if one not in _ONLY_HARDER]
    names = {**_ALIASES, **(renamed or {})}
    return _alternatives(_closed_up([names.get(one, one) for one in tokens]))


def head_of(type_: str) -> str:
    """Return a type in its form without what it holds."""
    return re.split(r"[\[<({]", type_, maxsplit=1)[0]


def held_by(type_: str) -> str:
    """Return what a type in its form holds, as it is written in its brackets."""
    return type_[len(head_of(type_)) :]


def _closed_up(tokens: list[str]) -> str:
    """Return the words with nothing but what parts two of them in between."""
    text = ""
    for number, token in enumerate(tokens):
        if token == "," and tokens[number + 1 : number + 2] in (["]"], [")"], ["}"], [">"]):
            continue
        is_parted = text[-1:].isalnum() and token[:1].isalnum()
        text += f" {token}" if is_parted else token
    return text


def _alternatives(text: str) -> frozenset[str]:
    found: set[str] = set()
    for one in _split(text, "|"):
        head, inner = head_of(one), one[len(head_of(one)) + 1 : -1]
        if head == "Optional":
            found |= _alternatives(inner) | {"None"}
        elif head == "Union":
            found |= {each for part in _split(inner, ",") for each in _alternatives(part)}
        elif head in _AROUND and one[len(head) :].startswith("["):
            found |= _alternatives(_split(inner, ",")[0])
        elif one:
            found.add(_form(one))
    return frozenset(found)


def _form(text: str) -> str:
    """Return one type with what it holds in its form."""
    if text.endswith("[]"):
        return f"{_together(text[:-2])}[]"
    head = head_of(text)
    opened, closed = text[len(head) : len(head) + 1], text[-1:]
    if not head or (opened, closed) not in (("[", "]"), ("<", ">")):
        return text
    parts = [_together(one) for one in _split(text[len(head) + 1 : -1], ",")]
    if head == "Array" and len(parts) == 1:
        return f"{parts[0]}[]"
    if head in ("TypeGuard", "TypeIs"):
        return "bool"
    if head == "Generator" and parts[1:] in ([], ["None"], ["None", "None"]):
        return f"Iterator[{parts[0]}]"
    return f"{head}{opened}{','.join(parts)}{closed}"


def _together(text: str) -> str:
    return "|".join(sorted(_alternatives(text)))


def _split(text: str, sign: str) -> list[str]:
    """Return the parts between signs that stand in no brackets."""
    parts, depth, start = [], 0, 0
    for place, one in enumerate(text):
        is_arrow = one == ">" and text[place - 1 : place] in ("=", "-")
        depth += (one in "[(<{") - (one in "])}>" and not is_arrow)
        if one == sign and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def _without_names(inner: str) -> str:
    """Return the types of parameters of Go, "a, b int" as "int, int"."""
    parts = [one.split() for one in inner.split(",") if one.strip()]
    if not any(len(one) > 1 for one in parts):
        return inner
    types, last = [], ""
    for one in reversed(parts):
        last = one[-1] if len(one) > 1 else last
        types.append(last)
    return ", ".join(reversed(types))
