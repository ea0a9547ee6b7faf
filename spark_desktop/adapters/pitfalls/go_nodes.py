"""What the rules for Go look for: what is assigned to, calls, and functions."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, above, below, named
from spark_desktop.adapters.pitfalls.go_types import listed


def targets(code: Code, within: Node | None = None) -> Iterator[tuple[Node, Node]]:
    """Yield what is assigned to, increased or decreased, with its statement."""
    kinds = ("assignment_statement", "inc_statement", "dec_statement")
    for one in code.nodes(*kinds) if within is None else below(within, *kinds):
        if one.type == "assignment_statement":
            for target in listed(named(one, "left")):
                yield target, one
        elif one.named_children:
            yield one.named_children[0], one


def root_of(node: Node) -> Node:
    """Return the name that a chain of fields and elements begins with."""
    while (inner := named(node, "operand")) is not None and node.type in (
        *("selector_expression", "index_expression"),
    ):
        node = inner
    return node


def functions(code: Code) -> Iterator[Node]:
    """Yield the functions with a body that are within the lines, from the top on."""
    for one in code.nodes("function_declaration", "method_declaration"):
        if named(one, "body") is not None:
            yield one


def calls(call: Node, code: Code, *names: str) -> bool:
    """Return whether a node is a call of one of these."""
    function = named(call, "function")
    return function is not None and code.text(function) in names


def goal_of(call: Node) -> Node | None:
    """Return what the value of a call is assigned to."""
    statement = above(call, "assignment_statement", "short_var_declaration")
    values = listed(named(statement, "right"))
    if statement is None or call.id not in {one.id for one in values}:
        return None
    goals = listed(named(statement, "left"))
    place = [one.id for one in values].index(call.id)
    return goals[place] if place < len(goals) else None


def first_of(body: Node | None) -> Node | None:
    """Return the first statement of a block."""
    for one in body.named_children if body is not None else ():
        if one.type == "statement_list":
            return one.named_children[0] if one.named_children else None
    return None
