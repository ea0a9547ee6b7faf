"""What the rules for Python ask of its syntax."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, below, named

SIMPLE = ("identifier", "attribute", "subscript")
CONDITIONS = ("if_statement", "elif_clause", "while_statement")
LOOPS = ("for_statement", "for_in_clause")
_PARAMETERS = ("identifier", "typed_parameter", "default_parameter", "typed_default_parameter")
# Functions that walk what they are given.
_WALKS = {
    *("all", "any", "dict", "enumerate", "filter", "frozenset", "iter", "list", "map", "max"),
    *("min", "set", "sorted", "sum", "tuple", "zip"),
}


def parameters(function: Node) -> dict[str, Node]:
    """Return the parameters by name, without ``self``, ``cls`` and those with stars."""
    found: dict[str, Node] = {}
    listed = named(function, "parameters")
    for one in listed.named_children if listed is not None else ():
        if one.type not in _PARAMETERS:
            continue
        name = one.child_by_field_name("name") or one
        if name.type == "typed_parameter":
            name = name.named_children[0]
        if name.type == "identifier" and text_of(name) not in ("self", "cls"):
            found[text_of(name)] = one
    return found


def first_statement(function: Node) -> Node | None:
    """Return the first statement behind the docstring; None where it is on the ``def``'s line."""
    body = named(function, "body")
    if body is None or body.start_point.row == function.start_point.row:
        return None
    statements = [one for one in body.named_children if one.type != "comment"]
    if len(statements) > 1 and _is_docstring(statements[0]):
        return statements[1]
    return statements[0] if statements and not _is_docstring(statements[0]) else None


def at_start(code: Code, function: Node, *lines: str) -> Edit | None:
    """Return what puts lines in front of all that a function does."""
    first = first_statement(function)
    if first is None:
        return None
    begin, end, _ = code.before(first, "")
    return begin, end, "".join(code.before(first, line)[2] for line in lines)


def called(node: Node) -> str:
    """Return the text of what a call calls; "" for anything else."""
    function = named(node, "function") if node.type == "call" else None
    return "" if function is None else text_of(function)


def method(node: Node) -> tuple[Node, str] | None:
    """Return on what a call calls a method, and which; None for any other node."""
    function = named(node, "function") if node.type == "call" else None
    if function is None or function.type != "attribute":
        return None
    whole, name = named(function, "object"), named(function, "attribute")
    return None if whole is None or name is None else (whole, text_of(name))


def arguments(node: Node) -> list[Node]:
    """Return what a call passes, in its order; comments left out."""
    listed = named(node, "arguments")
    if listed is None:
        return []
    if listed.type == "generator_expression":
        return [listed]  # it shares the brackets of the call
    return [one for one in listed.named_children if one.type != "comment"]


def with_argument(code: Code, node: Node, more: str) -> str:
    """Return a call with one more argument behind its own."""
    function = named(node, "function")
    given = [code.text(one) for one in arguments(node)]
    return f"{code.text(function) if function else ''}({', '.join((*given, more))})"


def is_name(node: Node | None, name: str) -> bool:
    """Return whether a node is just this name."""
    return node is not None and node.type == "identifier" and text_of(node) == name


def walked(function: Node) -> Iterator[Node]:
    """Yield what is walked from the first element to the last."""
    for node in below(function, *LOOPS, "call", "list_splat", "dictionary_splat"):
        right = named(node, "right") if node.type in LOOPS else None
        if right is not None:
            yield right
        elif node.type == "call" and (called(node) in _WALKS or _joins(node)):
            yield from arguments(node)


def _joins(node: Node) -> bool:
    found = method(node)
    return found is not None and found[1] in ("join", "extend", "update", "writelines")


def _is_docstring(node: Node) -> bool:
    return (
        node.type == "expression_statement"
        and bool(node.named_children)
        and node.named_children[0].type == "string"
    )
