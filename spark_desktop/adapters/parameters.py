"""What a function's body leaves out: parameters that it never names, an end to its recursion."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.functions import Function, decorators_of, functions_in
from spark_desktop.adapters.languages import Parsed, text_of
from spark_desktop.domain.regex import regex
from spark_desktop.domain.symbols import Oversights
from spark_desktop.domain.trigger import Span

# Of what stands in a pattern the part that is a pattern: `{ key: value }`, `left = right`.
_PARTS = ("value", "left", "pattern", "declarator")
_FIELDS = ("name", "pattern", "declarator", "left")
# Of these names nobody expects a use: who calls a function of this kind gives them to each.
_NEVER = frozenset(
    (
        *("self", "cls", "this", "_", "args", "kwargs", "argc", "argv", "signum", "frame"),
        *("req", "request", "ctx", "context", "event", "evt", "next"),
    )
)
# Whoever calls these may use all parameters without a name.
_ALL_AT_ONCE = frozenset({"locals", "vars", "arguments"})
_REQUESTS = regex(r"\*?(?:http\.Request|(?:\w+\.)?Context)")
_IN_RUST_TEXT = regex(r"(?<!\{)\{([^\W\d]\w*)[:}]")
_WITHIN = ("decorated_definition", "block", "class_body", "declaration_list")
_CLASSES = ("class_definition", "class_declaration", "abstract_class_declaration", "impl_item")
_DECLARES = regex(r"\b(?:overload|abstract\w*)\b")
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
    is_open = _is_prescribed(found)
    named = set() if is_open else _named(found.node, body)
    is_open = is_open or not _ALL_AT_ONCE.isdisjoint(named)
    unused = [name for name in _parameters(found.node) if not is_open and name not in named]
    return Oversights(
        tuple(name for name in unused if name not in _NEVER and not name.startswith("_")),
        _only_calls_itself(found, body),
        _same_branches(body),
    )


def _named(function: Node, body: Node) -> set[str]:
    """Return the names in a body, in the texts that Rust fills, and beside the body."""
    named = {text_of(node) for node in _identifiers(body)}
    if function.type == "function_item":
        named |= set(_IN_RUST_TEXT.findall(text_of(body)))
    waiting = [one for one in function.named_children if one != body]
    while waiting:
        node = waiting.pop()
        for field in ("value", "default_value") if node.type != "pair_pattern" else ():
            given = node.child_by_field_name(field)
            named |= set() if given is None else {text_of(one) for one in _identifiers(given)}
        if node.type == "field_initializer_list":
            named |= {text_of(one) for one in _identifiers(node)}
        else:
            waiting += node.named_children
    return named


def _is_prescribed(function: Function) -> bool:
    """Return whether others say what a Python function takes: a protocol, heirs, Python."""
    node, name = function.node, function.name
    if node.type != "function_definition":
        return False
    if name.startswith("__") and name.endswith("__") and name not in ("__init__", "__new__"):
        return True
    if _DECLARES.search(" ".join(decorators_of(node))):
        return True
    around = _class_of(node)
    heirs = None if around is None else around.child_by_field_name("superclasses")
    return heirs is not None and re.search(r"\bProtocol\b", text_of(heirs)) is not None


def _class_of(function: Node) -> Node | None:
    """Return the class, trait or impl that a function is a method of."""
    node = function.parent
    while node is not None and node.type in _WITHIN:
        node = node.parent
    return node if node is not None and node.type in _CLASSES else None


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
    if any(child.type in ("accessibility_modifier", "readonly") for child in parameter.children):
        return []  # TypeScript makes a property of it
    if (kind := parameter.child_by_field_name("type")) and _REQUESTS.fullmatch(text_of(kind)):
        return []
    if parameter.type == "identifier":
        return [text_of(parameter)]
    named = [child for field in _FIELDS for child in parameter.children_by_field_name(field)]
    if not named:
        # Python keeps a typed parameter's name without a field, behind its stars.
        named = [child for child in parameter.named_children if child.type != "type"][:1]
    return [name for child in named for name in map(text_of, _bound(child))]


def _bound(root: Node) -> Iterator[Node]:
    """Yield the names that a pattern binds: no keys, values by default or types in it."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if not node.named_children:
            yield from _identifiers(node)
            continue
        parts = (node.child_by_field_name(field) for field in _PARTS)
        inner = next((one for one in parts if one is not None), None)
        kind = node.child_by_field_name("type")
        others = [one for one in reversed(node.named_children) if one != kind]
        waiting += others if inner is None else [inner]


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
    if function.node.type == "method_declaration" or _class_of(function.node) is not None:
        # In a method the bare name is another function's.
        return False
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
    if "call" not in only.type or called is None or text_of(called) != function.name:
        return False
    given = only.child_by_field_name("arguments")
    # C++ may have others of that name, which take more or fewer.
    is_overloaded = function.node.child_by_field_name("declarator") is not None
    count = 0 if given is None else given.named_child_count
    return not is_overloaded or count == len(_parameters(function.node))
