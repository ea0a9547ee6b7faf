"""Traps of sorting in JavaScript and TypeScript."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, below, named
from spark_desktop.adapters.pitfalls.script_copies import is_shared
from spark_desktop.adapters.pitfalls.script_facts import facts
from spark_desktop.adapters.pitfalls.script_nodes import (
    arguments,
    bare,
    called,
    calls,
    function_of,
    is_dropped,
    operator,
    own,
    sides,
)
from spark_desktop.adapters.pitfalls.shared import one_of
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_TEXT_NAMES = regex(r"(?:name|title|label|text|word|key|slug|email|city)s?$", re.IGNORECASE)


def sorted_as_texts(code: Code) -> Iterator[SmallChange]:
    """``[10, 9].sort()`` compares texts; where the list is somebody else's, it is copied, too."""
    for call, held, given in calls(code, "sort", "toSorted"):
        listed = named(call, "arguments")
        if given or listed is None:
            continue
        element = element_kind(code, held)
        is_copied = called(call) == "sort" and is_shared(code, held)
        text = code.text(held)
        new = f"{text} = [...{text}]" if is_dropped(call) else f"[...{text}]"
        # What is sorted for others to see stays theirs.
        if is_dropped(call) and (held.type != "identifier" or not _is_returned(call, text)):
            is_copied = False
        copy = [code.edit(held, new)] if is_copied else []
        if copy and element == "string":
            yield code.together(copy)  # texts are sorted well as they are
        ways = ["(a, b) => a - b", "(a, b) => a.localeCompare(b)"]
        if element == "string":
            ways.reverse()
        orders = [code.edit(listed, f"({way})") for way in ways[: 1 if element else 2]]
        # A list that somebody else has is sorted for them, too, or it is not.
        for number, others in enumerate([copy, []] if copy else [[]]):
            changes = (code.together([*others, order]) for order in orders)
            yield from one_of(code.places.start(call) + number, *changes)


def _is_returned(call: Node, text: str) -> bool:
    function = function_of(call)
    return function is not None and any(
        text_of(one.named_children[0]) == text
        for one in own(function, "return_statement")
        if one.named_children
    )


def compared_as_truth(code: Code) -> Iterator[SmallChange]:
    """An order needs below, equal and above: ``(a, b) => a > b`` has no way to say below."""
    for _call, _held, given in calls(code, "sort", "toSorted"):
        body = named(given[0], "body") if given else None
        if body is None:
            continue
        if body.type == "statement_block":
            returned = [one for one in below(body, "return_statement") if one.named_children]
            body = returned[0].named_children[0] if len(returned) == 1 else body
        three = _three_ways(code, bare(body))
        if three:
            yield code.put(body, three)
        both = sides(body) if operator(body) == "-" else None
        name = named(both[0], "property") or both[0] if both is not None else None
        if both is None or name is None:
            continue
        kind = facts(code).kind(both[0])
        if kind == "string" or (not kind and _TEXT_NAMES.search(text_of(name))):
            yield code.put(body, f"{code.text(both[0])}.localeCompare({code.text(both[1])})")


def _three_ways(code: Code, body: Node) -> str:
    condition, others = bare(body), ""
    if body.type == "ternary_expression":
        tested, then = named(body, "condition"), named(body, "consequence")
        otherwise = named(body, "alternative")
        if tested is None or then is None or otherwise is None:
            return ""
        condition, others = bare(tested), f"{code.text(then)} {code.text(otherwise)}"
        if others not in ("1 -1", "-1 1", "1 0", "-1 0"):
            return ""
    both = sides(condition)
    sign = operator(condition)
    if both is None or sign not in ("<", ">", "<=", ">="):
        return ""
    if not others:
        others = "1 -1" if sign in (">", ">=") else "-1 1"
    left, right = (code.text(one) for one in both)
    first = others.split()[0]
    second = "-1" if first == "1" else "1"
    sign, turned = (">", "<") if sign[0] == ">" else ("<", ">")
    return f"{left} {sign} {right} ? {first} : {left} {turned} {right} ? {second} : 0"


def element_kind(code: Code, held: Node) -> str:
    """Return what kind of elements a list has, "" where that is not known."""
    held = bare(held)
    if called(held) in ("split", "keys"):
        return "string"
    if called(held) == "map" and code.text(arguments(held)[0]) in ("Number", "parseFloat"):
        return "number"
    declared = facts(code).declared(held) if held.type == "identifier" else None
    fields = facts(code).field(code.text(held).removeprefix("this."))
    kind = named(declared, "type") or (named(fields[0], "type") if fields else None)
    text = "" if kind is None else re.sub(r"[:\s]|readonly", "", text_of(kind))
    for name in ("string", "number"):
        if text in (f"{name}[]", f"Array<{name}>", f"ReadonlyArray<{name}>"):
            return name
    value = named(declared, "value")
    return "" if value is None or value.type == "identifier" else element_kind(code, value)
