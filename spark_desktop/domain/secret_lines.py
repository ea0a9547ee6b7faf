"""What programs write and users type as it may go into a prompt: without secrets. Pure.

Masked are whole lines: beside a key that is known by its shape often stands one that is not.
"""

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from itertools import accumulate, takewhile

from spark_desktop.domain.regex import regex
from spark_desktop.domain.secret_text import hits_in, secret_in

# Read by the model.
_NOT_SHOWN = "(Not shown: it may hold secrets.)"
_MASK = "***"
# What pytest and diffs put in front of a line, which then would not begin with a name.
_MARKS = regex(r"^[ \t]*(?:[E>-](?=[ \t])|\+)", re.MULTILINE)
_MARGIN = regex(r"(?:[E>](?=\s))?\s*")
_KEY_BEGINS = "-----BEGIN "
_KEY_ENDS = regex(r"-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY")
# A line of a key's body: nothing else on it but what a program's text has around it.
_BODY = regex(r"[E>+\s\"'-]*[A-Za-z0-9+/=]{4,}(?:\\[nr])*[\s\"',)+]*")
# An option whose value is a secret, however it looks.
_OPTION = regex(
    r"-{0,2}[\w-]*(?:passw(?:or)?d|secret|token|credentials?|(?:api|access|private|auth)[-_]?key)",
    re.IGNORECASE,
)


def without_secrets(text: str) -> str:
    """Return a text whose lines that look like they hold a secret are replaced.

    A megabyte takes tens of milliseconds, so call it for long ones in an OS thread.
    """
    # As long as before, so that places stay what they are.
    bare = _MARKS.sub(lambda match: " " * len(match[0]), text)
    lines = text.split("\n")
    ends = list(accumulate(len(line) + 1 for line in lines))
    hidden = {
        row
        for hit in hits_in(bare)
        for row in range(bisect(ends, hit.place), bisect(ends, hit.end - 1) + 1)
    }
    if "-----" in text:
        hidden |= _rows_of_keys(lines, hidden)
    if not hidden:
        return text
    told = []
    for row, line in enumerate(lines):
        if row not in hidden:
            told.append(line)
        elif row - 1 not in hidden:
            margin = _MARGIN.match(line)
            told.append(f"{margin[0] if margin else ''}{_NOT_SHOWN}")
    return "\n".join(told)


def words_without_secrets(words: Sequence[str]) -> tuple[str, ...]:
    """Return a command's words, those that are or look like secrets masked."""
    return tuple(_masked(words, place) for place in range(len(words)))


def _masked(words: Sequence[str], place: int) -> str:
    word, before = words[place], words[place - 1] if place else ""
    name, equals, value = word.partition("=")
    if equals and value and _OPTION.fullmatch(name):
        return f"{name}={_MASK}"
    if before.startswith("-") and _OPTION.fullmatch(before) and not word.startswith("-"):
        return _MASK
    if secret_in(word) is None:
        return word
    return f"{name}={_MASK}" if equals and secret_in(name) is None else _MASK


def _rows_of_keys(lines: Sequence[str], hidden: set[int]) -> set[int]:
    """Return the rows of private keys, also of those whose begin or end was cut off."""
    found: set[int] = set()
    for row, line in enumerate(lines):
        if row in hidden and _KEY_BEGINS in line:
            found.update(_body(lines, range(row + 1, len(lines))))
        if _KEY_ENDS.search(line) and (above := tuple(_body(lines, range(row - 1, -1, -1)))):
            found.update((row, *above))
    return found


def _body(lines: Sequence[str], rows: range) -> Iterator[int]:
    return takewhile(lambda row: _BODY.fullmatch(lines[row]) is not None, rows)
