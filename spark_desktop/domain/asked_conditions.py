"""Whether code that was asked to leave some things out has a condition for it. Pure."""

import re
from collections import Counter

from spark_desktop.domain.proposal import Check
from spark_desktop.domain.words import say

# An order to take some of the things: told by what is so of them, or is not. "Skip the first" and
# "ignore case" need no condition.
_NOT = r"(?:is|are|was|were|has|have|had|does|do|did|can|could|will|would)(?:n't|\s+not)"
_ORDER = re.compile(
    r"(?:(?:^|[.,;:!?])\s*|\b(?:and|then|but|please)\s+)"
    r"(?:only(?:\s+(?:count|give|keep|list|return|show|take))?|skip|exclude|omit|drop|leave\s+out)\s+"
    r"(?:(?:all|any|the|those)\s+)*(?:[\w-]+\s+){0,3}?"
    rf"(?:what|that|which|who|whose|without|{_NOT})\b",
    re.IGNORECASE,
)
# What a condition is written with, in one language or another.
_CONDITION = re.compile(
    r"\b(?:if|elif|unless|guard|when|where|match|switch|case|continue|break|in|is|not|and|or|any"
    r"|all|some|every|set|has|contains|includes)\b|\b\w*(?:filter|retain|remove|erase|reject|skip"
    r"|partition|compact|flat_?map|takewhile|dropwhile|copy_if|count_if)\w*\b"
    r"|[=!]\s*=|[<>]|&\s*&|\|\s*\||!|\?|\[[^][(){},]{0,20}:[^][(){},]{0,20}\]",
    re.IGNORECASE,
)


def leaves_out(asked: str, before: str, after: str) -> Check | None:
    """Return a failed check where nothing in the code decides what is left out; else None.

    ``before`` and ``after`` are the region's code, without comments and documentation.
    """
    if _ORDER.search(" ".join(asked.split())) is None:
        return None
    was, now = (Counter(_CONDITION.findall(code)) for code in (before, after))
    if was != now:
        return None
    return Check(
        say("leaves out"), False, say("Nothing in the answer decides what is to be left out.")
    )
