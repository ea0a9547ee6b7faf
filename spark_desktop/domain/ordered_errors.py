"""Errors that a request plainly orders the code to raise. Pure."""

import re
from collections.abc import Iterator
from itertools import islice

from spark_desktop.domain.regex import regex

# "raise ValueError", "throws a std::out_of_range"; whether the name is an error's, the code tells.
_RAISE = regex(
    r"\b(?i:raise|throw)(?P<third>s)?\s+(?:(?:an?|the|our|its)\s+)?(?:new\s+)?"
    r"`?(?P<name>(?:\w+(?:\.|::))*[A-Z]\w*|(?:\w+::)+\w+)(?:\(\))?`?",
)
_WORDS_IN_FRONT = r"(?:(?:please|then|always|also|just|instead|otherwise|else|so)\b,?\s+)*"
# Where an order may begin: at the start of a part of a sentence, or of a point of a list. What
# stands before a colon may say who does it, unless it is a case.
_CASE = r"(?:^|[.,;!?]\s+)(?:if|where|when|unless|for|on|else)\b[^.,;:!?]*:\s+"
_POINT = r"(?:^|\s)(?:[-*\u2013\u2014]|\d+[.)])\s+"
_START = rf"(?:^|[.,;!?)]\s+|{_CASE}|{_POINT})"
_HERE = r"(?:it|this|you|(?:this|the)\s+(?:function|method|constructor|class|property))"
# "if it is empty raise ValueError": the verb of the condition is there already.
_BEHIND_CONDITION = regex(
    r"(?:^|[.,;:!?]\s+)(?:(?:and|but|then|also|please)\s+)*(?:if|where|when|unless|whenever)\s"
    r"(?:(?!that\b|which\b|who\b)[^.,;:!?])*"
    r"\b(?:is|are|has|have|was|were|isn't|aren't|hasn't|cannot|can't)\s"
    r"(?:(?!and\b|that\b|which\b|who\b)[^.,;:!?])*\s$",
    re.IGNORECASE,
)
_FIRST = regex(rf"{_START}{_WORDS_IN_FRONT}$", re.IGNORECASE)
_OF_SOMEBODY = (
    regex(rf"{_START}{_WORDS_IN_FRONT}(?:should|must)\s+{_WORDS_IN_FRONT}$", re.IGNORECASE),
    regex(rf"\b{_HERE}\s+(?:should|must|shall|has\s+to)\s+{_WORDS_IN_FRONT}$", re.IGNORECASE),
    regex(
        rf"\b(?:make|let|have)\s+{_HERE}\s+{_WORDS_IN_FRONT}$"
        rf"|\b(?:change|adapt|fix|update|extend|want)\s+{_HERE}\s+to\s+{_WORDS_IN_FRONT}$",
        re.IGNORECASE,
    ),
)
_OF_SOMEBODY_THIRD = (
    regex(rf"\b(?:so|sure|ensure)(?:\s+that)?\s+{_HERE}\s+{_WORDS_IN_FRONT}$", re.IGNORECASE),
    regex(
        r"\b(?:add|write|implement|create)\s+(?:an?|the)\s+(?:\w+\s+)?(?:function|method)"
        r"(?:\s+`?\w+(?:\([^()]*\))?`?)?(?:\s+to\s+`?\w+`?)?\s+(?:that|which)\s+"
        r"(?:(?:returns|gives|finds|reads)\s[^.,;:!?]{0,60}\sand\s+)?$",
        re.IGNORECASE,
    ),
)
# "Find it in any case, and raise X": only a sentence that began as an order goes on as one.
_ALSO = regex(rf"(?P<comma>,)?\s(?:and|(?P<but>but))\s+{_WORDS_IN_FRONT}$", re.IGNORECASE)
_IMPERATIVE = regex(
    r"(?:please\s+)?(?:accept|add|allow|break|change|check|compare|count|cut|do|don't|find|fix|give"
    r"|go|keep|leave|let|limit|look|make|never|open|parse|put|read|reject|refuse|remove|return|round"
    r"|skip|sort|split|start|stop|strip|take|test|treat|try|turn|use|validate|write)\b",
    re.IGNORECASE,
)
_OF_OTHERS = regex(r"\b(?:that|which|who|where|when|if|because|since)\b", re.IGNORECASE)
_OTHERS = regex(r"(?:they|it|which|who|that|callers?|some|all|others)\b", re.IGNORECASE)
# What makes of the verb none of an order: somebody does it, may do it, or is not to.
_NO_ORDER = regex(
    r"\b(?:\w*s|it|they|we|you|i|that|which|who|to|not|never|or|and|may|must|can|could|would|should"
    r"|might|will|rather|do|did|them|both|all|children|people|this|longer|of|than|without|still"
    r"|only|int|float|open|json)[`'\")]*\s+$"
    r"|[`)]\s+$|n't\s+$",
    re.IGNORECASE,
)
_AGAINST = regex(
    r"\b(?:not|no|nobody|never|without|stop|avoid|unlike|instead\s+of|rather\s+than|already|before)"
    r"\b|n't\b",
    re.IGNORECASE,
)
_CONDITION = regex(r"\s*(?:(?:and|but)\s+)?(?:if|where|when|unless|whenever)\s", re.IGNORECASE)
# What follows a name that is one of several, or of somebody else, or raised as it was.
_NO_MORE = regex(
    r"\s*(?:\([^()]*\)\s*)?(?:,\s*)?(?:or\b|/|[-=]>|\u2192|\+\s"
    r"|(?:already|still|as|is|are|was|were|rather|less|elsewhere|only)\b"
    r"|(?:will|stays?|remains?|becomes?|goes|(?:should|must|can|may)\s+(?:stay|remain|become|go|be))\b"
    r"|no\s+(?:more|longer)\b|any\s*more\b|and\s+[A-Z]\w+"
    r"|(?:in|from|by)\s+(?!case\b|that\s+case|this\s+case|these\s+cases|any\s+other|all\s+other))",
)
# What is told in words, or was so, raises nothing.
_TOLD = regex(
    r"(?:document|describe|mention|list|note|explain|old|current|currently|today|so\s+far|drop"
    r"|remove|delete|undo|replace)\b",
    re.IGNORECASE,
)
# Each looks at all that stands before it: a text with more of them is no request.
_MOST = 40


def ordered_errors(asked: str) -> Iterator[str]:
    """Yield the names of what a request says to raise, as it writes them: "std::out_of_range"."""
    text = " ".join(asked.split())
    for match in islice(_RAISE.finditer(text), _MOST):
        before, after = text[: match.start()], text[match.end() :]
        if _is_order(before, after, bool(match["third"])):
            yield match["name"]


def _is_order(before: str, after: str, third: bool) -> bool:
    # What stands in parentheses explains, and a question orders nothing.
    if before.count("(") > before.count(")") or _NO_MORE.match(after):
        return False
    if re.match(r"[^.;!]*\?", after) or _is_left_out(before):
        return False
    if not third and (_begins(before) or _goes_on(before)):
        return True
    part = _part(before)
    is_against = _AGAINST.search(part) and not _CONDITION.match(part)
    orders = _OF_SOMEBODY_THIRD if third else _OF_SOMEBODY
    return not is_against and any(one.search(before) for one in orders)


def _is_left_out(before: str) -> bool:
    """Return whether it is an example, or one of several things that are not to be done."""
    lead, colon, _rest = before.rpartition(":")
    lead = re.split(r"[.;!?]\s", lead)[-1]
    is_against = colon and (_AGAINST.search(lead) or _TOLD.match(lead.lstrip()))
    return bool(is_against) or re.search(r"\b(?:e\.g|i\.e)\.,?\s$", before) is not None


def _begins(before: str) -> bool:
    """Return whether the verb stands where an order does, maybe behind its condition."""
    if _FIRST.search(before):
        return True
    return _BEHIND_CONDITION.search(before) is not None and not _NO_ORDER.search(before)


def _goes_on(before: str) -> bool:
    """Return whether the verb goes on with an order: "find it, and raise X"."""
    also = _ALSO.search(before)
    if also is None:
        return False
    sentence = re.split(r"[.;:!?]\s+", before[: also.start()])[-1]
    part = _part(sentence)
    if not _IMPERATIVE.match(sentence) or _OTHERS.match(part.lstrip()):
        return False
    if also["but"]:
        return True
    if also["comma"]:
        return not _AGAINST.search(sentence[:8])
    return not _OF_OTHERS.search(part) and not _AGAINST.search(part)


def _part(text: str) -> str:
    return re.split(r"[.,;:!?]\s", text)[-1]
