"""A function of Go that fails by an error now: what its callers do with it. Pure."""

import re

from spark_desktop.domain.go_calls import (
    GoCall,
    is_in_literal,
    is_only_one,
    results_around,
    results_of,
    split_list,
)
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit

_SET = regex(r"\s*(?P<names>\w+(?:, \w+)*) := ")
_TAKEN = regex(r"\s*(?P<if>(?:\} else )?if )?(?P<names>\w+(?:, \w+)*), (?P<last>\w+) := ")
_TEST = regex(r"\b(\w+) (?:\*testing\.[TBF]|testing\.TB)\b")
_FAILED = regex(r"^\s*return (.+), (?:err|fmt\.Errorf\(.*|errors\.New\(.*)$", re.MULTILINE)
_NOTHING = regex(r'nil|0|0\.0|""|false|[\w.]+\{\}')
_NUMBER = regex(r"u?int(?:8|16|32|64|ptr)?|byte|rune|float(?:32|64)|time\.Duration")
_WITHOUT = regex(r"\*|\[\]|map\[|func\(|chan |<-chan |interface\{|(?:any|error)$")
_ERROR, _FLAG = "err", "ok"


def fails_now(change: NameChange) -> bool:
    """Return whether a function gives what it gave, and an error behind it."""
    old, new = results_of(change.old.result), results_of(change.new.result)
    return bool(old) and "error" not in old and new == [*old, "error"]


def failing_edits(call: GoCall, change: NameChange) -> tuple[TextEdit, ...] | None:
    """Return the edits by which a caller passes the error on that a call may give now.

    None where it has no error to give itself, or where nobody can tell what it gives beside it.
    """
    if not fails_now(change) or is_in_literal(call):
        return None
    parameters, results = results_around(call)
    if re.fullmatch(r"\s*return ", call.before) and call.behind == ", nil":
        is_same = results == results_of(change.new.result)
        return (TextEdit(call.end, call.end + len(", nil"), ""),) if is_same else None
    taken = _SET.fullmatch(call.before)
    if taken is None or call.behind.strip() or set(taken["names"].split(", ")) <= {"_"}:
        return None
    if re.search(rf"^{call.indent}(?:{_ERROR} := |var {_ERROR}\b)", call.rest, re.MULTILINE):
        return None  # it would be declared twice
    ends = _ends(call, parameters, results)
    if ends is None:
        return None
    lines = (f"if {_ERROR} != nil {{", f"\t{ends}", "}")
    text = "".join(f"{call.indent}{line}{call.newline}" for line in lines)
    place = call.line_at + taken.end("names")
    return TextEdit(place, place, f", {_ERROR}"), TextEdit(call.next_at, call.next_at, text)


def passing_edits(call: GoCall) -> tuple[TextEdit, ...] | None:
    """Return the edits by which a call that gave nothing passes its error on; None as above."""
    is_alone = not call.before.strip() and not call.behind.strip()
    if not is_alone or is_in_literal(call):
        return None
    ends = _ends(call, *results_around(call))
    if ends is None:
        return None
    lines = f"; {_ERROR} != nil {{", f"{call.indent}\t{ends}", f"{call.indent}}}"
    return (
        TextEdit(call.start, call.start, f"if {_ERROR} := "),
        TextEdit(call.end, call.end, call.newline.join(lines)),
    )


def _ends(call: GoCall, parameters: str, results: list[str]) -> str | None:
    """Return the statement that ends a function with an error; None where it has none to give."""
    test = _TEST.search(parameters)
    if test is not None and not results:
        return f"{test[1]}.Fatal({_ERROR})"
    if not results or results[-1] != "error":
        return None
    given = [_zero(call, place, type_) for place, type_ in enumerate(results[:-1])]
    told = [one for one in given if one is not None]
    return f"return {', '.join([*told, _ERROR])}" if len(told) == len(given) else None


def _zero(call: GoCall, place: int, type_: str) -> str | None:
    """Return what a function gives of a type beside an error: as it does elsewhere, else zero."""
    around = call.content[slice(*call.function_at)]
    for found in _FAILED.findall(around):
        parts = split_list(found)
        if place < len(parts) and _NOTHING.fullmatch(parts[place]):
            return parts[place]
    plain = {"string": '""', "bool": "false", "time.Time": "time.Time{}"}
    if type_ in plain:
        return plain[type_]
    if _NUMBER.fullmatch(type_):
        return "0"
    if _WITHOUT.match(type_):
        return "nil"
    own = re.search(rf"^type {re.escape(type_)} (.+?)(?: \{{)?$", call.content, re.MULTILINE)
    if own is None or own[1] == type_:
        return None
    return f"{type_}{{}}" if own[1].startswith("struct") else _zero(call, place, own[1])


def tells_otherwise(change: NameChange) -> bool:
    """Return whether the last of several values was a flag and is an error now, or back."""
    old, new = results_of(change.old.result), results_of(change.new.result)
    return len(old) > 1 and old[:-1] == new[:-1] and {old[-1], new[-1]} == {"bool", "error"}


def told_edits(call: GoCall, change: NameChange) -> tuple[TextEdit, ...] | None:
    """Return the edits of a call that asks a flag where an error is given now, or back.

    Only where it is asked at once, and nowhere else.
    """
    if not tells_otherwise(change):
        return None
    taken = _TAKEN.fullmatch(call.before)
    if taken is None:
        return None
    name = taken["last"]
    if name == "_":
        return ()
    is_error = results_of(change.new.result)[-1] == "error"
    new = _ERROR if is_error else _FLAG
    if re.search(rf"\b{new}\b", call.head + call.behind + call.rest):
        return None
    begin = call.end if taken["if"] else call.next_at
    until = call.next_at if taken["if"] else call.content.find("\n", begin) + 1
    asked = call.content[begin:until]
    asks = r"; " if taken["if"] else rf"{call.indent}if "
    asks += rf"(!?{name}\b)(?! [=!]=)" if is_error else rf"({name} [=!]= nil)\b"
    found = re.match(asks, asked)
    # What the error says is told on, or what it says is asked later.
    elsewhere = re.search(rf"\b{name}\b", asked[found.end() :] if found is not None else asked)
    if (
        found is None
        or elsewhere
        or re.search(rf"\b{name}\b", call.content[until : call.function_at[1]])
    ):
        return None
    is_bad = found[1].startswith("!") if is_error else "!=" in found[1]
    now = f"{new} {'!=' if is_bad else '=='} nil" if is_error else f"{'!' if is_bad else ''}{new}"
    place = call.line_at + taken.start("last")
    if all(one == "_" for one in taken["names"].split(", ")) and not is_only_one(call):
        return None
    edit = TextEdit(begin + found.start(1), begin + found.end(1), now)
    return TextEdit(place, place + len(name), new), edit
