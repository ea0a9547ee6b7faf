"""A trap of Python's spans of time: their parts are taken for the whole."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, named
from spark_desktop.domain.small_change import SmallChange


def parts_of_time(code: Code) -> Iterator[SmallChange]:
    """``seconds`` of a span of time are those beside its days."""
    for node in code.nodes("attribute"):
        name = named(node, "attribute")
        if name is None or text_of(name) != "seconds" or _is_kept_name(node):
            continue
        whole = f"int({code.text(node)[: -len('seconds')]}total_seconds())"
        if _is_counted(node):
            # Of whole units there are no halves.
            yield code.put(node, whole)
            continue
        yield code.put(name, "total_seconds()")
        yield code.put(node, whole)


def _is_kept_name(node: Node) -> bool:
    whole = named(node, "object")
    if whole is not None and text_of(whole) in ("self", "cls"):
        return True
    parent = node.parent
    if parent is None:
        return False
    is_set = parent.type in ("assignment", "augmented_assignment") and (
        named(parent, "left") == node
    )
    return is_set or named(parent, "function") == node


def _is_counted(node: Node) -> bool:
    """Return whether what is divided is counted in whole units: by ``//``, ``%`` or ``divmod``."""
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "argument_list" and parent.parent is not None:
        function = named(parent.parent, "function")
        return function is not None and text_of(function) == "divmod"
    sign = named(parent, "operator")
    if parent.type != "binary_operator" or sign is None:
        return False
    return text_of(sign) in ("//", "%") and named(parent, "left") == node
