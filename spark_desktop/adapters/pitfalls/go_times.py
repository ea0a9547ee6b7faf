"""Traps of Go with the layouts of times: they are one certain moment, Jan 2 15:04:05 2006."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Rule, above, named
from spark_desktop.adapters.pitfalls.go_types import FUNCTIONS, listed
from spark_desktop.adapters.pitfalls.shared import one_of
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_TEXTS = ("interpreted_string_literal", "raw_string_literal")
# Which argument of a call is a layout.
_TAKES = {"Format": 0, "AppendFormat": 1, "time.Parse": 0, "time.ParseInLocation": 0}
# How other languages write it.
_OF_C = {
    **{"%Y": "2006", "%y": "06", "%m": "01", "%d": "02", "%H": "15", "%I": "03", "%M": "04"},
    **{"%S": "05", "%p": "PM", "%b": "Jan", "%B": "January", "%a": "Mon", "%A": "Monday"},
    **{"%z": "-0700", "%Z": "MST", "%e": "_2", "%F": "2006-01-02", "%T": "15:04:05"},
}
_OF_JAVA = regex(r"[Yy]{4}|\bYY\b|\byy\b|MM|[Dd]{2}|HH|hh|mm|[sS]{2}")
_JAVA = {"yyyy": "2006", "yy": "06", "dd": "02", "hh": "03", "HH": "15", "mm": "04", "ss": "05"}
_YEAR_LAST = regex(r"(?<!\d)(01|02)([-/.])(01|02)\2(2006|06)(?!\d)")
_HALVES = regex(r"PM|pm")
# A zone's hours are no time of the day, and a year is none either.
_PART = regex(
    r"(?P<zone>[Z+-]07:?\d\d(?::?\d\d)?|\.(?:0+|9+)(?!\d))|(?P<last>0[12][-/.]0[12][-/.](?:20)?06)(?!\d)"
    r"|(?<!\d)(?P<date>\d{4}(?P<by>[-/._ ]?)\d\d(?P=by)\d\d)|(?P<year>2006)"
    r"|(?<!\d)(?P<hour>\d{1,2})(?P<sign>[:.hH_-])(?P<minute>\d\d)"
    r"(?:(?P<next>[:.mM_-])(?P<second>\d\d))?(?!\d)"
    r"|(?<=\d{8})(?P<run>\d{4}(?:\d\d)?)(?!\d)|(?<=\d[T_-])(?P<behind>\d{4}(?:\d\d)?)(?!\d)"
)


def layouts_meant(text: str) -> tuple[str, ...]:
    """Return what a layout may have been meant as, the likeliest first; () for one that is right.

    Of hours up to 12 without "PM" nobody can tell which half of the day is meant.
    """
    moment = _moment(_of_others(text))
    found = [moment] if moment != text else []
    swapped = _YEAR_LAST.sub(lambda m: f"{m[3]}{m[2]}{m[1]}{m[2]}{m[4]}", moment)
    if swapped != moment:
        found.append(swapped)
    return tuple(found)


def _of_others(text: str) -> str:
    """Return a layout as Go writes it that is written as other languages do."""
    if "%" in text:
        return re.sub(r"%[A-Za-z]", lambda sign: _OF_C.get(sign[0], sign[0]), text)
    if not re.search(r"[Yy]{4}|HH:[mM]{2}|hh:mm", text):
        return text

    def moment(word: re.Match[str]) -> str:
        # Both letters of a month and of a minute are taken for the other one often.
        if word[0] == "MM":
            return "04" if re.search(r"[Hh]{2}\W$", text[: word.start()]) else "01"
        return _JAVA.get(word[0]) or _JAVA[word[0].lower()]

    return _OF_JAVA.sub(moment, text)


def _moment(text: str) -> str:
    """Return a layout with the numbers of Go's moment in place of others."""
    is_halved = _HALVES.search(text) is not None

    def moment(part: re.Match[str]) -> str:
        if part["date"]:
            return f"2006{part['by']}01{part['by']}02"
        whole = part["run"] or part["behind"]
        if whole:
            return f"{'03' if is_halved else '15'}04{'05' if len(whole) > 4 else ''}"
        if not part["hour"] or (part["sign"] not in ":hH" and part["hour"] not in ("03", "15")):
            return part[0]
        hour = part["hour"] if is_halved and part["hour"] in ("3", "03") else "15"
        hour = "03" if is_halved and hour == "15" else hour
        second = f"{part['next']}05" if part["next"] else ""
        return f"{hour}{part['sign']}04{second}"

    return _PART.sub(moment, text)


def _layouts(code: Code) -> Iterator[SmallChange]:
    """A layout of a time has other numbers than those of Go's moment, or signs of other languages.

    It stands where a time is written or read, or is a constant that is named there: above the
    function that shows it.
    """
    names: set[str] = set()
    shown = {code.text(one) for one in code.nodes("identifier")}
    given: list[Node] = []
    for call in code.every("call_expression"):
        layout = _given(code, call)
        if layout is not None and layout.type == "identifier":
            names.add(code.text(layout))
        elif layout is not None and layout.type in _TEXTS and code.holds(layout):
            given.append(layout)
    for spec in code.every("const_spec", "var_spec", "short_var_declaration"):
        told = listed(named(spec, "name") or named(spec, "left"))
        values = listed(named(spec, "value") or named(spec, "right"))
        if above(spec, *FUNCTIONS) is not None and not code.holds(spec):
            continue
        if len(told) == len(values) == 1 and code.text(told[0]) in names & shown:
            given += [one for one in values if one.type in _TEXTS]
    for one in sorted(given, key=lambda node: node.start_byte):
        text = code.text(one)
        ways = [code.put(one, f"{text[0]}{new}{text[0]}") for new in layouts_meant(text[1:-1])]
        yield from one_of(code.places.start(one), *ways)


def _given(code: Code, call: Node) -> Node | None:
    """Return what a call takes as a layout; None for a call that takes none."""
    function, arguments = named(call, "function"), listed(named(call, "arguments"))
    name = "" if function is None else code.text(function)
    place = _TAKES.get(name, _TAKES.get(name.rpartition(".")[2]) if "." in name else None)
    count = {0: (1, 2, 3), 1: (2,)}
    if place is None or len(arguments) not in count[place]:
        return None
    return arguments[place]


RULES: tuple[Rule, ...] = (_layouts,)
