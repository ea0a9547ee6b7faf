"""A trap of keys of several values in JavaScript and TypeScript: the values run together."""

import re
from collections.abc import Iterator
from itertools import pairwise

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, below, named
from spark_desktop.adapters.pitfalls.script_facts import facts
from spark_desktop.adapters.pitfalls.script_nodes import (
    FUNCTIONS,
    argument_of,
    arguments,
    called,
    function_of,
    is_field,
    object_of,
    operator,
    sides,
)
from spark_desktop.adapters.pitfalls.shared import all_then_each
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_KEYED = ("has", "get", "set", "add", "delete")
_KEY = regex(r"key(?:of|for|from)?$", re.IGNORECASE)
# What has no sign in it that may stand between two values.
_PLAIN = ("number", "boolean")


def glued_key(code: Code) -> Iterator[SmallChange]:
    """Of ``1`` and ``12`` the key ``${a}${b}`` is that of ``11`` and ``2``, too."""
    found = [
        (one, parts)
        for one in code.nodes("template_string", "binary_expression", "call_expression")
        if _run_together(code, parts := _parts(code, one)) and _is_key(code, one)
    ]
    # Keys of one map have to be made in one way.
    is_plain = all(_is_plain(code, parts) for _, parts in found)
    return all_then_each(code, (_apart(code, one, parts, is_plain) for one, parts in found))


def _parts(code: Code, node: Node) -> list[Node]:
    """Return the values and texts that a text is put together of; nothing for other values."""
    if node.type == "template_string":
        is_open = all(one.type != "escape_sequence" for one in node.named_children)
        return list(node.named_children) if is_open else []
    if node.type == "binary_expression":
        outer = node.parent
        is_inner = outer is not None and operator(outer) == "+"
        parts = [] if is_inner else _summands(node)
        is_sum = all(facts(code).known(one).kind != "string" for one in parts)
        # "" only makes a text of what is beside it.
        return (
            [] if is_sum else [one for one in parts if len(text_of(one)) > 2 or not _is_text(one)]
        )
    held, given = object_of(node, "join"), arguments(node)
    is_list = held is not None and held.type == "array" and len(given) <= 1
    parts = list(held.named_children) if held is not None and is_list else []
    # With another sign they are apart.
    is_glued = [code.text(one)[1:-1] for one in given] == [""]
    return parts if is_glued and all(one.type != "spread_element" for one in parts) else []


def _run_together(code: Code, parts: list[Node]) -> bool:
    """Return whether nobody can tell where one value ends and the next begins."""
    values = [not _is_text(one) for one in parts]
    if any(a and b for a, b in pairwise(values)):
        return True
    # Two texts may both have in them what stands between them.
    kinds = [facts(code).known(_value(one)).kind for one in parts if not _is_text(one)]
    return kinds.count("string") > 1


def _summands(node: Node) -> list[Node]:
    both = sides(node) if node.type == "binary_expression" and operator(node) == "+" else None
    return [node] if both is None else [*_summands(both[0]), both[1]]


def _is_text(node: Node) -> bool:
    return node.type in ("string", "string_fragment")


def _is_key(code: Code, node: Node) -> bool:
    """Return whether a text is the key of a map, and nobody reads it as the text that it is."""
    if _is_used_as_key(node):
        return _is_never_listed(code, [node])
    outer = node.parent
    name = named(outer, "name") if outer is not None else None
    if outer is not None and outer.type == "variable_declarator" and is_field(node, "value"):
        function = function_of(node) or code.root
        uses = [
            one
            for one in below(function, "identifier")
            if name is not None and text_of(one) == text_of(name) and one != name
        ]
        return bool(uses) and all(map(_is_used_as_key, uses)) and _is_never_listed(code, uses)
    return _is_of_key_function(code, node)


def _is_of_key_function(code: Code, node: Node) -> bool:
    outer, function = node.parent, function_of(node)
    if outer is None or function is None:
        return False
    if outer.type != "return_statement" and not is_field(node, "body"):
        return False
    name = named(function, "name") or named(function.parent, "name")
    if name is None or not _KEY.search(text_of(name)) or function.type not in FUNCTIONS:
        return False
    words = [one for one in code.every("call_expression") if called(one) == text_of(name)]
    return all(_is_used_as_key(one) or _is_stored(code, one) for one in words)


def _is_stored(code: Code, call: Node) -> bool:
    outer = call.parent
    name = named(outer, "name") if outer is not None else None
    if outer is None or name is None or outer.type != "variable_declarator":
        return False
    function = function_of(call) or code.root
    uses = [one for one in below(function, "identifier") if text_of(one) == text_of(name)]
    return all(one == name or _is_used_as_key(one) for one in uses)


def _is_used_as_key(node: Node) -> bool:
    call = argument_of(node)
    if call is not None:
        is_keyed = object_of(call, *_KEYED) is not None
        return is_keyed and arguments(call)[0] == node
    outer = node.parent
    is_asked = outer is not None and operator(outer) == "in" and is_field(node, "left")
    return is_asked or is_field(node, "index")


def _is_never_listed(code: Code, uses: list[Node]) -> bool:
    """Return whether nobody goes through the keys of the maps, which may be shown."""
    names = {text_of(one) for one in map(_map_of, uses) if one is not None}
    for one in code.every("identifier", "property_identifier", "private_property_identifier"):
        if text_of(one) in names and _lists(one):
            return False
    return True


def _map_of(node: Node) -> Node | None:
    call, outer = argument_of(node), node.parent
    held = object_of(call, *_KEYED) if call is not None else named(outer, "object")
    return named(held, "property") or held


def _lists(name: Node) -> bool:
    node = name
    if (
        name.parent is not None
        and name.parent.type == "member_expression"
        and (named(name.parent, "property") == name)
    ):
        node = name.parent
    outer = node.parent
    if outer is None:
        return False
    asked = named(outer, "property") if outer.type == "member_expression" else None
    if asked is not None and is_field(node, "object"):
        return text_of(asked) in ("keys", "entries", "forEach")
    is_walked = outer.type == "for_in_statement" and is_field(node, "right")
    return is_walked or outer.type in ("spread_element", "arguments", "return_statement")


def _is_plain(code: Code, parts: list[Node]) -> bool:
    values = [_value(one) for one in parts if not _is_text(one)]
    known = [facts(code).known(one) for one in values]
    return all(one.kind in _PLAIN and not one.absent for one in known)


def _value(node: Node) -> Node:
    is_put_in = node.type == "template_substitution" and node.named_children
    return node.named_children[0] if is_put_in else node


def _apart(code: Code, node: Node, parts: list[Node], is_plain: bool) -> list[Edit]:
    if not is_plain:
        # What only stands between values is not needed any more.
        told = [one for one in parts if not _is_text(one) or re.search(r"\w", text_of(one))]
        texts = (_quoted(code, one) if _is_text(one) else code.text(_value(one)) for one in told)
        return [code.edit(node, f"JSON.stringify([{', '.join(texts)}])")]
    text, was_value = "", False
    for one in parts:
        is_value = not _is_text(one)
        text += ":" if is_value and was_value else ""
        text += f"${{{code.text(_value(one))}}}" if is_value else _quoted(code, one)[1:-1]
        was_value = is_value
    return [code.edit(node, f"`{text}`")]


def _quoted(code: Code, node: Node) -> str:
    text = code.text(node)
    return text if node.type == "string" else '"' + text.replace('"', '\\"') + '"'
