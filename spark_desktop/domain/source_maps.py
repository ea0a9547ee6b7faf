"""Source maps, version 3: which line of which source a compiled line is of. Pure; never raises.

https://tc39.es/ecma426/: the lines of "mappings" are parted by ";" and their segments by ",". A
segment holds numbers in base 64, five bits a digit: a column, which begins anew in each line, and
a source, its line and column, all as the difference to what was before.
"""

import json
import posixpath
from collections.abc import Iterator

_DIGITS = {
    digit: value
    for value, digit in enumerate(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    )
}
# Digits of a number of 32 bits.
_MOST_DIGITS = 7


def mapped(path: str, text: str, line: int) -> tuple[str, int] | None:
    """Return the source of a line of the compiled file at ``path``, and its line there, from 0.

    ``text`` is the map that lies beside the file. The line is -1 where the compiled one is of
    several. None where it is of several sources, of none, or where the map cannot be read.
    """
    try:
        # Deep nesting raises RecursionError.
        known = json.loads(text)
        sources, lines = known["sources"], known["mappings"].split(";")
        if known["version"] != 3 or not 0 <= line < len(lines):
            return None
        places = set(_places(lines, line))
        if len({source for source, _line in places}) != 1:
            return None
        source, row = min(places)
        if source < 0 or row < 0:
            return None
        below = posixpath.join(posixpath.dirname(path), known.get("sourceRoot") or "")
        name = posixpath.normpath(posixpath.join(below, sources[source]))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return name, row if len(places) == 1 else -1


def _places(lines: list[str], wanted: int) -> Iterator[tuple[int, int]]:
    """Yield the source's number and its line for the segments of a line.

    Raises KeyError or ValueError for what is no map.
    """
    source = row = 0
    for at, segments in enumerate(lines[: wanted + 1]):
        for segment in filter(None, segments.split(",")):
            numbers = list(_numbers(segment))
            if len(numbers) not in (1, 4, 5):
                raise ValueError("A segment holds 1, 4 or 5 numbers.")
            if len(numbers) > 1:
                source += numbers[1]
                row += numbers[2]
                if at == wanted:
                    yield source, row


def _numbers(segment: str) -> Iterator[int]:
    value = shift = 0
    for digit in segment:
        value += (_DIGITS[digit] & 31) << shift
        shift += 5
        if shift > 5 * _MOST_DIGITS:
            raise ValueError("A number has at most 32 bits.")
        if not _DIGITS[digit] & 32:
            # The lowest bit is the sign.
            yield -(value >> 1) if value & 1 else value >> 1
            value = shift = 0
    if shift:
        raise ValueError("The last number has no end.")
