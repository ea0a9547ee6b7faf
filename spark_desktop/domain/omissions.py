"""Signs that a model left code out of an answer, or put into it what is none."""

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence

from spark_desktop.domain.regex import regex

# Small models mark what they leave out in these ways; each pattern is one whole line.
_MARKER = r"(?:#+|//+|/\*+|\*|<!--|--|;+|%+|\{/\*|\{#|'|rem\b)"
_PLACEHOLDERS = tuple(
    regex(pattern, re.IGNORECASE)
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
_REASONING = regex(r"</?(?:think|thinking|reasoning)>", re.IGNORECASE)
# Requests that are expected to make the code shorter.
_SHRINKING = regex(
    r"\b(?:delet|remov|drop|simplif|short|inlin|reduc|strip|trim|clean|dedup|merg|condens|compact"
    r"|collaps|extract|minimi|refactor|replac|less|fewer|unused|dead|one[- ]?liner|rewrit|move"
    r"|get rid|cut)",
    re.IGNORECASE,
)
# Texts with fewer lines than this may shrink freely: one statement is a large part of them.
SHORT = 6


def placeholder_in(before: Iterable[str], after: Iterable[str]) -> str:
    """Return the first line of ``after`` that stands for code left out, "" for none.

    Lines that ``before`` holds already count as often as they stand there. The ``...`` of what is
    only declared in Python is code.
    """
    known: Counter[str] | None = None
    lines = list(after)
    for number, line in enumerate(lines):
        text = line.strip()
        if not any(pattern.fullmatch(text) for pattern in _PLACEHOLDERS):
            continue
        if known is None:
            known = Counter(one.strip() for one in before)
        if known[text] > 0:
            known[text] -= 1
        elif text != "..." or not _is_declaration(lines[: number + 1], known):
            return text
    return ""


def _is_declaration(lines: Sequence[str], known: Container[str]) -> bool:
    """Return whether the last of lines, ``...``, is all that Python wants there.

    That is so in a new class, and in a method of a protocol, an abstract one, and an overload.
    """
    depth = _depth(lines[-1])
    above = [line.rstrip() for line in lines[:-1] if line.strip()]
    if not above or not above[-1].endswith((":", '"""', "'''")):
        return False
    start = next((n for n in _upwards(above) if _depth(above[n]) < depth and _opens(above[n])), -1)
    if start < 0:
        return False
    head = above[start].strip()
    if head.startswith("class "):
        return head not in known and (head.endswith(":") or start < len(above) - 1)
    around = _depth(above[start])
    first = start
    while first > 0 and _depth(above[first - 1]) == around and above[first - 1].lstrip()[0] == "@":
        first -= 1
    if re.search(r"\b(?:overload|abstract\w*)\b", " ".join(above[first:start])):
        return True
    outer = next((above[n] for n in _upwards(above[:first]) if _depth(above[n]) < around), "")
    return re.match(r"\s*class\b.*\bProtocol\b", outer) is not None


def _upwards(lines: Sequence[str]) -> range:
    return range(len(lines) - 1, -1, -1)


def _opens(line: str) -> bool:
    return re.match(r"\s*(?:async\s+def|def|class)\s", line) is not None


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


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
