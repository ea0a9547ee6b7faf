"""A trap of Python's dictionaries that keep results: a key that does not tell results apart."""

from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.cache_keys import key_edits, key_source
from spark_desktop.adapters.pitfalls.cache_sources import own
from spark_desktop.adapters.pitfalls.caches import Kept, Use
from spark_desktop.adapters.pitfalls.code import Code, above, named
from spark_desktop.adapters.pitfalls.python_dicts import mentions, parts_of, use_of
from spark_desktop.adapters.pitfalls.python_drops import dropped, is_test_of_drop, typed
from spark_desktop.adapters.pitfalls.python_nodes import bound_names, method, parameters
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

# What cannot be a key, and what of it can.
_WRAPPED = (
    (regex(r"(?:typing\.)?(?:[lL]ist|Sequence)\b(?!.*\|)"), "tuple({})"),
    (regex(r"(?:typing\.)?(?:[sS]et|AbstractSet)\b(?!.*\|)"), "frozenset({})"),
    (regex(r"(?:typing\.)?(?:[dD]ict|Mapping)\b(?!.*\|)"), "tuple(sorted({}.items()))"),
)


def forgetful_key(code: Code) -> Iterator[SmallChange]:
    """What is kept by a key is found again for all that the key leaves out."""
    for function in code.nodes("function_definition"):
        for name in dict.fromkeys(_stored(code, function)):
            if (change := _mended(code, function, name)) is not None:
                yield change


def _stored(code: Code, function: Node) -> Iterator[str]:
    """Yield the containers that a function puts something into and that outlive its call."""
    own_names = bound_names(function) - set(parameters(function))
    for node in own(function, "assignment", "call"):
        left, found = named(node, "left"), method(node)
        whole = named(left, "value") if left is not None and left.type == "subscript" else None
        if found is not None and found[1] == "setdefault":
            whole = found[0]
        is_named = whole is not None and whole.type in ("identifier", "attribute")
        if whole is not None and is_named and code.text(whole) not in own_names:
            yield code.text(whole)


def _mended(code: Code, function: Node, name: str) -> SmallChange | None:
    names = {word: one for word, one in _given(function).items() if word != name}
    is_given = name in parameters(function)
    inside: list[Use] = []
    others: list[Use] = []
    there = mentions(function if is_given else _scope(code, function, name), name)
    for node in there:
        use = use_of(node, is_given)
        is_inside = above(node, "function_definition") == function
        if use is None or not (is_inside or use.is_drop or not use.keys or is_test_of_drop(use)):
            return None  # a register that others look into, too
        if use.keys:
            (inside if is_inside else others).append(use)
    keys = {tuple(map(text_of, use.keys)) for use in inside if not use.is_drop}
    uses = [use for use in inside if tuple(map(text_of, use.keys)) in keys]
    if len(keys) != 1:
        return None
    source = key_source(function, uses)
    plain = uses if source is None else [replace(one, keys=parts_of(source)) for one in uses]
    kept = Kept(function, names, plain)
    if not (left := kept.left_out()):
        return None
    parts = kept.parts(left)
    text = f"({', '.join(_part(one, names) for one in parts)})"
    if source is None:
        edits = key_edits(code, kept, text, f"{{}} = {text}")
    else:
        edits = [code.edit(source, text)]
    edits += typed(code, there, parts, names)
    if len(plain[0].keys) == 1:
        place = next(n for n, one in enumerate(parts) if isinstance(one, Node))
        edits += dropped(code, name, there, others, place)
    return code.together(edits)


def _given(function: Node) -> dict[str, Node]:
    """Return the parameters by name, with those with stars, in their order."""
    known = {one: name for name, one in parameters(function).items()}
    found: dict[str, Node] = {}
    listed = named(function, "parameters")
    for one in listed.named_children if listed is not None else ():
        if one in known:
            found[known[one]] = one
        elif one.type in ("list_splat_pattern", "dictionary_splat_pattern"):
            found[text_of(one).lstrip("*")] = one
    return found


def _scope(code: Code, function: Node, name: str) -> Node:
    """Return where else a container may be used: its class, the function that makes it, all."""
    around = above(function, "class_definition")
    if name.startswith(("self.", "cls.")) and around is not None:
        return around
    outer = above(function, "function_definition")
    while outer is not None and name not in bound_names(outer):
        outer = above(outer, "function_definition")
    return outer or code.root


def _part(part: Node | str, names: dict[str, Node]) -> str:
    """Return a part of a key as it can be one."""
    if isinstance(part, Node):
        return text_of(part)
    node, type_ = names[part], named(names[part], "type")
    if node.type == "dictionary_splat_pattern":
        return _WRAPPED[-1][1].format(part)
    told = "" if type_ is None else text_of(type_)
    return next((way for kind, way in _WRAPPED if kind.match(told)), "{}").format(part)
