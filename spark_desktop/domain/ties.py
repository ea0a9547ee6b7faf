"""Which of several equal ones an answer takes, against which was asked for. Pure.

Tests seldom have two that are equal, and what the languages' own functions give then differs.
"""

import re

from spark_desktop.domain.proposal import Check
from spark_desktop.domain.regex import regex
from spark_desktop.domain.words import say

# "Of several the first one", "the earliest of those wins", "for a tie, the last".
_EQUAL = r"(?:of\s+(?:several|equals?|many|those|them|two)\b|\b(?:ties?|tied|same|equal)\b)"
_ONES = r"(?:of\s+(?:several|equals?|those|them)|wins)"
_WHICH = r"\b(?P<which>first|earliest|last|latest)\b"
_ASKED = (
    regex(rf"{_EQUAL}[^.;]{{0,60}}?{_WHICH}", re.IGNORECASE),
    regex(rf"{_WHICH}(?:\s+one)?\s+(?:of\s+(?:several|equals?|those|them)|wins)", re.IGNORECASE),
)
_FIRST = frozenset(("first", "earliest"))
# By ending of the file: what gives the last of equal ones, and what the first.
_LAST_OF = {
    ".rs": regex(r"\.(max_by_key|max_by|max)\s*\("),
    ".py": regex(r"\b(sorted)\([^()]*(?:\([^()]*\)[^()]*)*\)\s*\[\s*-1\s*\]"),
}
_FIRST_OF = {
    ".rs": regex(r"\.(min_by_key|min_by|min)\s*\("),
    ".py": regex(r"(?<![\w.])(max|min)\((?!\s*reversed)"),
}
# Whoever turns the order around, or compares by the place as well, knows.
_TURNED = regex(r"\.rev\(\)|\breversed\(|\[::-1\]|\benumerate\b|\breverse\s*=\s*True|Reverse\(")


def takes_asked_tie(path: str, asked: str, region: str) -> Check | None:
    """Return a failed check where code takes the other one of equal ones; None for all else.

    ``asked`` is what tells which: the request, and the documentation of the function. Code that
    speaks of an order of its own is left alone.
    """
    told = next((match for one in _ASKED if (match := one.search(asked))), None)
    ending = f".{path.rpartition('.')[2]}"
    if told is None or ending not in _LAST_OF or _TURNED.search(region):
        return None
    is_first = told["which"].lower() in _FIRST
    taken = (_LAST_OF if is_first else _FIRST_OF)[ending].search(region)
    if taken is None:
        return None
    if is_first:
        said = say(
            "Of equal ones {name} gives the last one, and the first was asked for.", name=taken[1]
        )
    else:
        said = say(
            "Of equal ones {name} gives the first one, and the last was asked for.", name=taken[1]
        )
    return Check(say("ties"), False, said)
