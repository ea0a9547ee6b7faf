"""Whether an answer only returns what the failing test wants to see. Pure."""

import re

from spark_desktop.domain.proposal import Check
from spark_desktop.domain.regex import regex
from spark_desktop.domain.words import say

_TEXT = regex(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`")
# What is filled into a text: "{name}", "${name}", "%d".
_FILLED = regex(r"\$?\{[^{}]*\}|%[-+0-9.]*[a-zA-Z]")
_LEAST = 5
# Words with a number that no test's value is: what encodes, hashes or translates.
_NAMED = regex(r"(?:utf|latin|iso|cp|sha|md|base|ripemd|windows)[-_]?\d[-_\d]*", re.IGNORECASE)
_RAISES = regex(r"\b(?:raise|throw|panic|Err|errors\.New|fmt\.Errorf)\b")
_NUMBER = regex(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")


def copies_no_value(report: str, before: str, after: str) -> Check:
    """Return as evidence whether no text of an answer holds a result that the test expects.

    Such a text is new, has a number in it, and stands in the test's report word for word: the
    number has to be computed, and another case would show it.
    """
    name = say("computes its result")
    known = set(_parts(before))
    bounds = set(_NUMBER.findall(before))
    # What an error says of a bound that was there is no result.
    told = {
        part
        for line in after.splitlines()
        if _RAISES.search(line)
        for part in _parts(line)
        if bounds.issuperset(re.findall(r"\d+(?:\.\d+)?", part))
    }
    copied = [
        part
        for part in _parts(after)
        if len(part) >= _LEAST
        and re.search(r"\d", part)
        and re.search(r"[^\W\d]", part)
        and part in report
        and not any(part in one for one in known)
        and not _NAMED.fullmatch(part)
        and part not in told
    ]
    if not copied:
        return Check(name, True)
    return Check(
        name, False, say("The answer only says what the test expects: {text}", text=copied[0])
    )


def _parts(code: str) -> list[str]:
    """Return the texts of code, cut where something is filled in."""
    texts = [one or other or third for one, other, third in _TEXT.findall(code)]
    return [part.strip() for text in texts for part in _FILLED.split(text) if part.strip()]
