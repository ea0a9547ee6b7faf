"""A trap of JavaScript's classes that read piece by piece: each is read as if it were the first.

What a loop remembers from one element to the next has to last to the next call, too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.script_facts import facts
from spark_desktop.adapters.pitfalls.script_nodes import mentions, own, parameters, statements
from spark_desktop.adapters.pitfalls.shared import (
    each_then_all,
    indent_of,
    line_of,
    lines_below,
    stands_alone,
)
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_LOOPS = ("for_in_statement", "for_statement")
_FIELDS = ("public_field_definition", "field_definition")
_EMPTY = regex(r"[A-Za-z_$][\w$.]*|[-\d.]+|\"\"|''|``|\[\]|\{\}|new (?:Map|Set)(?:<.*>)?\(\)")
_RESETS = regex(r"_?(?:reset|restart|clear|begin|startOver|reopen|rewind|renew)")
_ANEW = regex(
    r"\breset|\banew\b|\bafresh\b|\bfresh\b|\bas if\b|\bstart(?:s|ing)? over\b|\bjust been\b"
    r"|\bfrom the (?:start|beginning)\b|\bas (?:new|at the (?:start|beginning))\b|\bback to\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Remembered:
    """A variable that a method declares in front of its loop, and its first value."""

    declaration: Node
    name: str
    kind: str
    value: str


def forgotten_between_calls(code: Code) -> Iterator[SmallChange]:
    """A method that reads pieces begins with what it had at the end of the last one."""

    def found() -> Iterator[list[Edit]]:
        for method in code.nodes("method_definition"):
            class_ = method.parent
            words = {text_of(one) for one in method.children if not one.is_named}
            is_own = class_ is not None and class_.type == "class_body"
            if not is_own or class_ is None or words & {"static", "get", "set", "*"}:
                continue
            if text_of(named(method, "name") or method) == "constructor":
                continue
            if not re.search(r"\bthis\.\w+", code.text(method)):
                continue
            for one in _remembered(code, method):
                if edits := _made_lasting(code, class_, method, one):
                    yield edits

    return each_then_all(code, found())


def _remembered(code: Code, method: Node) -> Iterator[_Remembered]:
    """Yield what a method begins with, and changes from round to round of a loop over a piece."""
    listed, given = statements(method), parameters(method)
    loops = [one for one in listed if one.type in _LOOPS]
    if len(loops) != 1 or not any(_is_over(loops[0], one) for one in given):
        return
    loop = loops[0]
    made = {text_of(one) for one in below(method, "identifier") if _declares(one)}
    for statement in listed[: listed.index(loop)]:
        parts = statement.named_children
        if statement.type != "lexical_declaration" or len(parts) != 1:
            continue
        name, value = named(parts[0], "name"), named(parts[0], "value")
        if name is None or name.type != "identifier" or not _EMPTY.fullmatch(_plain(code, value)):
            continue
        is_of_call = _plain(code, value).partition(".")[0] in {"this", *given, *made}
        if not is_of_call and _is_carried(method, loop, text_of(name)):
            kind = named(parts[0], "type")
            said = "" if kind is None else code.text(kind)
            yield _Remembered(statement, text_of(name), said, _plain(code, value))


def _plain(code: Code, value: Node | None) -> str:
    return "undefined" if value is None else code.text(value)


def _is_over(loop: Node, name: str) -> bool:
    """Return whether a loop goes over what a parameter holds."""
    head = named(loop, "right") or named(loop, "condition")
    return head is not None and mentions(head, name)


def _declares(node: Node) -> bool:
    parent = node.parent
    return parent is not None and named(parent, "name") == node


def _is_carried(method: Node, loop: Node, name: str) -> bool:
    """Return whether a variable is only that of a loop, which reads it and sets it."""
    if next(below(loop, "function_expression", "function_declaration"), None) is not None:
        return False
    words = ("shorthand_property_identifier", "shorthand_property_identifier_pattern")
    if any(text_of(one) == name for one in below(method, *words)):
        return False
    uses = [one for one in below(method, "identifier") if text_of(one) == name]
    inside = [one for one in uses if loop.start_byte <= one.start_byte < loop.end_byte]
    sets = [one for one in inside if _is_set(one)]
    is_bound = any(_declares(one) for one in inside)
    is_only_there = len(inside) + 1 == len(uses)
    return is_only_there and not is_bound and bool(sets) and len(sets) < len(inside)


def _is_set(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "update_expression":
        return parent.parent is not None and parent.parent.type == "expression_statement"
    kinds = ("assignment_expression", "augmented_assignment_expression")
    return parent.type in kinds and named(parent, "left") == node


def _made_lasting(code: Code, class_: Node, method: Node, one: _Remembered) -> list[Edit]:
    """Return the edits; none where it is not clear who begins anew."""
    is_typed = facts(code).is_typed
    field = one.name if is_typed else f"#{one.name}"
    gone = line_of(code, one.declaration)
    members = [each for each in class_.named_children if each.type != "comment"]
    names = {text_of(named(each, "name") or named(each, "property") or each) for each in members}
    is_taken = field in names or re.search(rf"this\.{re.escape(field)}\b", code.text(class_))
    if gone is None or is_taken or not stands_alone(code, members[0]):
        return []
    resets = _resets(code, class_, method)
    if resets is None:
        return []
    mark = ";" if code.text(one.declaration).endswith(";") else ""
    begins = "" if one.value == "undefined" else f" = {one.value}"
    head = f"{'private ' if is_typed else ''}{field}{one.kind}{begins}{mark}"
    uses = [each for each in below(method, "identifier") if text_of(each) == one.name]
    uses = [each for each in uses if above(each, "lexical_declaration") != one.declaration]
    again = f"this.{field} = {one.value}{mark}"
    return [
        gone,
        _declared(code, members, head),
        *(code.edit(each, f"this.{field}") for each in uses),
        *(lines_below(code, each, [again]) for each in resets),
    ]


def _declared(code: Code, members: list[Node], line: str) -> Edit:
    """Return what declares one more field, below those that are there."""
    fields = [one for one in members if one.type in _FIELDS]
    if fields:
        return lines_below(code, fields[-1], [line])
    first = members[0]
    while first.prev_named_sibling is not None and first.prev_named_sibling.type == "comment":
        first = first.prev_named_sibling
    start = code.places.start(first) - len(indent_of(code, first))
    text = f"{indent_of(code, first)}{line}{code.newline}{code.newline}"
    return start, start, text


def _resets(code: Code, class_: Node, method: Node) -> list[Node] | None:
    """Return the statements behind which an object is as it was at first.

    None where a method sets all back, but does not say whether that is what it is for.
    """
    begins = _first_values(code, class_)
    found = []
    for other in class_.named_children:
        name = text_of(named(other, "name") or other)
        if other.type != "method_definition" or other == method or name == "constructor":
            continue
        back = {
            goal: node for node, goal, value in _set_in(code, other) if begins.get(goal) == value
        }
        last = above(next(iter(back.values())), "expression_statement") if back else None
        before = other.prev_named_sibling
        said = code.text(before) if before is not None and before.type == "comment" else ""
        if _RESETS.match(name) or (back and _ANEW.search(said)):
            if last is None or last.parent != named(other, "body"):
                return None  # it begins anew in a way of its own
            found.append(last)
        elif back and set(back) >= set(begins):
            return None
    return found


def _first_values(code: Code, class_: Node) -> dict[str, str]:
    found = {}
    for one in class_.named_children:
        name, value = named(one, "name") or named(one, "property"), named(one, "value")
        if one.type in _FIELDS and name is not None and value is not None:
            found[f"this.{code.text(name)}"] = code.text(value)
        elif name is not None and text_of(name) == "constructor":
            found |= {goal: text for _node, goal, text in _set_in(code, one)}
    return found


def _set_in(code: Code, method: Node) -> Iterator[tuple[Node, str, str]]:
    """Yield the fields that a method sets, each with the assignment and the value's text."""
    for node in own(method, "assignment_expression"):
        left, right = named(node, "left"), named(node, "right")
        if left is not None and right is not None and code.text(left).startswith("this."):
            yield node, code.text(left), code.text(right)
