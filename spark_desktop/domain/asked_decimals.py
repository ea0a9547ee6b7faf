"""Whether a number is shown with the decimals that were asked for. C++; pure.

``std::to_string`` of a floating-point number writes six decimals, however it was rounded
(the C++ standard says: as ``%f`` of ``sprintf`` does).
"""

import re
from pathlib import PurePosixPath

from spark_desktop.domain.proposal import Check
from spark_desktop.domain.regex import regex
from spark_desktop.domain.signatures import CPP
from spark_desktop.domain.words import say

_ASKED = regex(
    r"\b(?:(?:one|two|three|four|\d)\s+decimals?|decimal\s+(?:places?|digits?)"
    r"|(?:digits?|places?)\s+(?:after|behind)\s+the\s+(?:point|comma|decimal))\b",
    re.IGNORECASE,
)
_SIX = regex(r"\b(?:six|6)\b")
_ROUNDED = regex(r"\bto_string\s*\((?:[^()]|\([^()]*\))*\b(?:round|floor|ceil|trunc)\s*\(")


def shows_decimals(path: str, asked: str, region: str) -> Check | None:
    """Return as evidence that a rounded number is not shown by what writes six decimals.

    None where no number of decimals was asked for, or another language is written.
    """
    if PurePosixPath(path).suffix not in CPP or not _ASKED.search(asked) or _SIX.search(asked):
        return None
    if not _ROUNDED.search(region):
        return None
    detail = say("std::to_string writes six decimals, however a number was rounded.")
    return Check(say("shows the decimals"), False, detail)
