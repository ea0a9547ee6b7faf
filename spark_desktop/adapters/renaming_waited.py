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
_WAITERS = frozenset(["create_task", "run_until_complete", "run_coroutine_threadsafe"])
# These words mean other things elsewhere: a process is waited for, and run, as well.
_OF_LIBRARY = frozenset(
    ["gather", "ensure_future", "wait_for", "shield", "as_completed", "wait", "run"]
)
_LIBRARIES = ("asyncio", "anyio")
_PROMISES = frozenset(["all", "allSettled", "any", "race", "resolve"])
_THEN = frozenset(["then", "catch", "finally"])


def awaiting(call: Node) -> tuple[Node | None, Node | None]:
    """Return the await of a call, and it with its brackets where nothing else is in it."""
    child, parent = call, call.parent
    while parent is not None and (parent.type in _THROUGH or _is_branch(parent, child)):
        child, parent = parent, parent.parent
    if parent is None or parent.type not in _AWAITS:
        return None, None
    if child.id != call.id:
        return parent, None
    around = parent.parent
    is_tight = around is not None and around.type in BRACKETS and _only(around, parent)
    return parent, around if is_tight else parent


def _is_branch(parent: Node, child: Node) -> bool:
    """Return whether the child is what a condition chooses."""
    if parent.type == "ternary_expression":
        return field_of(parent, child) in ("consequence", "alternative")
    is_python = parent.type == "conditional_expression" and len(parent.named_children) == 3
    return is_python and parent.named_children[1].id != child.id


def _only(around: Node, inner: Node) -> bool:
    return around.end_byte - around.start_byte == inner.end_byte - inner.start_byte + 2


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
