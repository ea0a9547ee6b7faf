"""Traps of Python in what a value is: empty or missing, rounded, cut, or written differently."""

import re
from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.python_nodes import (
    CONDITIONS,
    SIMPLE,
    arguments,
    called,
    docstring,
    method,
    with_argument,
)
from spark_desktop.adapters.pitfalls.python_truths import Truths
from spark_desktop.adapters.pitfalls.shared import all_then_each
from spark_desktop.domain.small_change import SmallChange

_NEW_OF = {"append": "[]", "extend": "[]", "insert": "[]", "add": "set()", "update": "{}"}
# What may have a choice in it without brackets.
_ALONE = ("assignment", "return_statement", "argument_list", "keyword_argument", "list", "pair")


def zero_is_not_missing(code: Code) -> Iterator[SmallChange]:
    """0 and "" are false, too."""
    choices, conditions = list(_choices(code)), list(_conditions(code))
    truths = Truths(code) if choices or conditions else ()
    chosen = [edit for value, edit in choices if value not in truths]
    asked = [edit for value, edit in conditions if value not in truths]
    # Who writes a default so does it wherever there is one.
    yield from all_then_each(code, [[one] for one in chosen])
    # What is asked may be meant: nobody asked for a change of what the test does not need.
    for one in asked:
        yield code.together([one])
    if len(chosen) + len(asked) > 1 and asked:
        yield from islice(all_then_each(code, [[one] for one in (*chosen, *asked)]), 1)


def _choices(code: Code) -> Iterator[tuple[Node, Edit]]:
    """Yield what may be missing and has another value then, and the edit."""
    for node in code.nodes("boolean_operator"):
        left, right, sign = (named(node, field) for field in ("left", "right", "operator"))
        if left is None or right is None or sign is None or text_of(sign) != "or":
            continue
        if node.parent is not None and node.parent.type in (*CONDITIONS, "boolean_operator"):
            continue  # a condition, not a value
        if left.type in SIMPLE:
            value, other = code.text(left), code.text(right)
            text = f"{other} if {value} is None else {value}"
            stands_alone = node.parent is not None and node.parent.type in _ALONE
            yield left, code.edit(node, text if stands_alone else f"({text})")
        elif (
            (found := method(left)) is not None and found[1] == "get" and len(arguments(left)) == 1
        ):
            yield left, code.edit(node, f"{code.text(left)[:-1]}, {code.text(right)})")


def _conditions(code: Code) -> Iterator[tuple[Node, Edit]]:
    # Not those of ``while``: counted down to 0, it would never end.
    conditions = [named(one, "condition") for one in code.nodes("if_statement", "elif_clause")]
    for node in code.nodes("conditional_expression"):
        conditions += node.named_children[1:2] if len(node.named_children) == 3 else []
    for node in code.nodes("if_clause"):
        conditions += node.named_children[:1]
    for condition in conditions:
        inner = condition
        if condition is not None and condition.type == "not_operator":
            inner = named(condition, "argument")
        if condition is not None and inner is not None and inner.type in SIMPLE:
            sign = "is not" if inner == condition else "is"
            yield inner, code.edit(condition, f"{code.text(inner)} {sign} None")


def identity(code: Code) -> Iterator[SmallChange]:
    """Equal numbers and texts need not be the same object."""
    edits = []
    for node in code.nodes("comparison_operator"):
        last = node.named_children[-1]
        if last.type in ("none", "true", "false"):
            continue
        for one in node.children:
            if one.type in ("is", "is not"):
                edits.append(code.edit(one, "==" if one.type == "is" else "!="))
    yield from all_then_each(code, [[one] for one in edits])


def rounding(code: Code) -> Iterator[SmallChange]:
    """``//`` and ``int`` cut off, and ``round`` rounds halves to the even number."""
    for node in code.nodes("binary_operator"):
        left, right, sign = (named(node, field) for field in ("left", "right", "operator"))
        if left is None or right is None or sign is None:
            continue
        if text_of(sign) == "+" and text_of(right) == "1" and _is_floor(left):
            # The second is the first where there is something; the test may ask for nothing.
            yield code.put(node, _ceiling(code, left))
            yield code.put(node, f"max(1, {_ceiling(code, left)})")
        elif _is_floor(node) and not (node.parent is not None and _adds_one(node.parent)):
            share = f"{code.text(left)} / {code.text(right)}"
            # Below 0 what is cut off goes up.
            ways = _of_said(node, _ceiling(code, node), f"round({share})", f"int({share})")
            yield from code.alternatives(node, *ways)
    for node in code.nodes("call"):
        given = arguments(node)
        if len(given) != 1:
            continue
        value = code.text(given[0])
        if called(node) == "int" and given[0].type in ("binary_operator", *SIMPLE):
            yield code.put(node, f"round({value})")
        elif called(node) == "round":
            yield code.put(node, f"int({value} + 0.5)")


def _of_said(node: Node, ceiling: str, rounded: str, cut: str) -> tuple[str, ...]:
    """Return the one that the docstring asks for; all where it does not."""
    said = docstring(above(node, "function_definition")).lower()
    if re.search(r"\bround\w*\s+(it\s+|them\s+)?up\b|\bceil", said):
        return (ceiling,)
    is_rounded = re.search(r"\bround(s|ed|ing)?\b(?!\s+(it\s+|them\s+)?(down|towards?))", said)
    return (rounded,) if is_rounded else (ceiling, rounded, cut)


def _is_floor(node: Node) -> bool:
    sign = named(node, "operator")
    return node.type == "binary_operator" and sign is not None and text_of(sign) == "//"


def _adds_one(node: Node) -> bool:
    right, sign = named(node, "right"), named(node, "operator")
    is_sum = sign is not None and text_of(sign) == "+"
    return is_sum and right is not None and text_of(right) == "1"


def _ceiling(code: Code, node: Node) -> str:
    left, right = named(node, "left"), named(node, "right")
    if left is None or right is None:
        return code.text(node)
    above_ = code.text(left)
    if left.type not in (*SIMPLE, "call", "integer", "parenthesized_expression"):
        above_ = f"({above_})"
    return f"-(-{above_} // {code.text(right)})"


def missing_keys(code: Code) -> Iterator[SmallChange]:
    """What is not there yet has to begin somewhere."""
    for node in code.nodes("augmented_assignment"):
        left, right = named(node, "left"), named(node, "right")
        sign = named(node, "operator")
        if left is None or right is None or sign is None or left.type != "subscript":
            continue
        if (parts := _keyed(left)) is not None and text_of(sign) == "+=":
            if _is_asked_for(code, node, parts):
                continue
            there = f"{code.text(parts[0])}.get({code.text(parts[1])}, 0)"
            yield code.put(node, f"{code.text(left)} = {there} + {code.text(right)}")
    yield from _called_without(code)
    for node in code.nodes("return_statement"):
        value = node.named_children[0] if node.named_children else None
        if value is not None and (parts := _keyed(value)) is not None:
            yield code.put(value, f"{code.text(parts[0])}.get({code.text(parts[1])})")


def _is_asked_for(code: Code, node: Node, parts: tuple[Node, Node]) -> bool:
    """Return whether a condition around says that the key is there."""
    asked = f"{code.text(parts[1])} in {code.text(parts[0])}"
    around = above(node, "if_statement")
    while around is not None:
        condition, then = named(around, "condition"), named(around, "consequence")
        is_there = condition is not None and code.text(condition) == asked
        if is_there and then is not None and then.start_byte <= node.start_byte < then.end_byte:
            return True
        around = above(around, "if_statement")
    return False


def _keyed(node: Node) -> tuple[Node, Node] | None:
    """Return what a key is looked up in, and the key; None for slices and for several."""
    if node.type != "subscript":
        return None
    value, keys = named(node, "value"), node.children_by_field_name("subscript")
    return None if value is None or len(keys) != 1 or keys[0].type == "slice" else (value, keys[0])


def _called_without(code: Code) -> Iterator[SmallChange]:
    for node in code.nodes("call"):
        found = method(node)
        if found is None:
            continue
        on, name = found
        is_alone = node.parent is not None and node.parent.type == "expression_statement"
        if is_alone and name in _NEW_OF and (parts := _keyed(on)) is not None:
            value, key = (code.text(one) for one in parts)
            yield code.put(on, f"{value}.setdefault({key}, {_NEW_OF[name]})")
        given = arguments(node)
        if name == "pop" and len(given) == 1 and given[0].type != "integer":
            yield code.put(node, f"{code.text(node)[:-1]}, None)")
        elif name == "remove" and len(given) == 1:
            yield code.put(node, f"{code.text(on)}.discard({code.text(given[0])})")


def empty_ones(code: Code) -> Iterator[SmallChange]:
    """``max`` and ``next`` of nothing raise."""
    for node in code.nodes("call"):
        given = arguments(node)
        if called(node) in ("max", "min") and len(given) in (1, 2):
            if any(one.type == "keyword_argument" and "default" in code.text(one) for one in given):
                continue
            texts = [with_argument(code, node, f"default={value}") for value in ("None", "0")]
            yield from code.alternatives(node, *texts)
        elif called(node) == "next" and len(given) == 1:
            yield code.put(node, with_argument(code, node, "None"))


def wrapped_spans(code: Code) -> Iterator[SmallChange]:
    """A span of hours, or of months, may go over the end."""
    for node in code.nodes("comparison_operator"):
        signs = [one.type for one in node.children if not one.is_named]
        if len(node.named_children) != 3 or any(one not in ("<", "<=") for one in signs):
            continue
        low, value, high = (code.text(one) for one in node.named_children)
        turned = f"{low} {signs[0]} {value} or {value} {signs[1]} {high}"
        text = f"({low} {signs[0]} {value} {signs[1]} {high} if {low} <= {high} else {turned})"
        is_returned = node.parent is not None and node.parent.type == "return_statement"
        yield code.put(node, text[1:-1] if is_returned else text)


def signed_bytes(code: Code) -> Iterator[SmallChange]:
    """Bytes are read without a sign."""
    for node in code.nodes("call"):
        if called(node) == "int.from_bytes" and "signed" not in code.text(node):
            yield code.put(node, f"{code.text(node)[:-1]}, signed=True)")


def nearly_equal(code: Code) -> Iterator[SmallChange]:
    """0.1 + 0.2 is not 0.3."""
    has_floats: dict[int, bool] = {}
    if next(code.nodes("float"), None) is None:
        return
    for node in code.nodes("comparison_operator"):
        if len(node.named_children) != 2 or not any(one.type == "==" for one in node.children):
            continue
        around = above(node, "function_definition") or node
        if around.id not in has_floats:
            has_floats[around.id] = any(True for _ in below(around, "float"))
        if not has_floats[around.id]:
            continue
        left, right = (code.text(one) for one in node.named_children)
        yield code.put(node, f"abs({left} - {right}) < 1e-9")
