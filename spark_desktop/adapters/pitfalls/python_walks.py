"""How a walk of Python reads what it is given, and how often what each step gives."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import below, named
from spark_desktop.adapters.pitfalls.python_nodes import called

_COMPREHENSIONS = ("list_comprehension", "set_comprehension", "dictionary_comprehension")
_INNER = (*_COMPREHENSIONS, "generator_expression")
# What stands in these is read later, several times, or not at all.
_SOMETIMES = (*_INNER, "lambda", "conditional_expression", "boolean_operator")
_LATER = ("lambda", "function_definition", "class_definition", "while_statement", "while")
# They go on where the walk before stopped, which a list does not.
_GOES_ON = ("next", "islice", "takewhile", "dropwhile", "zip", "tee")


def is_walked_at_once(walk: Node, statement: Node) -> bool:
    """Return whether a statement reads all that its walk is given once, and whenever it runs.

    ``walk`` is a ``for``, also one of a comprehension; of several it has to be the first.
    """
    if any(one.type == "async" for one in walk.children):
        return False
    if walk.type == "for_statement":
        return walk == statement
    around = walk.parent
    if walk.type != "for_in_clause" or around is None or _clauses(around)[0] != walk:
        return False
    within = around.parent
    if around.type not in _COMPREHENSIONS and (
        within is None or within.type not in ("call", "argument_list")
    ):
        return False
    while within is not None and within != statement:
        if within.type in _SOMETIMES:
            return False
        within = within.parent
    return True


def is_read_once(walk: Node, name: str) -> bool:
    """Return whether each step of a walk reads what it bound to a name at most once, and whole."""
    around = walk if walk.type == "for_statement" else walk.parent
    found = [] if around is None else list(_read(around, walk, name))
    if around is None or len(found) > 1:
        return False
    return all(not _goes_on(one) and _is_read_at_most_once(one, around) for one in found)


def _read(around: Node, walk: Node, name: str) -> Iterator[Node]:
    """Yield where a name is read until it is bound anew."""
    body = named(walk, "body")
    bound = next(
        (one for one in (body.named_children if body else ()) if _binds(one, name)),
        None,
    )
    for one in below(around, "identifier"):
        if bound is not None and one.start_byte > bound.end_byte:
            return
        if text_of(one) == name and not _is_target(one, walk) and _is_value(one):
            yield one


def _binds(statement: Node, name: str) -> bool:
    one = statement.named_children[0] if statement.type == "expression_statement" else None
    left = named(one, "left") if one is not None and one.type == "assignment" else None
    return left is not None and left.type == "identifier" and text_of(left) == name


def _is_target(node: Node, walk: Node) -> bool:
    left = named(walk, "left")
    return left is not None and left.start_byte <= node.start_byte < left.end_byte


def _is_value(node: Node) -> bool:
    """Return whether a name is read there: no attribute, argument's name, or what is assigned."""
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "attribute":
        return named(parent, "object") == node
    if parent.type == "keyword_argument":
        return named(parent, "value") == node
    return parent.type != "assignment" or named(parent, "left") != node


def _goes_on(node: Node) -> bool:
    call = node.parent.parent if node.parent is not None else None
    return call is not None and called(call).rpartition(".")[2] in _GOES_ON


def _is_read_at_most_once(node: Node, around: Node) -> bool:
    """Return whether nothing between a name and the walk around it repeats or puts off its use."""
    inner, one = node, node.parent
    while one is not None and one != around:
        if one.type in _LATER or (one.type == "for_statement" and named(one, "right") != inner):
            return False
        if one.type in _INNER and _clauses(one)[0] != inner:
            return False
        if one.type == "for_in_clause" and named(one, "right") != inner:
            return False
        inner, one = one, one.parent
    clauses = _clauses(around)
    return len(clauses) < 2 or inner == clauses[1]


def _clauses(around: Node) -> list[Node]:
    return [one for one in around.children if one.type == "for_in_clause"]
