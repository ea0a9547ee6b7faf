"""Read a request's JSON body: what is unknown is ignored, what has a wrong type is named."""

import json
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar

from inference_core.domain.errors import RequestError
from inference_core.server.json_body import parse_json

T = TypeVar("T")

# As much of a wrong word as an error shows.
_SHOWN = 64

_NAMES: dict[type, str] = {dict: "an object", list: "a list", str: "a string", bool: "a boolean"}


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one JSON object; ``path`` is where it stands in the body."""

    data: dict[str, Any]
    path: str = ""

    @classmethod
    def parse(cls, body: bytes) -> "Fields":
        """Return the body's fields. Raises RequestError if it is no JSON object, see parse_json."""
        data = parse_json(body)
        if not isinstance(data, dict):
            raise RequestError("The body must be a JSON object.", code="bad_json")
        return cls(data)

    def has(self, name: str) -> bool:
        """Return whether a field is there and not null."""
        return self.data.get(name) is not None

    def text(self, name: str, default: str | None = None) -> str:
        """Return a string; without a default the field is required."""
        return self._whole(name, self._read(name, default, _as_text, "a string"))

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a boolean."""
        return self._read(name, default, _as_flag, "a boolean")

    def integer(self, name: str, low: int, high: int | None = None) -> int | None:
        """Return an integer from ``low`` to ``high``, None where the field is absent."""
        value = self._optional(name, _as_integer, "an integer")
        if value is not None and value < low:
            raise self.wrong(name, f"must be at least {low}, not {value}")
        if value is not None and high is not None and value > high:
            raise self.wrong(name, f"must be at most {high}, not {value}")
        return value

    def number(self, name: str, low: float, high: float) -> float | None:
        """Return a number from ``low`` to ``high``, None where the field is absent."""
        value = self._optional(name, _as_number, "a number")
        if value is not None and not low <= value <= high:
            raise self.wrong(name, f"must be from {low:g} to {high:g}, not {value:g}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return strings from a string or a list of them; empty where the field is absent."""
        if not self.has(name):
            return ()
        value = self.data[name]
        if isinstance(value, str):
            return (self._whole(name, value),)
        items = self._read(name, None, _as_list, "a string or a list of strings")
        for index, item in enumerate(items):
            if not isinstance(item, str):
                raise self.wrong(f"{name}[{index}]", f"must be a string, not {kind_of(item)}")
            self._whole(f"{name}[{index}]", item)
        return tuple(items)

    def choice(self, name: str, choices: Collection[str], default: str | None = None) -> str:
        """Return one of a few words; without a default the field is required."""
        word = self.text(name, default)
        if word not in choices:
            listed = ", ".join(repr(each) for each in choices)
            raise self.wrong(name, f"must be one of {listed}, not {word[:_SHOWN]!r}")
        return word

    def objects(
        self, name: str, required: bool = False, most: int | None = None
    ) -> tuple["Fields", ...]:
        """Return the objects of a list that has at most so many."""
        default: list[Any] | None = None if required else []
        items = self._read(name, default, _as_list, "a list")
        if most is not None and len(items) > most:
            raise self.wrong(name, f"must have at most {most} entries, not {len(items)}")
        return tuple(self._nested(f"{name}[{index}]", item) for index, item in enumerate(items))

    def json_object(self, name: str) -> dict[str, Any] | None:
        """Return an object as it is, such as a JSON schema; None where the field is absent."""
        if not self.has(name):
            return None
        value = self._nested(name, self.data[name]).data
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError as error:
            raise self.wrong(name, "has half a surrogate pair in one of its texts") from error
        return value

    def child(self, name: str) -> "Fields":
        """Return an object; an empty one where the field is absent."""
        return self._nested(name, self.data[name] if self.has(name) else {})

    def wrong(self, name: str, why: str) -> RequestError:
        """Return the error that names a field of this object."""
        param = self.path + name
        return RequestError(f"'{param}' {why}.", param=param, code="invalid_value")

    def _whole(self, name: str, text: str) -> str:
        """Return the text; JSON can spell half a character, which nothing behind here takes."""
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            why = f"has half a surrogate pair at character {error.start}"
            raise self.wrong(name, why) from error
        return text

    def _nested(self, name: str, value: Any) -> "Fields":
        if not isinstance(value, dict):
            raise self.wrong(name, f"must be an object, not {kind_of(value)}")
        return Fields(value, f"{self.path}{name}.")

    def _optional(self, name: str, read: Callable[[object], T | None], kind: str) -> T | None:
        return self._read(name, None, read, kind) if self.has(name) else None

    def _read(
        self, name: str, default: T | None, read: Callable[[object], T | None], kind: str
    ) -> T:
        if not self.has(name):
            if default is None:
                raise self.wrong(name, "is required")
            return default
        value = read(self.data[name])
        if value is None:
            raise self.wrong(name, f"must be {kind}, not {kind_of(self.data[name])}")
        return value


def kind_of(value: object) -> str:
    """Return the JSON name of a value's type, with its article."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "a number"
    return _NAMES.get(type(value), "null")


def _as_text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _as_flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _as_integer(value: object) -> int | None:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _as_number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _as_list(value: object) -> list[Any] | None:
    return value if isinstance(value, list) else None
