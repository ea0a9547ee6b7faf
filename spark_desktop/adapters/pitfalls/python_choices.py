"""A trap of Python's ``or`` and ``and``: they join questions, not what is asked for."""

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, below, named
from spark_desktop.adapters.pitfalls.python_nodes import SIMPLE, arguments, called, method
from spark_desktop.adapters.pitfalls.shared import all_then_each
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_LITERALS = {
    **{"string": "text", "concatenated_string": "text", "none": "none"},
    **{"integer": "number", "float": "number"},
}
# A constant, or a member of an enumeration: no question is written like that.
_CONSTANT = regex(r"(?:\w+\.)*[A-Z][A-Z0-9_]*")
_KINDS = ("isinstance", "issubclass")
_ENDS = ("startswith", "endswith")
# What each sign says of one value says this of several.
_SEVERAL = {"==": "in", "!=": "not in"}


def asks_one_of(code: Code) -> Iterator[SmallChange]:
    """``x == 1 or 2`` is always true, and ``"a" or "b"`` is "a"."""
    edits = [*_of_conditions(code), *_of_values(code)]
    yield from all_then_each(code, [[one] for one in edits])


def _of_conditions(code: Code) -> Iterator[Edit]:
    for node in code.nodes("boolean_operator"):
        parent, sign = node.parent, _sign(node)
        is_part = parent is not None and parent.type == "boolean_operator"
        # The outermost one has all parts; and ``x != 1 and "some" or "one"`` chooses a text.
        if is_part and parent is not None and (_sign(parent) == sign or sign == "and"):
            continue
        parts = _parts(node, sign)
        written = list(_written(code, parts, sign))
        is_plain = not any(True for _ in below(node, "comment"))
        if is_plain and written != [code.text(one) for one in parts]:
            yield code.edit(node, f" {sign} ".join(written))


def _written(code: Code, parts: Sequence[Node], sign: str) -> Iterator[str]:
    """Yield the questions that the parts of a condition are meant as."""
    at = 0
    while at < len(parts):
        until = at + 1
        while until < len(parts) and _is_value(parts[until]):
            until += 1
        text = _asked(code, parts[at], parts[at + 1 : until], sign)
        # The values may come first: ``"a" or "b" in text``.
        if not text and _is_value(parts[at]) and until < len(parts):
            until += 1
            text = _asked_before(code, parts[at:until], sign)
        yield text or code.text(parts[at])
        at = until if text else at + 1


def _parts(node: Node, sign: str) -> list[Node]:
    """Return what a chain of one sign joins, from left to right."""
    left, right = named(node, "left"), named(node, "right")
    if node.type != "boolean_operator" or _sign(node) != sign or left is None or right is None:
        return [node]
    return [*_parts(left, sign), *_parts(right, sign)]


def _sign(node: Node) -> str:
    sign = named(node, "operator")
    return "" if sign is None else text_of(sign)


def _is_value(node: Node) -> bool:
    """Return whether a part of a condition can be no question."""
    return bool(_kind(node))


def _kind(node: Node) -> str:
    """Return what kind of value a node writes out or names, "" where it may be a question."""
    if node.type == "unary_operator":
        inner = named(node, "argument")
        return "number" if inner is not None and _kind(inner) == "number" else ""
    if node.type in _LITERALS:
        return _LITERALS[node.type]
    text = text_of(node)
    if node.type not in ("identifier", "attribute") or not _CONSTANT.fullmatch(text):
        return ""
    # Members of one enumeration, or constants of one module.
    return f"constant of {text.rpartition('.')[0]}"


def _asked(code: Code, question: Node, values: Sequence[Node], sign: str) -> str:
    """Return the question that asks for the values, too; "" where it is none."""
    kinds = {_kind(one) for one in values} - {"none"}
    more = [code.text(one) for one in values]
    if not values:
        return ""
    if question.type == "comparison_operator" and len(question.named_children) == 2:
        left, right = question.named_children
        word, own = _operator(question), {_kind(right)} - {"none"}
        if _joins(word, sign) and left.type in (*SIMPLE, "call") and _are_one(own, kinds):
            return f"{code.text(left)} {_SEVERAL[word]} ({', '.join((code.text(right), *more))})"
        if word in ("in", "not in") and kinds == {_kind(left)} == {"text"}:
            # What is looked in is the same for all.
            whole = code.text(right)
            return f" {sign} ".join(f"{one} {word} {whole}" for one in (code.text(left), *more))
        return ""
    found, given, function = method(question), arguments(question), named(question, "function")
    if sign != "or" or found is None or function is None or found[1] not in _ENDS:
        return ""
    if len(given) != 1 or given[0].type not in ("string", "identifier") or kinds != {"text"}:
        return ""
    return f"{code.text(function)}(({', '.join((code.text(given[0]), *more))}))"


def _are_one(own: set[str], kinds: set[str]) -> bool:
    """Return whether values are of one kind: another one is a result, or a flag."""
    return "" not in own and len(own | kinds) < 2


def _asked_before(code: Code, parts: Sequence[Node], sign: str) -> str:
    """Return the question for several values that stand before what is asked of the last one."""
    *values, question = parts
    if question.type != "comparison_operator" or len(question.named_children) != 2:
        return ""
    left, right = question.named_children
    if _operator(question) not in ("in", "not in") or _kind(left) != "text":
        return ""
    if any(_kind(one) != "text" for one in values):
        return ""
    word, whole = _operator(question), code.text(right)
    return f" {sign} ".join(f"{code.text(one)} {word} {whole}" for one in (*values, left))


def _operator(comparison: Node) -> str:
    return text_of(comparison.children[1]) if len(comparison.children) == 3 else ""


def _joins(word: str, sign: str) -> bool:
    """Return whether several values of a comparison are meant as one question.

    ``x != 1 or 2`` is meant as that, too: it is true of each x otherwise.
    """
    return word == "!=" or (word == "==" and sign == "or")


def _of_values(code: Code) -> Iterator[Edit]:
    """Yield what makes ``(1 or 2)`` the two, where one of them is asked for."""
    for node in code.nodes("boolean_operator"):
        parts = _parts(node, "or")
        if len(parts) < 2:
            continue
        listed = f"({', '.join(code.text(one) for one in parts)})"
        whole, around = _in_brackets(node)
        if around.type == "argument_list" and around.parent is not None:
            if _takes_several(around.parent, whole, parts):
                yield code.edit(whole, listed)
        elif around.type == "comparison_operator" and whole != node:
            yield from _of_comparison(code, around, whole, parts)
        elif around.type == "as_pattern" and around.parent is not None:
            if around.parent.type.startswith("except"):
                yield code.edit(whole, listed)
        elif around.type.startswith("except"):
            yield code.edit(whole, listed)


def _in_brackets(node: Node) -> tuple[Node, Node]:
    """Return a node with the brackets around it, and what it is a part of."""
    whole, around = node, node.parent or node
    while around.type == "parenthesized_expression" and around.parent is not None:
        whole, around = around, around.parent
    return whole, around


def _takes_several(call: Node, node: Node, parts: Sequence[Node]) -> bool:
    found, given = method(call), arguments(call)
    if called(call) in _KINDS:
        return len(given) == 2 and given[1] == node
    if found is None or found[1] not in _ENDS:
        return False
    return len(given) == 1 and all(one.type == "string" for one in parts)


def _of_comparison(code: Code, around: Node, values: Node, parts: Sequence[Node]) -> Iterator[Edit]:
    kinds = {_kind(one) for one in parts} - {"none"}
    if around.named_children[-1] != values or "" in kinds or len(kinds) > 1:
        return
    listed = f"({', '.join(code.text(one) for one in parts)})"
    word = _operator(around)
    if word in _SEVERAL:
        yield code.edit(around, f"{code.text(around.named_children[0])} {_SEVERAL[word]} {listed}")
    elif word in ("in", "not in"):
        yield code.edit(values, listed)
