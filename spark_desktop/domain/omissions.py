"""Signs that a model left code out of an answer, or put into it what is none."""

import re
from collections import Counter
from collections.abc import Iterable

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
# Texts with fewer lines than this may shrink freely: one statement is a large part of them.
SHORT = 6


def placeholder_in(before: Iterable[str], after: Iterable[str]) -> str:
    """Return the first line of ``after`` that stands for code left out, "" for none.

    Lines that ``before`` holds already count as often as they stand there.
    """
    known: Counter[str] | None = None
    for line in after:
        text = line.strip()
        if not any(pattern.fullmatch(text) for pattern in _PLACEHOLDERS):
            continue
        if known is None:
            known = Counter(one.strip() for one in before)
        if known[text] <= 0:
            return text
        known[text] -= 1
    return ""


def holds_reasoning(before: str, after: str) -> bool:
    """Return whether ``after`` has tags of a model's reasoning that ``before`` has not."""
    added = set(_REASONING.findall(after))
    return bool(added and added - set(_REASONING.findall(before)))


def asks_to_shrink(instruction: str) -> bool:
    """Return whether the instruction expects less code."""
    return _SHRINKING.search(instruction) is not None


def written_lines(text: str) -> int:
    """Return the number of lines that are not blank."""
    return sum(1 for line in text.splitlines() if line.strip())
