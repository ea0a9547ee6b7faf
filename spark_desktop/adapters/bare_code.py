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


def _leaves(node: Node, is_python: bool) -> Iterator[Node]:
    if node.type in _DROPPED or (is_python and _is_docstring(node)):
        return
    # A string is one token: what is inside of it counts as it is written.
    if not node.children or node.type in ("string", "string_literal", "template_string"):
        yield node
        return
    field, sign = _PYTHON_TYPES.get(node.type, ("", "")) if is_python else ("", "")
    dropped = node.child_by_field_name(field) if field else None
    for child in node.children:
        if dropped is not None and (child.id == dropped.id or child.type == sign):
            continue
        yield from _leaves(child, is_python)


def _is_docstring(node: Node) -> bool:
    if node.type != "expression_statement" or node.parent is None:
        return False
    block = node.parent
    if block.type not in ("block", "module") or [c.type for c in node.named_children] != ["string"]:
        return False
    statements = [child for child in block.named_children if child.type != "comment"]
    return bool(statements) and statements[0].id == node.id
