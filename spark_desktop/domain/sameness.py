"""Whether two answers are the same code, however they are laid out and name what is theirs."""

import re
from pathlib import PurePosixPath

from spark_desktop.domain.same_python import python_shape

# Strings first, so that what looks like a comment in one stays.
_TOKEN = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)"""
    r"""|(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<word>\w+)|(?P<sign>[^\s\w])""",
    re.DOTALL,
)
_HASHES = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
    r"""|(?P<comment>\#[^\n]*)|(?P<word>\w+)|(?P<sign>[^\s\w])"""
)
_WITH_HASHES = frozenset({".rb", ".sh", ".bash", ".py", ".pyi", ".toml", ".yaml", ".yml"})
# What makes an error, or ends with one: its first argument is for people.
_REPORT = re.compile(
    r"Errorf|\w*(?:Error|Exception)|panic|bail|anyhow|expect|runtime_error|logic_error"
    r"|invalid_argument|out_of_range|domain_error|length_error"
)
# Needless in front of a bracket that closes.
_CLOSING = frozenset(")]}")


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
    tokens = _without_reports([m[0] for m in pattern.finditer(text) if not m["comment"]])
    kept = [
        token
        for token, following in zip(tokens, [*tokens[1:], ""], strict=True)
        if token != ";" and not (token == "," and following in _CLOSING)
    ]
    return " ".join("'" + one[1:-1] + "'" if one[0] in "\"'" else one for one in kept)


def _without_reports(tokens: list[str]) -> list[str]:
    """Return the tokens without the words, and what is filled into them, of errors that are made.

    An error that wraps another one (Go's %w) is told by its words.
    """
    kept: list[str] = []
    place = 0
    while place < len(tokens):
        kept.append(tokens[place])
        place += 1
        opens = place if tokens[place : place + 1] == ["("] else place + 1
        starts_report = _REPORT.fullmatch(kept[-1]) and tokens[opens : opens + 1] == ["("]
        words = tokens[opens + 1] if starts_report and opens + 1 < len(tokens) else ""
        if words[:1] in {'"', "'", "`"} and "%w" not in words and tokens[place] in {"(", "!"}:
            place = _closed(tokens, opens)
            kept.append("(…)")
    return kept


def _closed(tokens: list[str], opens: int) -> int:
    """Return the place behind the bracket that closes the one at ``opens``."""
    depth = 0
    for place in range(opens, len(tokens)):
        depth += (tokens[place] == "(") - (tokens[place] == ")")
        if depth == 0:
            return place + 1
    return len(tokens)
