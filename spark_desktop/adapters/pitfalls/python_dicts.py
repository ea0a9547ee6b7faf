"""What Python code does with a dictionary, by its name, and how entries are dropped from it."""

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.caches import Use
from spark_desktop.adapters.pitfalls.code import above, below, named
from spark_desktop.adapters.pitfalls.python_nodes import arguments, called
from spark_desktop.domain.regex import regex

_ASKS = frozenset({"get", "setdefault", "pop", "move_to_end"})
# What is done to all entries, or to any.
_WHOLE = frozenset({"clear", "popitem", "values"})
_EMPTY = regex(r"\{\}|[\w.]*[dD]ict\(\)|[\w.]*Dictionary\(\)")


def mentions(scope: Node, name: str) -> list[Node]:
    """Return where a variable or an attribute stands in a scope."""
    last = name.rpartition(".")[2]
    found = []
    for one in below(scope, "identifier"):
        parent = one.parent
        if text_of(one) != last or parent is None:
            continue
        if parent.type == "attribute" and named(parent, "attribute") == one:
            found.append(parent)
        elif last == name and (parent.type != "keyword_argument" or named(parent, "name") != one):
            found.append(one)
    return found


def use_of(node: Node, is_given: bool = False) -> Use | None:
    """Return what is done with a dictionary, without keys where it is no matter of one.

    None for what is not known. One that ``is_given`` may be given to others, who fill it as well.
    """
    outer = node.parent
    if outer is None:
        return None
    if outer.type == "subscript":
        return _entry(outer)
    if outer.type == "comparison_operator" and len(outer.named_children) == 2:
        sign = text_of(outer.children[1])
        is_asked = outer.named_children[1] == node and sign in ("in", "not in")
        return Use(outer, parts_of(outer.named_children[0])) if is_asked else None
    if outer.type == "attribute":
        return _asked(outer)
    if outer.type == "argument_list":
        call = outer.parent
        is_plain = call is not None and (is_given or called(call) in ("len", "iter", "bool"))
        return Use(node, ()) if is_plain else None
    if outer.type == "assignment" and named(outer, "left") == node:
        right = named(outer, "right")
        return Use(node, ()) if right is None or _EMPTY.fullmatch(text_of(right)) else None
    is_named = outer.type == "global_statement" or above(node, "parameters") is not None
    return Use(node, ()) if is_named else None


def _entry(whole: Node) -> Use | None:
    keys = whole.children_by_field_name("subscript")
    parts = parts_of(keys[0]) if len(keys) == 1 else tuple(keys)
    outer = whole.parent
    if outer is None or any(one.type in ("slice", "list_splat") for one in parts):
        return None
    if outer.type == "assignment" and named(outer, "left") == whole:
        value = named(outer, "right")
        while value is not None and value.type == "assignment":
            value = named(value, "right")
        return None if value is None else Use(whole, parts, value)
    if outer.type == "augmented_assignment" and named(outer, "left") == whole:
        return None
    return Use(whole, parts, is_drop=outer.type == "delete_statement")


def _asked(attribute: Node) -> Use | None:
    call, name = attribute.parent, named(attribute, "attribute")
    if call is None or name is None or call.type != "call":
        return None
    given, asked = arguments(call), text_of(name)
    if asked in _WHOLE:
        return Use(call, ())
    if asked not in _ASKS or not given or given[0].type in ("keyword_argument", "list_splat"):
        return None
    if asked == "setdefault":
        value = given[1] if len(given) == 2 else None
        return None if value is None else Use(call, parts_of(given[0]), value, is_default=True)
    return Use(call, parts_of(given[0]), is_drop=asked in ("pop", "move_to_end"))


def parts_of(key: Node) -> tuple[Node, ...]:
    """Return the parts of a key: those of a tuple, or the one that it is."""
    if key.type == "parenthesized_expression" and len(key.named_children) == 1:
        key = key.named_children[0]
    return tuple(key.named_children) if key.type == "tuple" else (key,)
