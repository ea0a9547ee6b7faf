"""Whether code that was asked to leave some things out has a condition for it. Pure."""

import re
from collections import Counter
from itertools import takewhile

from spark_desktop.domain.proposal import Check
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.told_results import comments_of
from spark_desktop.domain.words import say

_DOCSTRING = regex(r"(\"\"\"|\'\'\').*?\1", re.DOTALL)

# An order to take some of the things: told by what is so of them, or is not. "Skip the first" and
# "ignore case" need no condition.
_NOT = r"(?:is|are|was|were|has|have|had|does|do|did|can|could|will|would)(?:n't|\s+not)"
_ORDER = regex(
    r"(?:(?:^|[.,;:!?])\s*|\b(?:and|then|but|please)\s+)"
    r"(?:only(?:\s+(?:count|give|keep|list|return|show|take))?|skip|exclude|omit|drop|leave\s+out)\s+"
    r"(?:(?:all|any|the|those)\s+)*(?:[\w-]+\s+){0,3}?"
    rf"(?:what|that|which|who|whose|without|{_NOT})\b",
    re.IGNORECASE,
)
# What a condition is written with, in one language or another.
_CONDITION = regex(
    r"\b(?:if|elif|unless|guard|when|where|match|switch|case|continue|break|in|is|not|and|or|any"
    r"|all|some|every|set|has|contains|includes)\b|\b\w*(?:filter|retain|remove|erase|reject|skip"
    r"|partition|compact|flat_?map|takewhile|dropwhile|copy_if|count_if)\w*\b"
    r"|[=!]\s*=|[<>]|&\s*&|\|\s*\||!|\?|\[[^][(){},]{0,20}:[^][(){},]{0,20}\]",
    re.IGNORECASE,
)


# What becomes of a number below zero, told in one sentence.
_BECOMES = (
    r"(?:0|zero|none|null|nil|undefined|false|true|empty|nothing|raises?|throws?|errors?|panics?"
    r"|refused?|invalid|ignored?|skipped?|cut)"
)
_NEGATIVE = regex(
    rf"\b{_BECOMES}\b[^.;]{{0,60}}\bnegative\b|\bnegative\b[^.;]{{0,60}}\b{_BECOMES}\b",
    re.IGNORECASE,
)
_MAY_BE = regex(
    r"\b(?:not|non|never|no|may|might|can|could)[\s-]+(?:\w+\s+)?(?:be\s+)?negative\b",
    re.IGNORECASE,
)
# What tells a number below zero from others.
_ORDERED = regex(
    r"(?<![-=<>])[<>](?![<>])|\b\w*(?:min|max|abs|clamp|saturating|checked|sign|negative)\w*\b",
    re.IGNORECASE,
)


def said_of(before: str, region: str) -> str:
    """Return what comments of a function say: those right above it, in it, and its docstring.

    ``before`` is the text of the file up to the ``region``, which is the function's.
    """
    above = takewhile(lambda line: comments_of(line), reversed(split_lines(before)))
    docs = "\n".join(found[0] for found in _DOCSTRING.finditer(region))
    return "".join(reversed([*above])) + comments_of(region) + docs


def minds_negative(said: str, code: str) -> Check | None:
    """Return a failed check where nothing in the code asks for numbers below zero; else None.

    ``said`` is the function's documentation, ``code`` its text without comments. It is asked only
    where the documentation says in one sentence what becomes of such a number.
    """
    told = " ".join(said.split())
    if _MAY_BE.search(told) or _NEGATIVE.search(told) is None or _ORDERED.search(code):
        return None
    return Check(
        say("minds negative ones"),
        False,
        say("Nothing in the answer asks whether a number is negative."),
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
