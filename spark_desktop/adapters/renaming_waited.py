"""Calls whose result is waited for already: by an ``await``, or by what they are handed to."""

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.renaming_nodes import field_of

COMPREHENSIONS = ("list_comprehension", "set_comprehension", "dictionary_comprehension")
_AWAITS = ("await", "await_expression")
BRACKETS = ("parenthesized_expression",)
# What an await reaches through to the call in it.
_THROUGH = (*BRACKETS, "as_expression", "satisfies_expression", "non_null_expression")
# What is handed on as it is by what stands around it.
_HOLDS = (
    *(*BRACKETS, "list", "tuple", "set", "list_splat", "array", "spread_element"),
    *("argument_list", "arguments", "keyword_argument", *COMPREHENSIONS, "generator_expression"),
)
# Where something is done with what the call gives at once; the operator for the last one.
_APART = (
    *(("attribute", "object"), ("subscript", "value"), ("call", "function")),
    *(("member_expression", "object"), ("subscript_expression", "object")),
    *(("call_expression", "function"), ("non_null_expression", None)),
)
# Where brackets around an await only show what it reaches.
_OPERATORS = (
    *("binary_operator", "boolean_operator", "comparison_operator", "not_operator"),
    *("unary_operator", "conditional_expression"),
    *("binary_expression", "unary_expression", "ternary_expression"),
)
_STATEMENTS = ("program", "statement_block", "switch_case", "switch_default")
# They end with their last statement, and these with a bracket of their own.
_ENDS_WITH = (
    *("if_statement", "else_clause", "for_statement", "for_in_statement", "while_statement"),
    *("labeled_statement", "export_statement"),
)
_CLOSED = (
    *("function_declaration", "generator_function_declaration", "statement_block"),
    *("class_declaration", "abstract_class_declaration", "interface_declaration"),
    *("enum_declaration", "try_statement", "switch_statement", "empty_statement"),
)
_WAITERS = frozenset(["create_task", "run_until_complete", "run_coroutine_threadsafe"])
# These words mean other things elsewhere: a process is waited for, and run, as well.
_OF_LIBRARY = frozenset(
    ["gather", "ensure_future", "wait_for", "shield", "as_completed", "wait", "run"]
)
_LIBRARIES = ("asyncio", "anyio")
_PROMISES = frozenset(["all", "allSettled", "any", "race", "resolve"])
_THEN = frozenset(["then", "catch", "finally"])


def awaiting(call: Node) -> tuple[Node | None, Node | None]:
    """Return the await of a call, and it with the brackets that it needs, if it has only that."""
    child, parent = call, call.parent
    while parent is not None and (parent.type in _THROUGH or _is_branch(parent, child)):
        child, parent = parent, parent.parent
    if parent is None or parent.type not in _AWAITS:
        return None, None
    if child.id != call.id:
        return parent, None
    around = parent.parent
    if around is None or around.type not in BRACKETS or not _only(around, parent):
        return parent, parent
    return parent, around if _is_for_await(around, call) else parent


def _is_branch(parent: Node, child: Node) -> bool:
    """Return whether the child is what a condition chooses."""
    if parent.type == "ternary_expression":
        return field_of(parent, child) in ("consequence", "alternative")
    is_python = parent.type == "conditional_expression" and len(parent.named_children) == 3
    return is_python and parent.named_children[1].id != child.id


def _only(around: Node, inner: Node) -> bool:
    return around.end_byte - around.start_byte == inner.end_byte - inner.start_byte + 2


def _is_for_await(around: Node, call: Node) -> bool:
    """Return whether the brackets are for the await: not a statement's, nor for the call itself."""
    parent = around.parent
    if parent is None or not (is_taken_apart(around) or parent.type in _OPERATORS):
        return False
    called = call.child_by_field_name("function")
    if called is None or (call.type == "call" and _is_split(called)):
        # Python reads on in the next line only within brackets.
        return False
    return not is_optional(call) and not _is_made(around)


def _is_split(node: Node) -> bool:
    return node.start_point.row != node.end_point.row


def _is_made(node: Node) -> bool:
    """Return whether ``new`` makes an object of what is in the node: it reaches to a call."""
    child, parent = node, node.parent
    while parent is not None and field_of(parent, child) == "object":
        child, parent = parent, parent.parent
    return parent is not None and field_of(parent, child) == "constructor"


def is_taken_apart(call: Node) -> bool:
    """Return whether something is done at once with what the call gives."""
    parent = call.parent
    if parent is None:
        return False
    field = field_of(parent, call)
    if parent.type == "binary_expression" and field == "left":
        # JavaScript refuses a waiting there without brackets; Python binds it closer.
        return any(child.type == "**" for child in parent.children)
    return (parent.type, field) in _APART


def is_optional(call: Node) -> bool:
    """Return whether what is called may be missing, which ends the whole chain with nothing."""
    node: Node | None = call
    while node is not None:
        if any(child.type == "optional_chain" for child in node.children):
            return True
        node = node.child_by_field_name("function") or node.child_by_field_name("object")
    return False


def is_run_into(node: Node) -> bool:
    """Return whether a statement begins with the node, behind one that has no semicolon."""
    statement: Node | None = node
    while statement is not None and statement.type != "expression_statement":
        statement = statement.parent
    if statement is None or statement.start_byte != node.start_byte:
        return False
    if statement.parent is None or statement.parent.type not in _STATEMENTS:
        return False
    before = statement.prev_sibling
    while before is not None and before.type == "comment":
        before = before.prev_sibling
    return before is not None and before.is_named and _is_open(before)


def _is_open(statement: Node) -> bool:
    if text_of(statement).endswith(";"):
        return False
    while statement.type in _ENDS_WITH and statement.named_children:
        statement = statement.named_children[-1]
    return statement.type not in _CLOSED


def is_handed(call: Node) -> bool:
    """Return whether the promise is handed on to what waits for it."""
    parent = call.parent
    if parent is not None and parent.type == "member_expression":
        word = parent.child_by_field_name("property")
        return field_of(parent, call) == "object" and word is not None and text_of(word) in _THEN
    child = call
    while parent is not None:
        if parent.type in ("call", "call_expression") and field_of(parent, child) == "arguments":
            if _waits(parent):
                return True
            if not _is_mapped(parent, child):
                return False
        elif parent.type == "arrow_function" and field_of(parent, child) == "body":
            pass
        elif parent.type not in _HOLDS or _is_condition(parent, child):
            return False
        child, parent = parent, parent.parent
    return False


def _is_condition(parent: Node, child: Node) -> bool:
    is_comprehension = parent.type in (*COMPREHENSIONS, "generator_expression")
    return is_comprehension and field_of(parent, child) != "body"


def _is_mapped(call: Node, arguments: Node) -> bool:
    """Return whether the call makes a list of what the function in its arguments gives."""
    called = call.child_by_field_name("function")
    word = called.child_by_field_name("property") if called is not None else None
    first = next(iter(arguments.named_children), None)
    is_function = first is not None and first.type == "arrow_function"
    return is_function and word is not None and text_of(word) in ("map", "flatMap")


def _waits(call: Node) -> bool:
    called = call.child_by_field_name("function")
    if called is None:
        return False
    head, _, last = text_of(called).rpartition(".")
    if call.type == "call":
        is_brought = not head and last not in ("wait", "run")
        is_of_library = last in _OF_LIBRARY and (head in _LIBRARIES or is_brought)
        return is_of_library or last in _WAITERS
    return (head == "Promise" and last in _PROMISES) or (bool(head) and last in _THEN)
