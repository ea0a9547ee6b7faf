"""Which names of a JavaScript or TypeScript file say yes or no: their false is no missing value."""

from collections.abc import Iterator
from functools import lru_cache

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, below, named
from spark_desktop.adapters.pitfalls.script_facts import facts
from spark_desktop.adapters.pitfalls.script_nodes import (
    COMPARISONS,
    argument_of,
    called,
    is_field,
    operator,
    sides,
)
from spark_desktop.domain.regex import regex

_NAMES = regex(
    r"^(?:is|has|can|should|was|did|are|needs|allow|use|enable|show|hide|force|skip|ok|done|valid"
    r"|found|visible|active|open|closed|ready)(?:[A-Z_]|$)|(?:ed|ing|able)$"
)
_GIVEN = (
    *("assignment_expression", "pair", "variable_declarator", "assignment_pattern"),
    *("object_assignment_pattern", "required_parameter", "optional_parameter", "field_definition"),
    *("public_field_definition", "binary_expression"),
)
# Where a name is made, or handed on as it is.
_MADE = (
    *("required_parameter", "optional_parameter", "formal_parameters", "arrow_function"),
    *("object_pattern", "property_signature", "pair_pattern", "rest_pattern"),
)


def is_truth(code: Code, node: Node) -> bool:
    """Return whether an expression says yes or no: by its type, its name, or its uses."""
    name = text_of(named(node, "property") or node)
    kind = facts(code).known(node).kind
    if kind == "boolean" or _NAMES.search(name):
        return True
    found = _truths(code)
    return name in found[0] or (not kind and name in found[1])


def is_asked(node: Node) -> bool:
    """Return whether only the truth of a value is looked at."""
    outer = node.parent
    if outer is None:
        return False
    sign = operator(outer)
    if outer.type == "unary_expression":
        return sign == "!"
    if outer.type == "if_statement" or outer.type == "ternary_expression":
        return is_field(node, "condition")
    if sign == "&&" and is_field(node, "left"):
        right = named(outer, "right")
        return right is None or not right.type.startswith("jsx")
    if outer.type == "arrow_function":
        call = argument_of(outer)
        return is_field(node, "body") and called(call) in ("filter", "some", "every", "find")
    is_inner = outer.type == "parenthesized_expression" or sign in ("&&", "||")
    return is_inner and is_asked(outer)


@lru_cache(maxsize=1)
def _truths(code: Code) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names that are given truths or compared with them, and those only asked for."""
    return frozenset(_given(code)), frozenset(_only_asked(code))


def _given(code: Code) -> Iterator[str]:
    for node in below(code.root, *_GIVEN):
        both = sides(node)
        if node.type == "binary_expression":
            if both is not None and any(one.type in ("true", "false") for one in both):
                yield from (_name(one) for one in both if one.type not in ("true", "false"))
            continue
        value = named(node, "value") or named(node, "right")
        fields = ("left", "name", "key", "pattern", "property")
        name = next((one for field in fields if (one := named(node, field)) is not None), None)
        if value is not None and name is not None and _says_yes_or_no(value):
            yield _name(name)


def _says_yes_or_no(value: Node) -> bool:
    return value.type in ("true", "false") or operator(value) in ("!", *COMPARISONS)


def _name(node: Node) -> str:
    return text_of(named(node, "property") or node)


def _only_asked(code: Code) -> set[str]:
    asked: set[str] = set()
    used: set[str] = set()
    for node in below(code.root, "identifier", "property_identifier"):
        whole = node
        if node.type == "property_identifier":
            if not is_field(node, "property") or node.parent is None:
                continue
            whole = node.parent
        outer = whole.parent
        is_made = outer is None or (outer.type in _MADE and not is_field(whole, "body"))
        if is_made or is_field(whole, "name") or (is_field(whole, "left") and _is_pattern(outer)):
            continue
        # Each element that ``filter`` asks for is kept, too.
        is_plain = outer is not None and outer.type != "arrow_function" and is_asked(whole)
        (asked if is_plain else used).add(text_of(node))
    return asked - used


def _is_pattern(node: Node | None) -> bool:
    return node is not None and node.type.endswith("pattern")
