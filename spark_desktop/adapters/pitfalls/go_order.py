"""Traps of Go in what comes before what: an order by two things that mixes them up."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, Rule, above, below, named
from spark_desktop.adapters.pitfalls.go_nodes import first_of
from spark_desktop.adapters.pitfalls.go_types import FUNCTIONS, listed
from spark_desktop.adapters.pitfalls.shared import all_then_each, indent_of, stands_alone
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_SORTS = ("sort.Slice", "sort.SliceStable", "sort.SliceIsSorted")
_ORDERS = regex(
    r"(?i:less|sort|order|before|ahead|precede|earlier|higher|better|rank|compar)|[Cc]mp|^by[A-Z]"
)
_COMPARE = regex(r"(?:strings|cmp|bytes)\.Compare\(")
_IF = "if_statement"
_TURNED = {"<": ">", ">": "<"}


@dataclass(frozen=True, slots=True)
class _Step:
    """A comparison of the same thing of two, ``sides``, and what says that they differ in it."""

    node: Node
    differs: str
    sides: frozenset[str]


def _mixed(code: Code) -> Iterator[SmallChange]:
    """``a.x < b.x || a.y < b.y`` looks at y also where x says the opposite: it is no order."""
    ways: list[list[Edit]] = []
    for one in code.nodes("return_statement"):
        values = listed(one.named_children[0] if one.named_children else None)
        function = above(one, *FUNCTIONS)
        if len(values) != 1 or function is None or not stands_alone(code, one):
            continue
        if not _is_order(code, function):
            continue
        for sign in ("||", "&&") if _is_sorting(code, function) else ("||",):
            steps = [_step(code, part, function) for part in _parts(code, values[0], sign)]
            whole = [step for step in steps if step is not None]
            if len(whole) > 1 and len(whole) == len(steps):
                ways.append([code.edit(one, _one_by_one(code, one, whole))])
    yield from all_then_each(code, ways)


def _parts(code: Code, node: Node, sign: str) -> list[Node]:
    """Return the parts that a sign joins, from left to right; the node alone for none."""
    while node.type == "parenthesized_expression" and node.named_children:
        node = node.named_children[0]
    left, right, operator = (named(node, field) for field in ("left", "right", "operator"))
    if left is None or right is None or operator is None or code.text(operator) != sign:
        return [node]
    return [*_parts(code, left, sign), *_parts(code, right, sign)]


def _is_sorting(code: Code, function: Node) -> bool:
    """Return whether a function says for sure which of two comes first."""
    call = above(function, "call_expression")
    if function.type == "func_literal":
        given = listed(named(call, "arguments"))
        sorts = named(call, "function")
        return sorts is not None and function in given and code.text(sorts) in _SORTS
    name, listed_in = named(function, "name"), named(function, "parameters")
    is_less = function.type == "method_declaration" and name is not None
    return is_less and code.text(name or function) == "Less" and listed_in is not None


def _is_order(code: Code, function: Node) -> bool:
    """Return whether a function says which of two comes first, by what it is, or is called.

    Any other may ask whether one is less in something.
    """
    name = named(function, "name")
    outer = function.parent
    if name is None and outer is not None and outer.type in ("expression_list", "argument_list"):
        name = next(iter(outer.parent.named_children), None) if outer.parent is not None else None
    is_called_so = name is not None and _ORDERS.search(code.text(name)) is not None
    return is_called_so or _is_sorting(code, function)


def _pair(code: Code, function: Node) -> dict[str, str]:
    """Return what stands for what where two are exchanged: parameters, and what they are taken as.

    Empty for a function that does not take two of one type.
    """
    names = _names(code, named(function, "parameters"))
    if len(names) == 1:
        names += _names(code, named(function, "receiver"))
    if len(names) != 2:
        return {}
    pair = {names[0]: names[1], names[1]: names[0]}
    for one in below(function, "short_var_declaration"):
        left, right = listed(named(one, "left")), listed(named(one, "right"))
        texts = [code.text(value) for value in right]
        if len(left) == len(texts) == 2 and _exchanged(texts[0], pair) == texts[1]:
            first, second = (code.text(name) for name in left)
            pair |= {first: second, second: first}
    return pair


def _names(code: Code, parameters: Node | None) -> list[str]:
    given = listed(parameters)
    return [code.text(name) for one in given for name in one.children_by_field_name("name")]


def _exchanged(text: str, pair: dict[str, str]) -> str:
    return re.sub(r"(?<![\w.])\w+", lambda word: pair.get(word[0], word[0]), text)


def _step(code: Code, node: Node, function: Node) -> _Step | None:
    """Return a comparison that says of the same thing of both which comes first; None for others.

    What is the same as well is none of it.
    """
    pair = _pair(code, function)
    if node.type == "call_expression":
        called, given = named(node, "function"), listed(named(node, "arguments"))
        held, how = named(called, "operand"), named(called, "field")
        if held is None or how is None or code.text(how) not in ("Before", "After"):
            return None
        sides = [code.text(held), *(code.text(one) for one in given)]
        return (
            _Step(node, f"!{sides[0]}.Equal({sides[1]})", frozenset(sides))
            if (_are_same(sides, pair))
            else None
        )
    left, right, sign = (named(node, field) for field in ("left", "right", "operator"))
    if left is None or right is None or sign is None or code.text(sign) not in _TURNED:
        return None
    sides = [code.text(left), code.text(right)]
    if code.text(right) == "0" and _COMPARE.match(code.text(left)):
        sides = [code.text(one) for one in listed(named(left, "arguments"))]
    differs = f"{code.text(left)} != {code.text(right)}"
    return _Step(node, differs, frozenset(sides)) if _are_same(sides, pair) else None


def _are_same(sides: list[str], pair: dict[str, str]) -> bool:
    """Return whether both sides are the same but for whose it is."""
    return len(sides) == 2 and sides[0] != sides[1] and _exchanged(sides[0], pair) == sides[1]


def _one_by_one(code: Code, returning: Node, steps: list[_Step]) -> str:
    """Return the statements that look at the next thing only where the one before is the same."""
    lines = []
    for step in steps[:-1]:
        lines += [f"if {step.differs} {{", f"\treturn {code.text(step.node)}", "}"]
    lines.append(f"return {code.text(steps[-1].node)}")
    return f"{code.newline}{indent_of(code, returning)}".join(lines)


def _half(code: Code) -> Iterator[SmallChange]:
    """``if a.x < b.x { return true }`` goes on to y also where b comes first by x."""
    ways: list[list[Edit]] = []
    for one in code.nodes(_IF):
        condition, taken = named(one, "condition"), named(one, "consequence")
        first, function = first_of(taken), above(one, *FUNCTIONS)
        following = one.next_named_sibling
        if condition is None or first is None or function is None or following is None:
            continue
        if named(one, "alternative") is not None or first.type != "return_statement":
            continue
        step, value = _step(code, condition, function), code.text(first)
        if step is None or not _goes_on(code, following, step, function):
            continue
        before = _step_of(code, one.prev_named_sibling, function)
        if before is not None and before.sides == step.sides:
            continue
        if value == "return true" and _is_order(code, function):
            given = f"return {code.text(condition)}"
            ways.append([code.edit(condition, step.differs), code.edit(first, given)])
        elif value in ("return -1", "return 1") and condition.type == "binary_expression":
            other = "1" if value == "return -1" else "-1"
            ways.append([_other_half(code, one, condition, other)])
    yield from all_then_each(code, ways)


def _goes_on(code: Code, following: Node, step: _Step, function: Node) -> bool:
    """Return whether what follows compares another thing, and not what is left of this one."""
    if following.type == "return_statement":
        values = listed(following.named_children[0] if following.named_children else None)
        next_one = values[0] if len(values) == 1 else None
        if next_one is not None and _COMPARE.match(code.text(next_one)):
            return frozenset(map(code.text, listed(named(next_one, "arguments")))) != step.sides
    else:
        return _is_other(_step_of(code, following, function), step)
    return next_one is not None and _is_other(_step(code, next_one, function), step)


def _step_of(code: Code, node: Node | None, function: Node) -> _Step | None:
    """Return what the condition of an ``if`` compares; None for another statement."""
    condition = named(node, "condition") if node is not None and node.type == _IF else None
    return None if condition is None else _step(code, condition, function)


def _is_other(one: _Step | None, than: _Step) -> bool:
    return one is not None and one.sides != than.sides


def _other_half(code: Code, one: Node, condition: Node, value: str) -> Edit:
    """Return what gives the opposite where the opposite is the case, below an ``if``."""
    sign = named(condition, "operator") or condition
    left, right = named(condition, "left") or sign, named(condition, "right") or sign
    turned = f"{code.text(left)} {_TURNED[code.text(sign)]} {code.text(right)}"
    lines = [f"if {turned} {{", f"\treturn {value}", "}"]
    end, indent = code.places.end(one), indent_of(code, one)
    return end, end, "".join(f"{code.newline}{indent}{line}" for line in lines)


RULES: tuple[Rule, ...] = (_mixed, _half)
