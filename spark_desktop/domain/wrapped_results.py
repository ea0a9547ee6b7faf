"""Calls of a Rust function that gave an ``Option`` and gives a ``Result`` now, or the other way."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from spark_desktop.domain.file_names import FileNames, Occurrence
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.plain_code import code_of
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit

_OPTION = regex(r"(?:(?:std|core)::option::)?Option<(.*)>", re.DOTALL)
_RESULT = regex(r"(?:\w+::)*Result<(.*)>", re.DOTALL)
# What takes the value apart: ``if let Some(x) = find(1) {``, ``let Some(x) = find(1) else {``.
_LET = r"\blet\s+(?P<head>{some})\([^=;{{}}]*\)\s*=\s*(?:[\w.:&]+(?:\.|::))?$"
_MATCH = regex(r"\bmatch\s+(?:[\w.:&]+(?:\.|::))?$")
_OPENED = regex(r"\s*(?:else\s*)?\{")
_METHOD = regex(r"\s*\.\s*(\w+)\s*\(")
_ARM = regex(r"[\s|]*(?P<head>\w+)")
# Errors that ``unwrap`` can tell.
_TOLD = ("String", "&str", "()", "io::Error", "std::io::Error", "fmt::Error")
# An argument of a closure that is not looked at.
_UNUSED = regex(r"\|\s*_\w*\s*\|")


@dataclass(frozen=True, slots=True)
class _Turn:
    """What is written for the one and for the other; ``names`` are methods that ask the same.

    ``whole`` takes a value back to what it was: "" where nothing does. ``alike`` are methods that
    both have, and that ask nothing of the error.
    """

    some: str
    now_some: str
    none: re.Pattern[str]
    now_none: str
    names: Mapping[str, str]
    whole: str = ""
    alike: frozenset[str] = frozenset({"unwrap_or", "unwrap_or_default"})


_TO_RESULT = _Turn(
    "Some",
    "Ok",
    regex(r"None\b"),
    "Err(_)",
    {"is_some": "is_ok", "is_none": "is_err", "is_some_and": "is_ok_and"},
    whole=".ok()",
)
_TO_OPTION = _Turn(
    "Ok",
    "Some",
    regex(r"Err\(\s*_\w*\s*\)"),
    "None",
    {"is_ok": "is_some", "is_err": "is_none", "is_ok_and": "is_some_and"},
    alike=frozenset({"unwrap_or", "unwrap_or_default", "unwrap", "expect"}),
)


def turn_of(change: NameChange, language: str) -> _Turn | None:
    """Return what the change of a result asks of calls; None where it holds another type now."""
    if language != "rust":
        return None
    old, new = (" ".join(one.result.split()) for one in (change.old, change.new))
    for first, second, turn in ((_OPTION, _RESULT, _TO_RESULT), (_RESULT, _OPTION, _TO_OPTION)):
        was, now = first.fullmatch(old), second.fullmatch(new)
        if was is not None and now is not None and _first(was[1]) == _first(now[1]):
            return turn
    return None


def wrapped_edits(
    one: Occurrence, file: FileNames, change: NameChange, home: str = ""
) -> tuple[TextEdit, ...] | None:
    """Return the edits by which a call means what it did; None where that cannot be computed.

    ``home`` is the text of the function's file, which may define the error.
    """
    turn = turn_of(change, file.language)
    if turn is None or one.call is None:
        return None
    code = code_of(file.content, "rust")
    end = one.call.end + 1
    before = code[max(0, one.start - 400) : one.start]
    found = _of_method(code, end, turn)
    if found is None and turn is _TO_RESULT and _can_unwrap(code, end, change, home):
        return ()
    if found is None:
        found = _of_let(code, end, before, one.start, turn)
    if found is None and _MATCH.search(before) and (opened := _OPENED.match(code, end)):
        found = _of_arms(code, opened.end(), turn)
    if found is None and turn.whole:
        # This much is right wherever the value goes.
        return (TextEdit(end, end, turn.whole),)
    return found


def _of_method(code: str, end: int, turn: _Turn) -> tuple[TextEdit, ...] | None:
    """Return the edits of the method that is called on the value; None where there is no such."""
    method = _METHOD.match(code, end)
    if method is None:
        return None
    name, given = method[1], method.end()
    start, stop = method.span(1)
    if name in turn.alike:
        return ()
    if name in turn.names:
        return (TextEdit(start, stop, turn.names[name]),)
    if turn is _TO_RESULT:
        empty = re.compile(r"\|\s*\|").match(code, given)
        if empty is None or name not in ("unwrap_or_else", "ok_or_else"):
            return None
        renamed = TextEdit(start, stop, "map_err" if name == "ok_or_else" else name)
        return (renamed, TextEdit(empty.start(), empty.end(), "|_|"))
    if name == "ok" and code[given : given + 1] == ")":
        return (TextEdit(end, given + 1, ""),)
    unused = _UNUSED.match(code, given)
    if unused is None or name not in ("unwrap_or_else", "map_err"):
        return None
    renamed = TextEdit(start, stop, "ok_or_else" if name == "map_err" else name)
    return (renamed, TextEdit(unused.start(), unused.end(), "||"))


def _can_unwrap(code: str, end: int, change: NameChange, home: str) -> bool:
    """Return whether the value is unwrapped, and the error is known to be one that can be told."""
    method = _METHOD.match(code, end)
    held = _RESULT.fullmatch(" ".join(change.new.result.split()))
    if method is None or method[1] not in ("unwrap", "expect") or held is None:
        return False
    error = held[1].removeprefix(_first(held[1])).strip(" ,")
    if re.sub(r"'\w+\s+", "", error) in _TOLD:
        return True
    made = re.search(rf"\b(?:struct|enum)\s+{re.escape(error)}\b", home) if error else None
    above = "" if made is None else re.split(r"\n\s*\n", home[: made.start()])[-1]
    return re.search(r"derive\([^)]*\bDebug\b", above) is not None


def _of_let(
    code: str, end: int, before: str, start: int, turn: _Turn
) -> tuple[TextEdit, ...] | None:
    """Return the edit of the pattern that takes the value apart."""
    found = re.search(_LET.format(some=turn.some), before)
    if found is None or _OPENED.match(code, end) is None:
        return None
    shift = start - len(before)
    head, stop = (shift + place for place in found.span("head"))
    return (TextEdit(head, stop, turn.now_some),)


def _of_arms(code: str, begin: int, turn: _Turn) -> tuple[TextEdit, ...] | None:
    """Return the edits of the patterns of a ``match``; None where one of them is another."""
    edits: list[TextEdit] = []
    place = begin
    while (arm := _ARM.match(code, place)) is not None:
        head, (start, stop) = arm["head"], arm.span("head")
        none = turn.none.match(code, start)
        if head == turn.some and code[stop : stop + 1] == "(":
            edits.append(TextEdit(start, stop, turn.now_some))
            stop = _behind(code, stop + 1)
        elif none is not None:
            edits.append(TextEdit(start, none.end(), turn.now_none))
            stop = none.end()
        elif head != "_":
            return None
        rest = code[stop:].lstrip()
        if rest.startswith("|"):
            place = stop
            continue
        arrow = _arrow(code, stop)
        if arrow < 0:
            return None
        place = _next_arm(code, arrow)
    closed = code[place:].lstrip().startswith("}")
    return tuple(edits) if closed and edits else None


def _arrow(code: str, place: int) -> int:
    """Return where the value of an arm begins; -1 where the arm cannot be read."""
    found = re.compile(r"[^{};]*?=>\s*").match(code, place)
    return -1 if found is None else found.end()


def _next_arm(code: str, place: int) -> int:
    """Return where the arm behind a value begins."""
    if code[place : place + 1] == "{":
        stop = _behind(code, place + 1)
        comma = re.compile(r"\s*,").match(code, stop)
        return stop if comma is None else comma.end()
    depth = 0
    for at in range(place, len(code)):
        sign = code[at]
        if sign in ",}" and not depth:
            return at + 1 if sign == "," else at
        depth += (sign in "([{") - (sign in ")]}")
    return len(code)


def _behind(code: str, place: int) -> int:
    """Return the place behind the bracket that closes what is open at a place."""
    depth = 1
    for at in range(place, len(code)):
        depth += (code[at] in "([{") - (code[at] in ")]}")
        if not depth:
            return at + 1
    return len(code)


def _first(types: str) -> str:
    """Return the first of some types that commas part."""
    depth = 0
    for place, sign in enumerate(types):
        depth += (sign in "<([") - (sign in ">)]")
        if sign == "," and not depth:
            return types[:place].strip()
    return types.strip()
