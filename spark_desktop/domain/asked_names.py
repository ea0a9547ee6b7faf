"""Names of code that a request says to use, and whether the answer's code has them. Pure."""

import keyword
import re

from spark_desktop.domain.proposal import Check
from spark_desktop.domain.words import joined, say

# A name as only code has it: in backticks, with an underscore or a capital inside, in capitals, or
# called.
_NAME = re.compile(
    r"`([A-Za-z_]\w*)(?:\(\))?`|\b([A-Za-z]\w*_\w*|_\w+|[a-z]+[A-Z]\w*|[A-Z][A-Z0-9]{2,})\b(?:\(\))?"
    r"|\b([A-Za-z_]\w*)\(\)"
)
_WORDS_OF_LANGUAGES = frozenset(keyword.kwlist) | frozenset(
    ["NULL", "NaN", "false", "nil", "null", "nullptr", "self", "super", "this", "true", "undefined"]
)
# Only an order says to use a name. Most sentences with names tell a reason, a caller, or what is to
# go, in more ways than a list could hold.
_ORDER = (
    r"(?:(?:^|[.,;:!?])\s*|\b(?:and|then|but|please|just|also|always|instead|now"
    r"|(?:it|this|you|function|method)\s+(?:should|must)|(?:it|this|sure)\s+to)\s+)"
)
_DO = (
    r"(?:build|calculate|cap|change|check|clamp|clean|compare|compute|convert|count|create|cut|do"
    r"|divide|escape|fill|filter|find|format|get|give|group|increase|join|keep|leave|limit|load"
    r"|make|multiply|normali[sz]e|order|parse|print|read|reduce|replace|return|round|save|scale"
    r"|send|show|sort|split|store|turn|wrap|write)"
)
_ARTICLE = r"(?:\s+(?:the|our|its))?\s+$"
_USED = re.compile(
    rf"{_ORDER}(?:(?:re)?use|call|apply|add|subtract|using|via|through|with"
    rf"|by\s+(?:using|calling|adding|applying)){_ARTICLE}"
    rf"|{_ORDER}{_DO}\b(?:\s+[\w`()'-]+){{0,5}}?\s+(?:using|via|through|with|by|at\s+(?:most|least)"
    rf"|up\s+to|by\s+(?:using|calling|adding|applying)){_ARTICLE}",
    re.IGNORECASE,
)
# "take armour_ off the damage"; without a word after it, it may be that the name is to go.
_TAKEN = re.compile(rf"{_ORDER}take{_ARTICLE}", re.IGNORECASE)
_OFF = re.compile(r"\s+(?:off|from)\s+\w", re.IGNORECASE)
_BOUND = re.compile(
    r"\b(?:never|not?|nothing|none)"
    r"(?:\s+(?:be|is|go|goes|gets?|falls?|drops?|sinks?|rises?|grows?|returns?|gives?)){0,2}"
    r"\s+(?:(?:more|less|fewer|[a-z]+er)\s+than|below|above|beyond|under|over|past)" + _ARTICLE,
    re.IGNORECASE,
)
# What says, in the same part of the sentence, that the name is not to be used.
_AGAINST = re.compile(
    r"\b(?:not|no|never|without|stop|avoid|unlike|instead\s+of|rather\s+than)\b|n't\b"
    r"|\b(?:away|along|together|works?|deals?|wrong|problem|trouble|bug|compatible|consistent"
    r"|(?:begin|start)s?)\s+with\s"
    r"|\b(?:\w+ed|done|given|made|written|ones?)\s+(?:by|with|using|via|through)\s",
    re.IGNORECASE,
)
_NO_MORE = re.compile(
    r"\s*(?:,\s*)?(?:or\b|/|no\s+(?:more|longer)\b|any\s*more\b|less\b|elsewhere\b"
    r"|in\s+(?:the\s+)?callers?\b)",
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
