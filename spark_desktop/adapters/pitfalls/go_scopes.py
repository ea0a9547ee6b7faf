"""What declares the names that Go code sees at a place, within a function."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import below, named

FUNCTIONS = ("function_declaration", "method_declaration", "func_literal")


def declarations(parent: Node, child: Node) -> Iterator[Node]:
    """Yield what declares names in a scope, in front of a child of it."""
    if parent.type == "statement_list":
        before = [one for one in parent.named_children if one.start_byte < child.start_byte]
        for one in reversed(before):
            if one.type == "short_var_declaration":
                yield one
            elif one.type in ("var_declaration", "const_declaration"):
                yield from below(one, "var_spec", "const_spec")
    elif parent.type == "for_statement":
        yield from _of_loop(parent, child)
    elif parent.type in FUNCTIONS:
        for field in ("parameters", "result", "receiver"):
            group = named(parent, field)
            if group is not None and group.type == "parameter_list":
                yield from group.named_children
    else:
        start = named(parent, "initializer")
        if start is not None and start.id != child.id and start.type == "short_var_declaration":
            yield start


def _of_loop(loop: Node, child: Node) -> Iterator[Node]:
    for one in loop.named_children:
        inner = named(one, "initializer") if one.type == "for_clause" else one
        if inner is None or inner.id == child.id:
            continue
        if inner.type in ("range_clause", "short_var_declaration"):
            yield inner
