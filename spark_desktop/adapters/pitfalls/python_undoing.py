"""A trap of Python: what raises in the middle of a loop leaves the rounds before it done.

The way out works on a copy, which takes the place of the whole once nothing can fail any more.
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.python_kinds import copy_of, kinds_in
from spark_desktop.adapters.pitfalls.python_nodes import is_name, method
from spark_desktop.adapters.pitfalls.shared import each_then_all, lines_below, stands_alone
from spark_desktop.domain.small_change import SmallChange

_CHANGES = frozenset(
    {"append", "extend", "insert", "remove", "pop", "add", "discard", "update", "clear"}
    | {"setdefault", "popitem"}
)
_MOST = 3


def left_half_done(code: Code) -> Iterator[SmallChange]:
    """Where a later element is refused, those before it have been taken."""
    return each_then_all(code, (_on_copies(code, one) for one in code.nodes("for_statement")))


def _on_copies(code: Code, loop: Node) -> list[Edit]:
    function = above(loop, "function_definition", "lambda")
    class_ = above(loop, "class_definition")
    body = named(loop, "body")
    if function is None or class_ is None or body is None or not stands_alone(code, loop):
        return []
    is_own = is_name(next(iter(_given(function)), None), "self")
    # Who catches something may put back what was done.
    is_caught = next(below(function, "try_statement", "with_statement"), None) is not None
    is_top = loop.parent == named(function, "body")
    if not is_own or is_caught or not is_top or not _may_refuse(body):
        return []
    # A method of its own would look at what is not changed yet.
    if re.search(r"\bself\.\w+\(", code.text(loop)):
        return []
    changed = dict.fromkeys(_changed(body))
    copies = {one: copy_of(one, kind) for one, kind in kinds_in(class_).items() if one in changed}
    known = {text_of(one) for one in below(function, "identifier") if not _is_field(one)}
    names = {one: _name_of(one, known) for one in changed}
    is_sure = len(copies) == len(changed) and all(
        copy and not copy.startswith("copy.") for copy in copies.values()
    )
    if not 0 < len(changed) <= _MOST or not is_sure or len(set(names.values())) < len(names):
        return []
    uses = [one for one in below(loop, "attribute") if text_of(one) in changed]
    return [
        code.before(loop, *(f"{names[one]} = {copies[one]}" for one in changed)),
        *(code.edit(one, names[text_of(one)]) for one in uses),
        lines_below(code, loop, [f"{one} = {names[one]}" for one in changed]),
    ]


def _given(function: Node) -> list[Node]:
    listed = named(function, "parameters")
    return [] if listed is None else listed.named_children


def _may_refuse(body: Node) -> bool:
    """Return whether a round may end the whole because of what it was given."""
    for one in below(body, "raise_statement", "return_statement"):
        if one.type == "raise_statement" or text_of(one) == "return False":
            return True
    return False


def _changed(body: Node) -> Iterator[str]:
    """Yield the attributes whose elements a loop sets, takes out or puts in."""
    for one in below(body, "assignment", "augmented_assignment", "call", "delete_statement"):
        goals = [named(one, "left")] if one.type != "delete_statement" else one.named_children
        for goal in goals:
            held = named(goal, "value") if goal is not None and goal.type == "subscript" else None
            if held is not None and _is_of_self(held):
                yield text_of(held)
        found = method(one)
        if found is not None and found[1] in _CHANGES and _is_of_self(found[0]):
            yield text_of(found[0])


def _is_of_self(node: Node) -> bool:
    return node.type == "attribute" and is_name(named(node, "object"), "self")


def _is_field(node: Node) -> bool:
    return node.parent is not None and named(node.parent, "attribute") == node


def _name_of(attribute: str, known: set[str]) -> str:
    word = attribute.removeprefix("self.").lstrip("_")
    return word if word not in known else f"new_{word}"
