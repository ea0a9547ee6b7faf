"""Traps of C and C++ in what is run: branches, names in inner blocks, and the order of it."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.cpp_names import (
    Name,
    class_around,
    fields,
    names_of,
    parameters,
)
from spark_desktop.adapters.pitfalls.cpp_types import operator, type_of
from spark_desktop.adapters.pitfalls.shared import all_then_each, each_then_all
from spark_desktop.domain.small_change import SmallChange

_LEAVES = (
    *("break_statement", "return_statement", "continue_statement", "throw_statement"),
    *("goto_statement", "co_return_statement"),
)
_COMPARED = ("==", "!=", "<", ">", "<=", ">=")
_BLOCKS = ("compound_statement", "case_statement")


def fall_through(code: Code) -> Iterator[SmallChange]:
    """A case without a break goes on with the next one."""
    places: list[list[Edit]] = []
    for case in code.nodes("case_statement"):
        following = case.next_named_sibling
        between = following
        while between is not None and between.type == "comment":
            between = between.next_named_sibling
        if following is None or between is None or following.type == "comment":
            continue
        parts = [one for one in case.named_children if one != named(case, "value")]
        if not parts or "fall" in code.text(parts[-1]).lower():
            continue
        last = parts[-1]
        if last.type == "compound_statement" and last.named_children:
            last = last.named_children[-1]
        if last.type not in _LEAVES and not _always_leaves(last):
            places.append([_behind(code, last, "break;")])
    yield from each_then_all(code, places)


def _always_leaves(node: Node) -> bool:
    if node.type != "if_statement":
        return False
    other = named(node, "alternative")
    branch = named(node, "consequence")
    inner = other.named_children[-1] if other is not None and other.named_children else None
    return branch is not None and inner is not None and all(_ends(one) for one in (branch, inner))


def _ends(node: Node) -> bool:
    if node.type == "compound_statement" and node.named_children:
        node = node.named_children[-1]
    return node.type in _LEAVES or _always_leaves(node)


def _behind(code: Code, node: Node, line: str) -> Edit:
    """Return what puts a statement behind another one: on its line where the case is on it, too."""
    end = code.places.end(node)
    begin = code.content.rfind("\n", 0, code.places.start(node)) + 1
    indent = re.match(r"[ \t]*", code.content[begin:])
    is_alone = not code.content[begin : code.places.start(node)].strip()
    gap = f"{code.newline}{indent[0]}" if is_alone and indent is not None else " "
    return end, end, f"{gap}{line}"


def set_in_condition(code: Code) -> Iterator[SmallChange]:
    """``=`` in a condition sets what it was to compare; a bare comparison was to set."""
    places: list[list[Edit]] = []
    for node in code.nodes("assignment_expression"):
        sign, right = named(node, "operator"), named(node, "right")
        if sign is None or right is None or code.text(sign) != "=" or not _is_condition(node):
            continue
        if right.type not in ("call_expression", "assignment_expression"):
            places.append([code.edit(sign, "==")])
    for node in code.nodes("expression_statement"):
        inner = next(iter(node.named_children), None)
        sign = named(inner, "operator")
        is_binary = inner is not None and inner.type == "binary_expression"
        if is_binary and sign is not None and code.text(sign) == "==":
            places.append([code.edit(sign, "=")])
    yield from all_then_each(code, places)


def _is_condition(node: Node) -> bool:
    """Return whether a value, or what it is a part of, is asked for being true."""
    child, parent = node, node.parent
    while parent is not None and parent.type in ("binary_expression", "parenthesized_expression"):
        child, parent = parent, parent.parent
    return parent is not None and (
        parent.type == "condition_clause" or named(parent, "condition") == child
    )


def shadowed(code: Code) -> Iterator[SmallChange]:
    """A declaration in an inner block makes a second variable; the outer one stays as it was."""
    places: list[list[Edit]] = []
    for node in code.nodes("declaration"):
        names = list(names_of(code, node))
        kind = named(node, "type")
        if len(names) != 1 or names[0].value is None or kind is None or names[0].is_reference:
            continue
        if node.parent is None or node.parent.type not in _BLOCKS:
            continue
        one = names[0]
        outer = _outer(code, node, code.text(one.node))
        if outer is None or "const " in code.text(outer.holder):
            continue
        is_same = one.kind == outer.kind or "auto" in (one.kind, outer.kind)
        if is_same or type_of(code, one.value) == outer.kind:
            start, end = code.places.start(node), code.places.start(one.node)
            places.append([(start, end, "")])
    yield from all_then_each(code, places)


def _outer(code: Code, node: Node, name: str) -> Name | None:
    """Return the local, parameter or field of that name that a declaration hides."""
    block = node.parent
    function = above(node, "function_definition", "lambda_expression")
    if block is None or function is None:
        return None
    if block.parent != function:
        for one in below(function, "declaration", "for_range_loop"):
            is_around = one.parent is not None and one.parent.start_byte < block.start_byte
            reaches = one.parent is not None and one.parent.end_byte >= block.end_byte
            if is_around and reaches and one.end_byte <= node.start_byte:
                for other in names_of(code, one):
                    if code.text(other.node) == name:
                        return other
        for other in parameters(code, function):
            if code.text(other.node) == name:
                return other
    for other in fields(code, class_around(code, function)):
        if code.text(other.node) == name:
            return other
    return None


def set_to_itself(code: Code) -> Iterator[SmallChange]:
    """A parameter that has a field's name hides it: ``x = x`` sets the parameter."""
    places: list[list[Edit]] = []
    for function in code.nodes("function_definition"):
        own = {code.text(one.node) for one in fields(code, class_around(code, function))}
        for one in parameters(code, function):
            name = code.text(one.node)
            for node in below(function, "assignment_expression"):
                left = named(node, "left")
                is_it = left is not None and code.text(left) == name
                if left is not None and is_it and name in own and not one.is_reference:
                    places.append([code.edit(left, f"this->{name}")])
    yield from all_then_each(code, places)


def bits_compared(code: Code) -> Iterator[SmallChange]:
    """``a & 1 == 0`` compares first, ``1 << a + b`` adds first, ``!a == b`` negates first."""
    places: list[list[Edit]] = []
    for node in code.nodes("binary_expression"):
        left, right = named(node, "left"), named(node, "right")
        sign = operator(code, node)
        if left is None or right is None:
            continue
        first, second = named(right, "left"), named(right, "right")
        is_compared = right.type == "binary_expression" and operator(code, right) in _COMPARED
        is_bits = sign in ("&", "|", "^") and is_compared
        is_shift = sign in ("<<", ">>") and operator(code, right) in ("+", "-", "|")
        is_shift = is_shift and type_of(code, left) != "" and right.type == "binary_expression"
        if (is_bits or is_shift) and first is not None and second is not None:
            inner = f"({code.text(left)} {sign} {code.text(first)})"
            text = f"{inner} {operator(code, right)} {code.text(second)}"
            places.append([code.edit(node, text)])
        elif sign in ("==", "!=") and left.type == "unary_expression":
            argument = named(left, "argument")
            if operator(code, left) == "!" and argument is not None:
                turned = "!=" if sign == "==" else "=="
                text = f"{code.text(argument)} {turned} {code.text(right)}"
                places.append([code.edit(node, text)])
    yield from all_then_each(code, places)


def between(code: Code) -> Iterator[SmallChange]:
    """``a < b < c`` compares 0 or 1 with c."""
    places: list[list[Edit]] = []
    for node in code.nodes("binary_expression"):
        left, right = named(node, "left"), named(node, "right")
        if left is None or right is None or left.type != "binary_expression":
            continue
        signs = operator(code, left), operator(code, node)
        middle = named(left, "right")
        is_chain = all(sign in ("<", "<=") for sign in signs) or all(
            sign in (">", ">=") for sign in signs
        )
        if (is_chain or signs == ("==", "==")) and middle is not None:
            text = f"{code.text(left)} && {code.text(middle)} {signs[1]} {code.text(right)}"
            places.append([code.edit(node, text)])
    yield from all_then_each(code, places)


def stepped_pointer(code: Code) -> Iterator[SmallChange]:
    """``*count++`` steps the pointer, not what it points at."""
    places: list[list[Edit]] = []
    for node in code.nodes("expression_statement"):
        star = next(iter(node.named_children), None)
        inner = named(star, "argument")
        if star is None or star.type != "pointer_expression" or inner is None:
            continue
        name = named(inner, "argument")
        if inner.type == "update_expression" and name is not None:
            places.append([code.edit(star, f"(*{code.text(name)}){operator(code, inner)}")])
    yield from all_then_each(code, places)


def kept_static(code: Code) -> Iterator[SmallChange]:
    """A static local keeps what the last call left in it."""
    for node in code.nodes("declaration"):
        first = node.children[0]
        is_static = first.type == "storage_class_specifier" and code.text(first) == "static"
        function = above(node, "function_definition", "lambda_expression")
        names = {code.text(one.node) for one in names_of(code, node)}
        # Not what is done only once, or counted from call to call.
        is_given = function is not None and any(
            code.text(value) in names
            for one in below(function, "return_statement")
            for value in one.named_children
        )
        if is_static and is_given and "const" not in code.text(node):
            start, end = code.places.start(first), code.places.start(node.children[1])
            yield code.together([(start, end, "")])
