"""Whether two answers are the same code, however they are laid out and name what is theirs."""

import re
from itertools import pairwise
from pathlib import PurePosixPath

from spark_desktop.domain.regex import regex
from spark_desktop.domain.same_python import python_shape

# Strings first, so that what looks like a comment in one stays.
_TOKEN = regex(
    r"""(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)"""
    r"""|(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<word>\w+)|(?P<sign>[^\s\w])""",
    re.DOTALL,
)
_HASHES = regex(
    r"""(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
    r"""|(?P<comment>\#[^\n]*)|(?P<word>\w+)|(?P<sign>[^\s\w])"""
)
_WITH_HASHES = frozenset({".rb", ".sh", ".bash", ".py", ".pyi", ".toml", ".yaml", ".yml"})
# What makes an error: its first argument is for people. Where the name is one of the language's own
# reporting functions, all that is filled into the words is for them as well.
_ERROR = regex(
    r"\w*(?:Error|Exception)|runtime_error|logic_error|invalid_argument|out_of_range|domain_error"
    r"|length_error"
)
_MAKES = frozenset({"throw", "raise", "new"})
_REPORTS = {("panic", "!"), ("bail", "!"), ("anyhow", "!"), ("panic", "")}
# Needless in front of a bracket that closes.
_CLOSING = frozenset(")]}")
_OPENING = frozenset("([{")
# A report of more tokens is compared as it is: brackets that nobody closes would be read to the end
# for each of them.
_LONGEST_REPORT = 200


def shape_of(path: str, text: str) -> str:
    """Return a text that is equal for answers that are the same code.

    Comments, layout, and what an error says in words do not count; in Python neither does what
    ``same_python`` evens out.
    """
    if path.endswith((".py", ".pyi")):
        shape = python_shape(text)
        if shape is not None:
            return shape
    pattern = _HASHES if PurePosixPath(path).suffix in _WITH_HASHES else _TOKEN
    tokens = _without_reports(path, [m[0] for m in pattern.finditer(text) if not m["comment"]])
    kept = [
        token
        for token, following in zip(tokens, [*tokens[1:], ""], strict=True)
        if token != ";" and not (token == "," and following in _CLOSING)
    ]
    return " ".join("'" + one[1:-1] + "'" if one[0] in "\"'" else one for one in kept)


def _without_reports(path: str, tokens: list[str]) -> list[str]:
    """Return the tokens without the words of errors that are made.

    An error that wraps another one (Go's %w) is told by its words; what is called to fill them in
    does something.
    """
    kept: list[str] = []
    place = 0
    while place < len(tokens):
        is_report, opens = _reports(path, tokens, place)
        words = tokens[opens + 1] if opens + 1 < len(tokens) else ""
        kept.append(tokens[place])
        place += 1
        if opens == 0 or words[:1] not in {'"', "'", "`"} or "%w" in words:
            continue
        end = _end(tokens, opens, at_comma=not is_report)
        if end is None:
            continue
        kept += [*tokens[place:opens], "(", "…"]
        place = opens + 2 if _calls(tokens[opens + 1 : end]) else end
    return kept


def _calls(tokens: list[str]) -> bool:
    return any(sign == "(" and re.fullmatch(r"\w+", name) for name, sign in pairwise(tokens))


def _reports(path: str, tokens: list[str], place: int) -> tuple[bool, int]:
    """Return whether a token is a reporting function's name, and where its bracket opens.

    That is 0 where the token neither reports nor makes an error.
    """
    name = tokens[place]
    after = tokens[place + 1 : place + 3]
    sign = "!" if after[:1] == ["!"] else ""
    opens = place + 1 + bool(sign)
    if tokens[opens : opens + 1] != ["("]:
        return False, 0
    before = tokens[max(0, place - 2) : place]
    if (name, sign) in _REPORTS or (name == "Errorf" and before == ["fmt", "."]):
        return True, opens
    if (name == "expect" and before[1:] == ["."] and path.endswith(".rs")) or (
        name == "New" and before == ["errors", "."]
    ):
        return False, opens
    return False, opens if not sign and _ERROR.fullmatch(name) and _is_made(tokens, place) else 0


def _is_made(tokens: list[str], place: int) -> bool:
    """Return whether what stands in front of a name throws it, or says that it is new."""
    place -= 1
    while place > 0 and tokens[place] in {":", "."}:
        # The names that a name is reached by.
        while place > 0 and tokens[place] in {":", "."}:
            place -= 1
        place -= 1
    return place >= 0 and tokens[place] in _MAKES


def _end(tokens: list[str], opens: int, *, at_comma: bool) -> int | None:
    """Return where the bracket that opens there closes, or where its first argument ends.

    None is for one that is too far away to look for it.
    """
    depth = 0
    last = min(len(tokens), opens + _LONGEST_REPORT)
    for place in range(opens, last):
        token = tokens[place]
        if depth == 1 and at_comma and token == ",":
            return place
        depth += (token in _OPENING) - (token in _CLOSING)
        if depth == 0:
            return place
    return last if last == len(tokens) else None
