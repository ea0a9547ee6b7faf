"""Typed reading of one TOML table: each complaint names the key by its full path."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Self

_DATE = re.compile(r"\d{4}-\d\d(-\d\d)?")

# As much of a wrong value as a complaint shows.
_SHOWN = 60


class TomlTable:
    """A table whose keys are taken one by one; ``done`` complains about those left over.

    Every method raises ValueError, starting with the key's path (``models[0].bytes``), where the
    key is missing or holds something else.
    """

    def __init__(self, data: Mapping[str, object], path: str = "") -> None:
        self._data = data
        self._path = path
        self._left = set(data)

    def where(self, key: str) -> str:
        """Return the key's path from the root of the file."""
        return f"{self._path}.{key}" if self._path else key

    def has(self, key: str) -> bool:
        """Return whether the key is there."""
        return key in self._data

    def text(self, key: str) -> str:
        """Return a text that is not empty."""
        value = self._take(key)
        if not isinstance(value, str) or not value:
            raise self.wrong(key, "a text that is not empty", value)
        return value

    def line(self, key: str) -> str:
        """Return a text of one line that can be printed."""
        value = self._take(key)
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise self.wrong(key, "a text of one line", value)
        return value

    def matching(self, key: str, pattern: re.Pattern[str], described: str) -> str:
        """Return a text that the pattern matches as a whole."""
        value = self.text(key)
        if not pattern.fullmatch(value):
            raise self.wrong(key, described, value)
        return value

    def pattern(self, key: str) -> str:
        """Return a format pattern over the number ``n`` alone, such as ``part{n:02d}``."""
        value = self.text(key)
        try:
            varies = value.format(n=1) != value.format(n=2)
        except (KeyError, IndexError, ValueError, AttributeError):
            varies = False
        if not varies:
            raise self.wrong(key, "a pattern with {n}", value)
        return value

    def date(self, key: str) -> str:
        """Return a date as text: a day or a month; TOML's own dates are taken, too."""
        value = self._take(key)
        text = value if isinstance(value, str) else str(value)
        if not _is_date(text):
            raise self.wrong(key, "a date such as 2026-02-12 or 2026-02", value)
        return text

    def number(self, key: str, low: float, high: float, whole: bool = False) -> float:
        """Return a finite number from ``low`` to ``high``."""
        value = self._take(key)
        wanted = f"a number from {low:g} to {high:g}"
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self.wrong(key, wanted, value)
        if not low <= value <= high:
            raise self.wrong(key, wanted, value)
        if whole and value != int(value):
            raise self.wrong(key, "a whole number", value)
        return float(value)

    def positive(self, key: str) -> int:
        """Return a whole number above zero."""
        value = self._take(key)
        if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
            raise self.wrong(key, "a whole number above zero", value)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        values = self._list(key)
        for value in values:
            if not isinstance(value, str):
                raise self.wrong(key, "a list of texts", value)
        return tuple(str(value) for value in values)

    def tables(self, key: str) -> tuple[Self, ...]:
        """Return a list of tables, at least one."""
        values = self._list(key)
        found = []
        for index, value in enumerate(values):
            if not isinstance(value, dict):
                raise self.wrong(key, "a list of tables", value)
            found.append(type(self)(value, f"{self.where(key)}[{index}]"))
        if not found:
            raise self.wrong(key, "at least one table", values)
        return tuple(found)

    def optional_table(self, key: str) -> Self | None:
        """Return a table, or None where the key is missing."""
        return self.table(key) if self.has(key) else None

    def table(self, key: str) -> Self:
        """Return a table."""
        value = self._take(key)
        if not isinstance(value, dict):
            raise self.wrong(key, "a table", value)
        return type(self)(value, self.where(key))

    def done(self) -> None:
        """Complain about a key that nothing took: it is likely misspelt."""
        for key in sorted(self._left):
            raise ValueError(f"{self.where(key)}: there is no such key")

    def wrong(self, key: str, wanted: str, value: object) -> ValueError:
        """Return the complaint about a key's value."""
        return ValueError(f"{self.where(key)}: wants {wanted}, has {_shown(value)}")

    def _take(self, key: str) -> object:
        if key not in self._data:
            raise ValueError(f"{self.where(key)}: the key is missing")
        self._left.discard(key)
        return self._data[key]

    def _list(self, key: str) -> list[Any]:
        value = self._take(key)
        if not isinstance(value, list):
            raise self.wrong(key, "a list", value)
        return value


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        # Of a month its first day; the 31st of February is none.
        date.fromisoformat(f"{text}-01"[:10])
    except ValueError:
        return False
    return True


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except ValueError:
        return "a number of thousands of digits"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
