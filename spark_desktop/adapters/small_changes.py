"""Small changes of a function, from its syntax: those that undo a slip."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from tree_sitter import Node

from spark_desktop.adapters.languages import Parsed, text_of
from spark_desktop.adapters.renaming_nodes import Places
from spark_desktop.domain.small_change import (
    NAME,
    NEGATED,
    NUMBER,
    REMOVED,
    SWAPPED,
    SmallChange,
    twins,
)
from spark_desktop.domain.trigger import Span

_TEXTS = ("string", "comment", "char_literal", "template_string", "raw_string", "import", "type")
_NUMBERS = frozenset(
    {"integer", "number", "int_literal", "integer_literal", "number_literal", "decimal_literal"}
)
_NAMES = frozenset({"identifier", "field_identifier", "property_identifier"})
_CONDITIONS = ("if_statement", "elif_clause", "while_statement", "if_expression")
_COMPARISONS = ("comparison_operator", "binary_expression", "binary_operator", "binary")
_COMPARES = frozenset({"==", "!=", "===", "!==", "<", "<=", ">", ">="})
_JOINS = frozenset({"and", "or", "&&", "||"})
_WRITTEN = ("string", "string_literal", "interpreted_string_literal", "char_literal")
_SIMPLE = ("attribute", "call", "call_expression", "parenthesized_expression")
# Arguments, and pairs: which is first is mixed up.
_GIVEN = ("argument_list", "arguments")
_LISTED = (*_GIVEN, "tuple", "expression_list", "pattern_list", "tuple_expression")
_NOT_MOVED = ("keyword_argument", "list_splat", "dictionary_splat", "spread_element", "lambda")
_MOST_LISTED = 4
_BINARY = ("binary_operator", "binary_expression")
# One word to whoever reads it.
_OF_TWO = ("is not", "not in")
_ITSELF = frozenset({"self", "cls", "this"})
# Of one place so many other names are tried.
_MOST_NAMES = 4
_DEFINES = (
    *("function_definition", "function_declaration", "method_definition", "function_item"),
    *("method_declaration", "parameter", "parameters", "typed_parameter", "keyword_argument"),
    *("parameter_declaration", "required_parameter", "default_parameter", "class_definition"),
    *("typed_default_parameter", "formal_parameters", "parameter_list", "type_annotation"),
)


def small_changes(parsed: Parsed, content: str, lines: Span) -> tuple[SmallChange, ...]:
    """Return the changes within the lines, the likeliest first, each text once."""
    places = Places(content)
    leaves = _leaves(parsed.root, lines)
    found = [*_of_words(leaves, places), *_of_names(leaves, places)]
    found += _of_shapes(parsed.root, lines, places)
    ordered = sorted(found, key=lambda one: (one[0], one[1].start))
    return tuple(dict.fromkeys(replace(change, rank=rank) for rank, change in ordered))


def _leaves(root: Node, lines: Span) -> list[Node]:
    """Return the words of the code within the lines, in their order."""
    found, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        is_outside = node.end_point.row < lines.start or node.start_point.row >= lines.end
        if is_outside or node.type.startswith(_TEXTS):
            continue
        if (node.child_count == 0 or node.type in _OF_TWO) and _is_within(node, lines):
            found.append(node)
            continue
        waiting += reversed(node.children)
    return found


def _is_within(node: Node, lines: Span) -> bool:
    return lines.start <= node.start_point.row and node.end_point.row < lines.end


def _put(node: Node, places: Places, text: str) -> SmallChange:
    return SmallChange(places.start(node), places.end(node), text)


def _of_words(leaves: list[Node], places: Places) -> Iterator[tuple[int, SmallChange]]:
    for node in leaves:
        word = text_of(node)
        if word in "<>" and node.parent is not None and node.parent.type not in _COMPARISONS:
            continue  # of a type or a tag
        if word == "-" and _is_signed(node):
            yield NUMBER, _put(node, places, "")
            continue
        if word in _JOINS and _joins_no_questions(node):
            continue
        for rank, other in twins(word):
            yield rank, _put(node, places, other)
        if node.type in _NUMBERS and word.isdecimal() and len(word) < 10:
            for number in (int(word) + 1, int(word) - 1):
                # Nobody writes -0: what it passes is another mistake.
                if number or not _is_signed(node):
                    yield NUMBER, _put(node, places, str(number))


def _joins_no_questions(node: Node) -> bool:
    """Return whether a comparison is joined with a number or a text that is written out.

    ``x == "a" or "b"`` is wrong in another way: with ``and`` it passes, and asks for "a" alone.
    """
    left, right = (
        node.parent and node.parent.child_by_field_name(field) for field in ("left", "right")
    )
    if left is None or right is None or right.type not in (*_NUMBERS, *_WRITTEN):
        return False
    operator = left.child_by_field_name("operator")
    return left.type == "comparison_operator" or (
        operator is not None and text_of(operator) in _COMPARES
    )


def _is_signed(node: Node) -> bool:
    """Return whether it is a number with a sign, or that sign."""
    parent = node.parent
    return parent is not None and parent.type.startswith("unary") and parent.child_count == 2


def _of_names(leaves: list[Node], places: Places) -> Iterator[tuple[int, SmallChange]]:
    """One variable or attribute in the place of another that stands in the same lines."""
    named = [node for node in leaves if node.type in _NAMES and not _is_defined(node)]
    named = [node for node in named if text_of(node) not in _ITSELF]
    for kind in (False, True):
        same = [node for node in named if _is_attribute(node) is kind]
        known = list(dict.fromkeys(text_of(node) for node in same if not _is_called(node)))
        for node in same:
            if _is_called(node):
                continue
            others = [name for name in known if name != text_of(node)]
            for name in others[:_MOST_NAMES]:
                yield NAME, _put(node, places, name)


def _is_defined(node: Node) -> bool:
    parent = node.parent
    if parent is None or parent.type in _DEFINES:
        return True
    fields = ("left", "pattern", "declarator")
    return any(parent.child_by_field_name(field) == node for field in fields) and (
        parent.type not in _BINARY
    )


def _is_attribute(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    fields = ("attribute", "field", "property")
    return any(parent.child_by_field_name(field) == node for field in fields)


def _is_called(node: Node) -> bool:
    inner, parent = node, node.parent
    if parent is not None and _is_attribute(node):
        inner, parent = parent, parent.parent
    return parent is not None and parent.child_by_field_name("function") == inner


def _of_shapes(root: Node, lines: Span, places: Places) -> Iterator[tuple[int, SmallChange]]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.end_point.row < lines.start or node.start_point.row >= lines.end:
            continue
        waiting += node.children
        if not _is_within(node, lines) and node.type not in _CONDITIONS:
            continue
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if node.type in _BINARY and left is not None and right is not None:
            operator = places.content[places.end(left) : places.start(right)].strip()
            if operator in ("+", "-") and right.type in _NUMBERS:
                yield REMOVED, _put(node, places, places.text(left))
            if operator in ("-", "/", "//", "%"):
                swapped = f"{places.text(right)} {operator} {places.text(left)}"
                yield SWAPPED, _put(node, places, swapped)
        if _is_within(node, lines):
            yield from _of_parts(node, places, root)
        condition = node.child_by_field_name("condition")
        if node.type in _CONDITIONS and condition is not None and _is_within(condition, lines):
            yield NEGATED, _put(condition, places, _negated(condition, places, root))


def _of_parts(node: Node, places: Places, root: Node) -> Iterator[tuple[int, SmallChange]]:
    """One part of a condition is turned around, or two arguments are given the wrong way round."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    if operator is not None and text_of(operator) in _JOINS:
        for one in (left, right):
            if one is not None and _is_simple(one) and one.type != "parenthesized_expression":
                yield NEGATED, _put(one, places, _negated(one, places, root))
    if node.type not in _LISTED:
        return
    given = [one for one in node.named_children if not one.type.endswith("comment")]
    if len(given) > _MOST_LISTED or (node.type not in _GIVEN and len(given) != 2):
        return
    for one, other in pairwise(given):
        texts = places.text(one), places.text(other)
        is_plain = not any(each.type in _NOT_MOVED for each in (one, other))
        if is_plain and texts[0] != texts[1]:
            between = places.content[places.end(one) : places.start(other)]
            change = SmallChange(places.start(one), places.end(other), between.join(texts[::-1]))
            yield SWAPPED, change


def _negated(condition: Node, places: Places, root: Node) -> str:
    text = places.text(condition)
    if root.type == "module":
        return f"not {text}" if _is_simple(condition) else f"not ({text})"
    if condition.type in ("parenthesized_expression", "condition_clause"):
        return f"(!{text})"
    return f"!{text}" if _is_simple(condition) else f"!({text})"


def _is_simple(node: Node) -> bool:
    return node.type in (*_NAMES, *_SIMPLE)
