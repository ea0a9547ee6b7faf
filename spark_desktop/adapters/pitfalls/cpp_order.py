"""Traps of C and C++ in what comes first: statements, and the operators of a macro."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, below, named
from spark_desktop.adapters.pitfalls.cpp_names import find
from spark_desktop.adapters.pitfalls.cpp_numbers import bare
from spark_desktop.adapters.pitfalls.cpp_types import operator
from spark_desktop.adapters.pitfalls.shared import all_then_each
from spark_desktop.domain.small_change import SmallChange


def set_one_by_one(code: Code, inferred: str) -> Iterator[SmallChange]:
    """The second of two assignments uses what the first has changed already."""
    for node in code.nodes("expression_statement"):
        following = node.next_named_sibling
        pair = [_assigned(code, one) for one in (node, following)]
        if following is None or pair[0] is None or pair[1] is None:
            continue
        (left, right), (other, value) = pair[0], pair[1]
        used = {code.text(one) for one in below(value, left.type)}
        if code.text(left) not in used or code.text(left) == code.text(other):
            continue
        if code.text(other) not in {code.text(one) for one in below(right, other.type)}:
            continue
        if (
            inferred
            and code.text(left) == code.text(value)
            and code.text(right) == code.text(other)
        ):
            swap = f"std::swap({code.text(left)}, {code.text(other)});"
            yield code.together([(code.places.start(node), code.places.end(following), swap)])
            continue
        kind = _kind(code, other) or inferred
        after = [f"{code.text(node)}", f"{code.text(other)} = next;"]
        begin = code.content.rfind("\n", 0, code.places.start(node)) + 1
        indent = code.content[begin : code.places.start(node)]
        if kind and not indent.strip() and find(code, "next", node) is None:
            lines = [f"{kind} next = {code.text(bare(value))};", *after]
            text = f"{code.newline}{indent}".join(lines)
            span = (code.places.start(node), code.places.end(following), text)
            yield code.together([span])


def _kind(code: Code, node: Node) -> str:
    """Return how the type of a plain variable is written; "" of anything else."""
    one = find(code, code.text(node), node)
    kind = named(one.holder, "type") if one is not None and node.type == "identifier" else None
    if one is None or kind is None:
        return ""
    stars = "*" * one.kind.count("*")
    return f"{code.text(kind)}{stars}" if stars else f"const {code.text(kind)}"


def swapped_lines(code: Code) -> Iterator[SmallChange]:
    """A statement uses what the one above it has changed already."""
    for node in code.nodes("expression_statement"):
        following = node.next_named_sibling
        inner = next(iter(node.named_children), None)
        if following is None or inner is None or following.type != "expression_statement":
            continue
        target = named(inner, "left") or named(inner, "argument")
        if inner.type not in ("assignment_expression", "update_expression") or target is None:
            continue
        name = code.text(target)
        other = next(iter(following.named_children), None)
        second = named(other, "left") or named(other, "argument")
        if second is not None and code.text(second) == name:
            continue
        if name in {code.text(one) for one in below(following, target.type)}:
            texts = code.text(node), code.text(following)
            yield code.together([code.edit(node, texts[1]), code.edit(following, texts[0])])


def _assigned(code: Code, node: Node | None) -> tuple[Node, Node] | None:
    inner = next(iter(node.named_children), None) if node is not None else None
    left, right = named(inner, "left"), named(inner, "right")
    if inner is None or inner.type != "assignment_expression" or left is None or right is None:
        return None
    return (left, right) if operator(code, inner) == "=" else None


def unheld_macros(code: Code) -> Iterator[SmallChange]:
    """A macro puts its arguments in as text: without parentheses, their operators run loose.

    Its definition is above the function that shows it.
    """
    used = {code.text(one) for one in code.nodes("identifier")}
    places: list[list[Edit]] = []
    for node in below(code.root, "preproc_function_def") if "#define" in code.content else ():
        name, listed, value = (named(node, field) for field in ("name", "parameters", "value"))
        if name is None or listed is None or value is None or code.text(name) not in used:
            continue
        text = code.text(value).strip()
        if any(sign in text for sign in ';{}"#'):
            continue
        held = text
        for one in listed.named_children:
            word = re.escape(code.text(one))
            held = re.sub(rf"(?<![\w.>(])\b{word}\b(?![\w(])|\((?<=\(){word}\b(?!\))", _held, held)
        held = held if held.startswith("(") and _is_one(held) else f"({held})"
        if held != text:
            places.append([code.edit(value, code.text(value).replace(text, held))])
    yield from all_then_each(code, places)


def _held(match: re.Match[str]) -> str:
    text = match[0]
    return f"(({text[1:]})" if text.startswith("(") else f"({text})"


def _is_one(text: str) -> bool:
    """Return whether the first parenthesis is closed by the last letter."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return place == len(text) - 1
    return False
