"""Names of code that a request says to use, and whether the answer's code has them. Pure."""

import keyword
import re

from spark_desktop.domain.proposal import Check
from spark_desktop.domain.regex import regex
from spark_desktop.domain.words import joined, say

# A name as only code has it: in backticks, with an underscore or a capital inside, in capitals, or
# called.
_NAME = regex(
    r"`([A-Za-z_]\w*)(?:\(\))?`|\b([A-Za-z]\w*_\w*|_\w+|[a-z]+[A-Z]\w*|[A-Z][A-Z0-9]{2,})\b(?:\(\))?"
    r"|\b([A-Za-z_]\w*)\(\)"
)
_WORDS_OF_LANGUAGES = frozenset(keyword.kwlist) | frozenset(
    ["NULL", "NaN", "false", "nil", "null", "nullptr", "self", "super", "this", "true", "undefined"]
)
# Only an order that is unmistakable says to use a name. "With", "by" and "call" tell as often what
# the code does or its callers are to do.
_ORDER = (
    r"(?:(?:^|[.,;:!?])\s*|\b(?:and|then|but|please|instead"
    r"|(?:it|this|you|function|method)\s+(?:should|must)|(?:it|this|sure)\s+to)\s+)"
)
_ARTICLE = r"(?:\s+(?:the|our|its))?\s+$"
_USED = regex(rf"{_ORDER}(?:re-?)?use{_ARTICLE}", re.IGNORECASE)
# "It is never more than X" only tells what it is: an order has none of that in front.
_BOUND = regex(
    rf"{_ORDER}(?:return|give|show|keep|leave|take|cut|limit)(?:\s+[\w`()'-]+){{0,5}}?\s+at\s+most"
    rf"{_ARTICLE}|(?:{_ORDER}|\b(?:must|should|may)\s+)never(?:\s+\w+)?"
    rf"\s+(?:(?:more|less|[a-z]+er)\s+than|below|above){_ARTICLE}",
    re.IGNORECASE,
)
# "take armour_ off the damage"; without a word after it, it may be that the name is to go.
_TAKEN = regex(rf"{_ORDER}take{_ARTICLE}", re.IGNORECASE)
_OFF = regex(r"\s+off\s+\w", re.IGNORECASE)
# What says, in the same part of the sentence, that the name is not to be used.
_AGAINST = regex(
    r"\b(?:not|no|never|without|stop|avoid|unlike|instead\s+of|rather\s+than)\b|n't\b",
    re.IGNORECASE,
)
# What follows a name that is a model or one of two, and what makes of the order none: "use X is
# called twice".
_NO_MORE = regex(
    r"\s*(?:,\s*)?(?:or\b|/|(?:as|is|are|was|were|less|elsewhere)\b|no\s+(?:more|longer)\b"
    r"|any\s*more\b|in\s+(?:the\s+)?callers?\b)",
    re.IGNORECASE,
)


def uses_names(asked: str, code: str, region: str) -> Check:
    """Return as evidence whether a region's code has the names of its file that it was to use.

    ``code`` is that of the file before and ``region`` that of the answer, both without comments
    and documentation. A name that the file does not have says nothing: a person may call things as
    the code does not.
    """
    name = say("uses what was asked")
    wanted = dict.fromkeys(_wanted(" ".join(asked.split())))
    missing = [one for one in wanted if _is_name(code, one) and not _holds(region, one)]
    if not missing:
        return Check(name, True)
    words = joined(missing, ", ")
    detail = say("The answer does not use {words}, which was spoken of.", words=words)
    return Check(name, False, detail)


def _wanted(asked: str) -> list[str]:
    found = (
        (match[1] or match[2] or match[3], asked[: match.start()], asked[match.end() :])
        for match in _NAME.finditer(asked)
    )
    return [name for name, before, after in found if _is_to_be_used(before, after)]


def _is_to_be_used(before: str, after: str) -> bool:
    # What stands in parentheses explains.
    if before.count("(") > before.count(")") or _NO_MORE.match(after):
        return False
    if _BOUND.search(before):
        return True
    part = re.split(r"[.,;:!?]\s", before)[-1]
    if _AGAINST.search(part):
        return False
    return bool(_USED.search(before) or (_TAKEN.search(before) and _OFF.match(after)))


def _is_name(code: str, name: str) -> bool:
    """Return whether the file has it as a name: JSON and HTTP are words where it sets no value."""
    if name in _WORDS_OF_LANGUAGES:
        return False
    if name.isupper() and "_" not in name:
        is_set = rf"(?<![\w.]){name}\s*(?::[^=;]{{0,40}})?=(?!=)|#\s*define\s+{name}\b"
        return re.search(is_set, code) is not None
    return _holds(code, name)


def _holds(code: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", code) is not None
