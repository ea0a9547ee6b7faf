"""Typed reading of a profile's tables: each complaint starts with the key's full path."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Self

_DATE = re.compile(r"\d{4}-\d\d(-\d\d)?")

# As much of a wrong value as a complaint shows.
_SHOWN = 60


class Table:
    """A table whose keys are taken one by one; ``done`` complains about those left over.

    Every method raises ValueError where a key is missing or holds something else.
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
        """Return a text of one line that is not empty."""
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
        if (
            not isinstance(value, int | float)
            or isinstance(value, bool)
            or not low <= value <= high
        ):
            raise self.wrong(key, f"a number from {low:g} to {high:g}", value)
        if whole and value != int(value):
            raise self.wrong(key, "a whole number", value)
        return float(value)

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
