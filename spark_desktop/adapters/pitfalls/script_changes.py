"""What a function of JavaScript or TypeScript changes, and how that is copied."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, below, named
from spark_desktop.adapters.pitfalls.script_facts import facts
from spark_desktop.adapters.pitfalls.script_nodes import (
    bare,
    called,
    object_of,
    operator,
)

_OF_LISTS = "push pop shift unshift splice sort reverse fill copyWithin"
_OF_DATES = (
    "setDate setMonth setFullYear setHours setMinutes setSeconds setTime"
    " setUTCDate setUTCMonth setUTCFullYear setUTCHours"
)
# Methods that change what they are called on, and what that is.
CHANGING = {
    **dict.fromkeys(_OF_LISTS.split(), "array"),
    **dict.fromkeys(_OF_DATES.split(), "date"),
    **{"set": "map", "add": "set", "delete": "map", "clear": "map"},
}


def copied(text: str, kind: str) -> str:
    """Return the text of a copy of a thing of a kind, "" for one that needs or has none."""
    ways = {"array": "[...{}]", "object": "{{ ...{} }}", "map": "new Map({})"}
    ways |= {"set": "new Set({})", "date": "new Date({})"}
    return ways[kind].format(text) if kind in ways else ""


def targets(function: Node, depth: int) -> Iterator[Node]:
    """Yield what a function changes at least so many levels below a name."""
    for target in _changed(function):
        levels, node = 0, bare(target)
        while node.type in ("member_expression", "subscript_expression"):
            inner = named(node, "object")
            if inner is None:
                break
            levels, node = levels + 1, bare(inner)
        if levels + bool(method_at(target)) >= depth:
            yield target


def path_of(code: Code, target: Node) -> tuple[str, str]:
    """Return ``a`` and ``b`` of ``a.b.c`` or ``a.b[0]``; the field is "" for an index."""
    node, last = bare(target), None
    while node.type in ("member_expression", "subscript_expression"):
        inner = named(node, "object")
        if inner is None:
            break
        node, last = bare(inner), node
    field = named(last, "property")
    return code.text(node), "" if field is None else text_of(field)


def _changed(function: Node) -> Iterator[Node]:
    """Yield what a function assigns into, deletes or calls a changing method of."""
    for node in below(function, "assignment_expression", "augmented_assignment_expression"):
        left = named(node, "left")
        if left is not None and left.type in ("member_expression", "subscript_expression"):
            yield left
    for node in below(function, "update_expression", "unary_expression"):
        inner = named(node, "argument")
        if inner is None or operator(node) not in ("++", "--", "delete"):
            continue
        if inner.type in ("member_expression", "subscript_expression"):
            yield inner
    for node in below(function, "call_expression"):
        held = object_of(node, *CHANGING)
        if held is not None:
            yield held


def method_at(target: Node) -> str:
    """Return the changing method that is called on a target, "" for an assignment to it."""
    outer = target.parent
    call = None if outer is None else outer.parent
    is_called = call is not None and object_of(call, *CHANGING) == target
    return called(call) if is_called else ""


def changed_kind(code: Code, function: Node, text: str) -> str:
    """Return what a function takes a thing for where it changes that, "" where it does not."""
    for target in _changed(function):
        method = method_at(target)
        held = target if method else named(target, "object")
        if held is None or code.text(held) != text:
            continue
        kind = facts(code).kind(held)
        if method:
            return kind if CHANGING[method] == "map" and kind else CHANGING[method]
        if kind in ("array", "object"):
            return kind
        return "array" if f"{text}.length" in code.text(function) else "object"
    return ""
