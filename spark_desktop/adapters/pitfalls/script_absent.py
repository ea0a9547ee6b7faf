"""Traps of what is not there, in JavaScript and TypeScript: 0, "", null, undefined and NaN."""

from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, named
from spark_desktop.adapters.pitfalls.script_facts import facts
from spark_desktop.adapters.pitfalls.script_nodes import (
    COMPARISONS,
    FUNCTIONS,
    around,
    at_top,
    called,
    calls,
    end_mark,
    is_field,
    operator,
    parameters,
    sides,
    statements,
)
from spark_desktop.adapters.pitfalls.script_truths import is_asked, is_truth
from spark_desktop.adapters.pitfalls.shared import all_then_each, each_then_all
from spark_desktop.domain.small_change import SmallChange

_PARSED = frozenset({"Number", "parseInt", "parseFloat"})


_LOOKUPS = frozenset({"get", "find", "at", "pop", "shift"})


def falsy_for_absent(code: Code) -> Iterator[SmallChange]:
    """Who takes ``||`` for a default may ask for presence in the same way: both at once."""
    defaults, asked = list(_defaults(code)), list(_presence(code))
    if any(defaults) and any(asked):
        yield from islice(all_then_each(code, [*defaults, *asked]), 1)


def default_for_falsy(code: Code) -> Iterator[SmallChange]:
    """``given || other`` takes the other for a given 0, "" and false, too.

    Who writes it once does so wherever there is a default; truths are not among them.
    """
    return all_then_each(code, _defaults(code))


def _defaults(code: Code) -> Iterator[list[Edit]]:
    for node in code.nodes("binary_expression"):
        if operator(node) == "||" and not _is_part(node) and _is_value(node):
            yield _chain(code, node)
    for node in code.nodes("augmented_assignment_expression"):
        sign = named(node, "operator")
        left = named(node, "left")
        if sign is not None and text_of(sign) == "||=" and not (left and is_truth(code, left)):
            yield [code.edit(sign, "??=")]


def _is_part(node: Node) -> bool:
    """Return whether an alternative is one operand of a longer row of them."""
    return node.parent is not None and operator(node.parent) in ("||", "&&", "!", "??")


def _is_value(node: Node) -> bool:
    outer = around(node)
    if is_field(outer, "condition") or (outer.parent is not None and operator(outer.parent) == "!"):
        return False
    return outer.parent is not None and outer.parent.type != "expression_statement"


def _chain(code: Code, node: Node) -> list[Edit]:
    """Return the edits of a row ``a || b || c``; none where it is one of truths."""
    found: list[Edit] = []
    while operator(node) == "||":
        both, sign = sides(node), named(node, "operator")
        if both is None or sign is None:
            return []
        if not _may_be_absent(code, both[0]) or _is_truth(code, both[1]):
            return []
        # Who has "true" in its place loses a given false.
        if both[1].type != "true" and is_truth(code, both[0]):
            return []
        found.append(code.edit(sign, "??"))
        node = both[0]
    return found


def _may_be_absent(code: Code, node: Node) -> bool:
    if operator(node) == "||":
        return True
    if operator(node) == "&&" or called(node) in _PARSED:
        return False
    known = facts(code).known(node)
    if node.type == "call_expression" and known.kind:
        return False
    is_never = known.absent == frozenset() and node.type not in ("identifier", "member_expression")
    return known.kind in ("", "number", "string", "boolean", "array", "object") and not is_never


def _is_truth(code: Code, node: Node) -> bool:
    if operator(node) in ("&&", "!") or operator(node) in COMPARISONS:
        return True
    return node.type == "call_expression" and facts(code).known(node).kind == "boolean"


def truth_for_presence(code: Code) -> Iterator[SmallChange]:
    """``if (!x)`` takes a 0 and a "" for nothing."""
    return each_then_all(code, _presence(code))


def _presence(code: Code) -> Iterator[list[Edit]]:
    for node in code.nodes(
        *("identifier", "member_expression", "subscript_expression", "call_expression")
    ):
        if is_asked(node) and _may_be_falsy(code, node):
            yield [_asked_for_presence(code, node)]
    for _call, _held, given in calls(code, "filter"):
        if len(given) == 1 and code.text(given[0]) == "Boolean":
            yield [code.edit(given[0], "(value) => value != null")]


def _may_be_falsy(code: Code, node: Node) -> bool:
    if node.type == "call_expression" and called(node) not in _LOOKUPS:
        return False
    name = named(node, "property") or node
    if node.type != "call_expression" and is_truth(code, node):
        return False
    if text_of(name) in ("length", "size") and named(node, "optional_chain") is None:
        return False
    known = facts(code).known(node)
    if known.absent == frozenset() and not _is_parsed(code, node):
        return False
    return known.kind in ("", "number", "string")


def _is_parsed(code: Code, node: Node) -> bool:
    """Return whether a value is a number that was read, so that it may be NaN."""
    declared = facts(code).declared(node) if node.type == "identifier" else None
    value = named(declared, "value")
    return value is not None and called(value) in _PARSED


def _asked_for_presence(code: Code, node: Node) -> Edit:
    outer, is_negated = node, False
    while outer.parent is not None and operator(outer.parent) == "!":
        outer, is_negated = outer.parent, not is_negated
    text = code.text(node)
    if _is_parsed(code, node):
        return code.edit(outer, f"{'' if is_negated else '!'}Number.isNaN({text})")
    absent = facts(code).known(node).absent
    sign = "=" if is_negated else "!"
    if absent is not None and len(absent) == 1:
        return code.edit(outer, f"{text} {sign}== {next(iter(absent))}")
    return code.edit(outer, f"{text} {sign}= null")


def empty_is_true(code: Code) -> Iterator[SmallChange]:
    """An empty list, map or set is true."""

    def found() -> Iterator[list[Edit]]:
        for node in code.nodes("identifier", "member_expression", "call_expression"):
            kind = facts(code).known(node).kind
            if kind not in ("array", "map", "set") or not is_asked(node):
                continue
            count = f"{code.text(node)}.{'length' if kind == 'array' else 'size'}"
            if count in code.text(node.parent.parent or node) if node.parent else False:
                continue
            outer = node.parent
            absent = facts(code).known(node).absent
            if outer is not None and operator(outer) == "!":
                other = f"{count} === 0" if not absent else f"!{count.replace('.', '?.', 1)}"
                yield [code.edit(outer, other if not absent or node.type == "identifier" else "")]
            else:
                there = f"{code.text(node)} && " if absent else ""
                yield [code.edit(node, f"{there}{count} > 0")]

    return each_then_all(code, (one for one in found() if one[0][2]))


def default_for_null(code: Code) -> Iterator[SmallChange]:
    """The default of a parameter does not stand in for null."""

    def found() -> Iterator[list[Edit]]:
        for function in code.nodes(*FUNCTIONS):
            for name, node in parameters(function).items():
                value = named(node, "value") or named(node, "right")
                kind = named(node, "type")
                may_be_null = kind is None or "null" in text_of(kind)
                if value is None or value.type == "null" or not may_be_null:
                    continue
                is_part = node.type == "object_assignment_pattern"
                if not statements(function) or (is_part and facts(code).is_typed):
                    continue
                mark = end_mark(code, statements(function)[0])
                line = at_top(code, function, f"{name} ??= {code.text(value)}{mark}")
                yield [line] if line else []

    return each_then_all(code, found())


def nothing_to_take_apart(code: Code) -> Iterator[SmallChange]:
    """``function f({ a = 1 })`` fails where it is called without anything."""
    for pattern in code.nodes("object_pattern"):
        outer = pattern.parent
        if outer is None or outer.type not in ("formal_parameters", "required_parameter"):
            continue
        types = {one.type for one in pattern.named_children}
        if types == {"object_assignment_pattern"} and named(outer, "value") is None:
            target = pattern if outer.type == "formal_parameters" else outer
            yield code.put(target, f"{code.text(target)} = {{}}")
