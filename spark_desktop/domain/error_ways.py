"""Ways in which code may raise an error that it does not name: by what it calls. Pure."""

import re
from collections import Counter
from collections.abc import Iterator

from spark_desktop.domain.kept_errors import made_errors, without_strings
from spark_desktop.domain.regex import regex

# What is called where none of these words stands in front, or is it.
_CALLED = regex(
    r"(?<!\bdef )(?<!\bfunction )(?<!\bclass )"
    r"\b(?!(?:and|as|assert|await|case|catch|elif|except|for|function|if|in|is|lambda|not|or|return"
    r"|switch|throw|while|with|yield)\b)([A-Za-z_]\w*)\s*\("
)
# Calls that fail for no value that a request may speak of; of methods those that only lists and
# texts have.
_HARMLESS = regex(
    r"abs|all|any|append|bool|ceil|clamp|empty|ends[wW]ith|enumerate|extend|floor|includes|isFinite"
    r"|isInteger|isNaN|isdigit|isinstance|items|join|keys|len|list|lower|lstrip|max|min|print|push"
    r"|push_back|range|repr|reversed|round|rstrip|set|size|sorted|starts[wW]ith|str|strip|sum"
    r"|toLowerCase|toUpperCase|trim|trunc|tuple|upper|values|zip"
)
# `max` of nothing raises ValueError, as a step of 0 does.
_FEWEST, _MOST = {"max": 2, "min": 2}, {"range": 2}
_SET = regex(r"(?<![=!<>])=(?![=>])")
# Python's way of taking several values at once fails for another number of them; a swap does not.
_UNPACKED = regex(
    r"\w\s*,\s*(?:\*\s*)?\w+\s*=(?!=)(?!\s*\w+(?:\s*\([^()]*\))?\s*,)|\bfor\s+\(?\s*\w+\s*,"
)
_GUARD = regex(
    r"\b(?:if|elif|else|unless|and|or|try|except|catch|while|switch|case|match|suppress)\b"
    r"|\?|&&|\|\|"
)
# Characters in the brackets of a call of which one may know what it is given.
_LONGEST = 400
_DEFINED = regex(r"\b(?:def|class|function|struct)\s+(\w+)")


def may_raise_otherwise(kind: str, code: str, before: str, after: str) -> bool:
    """Return whether a region's new code may raise the error by what it calls.

    ``code`` is that of the file before, and all are without comments and documentation. A call
    that was there before counts where less guards it now.
    """
    code, had, has = (without_strings(one) for one in (code, before, after))
    if _is_helped(kind, code, had, has):
        return True
    if has.count("@") > had.count("@"):
        return True
    if len(_UNPACKED.findall(has)) > len(_UNPACKED.findall(had)):
        return True
    made, were = Counter(_calls(has)), Counter(_calls(had))
    is_open = bool(_guards(had) - _guards(has) or were - made)
    counted = made if is_open else made - were
    return any(not _is_harmless(*one) for one in counted)


def _is_helped(kind: str, code: str, had: str, has: str) -> bool:
    """Return whether another function of the file that may raise it is spoken of."""
    raises = rf"\b(?:raise|throw(?:\s+new)?)\s+(?:\w+\s*(?:\.|::)\s*)*{kind}\b"
    if len(re.findall(raises, code)) <= len(re.findall(raises, had)):
        return False
    others = set(_DEFINED.findall(code)) - set(_DEFINED.findall(has))
    return not others.isdisjoint(re.findall(r"\w+", has))


def _guards(code: str) -> Counter[str]:
    return Counter(_GUARD.findall(code))


def _calls(code: str) -> Iterator[tuple[str, str]]:
    raised = made_errors(code)
    for match in _CALLED.finditer(code):
        if match[1] not in raised:
            yield match[1], _inside(code, match.end())


def _inside(code: str, start: int) -> str:
    """Return what stands in brackets, cut after the most: calls in calls cost the square else."""
    given = code[start : start + _LONGEST]
    depth = 1
    for place, sign in enumerate(given):
        depth += (sign in "([{") - (sign in ")]}")
        if depth == 0:
            return given[:place]
    return given


def _is_harmless(name: str, given: str) -> bool:
    if not _HARMLESS.fullmatch(name) or _SET.search(given) or len(given) >= _LONGEST:
        return False
    count = _number_of(given)
    return _FEWEST.get(name, 0) <= count <= _MOST.get(name, count)


def _number_of(given: str) -> int:
    depth = count = 0
    for sign in given.strip().rstrip(","):
        depth += (sign in "([{") - (sign in ")]}")
        count += sign == "," and depth == 0
    return count + 1 if given.strip() else 0
