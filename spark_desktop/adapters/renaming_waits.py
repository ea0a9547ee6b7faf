"""Who waits for the result of a call, and how a function waits: Python and JavaScript's family."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.functions import decorators_of
from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.renaming_nodes import Places, field_of, nodes_around
from spark_desktop.adapters.renaming_tables import TABLES
from spark_desktop.adapters.renaming_waited import (
    BRACKETS,
    COMPREHENSIONS,
    awaiting,
    is_handed,
    is_optional,
    is_run_into,
    is_taken_apart,
)
from spark_desktop.domain.regex import regex
from spark_desktop.domain.waiting import Obstacle, Place, Turning, Wait

_JS = ("javascript", "typescript", "tsx")
_FOLLOWED = ("python", *_JS)
_FUNCTIONS = (
    *("function_definition", "function_declaration", "generator_function_declaration"),
    *("method_definition", "arrow_function", "function_expression", "generator_function"),
)
_FIELDS = ("public_field_definition", "field_definition", "class_static_block")
# Their functions may be async: the runner waits for what they give.
_TESTS = regex(
    r"(?:it|test|specify|before|after|beforeEach|afterEach|beforeAll|afterAll)(?:\.(?:only|skip))?"
)
_JSX = ("jsx_element", "jsx_self_closing_element")


def wait_of(call: Node, grammar: str, places: Places) -> Wait | None:
    """Return who waits for the result of a call; None for a language that is not followed."""
    if grammar not in _FOLLOWED:
        return None
    place, function = _stands(call)
    is_returned = function is not None and grammar in _JS and _is_returned(call, function)
    at = -1
    if place is Place.PLAIN and function is not None:
        place, name = _named(function, grammar)
        at = -1 if name is None else places.start(name)
        if place is Place.NAMELESS and _is_of_a_test(function):
            place, at = Place.TEST, places.start(function)
    is_apart = is_taken_apart(call)
    if call.type == "new_expression":
        place = Place.MADE
    elif is_apart and is_optional(call):
        place = Place.OPTIONAL
    waiting, whole = awaiting(call)
    return Wait(
        places.start(call),
        places.end(call),
        place,
        at,
        is_apart,
        waiting is not None or is_handed(call),
        is_returned,
        (0, 0) if whole is None else (places.start(whole), places.end(whole)),
        grammar in _JS and is_run_into(call),
    )


def turning_of(node: Node, about: Node, told: tuple[str, str], places: Places) -> Turning | None:
    """Return how the function ``about``, which ``node`` defines, waits.

    ``told`` is its grammar and what its calls give.
    """
    grammar, gives = told
    if grammar not in _FOLLOWED:
        return None
    is_generator = "iterator" in gives or _has(about, "*") or "generator" in about.type
    if grammar == "python":
        is_async = _has(about, "async") and not is_generator
        is_plain = not is_async and not is_generator
    else:
        is_async = "promise" in gives and not is_generator
        is_plain = "plain" in gives and not is_generator
    name = node.child_by_field_name("name")
    start = name if about.type == "method_definition" and name is not None else about
    result = about.child_by_field_name("return_type") if grammar in _JS else None
    inner = next(iter(result.named_children), None) if result is not None else None
    return Turning(
        is_async,
        is_plain,
        places.start(start),
        (0, 0) if inner is None else (places.start(inner), places.end(inner)),
        Obstacle.GENERATOR if is_generator else _obstacle(node, about, result),
        tuple(_decorators(node)),
    )


def _obstacle(node: Node, about: Node, result: Node | None) -> Obstacle | None:
    if _has(about, "get") or _has(about, "set"):
        return Obstacle.PROPERTY
    parent = node.parent
    if node.type == "method_definition" and (parent is None or parent.type != "class_body"):
        return Obstacle.MEMBER
    if result is not None and result.type != "type_annotation":
        # It tells something of its arguments ("x is string"), which a promise cannot.
        return Obstacle.TYPED
    if node.type == "variable_declarator" and node.child_by_field_name("type") is not None:
        return Obstacle.TYPED
    if _has(about, "override_modifier"):
        return Obstacle.OVERRIDE
    draws = "/>" in text_of(about) or "</" in text_of(about)
    return Obstacle.COMPONENT if draws and any(one.type in _JSX for one in _below(about)) else None


def _decorators(node: Node) -> Iterator[str]:
    yield from decorators_of(node)
    before = node.prev_named_sibling if node.type == "method_definition" else None
    while before is not None and before.type == "decorator":
        yield text_of(before)
        before = before.prev_named_sibling


def _stands(call: Node) -> tuple[Place, Node | None]:
    """Return where a call stands, and the function that would have to wait; PLAIN for any."""
    child, is_inside = call, False
    for above in nodes_around(call):
        match above.type:
            case "lambda":
                return Place.NAMELESS, None
            case "decorator":
                return Place.DECORATOR, None
            case "class_definition":
                return Place.CLASS, None
            case kind if kind in _FIELDS:
                return Place.CLASS, None
            case "generator_expression" if not _is_first(above, child, call):
                return Place.GENERATOR, None
            case kind if kind in COMPREHENSIONS and not _is_first(above, child, call):
                if is_inside:
                    # Python before 3.11 has no waiting in a comprehension of a comprehension.
                    return Place.GENERATOR, None
                is_inside = True
            case kind if kind in _FUNCTIONS:
                if field_of(above, child) != "body":
                    return Place.PARAMETER, None
                return (Place.ASYNC if _has(above, "async") else Place.PLAIN), above
        child = above
    return Place.TOP, None


def _is_first(comprehension: Node, child: Node, call: Node) -> bool:
    """Return whether the call is what the comprehension goes through: that stands around it."""
    first = next((one for one in comprehension.children if one.type == "for_in_clause"), None)
    if first is None or first.id != child.id:
        return False
    right = first.child_by_field_name("right")
    return right is not None and right.start_byte <= call.start_byte < right.end_byte


def _named(function: Node, grammar: str) -> tuple[Place, Node | None]:
    """Return whether others see the function, and its name where they do."""
    holder, name = function, function.child_by_field_name("name")
    parent = function.parent
    if function.type in ("arrow_function", "function_expression", "generator_function"):
        name = None
        if parent is not None and parent.type == "variable_declarator":
            holder, name = parent, parent.child_by_field_name("name")
    elif function.type == "method_definition" and (parent is None or parent.type != "class_body"):
        name = None
    if name is None or name.type in ("object_pattern", "array_pattern"):
        return Place.NAMELESS, None
    scopes = TABLES[grammar].scopes
    if any(above.type in scopes for above in nodes_around(holder)):
        return Place.INNER, None
    return Place.PLAIN, name


def _is_of_a_test(function: Node) -> bool:
    """Return whether a test runner takes it; one with parameters may tell its end by a call."""
    parameters = function.child_by_field_name("parameters")
    if parameters is None or parameters.named_children or "generator" in function.type:
        return False
    parent = function.parent
    call = parent.parent if parent is not None and parent.type == "arguments" else None
    called = call.child_by_field_name("function") if call is not None else None
    return called is not None and _TESTS.fullmatch(text_of(called)) is not None


def _is_returned(call: Node, function: Node) -> bool:
    """Return whether the function gives the promise as it is; an error in a ``try`` is its own."""
    child, parent = call, call.parent
    while parent is not None and parent.type in BRACKETS:
        child, parent = parent, parent.parent
    if parent is None or parent.id == function.id:
        return function.type == "arrow_function" and child.type != "statement_block"
    if parent.type != "return_statement":
        return False
    for above in nodes_around(parent):
        if above.id == function.id:
            return True
        if above.type == "try_statement":
            return False
    return False


def _has(node: Node, word: str) -> bool:
    return any(child.type == word for child in node.children)


def _below(node: Node) -> Iterator[Node]:
    waiting = node.named_children[::-1]
    while waiting:
        child = waiting.pop()
        yield child
        waiting += reversed(child.named_children)
