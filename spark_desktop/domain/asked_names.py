"""Names of code that a request speaks of, and whether the answer's code has them. Pure."""

import re

from spark_desktop.domain.proposal import Check
from spark_desktop.domain.words import joined, say

# A name as only code has it: in backticks, with an underscore or a capital inside, in capitals, or
# called.
_NAME = re.compile(
    r"`([A-Za-z_]\w*)(?:\(\))?`|\b([A-Za-z]\w*_\w*|_\w+|[a-z]+[A-Z]\w*|[A-Z][A-Z0-9]{2,})\b"
    r"|\b([A-Za-z_]\w*)\(\)"
)
# In front of a name that need not be in the code afterwards, or is no part of what is to be done.
_ASIDE = re.compile(
    r"\b(?:remove|drop|delete|rename|replace|instead\s+of|rather\s+than|without|unlike|except|avoid"
    r"|stop|do(?:es)?\s+not|don't|doesn't|not\s+(?:use|call|via|with|by)|no\s+longer|any\s*more"
    r"|like|as|same|similar|see|from|old|calls?|callers?|undefined|undeclared|unknown|unused"
    r"|wrong|typo|misspel\w+)\b"
    r"[^.;:!?]{0,40}$",
    re.IGNORECASE,
)
_NEAR = 60


def uses_names(asked: str, code: str, region: str) -> Check:
    """Return as evidence whether a region's code has the names of its file that were asked for.

    ``code`` is that of the file before and ``region`` that of the answer, both without comments
    and documentation. A name that the file does not have says nothing: a person may call things as
    the code does not.
    """
    name = say("uses what was asked")
    wanted = dict.fromkeys(_wanted(asked))
    missing = [one for one in wanted if _holds(code, one) and not _holds(region, one)]
    if not missing:
        return Check(name, True)
    words = joined(missing, ", ")
    detail = say("The answer does not use {words}, which was spoken of.", words=words)
    return Check(name, False, detail)


def _wanted(asked: str) -> list[str]:
    found = []
    for match in _NAME.finditer(asked):
        before = asked[max(0, match.start() - _NEAR) : match.start()]
        if not _ASIDE.search(before):
            found.append(match[1] or match[2] or match[3])
    return found


def _holds(code: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", code) is not None
