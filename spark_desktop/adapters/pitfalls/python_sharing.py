"""Traps of Python in which something is shared, used up or changed while it is walked."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, below, named
from spark_desktop.adapters.pitfalls.python_kinds import top_parts
from spark_desktop.adapters.pitfalls.python_nodes import (
    arguments,
    at_start,
    called,
    is_name,
    method,
    parameters,
    walked,
)
from spark_desktop.adapters.pitfalls.shared import indent_of, stands_alone
from spark_desktop.domain.small_change import SmallChange

_NEW = ("list", "dictionary", "set", "call", "list_comprehension")
_VIEWS = frozenset({"items", "keys", "values"})
_CHANGES = frozenset(
    {*("append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse")}
    | {*("update", "setdefault", "popitem", "add", "discard")}
)
_LAZY = frozenset({"map", "filter", "zip", "reversed", "iter", "enumerate"})


def shared_default(code: Code) -> Iterator[SmallChange]:
    """A default value is made once, for all calls."""
    for function in code.nodes("function_definition"):
        for name, one in parameters(function).items():
            value = named(one, "value")
            if value is None or value.type not in _NEW:
                continue
            made = at_start(
                code, function, f"if {name} is None:", f"    {name} = {code.text(value)}"
            )
            if made is None:
                continue
            edits: list[Edit] = [code.edit(value, "None"), made]
            type_ = named(one, "type")
            if type_ is not None:
                edits.append(code.edit(type_, _or_none(code.text(type_))))
            yield code.together(edits)


def _or_none(type_: str) -> str:
    """Return an annotation that allows None, too, in the quotes that it has."""
    quotes = next((one for one in ('"""', "'''", '"', "'") if type_.startswith(one)), "")
    inner = type_[len(quotes) : len(type_) - len(quotes)]
    if quotes and quotes in inner:
        return type_  # parts of it are quoted: what it allows is not known
    is_open = re.match(r"(\w+\.)?(Optional\[|Union\[.*\bNone\b|Any$|object$)", inner, re.DOTALL)
    if is_open or "None" in top_parts(inner):
        return type_
    return f"{quotes}{inner} | None{quotes}"


def late_binding(code: Code) -> Iterator[SmallChange]:
    """A function that is made in a loop sees the loop's last values."""
    edits = []
    for inner in code.nodes("lambda"):
        bound = _bound_around(inner)
        own = named(inner, "parameters")
        taken = {text_of(one) for one in below(own, "identifier")} if own is not None else set()
        body = named(inner, "body")
        if body is None or (own is not None and "*" in code.text(own)):
            continue
        used = {text_of(one) for one in below(body, "identifier") if not _is_attribute(one)}
        wanted = [f"{name}={name}" for name in bound if name in used and name not in taken]
        if not wanted:
            continue
        if own is None:
            place = code.places.start(inner) + len("lambda")
            edits.append((place, place, f" {', '.join(wanted)}"))
        else:
            place = code.places.end(own)
            edits.append((place, place, f", {', '.join(wanted)}"))
    if edits:
        yield code.together(edits)


def _bound_around(node: Node) -> list[str]:
    names: list[str] = []
    parent = node.parent
    while parent is not None and parent.type not in ("function_definition", "module"):
        loops = [parent] if parent.type == "for_statement" else []
        if parent.type.endswith(("comprehension", "generator_expression")):
            loops += [one for one in parent.children if one.type == "for_in_clause"]
        for loop in loops:
            left, body = named(loop, "left"), named(loop, "body")
            if left is not None:
                names += [text_of(one) for one in below(left, "identifier")]
            for one in below(body, "assignment") if body is not None else ():
                if is_name(target := named(one, "left"), text_of(target) if target else ""):
                    names.append(text_of(target) if target else "")
        parent = parent.parent
    return list(dict.fromkeys(names))


def _is_attribute(node: Node) -> bool:
    return node.parent is not None and named(node.parent, "attribute") == node


def changed_while_walked(code: Code) -> Iterator[SmallChange]:
    """What is walked must not change meanwhile."""
    for loop in code.nodes("for_statement"):
        right, body = named(loop, "right"), named(loop, "body")
        if right is None or body is None:
            continue
        base = right
        found = method(right)
        if found is not None and found[1] in _VIEWS:
            base = found[0]
        if base.type in ("identifier", "attribute") and _may_change(body, code.text(base)):
            kept = code.edit(right, f"list({code.text(right)})")
            yield code.together([kept, *_asked_whether(code, body)])


def _asked_whether(code: Code, body: Node) -> Iterator[Edit]:
    """Yield what asks a method of its own whether it did what it is there for.

    A copy still has what is gone meanwhile; a method that says so was not listened to.
    """
    for statement in body.named_children:
        after = statement.next_named_sibling
        call = statement.named_children[0] if statement.type == "expression_statement" else None
        found = method(call) if call is not None else None
        if found is None or not is_name(found[0], "self") or after is None or call is None:
            continue
        if after.next_named_sibling is not None or not _says_whether(code, found[1]):
            continue
        if after.type != "expression_statement" or not stands_alone(code, after):
            continue
        begin, step = code.before(after)[0], "\t" if "\t" in indent_of(code, after) else "    "
        yield code.edit(statement, f"if {code.text(call)}:")
        yield begin, begin, step


def _says_whether(code: Code, name: str) -> bool:
    """Return whether a function of the file gives both False and True, and nothing else."""
    for function in code.every("function_definition"):
        if is_name(named(function, "name"), name):
            given = {code.text(one) for one in below(function, "return_statement")}
            return given == {"return True", "return False"}
    return False


def _may_change(body: Node, base: str) -> bool:
    for call in below(body, "call"):
        found = method(call)
        if found is None:
            continue
        on, name = text_of(found[0]), found[1]
        if (on == base and name in _CHANGES) or (on == "self" and base.startswith("self.")):
            return True
    for one in below(body, "delete_statement", "assignment"):
        target = named(one, "left") if one.type == "assignment" else one.named_children[0]
        if target is not None and target.type == "subscript":
            value = named(target, "value")
            if value is not None and text_of(value) == base:
                return True
    return False


def used_up(code: Code) -> Iterator[SmallChange]:
    """What can be walked only once is walked twice."""
    for function in code.nodes("function_definition"):
        counts: dict[str, int] = {}
        for one in walked(code, function):
            if one.type == "identifier":
                counts[text_of(one)] = counts.get(text_of(one), 0) + 1
        for assigned in code.inside(function, "assignment"):
            left, right = named(assigned, "left"), named(assigned, "right")
            if left is None or right is None or counts.get(code.text(left), 0) < 2:
                continue
            if right.type == "generator_expression":
                yield code.put(right, f"[{code.text(right)[1:-1]}]")
            elif called(right) in _LAZY:
                yield code.put(right, f"list({code.text(right)})")
        for name in parameters(function):
            if counts.get(name, 0) > 1:
                kept = at_start(code, function, f"{name} = list({name})")
                if kept is not None:
                    yield code.together([kept])


def shared_rows(code: Code) -> Iterator[SmallChange]:
    """The rows of ``[[0] * 3] * 4`` are one and the same list."""
    for node in code.nodes("binary_operator"):
        left, right, sign = named(node, "left"), named(node, "right"), named(node, "operator")
        if left is None or right is None or sign is None or text_of(sign) != "*":
            continue
        if left.type != "list" or len(left.named_children) != 1:
            continue
        inner = left.named_children[0]
        row = named(inner, "left") if inner.type == "binary_operator" else inner
        if row is not None and row.type in _NEW:
            yield code.put(node, f"[{code.text(inner)} for _ in range({code.text(right)})]")
    for node in code.nodes("call"):
        given = arguments(node)
        if called(node) == "dict.fromkeys" and len(given) == 2 and given[1].type in _NEW:
            keys, value = code.text(given[0]), code.text(given[1])
            yield code.put(node, f"{{key: {value} for key in {keys}}}")
