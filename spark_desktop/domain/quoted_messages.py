"""Lines of an output that a program says in its own words: where these stand in its code. Pure."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from spark_desktop.domain.regex import regex

# Texts of at least so many characters are told from others, those of one word by their length.
_SHORTEST, _SHORTEST_WORD = 8, 14
_LITERAL = regex(r"\"((?:[^\"\\\n]|\\.){8,200})\"|'((?:[^'\\\n]|\\.){8,200})'|`([^`\\\n]{8,200})`")
# Lines of an output that are looked for, from its end.
_MOST_LINES = 60
# Where a text is filled in, its parts are looked for.
_HOLES = regex(r"\{[^{}]*\}|\$\{[^{}]*\}|%[-+0-9.]*[a-z]|\0")
_ESCAPED = regex(r"\\(.)")

# What went well is told by its mark: "ok 3 - lends it", "PASS: lends it", "lends it ... ok".
_PASSED = regex(
    r"\W{0,9}(?:(?-i:PASS(?:ED)?)\b|(?:ok|pass(?:ed)?)(?:\s+\d|\s*[-:\])]|\s{2}))|\s*[✓✔√]"
    r"|.*(?:\.\.|\s-)\s*(?:ok|pass(?:ed)?)\W*$",
    re.IGNORECASE,
)


def places_of(output: str, texts: Mapping[str, str]) -> Iterator[tuple[str, int, str]]:
    """Yield file, line from 0 and what was said, for each line that holds a text of the code.

    ``texts`` are the files to look into. Of several texts in a line the longest counts; one that
    stands in two places says nothing, nor does a line that tells of what went well.
    """
    known: dict[str, tuple[str, int] | None] = {}
    for path, text in texts.items():
        for number, line in enumerate(text.splitlines()):
            for part in _parts(line):
                known[part] = None if part in known else (path, number)
    said = [line.strip() for line in output.splitlines() if not _PASSED.match(line)]
    said = [line for line in said if line]
    for line in said[-_MOST_LINES:]:
        parts = [part for part, place in known.items() if place is not None and part in line]
        if parts:
            path, number = known[max(parts, key=len)] or ("", 0)
            yield path, number, line


def _parts(line: str) -> Iterator[str]:
    """Yield the texts of a line of code that are long enough to be found again."""
    for match in islice(_LITERAL.finditer(line), 20):
        text = _ESCAPED.sub(_unescaped, next(filter(None, match.groups()), ""))
        for part in _HOLES.split(text):
            part = part.strip()
            if len(part) >= (_SHORTEST if " " in part else _SHORTEST_WORD):
                yield part


def _unescaped(escape: re.Match[str]) -> str:
    """Return what is written for an escape: a quote or a sign itself, a line's end for a hole."""
    return escape[1] if escape[1] in "\"'`\\" else "\0" if escape[1] in "nrt" else escape[0]
