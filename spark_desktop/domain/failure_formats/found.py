"""One failure as a run wrote it: which lines of the output, and the places that they name."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """The lines ``start`` to ``end`` (exclusive) of an output tell one failure.

    ``name`` is the test's, "" where there is none; ``message`` what went wrong. ``places`` are
    paths as they were written with lines counted from 1 (0: unknown), the nearest first.
    ``package`` is what else the runner names: a Go package, for paths that are written without
    their folder, or the file of a suite; tests of several may have the same name.
    """

    name: str
    message: str
    start: int
    end: int
    places: tuple[tuple[str, int], ...]
    package: str = ""


Reader = Callable[[Sequence[str]], Iterator[Found]]

# Lines of one failure, so that no output takes long to read.
_MOST_LINES = 400
# Lines of a message that are kept.
_MESSAGE_LINES = 8


def message_of(lines: Sequence[str]) -> str:
    """Return the written lines of a message, the first few of them."""
    written = [line.strip() for line in lines if line.strip()]
    return "\n".join(written[:_MESSAGE_LINES])


def indent_of(line: str) -> int:
    """Return how many characters of white space a line begins with."""
    return len(line) - len(line.lstrip())


def end_of(lines: Sequence[str], start: int, *ends: re.Pattern[str]) -> int:
    """Return the first line from ``start`` on that one of the patterns matches, else the end.

    It is looked for in as many lines as a failure may have.
    """
    last = min(len(lines), start + _MOST_LINES)
    for number in range(start, last):
        if any(end.match(lines[number]) for end in ends):
            return number
    return last


def unique(places: Sequence[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Return the places, each once, in their order."""
    return tuple(dict.fromkeys(places))
