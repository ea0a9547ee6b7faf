"""Texts that are taken for numbers in JavaScript and TypeScript, and the other way round."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, below, named
from spark_desktop.adapters.pitfalls.script_facts import facts
from spark_desktop.adapters.pitfalls.script_nodes import (
    bare,
    calls,
    operator,
    sides,
)
from spark_desktop.adapters.pitfalls.shared import each_then_all
from spark_desktop.domain.small_change import SmallChange


def texts_that_add_up(code: Code) -> Iterator[SmallChange]:
    """``"1" + 2`` is ``"12"``: what was read or split is a text until it is made a number."""

    def split() -> Iterator[list[Edit]]:
        for call, _held, _given in calls(code, "split"):
            outer = call.parent
            name = named(outer, "name")
            if outer is None or outer.type != "variable_declarator" or name is None:
                continue
            names = [text_of(one) for one in below(name, "identifier")]
            if any(_is_counted(code, one, name.type == "identifier") for one in names):
                end = code.places.end(call)
                yield [(end, end, ".map(Number)")]

    yield from each_then_all(code, split())
    yield from each_then_all(code, _added_texts(code))


def _is_counted(code: Code, name: str, is_list: bool) -> bool:
    for node in code.nodes("binary_expression"):
        both = sides(node)
        is_its = both is not None and any(
            text_of((named(bare(one), "object") if is_list else bare(one)) or code.root) == name
            for one in both
            if not is_list or named(bare(one), "index") is not None
        )
        if is_its and operator(node) in ("+", "-", "*", "/", "<", ">", "<=", ">="):
            return True
    return False


def _added_texts(code: Code) -> Iterator[list[Edit]]:
    for node in code.nodes("binary_expression", "augmented_assignment_expression"):
        outer, both = node.parent, sides(node)
        if both is None or operator(node) not in ("+", "+="):
            continue
        if outer is not None and operator(outer) in ("+", "+=") and outer.type == node.type:
            continue
        parts = [both[1]] if operator(node) == "+=" else list(_added(node))
        whole = [*parts, both[0]]
        if any(_is_text(code, one) for one in whole) or not _is_number(code, whole):
            continue
        unsure = [one for one in parts if _may_be_text(code, one)]
        yield [code.edit(one, f"Number({code.text(one)})") for one in unsure]


def _added(node: Node) -> Iterator[Node]:
    both = sides(node)
    if both is None or operator(node) != "+":
        yield node
        return
    yield from _added(both[0])
    yield both[1]


def _is_text(code: Code, node: Node) -> bool:
    known = facts(code).known(node)
    return (
        known.kind in ("array", "object")
        or node.type in ("string", "template_string")
        or (known.kind == "string" and node.type in ("call_expression", "binary_expression"))
    )


def _is_number(code: Code, nodes: list[Node]) -> bool:
    """Return whether a sum is meant: one part is a number, or nothing is known of any."""
    kinds = {facts(code).known(one).kind for one in nodes}
    return "number" in kinds or kinds == {""}


def _may_be_text(code: Code, node: Node) -> bool:
    if node.type not in ("identifier", "member_expression", "subscript_expression"):
        return False
    return facts(code).known(node).kind in ("", "string")


def glued_sum(code: Code) -> Iterator[SmallChange]:
    """``"total: " + a + b`` puts one number behind the other."""
    for node in code.nodes("binary_expression"):
        both = sides(node)
        inner = None if both is None else sides(both[0])
        if both is None or inner is None or operator(node) != "+" or operator(both[0]) != "+":
            continue
        parts = (inner[1], both[1])
        is_sum = all(facts(code).known(one).kind in ("", "number") for one in parts)
        is_last = node.parent is None or operator(node.parent) != "+"
        if is_sum and is_last and facts(code).known(inner[0]).kind == "string":
            added = f"({code.text(parts[0])} + {code.text(parts[1])})"
            yield code.put(node, f"{code.text(inner[0])} + {added}")
