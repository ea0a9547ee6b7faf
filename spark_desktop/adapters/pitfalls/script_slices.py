"""Traps of JavaScript and TypeScript with the end of a list or a text: -0 is its start."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, named
from spark_desktop.adapters.pitfalls.script_facts import facts
from spark_desktop.adapters.pitfalls.script_nodes import calls, is_field, operator
from spark_desktop.adapters.pitfalls.shared import all_then_each
from spark_desktop.domain.small_change import SmallChange

_SIMPLE = frozenset({"identifier", "member_expression", "this"})
_OPEN = frozenset({"return_statement", "arguments"})


def none_from_the_end(code: Code) -> Iterator[SmallChange]:
    """``slice(-count)`` gives all where none are wanted, ``slice(0, -count)`` none for all."""

    def found() -> Iterator[list[Edit]]:
        for call, held, given in calls(code, "slice", "splice", "subarray", "substr"):
            count = _from_end(given[-1]) if given else None
            if count is None or len(given) > 2 or (len(given) == 2 and not _is_start(code, call)):
                continue
            if held.type in _SIMPLE and "(" not in code.text(held):
                kept = f"{code.text(held)}.length - {code.text(count)}"
                yield [code.edit(given[-1], f"Math.max(0, {kept})")]
            elif len(given) == 1 and count.type in _SIMPLE and _is_list(code, call, held):
                chosen = f"{code.text(count)} > 0 ? {code.text(call)} : []"
                yield [code.edit(call, chosen if _is_open(call) else f"({chosen})")]

    return all_then_each(code, found())


def _from_end(node: Node) -> Node | None:
    """Return the count that an index goes back from the end; None where it is written out."""
    argument = named(node, "argument")
    is_back = node.type == "unary_expression" and operator(node) == "-"
    return argument if is_back and argument is not None and argument.type != "number" else None


def _is_start(code: Code, call: Node) -> bool:
    """Return whether a call takes what begins with the first element, up to an end."""
    function, given = named(call, "function"), named(call, "arguments")
    name = named(function, "property")
    if name is None or given is None or code.text(name) not in ("slice", "subarray"):
        return False
    return code.text(given.named_children[0]) == "0"


def _is_list(code: Code, call: Node, held: Node) -> bool:
    function = named(call, "function")
    name = named(function, "property")
    is_slice = name is not None and code.text(name) == "slice"
    return is_slice and facts(code).known(held).kind == "array"


def _is_open(call: Node) -> bool:
    """Return whether a choice needs no parentheses in the place of a call."""
    parent = call.parent
    if parent is None:
        return False
    return parent.type in _OPEN or is_field(call, "value", "body")
