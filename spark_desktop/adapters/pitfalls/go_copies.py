"""Traps of Go with a struct that is taken out of where it is kept: what is changed is a copy."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Rule, below, named
from spark_desktop.adapters.pitfalls.go_nodes import root_of
from spark_desktop.adapters.pitfalls.go_ranges import changed
from spark_desktop.adapters.pitfalls.go_types import listed, types_of
from spark_desktop.adapters.pitfalls.shared import lines_below, stands_alone, uses
from spark_desktop.domain.small_change import SmallChange

_LEAVES = ("continue_statement", "return_statement", "break_statement")


def _taken_out(code: Code) -> Iterator[SmallChange]:
    """``x := xs[i]`` is a copy of the element: what is done to it is lost with it."""
    types = types_of(code)
    for one in code.nodes("short_var_declaration"):
        names, values = listed(named(one, "left")), listed(named(one, "right"))
        block = one.parent
        if len(values) != 1 or block is None or block.type != "statement_list":
            continue
        value, name = values[0], code.text(names[0])
        kind = types.of(value)
        # Only of a struct that is known to be one it is sure that it is copied.
        if kind.startswith("*") or not types.struct(kind) or not stands_alone(code, one):
            continue
        last = _last_change(code, one, block, name)
        if last is None:
            continue
        held = named(value, "operand")
        if value.type == "index_expression" and types.is_map(types.of(held)) and len(names) < 3:
            if not _leaves_before(last):
                yield code.together([lines_below(code, last, [f"{code.text(value)} = {name}"])])
        elif len(names) == 1 and (
            value.type == "index_expression"
            or (value.type == "selector_expression" and not _is_read(code, last, block, name))
        ):
            yield code.put(value, f"&{code.text(value)}")


def _last_change(code: Code, taken: Node, block: Node, name: str) -> Node | None:
    """Return the statement of the block that changes a part of it last.

    None where it is changed nowhere, or used as a whole: whoever passes it on means the copy.
    """
    behind = [one for one in block.named_children if one.start_byte > taken.end_byte]
    for use in (use for one in behind for use in uses(one, name, code)):
        parent = use.parent
        if parent is None or parent.type != "selector_expression":
            return None
        if parent.parent is not None and code.text(parent.parent).startswith("&"):
            return None
    found = [one for one in behind if any(_is_of(code, t, name) for t, _ in changed(code, one))]
    return found[-1] if found else None


def _is_of(code: Code, target: Node, name: str) -> bool:
    root = root_of(target)
    return root.type == "identifier" and code.text(root) == name


def _leaves_before(last: Node) -> bool:
    """Return whether a statement may go elsewhere before it ends, with what it changed."""
    return next(below(last, *_LEAVES), None) is not None


def _is_read(code: Code, last: Node, block: Node, name: str) -> bool:
    behind = (one for one in block.named_children if one.start_byte > last.end_byte)
    return any(uses(one, name, code) for one in behind)


RULES: tuple[Rule, ...] = (_taken_out,)
