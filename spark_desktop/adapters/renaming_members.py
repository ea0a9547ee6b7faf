"""The fields that classes, types and enumerations have, and those that methods set."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import Parsed, text_of
from spark_desktop.adapters.renaming_nodes import nodes_around
from spark_desktop.adapters.renaming_shapes import is_of_written_type

FUNCTION_VALUES = ("arrow_function", "function_expression")
# How a method sets a field of its object: the statement, what is set, of what, and its name.
_SETS = {
    "python": ("assignment", "attribute", "self", "attribute"),
    "javascript": ("assignment_expression", "member_expression", "this", "property"),
}
_BETWEEN = ("block", "decorated_definition", "class_body")


def set_on_itself(parsed: Parsed) -> Iterator[tuple[Node, Node]]:
    """Yield what methods of a class set on its object, with the name: ``self.limit = 3``."""
    form = _SETS.get(parsed.grammar.name)
    if form is None:
        return
    type_, member, own, field = form
    for node in parsed.nodes((type_,)):
        left = node.child_by_field_name("left")
        of = None if left is None or left.type != member else left.child_by_field_name("object")
        name = None if left is None else left.child_by_field_name(field)
        is_own = of is not None and text_of(of) == own
        if name is not None and is_own and _is_in_method(node):
            yield node, name


def _is_in_method(node: Node) -> bool:
    """Return whether the nearest function around is a class's own."""
    for above in nodes_around(node):
        if above.type in ("function_definition", "method_definition"):
            around = (one for one in nodes_around(above) if one.type not in _BETWEEN)
            nearest = next(around, None)
            return nearest is not None and nearest.type in ("class_definition", "class_declaration")
        if above.type in ("lambda", *FUNCTION_VALUES, "function_declaration"):
            return False
    return False


def fields_of(node: Node, kind: str) -> Iterator[tuple[str, Node, Node]]:
    """Yield the fields and values that classes, types and enumerations of JavaScript have."""
    if node.type == "enum_body":
        for member in node.named_children:
            name = member.child_by_field_name("name") or member
            if name.type == "property_identifier":
                yield kind, name, member
        return
    named = node.child_by_field_name("name") or node.child_by_field_name("property")
    if named is None or named.type != "property_identifier":
        return
    value = node.child_by_field_name("value")
    if node.type == "property_signature":
        # A type that is written out within another one has no name.
        if not is_of_written_type(node):
            yield kind, named, node
    elif value is not None and value.type in FUNCTION_VALUES:
        yield "function", named, value
    else:
        yield kind, named, node
