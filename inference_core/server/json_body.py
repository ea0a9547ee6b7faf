"""JSON as it may come from anywhere: finite, not too deep, and wrong at a line and a column."""

import json
import math
import re
from typing import Any, NoReturn

from inference_core.domain.errors import RequestError

# Deeper than any schema that people write; walks over a value may then be recursive.
DEPTH_LIMIT = 64

# As many as eight prompts of a long context have as tokens. Each takes a hundred bytes and a
# microsecond or so, in which nothing else of the core runs: the parser holds the interpreter.
VALUES_LIMIT = 1_000_000

# Python reads no longer numbers by itself: their conversion takes quadratic time.
_DIGITS_LIMIT = 4300

# A string, to be passed over, or what JSON or its numbers must not be.
_SUSPECT = re.compile(
    r'"[^"\\]*(?:\\.[^"\\]*)*"'
    r"|(?P<word>NaN|-?Infinity)"
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)",
    re.DOTALL,
)


class _NotFiniteError(ValueError):
    """A number that no float holds, or that is none."""


def parse_json(body: bytes) -> Any:
    """Return the value of a JSON text; of a repeated key the last one counts.

    Raises RequestError, with line and column, for what is no JSON in UTF-8, for NaN, Infinity and
    numbers that become infinite, for more than DEPTH_LIMIT levels, and for more than VALUES_LIMIT
    commas and opening brackets. Those in texts count as well: to tell them apart is to parse, and
    no context holds a text of so many.
    """
    if sum(map(body.count, (b"{", b"[", b","))) > VALUES_LIMIT:
        raise too_many_values()
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = body[: error.start].decode("utf-8-sig", "replace")
        raise _bad(f"it is not UTF-8: {_place(before, len(before))}") from error
    try:
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise _bad(f"{error.msg}: line {error.lineno} column {error.colno}") from error
    except ValueError as error:
        raise _bad(_bad_number(text)) from error
    except RecursionError as error:
        raise _too_deep() from error
    if _is_deeper(value, DEPTH_LIMIT):
        raise _too_deep()
    return value


def too_many_values() -> RequestError:
    """Return the error of a body with too many values."""
    return RequestError(
        f"The body has more than {VALUES_LIMIT} values.",
        code="too_many_values",
        next_step="Send a shorter body; no context holds so much.",
    )


def _refuse(word: str) -> NoReturn:
    raise _NotFiniteError(word)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _NotFiniteError(digits)
    return number


def _bad_number(text: str) -> str:
    """Return what is wrong with the first number that the parser did not take."""
    for match in _SUSPECT.finditer(text):
        why = _fault(match)
        if why is not None:
            # Looked up once: counting lines for every number would take quadratic time.
            return f"{why}: {_place(text, match.start())}"
    return "a number cannot be read"


def _fault(match: re.Match[str]) -> str | None:
    if match["word"] is not None:
        return f"{match['word']} is not JSON"
    number = match["number"]
    if number is None:
        return None
    digits = number.removeprefix("-")
    if digits.isdigit():
        too_long = len(digits) > _DIGITS_LIMIT
        return f"a number has more than {_DIGITS_LIMIT} digits" if too_long else None
    return None if math.isfinite(float(number)) else "a number is too large"


def _place(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    return f"line {line} column {position - text.rfind(chr(10), 0, position)}"


def _is_deeper(value: Any, limit: int) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(limit):
        if not level:
            return False
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, dict | list)
        ]
    return bool(level)


def _bad(why: str) -> RequestError:
    return RequestError(f"The body is not valid JSON: {why}.", code="bad_json")


def _too_deep() -> RequestError:
    return RequestError(
        f"The body is nested too deeply: more than {DEPTH_LIMIT} levels.", code="bad_json"
    )
