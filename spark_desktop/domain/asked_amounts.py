"""Amounts and choices that a request wants told, which only the code's own values can tell. Pure.

"The three prizes and how many kilograms each needs" is told by a text that has three texts of the
code, and a number of it. The words alone say nothing: "the prize for the weight" has both.
"""

import re

from spark_desktop.domain.asked_points import holds, is_english
from spark_desktop.domain.regex import regex
from spark_desktop.domain.words import Said, joined, say

_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
# "The three prizes"; of "its three parameters" the signature tells the names.
_CHOICES = regex(
    rf"\b(?:the|all|which|its)\s+({'|'.join(_NUMBERS)})\s+(?:[a-z]+\s+)?"
    r"(?!(?:parameter|argument|param|arg|function|method|list|number|value|result|unit|line"
    r"|sentence|section|field)s?\b)[a-z]+s\b",
    re.IGNORECASE,
)
# "How many metres you need" is a number of the code, unless it is what the function gives.
_AMOUNT = regex(
    r"\bhow\s+(?:many|much|long|far|often|old|heavy|large|big|high|low|deep|wide|fast)\b[^.;,]*?"
    r"\b(?:needs?|needed|takes?|costs?|allowed|at\s+(?:most|least)|necessary|required"
    r"|(?:it\s+)?(?:waits?|tries|keeps?))\b",
    re.IGNORECASE,
)
_TEXT = regex(r'"([^"\\\n{}%]{2,30})"|\'([^\'\\\n{}%]{2,30})\'')
_NUMBER = regex(r"(?<![\w.])\d+(?:[._]\d+)*")
_CONSTANT = regex(r"\b[A-Z][A-Z0-9_]{2,}\b")
_TELLS_NUMBER = regex(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|hundred|thousand|half"
    r"|quarter|twice|how\s+(?:many|much|long|far|often)|numbers?\s+of)\b",
    re.IGNORECASE,
)


def unsaid_amounts(instruction: str, text: str, code: str, content: str) -> Said | None:
    """Return which of the code's values a documentation lacks; None where there is none to tell.

    ``code`` is what is documented, ``content`` its file, where the constants that it uses are.
    """
    if not is_english(text):
        return None
    found = _CHOICES.search(instruction)
    choices = dict.fromkeys(one or other for one, other in _TEXT.findall(code))
    if found is not None and len(choices) == _NUMBERS[found[1].lower()]:
        missing = [one for one in choices if not holds(text.lower(), one.lower())]
        if missing:
            return say("The documentation does not name {words}.", words=joined(missing, ", "))
    amount = _AMOUNT.search(instruction)
    if amount is None or _TELLS_NUMBER.search(text):
        return None
    constants = [
        one
        for one in dict.fromkeys(_CONSTANT.findall(code))
        if re.search(rf"\b{one}\b[^=\n]*=[^=].*\d", content)
    ]
    is_numbered = bool(constants) or any(one not in "01" for one in _NUMBER.findall(code))
    if is_numbered and not any(holds(text, one) for one in constants):
        return say("The documentation does not say {point}.", point=amount[0])
    return None
