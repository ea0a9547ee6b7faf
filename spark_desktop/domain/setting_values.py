"""Reads frozen values from a table of data; what is refused is told, and has its default."""

import types
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

from spark_desktop.domain.words import Said, say


def read_into(default: Any, data: Mapping[str, object], path: str, problems: list[Said]) -> Any:
    """Return ``default`` with what the table holds for its fields; ``path`` leads their names.

    A field whose metadata has ``of`` is a table of lists of texts, which that sentence names; one
    whose metadata has ``tables`` is read by that function. Unknown keys are passed over.
    """
    hints = get_type_hints(type(default))
    found: dict[str, object] = {}
    for one in fields(default):
        if one.name not in data:
            continue
        name = f"{path}{one.name}"
        current, value = getattr(default, one.name), data[one.name]
        if is_dataclass(current) or get_origin(hints[one.name]) is Mapping:
            if not isinstance(value, Mapping):
                problems.append(say("{name} is not a table.", name=name))
            elif is_dataclass(current):
                found[one.name] = read_into(current, value, f"{name}.", problems)
            elif "tables" in one.metadata:
                found[one.name] = one.metadata["tables"](value, name, problems)
            else:
                found[one.name] = _texts(value, name, one.metadata["of"], problems)
        else:
            read = _value(_kind(hints[one.name]), value, one.metadata)
            if isinstance(read, _Refused):
                problems.append(refused(name, value, read.wanted))
            else:
                found[one.name] = read
    return replace(default, **found)


def refused(name: str, value: object, wanted: Said) -> Said:
    """Return the sentence for a value that cannot be used."""
    return say("{name} is {value}, not {wanted}.", name=name, value=repr(value), wanted=wanted)


@dataclass(frozen=True, slots=True)
class _Refused:
    wanted: Said


def _kind(hint: Any) -> Any:
    """Return the kind of a value that may also be left open, which in a table is no key at all."""
    kinds = [one for one in get_args(hint) if one is not types.NoneType]
    return kinds[0] if kinds and not isinstance(hint, type) else hint


def _value(kind: Any, value: object, bounds: Mapping[str, Any]) -> object:
    if isinstance(kind, type) and issubclass(kind, Enum):
        known = [one.value for one in kind]
        if isinstance(value, str) and value in known:
            return kind(value)
        return _Refused(say("one of {known}", known=", ".join(known)))
    if kind is bool:
        return value if isinstance(value, bool) else _Refused(say("true or false"))
    if kind is int:
        least, most = bounds["least"], bounds["most"]
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        return _Refused(say("a whole number from {least} to {most}", least=least, most=most))
    return value if isinstance(value, str) else _Refused(say("text"))


def _texts(
    data: Mapping[str, object], name: str, wanted: Said, problems: list[Said]
) -> Mapping[str, tuple[str, ...]]:
    texts: dict[str, tuple[str, ...]] = {}
    for key, value in data.items():
        if isinstance(value, list) and all(isinstance(text, str) for text in value):
            texts[key] = tuple(value)
        else:
            problems.append(refused(f"{name}.{key}", value, wanted))
    return types.MappingProxyType(texts)
