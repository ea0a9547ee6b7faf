"""What the rules for Python ask of its syntax."""

from collections.abc import Iterator
from functools import cached_property

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, below, named
from spark_desktop.domain.grafting import with_imports

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


def docstring(function: Node | None) -> str:
    """Return what a function says of itself, with its quotes; "" for nothing."""
    body = named(function, "body")
    first = body.named_children[0] if body is not None and body.named_children else None
    return text_of(first) if first is not None and _is_docstring(first) else ""


def at_start(code: Code, function: Node, *lines: str) -> Edit | None:
    """Return what puts lines in front of all that a function does."""
    first = first_statement(function)
    return None if first is None else code.before(first, *lines)


def own_nodes(scope: Node, *types: str) -> Iterator[Node]:
    """Yield the nodes of a function or module that are in no function or class inside."""
    waiting = list(reversed(scope.children))
    while waiting:
        node = waiting.pop()
        if node.type in types:
            yield node
        if node.type not in ("function_definition", "class_definition", "lambda"):
            waiting += reversed(node.children)


def bound_names(scope: Node) -> set[str]:
    """Return the names that a function or module binds itself, or says whose they are."""
    kinds = ("assignment", "for_statement", "as_pattern_target", "global_statement")
    found = set(parameters(scope))
    for node in own_nodes(scope, *kinds, "nonlocal_statement", "named_expression"):
        target = named(node, "left") or named(node, "name") or node
        if target.type not in ("attribute", "subscript") and target.type not in LOOPS:
            found |= {text_of(one) for one in below(target, "identifier")}
    return found


class Import:
    """A module that changes of a file need, by its name."""

    def __init__(self, code: Code, module: str) -> None:
        self._code = code
        self._module = module

    @cached_property
    def edits(self) -> list[Edit] | None:
        """What makes it known in the file, [] where it is.

        None where its name stands for something else there.
        """
        code, module = self._code, self._module
        if any(_binds(one, module) for one in code.every("identifier")):
            return None
        top = code.root.named_children
        imports = [one for one in top if one.type == "import_statement"]
        if any(module in map(text_of, one.named_children) for one in imports):
            return []
        # Imports stand in the file's head, and only that has to be read for their place.
        first = next((one for one in top if not _is_head(one)), None)
        head = code.content[: len(code.content) if first is None else code.before(first)[0]]
        after = with_imports(head, [f"import {module}"])
        pairs = enumerate(zip(head, after, strict=False))
        place = next((at for at, (old, new) in pairs if old != new), len(head))
        added = after[place : place + len(after) - len(head)].replace("\r\n", "\n")
        return [(place, place, added.replace("\n", code.newline))]


def _is_head(node: Node) -> bool:
    imports = ("comment", "import_statement", "import_from_statement", "future_import_statement")
    return node.type in imports or _is_docstring(node)


def _binds(node: Node, name: str) -> bool:
    """Return whether a name is one that hides a module's: no attribute, argument or method."""
    if node.text != name.encode() or (parent := node.parent) is None:
        return False
    if parent.type == "attribute":
        return False
    if parent.type == "dotted_name":
        around = parent.parent
        is_from = around is not None and around.type == "import_from_statement"
        return is_from and named(around, "module_name") != parent
    if parent.type == "function_definition" and named(parent, "name") == node:
        around = parent.parent
        return around is None or around.type == "module"
    return parent.type != "keyword_argument" or named(parent, "name") != node


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


def walked(code: Code, function: Node) -> Iterator[Node]:
    """Yield what is walked from the first element to the last."""
    for node in code.inside(function, *LOOPS, "call"):
        right = named(node, "right") if node.type in LOOPS else None
        if right is not None:
            yield right
        elif called(node) in _WALKS or _joins(node):
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
