"""Code without what only explains it: comments, docstrings, annotated types."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import Parsed, text_of

_DROPPED = frozenset({"comment", "line_comment", "block_comment", "type_annotation"})
# Fields that hold types where Python leaves them to the reader, and the sign in front of each.
_PYTHON_TYPES = {
    "typed_parameter": ("type", ":"),
    "typed_default_parameter": ("type", ":"),
    "function_definition": ("return_type", "->"),
    "assignment": ("type", ":"),
}


def bare_code(parsed: Parsed) -> str:
    """Return the tokens with one space between them, so that layout does not count."""
    is_python = parsed.grammar.name == "python"
    return " ".join(text_of(node) for node in _leaves(parsed.root, is_python))


def _leaves(root: Node, is_python: bool) -> Iterator[Node]:
    # Not by calls of itself: a chain of a thousand ``else if`` or ``+`` nests as deeply.
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type in _DROPPED or (is_python and _is_docstring(node)):
            continue
        # A string is one token: what is inside of it counts as it is written.
        if not node.children or node.type in ("string", "string_literal", "template_string"):
            yield node
        else:
            waiting += reversed(_kept(node, is_python))


def _kept(node: Node, is_python: bool) -> list[Node]:
    """Return the children without the type that the node may be annotated with."""
    field, sign = _PYTHON_TYPES.get(node.type, ("", "")) if is_python else ("", "")
    dropped = node.child_by_field_name(field) if field else None
    if dropped is None:
        return node.children
    return [one for one in node.children if one.id != dropped.id and one.type != sign]


def _is_docstring(node: Node) -> bool:
    if node.type != "expression_statement" or node.parent is None:
        return False
    block = node.parent
    if block.type not in ("block", "module") or [c.type for c in node.named_children] != ["string"]:
        return False
    statements = [child for child in block.named_children if child.type != "comment"]
    return bool(statements) and statements[0].id == node.id
