"""Whether a mended function still needs one thing at least, where its words say so. Pure.

"It has players, and each of them has shoes": who turns "one of them" into "each of them" says yes
to a team of none, which the test of the mistake hardly shows.
"""

import re

from spark_desktop.domain.proposal import Check
from spark_desktop.domain.regex import regex
from spark_desktop.domain.words import say

_NEEDS_ONE = regex(
    r"\bat\s+least\s+one\b|\bnot\s+(?:be\s+)?empty\b|\bnon-?empty\b|\bone\s+or\s+more\b"
    r"|\b(?:has|have|holds?|contains?|there\s+(?:is|are))\s+(?:any\s+|some\s+)?\w+,?\s+and\s+"
    r"(?:each|every|all|none|no)\b",
    re.IGNORECASE,
)
_LOOP = regex(r"\b(?:for|while|loop)\b")
# What a function gives when nothing before it has ended it.
_LAST = regex(r"(?:\breturn\s+(true|false)\b|\b(true|false))\s*;?[\s}]*$", re.IGNORECASE)
_ONE = regex(r"\b(?:any|some|any_of)\s*\(")
_EACH = regex(r"\b(?:all|every|all_of)\s*\(")
_COUNTS = regex(
    r"\blen\s*\(|\.\s*(?:length|size|is_empty|empty|len|count|isEmpty)\b|\bif\s+not\s+[\w.]+\s*:"
    r"|\breturn\s+bool\s*\("
)


def needs_one(told: str, before: str, after: str) -> Check | None:
    """Return as evidence that none is no longer enough; None where that is not known.

    ``told`` are the words of the function, ``before`` and ``after`` its bare code.
    """
    if _NEEDS_ONE.search(" ".join(told.split())) is None or _COUNTS.search(after):
        return None
    is_called = _ONE.search(before) and _EACH.search(after) and not _ONE.search(after)
    if not is_called and not _ends_otherwise(before, after):
        return None
    return Check(
        say("needs one"), False, say("The answer says yes where there is none; its words do not.")
    )


def _ends_otherwise(before: str, after: str) -> bool:
    """Return whether a loop that nothing ends gives yes now, where it gave no."""
    was, now = _LAST.search(before), _LAST.search(after)
    if was is None or now is None or not _LOOP.search(after):
        return False
    return (was[1] or was[2]).lower() == "false" and (now[1] or now[2]).lower() == "true"
