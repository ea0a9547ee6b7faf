"""What a file of Go is told of the other files of its package: what they declare."""

from tree_sitter import Node

from spark_desktop.adapters.languages import Parsed, text_of
from spark_desktop.adapters.pitfalls.code import named

_DECLARED = ("type_declaration", "const_declaration", "var_declaration")
_FUNCTIONS = ("function_declaration", "method_declaration")


def declared(parsed: Parsed) -> str:
    """Return what files declare, without the packages that they import and what functions do.

    What a function does there is no matter of the file beside it, and takes time to read.
    """
    return "\n\n".join(_told(one) for one in parsed.root.named_children if _is_told(one))


def _is_told(node: Node) -> bool:
    return node.type in (*_DECLARED, *_FUNCTIONS) and not node.has_error


def _told(node: Node) -> str:
    body = named(node, "body") if node.type in _FUNCTIONS else None
    if body is None:
        return text_of(node)
    text = text_of(node).encode()
    return text[: body.start_byte - node.start_byte].decode() + "{}"
