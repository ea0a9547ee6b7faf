"""What a function's body leaves out: parameters that it never names, an end to its recursion."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.functions import Function, functions_in
from spark_desktop.adapters.languages import Parsed, text_of
from spark_desktop.domain.symbols import Oversights
from spark_desktop.domain.trigger import Span

_FIELDS = ("name", "pattern", "declarator", "left")
# Of these names nobody expects a use.
_NEVER = frozenset({"self", "cls", "this", "_"})
_RETURNS = ("return_statement", "return_expression", "expression_statement")


def oversights_in(parsed: Parsed, lines: Span) -> Oversights | None:
    """Return those of the largest function within the lines; None where there is none."""
    within = [
        one
        for one in functions_in(parsed)
        if lines.start <= one.lines.start and one.lines.end <= lines.end
    ]
    found = max(within, key=lambda one: len(one.lines), default=None)
    body = None if found is None else found.node.child_by_field_name("body")
    if found is None or body is None:
        return None
    named = {text_of(node) for node in _identifiers(body)}
    unused = (name for name in _parameters(found.node) if name not in named)
    return Oversights(
        tuple(name for name in unused if name not in _NEVER and not name.startswith("_")),
        _only_calls_itself(found, body),
        _same_branches(body),
    )


def _same_branches(body: Node) -> str:
    waiting = [body]
    while waiting:
        node = waiting.pop()
        waiting += node.named_children
        then = node.child_by_field_name("consequence")
        other = node.child_by_field_name("alternative")
        if then is None or other is None:
            continue
        if other.type == "else_clause" and other.named_children:
            other = other.named_children[-1]
        code = text_of(then).split()
        if code and code == text_of(other).split():
            return text_of(node).partition("\n")[0].strip()
    return ""


def _parameters(function: Node) -> list[str]:
    around = function.child_by_field_name("parameters")
    declarator = function.child_by_field_name("declarator")
    while around is None and declarator is not None:
        around = declarator.child_by_field_name("parameters")
        declarator = declarator.child_by_field_name("declarator")
    names: list[str] = []
    for parameter in around.named_children if around is not None else ():
        if "comment" not in parameter.type:
            names += _names_of(parameter)
    return names


def _names_of(parameter: Node) -> list[str]:
    """Return the names that one parameter brings: Go has several of one type."""
    if parameter.type == "identifier":
        return [text_of(parameter)]
    named = [child for field in _FIELDS for child in parameter.children_by_field_name(field)]
    if not named:
        # Python keeps a typed parameter's name without a field, behind its stars.
        named = [child for child in parameter.named_children if child.type != "type"][:1]
    return [name for child in named for name in map(text_of, _identifiers(child))]


def _identifiers(root: Node) -> Iterator[Node]:
    # Not by calls of itself: a chain of a thousand ``else if`` or ``+`` nests as deeply.
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type != "identifier" and not node.type.endswith("_identifier"):
            waiting += reversed(node.children)
        elif node.type != "type_identifier":
            # Types are written with identifiers of their own.
            yield node


def _only_calls_itself(function: Function, body: Node) -> bool:
    statements = [child for child in body.named_children if "comment" not in child.type]
    if len(statements) == 1 and statements[0].type == "statement_list":
        statements = list(statements[0].named_children)
    if statements and [one.type for one in statements[0].named_children] == ["string"]:
        statements = statements[1:]
    if len(statements) != 1:
        return False
    only = statements[0]
    while only.type in _RETURNS and only.named_child_count == 1:
        only = only.named_children[0]
    if only.type == "expression_list" and only.named_child_count == 1:
        only = only.named_children[0]
    called = only.child_by_field_name("function")
    return "call" in only.type and called is not None and text_of(called) == function.name
