"""What the text of a TypeScript type says of its values."""

from dataclasses import dataclass

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import named
from spark_desktop.domain.regex import regex

ABSENT = frozenset({"undefined", "null"})
_TYPES = {
    **{"number": "number", "string": "string", "boolean": "boolean", "Date": "date"},
    **{"object": "object", "bigint": "number", "true": "boolean", "false": "boolean"},
}
_GENERIC = {
    **{"Array": "array", "ReadonlyArray": "array", "Map": "map", "ReadonlyMap": "map"},
    **{"Set": "set", "ReadonlySet": "set", "Promise": "promise", "Record": "object"},
    **{"Partial": "object", "Readonly": "object"},
}
_UNION = regex(r"\|(?![^<({\[]*[>)}\]])")
_LETTER = regex(r"[A-Z]\d?$")
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Known:
    """``kind`` is "" where nothing is known, ``absent`` None where it is not known how."""

    kind: str = ""
    absent: frozenset[str] | None = None


def known_of(types: dict[str, Node], text: str, is_optional: bool = False, deep: int = 0) -> Known:
    """Return what a type's text says; ``types`` are those that the file declares."""
    text = text.removeprefix(":").strip()
    parts = [part.strip() for part in _UNION.split(text)] if "=>" not in text else [text]
    absent = {part for part in parts if part in ABSENT} | ({"undefined"} if is_optional else set())
    kinds = {_kind(types, part, deep) for part in parts if part not in ABSENT}
    kind = next(iter(kinds)) if len(kinds) == 1 else ""
    is_open = any(part in ("any", "unknown", "") or _LETTER.match(part) for part in parts)
    return Known(kind, None if is_open else frozenset(absent))


def _kind(types: dict[str, Node], text: str, deep: int) -> str:
    text = text.removeprefix("readonly ").strip()
    if "=>" in text:
        return "function"
    if text.endswith("]") or text.startswith("["):
        return "array"
    if text in _TYPES:
        return _TYPES[text]
    if text[:1] in ("'", '"', "`"):
        return "string"
    if text[:1].isdigit():
        return "number"
    generic = _GENERIC.get(text.partition("<")[0])
    if generic or text.startswith("{"):
        return generic or "object"
    known = types.get(text.partition("<")[0])
    if known is not None and known.type == "type_alias_declaration" and deep < _DEEPEST:
        value = named(known, "value")
        return "" if value is None else known_of(types, text_of(value), False, deep + 1).kind
    if known is not None and known.type == "enum_declaration":
        return ""
    return "object" if text[:1].isupper() and not _LETTER.match(text) else ""
