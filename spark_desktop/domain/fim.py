"""Cuts what a fill-in-the-middle model wrote for a stub's body down to the body.

Such models seldom stop at the end of the body: they go on with the next function, close the braces
that the suffix closes, or repeat the suffix.
"""

import re
from collections.abc import Iterator

from spark_desktop.domain.regex import regex

_INDENT_TOKENS = regex(
    r'"{3}(?s:.*?)(?:"{3}|\Z)|\'{3}(?s:.*?)(?:\'{3}|\Z)'
    r'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|#[^\n]*|[()\[\]{}]|\n'
)
# A quote may also begin a lifetime in Rust, so that strings in single quotes end before a brace.
_BRACE_TOKENS = regex(
    r'`(?:\\.|[^`\\])*(?:`|\Z)|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n{}])*\'|\'[{}]\''
    r"|//[^\n]*|/\*(?s:.*?)(?:\*/|\Z)|[{}]"
)
_TAB = 4
# Lines that end so are continued by an indented one.
_OPENERS = (":", "(", "[", "{", ",", "=", "\\", "->")


def trim_body(completion: str, prefix: str, suffix: str, complete: bool = True) -> str:
    """Return the body in ``completion``, which stands between ``prefix`` and ``suffix``.

    It ends where the suffix begins to repeat, where a brace closes that was opened before it, or,
    in languages without braces, where the indent falls below the body's. The last line is dropped
    where the completion is not ``complete``. The body ends with a newline only where the suffix
    does not begin with one; an empty body is "".
    """
    body, ended = _body(completion, prefix, suffix)
    if not complete and not ended:
        body = body[: body.rfind("\n") + 1]
    body = body.rstrip()
    if not body or suffix.startswith(("\n", "\r")):
        return body
    return f"{body}\n"


def runs_on(completion: str, prefix: str, suffix: str) -> bool:
    """Return whether the completion has gone on behind the end of the body."""
    return _body(completion, prefix, suffix)[1]


def _body(completion: str, prefix: str, suffix: str) -> tuple[str, bool]:
    """Return the body without the indent that the prefix ends in, and whether more follows it."""
    lead = prefix[prefix.rfind("\n") + 1 :]
    on_new_line = not lead.strip()
    text = completion.replace("\r\n", "\n").replace("\r", "\n")
    if on_new_line:
        text = re.sub(r"\A(?:[ \t]*\n)+", "", lead + text)
    floor = _floor(text, prefix, lead)
    if _is_braced(prefix, suffix):
        ends = [_closing_brace(text)]
    else:
        ends = [_dedent(text, floor, on_new_line)]
    ends.append(_repetition(text, suffix, floor, on_new_line))
    found = [end for end in ends if end is not None]
    body = text[: min(found)] if found else text
    if on_new_line and lead:
        body = body.lstrip(" \t")
    return body, bool(found)


def _is_braced(prefix: str, suffix: str) -> bool:
    return prefix.rstrip().endswith("{") or suffix.lstrip().startswith("}")


def _floor(text: str, prefix: str, lead: str) -> int:
    """Return the columns that the body's lines are indented by at least."""
    if lead and not lead.strip():
        return _width(lead)
    above = prefix.rstrip().rpartition("\n")[2]
    written = [line for line in text.split("\n") if line.strip()]
    if lead:
        written = written[1:]  # The first one goes on in the signature's own line.
    first = _width(written[0]) if written else 0
    if first > _width(above) or not prefix.strip():
        return first
    return _width(above) + (1 if above.rstrip().endswith(_OPENERS) else 0)


def _width(line: str) -> int:
    return len(line[: len(line) - len(line.lstrip(" \t"))].expandtabs(_TAB))


def _closing_brace(text: str) -> int | None:
    depth = 0
    for token in _BRACE_TOKENS.finditer(text):
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        if depth < 0:
            start = text.rfind("\n", 0, token.start()) + 1
            return token.start() if text[start : token.start()].strip() else start
    return None


def _dedent(text: str, floor: int, on_new_line: bool) -> int | None:
    inner = set(_continued(text))
    for start, line in _lines(text):
        if start == 0 and not on_new_line:
            continue
        if line.strip() and start not in inner and _width(line) < floor:
            return start
    return None


def _continued(text: str) -> Iterator[int]:
    """Yield where the lines begin that are inside a string or brackets: their indent is free."""
    depth = 0
    for token in _INDENT_TOKENS.finditer(text):
        word = token[0]
        if word in "([{":
            depth += 1
        elif word in ")]}":
            depth = max(0, depth - 1)
        elif word == "\n":
            if depth:
                yield token.end()
        else:
            yield from (token.start() + at + 1 for at, c in enumerate(word) if c == "\n")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def _repetition(text: str, suffix: str, floor: int, on_new_line: bool) -> int | None:
    wanted = [line.rstrip() for line in suffix.splitlines() if line.strip()][:2]
    # A lone bracket says nothing: bodies are full of them.
    if not wanted or not any(character.isalnum() for character in wanted[0]):
        return None
    written = [(start, line.rstrip()) for start, line in _lines(text) if line.strip()]
    for number, (start, line) in enumerate(written):
        if line != wanted[0] or (start == 0 and not on_new_line):
            continue
        following = written[number + 1][1] if number + 1 < len(written) else ""
        is_last = number + 2 >= len(written)
        if following and len(wanted) == 2:
            same = following == wanted[1] or (is_last and wanted[1].startswith(following))
        else:
            # One line alone is believed only where it cannot belong to the body.
            same = _width(line) < floor
        if same:
            return start
    return None
