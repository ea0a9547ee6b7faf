"""The evidence of a proposal: what is checked before it is shown as ready."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from spark_desktop.domain.evidence import parse_check
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.words import joined, say

# Small models mark what they leave out in these ways; each pattern is one whole line.
_MARKER = r"(?:#+|//+|/\*+|\*|<!--|--|;+|%+|\{/\*|\{#|'|rem\b)"
_PLACEHOLDERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\s*{_MARKER}\s*(?:\.\.\.|…).*",
        rf"\s*{_MARKER}\s*\(?(?:the\s+)?(?:rest|remainder|remaining|existing|previous|other|same)"
        r"\s+(?:of\s+)?(?:the\s+|your\s+|my\s+|this\s+)?(?:\w+\s+)?"
        r"(?:code|functions?|methods?|class(?:es)?|file|implementations?|logic|body|lines?)\b"
        r"(?:\s+(?:\w+\s+)?(?:unchanged|here|as\s+before|the\s+same|remains?\b.*|stays?\b.*"
        r"|goes\s+here))?\W*",
        rf"\s*{_MARKER}\s*(?:your|add|put|insert)\s+(?:\w+\s+)?(?:code|logic|implementation)"
        r"(?:\s+\w+)?\s*(?:goes\s+)?here\b.*",
        rf"\s*{_MARKER}\s*(?:the\s+)?(?:code|implementation|logic)\s+(?:goes\s+)?here\W*",
        rf"\s*{_MARKER}\s*(?:unchanged|no\s+changes?(?:\s+here)?|same\s+as\s+(?:before|above))\W*",
        r"\s*(?:\.\.\.|…)\s*",
    )
)
_REASONING = re.compile(r"</?(?:think|thinking|reasoning)>", re.IGNORECASE)
# Requests that are expected to make the code shorter.
_SHRINKING = re.compile(
    r"\b(?:delet|remov|drop|simplif|short|inlin|reduc|strip|trim|clean|dedup|merg|condens|compact"
    r"|collaps|extract|minimi|refactor|replac|less|fewer|unused|dead|one[- ]?liner|rewrit|move"
    r"|get rid|cut)",
    re.IGNORECASE,
)
# Regions with fewer lines than this may shrink freely: one statement is a large part of them.
_SHORT = 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer to be judged.

    ``before`` and ``after`` are the whole file, ``region_*`` the part that was asked for.
    ``errors_*`` counts syntax errors, None where no parser knows the language. ``reasoning`` tells
    that the model's reasoning leaked into the region; ``finished`` is False for an answer that
    the token limit cut off; ``stray`` is a line of it that belongs to other code of the file.
    """

    before: str
    after: str
    region_before: str
    region_after: str
    errors_before: int | None
    errors_after: int | None
    instruction: str
    reasoning: bool
    finished: bool
    stray: str = ""


def check(candidate: Candidate) -> tuple[Check, ...]:
    """Return what was found, in the order in which it is shown.

    The detail of a failed check is a sentence; that of a passed one a short note or empty.
    """
    return (
        _complete(candidate),
        _differs(candidate),
        parse_check(candidate.errors_before, candidate.errors_after),
        _inside(candidate),
        _no_placeholder(candidate),
        _no_reasoning(candidate),
        _not_shrunk(candidate),
    )


def failure(checks: Iterable[Check]) -> str | None:
    """Return why the proposal is not shown, for the user and for the second attempt's prompt.

    None where every check passed. An answer that was cut off fails others too; only the cut is
    named then.
    """
    failed = [check for check in checks if not check.passed]
    if not failed:
        return None
    if failed[0].name == "complete":
        return failed[0].detail
    return joined(check.detail for check in failed)


def _complete(candidate: Candidate) -> Check:
    if candidate.finished:
        return Check(say("complete"), True)
    return Check(
        say("complete"),
        False,
        say("The answer was cut off at the token limit; a smaller region may fit."),
    )


def _differs(candidate: Candidate) -> Check:
    if candidate.before != candidate.after:
        return Check(say("differs"), True)
    return Check(say("differs"), False, say("The answer changes nothing in the file."))


def _inside(candidate: Candidate) -> Check:
    if not candidate.stray:
        return Check(say("inside"), True)
    return Check(
        say("inside"),
        False,
        say(
            "The answer goes beyond what was asked for: {stray!r} stands elsewhere in the file.",
            stray=candidate.stray,
        ),
    )


def _no_placeholder(candidate: Candidate) -> Check:
    known = Counter(line.strip() for line in candidate.region_before.splitlines())
    for line in candidate.region_after.splitlines():
        text = line.strip()
        if known[text] > 0:
            known[text] -= 1
        elif any(pattern.fullmatch(text) for pattern in _PLACEHOLDERS):
            return Check(
                say("no placeholder"),
                False,
                say(
                    "The answer leaves code out: it has the line {text!r} instead of the code "
                    "itself.",
                    text=text,
                ),
            )
    return Check(say("no placeholder"), True)


def _no_reasoning(candidate: Candidate) -> Check:
    added = set(_REASONING.findall(candidate.region_after))
    if candidate.reasoning or added - set(_REASONING.findall(candidate.region_before)):
        return Check(
            say("no reasoning"),
            False,
            say("The answer mixes the model's reasoning into the code."),
        )
    return Check(say("no reasoning"), True)


def _not_shrunk(candidate: Candidate) -> Check:
    before, after = _size(candidate.region_before), _size(candidate.region_after)
    name = say("not shrunk")
    if after * 2 >= before:
        return Check(name, True, say("{before} → {after} lines", before=before, after=after))
    if before < _SHORT:
        return Check(
            name, True, say("{before} → {after} lines, a short region", before=before, after=after)
        )
    if _SHRINKING.search(candidate.instruction):
        return Check(
            name, True, say("{before} → {after} lines, as asked", before=before, after=after)
        )
    return Check(
        name,
        False,
        say(
            "The answer has {after} of the region's {before} lines, and nothing asked to remove "
            "any.",
            before=before,
            after=after,
        ),
    )


def _size(text: str) -> int:
    return sum(1 for line in text.splitlines() if line.strip())
