"""Reads the values of a TOML table one by one, and says what it could not use."""

import math
from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import TypeVar

from spark_desktop.domain.words import Said, say

E = TypeVar("E", bound=Enum)
D = TypeVar("D")


class Table:
    """One table; ``name`` is how a person finds it. What is refused is in ``problems``."""

    def __init__(self, data: Mapping[str, object], name: str, problems: list[Said]) -> None:
        self._data = data
        self._name = name
        self._problems = problems

    def __contains__(self, key: str) -> bool:
        return key in self._data

    @property
    def name(self) -> str:
        """Return how a person finds the table."""
        return self._name

    def text(self, key: str, default: str = "") -> str:
        """Return a text."""
        value = self._data.get(key, default)
        return value if isinstance(value, str) else self._refuse(key, say("text"), default)

    def flag(self, key: str, default: bool = False) -> bool:
        """Return true or false."""
        value = self._data.get(key, default)
        if isinstance(value, bool):
            return value
        return self._refuse(key, say("true or false"), default)

    def count(self, key: str) -> int | None:
        """Return a whole number from 1 on, None where there is none."""
        value = self._data.get(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
            return value
        return self._refuse(key, say("a whole number from 1 on"), None)

    def number(self, key: str, default: float | None = None) -> float | None:
        """Return a number from 0 on."""
        value = self._data.get(key, default)
        if value is None:
            return None
        right = isinstance(value, int | float) and not isinstance(value, bool)
        if right and math.isfinite(float(str(value))) and float(str(value)) >= 0:
            return float(str(value))
        return self._refuse(key, say("a number from 0 on"), default)

    def choice(self, key: str, default: E) -> E:
        """Return one of an enumeration's members, by its value."""
        value = self._data.get(key, default.value)
        known = [one.value for one in type(default)]
        if value in known:
            return type(default)(value)
        return self._refuse(key, say("one of {known}", known=", ".join(known)), default)

    def day(self, key: str) -> date | None:
        """Return a date, None where there is none."""
        value = self._data.get(key)
        if value is None or type(value) is date:
            return value
        return self._refuse(key, say("a date like 2026-11-28"), None)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self._data.get(key, [])
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        return self._refuse(key, say("a list of texts"), ())

    def is_empty(self, key: str) -> bool:
        """Return whether a list was left empty on purpose."""
        return self._data.get(key) == []

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """Return a table of texts."""
        value = self._data.get(key, {})
        if isinstance(value, Mapping) and all(isinstance(one, str) for one in value.values()):
            return tuple((str(name), str(one)) for name, one in value.items())
        return self._refuse(key, say("a table of texts"), ())

    def table(self, key: str) -> "Table":
        """Return a table within this one, an empty one where there is none."""
        value = self._data.get(key, {})
        if not isinstance(value, Mapping):
            value = self._refuse(key, say("a table"), {})
        return Table(value, self._path(key), self._problems)

    def tables(self, key: str) -> "tuple[Table, ...]":
        """Return a list of tables within this one."""
        value = self._data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            value = self._refuse(key, say("a list of tables"), [])
        return tuple(
            Table(one, f"{self._path(key)}[{number}]", self._problems)
            for number, one in enumerate(value, 1)
        )

    def refuse(self, problem: Said) -> None:
        """Add a problem that the reader of the table has found."""
        self._problems.append(problem)

    def _path(self, key: str) -> str:
        return f"{self._name}.{key}" if self._name else key

    def _refuse(self, key: str, wanted: Said, default: D) -> D:
        self._problems.append(
            say(
                "{name} is {value}, not {wanted}.",
                name=self._path(key),
                value=repr(self._data[key]),
                wanted=wanted,
            )
        )
        return default
