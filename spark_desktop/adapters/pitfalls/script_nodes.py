"""How JavaScript and TypeScript write calls, parameters and bodies."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named

FUNCTIONS = (
    *("arrow_function", "function_expression", "function_declaration", "method_definition"),
    *("generator_function", "generator_function_declaration"),
)
COMPARISONS = frozenset({"==", "!=", "===", "!==", "<", ">", "<=", ">=", "in", "instanceof"})
_NAMES = (
    *("identifier", "shorthand_property_identifier"),
    *("shorthand_property_identifier_pattern", "this"),
)
# What needs no parentheses before a dot, an operator or after ``await``.
_CLOSED = frozenset(
    {"identifier", "member_expression", "subscript_expression", "call_expression", "this"}
    | {"number", "string", "template_string", "array", "object", "parenthesized_expression"}
    | {"non_null_expression"}
)


def calls(code: Code, *names: str) -> Iterator[tuple[Node, Node, list[Node]]]:
    """Yield each call of a method of these names: the call, its object and its arguments."""
    for call in code.nodes("call_expression"):
        held = object_of(call, *names)
        if held is not None:
            yield call, held, arguments(call)


def object_of(call: Node, *names: str) -> Node | None:
    """Return the object whose method of one of these names is called; None for other calls."""
    function = named(call, "function")
    if call.type != "call_expression" or function is None or function.type != "member_expression":
        return None
    name = named(function, "property")
    return named(function, "object") if name is not None and text_of(name) in names else None


def called(call: Node | None) -> str:
    """Return the name of the function or method that is called, "" where it has none."""
    function = named(call, "function")
    if function is not None and function.type == "member_expression":
        function = named(function, "property")
    is_name = function is not None and function.type in ("identifier", "property_identifier")
    return text_of(function) if function is not None and is_name else ""


def arguments(call: Node) -> list[Node]:
    """Return the arguments of a call or of ``new``."""
    given = named(call, "arguments")
    return [] if given is None or given.type != "arguments" else _plain(given)


def argument_of(node: Node) -> Node | None:
    """Return the call that a node is an argument of; None where it is none."""
    given = node.parent
    is_given = given is not None and given.type == "arguments"
    return given.parent if given is not None and is_given else None


def operator(node: Node) -> str:
    """Return the operator of an expression, "" where it has none."""
    sign = named(node, "operator")
    return "" if sign is None else text_of(sign)


def sides(node: Node) -> tuple[Node, Node] | None:
    """Return what stands left and right of an operator."""
    left, right = named(node, "left"), named(node, "right")
    return None if left is None or right is None else (left, right)


def bare(node: Node) -> Node:
    """Return an expression without the parentheses and assurances around it."""
    while node.type in ("parenthesized_expression", "non_null_expression") and node.named_children:
        node = node.named_children[0]
    return node


def around(node: Node) -> Node:
    """Return an expression with the parentheses around it."""
    while node.parent is not None and node.parent.type == "parenthesized_expression":
        node = node.parent
    return node


def is_field(node: Node, *fields: str) -> bool:
    """Return whether a node is in one of these fields of its parent."""
    parent = node.parent
    return parent is not None and any(
        one.id == node.id for field in fields for one in parent.children_by_field_name(field)
    )


def closed(code: Code, node: Node) -> str:
    """Return the text of an expression, in parentheses where others may be bound closer."""
    text = code.text(node)
    return text if node.type in _CLOSED else f"({text})"


def function_of(node: Node) -> Node | None:
    """Return the nearest function around a node."""
    return above(node, *FUNCTIONS)


def parameters(function: Node) -> dict[str, Node]:
    """Return the names that a function is given, each with the node that brings it."""
    given = named(function, "parameters")
    nodes = [] if given is None else _plain(given)
    single = named(function, "parameter")
    found: dict[str, Node] = {}
    for one in [*nodes, *([] if single is None else [single])]:
        pattern = named(one, "pattern") or named(one, "left") or one
        if pattern.type == "identifier":
            found[text_of(pattern)] = one
            continue
        for inner in below(pattern, "shorthand_property_identifier_pattern", "identifier"):
            parent = inner.parent
            has_default = parent is not None and parent.type == "object_assignment_pattern"
            found[text_of(inner)] = parent if parent is not None and has_default else inner
    return found


def statements(function: Node) -> list[Node]:
    """Return the statements of a function's block, none for a single expression."""
    body = named(function, "body")
    return [] if body is None or body.type != "statement_block" else _plain(body)


def own(function: Node, *types: str) -> Iterator[Node]:
    """Yield the nodes of these types in a function that are not in one within it."""
    for node in below(function, *types):
        nearest = function_of(node)
        if nearest is not None and nearest.id == function.id:
            yield node


def is_async(function: Node) -> bool:
    """Return whether a function may await."""
    return any(one.type == "async" for one in function.children)


def statement_of(node: Node) -> Node:
    """Return the statement of a block that a node is in."""
    while node.parent is not None and node.parent.type not in (
        *("statement_block", "program", "switch_case", "switch_default"),
    ):
        node = node.parent
    return node


def is_in_block(node: Node) -> bool:
    """Return whether a statement may be put before the one that a node is in."""
    nearest = above(node, "statement_block", *FUNCTIONS)
    return nearest is not None and nearest.type == "statement_block"


def is_dropped(node: Node) -> bool:
    """Return whether nobody looks at what an expression is."""
    outer = around(node).parent
    while outer is not None and outer.type == "await_expression":
        outer = around(outer).parent
    return outer is not None and outer.type == "expression_statement"


def mentions(node: Node, name: str) -> bool:
    """Return whether a name stands anywhere in a node."""
    return any(text_of(one) == name for one in below(node, *_NAMES))


def root_of(node: Node) -> Node:
    """Return ``a`` of ``a.b[0].c``."""
    node = bare(node)
    while node.type in ("member_expression", "subscript_expression"):
        inner = named(node, "object")
        if inner is None:
            break
        node = bare(inner)
    return node


def at_top(code: Code, function: Node, line: str) -> Edit | None:
    """Return what makes a line the first of a function's block; None without one."""
    inside = statements(function)
    return above_it(code, inside[0], line) if inside else None


def above_it(code: Code, statement: Node, line: str) -> Edit:
    """Return what puts a statement before another, on a line of its own where that one is so."""
    start = code.places.start(statement)
    begin = code.content.rfind("\n", 0, start) + 1
    if code.content[begin:start].strip():
        return start, start, f"{line} "
    return code.before(statement, line)


def end_mark(code: Code, statement: Node) -> str:
    """Return the mark that a statement of the file's style ends with, "" or a semicolon."""
    whole = function_of(statement) or statement
    inside = below(whole, "expression_statement", "return_statement", "lexical_declaration")
    return ";" if any(code.text(one).endswith(";") for one in inside) else ""


def _plain(node: Node) -> list[Node]:
    return [one for one in node.named_children if one.type != "comment"]
