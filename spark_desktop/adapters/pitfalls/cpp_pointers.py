"""Traps of the pointers and buffers of C and C++."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.cpp_copies import changes
from spark_desktop.adapters.pitfalls.cpp_names import find, names_of, parameters
from spark_desktop.adapters.pitfalls.cpp_types import INTEGERS, arguments, called, operator
from spark_desktop.adapters.pitfalls.shared import all_then_each
from spark_desktop.domain.small_change import SmallChange

_PLACES = ("subscript_expression", "field_expression", "pointer_expression")
_BLOCK = ("compound_statement",)


def lost_next(code: Code, inferred: str) -> Iterator[SmallChange]:
    """The next element is asked for after the pointer to it was overwritten, or freed."""
    for node in code.nodes("assignment_expression"):
        left, right, block = named(node, "left"), named(node, "right"), above(node, *_BLOCK)
        if left is None or right is None or block is None or left.type != "identifier":
            continue
        owner, one = named(right, "argument"), find(code, code.text(left), left)
        is_step = right.type == "field_expression" and owner is not None
        if not is_step or owner is None or code.text(owner) != code.text(left) or one is None:
            continue
        kind = f"{code.text(named(one.holder, 'type') or left)} *"
        kind = f"{inferred} " if inferred else kind
        for statement in block.named_children:
            if statement.end_byte > node.start_byte:
                break
            if _loses(code, statement, right, left) and find(code, "next", node) is None:
                line = f"{kind}next = {code.text(right)};"
                yield code.together([code.before(statement, line), code.edit(right, "next")])
                break


def _loses(code: Code, statement: Node, place: Node, owner: Node) -> bool:
    inner = next(iter(statement.named_children), None)
    if statement.type != "expression_statement" or inner is None:
        return False
    if inner.type == "delete_expression":
        return code.text(inner.named_children[-1]) == code.text(owner)
    if called(code, inner) == "free" and arguments(inner):
        return code.text(arguments(inner)[0]) == code.text(owner)
    return code.text(named(inner, "left") or inner) == code.text(place)


def struct_copies(code: Code) -> Iterator[SmallChange]:
    """A struct that is taken out of its place is a copy: what is set in it stays there."""
    places: list[list[Edit]] = []
    for node in code.nodes("declaration"):
        block, one = above(node, *_BLOCK), next(names_of(code, node), None)
        if block is None or one is None or one.value is None or "*" in one.kind:
            continue
        name = code.text(one.node)
        targets = changes(code, block, name)
        if one.value.type not in _PLACES or not targets or one.kind in INTEGERS:
            continue
        uses = [use for use in below(block, "identifier") if code.text(use) == name]
        owners = [use.parent for use in uses if use != one.node]
        if any(owner is None or owner.type != "field_expression" for owner in owners):
            continue
        value = one.value
        of = named(value, "argument")
        is_star = value.type == "pointer_expression" and operator(code, value) == "*"
        address = code.text(of) if is_star and of is not None else f"&{code.text(value)}"
        edits = [code.edit(one.node, f"*{name}"), code.edit(value, address)]
        for owner in owners:
            sign = named(owner, "operator")
            if sign is not None:
                edits.append(code.edit(sign, "->"))
        places.append(edits)
    yield from all_then_each(code, places)


def small_buffers(code: Code) -> Iterator[SmallChange]:
    """A text needs one more char than its length, for the zero at its end."""
    places: list[list[Edit]] = []
    for call in code.nodes("call_expression"):
        given, size = arguments(call), {"malloc": 0, "realloc": 1, "calloc": 0}
        name = called(code, call)
        if name not in size or len(given) <= size[name]:
            continue
        length = given[size[name]]
        text = code.text(length)
        if "strlen(" in text and "+ 1" not in text and "1 +" not in text:
            places.append([code.edit(length, f"{text} + 1")])
    yield from all_then_each(code, places)


def small_letters(code: Code) -> Iterator[SmallChange]:
    """``getchar`` gives an int: in a char, EOF is a letter, or never comes."""
    for call in code.nodes("call_expression"):
        target = named(call.parent, "left")
        if called(code, call) not in ("getchar", "fgetc", "getc") or target is None:
            continue
        one = find(code, code.text(target), target)
        kind = named(one.holder, "type") if one is not None else None
        if one is not None and one.kind == "char" and kind is not None:
            yield code.put(kind, "int")


def pointer_size(code: Code) -> Iterator[SmallChange]:
    """An array that is a parameter is a pointer: its ``sizeof`` says nothing of its length."""
    places: list[list[Edit]] = []
    for node in code.nodes("binary_expression"):
        left, right = named(node, "left"), named(node, "right")
        function = above(node, "function_definition")
        if left is None or right is None or function is None or operator(code, node) != "/":
            continue
        if left.type != "sizeof_expression" or right.type != "sizeof_expression":
            continue
        given = list(parameters(code, function))
        name = code.text(left).removeprefix("sizeof").strip(" ()")
        is_given = any(code.text(one.node) == name and "*" in one.kind for one in given)
        lengths = [code.text(one.node) for one in given if one.kind in INTEGERS - {"char"}]
        if is_given and len(lengths) == 1:
            places.append([code.edit(node, lengths[0])])
    yield from all_then_each(code, places)
