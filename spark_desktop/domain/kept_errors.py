"""Errors that code raises, and whether a change keeps those that nobody wanted gone. Pure."""

import re

from spark_desktop.domain.proposal import Check
from spark_desktop.domain.regex import regex
from spark_desktop.domain.words import joined, say

# Bare code has blanks within C++'s `' x '` and Rust's `' a`, but none behind a quote of a string.
_STRING = regex(
    r"' (?:\\\w+|\\?.) '"
    r'|"""[\s\S]*?"""|"(?:\\.|[^"\\])*"|`[^`]*`'
    r"|(?<!\w)[a-zA-Z]{0,2}(?:'''[\s\S]*?'''|'(?=\S)(?:\\.|[^'\\])*')"
)
# Names with a small letter in front are caught errors that are raised again, except for C++'s.
_RAISED = regex(
    r"\b(?:raise|throw(?:\s+new)?)\s+((?:\w+\.)*[A-Z][\w.:]*|\w+::[\w:]+)"
    r"|\b(panic|errors\.New|fmt\.Errorf)\s*\("
    r"|\b(panic|unreachable|assert)!"
    r"|(?<!let )(?<!== )\b(Err)\s*\((?!\s*_\s*\))"
)
# All that is raised, of which the name of a caught or ready error says nothing.
_ANY_RAISED = regex(
    r"\b(?:raise|throw(?:\s+new)?)\b(?:\s+((?:\w+(?:\.|::))*[A-Z]\w*|(?:\w+::)+\w+))?"
)
# `Err(` that a value is compared with, and not made.
_PATTERN = regex(r"\bErr\s*\((?:[^()]|\([^()]*\))*\)\s*(?:=>|=(?!=)|\|(?!\|)|if\b)")
_UNWRITTEN = regex(
    r"\b(?:raise|throw(?:\s+new)?|panic|Err|errors\.New|fmt\.Errorf)\b[\w\s.:!(]*"
    r"([\"'`])\s*(?:(?:is\s+)?not\s+(?:yet\s+)?(?:implemented|written|done)|unimplemented|todo\b)"
    r"|\bNotImplemented\w*",
    re.IGNORECASE,
)
# Code without any of these that raises does so always: nobody has written it yet.
_BRANCH = regex(
    r"\b(?:if|elif|else|unless|guard|when|match|switch|case|for|while|try|catch|except|or|assert)\b"
    r"|\?|\|\||&&"
)
# Rust's errors that go on as they came: `?`, `map` and leaving the match out do the same.
_PASSED_ON = regex(
    r"\bErr\s*\(\s*([a-z_]\w*)\s*\)\s*(?:=>|=(?![=>])[^={};]{0,200}\{)[\s{]*(?:return\s*)?"
    r"Err\s*\(\s*\1\s*(?:\.into\s*\(\s*\)\s*)?\)"
)
# Ways to lose such an error.
_SWALLOWED = regex(
    r"\.\s*(?:unwrap\w*|expect|ok|is_ok\w*|map_or\w*)\s*\("
    r"|\blet\s+Ok\b|\bErr\s*\(\s*_|\b_\s*=>"
)
# Where a name of an error stands and nothing is raised. Too much is no harm: what is raised there
# is found before.
_NOT_RAISED = regex(
    r"\bcatch\s*\([^()]*\)|\bexcept\b[^:]*:|\b(?:catch|rescue|throws|instanceof|class|import)\b"
    r"[\w\s.:,]*|\b(?:isinstance|suppress)\s*\([^:]*?\)"
)
# Other ways to the same error, which count where the answer has more of them.
_ELSE = {
    "Err": regex(r"\?|\b(?:ok_or|ok_or_else|map_err|and_then|bail|ensure|anyhow)\b"),
    "error": regex(r"\berrors\.Join\s*\(|\b[eE]rr[A-Z]"),
    "panic": regex(r"\.\s*(?:unwrap|expect)\s*\(|\b(?:unreachable|assert\w*)!"),
}
_SAME = {"errors.New": "error", "fmt.Errorf": "error"}
# What raises and names no error.
_WORDS = frozenset(["Err", "panic", "unreachable", "assert", *_SAME])
# What Python raises without being told: looking a key up needs no `raise KeyError`.
OF_ITSELF = frozenset(
    ["AttributeError", "IndexError", "KeyError", "StopIteration", "TypeError", "ZeroDivisionError"]
)
# What a report calls an error whose kind has no name of its own.
_WORD_OF = {"Err": "err", **_SAME}
# Requests after which the code does what it did. All others may want an error gone without a word
# of it: "accept negative numbers", "look it up in the defaults".
_DOES_THE_SAME = regex(
    r"\b(?:simplif\w*|simpler|refactor\w*|restructur\w*|readab\w*|faster|speed\s+(?:\w+\s+)?up"
    r"|optimi[sz]e)\b",
    re.IGNORECASE,
)
_MAY_SPEAK_OF = regex(
    r"\b(?:rais\w*|throw\w*|errors?|exceptions?|panics?|fail\w*|crash\w*|abort\w*|refus\w*|guards?"
    r"|check\w*|validat\w*|instead|remov\w*|delet\w*|drop\w*|replac\w*|without|return\w*|defaults?"
    r"|fall\s*(?:back|s\s+back)|us(?:e|ing)|call\w*|ignor\w*|skip\w*|empty|missing|accept\w*"
    r"|allow\w*|handl\w*|support\w*|none|null|nil|zero|\d+)\b",
    re.IGNORECASE,
)
_CALLED = regex(r"\b(\w+)\s*\(")


def keeps_errors(asked: str, before: str, after: str) -> Check:
    """Return as evidence whether a region that was only to be put differently raises what it did.

    The texts are code without comments and documentation. Nothing can be said of a request that
    may change what the code does. A kind counts once, however often it is raised, and one that is
    still named is kept: `orElseThrow(() -> new Missing())` raises it with other words.
    """
    if not _DOES_THE_SAME.search(asked) or _MAY_SPEAK_OF.search(asked):
        return _told([])
    new = set(_CALLED.findall(after)) - set(_CALLED.findall(before))
    # `min` of nothing and `int` of a word raise it, too.
    unsaid = OF_ITSELF | {"ValueError"} if new else OF_ITSELF
    return _told([one for one in _lost(before, after) if one not in unsaid and one not in asked])


def keeps_errors_of(report: str, before: str, after: str) -> Check:
    """Return the same for a mended test, whose ``report`` may show that an error was the mistake.

    A report is full of words for errors: only the kind, or what an error without one is called
    there, counts.
    """
    told = report.lower()
    lost = _lost(before, after)
    return _told([one for one in lost if _WORD_OF.get(one, one).lower() not in told])


def names_error(name: str, code: str) -> bool:
    """Return whether bare code names an error anywhere but where it catches or knows one."""
    return _is_named(name, without_strings(code))


def made_errors(code: str) -> list[str]:
    """Return what bare code raises, without the modules; "" for what is caught, or made before."""
    found = _ANY_RAISED.finditer(without_strings(code))
    return [_kind(match[1] or "") for match in found]


def without_strings(code: str) -> str:
    """Return bare code with empty texts, and no blanks within names such as ``std::string``."""
    return _STRING.sub('""', _tight(code))


def _told(lost: list[str]) -> Check:
    name = say("keeps its errors")
    if not lost:
        return Check(name, True)
    words = joined(lost, ", ")
    return Check(name, False, say("The answer raises {words} no more.", words=words))


def _lost(before: str, after: str) -> list[str]:
    had, has = _tight(before), _tight(after)
    # What stands for code is known by its words, so that goes before all words do.
    had = _UNWRITTEN.sub(lambda match: match[1] or "", had)
    had, has = _STRING.sub('""', had), _STRING.sub('""', has)
    if not _BRANCH.search(had):
        return []
    kept = {_kind(one) for one in _raised(has)}
    made = had if _has_more(_SWALLOWED, had, has) else _PASSED_ON.sub(" ", had)
    raised = [one for one in _raised(made) if _kind(one) not in kept]
    return [one for one in raised if not (_is_named(one, has) or _is_put(one, had, has))]


def _is_named(raised: str, has: str) -> bool:
    """Return whether an error with a name of its own is made in some other way."""
    if raised in _WORDS:
        return False
    name = re.escape(_kind(raised))
    return re.search(rf"\b{name}\b", _NOT_RAISED.sub(" ", has)) is not None


def _is_put(raised: str, had: str, has: str) -> bool:
    other = _ELSE.get(_kind(raised))
    return other is not None and _has_more(other, had, has)


def _has_more(what: re.Pattern[str], had: str, has: str) -> bool:
    return len(what.findall(has)) > len(what.findall(had))


def _tight(code: str) -> str:
    # Between tokens there may be a blank: "fmt . Errorf (".
    tight = re.sub(r"\s*(\.|::)\s*", r"\1", code)
    return re.sub(r"(\w)\s+!(?!=)", r"\1!", tight)


def _raised(code: str) -> dict[str, None]:
    made = _PATTERN.sub(" ", code)
    found = (next(filter(None, match.groups())) for match in _RAISED.finditer(made))
    return dict.fromkeys(found)


def _kind(raised: str) -> str:
    return _SAME.get(raised) or re.split(r"\.|::", raised)[-1]
