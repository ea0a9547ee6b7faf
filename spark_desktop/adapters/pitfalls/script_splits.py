"""A trap of texts in JavaScript and TypeScript that are cut where they should be parted once."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, above, below, named
from spark_desktop.adapters.pitfalls.script_nodes import (
    argument_of,
    called,
    calls,
    function_of,
    is_field,
)
from spark_desktop.adapters.pitfalls.shared import one_of
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_SPECIAL = regex(r"[\\^$.*+?()[\]{}|/]")
# Escapes that mean the same in a text and in a pattern.
_ESCAPES = regex(r"(?:\\[nrt])+")
_MADE_OF_PAIRS = ("Map", "fromEntries")


def cut_more_than_once(code: Code) -> Iterator[SmallChange]:
    """``[name, value] = line.split(":")`` loses what is behind a second colon."""
    for call, _held, given in calls(code, "split"):
        sign = _sign(code, given)
        if not sign or not (_takes_two(code, call) or _is_made_pair(call)):
            continue
        start, end = code.places.start(given[0]), code.places.end(given[-1])
        ways = [SmallChange(start, end, rf"/{sign}([\s\S]*)/")]
        if len(given) == 1:
            ways.append(SmallChange(start, end, rf"/{sign}(?![\s\S]*{sign})/"))
        yield from one_of(code.places.start(call), *ways)


def _sign(code: Code, given: list[Node]) -> str:
    """Return the pattern of what parts, "" for others, and where more parts are wanted."""
    if not given or len(given) > 2 or (len(given) == 2 and code.text(given[1]) != "2"):
        return ""
    if given[0].type == "regex":
        text = code.text(given[0])[1:]
        # A group would be one more part; flags would have to be kept.
        return text[:-1] if text.endswith("/") and not re.search(r"[(|^$]", text) else ""
    text = code.text(given[0])[1:-1]
    if given[0].type != "string" or ("\\" in text and not _ESCAPES.fullmatch(text)):
        return ""
    return text if "\\" in text else _SPECIAL.sub(r"\\\g<0>", text)


def _takes_two(code: Code, call: Node) -> bool:
    """Return whether the two first parts are taken, and no others."""
    outer = call.parent
    if outer is None:
        return False
    if outer.type == "subscript_expression" and is_field(call, "object"):
        index = named(outer, "index")
        return index is not None and text_of(index) == "1"
    name = named(outer, "name") or named(outer, "left")
    if name is None or name == call:
        return False
    if name.type == "array_pattern":
        return _is_of_two(name)
    if outer.type != "variable_declarator" or name.type != "identifier":
        return False
    uses = [
        one
        for one in below(function_of(call) or code.root, "identifier")
        if text_of(one) == text_of(name) and one != name
    ]
    places = {_index_of(one) for one in uses}
    return "1" in places and places <= {"0", "1"}


def _is_of_two(pattern: Node) -> bool:
    commas = sum(one.type == "," for one in pattern.children)
    is_closed = all(one.type != "rest_pattern" for one in pattern.named_children)
    return is_closed and commas == 1 and len(pattern.children) > 3


def _index_of(node: Node) -> str:
    outer = node.parent
    index = named(outer, "index") if outer is not None else None
    is_read = index is not None and is_field(node, "object")
    return text_of(index) if is_read and index is not None else ""


def _is_made_pair(call: Node) -> bool:
    """Return whether each line makes a pair, of which a map is made, or which is taken apart."""
    node = call
    while node.parent is not None and node.parent.type in ("as_expression", _BRACKETS):
        node = node.parent
    function = node.parent if is_field(node, "body") else above(node, "arrow_function")
    is_given = is_field(node, "body") or (node.parent or node).type == "return_statement"
    mapped = argument_of(function) if function is not None and is_given else None
    if mapped is None or function is None or called(mapped) != "map":
        return False
    while mapped.parent is not None and mapped.parent.type in ("as_expression", _BRACKETS):
        mapped = mapped.parent
    outer = argument_of(mapped)
    if outer is not None:
        made = named(outer, "constructor")
        return (called(outer) if made is None else text_of(made)) in _MADE_OF_PAIRS
    outer = mapped.parent
    left = named(outer, "left") if outer is not None and is_field(mapped, "right") else None
    return left is not None and left.type == "array_pattern" and _is_of_two(left)


_BRACKETS = "parenthesized_expression"
