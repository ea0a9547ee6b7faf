"""Errors that code raises, and whether a change keeps those that nobody wanted gone. Pure."""

import re

from spark_desktop.domain.proposal import Check
from spark_desktop.domain.words import joined, say

_RAISED = re.compile(
    r"\b(?:raise|throw(?:\s+new)?)\s+([A-Za-z_][\w.:]*)"
    r"|\b(panic|errors\.New|fmt\.Errorf)\s*\("
    r"|\b(panic|unreachable|assert)!"
    r"|\b(Err)\s*\("
)
# What a report calls an error whose kind has no name of its own.
_WORD_OF = {"Err": "err", "errors.New": "error", "fmt.Errorf": "error", "panic": "panic"}
_SPOKEN_OF = re.compile(
    r"\b(?:rais\w*|throw\w*|thrown|errors?|exceptions?|panics?|fails?|crash\w*|abort\w*|refus\w*"
    r"|guards?|checks?|validat\w*|instead\s+of|remov\w*|delet\w*|drop\w*|replac\w*)\b",
    re.IGNORECASE,
)


def keeps_errors(asked: str, before: str, after: str) -> Check:
    """Return as evidence whether all kinds of errors that a region raised are still raised.

    The texts are code without comments and documentation. Where ``asked`` speaks of errors, or
    names the kind, nothing can be said. A kind counts once, however often it is raised.
    """
    name = say("keeps its errors")
    if _SPOKEN_OF.search(asked):
        return Check(name, True)
    kept = _kinds(after)
    lost = [one for one in _kinds(before) if one not in kept and one not in asked]
    if not lost:
        return Check(name, True)
    words = joined(lost, ", ")
    return Check(name, False, say("The answer raises {words} no more.", words=words))


def keeps_errors_of(report: str, before: str, after: str) -> Check:
    """Return the same for a mended test, whose ``report`` may show that an error was the mistake.

    A report is full of words for errors: only the kind, or what an error without one is called
    there, counts.
    """
    told = report.lower()
    shown = [one for one in _kinds(before) if _WORD_OF.get(one, one).lower() in told]
    return keeps_errors(" ".join(shown), before, after)


def _kinds(code: str) -> dict[str, None]:
    # Between tokens there may be a blank: "fmt . Errorf (".
    tight = re.sub(r"\s*(\.|::)\s*", r"\1", code)
    tight = re.sub(r"(\w)\s+!", r"\1!", tight)
    found = (next(filter(None, match.groups())) for match in _RAISED.finditer(tight))
    return dict.fromkeys(found)
