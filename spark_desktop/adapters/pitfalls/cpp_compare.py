"""Traps of C++ in what compares by several keys: a later one counts only where the first tie."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.cpp_names import function_declarator, parameters
from spark_desktop.adapters.pitfalls.cpp_types import operator
from spark_desktop.domain.small_change import SmallChange

_FUNCTIONS = ("function_definition", "lambda_expression")


@dataclass(frozen=True, slots=True)
class _Key:
    """One key of both values, as they are compared: ``left sign right``."""

    left: str
    sign: str
    right: str


def later_keys(code: Code) -> Iterator[SmallChange]:
    """A key decides wherever it differs, also the other way: else the next ones turn it around."""
    for function in code.nodes(*_FUNCTIONS):
        body = named(function, "body")
        if body is None or not _orders(code, function):
            continue
        edits = [
            edit
            for node in below(body, "if_statement", "conditional_expression")
            if above(node, *_FUNCTIONS) == function
            for edit in _decided(code, function, body, node)
        ]
        if edits:
            yield code.together(edits)


def several_keys(code: Code) -> Iterator[SmallChange]:
    """Three keys or more are compared one after the other, not each for itself."""
    for node in code.nodes("return_statement"):
        function = above(node, *_FUNCTIONS)
        whole = next(iter(node.named_children), None)
        if function is None or whole is None or not _orders(code, function):
            continue
        parts = _parts(code, whole)
        keys = [_key(code, function, one) for one in parts]
        found = [one for one in keys if one is not None]
        if len(found) < 3 or len(found) != len(keys):
            continue
        text = _compared(found[-1])
        for one in reversed(found[:-1]):
            held = text if one is found[-2] else f"({text})"
            text = f"{_compared(one)} || ({one.left} == {one.right} && {held})"
        yield code.put(whole, text)


def _decided(code: Code, function: Node, body: Node, node: Node) -> Iterator[Edit]:
    """Yield the edits by which a key decides in both directions; none where it does so already."""
    condition, then = named(node, "condition"), named(node, "consequence")
    if condition is not None and condition.type == "condition_clause":
        condition = named(condition, "value")
    held = _bare(condition)
    key = _key(code, function, held) if held is not None else None
    value = _given(then)
    if held is None or key is None or value is None or code.text(value) != "true":
        return
    # It is asked once more where it is greater, or the same: that decides the rest.
    if any(_times(code.text(body), side) != 1 for side in (key.left, key.right)):
        return
    if not _is_followed(code, node):
        return
    yield code.edit(held, f"{key.left} != {key.right}")
    yield code.edit(value, _compared(key))


def _is_followed(code: Code, node: Node) -> bool:
    """Return whether more than a plain false comes where the key does not decide."""
    other = named(node, "alternative")
    if other is not None and other.type == "else_clause":
        other = next(iter(other.named_children), None)
    other = other or node.next_named_sibling
    while other is not None and other.type == "comment":
        other = other.next_named_sibling
    value = _given(other)
    return other is not None and (value is None or code.text(value) != "false")


def _given(node: Node | None) -> Node | None:
    """Return what a branch returns, or is; None where it does something else."""
    if node is not None and node.type == "compound_statement" and node.named_child_count == 1:
        node = node.named_children[0]
    if node is not None and node.type == "return_statement":
        return next(iter(node.named_children), None)
    around = None if node is None else node.parent
    return node if around is not None and around.type == "conditional_expression" else None


def _bare(node: Node | None) -> Node | None:
    while node is not None and node.type == "parenthesized_expression":
        node = next(iter(node.named_children), None)
    return node


def _parts(code: Code, node: Node) -> list[Node]:
    """Return what ``||`` or ``&&`` joins without a look at what is the same."""
    inner = _bare(node)
    left, right = named(inner, "left"), named(inner, "right")
    is_joined = inner is not None and inner.type == "binary_expression"
    if inner is None or left is None or right is None or not is_joined:
        return [node]
    if operator(code, inner) not in ("||", "&&"):
        return [inner]
    return [*_parts(code, left), *_parts(code, right)]


def _key(code: Code, function: Node, node: Node) -> _Key | None:
    """Return the key that a comparison asks of both values; None of any other expression."""
    left, right = named(node, "left"), named(node, "right")
    if node.type != "binary_expression" or left is None or right is None:
        return None
    sign = operator(code, node)
    texts = code.text(left), code.text(right)
    if sign not in ("<", ">"):
        return None
    names = [code.text(one.node) for one in parameters(code, function)]
    return _Key(texts[0], sign, texts[1]) if _is_pair(names, *texts) else None


def _is_pair(names: list[str], left: str, right: str) -> bool:
    """Return whether two texts are the same of both values, of which one may be the object."""
    if len(names) == 2:
        turned = (_with_word(left, *names), _with_word(left, *reversed(names)))
        return right != left and right in turned
    own = [one.removeprefix("this->") for one in (left, right)]
    whole = [f"{names[0]}.{one}" for one in own] if len(names) == 1 else []
    return bool(whole) and (whole[0] == right or whole[1] == left)


def _with_word(text: str, old: str, new: str) -> str:
    return re.sub(rf"\b{re.escape(old)}\b", new, text)


def _times(text: str, part: str) -> int:
    return len(re.findall(rf"(?<![\w.>]){re.escape(part)}(?!\w)", text))


def _compared(key: _Key) -> str:
    return f"{key.left} {key.sign} {key.right}"


def _orders(code: Code, function: Node) -> bool:
    """Return whether a function says what comes first: it is passed on, or an operator."""
    count = len(list(parameters(code, function)))
    if function.type == "lambda_expression":
        return count == 2 and _is_value(function)
    own = named(function_declarator(function), "declarator")
    name = code.text(own) if own is not None else ""
    if re.search(r"\boperator\s*[<>]$", name):
        return count in (1, 2)
    if re.search(r"\boperator\s*\(\)$", name):
        return count == 2
    return count == 2 and any(
        _is_passed_on(one, function)
        for one in code.every("identifier", "qualified_identifier")
        if code.text(one) == name
    )


def _is_value(function: Node) -> bool:
    """Return whether a lambda is an argument, or a variable that may be one."""
    return function.parent is not None and function.parent.type in (
        "argument_list",
        "init_declarator",
    )


def _is_passed_on(node: Node, function: Node) -> bool:
    parent = node.parent
    if parent is None or function.start_byte <= node.start_byte < function.end_byte:
        return False
    return parent.type in ("argument_list", "pointer_expression", "initializer_list")
