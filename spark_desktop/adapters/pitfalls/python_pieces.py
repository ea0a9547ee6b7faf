"""A trap of Python's classes that read piece by piece: each piece is read as if it were the first.

What a loop remembers from one element to the next has to last to the next call, too.
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.python_nodes import (
    bound_names,
    docstring,
    is_name,
    own_nodes,
    parameters,
)
from spark_desktop.adapters.pitfalls.shared import each_then_all, line_of, lines_below
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

# A first value that is the same in each call, and new in each.
_FIRST = frozenset(
    {"identifier", "integer", "float", "string", "true", "false", "none", "list", "dictionary"}
    | {"set", "attribute", "call"}
)
_EMPTY = regex(r"(?:list|dict|set|bytearray)\(\)|[\w.]+|[-\d.]+|b?\"\"|b?''|\[\]|\{\}|None")
_RESETS = regex(r"_?(?:reset|restart|clear|begin|start_over|reopen|rewind|renew)")
_ANEW = regex(
    r"\breset|\banew\b|\bafresh\b|\bfresh\b|\bas if\b|\bstart(?:s|ing)? over\b|\bjust been\b"
    r"|\bfrom the (?:start|beginning)\b|\bas (?:new|at the (?:start|beginning))\b|\bback to\b",
    re.IGNORECASE,
)
_BOUND = ("for_statement", "for_in_clause", "with_item", "named_expression", "as_pattern_target")


def forgotten_between_calls(code: Code) -> Iterator[SmallChange]:
    """A method that reads pieces begins with what it had at the end of the last one."""

    def found() -> Iterator[list[Edit]]:
        for method in code.nodes("function_definition"):
            class_ = _class_of(method)
            init = _method(class_, "__init__") if class_ is not None else None
            if class_ is None or init is None or init == method or not _changes_itself(method):
                continue
            for statement, name, value in _remembered(code, method):
                edits = _made_lasting(code, (class_, init, method), statement, name, value)
                if edits:
                    yield edits

    return each_then_all(code, found())


def _class_of(method: Node) -> Node | None:
    """Return the class of a plain method; None for what is decorated, or no method."""
    body = method.parent
    class_ = None if body is None or body.type != "block" else body.parent
    given = named(method, "parameters")
    first = given.named_children[0] if given is not None and given.named_children else None
    is_own = class_ is not None and class_.type == "class_definition" and is_name(first, "self")
    return class_ if is_own else None


def _method(class_: Node, name: str) -> Node | None:
    return next((one for one in _methods(class_) if is_name(named(one, "name"), name)), None)


def _methods(class_: Node) -> Iterator[Node]:
    body = named(class_, "body")
    for one in body.named_children if body is not None else ():
        if one.type == "function_definition":
            yield one


def _remembered(code: Code, method: Node) -> Iterator[tuple[Node, str, str]]:
    """Yield what a method begins with, and changes from round to round of a loop over a piece."""
    body, given = named(method, "body"), parameters(method)
    listed = body.named_children if body is not None else []
    loops = [one for one in listed if one.type == "for_statement"]
    loop = loops[0] if len(loops) == 1 else None
    head = named(loop, "right")
    if loop is None or head is None or not any(_uses(head, one) for one in given):
        return
    for statement in listed[: listed.index(loop)]:
        one = statement.named_children[0] if statement.named_children else statement
        left, value = named(one, "left"), named(one, "right")
        if one.type != "assignment" or left is None or value is None:
            continue
        text = code.text(value)
        if left.type != "identifier" or value.type not in _FIRST or not _EMPTY.fullmatch(text):
            continue
        name = text_of(left)
        # What is only known in this call is no beginning for an object.
        is_of_call = text.partition(".")[0] in {"self", *bound_names(method)}
        if not is_of_call and name not in given and _is_carried(method, loop, one, name):
            yield statement, name, text


def _is_carried(method: Node, loop: Node, first: Node, name: str) -> bool:
    """Return whether a variable is only that of a loop, which reads it and sets it."""
    if any(name in map(text_of, _bound(one)) for one in own_nodes(method, *_BOUND)):
        return False
    if any(True for _ in below(loop, "function_definition", "lambda", "delete_statement")):
        return False
    uses = _uses(method, name)
    inside = [one for one in uses if loop.start_byte <= one.start_byte < loop.end_byte]
    is_outside = len(inside) + 1 != len(uses) or named(first, "left") not in uses
    sets = [one for one in inside if _is_set(one)]
    return not is_outside and bool(sets) and len(sets) < len(inside)


def _bound(node: Node) -> Iterator[Node]:
    """Yield the names that are bound otherwise than by an assignment."""
    yield from below(named(node, "left") or named(node, "name") or node, "identifier")


def _is_set(node: Node) -> bool:
    parent = node.parent
    kinds = ("assignment", "augmented_assignment")
    return parent is not None and parent.type in kinds and named(parent, "left") == node


def _uses(node: Node, name: str) -> list[Node]:
    """Return where a variable stands: no attribute of that name, and no argument's name."""
    found = []
    for one in below(node, "identifier"):
        parent = one.parent
        field = {"attribute": "attribute", "keyword_argument": "name"}.get(
            parent.type if parent is not None else "", ""
        )
        if text_of(one) == name and not (field and named(parent, field) == one):
            found.append(one)
    return found


def _changes_itself(method: Node) -> bool:
    """Return whether a method changes what its object holds, not only gives something."""
    for one in own_nodes(method, "assignment", "augmented_assignment", "call"):
        goal = named(one, "left") if one.type != "call" else named(one, "function")
        if goal is not None and goal.type != "identifier" and text_of(goal).startswith("self."):
            return True
    return False


def _made_lasting(
    code: Code, where: tuple[Node, Node, Node], statement: Node, name: str, value: str
) -> list[Edit]:
    """Return the edits; none where it is not clear who begins anew."""
    class_, init, method = where
    field = f"self._{name.lstrip('_')}"
    gone, end = line_of(code, statement), _last(init)
    is_taken = re.search(rf"{re.escape(field)}\b", code.text(class_)) is not None
    if gone is None or end is None or is_taken:
        return []
    resets = _resets(class_, init, method)
    if resets is None:
        return []
    line = f"{field} = {value}"
    uses = [one for one in _uses(method, name) if one not in _uses(statement, name)]
    edits = [gone, lines_below(code, end, [line]), *(code.edit(one, field) for one in uses)]
    return [*edits, *(lines_below(code, one, [line]) for one in resets)]


def _last(function: Node) -> Node | None:
    """Return the last statement of a function that has lines of its own."""
    body = named(function, "body")
    if body is None or body.start_point.row == function.start_point.row:
        return None
    return body.named_children[-1]


def _resets(class_: Node, init: Node, method: Node) -> list[Node] | None:
    """Return the statements behind which an object is as it was at first.

    None where a method sets all back, but does not say whether that is what it is for: who takes
    the lines that are complete leaves what is not.
    """
    begins = dict(_assigned(init))
    found = []
    for other in _methods(class_):
        name = text_of(named(other, "name") or other)
        back = [
            node
            for node in own_nodes(other, "assignment")
            for goal, text in _pairs(node)
            if begins.get(goal) == text
        ]
        if other in (init, method) or "self.__init__(" in text_of(other):
            continue
        if not back:
            if _RESETS.match(name):
                return None  # it begins anew in a way of its own
            continue
        statement = above(back[-1], "expression_statement") or back[-1].parent
        if statement is None or statement.parent != named(other, "body"):
            return None
        if _RESETS.match(name) or _ANEW.search(docstring(other)):
            found.append(statement)
        elif {goal for node in back for goal, _ in _pairs(node)} >= set(begins):
            return None
    return found


def _assigned(init: Node) -> Iterator[tuple[str, str]]:
    for node in own_nodes(init, "assignment"):
        yield from _pairs(node)


def _pairs(node: Node) -> Iterator[tuple[str, str]]:
    """Yield the attributes of the object that an assignment sets, each with its value's text."""
    left, right = named(node, "left"), named(node, "right")
    if left is None or right is None:
        return
    several = left.type == "pattern_list" and right.type == "expression_list"
    goals = left.named_children if several else [left]
    values = right.named_children if several else [right]
    for goal, value in zip(goals, values, strict=False):
        if goal.type == "attribute" and text_of(goal).startswith("self."):
            yield text_of(goal), text_of(value)
