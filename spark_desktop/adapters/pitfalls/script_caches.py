"""A trap of JavaScript's maps that keep results: a key that does not tell results apart."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.cache_keys import key_edits, key_source
from spark_desktop.adapters.pitfalls.cache_sources import own
from spark_desktop.adapters.pitfalls.caches import Kept, Use
from spark_desktop.adapters.pitfalls.code import Code, Edit, below, named
from spark_desktop.adapters.pitfalls.script_facts import facts
from spark_desktop.adapters.pitfalls.script_map_uses import drop, is_made, mentions, use_of
from spark_desktop.adapters.pitfalls.script_nodes import (
    FUNCTIONS,
    end_mark,
    function_of,
    object_of,
    parameters,
)
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_TYPE = regex(r"<\s*(?!string\b)\w+\s*(?=,)")
# What JSON tells apart.
_KINDS = ("", "string", "number", "boolean", "array", "object", "date")
_PLAIN = ("string", "number", "boolean")


def forgetful_key(code: Code) -> Iterator[SmallChange]:
    """What is kept by a key is found again for all that the key leaves out."""
    for function in code.nodes(*FUNCTIONS):
        stores = (one for one in own(function, "call_expression") if object_of(one, "set"))
        held = [object_of(one, "set") for one in stores]
        for name in dict.fromkeys(code.text(one) for one in held if one is not None):
            if (change := _mended(code, function, name)) is not None:
                yield change


def _mended(code: Code, function: Node, name: str) -> SmallChange | None:
    there = mentions(code, function, name)
    made = [one for one in there if is_made(one)]
    # Of what is made in the function itself nothing is found again.
    if not made or any(function_of(one) == function and one.type == "identifier" for one in made):
        return None
    inside: list[Use] = []
    others: list[Use] = []
    for node in there:
        use, is_inside = use_of(node), function_of(node) == function
        if use is None or not (is_inside or use.is_drop or not use.keys):
            return None  # a register that others look into, too
        if use.keys:
            (inside if is_inside else others).append(use)
    keys = {code.text(use.keys[0]) for use in inside if not use.is_drop}
    uses = [use for use in inside if code.text(use.keys[0]) in keys]
    if len(keys) != 1:
        return None
    source = key_source(function, uses)
    kept = Kept(
        function,
        list(parameters(function)),
        uses if source is None else [replace(one, keys=(source,)) for one in uses],
    )
    parts = kept.parts(kept.left_out())
    if len(parts) < 2:
        return None
    text = _key(code, function, parts, bool(others))
    if not text:
        return None
    if source is None:
        line = text.replace("{", "{{").replace("}", "}}")
        mark = end_mark(code, uses[0].whole)
        edits = key_edits(code, kept, text, f"const {{}} = {line}{mark}")
    else:
        edits = [code.edit(source, text)]
    edits += _typed(code, made)
    place = next(n for n, one in enumerate(parts) if isinstance(one, Node))
    dropped = (drop(code, name, use, place) for use in others)
    return code.together([*edits, *(one for one in dropped if one is not None)])


def _key(code: Code, function: Node, parts: Sequence[Node | str], is_read: bool) -> str:
    """Return the text of a key, "" where parts cannot be told apart; JSON where it ``is_read``."""
    given = parameters(function)
    nodes = [one if isinstance(one, Node) else _name_in(given[one], one) for one in parts]
    kinds = [facts(code).kind(one) for one in nodes]
    if any(one not in _KINDS for one in kinds):
        return ""
    texts = [one if isinstance(one, str) else code.text(one) for one in parts]
    absent = [facts(code).known(one).absent for one in nodes]
    # Of two texts next to one another nobody knows where one ends.
    is_plain = all(one in _PLAIN for one in kinds) and kinds.count("string") < 2
    if is_plain and not is_read and not any(absent):
        return f"`{':'.join(f'${{{one}}}' for one in texts)}`"
    return f"JSON.stringify([{', '.join(texts)}])"


def _name_in(node: Node, name: str) -> Node:
    kinds = ("identifier", "shorthand_property_identifier_pattern")
    return next((one for one in below(node, *kinds) if text_of(one) == name), node)


def _typed(code: Code, made: Sequence[Node]) -> Iterator[Edit]:
    """Yield what makes the keys of a typed map texts."""
    for node in made:
        value = named(node.parent, "value") or named(node.parent, "right")
        for one in (named(node.parent, "type"), named(value, "type_arguments")):
            if one is not None and _TYPE.search(code.text(one)):
                yield code.edit(one, _TYPE.sub("<string", code.text(one), count=1))
