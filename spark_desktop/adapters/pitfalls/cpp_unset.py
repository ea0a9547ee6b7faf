"""Traps of variables and fields of C and C++ that nothing is set in."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.cpp_names import class_around, class_named, fields
from spark_desktop.adapters.pitfalls.cpp_types import FLOATS, INTEGERS, operator
from spark_desktop.adapters.pitfalls.shared import all_then_each
from spark_desktop.domain.small_change import SmallChange


def unset(code: Code, fallback: str) -> Iterator[SmallChange]:
    """What is declared without a value holds anything at all."""
    places: list[list[Edit]] = []
    for node in code.nodes("declaration"):
        is_condition = named(node, "value") is not None
        if is_condition or any(one.type == "storage_class_specifier" for one in node.children):
            continue
        for declarator in node.children_by_field_name("declarator"):
            value = _zero(code, node, declarator, fallback)
            if value and _is_read_first(code, node, declarator):
                places.append([code.edit(declarator, f"{code.text(declarator)}{value}")])
    yield from all_then_each(code, places)


def _zero(code: Code, holder: Node, declarator: Node, fallback: str) -> str:
    kind = code.text(named(holder, "type") or holder).removeprefix("std::")
    if declarator.type == "pointer_declarator":
        return f" = {fallback}"
    if declarator.type == "array_declarator":
        is_fixed = code.text(named(declarator, "size") or declarator).isdecimal()
        return " = {0}" if is_fixed and kind in INTEGERS | FLOATS else ""
    if declarator.type not in ("identifier", "field_identifier"):
        return ""
    if kind == "bool":
        return " = false"
    if kind == "char":
        return " = '\\0'"
    return " = 0.0" if kind in FLOATS else " = 0" if kind in INTEGERS else ""


def _is_read_first(code: Code, holder: Node, declarator: Node) -> bool:
    around = above(holder, "compound_statement")
    own = next(below(declarator, "identifier"), None)
    if around is None or own is None:
        return False
    name = code.text(own)
    for node in below(around, "identifier"):
        if node.start_byte < holder.end_byte or code.text(node) != name or node.parent is None:
            continue
        user = node.parent
        if user.type == "subscript_expression" and named(user, "argument") == node:
            return True
        if user.type == "assignment_expression" and named(user, "left") == node:
            is_set = operator(code, user) == "=" and _is_always_run(user, around)
            return not is_set
        if user.type == "pointer_expression" and operator(code, user) == "&":
            return False
        if user.type == "binary_expression" and operator(code, user) == ">>":
            return named(user, "right") != node
        return user.type != "argument_list"
    return False


def _is_always_run(node: Node, around: Node) -> bool:
    """Return whether a node stands in a block itself, not in a branch or a loop of it."""
    statement = node.parent
    head = ("for_statement",)
    return statement is not None and (
        statement.parent == around or statement.type in head or statement.parent.type in head
        if statement.parent is not None
        else False
    )


def unset_fields(code: Code) -> Iterator[SmallChange]:
    """A field of a plain type without a value, and without a constructor that gives one.

    Its declaration is usually outside of the function that shows it.
    """
    owners = _classes_at(code)
    initialized = below(code.root, "field_initializer") if owners else ()
    listed = {code.text(one.named_children[0]) for one in initialized}
    for owner in owners:
        set_names = set(listed)
        for one in below(owner, "assignment_expression"):
            function = above(one, "function_definition")
            left = named(one, "left")
            if function is not None and named(function, "type") is None and left is not None:
                set_names.add(code.text(left).removeprefix("this->"))
        edits = []
        for field in fields(code, owner):
            declarator = field.holder.child_by_field_name("declarator")
            is_set = field.value is not None or code.text(field.node) in set_names
            if is_set or declarator is None or _is_shared(code, field.holder):
                continue
            value = _zero(code, field.holder, declarator, "nullptr")
            if value:
                edits.append(code.edit(declarator, f"{code.text(declarator)}{value}"))
        if edits:
            yield code.together(edits)


def _is_shared(code: Code, holder: Node) -> bool:
    words = ("storage_class_specifier", "type_qualifier")
    return any(one.type in words for one in holder.children)


def _classes_at(code: Code) -> list[Node]:
    """Return the classes of the methods, and those that the lines name."""
    found = [class_around(code, one) for one in code.nodes("function_definition")]
    found += [class_named(code, code.text(one)) for one in code.nodes("type_identifier")]
    return list({one.id: one for one in found if one is not None}.values())
